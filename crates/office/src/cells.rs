//! Cells that a spreadsheet must not compute as formulas, and the only CSV writer of this program.
//!
//! A file with commas is also opened where a semicolon separates cells (French Canada, most of
//! Europe), and pasted where a tab does. There a cell is split in the middle, and what follows the
//! split is a cell of its own. Therefore anything that could become the start of a cell is
//! neutralized, not only the first character.

use std::io::Write;

/// The characters that start a formula, including the full-width and small forms, which some
/// programs convert to plain ones.
const SIGNS: [char; 12] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '﹦', '﹢', '﹣', '﹫'];

/// Inserts an apostrophe before anything that a spreadsheet would compute (OWASP, "CSV injection"):
/// before a formula sign at the start of the cell or after any cell separator, also behind spaces,
/// quotation marks and invisible characters.
pub fn neutral(cell: &str) -> String {
    let mut text = String::with_capacity(cell.len() + 1);
    // Some programs drop these at the start, and compute what follows.
    if cell.starts_with(['\t', '\r', '\n']) {
        text.push('\'');
    }
    let mut is_beginning = true;
    for letter in cell.chars() {
        if is_beginning && SIGNS.contains(&letter) {
            text.push('\'');
        }
        text.push(letter);
        is_beginning = parts_cells(letter) || is_beginning && is_passed_over(letter);
    }
    text
}

