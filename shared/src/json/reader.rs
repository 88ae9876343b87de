//! From a [`Tree`] to a type: what serde asks, answered from the tree.
//!
//! Everything that is the same for every type stands in functions without a type parameter.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::cell::Cell;
use core::fmt::{self, Display};
use core::ptr;
use core::slice;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, Expected, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};

use super::Tree;

/// Why a text is not the value that it should be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Misfit(Box<Why>);

#[derive(Clone, Debug, Eq, PartialEq)]
struct Why {
    words: String,
    /// The field that is not there.
    missing: Option<&'static str>,
}

impl Misfit {
    /// Said in the words of whoever found it.
    #[cold]
    #[inline(never)]
    #[allow(clippy::needless_pass_by_value, reason = "the form of `map_err`")]
    pub(super) fn new(words: impl ToString) -> Self {
        Self(Box::new(Why {
            words: words.to_string(),
            missing: None,
        }))
    }

    /// The name of the field that is not there, if that is what is wrong.
    pub(super) fn missing(&self) -> Option<&'static str> {
        self.0.missing
    }
}

impl Display for Misfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.words)
    }
}

impl core::error::Error for Misfit {}

impl serde::de::Error for Misfit {
    fn custom<T: Display>(words: T) -> Self {
        Self::new(words)
    }

    #[cold]
    #[inline(never)]
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = Found(found);
        Self::new(format_args!("invalid type: {found}, expected {expected}"))
    }

    #[cold]
    #[inline(never)]
    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = Found(found);
        Self::new(format_args!("invalid value: {found}, expected {expected}"))
    }

    #[cold]
    #[inline(never)]
    fn missing_field(field: &'static str) -> Self {
        let mut misfit = Self::new(format_args!("missing field `{field}`"));
        misfit.0.missing = Some(field);
        misfit
    }
}

/// What was found, in the words of `serde_json`: what writes JSON writes its numbers, so that the
/// standard library's way with fractions is not linked as well.
struct Found<'a>(Unexpected<'a>);

impl Display for Found<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Unexpected::Bool(flag) => write!(formatter, "boolean `{flag}`"),
            Unexpected::Unsigned(number) => write!(formatter, "integer `{number}`"),
            Unexpected::Signed(number) => write!(formatter, "integer `{number}`"),
            Unexpected::Float(number) => match serde_json::Number::from_f64(number) {
                Some(number) => write!(formatter, "floating point `{number}`"),
                None => formatter.write_str("floating point"),
            },
            Unexpected::Str(text) => write!(formatter, "string {text:?}"),
            Unexpected::Unit => formatter.write_str("null"),
            Unexpected::Seq => formatter.write_str("sequence"),
            Unexpected::Map => formatter.write_str("map"),
            Unexpected::UnitVariant => formatter.write_str("unit variant"),
            Unexpected::Other(other) => formatter.write_str(other),
            Unexpected::Char(_)
            | Unexpected::Bytes(_)
            | Unexpected::Option
            | Unexpected::NewtypeStruct
            | Unexpected::Enum
            | Unexpected::NewtypeVariant
            | Unexpected::TupleVariant
            | Unexpected::StructVariant => formatter.write_str("something else"),
        }
    }
}

/// What is remembered while a tree is read.
pub(super) struct Notes {
    /// The part that is being read.
    at: Cell<*const ()>,
    /// The first part that nobody asked for.
    ignored: Cell<*const ()>,
}

impl Notes {
    pub(super) const fn new() -> Self {
        Self {
            at: Cell::new(ptr::null()),
            ignored: Cell::new(ptr::null()),
        }
    }

    pub(super) fn at(&self) -> *const () {
        self.at.get()
    }

    pub(super) fn ignored(&self) -> Option<*const ()> {
        let ignored = self.ignored.get();
        (!ignored.is_null()).then_some(ignored)
    }
}

/// A part of a tree on its way into a type.
#[derive(Clone, Copy)]
struct Reader<'t> {
    tree: &'t Tree<'t>,
    notes: &'t Notes,
}

