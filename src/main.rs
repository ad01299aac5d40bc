//! Starts the app in a browser.

fn main() {
    community_hub_app::start();
}