fn parts_cells(letter: char) -> bool {
    matches!(
        letter,
        ',' | ';' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Characters that may precede a formula: spaces, control characters, quotation marks, and
/// characters without width.
fn is_passed_over(letter: char) -> bool {
    let has_no_width = matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    letter.is_whitespace() || letter.is_control() || letter == '"' || has_no_width
}

/// Writes CSV (RFC 4180): every cell neutralized and quoted.
pub struct CellWriter<W: Write>(csv::Writer<W>);

impl<W: Write> CellWriter<W> {
    /// A writer to `out`. The file begins with a byte order mark: without it, Excel takes a file
    /// for one in the encoding of the computer, and shows “É” as “Ã‰”.
    pub fn new(mut out: W) -> std::io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let csv = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .quote_style(csv::QuoteStyle::Always)
            .from_writer(out);
        Ok(Self(csv))
    }

    /// Writes one row.
    pub fn row<'c>(&mut self, cells: impl IntoIterator<Item = &'c str>) -> Result<(), csv::Error> {
        self.0.write_record(cells.into_iter().map(neutral))
    }

    /// Writes what is buffered.
    pub fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl CellWriter<Vec<u8>> {
    /// The whole file.
    pub fn into_bytes(self) -> Result<Vec<u8>, csv::Error> {
        self.0.into_inner().map_err(|fault| fault.into_error().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a hostile person may write in a message, a name or a search.
    const HOSTILE: [&str; 40] = [
        "=1+1",
        "+1",
        "-1",
        "@A1",
        "\tx",
        "\rx",
        "\n=1",
        "\t=1",
        "\r=1",
        " =1",
        "\u{a0}=1",
        "\u{200b}=1",
        "\u{feff}=1",
        "\u{202e}=1",
        "\u{2060}\u{ad}=1",
        "\u{0}=1",
        "\"=1",
        "\"\"=1\"\"",
        "x;=1+1",
        "x,=1+1",
        "x\t=1+1",
        "x\n=1+1",
        "x\r\n=1+1",
        "x\u{2028}=1+1",
        "x;  =1+1",
        "x; \u{200b} \"@SUM(A1)",
        "x\";=1+1",
        "x\"\";\"=1+1",
        "x\";\"=1+1\";\"",
        "x\",=1+1,\"",
        "\";=cmd|' /C calc'!A0;\"",
        "a;b;c;-2+3",
        "＝1+1",
        "＋1",
        "－1",
        "＠A1",
        "﹦1",
        "x;＝HYPERLINK(\"http://evil.example\";\"here\")",
        "x\n\n\n-item\n- item",
        ";;;=1",
    ];

    /// Splits as a spreadsheet opens a file: a cell that begins with a quotation mark ends at its
    /// closing one, and everything behind that, up to the next separator, belongs to it.
    fn opened_by_spreadsheet(text: &str, parts: &[char]) -> Vec<String> {
        let (mut cells, mut cell) = (Vec::new(), String::new());
        let (mut is_beginning, mut is_quoted) = (true, false);
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if is_beginning => is_quoted = true,
                '"' if is_quoted && letters.peek() == Some(&'"') => cell.extend(letters.next()),
                '"' if is_quoted => is_quoted = false,
                letter
                    if !is_quoted
                        && (parts.contains(&letter) || letter == '\n' || letter == '\r') =>
                {
                    cells.push(std::mem::take(&mut cell));
                    is_beginning = true;
                    continue;
                }
                letter => cell.push(letter),
            }
            is_beginning = false;
        }
        cells.push(cell);
        cells
    }

    fn is_computed(cell: &str) -> bool {
        cell.trim_start_matches(|letter: char| is_passed_over(letter) || parts_cells(letter))
            .starts_with(SIGNS)
    }

    fn written(cells: &[&str]) -> String {
        let mut writer = CellWriter::new(Vec::new()).unwrap();
        writer.row(["id", "message", "name"]).unwrap();
        writer.row(cells.iter().copied()).unwrap();
        let text = String::from_utf8(writer.into_bytes().unwrap()).unwrap();
        text.strip_prefix('\u{feff}').unwrap().into()
    }

    #[test]
    fn no_cell_is_computed_wherever_the_file_is_opened() {
        for hostile in HOSTILE {
            for other in HOSTILE {
                let text = written(&["1", hostile, other]);
                for parts in [&[','][..], &[';'], &['\t'], &[',', ';'], &[',', ';', '\t']] {
                    for cell in opened_by_spreadsheet(&text, parts) {
                        assert!(
                            !is_computed(&cell),
                            "{cell:?} of {hostile:?} and {other:?}, parted by {parts:?}: {text:?}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn the_table_would_be_computed_as_it_came() {
        let plain = |cell: &str| {
            let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
            writer.write_record(["1", cell, "x"]).unwrap();
            String::from_utf8(writer.into_inner().unwrap()).unwrap()
        };
        let all = [',', ';', '\t'];
        let is_dangerous = |cell: &str| {
            all.iter().any(|part| {
                opened_by_spreadsheet(&plain(cell), &[*part]).iter().any(|cell| is_computed(cell))
            })
        };
        let harmless: Vec<&str> = HOSTILE.into_iter().filter(|cell| !is_dangerous(cell)).collect();
        // A plain CSV writer quotes a comma, and none of these spreadsheets ends a line at U+2028.
        let expected = ["\tx", "\rx", "x,=1+1", "x\u{2028}=1+1", "x\",=1+1,\""];
        assert_eq!(harmless, expected, "a check that nothing fails is none");
    }

    #[test]
    fn a_file_with_commas_has_its_cells_whole_and_what_is_harmless_stays() {
        for cell in [
            "5 = five",
            "a - b",
            "ann@example.org",
            "It's fine; really, it is",
            "+1 705 555 0101 called",
            "Zoë said \"no\"\nand left",
        ] {
            let text = written(&["1", cell, "Ann"]);
            let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
            let row = reader.records().next().unwrap().unwrap();
            assert_eq!((row.len(), &row[1]), (3, neutral(cell).as_str()));
            let is_phone = cell.starts_with('+');
            assert_eq!(neutral(cell) == cell, !is_phone, "{cell}");
        }
        assert_eq!(neutral(&neutral("x;=1")), neutral("x;=1"), "once is enough");
    }

    #[test]
    fn formulas_become_text() {
        for formula in ["=1+1", "+1", "-1", "@A1", "\tx", "\rx"] {
            assert_eq!(neutral(formula), format!("'{formula}"));
        }
        assert_eq!(neutral("a; =1, @b"), "a; '=1, '@b");
    }

    /// No other code of the server writes CSV.
    #[test]
    fn every_file_with_cells_is_written_here() {
        fn files(dir: &std::path::Path, found: &mut Vec<std::path::PathBuf>) {
            for path in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() { files(&path, found) } else { found.push(path) }
            }
        }
        let mut found = Vec::new();
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for name in ["casework", "limits", "office", "receiving", "server", "store", "vault"] {
            files(&crates.join(name).join("src"), &mut found);
        }
        let writes = |path: &std::path::PathBuf| {
            let text = std::fs::read_to_string(path).unwrap();
            text.contains("csv::Writer")
                || text.contains("text/csv") && text.contains("join(\",\")")
        };
        let writers: Vec<_> = found
            .into_iter()
            .filter(|path| path.extension().is_some_and(|ending| ending == "rs"))
            .filter(writes)
            .collect();
        assert!(
            matches!(writers.as_slice(), [one] if one.ends_with("office/src/cells.rs")),
            "{writers:?}"
        );
    }
}
