//! Attributes the wasm's code size to crates: the sizes of function bodies, by the names in the
//! name section.

use crate::wasm::WasmReader;
use std::collections::BTreeMap;
use std::path::Path;

/// The module before wasm-bindgen and wasm-opt, which still contains the names.
pub(super) const WASM: &str = "target/wasm32-unknown-unknown/app/community-hub-app.wasm";
/// Number of crates shown; the others are summed in one row.
const ROWS: usize = 15;

/// Shares of the code by crate, largest first. `None` if the file does not exist or is not wasm.
pub(super) fn shares(path: &Path) -> Option<Vec<(String, f64)>> {
    let bytes = std::fs::read(path).ok()?;
    let mut by_crate: BTreeMap<String, u64> = BTreeMap::new();
    for (name, size) in functions(&bytes)? {
        *by_crate.entry(crate_of(&name)).or_default() += size;
    }
    let all: u64 = by_crate.values().sum();
    let mut rows: Vec<(String, u64)> = by_crate.into_iter().collect();
    rows.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    let others: u64 = rows.iter().skip(ROWS).map(|(_, size)| size).sum();
    rows.truncate(ROWS);
    rows.push(("all others".into(), others));
    Some(rows.into_iter().map(|(name, size)| (name, size as f64 / all.max(1) as f64)).collect())
}

/// Names and body sizes of all functions of a module (WebAssembly core specification, binary
/// format).
fn functions(bytes: &[u8]) -> Option<Vec<(String, u64)>> {
    let (mut imported, mut sizes, mut names) = (0, Vec::new(), BTreeMap::new());
    let mut module = WasmReader(bytes.strip_prefix(b"\0asm\x01\0\0\0")?);
    while let Some(kind) = module.byte() {
        let length = module.number()?;
        let mut section = WasmReader(module.take(length)?);
        match kind {
            0 if section.text()? == "name" => names = function_names(&mut section)?,
            2 => imported = imported_functions(&mut section)?,
            10 => {
                for _ in 0..section.number()? {
                    let size = section.number()?;
                    section.take(size)?;
                    sizes.push(size);
                }
            }
            _ => {}
        }
    }
    let name = |at: usize| names.get(&(at as u64 + imported)).cloned().unwrap_or_default();
    Some(sizes.into_iter().enumerate().map(|(at, size)| (name(at), size)).collect())
}

fn function_names(section: &mut WasmReader<'_>) -> Option<BTreeMap<u64, String>> {
    while let Some(kind) = section.byte() {
        let length = section.number()?;
        let mut part = WasmReader(section.take(length)?);
        if kind == 1 {
            return (0..part.number()?).map(|_| Some((part.number()?, part.text()?))).collect();
        }
    }
    Some(BTreeMap::new())
}

fn imported_functions(section: &mut WasmReader<'_>) -> Option<u64> {
    let mut count = 0;
    for _ in 0..section.number()? {
        section.text()?;
        section.text()?;
        match section.byte()? {
            0 => {
                section.number()?;
                count += 1;
            }
            3 => drop(section.take(2)?),
            kind => {
                if kind == 1 {
                    section.byte()?;
                }
                let has_most = section.byte()? & 1 == 1;
                section.number()?;
                if has_most {
                    section.number()?;
                }
            }
        }
    }
    Some(count)
}

/// The crate in which a function is defined, from its mangled name: the first identifier in it that
/// is not part of a generic argument. Functions on the JavaScript side have no crate.
fn crate_of(mangled: &str) -> String {
    let body = mangled.strip_prefix("_ZN").or_else(|| mangled.strip_prefix("_R")).unwrap_or("");
    let from = body.find(|c: char| c.is_ascii_digit()).unwrap_or(body.len());
    let digits: String = body[from..].chars().take_while(char::is_ascii_digit).collect();
    let start = from + digits.len();
    let length = digits.parse().unwrap_or(0);
    let name = body.get(start..start + length).unwrap_or(body.get(start..).unwrap_or(""));
    let name = name.trim_start_matches('_').trim_start_matches("$LT$").trim_start_matches("$RF$");
    let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(name.len());
    match name[..end].split("..").next() {
        Some(name) if name.len() > 1 => name.trim_end_matches('.').into(),
        _ => "(JavaScript’s side and others)".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_counted_under_the_crate_that_defines_them() {
        assert_eq!(crate_of("_ZN5sha2_6sha25611compress25617hf05dE"), "sha2_");
        assert_eq!(
            crate_of("_ZN53_$LT$domain..catalogue..Hub$u20$as$u20$x$GT$3fmt17h0E"),
            "domain"
        );
        assert_eq!(crate_of("__wbindgen_malloc"), "(JavaScript’s side and others)");
    }

    #[test]
    fn a_module_is_read_to_its_names_and_sizes() {
        // One imported function, one own function with a body of three bytes, and a name section
        // for the own one.
        let imports = [2, 7, 1, 1, b'm', 1, b'f', 0, 0];
        let code = [10, 5, 1, 3, 0, 1, 11];
        let names = [0, 12, 4, b'n', b'a', b'm', b'e', 1, 5, 1, 1, 2, b'a', b'b'];
        let module = [b"\0asm\x01\0\0\0".as_slice(), &imports, &code, &names].concat();
        assert_eq!(functions(&module), Some(vec![("ab".into(), 3)]));
        assert_eq!(functions(&module[..20]), None, "cut short");
        assert_eq!(functions(b"no wasm"), None);
    }
}
