//! Rebuilds the server when a migration changes, because migrations are compiled in
//! (`store/migrations.rs`).

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