impl Tree<'_> {
    /// The value of a type.
    ///
    /// # Errors
    /// Says what does not fit.
    pub fn to<T: DeserializeOwned>(&self) -> Result<T, Misfit> {
        self.noted(&Notes::new())
    }

    /// The same, with notes of what was read.
    pub(super) fn noted<T: DeserializeOwned>(&self, notes: &Notes) -> Result<T, Misfit> {
        notes.at.set(self.place());
        T::deserialize(Reader { tree: self, notes })
    }

    /// Where it stands, to be known again by.
    pub(super) const fn place(&self) -> *const () {
        ptr::from_ref(self).cast()
    }

    #[cold]
    #[inline(never)]
    fn misfit(&self, expected: &dyn Expected) -> Misfit {
        let found = match self {
            Self::Null => Unexpected::Unit,
            Self::Flag(flag) => Unexpected::Bool(*flag),
            Self::Whole(number) => Unexpected::Unsigned(*number),
            Self::Below(number) => Unexpected::Signed(*number),
            Self::Float(number) => Unexpected::Float(*number),
            Self::Text(text) => Unexpected::Str(text),
            Self::List(_) => Unexpected::Seq,
            Self::Object(_) => Unexpected::Map,
        };
        Misfit::invalid_type(found, expected)
    }

    #[inline(never)]
    fn flag(&self, expected: &dyn Expected) -> Result<bool, Misfit> {
        let Self::Flag(flag) = self else {
            return Err(self.misfit(expected));
        };
        Ok(*flag)
    }

    #[inline(never)]
    fn whole(&self, expected: &dyn Expected) -> Result<u64, Misfit> {
        if let Self::Below(number) = self {
            let found = Unexpected::Signed(*number);
            return Err(Misfit::invalid_value(found, expected));
        }
        let Self::Whole(number) = self else {
            return Err(self.misfit(expected));
        };
        Ok(*number)
    }

    #[inline(never)]
    fn signed(&self, expected: &dyn Expected) -> Result<i64, Misfit> {
        if let Self::Below(number) = self {
            return Ok(*number);
        }
        let number = self.whole(expected)?;
        i64::try_from(number)
            .map_err(|_| Misfit::invalid_value(Unexpected::Unsigned(number), expected))
    }

    #[inline(never)]
    fn words(&self, expected: &dyn Expected) -> Result<&str, Misfit> {
        self.text().ok_or_else(|| self.misfit(expected))
    }
}

impl<'t> Reader<'t> {
    #[inline(never)]
    fn elements(self, expected: &dyn Expected) -> Result<Elements<'t>, Misfit> {
        let Tree::List(list) = self.tree else {
            return Err(self.tree.misfit(expected));
        };
        Ok(Elements {
            whole: self,
            rest: list.iter(),
        })
    }

    #[inline(never)]
    fn fields(self, expected: &dyn Expected) -> Result<Fields<'t>, Misfit> {
        let Tree::Object(fields) = self.tree else {
            return Err(self.tree.misfit(expected));
        };
        Ok(Fields {
            whole: self,
            rest: fields.iter(),
            value: &Tree::Null,
        })
    }

    /// The word of a variant and what it holds.
    #[inline(never)]
    fn variant(self, expected: &dyn Expected) -> Result<Variant<'t>, Misfit> {
        let Self { tree, notes } = self;
        if let Tree::Text(word) = tree {
            let held = None;
            return Ok(Variant { word, held, notes });
        }
        let Tree::Object(fields) = tree else {
            return Err(tree.misfit(expected));
        };
        let [(word, held)] = fields.as_slice() else {
            let one = &"map with a single key";
            return Err(Misfit::invalid_value(Unexpected::Map, one));
        };
        let held = Some(held);
        Ok(Variant { word, held, notes })
    }

    /// On to the next part of this one, or back to it after the last: what is wrong from here on,
    /// is wrong there.
    #[inline(never)]
    fn goes_on(self, next: Option<&'t Tree<'t>>) -> Option<Self> {
        let Self { tree, notes } = self;
        notes.at.set(next.unwrap_or(tree).place());
        next.map(|tree| Self { tree, notes })
    }

    #[inline(never)]
    fn ignore(self) {
        if self.notes.ignored.get().is_null() {
            self.notes.ignored.set(self.tree.place());
        }
    }
}

