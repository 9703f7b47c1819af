//! What a closure may do inside its transaction.

use super::value::{Column, Owned, Value};
use super::{Error, postgres, sqlite};

/// An open transaction. There is no way to keep it beyond its closure.
pub struct Tx<'a> {
    pub(super) on: On<'a>,
    /// Whether a statement failed. PostgreSQL has then given up the transaction, whatever the closure
    /// answers; so that both databases do the same, nothing of it is kept on either.
    pub(super) failed: bool,
}

pub(super) enum On<'a> {
    Sqlite(&'a rusqlite::Connection),
    Postgres(&'a mut postgres::Link),
}

/// One row of an answer; columns are read by name.
pub struct Row<'a>(Found<'a>);

enum Found<'a> {
    /// The row, and the names of its columns, which SQLite would look up anew for every value.
    Sqlite(&'a rusqlite::Row<'a>, &'a [String]),
    Postgres(&'a tokio_postgres::Row),
}

impl Row<'_> {
    /// The value of the column called `name`.
    ///
    /// # Errors
    /// When there is no such column or it is of another type.
    pub fn get<T: Column>(&self, name: &str) -> Result<T, Error> {
        match self.0 {
            Found::Sqlite(row, columns) => columns
                .iter()
                .position(|column| column == name)
                .ok_or_else(|| Error::Query(format!("there is no column {name}")))
                .and_then(|place| row.get(place).map_err(|error| sqlite::error(&error))),
            Found::Postgres(row) => row.try_get(name).map_err(|error| postgres::error(&error)),
        }
    }
}

/// PostgreSQL cannot hold a NUL in a text. What one database would take and the other not, neither
/// takes, or a backup of one could not be restored into the other.
fn refuse_unfit(values: &[Value<'_>]) -> Result<(), Error> {
    let unfit = |value: &Value<'_>| matches!(value, Value::Text(text) if text.contains('\0'));
    if values.iter().any(unfit) {
        Err(Error::Unfit)
    } else {
        Ok(())
    }
}

impl Tx<'_> {
    /// Runs a statement and tells how many rows it touched.
    ///
    /// `sql` is written in the program, never put together from what somebody sent.
    ///
    /// # Errors
    /// When the database refuses it; [`Error::Taken`] for a key that is there already.
    pub fn exec(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        let done = refuse_unfit(values).and_then(|()| match &mut self.on {
            On::Sqlite(connection) => sqlite::exec(connection, sql, values),
            On::Postgres(link) => link.exec(sql, values),
        });
        self.failed |= done.is_err();
        done
    }

    /// Every row of the answer, read by `read`.
    ///
    /// # Errors
    /// When the database refuses the statement or `read` a row.
    pub fn query<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut found = Vec::new();
        self.each(sql, values, &mut |row| {
            found.push(read(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Hands every row of the answer to `take`. Not generic, so that the loops of both drivers are compiled once and not for each query.
    fn each(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        take: &mut dyn FnMut(&Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let done = refuse_unfit(values).and_then(|()| match &mut self.on {
            On::Sqlite(connection) => sqlite::each(connection, sql, values, &mut |row, columns| {
                take(&Row(Found::Sqlite(row, columns)))
            }),
            On::Postgres(link) => link
                .query(sql, values)?
                .iter()
                .try_for_each(|row| take(&Row(Found::Postgres(row)))),
        });
        self.failed |= done.is_err();
        done
    }

    /// The first row of the answer, if there is one.
    ///
    /// # Errors
    /// As [`Tx::query`].
    pub fn one<T>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        Ok(self.query(sql, values, read)?.into_iter().next())
    }

    /// Runs the statements of a migration.
    pub(super) fn script(&mut self, sql: &str) -> Result<(), Error> {
        match &mut self.on {
            On::Sqlite(connection) => connection
                .execute_batch(sql)
                .map_err(|error| sqlite::error(&error)),
            On::Postgres(link) => link.script(sql),
        }
    }

    /// Keeps every other process out of the migrations until this transaction ends.
    pub(super) fn lock_schema(&mut self) -> Result<(), Error> {
        match &mut self.on {
            // The transaction itself was begun as the only writer.
            On::Sqlite(_) => Ok(()),
            On::Postgres(link) => link.script("select pg_advisory_xact_lock(7253491)"),
        }
    }

    /// Names of a table's columns, in order.
    pub(super) fn columns(&mut self, table: &str) -> Result<Vec<String>, Error> {
        let sql = format!("select * from {table} where 1 = 0");
        match &mut self.on {
            On::Sqlite(connection) => sqlite::columns(connection, &sql),
            On::Postgres(link) => link.columns(&sql),
        }
    }

    /// Hands every row of a table to `take`, without holding the table in memory.
    pub(super) fn each_row(
        &mut self,
        table: &str,
        columns: &[String],
        take: &mut dyn FnMut(Vec<Owned>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let sql = format!("select {} from {table}", columns.join(", "));
        match &mut self.on {
            On::Sqlite(connection) => sqlite::each_row(connection, &sql, take),
            On::Postgres(link) => link.each_row(&sql, take),
        }
    }

    /// Puts one row into a table.
    pub(super) fn put_row(
        &mut self,
        table: &str,
        columns: &[String],
        row: &[Owned],
    ) -> Result<(), Error> {
        let places: Vec<String> = (1..=columns.len()).map(|n| format!("${n}")).collect();
        let sql = format!(
            "insert into {table} ({}) values ({})",
            columns.join(", "),
            places.join(", ")
        );
        let raw = row
            .iter()
            .map(|value| {
                value
                    .raw()
                    .ok_or_else(|| Error::Query("a value that is not hexadecimal".to_owned()))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let values: Vec<Value<'_>> = row
            .iter()
            .zip(&raw)
            .map(|(value, raw)| value.borrow(raw))
            .collect();
        match &mut self.on {
            On::Sqlite(connection) => sqlite::exec(connection, &sql, &values).map(|_| ()),
            On::Postgres(link) => link.exec_once(&sql, &values),
        }
    }
}
