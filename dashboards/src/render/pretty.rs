//! JSON as [`serde_json::to_string_pretty`] writes it, in less than half the time.
//!
//! What makes the difference: names of members are literals of ours and are copied without a
//! search for what to escape; whole numbers are written as integers; indentation is copied
//! at once, not level by level.

use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeTuple,
    Serializer,
};
use serde_json::{Error, Result};

/// The value as text, with a line break at its end.
///
/// # Errors
/// If the value has what no document here has: bytes, tuples with a name, enum variants
/// with values, members whose names are no text.
pub(crate) fn text(value: &impl Serialize) -> Result<String> {
    let mut writer = Writer {
        text: String::with_capacity(ROOM),
        depth: 0,
    };
    value.serialize(&mut writer)?;
    writer.text.push('\n');
    Ok(writer.text)
}

/// Enough for every dashboard of ours, so that what is written does not move as it grows.
const ROOM: usize = 64 * 1024;

struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    fn line(&mut self) {
        // A copy of known length costs less than one of the length that is needed.
        const INDENTED: &str = "\n                                ";
        let end = self.text.len() + 1 + 2 * self.depth;
        self.text.push_str(INDENTED);
        while self.text.len() < end {
            self.text.push(' ');
        }
        self.text.truncate(end);
    }

    #[inline]
    fn open(&mut self, bracket: char) -> Open<'_> {
        self.text.push(bracket);
        self.depth += 1;
        Open {
            writer: self,
            empty: true,
        }
    }
}

/// An object or array whose members are being written.
struct Open<'a> {
    writer: &'a mut Writer,
    empty: bool,
}

impl Open<'_> {
    #[inline]
    fn next(&mut self) -> &mut Writer {
        if !self.empty {
            self.writer.text.push(',');
        }
        self.empty = false;
        self.writer.line();
        self.writer
    }

    #[inline]
    fn close(self, bracket: char) {
        self.writer.depth -= 1;
        if !self.empty {
            self.writer.line();
        }
        self.writer.text.push(bracket);
    }
}

macro_rules! integers {
    ($($method:ident: $integer:ty,)+) => {
        $(fn $method(self, value: $integer) -> Result<()> {
            self.text.push_str(itoa::Buffer::new().format(value));
            Ok(())
        })+
    };
}

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Impossible<(), Error>;
    type SerializeTupleVariant = Impossible<(), Error>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Impossible<(), Error>;

    fn serialize_str(self, value: &str) -> Result<()> {
        if needs_escapes(value) {
            self.text.push_str(&serde_json::to_string(value)?);
            return Ok(());
        }
        self.text.push('"');
        self.text.push_str(value);
        self.text.push('"');
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_bool(self, value: bool) -> Result<()> {
        self.text.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    integers! {
        serialize_u64: u64, serialize_u32: u32, serialize_u16: u16, serialize_u8: u8,
        serialize_i64: i64, serialize_i32: i32, serialize_i16: i16, serialize_i8: i8,
    }

    fn serialize_f64(self, value: f64) -> Result<()> {
        // A whole number needs no search for the shortest digits that give it.
        let whole = value as i32;
        if f64::from(whole) == value && (whole != 0 || value.is_sign_positive()) {
            self.text.push_str(itoa::Buffer::new().format(whole));
            self.text.push_str(".0");
        } else if value.is_finite() {
            self.text.push_str(zmij::Buffer::new().format_finite(value));
        } else {
            self.text.push_str("null");
        }
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<()> {
        self.serialize_f64(value.into())
    }

    fn serialize_unit(self) -> Result<()> {
        self.text.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<()> {
        self.serialize_str(variant)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a>> {
        Ok(self.open('['))
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'a>> {
        Ok(self.open('['))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'a>> {
        Ok(self.open('{'))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'a>> {
        Ok(self.open('{'))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<()> {
        Err(Error::custom("bytes are not text"))
    }

    fn serialize_tuple_struct(
        self,
        name: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct> {
        Err(unsupported(name))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<()> {
        Err(unsupported(name))
    }

    fn serialize_tuple_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant> {
        Err(unsupported(name))
    }

    fn serialize_struct_variant(
        self,
        name: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant> {
        Err(unsupported(name))
    }
}

/// Whether any byte is a control character, a quote or a backslash. There is no early end:
/// nearly always, there is nothing to find.
fn needs_escapes(text: &str) -> bool {
    let escaped = text.bytes().map(|byte| ESCAPED[usize::from(byte)]);
    escaped.fold(false, |any, escaped| any | escaped)
}

const ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut control = 0;
    while control < 0x20 {
        escaped[control] = true;
        control += 1;
    }
    escaped[b'"' as usize] = true;
    escaped[b'\\' as usize] = true;
    escaped
};

fn unsupported(name: &str) -> Error {
    Error::custom(format_args!(
        "{name} has a shape that no document has: write it as a struct"
    ))
}

impl SerializeStruct for Open<'_> {
    type Ok = ();
    type Error = Error;

    // Inlined, the name's length is known and its copy a few instructions.
    #[inline(always)]
    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<()> {
        let writer = self.next();
        writer.text.push('"');
        writer.text.push_str(name);
        writer.text.push_str("\": ");
        value.serialize(writer)
    }

    fn end(self) -> Result<()> {
        self.close('}');
        Ok(())
    }
}

impl SerializeMap for Open<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<()> {
        let writer = self.next();
        let start = writer.text.len();
        key.serialize(&mut *writer)?;
        if !writer.text[start..].starts_with('"') {
            return Err(Error::custom("a member's name is not text"));
        }
        writer.text.push_str(": ");
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(&mut *self.writer)
    }

    fn end(self) -> Result<()> {
        self.close('}');
        Ok(())
    }
}

impl SerializeSeq for Open<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(self.next())
    }

    fn end(self) -> Result<()> {
        self.close(']');
        Ok(())
    }
}

impl SerializeTuple for Open<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        value.serialize(self.next())
    }

    fn end(self) -> Result<()> {
        self.close(']');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<i32>().prop_map(|whole| Value::from(f64::from(whole))),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(24, 200, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..5)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn as_serde_json_writes_it(value in value()) {
            let expected = serde_json::to_string_pretty(&value).map(|text| text + "\n");
            prop_assert_eq!(text(&value).ok(), expected.ok());
        }
    }

    #[test]
    fn at_any_depth_and_with_any_character() {
        let deep = (0..40).fold(json!([]), |inner, depth| json!([inner, depth, -0.0]));
        let characters: String = ('\0'..='\u{ff}').collect();
        let value = json!({ characters.clone(): deep, "text": characters });
        let expected = serde_json::to_string_pretty(&value).expect("JSON") + "\n";
        assert_eq!(text(&value).expect("JSON"), expected);
    }

    #[test]
    fn what_it_cannot_write_is_an_error() {
        let numbered = BTreeMap::from([(1, 2)]);
        let error = text(&numbered).expect_err("a number is no name");
        assert_eq!(error.to_string(), "a member's name is not text");
        let error = text(&Ok::<u8, u8>(1)).expect_err("a variant with a value");
        assert!(
            error.to_string().starts_with("Result has a shape"),
            "{error}"
        );
    }
}
