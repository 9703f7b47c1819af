//! Work outside of a request: a table and a worker.
//!
//! A job is claimed with a lease, so that two processes never do the same one at the same time; one
//! that failed is tried again after a growing while, and given up after [`MOST_TRIES`] or when it has
//! become pointless. A process that dies in the middle leaves the job to the others when its lease
//! ends, so what a job does must bear being done again.

pub mod store;

#[cfg(test)]
mod tests;

use std::future::Future;

use tokio::task::JoinSet;

use super::db::Db;
use super::error::Error;
use super::id;

pub use store::{Job, NewJob, add};

/// After this many tries a job is given up.
pub const MOST_TRIES: i64 = 6;
/// How long a claim holds; a try must be over long before.
const LEASE: i64 = 5 * MINUTE;
/// Jobs one process does at the same time.
const AT_ONCE: i64 = 8;
const MINUTE: i64 = 60 * 1000;

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done, or no longer needed.
    Done,
    /// It may work later.
    Later,
    /// It never will.
    Never,
}

/// How long to wait after the try of that number: 1, 2, 4, 8 … minutes.
fn wait(tries: i64) -> i64 {
    MINUTE << (tries - 1).clamp(0, 10)
}

/// What becomes of a job after a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Gone,
    At(i64),
    GivenUp,
}

fn fate(outcome: Outcome, job: &Job, now: i64) -> Fate {
    let again = now + wait(job.tries);
    match outcome {
        Outcome::Done => Fate::Gone,
        Outcome::Later if job.tries < MOST_TRIES && again < job.expires_at => Fate::At(again),
        Outcome::Later | Outcome::Never => Fate::GivenUp,
    }
}

/// Claims what is due and does it with `deliver`; tells how many jobs there were.
///
/// # Errors
/// When the database fails; the jobs are tried again when their lease has ended.
pub async fn run_due<F, Work>(db: &Db, now: i64, deliver: F) -> Result<usize, Error>
where
    F: Fn(Job) -> Work,
    Work: Future<Output = Outcome> + Send + 'static,
{
    let claim = id::secret()?;
    let mine = claim.clone();
    let jobs = db
        .write(move |tx| {
            store::remove_stale(tx, now)?;
            store::claim(tx, &mine, now, now + LEASE, AT_ONCE)
        })
        .await
        .map_err(Error::from)?;
    let count = jobs.len();
    let mut under_way = JoinSet::new();
    for job in jobs {
        let (db, claim, work) = (db.clone(), claim.clone(), deliver(job.clone()));
        under_way.spawn(async move {
            let fate = fate(work.await, &job, now);
            let settled = db.write(move |tx| match fate {
                Fate::Gone => store::remove(tx, &job, &claim),
                Fate::At(again) => store::put_off(tx, &job, &claim, again),
                Fate::GivenUp => store::give_up(tx, &job, &claim, now),
            });
            settled.await.map_err(Error::from)
        });
    }
    while let Some(done) = under_way.join_next().await {
        done.map_err(Error::internal)??;
    }
    Ok(count)
}
