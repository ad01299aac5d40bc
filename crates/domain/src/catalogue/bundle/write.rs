//! Writes columns: a serde serializer that writes each field of each type to its own column.

use super::{DEGREES, FORMAT, MAGIC, NotWritable};
use serde::ser::{self, Impossible, Serialize};
use std::fmt::Display;

type Done = Result<(), NotWritable>;

#[derive(Debug, Default)]
struct WrittenColumn {
    numbers: Vec<u8>,
    texts: Vec<u8>,
}

/// The columns so far. `at` is the column that the next value is written to; the first is that of
/// the catalogue itself.
#[derive(Debug, Default)]
pub(super) struct WrittenColumns {
    columns: Vec<WrittenColumn>,
    /// Type, variant (0 for a struct), index of its first column.
    blocks: Vec<(&'static str, u32, usize)>,
    at: usize,
}

impl WrittenColumns {
    pub(super) fn into_bytes(self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(FORMAT);
        put_number(&mut bytes, self.columns.len() as u64);
        for column in &self.columns {
            put_number(&mut bytes, column.numbers.len() as u64);
            put_number(&mut bytes, column.texts.len() as u64);
        }
        bytes.extend(self.columns.iter().flat_map(|column| &column.numbers));
        bytes.extend(self.columns.iter().flat_map(|column| &column.texts));
        bytes
    }

    fn here(&mut self) -> &mut WrittenColumn {
        if self.columns.is_empty() {
            self.columns.push(WrittenColumn::default());
        }
        &mut self.columns[self.at]
    }

    fn number(&mut self, number: u64) -> Done {
        put_number(&mut self.here().numbers, number);
        Ok(())
    }

    /// The columns of a type; they are created when the type is met for the first time.
    fn block(&mut self, name: &'static str, variant: u32, fields: usize) -> Fields<'_> {
        self.here();
        let known = self
            .blocks
            .iter()
            .find(|block| (block.0, block.1) == (name, variant))
            .map(|block| block.2);
        let first = known.unwrap_or_else(|| {
            let first = self.columns.len();
            self.columns.resize_with(first + fields, WrittenColumn::default);
            self.blocks.push((name, variant, first));
            first
        });
        Fields { resume_at: self.at, next: first, columns: self }
    }
}

/// Encodes LEB128: seven bits in each byte, the lowest first.
fn put_number(to: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

impl ser::Error for NotWritable {
    fn custom<T: Display>(what: T) -> Self {
        NotWritable::Unsupported(what.to_string())
    }
}

fn unsupported<T>(what: &str) -> Result<T, NotWritable> {
    Err(NotWritable::Unsupported(what.into()))
}

/// Writes the fields of one record, each to its column.
pub(super) struct Fields<'a> {
    columns: &'a mut WrittenColumns,
    next: usize,
    resume_at: usize,
}

impl Fields<'_> {
    fn put<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        self.columns.at = self.next;
        self.next += 1;
        value.serialize(&mut *self.columns)
    }

    fn close(self) -> Done {
        self.columns.at = self.resume_at;
        Ok(())
    }
}

impl<'a> ser::Serializer for &'a mut WrittenColumns {
    type Ok = ();
    type Error = NotWritable;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Impossible<(), NotWritable>;
    type SerializeTupleVariant = Impossible<(), NotWritable>;
    type SerializeMap = Impossible<(), NotWritable>;
    type SerializeStruct = Fields<'a>;
    type SerializeStructVariant = Fields<'a>;

    fn serialize_bool(self, value: bool) -> Done {
        self.number(value.into())
    }
    fn serialize_i8(self, value: i8) -> Done {
        self.serialize_i64(value.into())
    }
    fn serialize_i16(self, value: i16) -> Done {
        self.serialize_i64(value.into())
    }
    fn serialize_i32(self, value: i32) -> Done {
        self.serialize_i64(value.into())
    }
    /// Encodes zigzag: numbers near zero are short whatever their sign.
    fn serialize_i64(self, value: i64) -> Done {
        self.number(((value << 1) ^ (value >> 63)) as u64)
    }
    fn serialize_u8(self, value: u8) -> Done {
        self.number(value.into())
    }
    fn serialize_u16(self, value: u16) -> Done {
        self.number(value.into())
    }
    fn serialize_u32(self, value: u32) -> Done {
        self.number(value.into())
    }
    fn serialize_u64(self, value: u64) -> Done {
        self.number(value)
    }
    fn serialize_f32(self, value: f32) -> Done {
        self.serialize_f64(value.into())
    }
    /// All fractions are degrees. They are written as whole hundred-thousandths of a degree (about
    /// a metre), which read back as exactly the same number.
    fn serialize_f64(self, value: f64) -> Done {
        let whole = (value * DEGREES).round();
        if whole / DEGREES != value {
            return Err(NotWritable::TooFine(value));
        }
        self.serialize_i64(whole as i64)
    }
    fn serialize_char(self, _: char) -> Done {
        unsupported("a single letter")
    }
    fn serialize_str(self, text: &str) -> Done {
        if text.contains('\0') {
            return Err(NotWritable::ZeroInText(text.into()));
        }
        self.here().texts.extend(text.bytes().chain([0]));
        Ok(())
    }
    fn serialize_bytes(self, _: &[u8]) -> Done {
        unsupported("bytes")
    }
    fn serialize_none(self) -> Done {
        self.number(0)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.number(1)?;
        value.serialize(self)
    }
    fn serialize_unit(self) -> Done {
        unsupported("nothing")
    }
    fn serialize_unit_struct(self, name: &'static str) -> Done {
        unsupported(name)
    }
    fn serialize_unit_variant(self, _: &'static str, variant: u32, _: &'static str) -> Done {
        self.number(variant.into())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Done {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        value: &T,
    ) -> Done {
        self.number(variant.into())?;
        value.serialize(self)
    }
    fn serialize_seq(self, length: Option<usize>) -> Result<Self, NotWritable> {
        let Some(length) = length else { return unsupported("a list without an end") };
        self.number(length as u64)?;
        Ok(self)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self, NotWritable> {
        Ok(self)
    }
    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, NotWritable> {
        unsupported(name)
    }
    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NotWritable> {
        unsupported(name)
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, NotWritable> {
        unsupported("a map")
    }
    fn serialize_struct(
        self,
        name: &'static str,
        fields: usize,
    ) -> Result<Fields<'a>, NotWritable> {
        Ok(self.block(name, 0, fields))
    }
    fn serialize_struct_variant(
        self,
        name: &'static str,
        variant: u32,
        _: &'static str,
        fields: usize,
    ) -> Result<Fields<'a>, NotWritable> {
        self.number(variant.into())?;
        Ok(self.block(name, variant + 1, fields))
    }
    fn is_human_readable(&self) -> bool {
        false
    }
}

impl ser::SerializeSeq for &mut WrittenColumns {
    type Ok = ();
    type Error = NotWritable;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut **self)
    }
    fn end(self) -> Done {
        Ok(())
    }
}

impl ser::SerializeTuple for &mut WrittenColumns {
    type Ok = ();
    type Error = NotWritable;
    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut **self)
    }
    fn end(self) -> Done {
        Ok(())
    }
}

impl ser::SerializeStruct for Fields<'_> {
    type Ok = ();
    type Error = NotWritable;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Done {
        self.put(value)
    }
    fn end(self) -> Done {
        self.close()
    }
}

impl ser::SerializeStructVariant for Fields<'_> {
    type Ok = ();
    type Error = NotWritable;
    fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Done {
        self.put(value)
    }
    fn end(self) -> Done {
        self.close()
    }
}
