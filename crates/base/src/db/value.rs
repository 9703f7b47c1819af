//! The five types both databases share, going in and coming out.

use std::error::Error as StdError;

use bytes::BytesMut;
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, Type};

/// A value on its way into a statement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing known.
    Null,
    /// `text`
    Text(&'a str),
    /// `bigint`; instants are Unix milliseconds UTC
    Int(i64),
    /// `double precision`
    Real(f64),
    /// `boolean`
    Flag(bool),
    /// `bytea`
    Bytes(&'a [u8]),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<f64> for Value<'_> {
    fn from(real: f64) -> Self {
        Self::Real(real)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, T> From<&'a Option<T>> for Value<'a>
where
    &'a T: Into<Value<'a>>,
{
    fn from(value: &'a Option<T>) -> Self {
        value.as_ref().map_or(Self::Null, Into::into)
    }
}

impl<'a, T> From<Option<T>> for Value<'a>
where
    T: Into<Value<'a>>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<'a> From<&'a i64> for Value<'a> {
    fn from(int: &'a i64) -> Self {
        Self::Int(*int)
    }
}

impl<'a> From<&'a f64> for Value<'a> {
    fn from(real: &'a f64) -> Self {
        Self::Real(*real)
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Self::Null => ValueRef::Null,
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Int(int) => ValueRef::Integer(int),
            Self::Real(real) => ValueRef::Real(real),
            Self::Flag(flag) => ValueRef::Integer(i64::from(flag)),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl tokio_postgres::types::ToSql for Value<'_> {
    // SQLite converts between its number types by itself; so that one text serves both, the same
    // few conversions happen here, and every other mismatch is an error.
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match *self {
            Self::Null => Ok(IsNull::Yes),
            Self::Text(text) => text.to_sql(wanted, out),
            Self::Int(int) if *wanted == Type::INT8 => int.to_sql(wanted, out),
            Self::Int(int) if *wanted == Type::INT4 => i32::try_from(int)?.to_sql(wanted, out),
            Self::Int(int) if *wanted == Type::FLOAT8 => (int as f64).to_sql(wanted, out),
            Self::Int(int) if *wanted == Type::BOOL => (int != 0).to_sql(wanted, out),
            Self::Real(real) if *wanted == Type::FLOAT8 => real.to_sql(wanted, out),
            Self::Flag(flag) if *wanted == Type::BOOL => flag.to_sql(wanted, out),
            Self::Bytes(bytes) if *wanted == Type::BYTEA => bytes.to_sql(wanted, out),
            other => Err(format!("{other:?} does not fit a parameter of type {wanted}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// What a column can be read as: `String`, `i64`, `f64`, `bool`, `Vec<u8>`, and `Option` of these.
pub trait Column:
    rusqlite::types::FromSql + for<'a> tokio_postgres::types::FromSql<'a> + Sized
{
}

impl Column for String {}
impl Column for i64 {}
impl Column for f64 {}
impl Column for bool {}
impl Column for Vec<u8> {}
impl<T: Column> Column for Option<T> {}

/// A value of a type found out at run time, for copying whole tables.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub(super) enum Owned {
    Null,
    Flag(bool),
    Int(i64),
    Real(f64),
    Text(String),
    Bytes { hex: String },
}

impl Owned {
    pub(super) fn bytes(bytes: &[u8]) -> Self {
        use std::fmt::Write;
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self::Bytes { hex }
    }

    /// The bytes of [`Owned::Bytes`], empty for everything else.
    pub(super) fn raw(&self) -> Option<Vec<u8>> {
        match self {
            Self::Bytes { hex } => hex
                .as_bytes()
                .chunks(2)
                .map(|pair| {
                    let pair = std::str::from_utf8(pair).ok()?;
                    u8::from_str_radix(pair, 16).ok()
                })
                .collect(),
            _ => Some(Vec::new()),
        }
    }

    pub(super) fn borrow<'a>(&'a self, raw: &'a [u8]) -> Value<'a> {
        match self {
            Self::Null => Value::Null,
            Self::Flag(flag) => Value::Flag(*flag),
            Self::Int(int) => Value::Int(*int),
            Self::Real(real) => Value::Real(*real),
            Self::Text(text) => Value::Text(text),
            Self::Bytes { .. } => Value::Bytes(raw),
        }
    }
}
