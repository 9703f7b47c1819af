//! What tests stand on: a database of their own, and (further up) the whole app with its cast.

pub mod browser;
pub mod letters;

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::db::{Db, Target};

/// A database that only this test sees, and that goes when the test ends.
pub struct TestDatabase {
    /// Where it is.
    pub target: Target,
    _folder: tempfile::TempDir,
}

impl TestDatabase {
    /// Opens it, with the schema of today.
    ///
    /// # Panics
    /// When it cannot be opened.
    #[must_use]
    pub fn open(&self) -> Db {
        Db::open(&self.target, 2).unwrap()
    }
}

static NUMBER: AtomicUsize = AtomicUsize::new(0);

/// A new database: a SQLite file, or a schema of its own in the PostgreSQL that
/// `KITH_TEST_DATABASE` names (a throw-away server: `bin/check` starts one).
pub fn database() -> TestDatabase {
    let folder = tempfile::tempdir().unwrap();
    let target = match std::env::var("KITH_TEST_DATABASE") {
        Ok(url) => {
            let name = format!(
                "t{}_{}",
                std::process::id(),
                NUMBER.fetch_add(1, Ordering::SeqCst)
            );
            make_schema(&url, &name);
            let sign = if url.contains('?') { '&' } else { '?' };
            Target::Postgres(format!(
                "{url}{sign}application_name={name}&options=-csearch_path%3D{name}"
            ))
        }
        Err(_) => Target::Sqlite(folder.path().join("kith.db")),
    };
    TestDatabase {
        target,
        _folder: folder,
    }
}

/// From a thread of its own, because a test may already be inside a runtime.
fn make_schema(url: &str, name: &str) {
    let (url, sql) = (url.to_owned(), format!("create schema {name}"));
    std::thread::spawn(move || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(async {
                let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls)
                    .await
                    .unwrap();
                tokio::spawn(connection);
                client.batch_execute(&sql).await.unwrap();
            });
    })
    .join()
    .unwrap();
}
