//! PostgreSQL: each thread owns one connection and finds it again when it was lost.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Config, NoTls, Statement};

use super::tx::On;
use super::value::{Owned, Value};
use super::{Db, Error, Inbox, Lane, Shared, Tx, migrate};

/// One connection and the small runtime that drives it; both live and die on one thread.
pub(super) struct Link {
    runtime: Runtime,
    config: Config,
    client: Client,
    prepared: HashMap<&'static str, Statement>,
}

pub(super) fn open(url: &str, readers: usize) -> Result<Db, Error> {
    let mut config: Config = url
        .parse()
        .map_err(|error| Error::Unavailable(format!("the database URL cannot be read: {error}")))?;
    config.connect_timeout(Duration::from_secs(5));
    if config.get_application_name().is_none() {
        config.application_name("kith");
    }
    let mut first = Link::connect(&config)?;
    first.script("begin")?;
    match migrate::run(&mut Tx {
        on: On::Postgres(&mut first),
        failed: false,
    }) {
        Ok(()) => first.script("commit")?,
        Err(error) => {
            let _ = first.script("rollback");
            return Err(error);
        }
    }
    let connect_many = |count: usize| {
        (0..count)
            .map(|_| Link::connect(&config))
            .collect::<Result<Vec<_>, Error>>()
    };
    let mut writers = vec![first];
    writers.extend(connect_many(readers.saturating_sub(1))?);
    Ok(Db {
        shared: Arc::new(Shared {
            kind: "postgresql",
            reads: Lane::start("read", connect_many(readers)?, |link, inbox| {
                serve(
                    link,
                    inbox,
                    "begin isolation level repeatable read read only",
                    true,
                );
            })?,
            writes: Lane::start("write", writers, |link, inbox| {
                serve(link, inbox, "begin", false);
            })?,
        }),
    })
}

fn serve(mut link: Link, inbox: &Inbox, begin: &str, reading: bool) {
    while let Some(mut job) = inbox.wait() {
        if reading && job.is_abandoned() {
            continue;
        }
        if let Err(error) = link.begin(begin) {
            job.answer(Some(error));
            continue;
        }
        let keep = job.run(&mut Tx {
            on: On::Postgres(&mut link),
            failed: false,
        });
        let ended = link.script(if keep { "commit" } else { "rollback" });
        let failure = match ended {
            Ok(()) => None,
            Err(error) => Some(Error::Unavailable(format!(
                "the connection ended before the answer came: {error}"
            ))),
        };
        job.answer(failure);
    }
}

