//! `kith plan preview`: everything a programme asks for, on the day it opens, in a place's own time.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::{TimeZone, db};
use kith_content::{DueItem, Edition, Enrolment, ItemKind, Library, Programme, nearest, schedule};
use serde_json::{Value, json};

use super::{Failure, say, say_json};
use kith_rooms::front::content;

/// Options of `kith plan`.
#[derive(Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints a programme day by day
    Preview(PreviewOptions),
}

/// Options of `kith plan preview`.
#[derive(Args)]
struct PreviewOptions {
    /// The programme's slug, such as compassion-2w
    programme: String,
    /// The date on which its first day falls
    #[arg(long, value_name = "DATE")]
    start: String,
    /// The time zone, such as Europe/Madrid
    #[arg(long, value_name = "ZONE")]
    zone: String,
    /// care or research [default: the programme's first]
    #[arg(long, value_name = "EDITION")]
    edition: Option<String>,
    /// Your own content, laid over the built-in one
    #[arg(long, env = "KITH_CONTENT", value_name = "DIR")]
    content: Option<PathBuf>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let Command::Preview(options) = &options.command;
    let loaded = content::load(options.content.as_deref()).map_err(Failure::wrong)?;
    let library = loaded.library;
    let file = format!("programmes/{}.toml", options.programme);
    if loaded.problems.iter().any(|problem| problem.file == file) {
        let message = format!("{file} has problems. See what they are with kith check.");
        return Err(Failure::wrong(message).at("PROGRAMME"));
    }
    let programme = programme(&library, &options.programme)?;
    let edition = edition(programme, options.edition.as_deref())?;
    let start = start(&options.start)?;
    let zone = zone(&options.zone)?;
    let days = schedule(&Enrolment {
        programme,
        library: &library,
        edition,
        start_weekday: u8::try_from(start.weekday().to_monday_one_offset()).unwrap_or(1),
        weekdays: "",
        minutes_most: None,
        swaps: &[],
        pauses: &[],
        unlocked: &[],
        agreed: i64::MIN,
    });
    if options.json {
        let days: Vec<Value> = days
            .iter()
            .map(|(day, after, due)| {
                let due: Vec<Value> = due
                    .iter()
                    .map(|item| due_json(item, start, &zone))
                    .collect::<Result<_, Failure>>()?;
                Ok(json!({"day": day, "on": on(start, *after)?.to_string(), "due": due}))
            })
            .collect::<Result<_, Failure>>()?;
        say_json(&json!({"programme": programme.slug, "edition": edition, "days": days}))?;
        return Ok(ExitCode::SUCCESS);
    }
    say(format!("{} ({edition})", programme.title));
    let mut stage = "";
    for (day, after, due) in &days {
        for (index, item) in due.iter().enumerate() {
            if item.stage != stage {
                stage = &item.stage;
                say(format!("\n{}", item.stage_title));
            }
            let when = if index == 0 {
                format!("day {day:>3}  {}", on(start, *after)?)
            } else {
                String::new()
            };
            let until = if item.closes > item.opens {
                format!(", until {}", on(start, item.closes)?)
            } else {
                String::new()
            };
            say(format!("  {when:<19}  {}{until}", said(&library, item)));
        }
    }
    for moment in &programme.moments {
        let steps: Vec<String> = moment
            .steps
            .iter()
            .map(|(practice, minutes)| format!("{practice} {minutes} min"))
            .collect();
        say(format!("  {}: {}", moment.title, steps.join(", then ")));
    }
    Ok(ExitCode::SUCCESS)
}

fn programme<'l>(library: &'l Library, slug: &str) -> Result<&'l Programme, Failure> {
    library.programme(slug).ok_or_else(|| {
        let all: Vec<&str> = library
            .programmes()
            .map(|programme| programme.slug.as_str())
            .collect();
        let guess = did_you_mean(library.nearest_programme(slug));
        Failure::wrong(format!("There is no programme {slug}.{guess}"))
            .at("PROGRAMME")
            .allowing(all.join(", "))
    })
}