/// One method of [`Deserializer`] for each way in which types ask.
macro_rules! asked {
    ($($method:ident($($more:ty),*) $visit:ident $($part:ident).+;)*) => {$(
        fn $method<V: Visitor<'de>>(self, $(_: $more,)* visitor: V) -> Result<V::Value, Misfit> {
            let part = self.$($part).+(&visitor)?;
            visitor.$visit(part)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Misfit;

    asked! {
        deserialize_bool() visit_bool tree.flag;
        deserialize_u8() visit_u64 tree.whole;
        deserialize_u16() visit_u64 tree.whole;
        deserialize_u32() visit_u64 tree.whole;
        deserialize_u64() visit_u64 tree.whole;
        deserialize_i8() visit_i64 tree.signed;
        deserialize_i16() visit_i64 tree.signed;
        deserialize_i32() visit_i64 tree.signed;
        deserialize_i64() visit_i64 tree.signed;
        deserialize_char() visit_str tree.words;
        deserialize_str() visit_str tree.words;
        deserialize_string() visit_str tree.words;
        deserialize_identifier() visit_str tree.words;
        deserialize_map() visit_map fields;
        deserialize_struct(&'static str, &'static [&'static str]) visit_map fields;
        deserialize_enum(&'static str, &'static [&'static str]) visit_enum variant;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.tree {
            Tree::Null => visitor.visit_unit(),
            Tree::Flag(flag) => visitor.visit_bool(*flag),
            Tree::Whole(number) => visitor.visit_u64(*number),
            Tree::Below(number) => visitor.visit_i64(*number),
            Tree::Float(number) => visitor.visit_f64(*number),
            Tree::Text(text) => visitor.visit_str(text),
            Tree::List(_) => self.deserialize_seq(visitor),
            Tree::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let mut elements = self.elements(&visitor)?;
        let value = visitor.visit_seq(&mut elements)?;
        elements.end()?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if let Tree::Null = self.tree {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.ignore();
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 bytes byte_buf unit unit_struct
    }
}

struct Elements<'t> {
    whole: Reader<'t>,
    rest: slice::Iter<'t, Tree<'t>>,
}

impl<'t> Elements<'t> {
    #[inline(never)]
    fn next(&mut self) -> Option<Reader<'t>> {
        let tree = self.rest.next();
        self.whole.goes_on(tree)
    }

    #[inline(never)]
    fn end(&self) -> Result<(), Misfit> {
        match self.rest.len() {
            0 => Ok(()),
            rest => Err(Misfit::new(format_args!("{rest} elements too many"))),
        }
    }
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Misfit;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Misfit> {
        self.next().map(|value| seed.deserialize(value)).transpose()
    }
}

struct Fields<'t> {
    whole: Reader<'t>,
    rest: slice::Iter<'t, (Cow<'t, str>, Tree<'t>)>,
    value: &'t Tree<'t>,
}

impl<'t> Fields<'t> {
    #[inline(never)]
    fn next(&mut self) -> Option<StrDeserializer<'t, Misfit>> {
        let field = self.rest.next();
        self.value = self.whole.goes_on(field.map(|(_, value)| value))?.tree;
        field.map(|(name, _)| StrDeserializer::new(name))
    }
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Misfit;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Misfit> {
        self.next().map(|name| seed.deserialize(name)).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misfit> {
        seed.deserialize(Reader {
            tree: self.value,
            notes: self.whole.notes,
        })
    }
}

struct Variant<'t> {
    word: &'t str,
    held: Option<&'t Tree<'t>>,
    notes: &'t Notes,
}

impl<'t> Variant<'t> {
    #[inline(never)]
    fn held(&self) -> Result<Reader<'t>, Misfit> {
        let none =
            || Misfit::invalid_type(Unexpected::UnitVariant, &"a variant that holds something");
        let tree = self.held.ok_or_else(none)?;
        let notes = self.notes;
        Ok(Reader { tree, notes })
    }
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Misfit;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Misfit> {
        let word = seed.deserialize(StrDeserializer::new(self.word))?;
        Ok((word, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Misfit;

    fn unit_variant(self) -> Result<(), Misfit> {
        match self.held {
            None | Some(Tree::Null) => Ok(()),
            Some(held) => Err(held.misfit(&"unit")),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Misfit> {
        seed.deserialize(self.held()?)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.held()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.held()?.deserialize_map(visitor)
    }
}