impl Link {
    fn connect(config: &Config) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        let client = runtime.block_on(Self::dial(config))?;
        Ok(Self {
            runtime,
            config: config.clone(),
            client,
            prepared: HashMap::new(),
        })
    }

    async fn dial(config: &Config) -> Result<Client, Error> {
        let (client, connection) = config
            .connect(NoTls)
            .await
            .map_err(|error| Error::Unavailable(describe(&error)))?;
        tokio::spawn(async move {
            // Its end shows itself to whoever asks next.
            let _ = connection.await;
        });
        Ok(client)
    }

    /// Begins a transaction, on a new connection when the old one is gone. Nothing has run yet,
    /// so this is the one place where trying again is safe.
    fn begin(&mut self, begin: &str) -> Result<(), Error> {
        if !self.client.is_closed() && self.script(begin).is_ok() {
            return Ok(());
        }
        self.client = self.runtime.block_on(Self::dial(&self.config))?;
        self.prepared.clear();
        self.script(begin)
    }

    /// What went wrong, and forgets prepared statements that no longer fit.
    fn fail(&mut self, error: &tokio_postgres::Error) -> Error {
        // Another process has migrated the schema, so that what was prepared no longer fits.
        if let Some(&(SqlState::FEATURE_NOT_SUPPORTED | SqlState::INVALID_SQL_STATEMENT_NAME)) =
            error.code()
        {
            self.prepared.clear();
            return Error::Unavailable(describe(error));
        }
        self::error(error)
    }

    fn prepare(&mut self, sql: &'static str) -> Result<Statement, Error> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self
            .runtime
            .block_on(self.client.prepare(sql))
            .map_err(|error| self.fail(&error))?;
        self.prepared.insert(sql, statement.clone());
        Ok(statement)
    }

    pub(super) fn exec(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, Error> {
        let statement = self.prepare(sql)?;
        self.runtime
            .block_on(self.client.execute(&statement, &parameters(values)))
            .map_err(|error| self.fail(&error))
    }

    pub(super) fn query(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
    ) -> Result<Vec<tokio_postgres::Row>, Error> {
        let statement = self.prepare(sql)?;
        self.runtime
            .block_on(self.client.query(&statement, &parameters(values)))
            .map_err(|error| self.fail(&error))
    }

    pub(super) fn exec_once(&mut self, sql: &str, values: &[Value<'_>]) -> Result<(), Error> {
        self.runtime
            .block_on(self.client.execute(sql, &parameters(values)))
            .map(|_| ())
            .map_err(|error| self::error(&error))
    }

    pub(super) fn script(&mut self, sql: &str) -> Result<(), Error> {
        self.runtime
            .block_on(self.client.batch_execute(sql))
            .map_err(|error| self::error(&error))
    }

    pub(super) fn columns(&mut self, sql: &str) -> Result<Vec<String>, Error> {
        let statement = self
            .runtime
            .block_on(self.client.prepare(sql))
            .map_err(|error| self::error(&error))?;
        Ok(statement
            .columns()
            .iter()
            .map(|column| column.name().to_owned())
            .collect())
    }

    pub(super) fn each_row(
        &mut self,
        sql: &str,
        take: &mut dyn FnMut(Vec<Owned>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        // A cursor, so that a large table never stands in memory whole.
        self.script(&format!("declare rows no scroll cursor for {sql}"))?;
        loop {
            let rows = self
                .runtime
                .block_on(self.client.query("fetch 1000 from rows", &[]))
                .map_err(|error| self::error(&error))?;
            if rows.is_empty() {
                return self.script("close rows");
            }
            for row in &rows {
                take(owned(row)?)?;
            }
        }
    }
}

fn owned(row: &tokio_postgres::Row) -> Result<Vec<Owned>, Error> {
    fn read<'a, T: tokio_postgres::types::FromSql<'a>>(
        row: &'a tokio_postgres::Row,
        at: usize,
        wrap: impl FnOnce(T) -> Owned,
    ) -> Result<Owned, Error> {
        row.try_get::<_, Option<T>>(at)
            .map(|value| value.map_or(Owned::Null, wrap))
            .map_err(|error| self::error(&error))
    }
    row.columns()
        .iter()
        .enumerate()
        .map(|(at, column)| match *column.type_() {
            Type::BOOL => read(row, at, Owned::Flag),
            Type::INT8 => read(row, at, Owned::Int),
            Type::FLOAT8 => read(row, at, Owned::Real),
            Type::BYTEA => read(row, at, Owned::bytes),
            _ => read(row, at, Owned::Text),
        })
        .collect()
}

fn parameters<'a>(values: &'a [Value<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    values
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

pub(super) fn error(error: &tokio_postgres::Error) -> Error {
    let text = describe(error);
    match error.code() {
        Some(&SqlState::UNIQUE_VIOLATION) => Error::Taken(text),
        Some(code)
            if code.code().starts_with("08")
                // Two transactions in each other's way: trying again helps.
                || code.code().starts_with("40")
                || code.code().starts_with("57P")
                || code.code().starts_with("53") =>
        {
            Error::Unavailable(text)
        }
        None if error.is_closed() => Error::Unavailable(text),
        _ => Error::Query(text),
    }
}

/// The server's own words where it gave some; never the values of the statement.
fn describe(error: &tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || {
            use std::error::Error as _;
            error
                .source()
                .map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
        },
        |refusal| format!("{} ({})", refusal.message(), refusal.code().code()),
    )
}
