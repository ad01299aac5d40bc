//! Migrations are compiled in (`store/migrations.rs`): a new file must build the server again.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
