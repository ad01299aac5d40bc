//! Divides the compiled app in two parts: what a first page needs, and the rest.
//! docs/decisions/0047-two-parts.md
//!
//! `wasm-split-cli` follows the calls and the addresses in the linked module, for which the linker
//! must have kept its relocations. What only the functions marked in `src/second_part.rs` reach is
//! the second part. Both parts share one memory and one table of functions.

use super::quick::bind;
use super::slim::{read, write};
use crate::process::quietly;
use crate::setup::Tools;
use crate::wasm::WasmReader;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes the linker keep what dividing needs.
pub(super) const LINKING: &str = "-Clink-args=--emit-relocs";
/// The name of the part, as `src/second_part.rs` marks it.
const PART: &str = "second";
/// The line that ends with the call by which the script asks for the first part's exports.
const SHARED: &str = "} = initSync(undefined, undefined);";

/// An app in two parts.
pub(super) struct DividedApp {
    /// wasm-bindgen's glue for the first part.
    pub(super) glue: PathBuf,
    pub(super) first: PathBuf,
    pub(super) second: PathBuf,
    /// The script that fetches the second part. Addresses are filled in when the site is assembled.
    pub(super) link: LinkScript,
}

/// The script that connects the second part to the exports of the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LinkScript {
    before: String,
    /// The exports of the first part that the second uses.
    pub(super) shared: Vec<String>,
    after: String,
}

/// Divides a linked module, and generates the glue of the first part.
pub(super) fn divide(tools: &Tools, linked: &Path, work: &Path) -> Result<DividedApp, String> {
    let mut command = Command::new("wasm-split-cli");
    command.env("PATH", tools.path()).arg(linked).arg(work).args(["--out-name", "glue"]);
    quietly("wasm-split-cli", &mut command)?;
    // The second part uses the table of functions, which wasm-bindgen otherwise hides.
    bind(tools, &work.join("glue.wasm"), work, &["--keep-lld-exports"])?;
    let script = read(&work.join(LINK))?;
    let link = LinkScript::parse(&script)
        .ok_or("The script of wasm-split-cli has changed: see xtask/src/build/divide.rs.")?;
    Ok(DividedApp {
        glue: work.join("glue.js"),
        first: work.join("glue_bg.wasm"),
        second: work.join(format!("split_{PART}.wasm")),
        link,
    })
}

/// A module without what only dividing needs: the linker's relocations and symbols, which
/// wasm-bindgen and wasm-opt leave in. `None` if it is no module.
pub(super) fn without_relocations(wasm: &[u8]) -> Option<Vec<u8>> {
    const HEAD: u64 = 8;
    const CUSTOM: u8 = 0;
    let mut module = WasmReader(wasm);
    let mut kept = module.take(HEAD)?.to_vec();
    let mut section = module.0;
    while let Some(kind) = module.byte() {
        let length = module.number()?;
        let name = WasmReader(module.take(length)?).text().filter(|_| kind == CUSTOM);
        let is_for_linking =
            name.is_some_and(|name| name == "linking" || name.starts_with("reloc."));
        if !is_for_linking {
            kept.extend_from_slice(&section[..section.len() - module.0.len()]);
        }
        section = module.0;
    }
    Some(kept)
}

/// The name under which the glue imports the script.
const LINK: &str = "__wasm_split.js";

impl LinkScript {
    /// `None` unless the script has the lines that are changed here.
    fn parse(script: &str) -> Option<Self> {
        let address = format!("fetch(new URL(\"./split_{PART}.wasm\", import.meta.url))");
        let hashed = "fetch(\"{{ second }}\", { integrity: \"{{ second_integrity }}\" })";
        let (before, after) = script.split_once(&address)?;
        let script = [before, hashed, after].concat();
        let line = script.lines().find(|line| line.ends_with(SHARED))?;
        let names = line.trim().strip_prefix("const {")?.strip_suffix(SHARED)?;
        let (before, after) = script.split_once(line)?;
        Some(Self {
            before: before.into(),
            shared: names
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(String::from)
                .collect(),
            after: after.into(),
        })
    }

    /// The script, with the names that the exports have now.
    fn text(&self, name_of: impl Fn(&str) -> String) -> String {
        let pairs: Vec<_> =
            self.shared.iter().map(|name| format!("{}: {name}", name_of(name))).collect();
        [&self.before, "const { ", &pairs.join(", "), " ", SHARED, &self.after].concat()
    }

    /// Writes the script beside the glue.
    pub(super) fn write(
        &self,
        folder: &Path,
        name_of: impl Fn(&str) -> String,
    ) -> Result<(), String> {
        write(&folder.join(LINK), &self.text(name_of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "import { initSync } from \"./glue.js\";
        const { memory, table,  } = initSync(undefined, undefined);
        Object.assign(shared, { memory, table,  });
    const src = fetch(new URL(\"./split_second.wasm\", import.meta.url));
";

    #[test]
    fn the_part_is_fetched_by_its_hashed_name_and_shares_exports_by_their_new_names() {
        let link = LinkScript::parse(SCRIPT).unwrap();
        assert_eq!(link.shared, ["memory", "table"]);
        assert_eq!(
            link.text(|name| name[..1].to_uppercase()),
            "import { initSync } from \"./glue.js\";
const { M: memory, T: table } = initSync(undefined, undefined);
        Object.assign(shared, { memory, table,  });
    const src = fetch(\"{{ second }}\", { integrity: \"{{ second_integrity }}\" });
"
        );
    }

    #[test]
    fn only_what_the_linker_left_is_removed() {
        let section = |kind: u8, content: &[u8]| [&[kind, content.len() as u8], content].concat();
        let (code, names) = (section(10, b"\x07linking"), section(0, b"\x04name..."));
        let (links, places) = (section(0, b"\x07linking.."), section(0, b"\x0areloc.CODE.."));
        let module = [b"\0asm\x01\0\0\0".as_slice(), &code, &links, &names, &places].concat();
        let kept = [b"\0asm\x01\0\0\0".as_slice(), &code, &names].concat();
        assert_eq!(without_relocations(&module), Some(kept));
        assert_eq!(without_relocations(&module[..module.len() - 1]), None);
        assert_eq!(without_relocations(b"\0asm"), None);
    }

    #[test]
    fn a_script_of_another_layout_is_refused() {
        for missing in ["initSync(undefined, undefined)", "./split_second.wasm", "const { memory"] {
            assert_eq!(LinkScript::parse(&SCRIPT.replace(missing, "")), None, "{missing}");
        }
    }
}
