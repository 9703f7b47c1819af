//! One SQL path over SQLite and PostgreSQL.
//!
//! A caller says what it wants as one plain closure, and that closure *is* the transaction:
//!
//! ```ignore
//! let names = db.read(|tx| store::list_names(tx)).await?;
//! db.write(move |tx| store::add_name(tx, &name)).await?;
//! ```
//!
//! Connections belong to threads, so nothing in a transaction can wait for anything but the
//! database. On SQLite one writer thread takes all writes that are waiting, runs each in its own
//! savepoint, commits them together, and only then lets their callers go on (group commit): a
//! durable commit is paid once a group, not once a caller. On PostgreSQL the server does the same
//! for the transactions of several threads.
//!
//! A write that was answered with `Ok` is on disk. A write that was answered with `Err` was rolled
//! back, alone, except after [`Error::Unavailable`], when nobody can know; records carry ids of
//! their own so that sending them again is safe.

mod copy;
mod migrate;
mod postgres;
mod sqlite;
mod tx;
mod value;

#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

pub use copy::{Copied, verify};
pub use tx::{Row, Tx};
#[cfg(test)]
use value::Value;

/// How many jobs may wait before a caller is told to come back later.
const QUEUE: usize = 4096;

/// Where the data lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A SQLite file; made when it is not there.
    Sqlite(PathBuf),
    /// A PostgreSQL connection string, `postgres://…`.
    Postgres(String),
}

/// What can go wrong between a closure and the disk.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The queue is full. Nothing was done; try again shortly.
    #[error("the database has more work waiting than it takes on")]
    Busy,
    /// The database was closed for shutdown. Nothing was done.
    #[error("the database is closed")]
    Closed,
    /// The database could not be reached, or went away before it confirmed.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A row with this key is already there.
    #[error("a row with this key is already there: {0}")]
    Taken(String),
    /// A text that one of the two databases cannot hold.
    #[error("a text has a character in it that cannot be kept")]
    Unfit,
    /// The statement failed.
    #[error("the database refused a statement: {0}")]
    Query(String),
    /// The closure went on after a statement had failed; its work was rolled back.
    #[error("a transaction went on after a failed statement and was rolled back")]
    Swallowed,
    /// The closure panicked; its work was rolled back.
    #[error("a transaction panicked and was rolled back")]
    Panicked,
    /// The schema cannot be brought to what this program needs.
    #[error("{0}")]
    Schema(String),
}

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    kind: &'static str,
    reads: Lane,
    writes: Lane,
}

struct Lane {
    queue: SyncSender<Message>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What travels to the threads that own connections.
enum Message {
    Job(Job),
    Stop,
}

/// A closure as the threads run it: it tells whether it answered well.
type Work = Box<dyn FnOnce(&mut Tx<'_>) -> bool + Send>;

/// One closure on its way through a transaction and back. What it answers waits in a place of its own, so that this is one type for
/// all of them: a hundred kinds of answers are not a hundred queues to compile.
struct Job {
    work: Option<Work>,
    fate: Option<Fate>,
    caller: oneshot::Sender<Fate>,
}

/// What became of a closure.
enum Fate {
    /// It answered, and what it did was kept, or what it refused was rolled back.
    Answered,
    /// It panicked.
    Panicked,
    /// It went on after a statement had failed.
    Swallowed,
    /// It was never run, or its transaction was lost.
    Lost(Error),
}

impl Job {
    /// Runs the closure. True: keep what it did; false: roll it back.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(work) = self.work.take() else {
            return false;
        };
        // A panic must not take the connection's thread, and everybody's writes, with it.
        let (fate, keep) = match catch_unwind(AssertUnwindSafe(|| work(tx))) {
            Err(_) => (Fate::Panicked, false),
            Ok(true) if tx.failed => (Fate::Swallowed, false),
            Ok(well) => (Fate::Answered, well),
        };
        self.fate = Some(fate);
        keep
    }

    /// Tells the caller, once the fate of its transaction is known.
    fn answer(self, failure: Option<Error>) {
        let fate = match (failure, self.fate) {
            (Some(failure), Some(Fate::Answered) | None) => Fate::Lost(failure),
            (None, None) => Fate::Lost(Error::Closed),
            (_, Some(fate)) => fate,
        };
        // A caller that went away no longer wants its answer.
        let _ = self.caller.send(fate);
    }

    /// Whether nobody waits for the answer any more.
    fn is_abandoned(&self) -> bool {
        self.caller.is_closed()
    }
}

