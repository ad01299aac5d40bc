//! Faults with their place in the files, as an editor needs it.

use domain::text::SAVE_AS_UTF8;
use std::fmt;

/// One fault of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Located {
    /// Path relative to the municipality's folder, with `/`.
    pub file: String,
    /// Line number from 1; `None` if the fault is not in a single line.
    pub line: Option<usize>,
    /// For example `service dog-licence`; empty if the fault concerns the whole file.
    pub record: String,
    /// Name of the field; empty if the fault concerns the whole record.
    pub field: String,
    /// What is wrong.
    pub what: String,
    /// What the editor should do about it.
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

impl Located {
    /// Whether the file is in another encoding, so that nothing in it could be read.
    pub(crate) fn is_foreign(&self) -> bool {
        self.remedy == SAVE_AS_UTF8
    }
}

/// All faults as a text report: one line per fault, sorted by file, then a line with the counts. If
/// a file is in another encoding, only that is reported: everything else may follow from it.
pub fn report(faults: &[Located]) -> String {
    let mut faults = faults.to_vec();
    faults.sort();
    let foreign: Vec<String> =
        faults.iter().filter(|fault| fault.is_foreign()).map(ToString::to_string).collect();
    if !foreign.is_empty() {
        return foreign.join("\n");
    }
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
