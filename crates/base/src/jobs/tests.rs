//! Jobs are done once, tried again, and given up.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use super::{Fate, Job, MINUTE, MOST_TRIES, NewJob, Outcome, add, fate, run_due, store};
use crate::clock::DAY;
use crate::db::{Db, Error};
use crate::id::Ids;
use crate::testing::database;

const CLINIC: &str = "clinic";

async fn put(db: &Db, ids: &Ids, count: i64, due_at: i64) {
    for _ in 0..count {
        let id = ids.make(due_at).unwrap();
        db.write(move |tx| {
            let job = NewJob {
                clinic_id: CLINIC,
                person_id: "somebody",
                kind: "letter",
                payload: "{}",
                due_at,
                expires_at: due_at + DAY,
            };
            add(tx, &id, &job)
        })
        .await
        .unwrap();
    }
}

async fn given_up(db: &Db) -> i64 {
    db.read(|tx| store::count_given_up(tx, CLINIC))
        .await
        .unwrap()
}

#[test]
fn what_becomes_of_a_job_follows_from_how_it_went_and_how_often() {
    let job = |tries, expires_at| Job {
        clinic_id: String::new(),
        job_id: String::new(),
        person_id: String::new(),
        kind: String::new(),
        payload: String::new(),
        expires_at,
        tries,
    };
    let late = 100 * MINUTE;
    for (outcome, tries, expires_at, wanted) in [
        (Outcome::Done, 1, late, Fate::Gone),
        (Outcome::Done, 99, 0, Fate::Gone),
        (Outcome::Later, 1, late, Fate::At(MINUTE)),
        (Outcome::Later, 2, late, Fate::At(2 * MINUTE)),
        (Outcome::Later, 5, late, Fate::At(16 * MINUTE)),
        (Outcome::Later, MOST_TRIES, late, Fate::GivenUp),
        (Outcome::Later, 5, 10 * MINUTE, Fate::GivenUp),
        (Outcome::Never, 1, late, Fate::GivenUp),
    ] {
        let became = fate(outcome, &job(tries, expires_at), 0);
        assert_eq!(became, wanted, "{outcome:?} at try {tries}");
    }
}

#[tokio::test]
async fn two_processes_share_the_work_and_never_do_the_same_job() {
    let database = database();
    let (one, other) = (database.open(), database.open());
    put(&one, &Ids::counted(), 40, 0).await;
    let done = Arc::new(std::sync::Mutex::new(Vec::new()));
    let deliver = |job: Job| {
        let done = Arc::clone(&done);
        async move {
            tokio::task::yield_now().await;
            done.lock().unwrap().push(job.job_id);
            Outcome::Done
        }
    };
    let drain = |db: Db| async move { while run_due(&db, 1, deliver).await.unwrap() > 0 {} };
    tokio::join!(drain(one.clone()), drain(other));
    let mut ids = done.lock().unwrap().clone();
    assert_eq!(ids.len(), 40);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40, "one was done twice");
}

#[tokio::test]
async fn a_job_is_tried_again_later_and_given_up_in_the_end() {
    let database = database();
    let db = database.open();
    put(&db, &Ids::counted(), 1, 0).await;
    let (tries, last) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicI64::new(-1)));
    for minute in 0..120 {
        let deliver = |job: Job| {
            tries.fetch_add(1, Ordering::SeqCst);
            assert_eq!(job.tries, tries.load(Ordering::SeqCst) as i64);
            last.store(minute, Ordering::SeqCst);
            async { Outcome::Later }
        };
        run_due(&db, minute * MINUTE, deliver).await.unwrap();
    }
    assert_eq!(tries.load(Ordering::SeqCst) as i64, MOST_TRIES);
    assert_eq!(last.load(Ordering::SeqCst), 1 + 2 + 4 + 8 + 16);
    assert_eq!(given_up(&db).await, 1);
    run_due(&db, 32 * DAY, |_| async { Outcome::Done })
        .await
        .unwrap();
    assert_eq!(given_up(&db).await, 0, "forgotten after a month");
}

#[tokio::test]
async fn what_a_dead_process_had_claimed_is_taken_up_when_its_lease_ends() {
    let database = database();
    let db = database.open();
    put(&db, &Ids::counted(), 1, 0).await;
    // A process that claims and is never heard of again.
    db.write(|tx| store::claim(tx, "dead", 0, 5 * MINUTE, 8))
        .await
        .map(|jobs| assert_eq!(jobs.len(), 1))
        .map_err(|error: Error| error)
        .unwrap();
    let done = |_: Job| async { Outcome::Done };
    assert_eq!(run_due(&db, 4 * MINUTE, done).await.unwrap(), 0);
    assert_eq!(run_due(&db, 5 * MINUTE, done).await.unwrap(), 1);
    assert_eq!(run_due(&db, 20 * MINUTE, done).await.unwrap(), 0);
}

#[tokio::test]
async fn a_job_that_has_become_pointless_is_not_done() {
    let database = database();
    let db = database.open();
    put(&db, &Ids::counted(), 1, 0).await;
    let done = |_: Job| async { Outcome::Done };
    assert_eq!(run_due(&db, DAY, done).await.unwrap(), 0);
    assert_eq!(given_up(&db).await, 1);
}
