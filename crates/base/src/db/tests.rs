//! The promises of `base/db`, on SQLite always and on PostgreSQL when `KITH_TEST_DATABASE` names one.

use std::io::BufReader;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;

use super::{Db, Error, Target, Tx, Value, verify};
use crate::testing::database;

const ADD: &str = "insert into audit (clinic_id, audit_id, at, action) values ($1, $2, $3, 'test')";
const COUNT: &str = "select count(*) as n from audit";

fn add(tx: &mut Tx<'_>, id: &str) -> Result<(), Error> {
    tx.exec(ADD, &["c".into(), id.into(), 1_i64.into()])?;
    Ok(())
}

async fn count(db: &Db) -> i64 {
    db.read(|tx| tx.one(COUNT, &[], |row| row.get("n")))
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn what_was_written_is_read_back_as_it_was() {
    let base = database();
    let db = base.open();
    db.write(|tx| {
        tx.exec(
            "insert into sitting (clinic_id, sitting_id, person_id, practice, revision, started_at,
                 started_on, minutes, seconds_heard, finished, fit, effect, barrier, received_at)
             select 'c', 's', 'p', 'x', 'r', 5, '2026-11-23', 2.5, 150, true, null, -2, $1, 6
             where false",
            &[Value::Null],
        )?;
        tx.script(
            "create table sample (t text, i bigint, r double precision, f boolean, b bytea)",
        )?;
        tx.exec(
            "insert into sample (t, i, r, f, b) values ($1, $2, $3, $4, $5), ($6, $7, $8, $9, $10)",
            &[
                "täxt".into(),
                i64::MAX.into(),
                0.1.into(),
                true.into(),
                [0_u8, 255].as_slice().into(),
                Value::Null,
                Value::Null,
                // A whole number for a column of fractions, as SQLite would take it.
                3_i64.into(),
                false.into(),
                Value::Null,
            ],
        )?;
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let rows = db
        .read(|tx| {
            tx.query("select * from sample order by r", &[], |row| {
                Ok((
                    row.get::<Option<String>>("t")?,
                    row.get::<Option<i64>>("i")?,
                    row.get::<f64>("r")?,
                    row.get::<bool>("f")?,
                    row.get::<Option<Vec<u8>>>("b")?,
                ))
            })
        })
        .await
        .unwrap();
    assert_eq!(
        rows,
        [
            (
                Some("täxt".to_owned()),
                Some(i64::MAX),
                0.1,
                true,
                Some(vec![0, 255])
            ),
            (None, None, 3.0, false, None),
        ]
    );
}

#[tokio::test]
async fn parameters_go_by_their_number_wherever_they_stand() {
    let base = database();
    let db = base.open();
    db.write(|tx| {
        tx.exec(
            "insert into audit (action, at, clinic_id, audit_id) values ($4, $3, $1, $2)",
            &["clinic".into(), "id".into(), 3_i64.into(), "deed".into()],
        )?;
        let touched = tx.exec(
            "update audit set at = $3 where audit_id = $2 and clinic_id = $1",
            &["clinic".into(), "id".into(), 4_i64.into()],
        )?;
        assert_eq!(touched, 1);
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let found = db
        .read(|tx| {
            tx.one(
                "select * from audit where action = $1 or clinic_id = $1",
                &["deed".into()],
                |row| Ok((row.get::<String>("clinic_id")?, row.get::<i64>("at")?)),
            )
        })
        .await
        .unwrap();
    assert_eq!(found, Some(("clinic".to_owned(), 4)));
    // One value too few or too many is a mistake, not a null.
    for values in [&[][..], &["a".into(), "b".into()][..]] {
        let values: Vec<Value<'static>> = values.to_vec();
        let answer = db
            .read(move |tx| {
                tx.one("select 1 as n where 'a' = $1", &values, |row| {
                    row.get::<i64>("n")
                })
            })
            .await;
        assert!(answer.is_err());
    }
}

#[tokio::test]
async fn a_refused_closure_rolls_back_alone() {
    let base = database();
    let db = base.open();
    let jobs = (0..50).map(|n| {
        let db = db.clone();
        tokio::spawn(async move {
            db.write(move |tx| {
                add(tx, &format!("a{n}"))?;
                if n % 5 == 0 {
                    return Err(Error::Query("changed my mind".to_owned()));
                }
                Ok(())
            })
            .await
        })
    });
    let mut kept = 0;
    for job in jobs.collect::<Vec<_>>() {
        kept += i64::from(job.await.unwrap().is_ok());
    }
    assert_eq!(kept, 40);
    assert_eq!(count(&db).await, 40);
}

#[tokio::test]
async fn a_panic_takes_nothing_with_it() {
    let base = database();
    let db = base.open();
    let answer = db
        .write(|tx| {
            add(tx, "a")?;
            assert!(tx.exec(COUNT, &[])? > 5, "this panic belongs to the test");
            Ok::<_, Error>(())
        })
        .await;
    assert!(matches!(answer, Err(Error::Panicked)));
    db.write(|tx| add(tx, "b")).await.unwrap();
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn the_same_key_twice_is_told_from_other_errors() {
    let base = database();
    let db = base.open();
    db.write(|tx| add(tx, "a")).await.unwrap();
    let again = db.write(|tx| add(tx, "a")).await;
    assert!(matches!(again, Err(Error::Taken(_))), "{again:?}");
    let wrong = db
        .read(|tx| {
            tx.one("select nothing as n from audit", &[], |row| {
                row.get::<i64>("n")
            })
        })
        .await;
    assert!(matches!(wrong, Err(Error::Query(_))), "{wrong:?}");
}

#[tokio::test]
async fn an_error_that_is_swallowed_keeps_nothing_on_either_database() {
    let base = database();
    let db = base.open();
    let answer = db
        .write(|tx| {
            add(tx, "a")?;
            let _ = add(tx, "a");
            Ok::<_, Error>(())
        })
        .await;
    assert!(matches!(answer, Err(Error::Swallowed)), "{answer:?}");
    assert_eq!(count(&db).await, 0);
    let odd = db.write(|tx| add(tx, "a\0b")).await;
    assert!(matches!(odd, Err(Error::Unfit)), "{odd:?}");
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let base = database();
    let db = base.open();
    assert!(db.read(|tx| add(tx, "a")).await.is_err());
    assert_eq!(count(&db).await, 0);
}

#[tokio::test]
async fn a_reader_sees_one_moment() {
    let base = database();
    let db = base.open();
    let (reading, go_on) = (std::sync::mpsc::channel(), std::sync::mpsc::channel());
    let reader = tokio::spawn({
        let db = db.clone();
        async move {
            db.read(move |tx| {
                let before: Option<i64> = tx.one(COUNT, &[], |row| row.get("n"))?;
                reading.0.send(()).ok();
                go_on.1.recv().ok();
                let after: Option<i64> = tx.one(COUNT, &[], |row| row.get("n"))?;
                Ok::<_, Error>((before, after))
            })
            .await
        }
    });
    tokio::task::spawn_blocking(move || reading.1.recv())
        .await
        .unwrap()
        .unwrap();
    db.write(|tx| add(tx, "a")).await.unwrap();
    go_on.0.send(()).unwrap();
    assert_eq!(reader.await.unwrap().unwrap(), (Some(0), Some(0)));
    assert_eq!(count(&db).await, 1);
}

#[tokio::test]
async fn closing_loses_nothing_that_was_accepted() {
    let base = database();
    let db = base.open();
    let accepted = Arc::new(AtomicUsize::new(0));
    let jobs: Vec<_> = (0..500)
        .map(|n| {
            let (db, accepted) = (db.clone(), Arc::clone(&accepted));
            tokio::spawn(async move {
                let answer = db.write(move |tx| add(tx, &format!("a{n}"))).await;
                accepted.fetch_add(usize::from(answer.is_ok()), Ordering::SeqCst);
                answer
            })
        })
        .collect();
    tokio::task::yield_now().await;
    let closing = db.clone();
    tokio::task::spawn_blocking(move || closing.close())
        .await
        .unwrap();
    for job in jobs {
        let answer = job.await.unwrap();
        assert!(matches!(answer, Ok(()) | Err(Error::Closed)), "{answer:?}");
    }
    let kept = count(&base.open()).await;
    assert_eq!(
        usize::try_from(kept).unwrap(),
        accepted.load(Ordering::SeqCst)
    );
}

#[tokio::test]
async fn a_full_queue_says_so_at_once() {
    let base = database();
    let db = base.open();
    let (hold, release) = std::sync::mpsc::channel::<()>();
    let release = Arc::new(std::sync::Mutex::new(release));
    // Every connection that writes is kept busy, then the queue is filled.
    for _ in 0..8 {
        let (db, release) = (db.clone(), Arc::clone(&release));
        tokio::spawn(async move {
            db.write(move |_| {
                let _ = release.lock().map(|held| held.recv());
                Ok::<_, Error>(())
            })
            .await
        });
    }
    let mut jobs = Vec::new();
    for n in 0..super::QUEUE + 10 {
        let db = db.clone();
        jobs.push(tokio::spawn(async move {
            db.write(move |tx| add(tx, &format!("a{n}"))).await
        }));
    }
    while jobs.iter().filter(|job| job.is_finished()).count() < 2 {
        tokio::task::yield_now().await;
    }
    drop(hold);
    let mut busy = 0;
    for job in jobs {
        match job.await.unwrap() {
            Ok(()) => {}
            Err(Error::Busy) => busy += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(busy >= 2);
    assert_eq!(
        count(&db).await,
        i64::try_from(super::QUEUE + 10 - busy).unwrap()
    );
}

#[tokio::test]
async fn several_processes_may_start_at_once() {
    let base = Arc::new(database());
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let base = Arc::clone(&base);
            tokio::task::spawn_blocking(move || Db::open(&base.target, 1).map(|db| db.close()))
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_database_from_a_newer_program_is_left_alone() {
    let base = database();
    base.open()
        .write(|tx| {
            tx.exec(
                "insert into migration (name, digest) values ('9999_later', 'x')",
                &[],
            )
        })
        .await
        .unwrap();
    let answer = Db::open(&base.target, 1);
    assert!(matches!(answer, Err(Error::Schema(text)) if text.contains("9999_later")));
}

#[tokio::test]
async fn a_lost_connection_is_found_again() {
    let base = database();
    if !matches!(base.target, Target::Postgres(_)) {
        return;
    }
    let db = base.open();
    db.write(|tx| add(tx, "a")).await.unwrap();
    // One of our own connections cuts off all the others of this test.
    let _ = db
        .write(|tx| {
            tx.exec(
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where application_name = current_setting('application_name')
                   and pid <> pg_backend_pid()",
                &[],
            )
        })
        .await;
    for n in 0..10 {
        // A write that meets the cut connection is repeated on a new one: it had not begun.
        db.write(move |tx| add(tx, &format!("b{n}"))).await.unwrap();
    }
    assert_eq!(count(&db).await, 11);
}

#[tokio::test]
async fn a_backup_comes_back_whole_and_only_into_an_empty_database() {
    let base = database();
    let db = base.open();
    db.write(|tx| {
        for n in 0..2500 {
            add(tx, &format!("a{n}"))?;
        }
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    let file = db
        .read(|tx| {
            let mut file = Vec::new();
            tx.copy_out(&mut file)?;
            Ok::<_, Error>(file)
        })
        .await
        .unwrap();
    let copied = verify(BufReader::new(file.as_slice())).unwrap();
    assert_eq!(copied.rows["audit"], 2500);

    let other = database();
    let restored = other.open();
    let (bytes, expected) = (file.clone(), copied.clone());
    restored
        .write(move |tx| tx.copy_in(bytes.as_slice(), &expected))
        .await
        .unwrap();
    assert_eq!(count(&restored).await, 2500);

    let (bytes, expected) = (file.clone(), copied);
    let again = db
        .write(move |tx| tx.copy_in(bytes.as_slice(), &expected))
        .await;
    assert!(matches!(again, Err(Error::Schema(text)) if text.contains("not empty")));

    for cut in [0, 10, file.len() / 2, file.len() - 2] {
        assert!(verify(&file[..cut]).is_err(), "cut at {cut}");
    }
    let mut altered = file.clone();
    let at = altered.iter().rposition(|byte| *byte == b'7').unwrap();
    altered[at] = b'8';
    assert!(verify(altered.as_slice()).is_err());
}

proptest! {
    #[test]
    fn a_foreign_file_never_panics_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(verify(bytes.as_slice()).is_err());
    }
}
