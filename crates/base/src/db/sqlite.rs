//! SQLite: two pragmas that make an answer durable, and one writer that commits in groups.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags};

use super::tx::On;
use super::value::{Owned, Value};
use super::{Db, Error, Inbox, Job, Lane, Message, Shared, Tx, migrate};

/// The most writes that share one commit; more would make the first caller wait for the last.
const GROUP: usize = 256;

pub(super) fn open(path: &Path, readers: usize) -> Result<Db, Error> {
    let writer = connect(path)?;
    begin(&writer)?;
    let migrated = migrate::run(&mut Tx {
        on: On::Sqlite(&writer),
        failed: false,
    });
    match migrated {
        Ok(()) => commit(&writer)?,
        Err(error) => {
            let _ = writer.execute_batch("rollback");
            return Err(error);
        }
    }
    let read_only = (0..readers)
        .map(|_| {
            let reader = connect(path)?;
            reader
                .execute_batch("pragma query_only = on")
                .map_err(|error| self::error(&error))?;
            Ok(reader)
        })
        .collect::<Result<Vec<_>, Error>>()?;
    Ok(Db {
        shared: Arc::new(Shared {
            kind: "sqlite",
            reads: Lane::start("read", read_only, serve_reads)?,
            writes: Lane::start("write", vec![writer], serve_writes)?,
        }),
    })
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(|error| {
        Error::Unavailable(format!("{} cannot be opened: {error}", path.display()))
    })?;
    connection
        .busy_timeout(Duration::from_secs(5))
        .and_then(|()| {
            connection.execute_batch(
                "pragma journal_mode = wal;
                 pragma synchronous = full;
                 pragma foreign_keys = on;
                 pragma cache_size = -16000;",
            )
        })
        .map_err(|error| {
            Error::Unavailable(format!(
                "{} is not a usable database: {error}",
                path.display()
            ))
        })?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

fn serve_reads(connection: Connection, inbox: &Inbox) {
    while let Some(mut job) = inbox.wait() {
        if job.is_abandoned() {
            continue;
        }
        let failure = connection
            .execute_batch("begin")
            .map_err(|error| self::error(&error))
            .map(|()| {
                job.run(&mut Tx {
                    on: On::Sqlite(&connection),
                    failed: false,
                });
            })
            .err();
        // Nothing was written, so it does not matter how a reading transaction ends.
        let _ = connection.execute_batch("commit");
        job.answer(failure);
    }
}

fn serve_writes(connection: Connection, inbox: &Inbox) {
    while let Some(first) = inbox.wait() {
        if let Err(error) = begin(&connection) {
            first.answer(Some(error));
            continue;
        }
        let mut group = vec![first];
        let mut stopping = false;
        let mut done = 0;
        let mut lost = None;
        while done < group.len() {
            if let Err(error) = run_alone(&connection, &mut group[done]) {
                lost = Some(error);
                break;
            }
            done += 1;
            // Whoever came while this one ran shares its commit. Nobody is waited for.
            if done == group.len() && group.len() < GROUP {
                match inbox.next() {
                    Some(Message::Job(job)) => group.push(job),
                    Some(Message::Stop) => stopping = true,
                    None => {}
                }
            }
        }
        let outcome = match lost {
            None => commit(&connection),
            Some(error) => Err(error),
        };
        if outcome.is_err() && !connection.is_autocommit() {
            let _ = connection.execute_batch("rollback");
        }
        let failure = outcome.err().map(|error| error.to_string());
        for job in group {
            job.answer(failure.clone().map(Error::Unavailable));
        }
        if stopping {
            return;
        }
    }
}

/// Runs one job in a savepoint. An error means that the whole transaction is lost.
fn run_alone(connection: &Connection, job: &mut Job) -> Result<(), Error> {
    let batch = |sql: &str| {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]))
            .map_err(|error| self::error(&error))
    };
    batch("savepoint caller")?;
    let keep = job.run(&mut Tx {
        on: On::Sqlite(connection),
        failed: false,
    });
    // A full disk or a failing one makes SQLite roll back everything by itself.
    if connection.is_autocommit() {
        return Err(Error::Unavailable("the transaction was lost".to_owned()));
    }
    if !keep {
        batch("rollback to caller")?;
    }
    batch("release caller")?;
    Ok(())
}

