//! Single values through writer and reader, and files that no writer makes.

use super::read::Columns;
use super::{FORMAT, MAGIC, NotWritable, write};
use serde::Serialize;
use serde::ser::{Error, SerializeSeq, Serializer};
use std::collections::BTreeMap;

/// The bytes of one value in the first column: its numbers, then its texts.
fn written<T: Serialize>(value: T) -> Result<Vec<u8>, NotWritable> {
    let mut columns = write::WrittenColumns::default();
    value.serialize(&mut columns)?;
    Ok(columns.into_bytes())
}

fn read<T>(bytes: &[u8], read: impl Fn(&mut Columns<'_>) -> T) -> Option<T> {
    let (mut columns, rest) = Columns::of(bytes)?;
    let value = read(&mut columns);
    (columns.are_used_up() && rest.is_empty()).then_some(value)
}

/// A file of one column with these numbers and texts.
fn file(numbers: &[u8], texts: &[u8]) -> Vec<u8> {
    let lengths = [numbers.len() as u8, texts.len() as u8];
    [MAGIC.as_slice(), &[FORMAT, 1], &lengths, numbers, texts].concat()
}

#[test]
fn numbers_take_seven_bits_a_byte_the_lowest_first() {
    for (number, bytes) in [
        (0, &[0][..]),
        (1, &[1]),
        (127, &[0x7f]),
        (128, &[0x80, 1]),
        (300, &[0xac, 2]),
        (16_384, &[0x80, 0x80, 1]),
        (u64::MAX, &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]),
    ] {
        assert_eq!(written(number), Ok(file(bytes, &[])), "{number}");
        assert_eq!(read(&file(bytes, &[]), |columns| columns.number()), Some(number), "{number}");
    }
    for endless in [&[0x80; 10][..], &[0xff; 11], &[0x80], &[]] {
        assert_eq!(read(&file(endless, &[]), |columns| columns.number()), None, "{endless:?}");
    }
}

#[test]
fn signed_numbers_of_either_sign_stay_small() {
    for (number, byte) in [(0, 0), (-1, 1), (1, 2), (-2, 3), (63, 126), (-64, 127)] {
        let file = file(&[byte], &[]);
        assert_eq!(written(i64::from(number)).as_ref(), Ok(&file), "{number}");
        assert_eq!(written(number).as_ref(), Ok(&file));
        assert_eq!(written(number as i16).as_ref(), Ok(&file));
        assert_eq!(written(number as i8).as_ref(), Ok(&file));
        assert_eq!(read(&file, |columns| columns.signed()), Some(number.into()), "{number}");
    }
    for number in [i64::MIN, i64::MAX, -12_345_678] {
        assert_eq!(read(&written(number).unwrap(), |columns| columns.signed()), Some(number));
    }
}

#[test]
fn every_number_type_and_bool_is_written_as_a_number() {
    assert_eq!((written(true), written(false)), (Ok(file(&[1], &[])), Ok(file(&[0], &[]))));
    let seven = Ok(file(&[7], &[]));
    assert_eq!(
        [written(7_u8), written(7_u16), written(7_u32)],
        [seven.clone(), seven.clone(), seven]
    );
}

#[test]
fn degrees_have_five_digits_after_the_point() {
    for degrees in [0.0, 44.35, -78.740_01, 180.0] {
        let read =
            read(&written(degrees).unwrap(), |columns| columns.signed() as f64 / super::DEGREES);
        assert_eq!(read, Some(degrees));
    }
    assert_eq!(written(0.25_f32), written(0.25_f64));
    assert_eq!(written(0.000_001), Err(NotWritable::TooFine(0.000_001)));
}

#[test]
fn texts_end_with_a_zero_byte() {
    assert_eq!(written("ab"), Ok(file(&[], b"ab\0")));
    assert_eq!(written("a\0"), Err(NotWritable::ZeroInText("a\0".into())));
    assert_eq!(read(&file(&[], b"ab\0"), |columns| columns.text().to_string()), Some("ab".into()));
    let two = |columns: &mut Columns<'_>| [columns.text().to_string(), columns.text().to_string()];
    assert_eq!(read(&file(&[], b"\0\xc3\xa9\0"), two), Some(["".into(), "é".into()]));
    for broken in [&b"ab"[..], b"", b"\xff\0", b"a\0b\0"] {
        assert_eq!(read(&file(&[], broken), |columns| columns.text().len()), None, "{broken:?}");
    }
}

#[test]
fn lists_options_and_choices_say_first_how_many_or_which() {
    assert_eq!(written([3_u8; 2]), Ok(file(&[3, 3], &[])), "an array has its length in its type");
    assert_eq!(written(vec![3_u8; 2]), Ok(file(&[2, 3, 3], &[])));
    assert_eq!(
        (written(None::<u8>), written(Some(9_u8))),
        (Ok(file(&[0], &[])), Ok(file(&[1, 9], &[])))
    );
    let list = |columns: &mut Columns<'_>| columns.list(|columns| columns.number());
    assert_eq!(read(&file(&[2, 5, 6], &[]), list), Some(vec![5, 6]));
    assert_eq!(read(&file(&[0], &[]), list), Some(vec![]));
    assert_eq!(read(&file(&[3, 5, 6], &[]), list), None);
    assert_eq!(read(&file(&[1, 5, 6], &[]), list), None, "something is left");
    let choice = |columns: &mut Columns<'_>| columns.one_of(&['a', 'b', 'c']);
    let chosen = [0, 1, 2, 3, 255].map(|number| read(&written(number as u64).unwrap(), choice));
    assert_eq!(chosen, [Some('a'), Some('b'), Some('c'), None, None]);
    let small = |columns: &mut Columns<'_>| columns.within(5);
    assert_eq!([5, 6].map(|number: u64| read(&written(number).unwrap(), small)), [Some(5), None]);
    let digit = |columns: &mut Columns<'_>| columns.parsed(|text| text.parse::<u8>().ok(), 0);
    assert_eq!(["7", "x"].map(|text| read(&written(text).unwrap(), digit)), [Some(7), None]);
}

