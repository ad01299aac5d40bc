//! Builds one style sheet from many: tokens, base, components, then the municipality's colours.

use super::{AssemblyResult, files_below, read};
use domain::municipality::Colours;
use std::path::Path;

/// Concatenates `tokens.css`, `base.css` and the sheets in `folders`, without comments and
/// unnecessary whitespace.
pub(super) fn bundle(style: &Path, folders: &[&str], colours: &Colours) -> AssemblyResult<String> {
    let mut paths = vec![style.join("tokens.css"), style.join("base.css")];
    for folder in folders {
        paths.extend(
            files_below(&style.join(folder))?
                .into_iter()
                .filter(|path| path.extension().is_some_and(|ending| ending == "css")),
        );
    }
    let mut css = String::new();
    for (at, path) in paths.iter().enumerate() {
        css.push_str(&String::from_utf8_lossy(&read(path)?));
        if at == 0 {
            css.push_str(&accents(colours));
        }
    }
    Ok(squeezed(&css))
}

/// Overrides the product's accent colours with the municipality's. The catalogue check has verified
/// their contrast.
fn accents(colours: &Colours) -> String {
    let Colours { accent, accent_dark } = colours;
    format!(
        "\n:root{{--accent:{accent}}}\n@media (prefers-color-scheme: dark){{:root{{--accent:{accent_dark}}}}}\n"
    )
}

/// Removes comments and indentation. Keeps line breaks, so that browser tools remain useful.
fn squeezed(css: &str) -> String {
    let mut rest = css;
    let mut kept = String::with_capacity(css.len());
    while let Some((before, after)) = rest.split_once("/*") {
        kept.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    let lines: Vec<&str> = kept.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go_and_the_rest_stays() {
        assert_eq!(
            squeezed("a {\n  /* why\n so */ color: red;\n}\n\n/* end"),
            "a {\ncolor: red;\n}"
        );
    }
}
