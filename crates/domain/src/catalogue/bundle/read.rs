//! Reading columns. Nothing here can fail: what is missing reads as zero or as an empty text and is noticed
//! once, at the end. So the app carries no code for faults that a hash or a signature excludes.

use super::{FORMAT, MAGIC};

#[derive(Debug, Clone, Copy, Default)]
struct Column<'a> {
    numbers: &'a [u8],
    texts: &'a [u8],
}

/// What is left of each column, and the one to read from next.
#[derive(Debug)]
pub(crate) struct Columns<'a> {
    columns: Vec<Column<'a>>,
    /// Type, variant (0 for a struct), first column.
    blocks: Vec<(&'static str, u32, usize)>,
    /// The column after the last block.
    end: usize,
    at: usize,
    /// Something was missing or was not what it should be.
    is_broken: bool,
}

impl<'a> Columns<'a> {
    /// The columns and what follows them. `None` when the bytes are not a catalogue of this format.
    pub(super) fn of(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (format, mut rest) = bytes.strip_prefix(MAGIC)?.split_first()?;
        if *format != FORMAT {
            return None;
        }
        let count = number_from(&mut rest)?;
        // Each column has two lengths of at least one byte: no count can ask for more room than the file has.
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

    /// Everything was read, and nothing was missing.
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

    /// A number that is at most so large.
    pub(super) fn within(&mut self, most: u64) -> u64 {
        let number = self.number();
        self.is_broken |= number > most;
        number.min(most)
    }

    /// Zigzag: small numbers are small whatever their sign.
    pub(super) fn signed(&mut self) -> i64 {
        let number = self.number();
        (number >> 1) as i64 ^ -((number & 1) as i64)
    }

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

    /// A text that stands for something else, as a date.
    pub(super) fn parsed<T>(&mut self, parse: impl Fn(&str) -> Option<T>, otherwise: T) -> T {
        let parsed = parse(self.text());
        self.is_broken |= parsed.is_none();
        parsed.unwrap_or(otherwise)
    }

    /// A list, which ends with its columns when it claims to be longer.
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

    /// One of several values without fields.
    pub(super) fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.within(values.len() as u64 - 1) as usize]
    }

    /// Goes to the first column of a type. Gives the column to come back to.
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

    /// One field of a record; goes on to the column of the next. Never inlined: most fields are of few types.
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

/// LEB128. `None` when the bytes end, or go on beyond 64 bits.
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
