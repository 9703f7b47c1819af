//! What tests stand on: a database of their own, and (further up) the whole app with its cast.

pub mod browser;
pub mod letters;

use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::db::{Db, Target};

/// A database that only this test sees, and that goes when the test ends.
pub struct TestDatabase {
    /// Where it is.
    pub target: Target,
    kept: Kept,
}

/// What has to go with it.
enum Kept {
    /// The folder of a SQLite file, which removes itself.
    Folder(#[allow(dead_code)] tempfile::TempDir),
    /// The server, and the database's name on it.
    Database(String, String),
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

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Kept::Database(server, name) = &self.kept {
            tell(
                server,
                &format!("drop database if exists {name} with (force)"),
            );
        }
    }
}

/// A database that is made once in a run and copied for each test that needs one like it: migrating, and hashing the secrets
/// of the cast, cost far more than a copy.
pub struct Template(Copied);

enum Copied {
    /// The bytes of a SQLite file.
    File(Vec<u8>),
    /// The name of a database that nobody is connected to.
    Database(String),
}

impl Template {
    /// Makes it: the schema of today, and in it what `fill` puts there.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new(fill: impl FnOnce(&Db)) -> Self {
        let database = new_database(None);
        let db = database.open();
        fill(&db);
        db.close();
        drop(db);
        match &database.target {
            // Whoever closes the last connection writes what is in the log into the file.
            Target::Sqlite(path) => Self(Copied::File(std::fs::read(path).unwrap())),
            Target::Postgres(_) => {
                let Kept::Database(_, name) = &database.kept else {
                    unreachable!("a database on a server")
                };
                let copied = Copied::Database(name.clone());
                // It stays for the copies, until its throw-away server goes.
                std::mem::forget(database);
                Self(copied)
            }
        }
    }

    /// A copy that only this test sees.
    #[must_use]
    pub fn copy(&self) -> TestDatabase {
        note_test();
        new_database(Some(self))
    }
}

/// A new database with the schema of today and nothing in it: a SQLite file, or a database in the PostgreSQL server that
/// `KITH_TEST_DATABASE` names (a throw-away one: `bin/check` starts it).
pub fn database() -> TestDatabase {
    static EMPTY: OnceLock<Template> = OnceLock::new();
    EMPTY.get_or_init(|| Template::new(|_| {})).copy()
}

fn new_database(like: Option<&Template>) -> TestDatabase {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let Ok(server) = std::env::var("KITH_TEST_DATABASE") else {
        let folder = folder();
        let path = folder.path().join("kith.db");
        if let Some(Template(Copied::File(bytes))) = like {
            std::fs::write(&path, bytes).unwrap();
        }
        return TestDatabase {
            target: Target::Sqlite(path),
            kept: Kept::Folder(folder),
        };
    };
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    let name = format!("t{}_{number}", std::process::id());
    let template = match like {
        Some(Template(Copied::Database(name))) => name,
        _ => "template1",
    };
    tell(
        &server,
        &format!("create database {name} template {template}"),
    );
    let (place, options) = server.split_once('?').unwrap_or((&server, ""));
    let place = place.rsplit_once('/').unwrap().0;
    TestDatabase {
        target: Target::Postgres(format!("{place}/{name}?application_name={name}&{options}")),
        kept: Kept::Database(server, name),
    }
}

/// In memory where the system offers that: nothing of these databases is to outlive the test, and a disk would be waited for
/// some hundred thousand times. What survives a power cut is tested with the program itself on a disk (`tests/all/durability.rs`).
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory)
        .or_else(|_| tempfile::tempdir())
        .unwrap()
}

/// Writes the name of the running test into the file `KITH_TEST_TOUCHES` names, if it names one: these are the tests that
/// `bin/check` runs again on PostgreSQL.
fn note_test() {
    let Ok(file) = std::env::var("KITH_TEST_TOUCHES") else {
        return;
    };
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("main");
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)
        .unwrap();
    // One write, so that lines of several threads do not mix.
    file.write_all(format!("{name}\n").as_bytes()).unwrap();
}

/// Tells the server something, from a thread of its own, because a test may already be inside a runtime.
fn tell(server: &str, sql: &str) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(async {
                    let (client, connection) =
                        tokio_postgres::connect(server, tokio_postgres::NoTls)
                            .await
                            .unwrap();
                    tokio::spawn(connection);
                    client.batch_execute(sql).await.unwrap();
                });
        });
    });
}
