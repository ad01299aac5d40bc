//! Edits the JavaScript glue that wasm-bindgen generates. Relies on its line layout.

use super::Names;

/// The line after which the glue lists what the module imports.
const FIRST_IMPORTS: &str = "    const import0 = {";
/// How the last line of an import begins.
const END_OF_IMPORT: &str = "        }";

/// Removes the classes for streams, which the library exports but the app does not use, and the
/// code that cleans up after them. The app itself exports no classes.
pub(super) fn without_classes(glue: &str) -> String {
    let mut kept = String::with_capacity(glue.len());
    let mut skipping_to: Option<&str> = None;
    for line in glue.lines() {
        let starts_class = line.starts_with("export class ");
        let starts_cleaner = line.starts_with("const ") && line.contains("Finalization = (");
        match skipping_to {
            Some("}") if line == "}" => skipping_to = None,
            Some(";") if line.ends_with(';') => skipping_to = None,
            Some(_) => {}
            None if starts_class => skipping_to = Some("}"),
            None if starts_cleaner && !line.ends_with(';') => skipping_to = Some(";"),
            None if starts_cleaner || line.starts_with("if (Symbol.dispose)") => {}
            None => kept.extend([line, "\n"]),
        }
    }
    kept
}

/// The exports of the module that the glue uses, each once.
pub(super) fn exports_used(glue: &str) -> Vec<String> {
    let mut used: Vec<String> = exports_in(glue).map(|(_, name)| name.into()).collect();
    used.sort();
    used.dedup();
    used
}

/// Applies the module's new names, and removes the imports that the module no longer uses.
pub(super) fn renamed(glue: &str, names: &Names, module: &str) -> String {
    let mut kept = String::with_capacity(glue.len());
    let mut is_dropping = false;
    for line in glue.lines() {
        let import = line
            .strip_prefix("        ")
            .and_then(|rest| rest.split_once(": "))
            .filter(|(name, _)| name.starts_with("__wb"));
        match import {
            _ if is_dropping => is_dropping = !line.starts_with(END_OF_IMPORT),
            None if line == FIRST_IMPORTS => {
                kept.extend([line, "\n"]);
                kept.extend(loaders(names));
            }
            Some((name, rest)) => match names.imports.get(name) {
                Some(new) => kept.push_str(&format!("        \"{new}\": {rest}\n")),
                None => is_dropping = rest.ends_with('{'),
            },
            None if line.trim_start().starts_with("\"./") && line.ends_with(": import0,") => {
                kept.push_str(&format!("        \"{module}\": import0,\n"))
            }
            None if line.trim_start().starts_with("\"./") => {}
            None => kept.extend([line, "\n"]),
        }
    }
    with_exports(&kept, names)
}

/// The functions that load a part, which the module imports from a script of its own. They are
/// called through, because that script and the glue import each other.
fn loaders(names: &Names) -> impl Iterator<Item = String> {
    names
        .imports
        .iter()
        .filter(|(old, _)| old.starts_with("__wasm_split_load_"))
        .map(|(old, new)| format!("        \"{new}\": (...given) => import1.{old}(...given),\n"))
}

fn with_exports(glue: &str, names: &Names) -> String {
    let mut text = String::with_capacity(glue.len());
    let mut from = 0;
    for (at, name) in exports_in(glue) {
        if let Some(new) = names.exports.get(name) {
            text.push_str(&glue[from..at]);
            text.push_str(&format!("[\"{new}\"]"));
            from = at + 1 + name.len();
        }
    }
    text.push_str(&glue[from..]);
    text
}

/// Each `.name` after `wasm`, with the index of its dot.
fn exports_in(glue: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_of_name =
        |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
    glue.match_indices("wasm.").filter_map(move |(at, _)| {
        let stands_alone = !glue[..at].ends_with(is_of_name) && !glue[..at].ends_with('.');
        let name = &glue[at + 5..];
        let end = name.find(|letter| !is_of_name(letter)).unwrap_or(name.len());
        (stands_alone && end > 0 && !name.starts_with(|letter: char| letter.is_ascii_digit()))
            .then_some((at + 4, &name[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GLUE: &str = "export class Sink {
    /**
     * @returns {number}
     */
    free() {
        wasm.__wbg_sink_free(ptr, 0);
    }
}
if (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_now_1: function() {
            return { a: wasm.memory };
        },
        __wbg_dead_2: function() {
            wasm.gone();
        },
        __wbg_dead_4: function() { return failing(function() {
            wasm.gone();
        }, arguments); },
        __wbg_cast_3: (arg0) => arg0,
    };
    return {
        __proto__: null,
        \"./app_bg.js\": import0,
    };
}
const SinkFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_sink_free(ptr, 1));
start(new URL('app_bg.wasm', import.meta.url), wasm.main$1);
";

    fn names() -> Names {
        let pairs = |list: &[(&str, &str)]| {
            list.iter().map(|(old, new)| (old.to_string(), new.to_string())).collect()
        };
        Names {
            imports: pairs(&[("__wbg_now_1", "x"), ("__wbg_cast_3", "y")]),
            exports: pairs(&[("memory", "m"), ("main$1", "n")]),
        }
    }

    #[test]
    fn classes_and_their_cleaners_go_and_the_rest_stays() {
        let kept = without_classes(GLUE);
        assert!(
            !kept.contains("Sink")
                && kept.starts_with("function __wbg_get_imports")
                && kept.ends_with("wasm.main$1);\n"),
            "{kept}"
        );
        assert_eq!(exports_used(&kept), ["gone", "main$1", "memory"]);
    }

    #[test]
    fn what_loads_a_part_is_imported_with_the_rest() {
        let two = GLUE.replace(
            "        \"./app_bg.js\": import0,\n",
            "        \"./app_bg.js\": import0,\n        \"./__wasm_split.js\": import1,\n",
        );
        let mut names = names();
        names.imports.insert("__wasm_split_load_second".into(), "z".into());
        let text = renamed(&two, &names, "a");
        let loader = "\"z\": (...given) => import1.__wasm_split_load_second(...given),";
        assert!(text.contains(loader) && text.contains("\"a\": import0,"), "{text}");
        assert!(!text.contains("\"./__wasm_split.js\""), "{text}");
    }

    #[test]
    fn imports_and_exports_take_their_new_names_and_dead_ones_go() {
        let text = renamed(&without_classes(GLUE), &names(), "a");
        assert!(text.contains("\"x\": function() {\n            return { a: wasm[\"m\"] };\n        },\n        \"y\": (arg0) => arg0,\n    };"), "{text}");
        assert!(
            text.contains("\"a\": import0,")
                && !text.contains("dead")
                && !text.contains("gone")
                && text.contains("'app_bg.wasm'")
                && text.contains("wasm[\"n\"]")
        );
    }
}
