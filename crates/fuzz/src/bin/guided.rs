//! Runs libFuzzer on one target: `FUZZ_TARGET=batch fuzz-guided …`. With `FUZZ_SEEDS=DIR` it only
//! writes the target's seeds to that folder.

#![no_main]
#![allow(unsafe_code, reason = "libFuzzer calls the target by an unmangled symbol name")]

use fuzz::{FuzzTarget, INPUT_BYTES_MAX, PEAK_BYTES_MAX, memory, target};
use std::sync::LazyLock;

#[global_allocator]
static ALLOCATOR: memory::Counting = memory::Counting;

static TARGET: LazyLock<&FuzzTarget> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    target(&name).unwrap_or_else(|| panic!("FUZZ_TARGET=“{name}” is no target"))
});

libfuzzer_sys::fuzz_target!(
    init: {
        let seeds = (TARGET.seeds)();
        if let Some(dir) = std::env::var_os("FUZZ_SEEDS") {
            for (at, seed) in seeds.iter().enumerate() {
                std::fs::write(std::path::Path::new(&dir).join(format!("seed-{at}")), seed).expect("the folder exists and is writable");
            }
            std::process::exit(0);
        }
        // The seeds run first: memory for lazily created statics must not be charged to an input.
        seeds.iter().for_each(|seed| (TARGET.run)(seed));
    },
    |bytes: &[u8]| {
        if bytes.len() <= INPUT_BYTES_MAX {
            let peak = memory::peak_of(|| (TARGET.run)(bytes));
            assert!(peak <= PEAK_BYTES_MAX, "{peak} bytes at once");
        }
    }
);
