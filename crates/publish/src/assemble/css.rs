//! One style sheet from many: tokens, base, components, then the municipality's colours.

use super::{Result, files_below, read};
use domain::municipality::Colours;
use std::path::Path;

/// Joins `tokens.css`, `base.css` and the sheets of these folders, without comments and needless space.
pub(super) fn bundle(style: &Path, folders: &[&str], colours: &Colours) -> Result<String> {
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

/// The municipality's colours, over the product's own. The catalogue check has proved their contrast.
fn accents(colours: &Colours) -> String {
    let Colours { accent, accent_dark } = colours;
    format!(
        "\n:root{{--accent:{accent}}}\n@media (prefers-color-scheme: dark){{:root{{--accent:{accent_dark}}}}}\n"
    )
}

/// Takes comments and indentation away. Lines stay, so that a browser's tools still show something.
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
