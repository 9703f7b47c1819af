//! `kith bench`: measures this machine with the real program, in a house of invented people.

mod compositions;
mod figures;
mod house;
mod load;

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde_json::{Value as Json, json};

use super::serve::runtime;
use super::{Failure, note, say, say_json};
use figures::{Figures, Usage, percentile, rate, sorted};
use house::{House, Member};
use kith_base::db::{self, Db};
use kith_rooms::front::measures;
use kith_rooms::front::people::RecordAccess;
use kith_rooms::front::sittings;
use load::{Errand, Tally};

/// The caseload is opened once in so many requests for pages.
const CASELOAD_EVERY: usize = 50;

/// What can be measured.
#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// Sittings sent one by one and kept; counted in the database afterwards
    Sittings,
    /// PHQ-9s sent one by one, scored and kept, item nine endorsed in one of fifty; counted in the database afterwards
    Responses,
    /// GET /today of clients, and now and then GET /caseload of their practitioner
    Pages,
    /// Single rows written by many at once and by one alone: the gain of group commit
    Commits,
    /// Every practice at every whole minute
    Compose,
}

/// Options of `kith bench`.
#[derive(Args)]
#[command(after_help = "\
The load comes from the same process that serves it: memory and processor time are those of both, \
and on a small machine the client takes a good part of what it measures. rss_mb is the most memory \
the process ever held; cpu_seconds is what it used while the load ran. Without --database the house \
stands in a new folder of the temporary directory (TMPDIR), which goes when the run ends; measure on \
the disk you mean to use.")]
pub(super) struct Options {
    /// What to measure
    what: What,
    // Not from the environment: nobody means her clinic's database by forgetting a variable.
    /// An empty PostgreSQL database in place of a temporary SQLite file; what is written stays there
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Clients of the one practitioner
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    people: u32,
    /// How long to measure
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    seconds: u64,
    /// Connections that ask at once, each as soon as it was answered; 1 shows a request's own time
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: u32,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

/// What a measurement came to.
struct Outcome {
    /// Whether what was promised held.
    held: bool,
    figures: Json,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let outcome = match options.what {
        What::Sittings => runtime()?.block_on(records(options, Record::Sitting))?,
        What::Responses => runtime()?.block_on(records(options, Record::Response))?,
        What::Pages => runtime()?.block_on(pages(options))?,
        What::Commits => runtime()?.block_on(commits(options))?,
        What::Compose => compositions::run(options.time())?,
    };
    if options.json {
        say_json(&outcome.figures)?;
    } else {
        show(&outcome.figures, "");
    }
    Ok(if outcome.held {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The figures as lines, those of a part set in under its name.
fn show(figures: &Json, margin: &str) {
    for (name, value) in figures.as_object().into_iter().flatten() {
        let name = name.replace('_', " ");
        match value {
            Json::Object(_) => {
                say(format!("{margin}{name}"));
                show(value, &format!("{margin}  "));
            }
            Json::Number(number) if number.is_f64() => {
                say(format!(
                    "{margin}{name}: {:.2}",
                    number.as_f64().unwrap_or_default()
                ));
            }
            Json::String(text) => say(format!("{margin}{name}: {text}")),
            Json::Null => say(format!("{margin}{name}: not known here")),
            other => say(format!("{margin}{name}: {other}")),
        }
    }
}

impl Options {
    fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    fn connections(&self) -> usize {
        usize::try_from(self.connections).unwrap_or(1)
    }
}

/// A rare fault in a long run is worth a line; thousands of them are worth the same line.
fn tell_fault(tally: &Tally) {
    if let Some(fault) = &tally.fault {
        note(format!(
            "{} requests went wrong; one of them: {fault}",
            tally.errors
        ));
    }
}

/// What a phone sends.
#[derive(Clone, Copy)]
enum Record {
    Sitting,
    Response,
}

/// New records, one a request; at the end those in the database must be those acknowledged.
async fn records(options: &Options, record: Record) -> Result<Outcome, Failure> {
    let house = Arc::new(House::furnish(options.people, options.database.as_deref()).await?);
    let server = house.serve().await?;
    let began_at = house.app.clock.now();
    let usage = Usage::now();
    let asking = Arc::clone(&house);
    let tally = load::run(
        server.address,
        options.connections(),
        options.time(),
        move |at| {
            let member = asking.client(at);
            match record {
                Record::Sitting => {
                    let sitting = asking.sitting_now()?;
                    Errand::record("/sittings", at, member, &sitting.id, &sitting)
                }
                Record::Response => {
                    let (id, response) = asking.response_now(at)?;
                    Errand::record("/responses", at, member, &id, &response)
                }
            }
        },
    )
    .await?;
    let usage = Usage::now().since(&usage);
    server.stop();
    house.app.db.close();
    // From a database opened anew, so that what counts is what the disk holds.
    let db = Db::open(&house.app.config.target, 1).map_err(Failure::failed)?;
    let found = count(&db, &house, record, began_at).await?;
    db.close();
    let missing = tally
        .kept
        .iter()
        .filter(|(id, at)| {
            found.get(id).map(|(whose, _)| whose) != Some(&house.client(*at).person.person_id)
        })
        .count();
    let doubled = found.values().filter(|(_, times)| *times > 1).count();
    tell_fault(&tally);
    if missing + doubled > 0 {
        note(format!(
            "{missing} acknowledged records are missing, {doubled} are there twice."
        ));
    }
    let mut figures = Figures::of(&tally.all(), tally.errors, tally.elapsed, usage).json();
    figures["acknowledged"] = tally.kept.len().into();
    figures["missing"] = missing.into();
    figures["doubled"] = doubled.into();
    figures["database"] = house.app.db.kind().into();
    Ok(Outcome {
        held: missing + doubled == 0,
        figures,
    })
}

/// Every record since an instant: by id, whose it is and how often it is there.
async fn count(
    db: &Db,
    house: &House,
    record: Record,
    since_at: i64,
) -> Result<HashMap<String, (String, u32)>, Failure> {
    let mut found = HashMap::new();
    for member in &house.clients {
        let access = RecordAccess::own(&member.person);
        let rows = db
            .read(move |tx| {
                Ok::<Vec<String>, db::Error>(match record {
                    Record::Sitting => {
                        let rows = sittings::list(tx, &access, since_at)?;
                        rows.into_iter().map(|row| row.id).collect()
                    }
                    Record::Response => {
                        let rows = measures::list_responses(tx, &access, since_at)?;
                        rows.into_iter().map(|row| row.id).collect()
                    }
                })
            })
            .await
            .map_err(Failure::failed)?;
        for id in rows {
            let whose = member.person.person_id.clone();
            found.entry(id).or_insert((whose, 0)).1 += 1;
        }
    }
    Ok(found)
}

/// First screens of clients, and the caseload now and then.
async fn pages(options: &Options) -> Result<Outcome, Failure> {
    let house = Arc::new(House::furnish(options.people, options.database.as_deref()).await?);
    let server = house.serve().await?;
    let usage = Usage::now();
    let asking = Arc::clone(&house);
    let tally = load::run(
        server.address,
        options.connections(),
        options.time(),
        move |at| {
            Ok(if at % CASELOAD_EVERY == CASELOAD_EVERY - 1 {
                Errand::page("/caseload", &asking.practitioner)
            } else {
                Errand::page("/today", asking.client(at))
            })
        },
    )
    .await?;
    let usage = Usage::now().since(&usage);
    server.stop();
    house.app.db.close();
    tell_fault(&tally);
    let mut figures = Figures::of(&tally.all(), tally.errors, tally.elapsed, usage).json();
    for (name, path) in [("today", "/today"), ("caseload", "/caseload")] {
        let times = sorted(tally.times.get(path).cloned().unwrap_or_default());
        figures[name] = json!({
            "requests": times.len(),
            "p50_ms": percentile(&times, 50.0, 1e3),
            "p95_ms": percentile(&times, 95.0, 1e3),
            "p99_ms": percentile(&times, 99.0, 1e3),
        });
        figures[format!("{name}_bytes_gzip")] = tally.bytes.get(path).copied().into();
    }
    figures["database"] = house.app.db.kind().into();
    Ok(Outcome {
        held: true,
        figures,
    })
}

/// Rows written by many tasks at once, then by one that waits for each: one commit a write.
async fn commits(options: &Options) -> Result<Outcome, Failure> {
    let house = Arc::new(House::furnish(options.people, options.database.as_deref()).await?);
    let mut rates = Vec::new();
    for writers in [options.connections(), 1] {
        let began = Instant::now();
        let until = began + options.time();
        let tasks: Vec<_> = (0..writers)
            .map(|number| tokio::spawn(write(Arc::clone(&house), number, until)))
            .collect();
        let mut written = 0;
        for task in tasks {
            written += task.await.map_err(Failure::failed)??;
        }
        rates.push(rate(written, began.elapsed()));
    }
    house.app.db.close();
    let (grouped, single) = (rates[0], rates[1]);
    Ok(Outcome {
        held: true,
        figures: json!({
            "grouped_per_second": grouped,
            "single_per_second": single,
            "ratio": (single > 0.0).then(|| grouped / single),
            "writers": options.connections,
            "database": house.app.db.kind(),
        }),
    })
}

/// Writes rows one after another until it is time, and tells how many.
async fn write(house: Arc<House>, number: usize, until: Instant) -> Result<usize, Failure> {
    let mut written = 0;
    while Instant::now() < until {
        let Member { person, .. } = house.client(number);
        let (clinic_id, person_id) = (person.clinic_id.clone(), person.person_id.clone());
        let sitting = house.sitting_now()?;
        house
            .app
            .db
            .write(move |tx| sittings::add(tx, &clinic_id, &person_id, &sitting))
            .await
            .map_err(Failure::failed)?;
        written += 1;
    }
    Ok(written)
}