/// `immediate`, because a transaction that starts to read and then wants to write can be refused
/// at once, whatever the busy timeout says.
fn begin(connection: &Connection) -> Result<(), Error> {
    connection
        .execute_batch("begin immediate")
        .map_err(|error| Error::Unavailable(error.to_string()))
}

fn commit(connection: &Connection) -> Result<(), Error> {
    connection
        .execute_batch("commit")
        .map_err(|error| Error::Unavailable(error.to_string()))
}

pub(super) fn exec(connection: &Connection, sql: &str, values: &[Value<'_>]) -> Result<u64, Error> {
    let mut statement = prepare(connection, sql, values)?;
    // A statement that returns rows has to be read to its end, like on PostgreSQL.
    if statement.column_count() > 0 {
        let mut rows = statement.raw_query();
        let mut touched = 0;
        while rows.next().map_err(|error| self::error(&error))?.is_some() {
            touched += 1;
        }
        return Ok(touched);
    }
    statement
        .raw_execute()
        .map(|touched| touched as u64)
        .map_err(|error| self::error(&error))
}

/// A statement with its values. To SQLite `$2` is a name, numbered by where it first stands in the
/// text; so values are bound by that name, or the second parameter could get the first value.
fn prepare<'c>(
    connection: &'c Connection,
    sql: &str,
    values: &[Value<'_>],
) -> Result<CachedStatement<'c>, Error> {
    let mut statement = connection
        .prepare_cached(sql)
        .map_err(|error| self::error(&error))?;
    if statement.parameter_count() != values.len() {
        return Err(Error::Query(format!(
            "{} values for {} parameters: {sql}",
            values.len(),
            statement.parameter_count()
        )));
    }
    for (number, value) in (1..).zip(values) {
        let place = statement
            .parameter_index(&format!("${number}"))
            .ok()
            .flatten()
            .ok_or_else(|| Error::Query(format!("no parameter ${number}: {sql}")))?;
        statement
            .raw_bind_parameter(place, value)
            .map_err(|error| self::error(&error))?;
    }
    Ok(statement)
}

/// Takes a row, with the names of its columns.
type Take<'a> = dyn FnMut(&rusqlite::Row<'_>, &[String]) -> Result<(), Error> + 'a;

pub(super) fn each(
    connection: &Connection,
    sql: &str,
    values: &[Value<'_>],
    take: &mut Take<'_>,
) -> Result<(), Error> {
    let mut statement = prepare(connection, sql, values)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(|error| self::error(&error))? {
        take(row, &columns)?;
    }
    Ok(())
}

pub(super) fn columns(connection: &Connection, sql: &str) -> Result<Vec<String>, Error> {
    let statement = connection
        .prepare(sql)
        .map_err(|error| self::error(&error))?;
    Ok(statement.column_names().map(str::to_owned).collect())
}

pub(super) fn each_row(
    connection: &Connection,
    sql: &str,
    take: &mut dyn FnMut(Vec<Owned>) -> Result<(), Error>,
) -> Result<(), Error> {
    each(connection, sql, &[], &mut |row, columns| {
        let values = (0..columns.len())
            .map(|at| {
                let value = row.get_ref(at).map_err(|error| self::error(&error))?;
                Ok(match value {
                    ValueRef::Null => Owned::Null,
                    ValueRef::Integer(int) => Owned::Int(int),
                    ValueRef::Real(real) => Owned::Real(real),
                    ValueRef::Text(text) => Owned::Text(String::from_utf8_lossy(text).into_owned()),
                    ValueRef::Blob(bytes) => Owned::bytes(bytes),
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        take(values)
    })
}

pub(super) fn error(error: &rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::SqliteFailure(code, message) => {
            let text = message.clone().unwrap_or_else(|| code.to_string());
            match (code.code, code.extended_code) {
                // SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE
                (ErrorCode::ConstraintViolation, 1555 | 2067) => Error::Taken(text),
                (
                    ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::DiskFull
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::CannotOpen
                    | ErrorCode::ReadOnly,
                    _,
                ) => Error::Unavailable(text),
                _ => Error::Query(text),
            }
        }
        other => Error::Query(other.to_string()),
    }
}
