//! A fault with the place where an editor finds it.

use std::fmt;

/// One fault of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Located {
    /// Relative to the municipality's folder, with `/`.
    pub file: String,
    /// Counted from 1; `None` when the fault is not in one line.
    pub line: Option<usize>,
    /// As in `service dog-licence`; empty when the file as a whole is meant.
    pub record: String,
    pub field: String,
    pub what: String,
    pub remedy: String,
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        let place: Vec<&str> = [self.record.as_str(), self.field.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        if !place.is_empty() {
            write!(f, ": {}", place.join(", "))?;
        }
        write!(f, ": {}; {}", self.what, self.remedy)
    }
}

/// All faults as a report: by file, then a line that counts them.
pub fn report(faults: &[Located]) -> String {
    let mut faults = faults.to_vec();
    faults.sort();
    let files: std::collections::BTreeSet<_> = faults.iter().map(|fault| &fault.file).collect();
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    let (count, files) = (faults.len(), files.len());
    format!(
        "{}\n{count} {} in {files} {}.",
        lines.join("\n"),
        plural(count, "fault"),
        plural(files, "file")
    )
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.into() } else { format!("{word}s") }
}