fn edition(programme: &Programme, word: Option<&str>) -> Result<Edition, Failure> {
    let all: Vec<&str> = programme
        .editions
        .iter()
        .map(|known| known.as_str())
        .collect();
    let known = match word {
        None => programme.editions.first(),
        Some(word) => programme
            .editions
            .iter()
            .find(|known| known.as_str() == word),
    };
    known.copied().ok_or_else(|| {
        let word = word.unwrap_or_default();
        let guess = did_you_mean(nearest(word, all.iter().copied()));
        let slug = &programme.slug;
        Failure::wrong(format!("{slug} has no edition {word}.{guess}"))
            .at("--edition")
            .allowing(all.join(", "))
    })
}

/// Years of four digits, with room for the days before and after: RFC 3339 has no others.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2999;

fn start(text: &str) -> Result<Date, Failure> {
    text.parse::<Date>()
        .ok()
        .filter(|date| YEARS.contains(&date.year()) && date.to_string() == text)
        .ok_or_else(|| {
            Failure::wrong(format!("{text} is no date."))
                .at("--start")
                .allowing("year-month-day, such as 2027-03-20")
        })
}

fn zone(name: &str) -> Result<TimeZone, Failure> {
    TimeZone::get(name).map_err(|_| {
        let all: Vec<String> = db().available().map(|zone| zone.to_string()).collect();
        let guess = did_you_mean(nearest(name, all.iter().map(String::as_str)));
        Failure::wrong(format!("There is no time zone {name}.{guess}"))
            .at("--zone")
            .allowing("a name of the tz database, such as Europe/Madrid or UTC")
    })
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!(" Did you mean {near}?"))
        .unwrap_or_default()
}

/// The date so many days after the start.
fn on(start: Date, days: i64) -> Result<Date, Failure> {
    start.checked_add(days.days()).map_err(|_| {
        Failure::wrong("The programme would end later than the calendar.").at("--start")
    })
}

/// The first instant of a date, which is not midnight where clocks go forward at midnight.
fn midnight(date: Date, zone: &TimeZone) -> Result<String, Failure> {
    let zoned = date
        .to_zoned(zone.clone())
        .and_then(|zoned| zoned.start_of_day())
        .map_err(Failure::failed)?;
    Ok(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

fn due_json(item: &DueItem, start: Date, zone: &TimeZone) -> Result<Value, Failure> {
    Ok(json!({
        "kind": item.kind,
        "id": item.id,
        "title": item.title,
        "minutes": item.minutes,
        "times": item.times,
        "optional": item.optional,
        "alternatives": item.alternatives.iter()
            .map(|(practice, minutes)| json!({"practice": practice, "minutes": minutes}))
            .collect::<Vec<_>>(),
        "stage": item.stage,
        "opens_at": midnight(on(start, item.opens)?, zone)?,
        "closes_at": midnight(on(start, item.closes + 1)?, zone)?,
    }))
}

fn said(library: &Library, item: &DueItem) -> String {
    let title = item.title.clone().or_else(|| match item.kind {
        ItemKind::Practice => library.practice(&item.id).map(|it| it.title.clone()),
        ItemKind::Measure => library.measure(&item.id).map(|it| it.title.clone()),
        ItemKind::Lesson => library.lesson(&item.id).map(|it| it.title.clone()),
        ItemKind::Task => kith_content::TASKS
            .iter()
            .find(|task| task.id == item.id)
            .map(|task| task.title.to_owned()),
    });
    let title = title.unwrap_or_else(|| item.id.clone());
    let times = match item.times {
        1 => String::new(),
        times => format!(", {times} times"),
    };
    let optional = if item.optional { ", optional" } else { "" };
    format!(
        "{title} ({}), {} min{times}{optional}",
        item.id, item.minutes
    )
}