#[test]
fn a_list_that_claims_to_be_endless_ends_where_its_bytes_do() {
    let endless = file(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1], &[]);
    let (mut columns, _) = Columns::of(&endless).unwrap();
    let items = columns.list(|columns| columns.number());
    assert!(items.len() <= 2 && !columns.are_used_up());
}

#[test]
fn a_head_that_promises_more_than_there_is_is_not_read() {
    let whole = file(&[1, 2], b"x\0");
    assert!(Columns::of(&whole).is_some());
    for length in 0..whole.len() {
        assert!(Columns::of(&whole[..length]).is_none(), "{length}");
    }
    let many = [MAGIC.as_slice(), &[FORMAT, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0]].concat();
    assert!(Columns::of(&many).is_none(), "more columns than bytes");
    let two = [MAGIC.as_slice(), &[FORMAT, 2, 0, 0, 0, 0]].concat();
    assert!(
        Columns::of(&two).is_some_and(|(columns, rest)| rest.is_empty() && !columns.are_used_up())
    );
    assert!(Columns::of(b"HUBX\x04\x00").is_none() && Columns::of(b"HUBC\x03\x00").is_none());
}

#[derive(Serialize)]
struct BundlePair {
    name: &'static str,
    number: u8,
}

#[derive(Serialize)]
enum Shape {
    Empty,
    Square { side: u8 },
    Named(u8),
}

#[derive(Serialize)]
struct Wrapped(u8);

#[test]
fn each_field_of_a_type_has_a_column_of_its_own() {
    let pairs = vec![BundlePair { name: "a", number: 1 }, BundlePair { name: "b", number: 2 }];
    let expected =
        [MAGIC.as_slice(), &[FORMAT, 3], &[1, 0, 0, 4, 2, 0], &[2], &[1, 2], b"a\0b\0"].concat();
    assert_eq!(written(pairs), Ok(expected));
    let bytes = written(vec![BundlePair { name: "a", number: 1 }]).unwrap();
    let pair = |columns: &mut Columns<'_>| {
        columns.list(|columns| {
            let resume_at = columns.enter("Pair", 0, 2);
            let pair = (columns.field::<String>(), columns.field::<u8>());
            columns.leave(resume_at);
            pair
        })
    };
    assert_eq!(read(&bytes, pair), Some(vec![("a".into(), 1)]));
}

#[test]
fn each_variant_has_columns_of_its_own_and_says_its_number_first() {
    assert_eq!(written(Shape::Empty), Ok(file(&[0], &[])));
    assert_eq!(written(Shape::Named(9)), Ok(file(&[2, 9], &[])));
    assert_eq!(written(Wrapped(9)), Ok(file(&[9], &[])));
    let square = [MAGIC.as_slice(), &[FORMAT, 2], &[1, 0, 1, 0], &[1], &[4]].concat();
    assert_eq!(written(Shape::Square { side: 4 }), Ok(square));
    let shapes = [Shape::Square { side: 4 }, Shape::Empty, Shape::Square { side: 5 }];
    let expected = [MAGIC.as_slice(), &[FORMAT, 2], &[3, 0, 2, 0], &[1, 0, 1], &[4, 5]].concat();
    assert_eq!(written(shapes), Ok(expected));
}

struct Endless;

impl Serialize for Endless {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_seq(None)?.end()
    }
}

struct Refusing;

impl Serialize for Refusing {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(Error::custom("such a value"))
    }
}

struct Bytes;

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(b"x")
    }
}

#[derive(Serialize)]
struct Nothing;

#[derive(Serialize)]
struct Two(u8, u8);

#[derive(Serialize)]
enum Many {
    Two(u8, u8),
}

struct Readability(bool);

impl Serialize for Readability {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let is_for_people = serializer.is_human_readable();
        serializer.serialize_bool(is_for_people == self.0)
    }
}

#[test]
fn what_no_record_has_is_refused_by_name() {
    let refused = |what: &str| Err(NotWritable::Unsupported(what.into()));
    assert_eq!(written('x'), refused("a single letter"));
    assert_eq!(written(()), refused("nothing"));
    assert_eq!(written(Nothing), refused("Nothing"));
    assert_eq!(written(Bytes), refused("bytes"));
    assert_eq!(written(BTreeMap::from([(1, 2)])), refused("a map"));
    assert_eq!(written(Refusing), refused("such a value"));
    assert_eq!(written(Endless), refused("a list without an end"));
    assert_eq!(written(Two(1, 2)), refused("Two"));
    assert_eq!(written(Many::Two(1, 2)), refused("Many"));
    assert_eq!(written(Readability(false)), Ok(file(&[1], &[])), "the form is not for people");
}
