//! `finder-bench DIR SIZE…`: measures quality and time on the generated catalogues
//! `corpus-SIZE-syn.json` and `queries-SIZE.json` in a folder.

#[cfg(not(target_family = "wasm"))]
mod native;

#[cfg(target_family = "wasm")]
fn main() {}

#[cfg(not(target_family = "wasm"))]
fn main() -> std::process::ExitCode {
    native::run()
}