impl Db {
    /// Opens the database, brings its schema up to date under a lock, and starts the threads.
    ///
    /// `readers` is the number of connections that read; SQLite has one more that writes,
    /// PostgreSQL has as many again.
    ///
    /// # Errors
    /// When the database cannot be reached or written, or its schema is newer than this program.
    pub fn open(target: &Target, readers: usize) -> Result<Self, Error> {
        // A thread of its own, because a connection drives a runtime and the caller may be in one.
        std::thread::scope(|scope| {
            scope
                .spawn(|| match target {
                    Target::Sqlite(path) => sqlite::open(path, readers.max(1)),
                    Target::Postgres(url) => postgres::open(url, readers.max(1)),
                })
                .join()
                .unwrap_or(Err(Error::Panicked))
        })
    }

    /// `"sqlite"` or `"postgresql"`, for health pages and benchmarks.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        self.shared.kind
    }

    /// Runs `work` on one consistent snapshot. It cannot write.
    ///
    /// # Errors
    /// What `work` answers, or an [`Error`] of the database.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.shared.reads.run(work).await
    }

    /// Runs `work` as one transaction and answers when it is durable.
    ///
    /// # Errors
    /// What `work` answers (and then nothing of it was kept), or an [`Error`] of the database.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.shared.writes.run(work).await
    }

    /// Finishes everything that was accepted, answers its callers, and closes the connections.
    pub fn close(&self) {
        // The writer goes last and alone: SQLite brings its log into the file when the last connection closes, and two that close at
        // once each take the other for one that stays.
        self.shared.reads.stop();
        self.shared.writes.stop();
    }
}

impl Lane {
    async fn run<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let answered = Arc::new(Mutex::new(None));
        let place = Arc::clone(&answered);
        let fate = self
            .send(Box::new(move |tx| {
                let answer = work(tx);
                let well = answer.is_ok();
                *place.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
                well
            }))
            .await;
        let answer = answered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match (fate, answer) {
            // The closure's own refusal says more than the rollback that followed it.
            (_, Some(Err(refusal))) => Err(refusal),
            (Fate::Answered, Some(done)) => done,
            (Fate::Answered, None) => Err(Error::Closed.into()),
            (Fate::Panicked, _) => Err(Error::Panicked.into()),
            (Fate::Swallowed, _) => Err(Error::Swallowed.into()),
            (Fate::Lost(failure), _) => Err(failure.into()),
        }
    }

    /// Puts a closure into the queue and waits for its fate.
    async fn send(&self, work: Work) -> Fate {
        let (caller, fate) = oneshot::channel();
        let job = Job {
            work: Some(work),
            fate: None,
            caller,
        };
        match self.queue.try_send(Message::Job(job)) {
            Ok(()) => fate.await.unwrap_or(Fate::Lost(Error::Closed)),
            Err(TrySendError::Full(_)) => Fate::Lost(Error::Busy),
            Err(TrySendError::Disconnected(_)) => Fate::Lost(Error::Closed),
        }
    }

    fn stop(&self) {
        let threads = self
            .threads
            .lock()
            .map(|mut threads| std::mem::take(&mut *threads))
            .unwrap_or_default();
        for _ in &threads {
            // Stands behind everything accepted so far, so that is finished first.
            let _ = self.queue.send(Message::Stop);
        }
        for thread in threads {
            let _ = thread.join();
        }
    }

    /// Starts a thread for each worker; they share one queue, and each takes what it can.
    fn start<W>(name: &str, workers: Vec<W>, serve: fn(W, &Inbox)) -> Result<Self, Error>
    where
        W: Send + 'static,
    {
        let (queue, inbox) = sync_channel(QUEUE);
        let inbox = Arc::new(Inbox(Mutex::new(inbox)));
        let threads = workers
            .into_iter()
            .map(|worker| {
                let inbox = Arc::clone(&inbox);
                std::thread::Builder::new()
                    .name(format!("kith-db-{name}"))
                    .spawn(move || serve(worker, &inbox))
                    .map_err(|error| Error::Unavailable(error.to_string()))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Self {
            queue,
            threads: Mutex::new(threads),
        })
    }
}

/// The receiving end of a lane, shared by its threads.
struct Inbox(Mutex<std::sync::mpsc::Receiver<Message>>);

impl Inbox {
    /// Waits for the next job; `None` when it is time to stop.
    fn wait(&self) -> Option<Job> {
        let inbox = self.0.lock().ok()?;
        match inbox.recv() {
            Ok(Message::Job(job)) => Some(job),
            Ok(Message::Stop) | Err(_) => None,
        }
    }

    /// The next message if one is already there.
    fn next(&self) -> Option<Message> {
        self.0.lock().ok()?.try_recv().ok()
    }
}
