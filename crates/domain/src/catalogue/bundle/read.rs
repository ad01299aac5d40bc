//! Reads columns. No single read can fail: missing data reads as zero or as an empty text and is
//! noticed once, at the end. So the app contains no code for faults that a hash or a signature
//! excludes.

use super::{FORMAT, MAGIC};

#[derive(Debug, Clone, Copy, Default)]
struct Column<'a> {
    numbers: &'a [u8],
    texts: &'a [u8],
}

/// The unread rest of each column, and the column to read from next.
#[derive(Debug)]
pub(crate) struct Columns<'a> {
    columns: Vec<Column<'a>>,
    /// Type, variant (0 for a struct), index of its first column.
    blocks: Vec<(&'static str, u32, usize)>,
    /// Index after the last column of the last block.
    end: usize,
    /// Index of the column to read from next.
    at: usize,
    /// Whether a value was missing or out of range.
    is_broken: bool,
}

impl<'a> Columns<'a> {
    /// Returns the columns and the bytes that follow them. `None` if the bytes are not a catalogue
    /// of this format.
    pub(super) fn of(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (format, mut rest) = bytes.strip_prefix(MAGIC)?.split_first()?;
        if *format != FORMAT {
            return None;
        }
        let count = number_from(&mut rest)?;
        // Each column has two lengths of at least one byte, so no count can allocate more than the
        // file's size allows.
        let mut lengths = Vec::new();
        for _ in 0..count.checked_mul(2).filter(|&bytes| bytes <= rest.len() as u64)? {
            lengths.push(usize::try_from(number_from(&mut rest)?).ok()?);
        }
        let mut columns = vec![Column::default(); lengths.len() / 2];
        for (column, length) in columns.iter_mut().zip(lengths.iter().step_by(2)) {
            (column.numbers, rest) = rest.split_at_checked(*length)?;
        }
        for (column, length) in columns.iter_mut().zip(lengths.iter().skip(1).step_by(2)) {
            (column.texts, rest) = rest.split_at_checked(*length)?;
        }
        Some((Self { columns, blocks: Vec::new(), end: 1, at: 0, is_broken: false }, rest))
    }

    /// Whether everything was read and nothing was missing.
    pub(super) fn are_used_up(&self) -> bool {
        !self.is_broken
            && self.end == self.columns.len()
            && self
                .columns
                .iter()
                .all(|column| column.numbers.is_empty() && column.texts.is_empty())
    }

    #[inline(never)]
    pub(super) fn number(&mut self) -> u64 {
        let number =
            self.columns.get_mut(self.at).and_then(|column| number_from(&mut column.numbers));
        self.is_broken |= number.is_none();
        number.unwrap_or_default()
    }

    /// Reads a number of at most `most`. A larger one marks the columns as broken and is capped.
    pub(super) fn within(&mut self, most: u64) -> u64 {
        let number = self.number();
        self.is_broken |= number > most;
        number.min(most)
    }

    /// Decodes zigzag: numbers near zero are short whatever their sign.
    pub(super) fn signed(&mut self) -> i64 {
        let number = self.number();
        (number >> 1) as i64 ^ -((number & 1) as i64)
    }

    /// The next text of the column; empty, and noted as a fault, if there is none.
    #[inline(never)]
    pub(crate) fn text(&mut self) -> &'a str {
        let text = self.columns.get_mut(self.at).and_then(|column| {
            let end = column.texts.iter().position(|&byte| byte == 0)?;
            let text = &column.texts[..end];
            column.texts = &column.texts[end + 1..];
            std::str::from_utf8(text).ok()
        });
        self.is_broken |= text.is_none();
        text.unwrap_or_default()
    }

    /// Reads a text that encodes another value, such as a date. Returns `otherwise` if it does not
    /// parse.
    pub(super) fn parsed<T>(&mut self, parse: impl Fn(&str) -> Option<T>, otherwise: T) -> T {
        let parsed = parse(self.text());
        self.is_broken |= parsed.is_none();
        parsed.unwrap_or(otherwise)
    }

    /// Reads a list. Stops when its columns are exhausted, whatever length it claims.
    pub(super) fn list<T>(&mut self, item: impl Fn(&mut Self) -> T) -> Vec<T> {
        let mut items = Vec::new();
        for _ in 0..self.number() {
            if self.is_broken {
                break;
            }
            items.push(item(self));
        }
        items
    }

    /// Reads one of several values without fields.
    pub(super) fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.within(values.len() as u64 - 1) as usize]
    }

    /// Moves to the first column of a type. Returns the column to return to.
    #[inline(never)]
    pub(super) fn enter(&mut self, name: &'static str, variant: u32, fields: usize) -> usize {
        let known = self
            .blocks
            .iter()
            .find(|block| block.1 == variant && block.0 == name)
            .map(|block| block.2);
        let first = known.unwrap_or_else(|| {
            let first = self.end;
            self.end += fields;
            self.blocks.push((name, variant, first));
            first
        });
        std::mem::replace(&mut self.at, first)
    }

    /// Reads one field of a record and moves to the column of the next. Never inlined, which keeps
    /// the app small: most fields are of few types.
    #[inline(never)]
    pub(super) fn field<T: super::Columnar>(&mut self) -> T {
        let at = self.at;
        let value = T::read(self);
        self.at = at + 1;
        value
    }

    pub(super) fn leave(&mut self, resume_at: usize) {
        self.at = resume_at;
    }

    pub(super) fn break_off(&mut self) {
        self.is_broken = true;
    }
}

/// Decodes LEB128. `None` if the bytes end, or continue beyond 64 bits.
fn number_from(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}
