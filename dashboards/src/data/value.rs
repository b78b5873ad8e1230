//! JSON values that borrow their text from the line.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

/// A member's value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// `null`.
    Nothing,
    Number(f64),
    /// `true` and `false` are text too, as a log query compares them.
    Text(Cow<'a, str>),
    List(Vec<Value<'a>>),
    Object(Vec<(Cow<'a, str>, Value<'a>)>),
}

impl Value<'_> {
    /// What a metric observed: a number, numbers, or `Values` with their `Counts`.
    /// `None` if it is none of these.
    pub(super) fn observations(&self) -> Option<Vec<(f64, f64)>> {
        match self {
            Self::Number(number) => Some(vec![(*number, 1.0)]),
            Self::List(_) => Some(self.numbers()?.map(|value| (value, 1.0)).collect()),
            Self::Object(members) => {
                let named = |name: &str| members.iter().find(|(member, _)| member == name);
                let (_, values) = named("Values")?;
                let (_, counts) = named("Counts")?;
                let pairs: Vec<_> = values.numbers()?.zip(counts.numbers()?).collect();
                (Some(pairs.len()) == values.len() && values.len() == counts.len()).then_some(pairs)
            }
            Self::Nothing | Self::Text(_) => None,
        }
    }

    fn len(&self) -> Option<usize> {
        match self {
            Self::List(values) => Some(values.len()),
            _ => None,
        }
    }

    /// The numbers of a list that has nothing else.
    fn numbers(&self) -> Option<impl Iterator<Item = f64>> {
        let Self::List(values) = self else {
            return None;
        };
        let number = |value: &Value<'_>| match value {
            Value::Number(number) => Some(*number),
            _ => None,
        };
        let all: Option<Vec<f64>> = values.iter().map(number).collect();
        all.map(Vec::into_iter)
    }
}

/// Text that is borrowed from the line unless it has escapes.
pub(super) struct Name<'a>(pub(super) Cow<'a, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        deserializer.deserialize_str(Text).map(Self)
    }
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Any)
    }
}

struct Any;

#[expect(clippy::cast_precision_loss, reason = "JSON numbers are doubles")]
impl<'de> Visitor<'de> for Any {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(if truth {
            "true"
        } else {
            "false"
        })))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Value::Number(number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Value::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(Name(name)) = map.next_key()? {
            members.push((name, map.next_value()?));
        }
        Ok(Value::Object(members))
    }
}
