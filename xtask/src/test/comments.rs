//! Comments fit 100 columns, as code does. `rustfmt` leaves them as they are.

use std::fs;
use std::path::Path;

const COLUMNS_MAX: usize = 100;

/// Fails with the file and the number of every comment line that is too wide.
pub(super) fn run() -> Result<(), String> {
    let mut wide = Vec::new();
    for folder in ["src", "crates", "bench", "xtask"] {
        find(Path::new(folder), &mut wide)?;
    }
    if wide.is_empty() {
        return Ok(());
    }
    Err(format!("Comments wider than {COLUMNS_MAX} columns; wrap them:\n{}", wide.join("\n")))
}

fn find(folder: &Path, wide: &mut Vec<String>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() && !path.ends_with("target") {
            find(&path, wide)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).map_err(failed)?;
            wide.extend(wide_lines(&source).map(|line| format!("{}:{line}", path.display())));
        }
    }
    Ok(())
}

/// The numbers of the comment lines that are too wide, from 1.
fn wide_lines(source: &str) -> impl Iterator<Item = usize> {
    source.lines().enumerate().filter(|(_, line)| is_wide(line)).map(|(index, _)| index + 1)
}

/// An address cannot be wrapped.
fn is_wide(line: &str) -> bool {
    let is_comment = line.trim_start().starts_with("//");
    is_comment && !line.contains("://") && line.chars().count() > COLUMNS_MAX
}

#[cfg(test)]
mod tests {
    use super::wide_lines;

    #[test]
    fn a_comment_line_of_more_than_100_columns_is_found_and_nothing_else() {
        let of =
            |start: &str, columns: usize| format!("{start}{}\n", "é".repeat(columns - start.len()));
        let address = of("// https://", 101);
        let source = [of("/// ", 100), of("    //! ", 101), of("let a = ", 101), address].concat();
        assert_eq!(wide_lines(&source).collect::<Vec<_>>(), [2]);
    }
}
