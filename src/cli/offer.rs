//! `kith offer`: what the guide would offer in place of a practice, what can wait, and why.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use jiff::civil::Date;
use jiff::{ToSpan, Zoned};
use kith_content::{Audience, Forms, Library, Practice};
use serde_json::json;

use super::{Failure, say, say_json};
use kith_base::web::locale::minutes_text;
use kith_rooms::front::content;
use kith_rooms::front::guide::{Asked, Decision, Limits, decide};
use kith_rooms::front::sittings::Sitting;

/// The most sittings of a made-up history: more than a fortnight can hold of any use.
const MOST: usize = 50;

/// Options of `kith offer`.
#[derive(Args)]
pub(super) struct Options {
    /// The practice that did not fit, such as kind-companion
    #[arg(long, value_name = "PRACTICE")]
    practice: String,
    /// How well it fitted, 0 to 10, the last time last, such as 2,2
    #[arg(long, value_name = "FIT,..", value_delimiter = ',')]
    fit: Vec<i64>,
    /// How it left the person, -2 to 2, the last time last
    #[arg(
        long,
        value_name = "EFFECT,..",
        value_delimiter = ',',
        allow_hyphen_values = true
    )]
    effect: Vec<i64>,
    /// What got in the way the last time; to name it is to ask
    #[arg(long, value_name = "CODE")]
    barrier: Option<String>,
    /// How many times running it was not heard to its end
    #[arg(long, value_name = "N", default_value_t = 0)]
    abandoned: usize,
    /// How often another practice was chosen within the days the table says
    #[arg(long, value_name = "N", default_value_t = 0)]
    switches: usize,
    /// Whom it is for; may be given several times [default: everybody but children]
    #[arg(long, value_name = "WHO")]
    audience: Vec<String>,
    /// The day it is [default: today]
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    /// Your own content, laid over the built-in one
    #[arg(long, env = "KITH_CONTENT", value_name = "DIR")]
    content: Option<PathBuf>,
    /// One JSON object instead of text
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<ExitCode, Failure> {
    let library = content::load(options.content.as_deref())
        .map_err(Failure::wrong)?
        .library;
    let practice = find_practice(&library, &options.practice)?;
    check_barrier(&library, options.barrier.as_deref())?;
    check_taps("--fit", &options.fit, 0, 10)?;
    check_taps("--effect", &options.effect, -2, 2)?;
    let today = match &options.on {
        None => Zoned::now().date(),
        Some(text) => text.parse::<Date>().map_err(|_| {
            Failure::wrong(format!("{text} is not a day."))
                .at("--on")
                .allowing("a day such as 2026-11-23")
        })?,
    };
    if options.abandoned > MOST {
        return Err(Failure::wrong("So many sittings are not looked at.")
            .at("--abandoned")
            .allowing(format!("0 to {MOST}")));
    }
    let recent = history(options, practice, today);
    let may = may_be_offered(&library, &options.audience)?;
    // Whoever gives no answers at all just wants something else.
    let asking = recent.is_empty();
    let decision = decide(
        &library,
        &Asked {
            practice: Some(practice),
            barrier: options.barrier.as_deref(),
            effect: None,
            asking,
            recent: &recent,
            planned: &[],
            may: &may,
            forms: Forms::default(),
            limits: Limits::default(),
            switches: options.switches,
            today,
        },
    );
    if options.json {
        say_json(&json!({
            "practice": practice.slug,
            "trigger": decision.trigger,
            "barrier": decision.barrier,
            "offers": decision.offers,
            "steps": decision.steps,
            "withheld": decision.withheld,
            "message": decision.message,
            "tell_practitioner": decision.tell_practitioner,
        }))?;
    } else {
        tell(&library, practice, &decision);
    }
    Ok(ExitCode::SUCCESS)
}

fn find_practice<'a>(library: &'a Library, slug: &str) -> Result<&'a Practice, Failure> {
    library.practice(slug).ok_or_else(|| {
        let guess = library
            .nearest_practice(slug)
            .map(|slug| format!(" Did you mean {slug}?"))
            .unwrap_or_default();
        let all: Vec<_> = library
            .practices()
            .map(|practice| practice.slug.as_str())
            .collect();
        Failure::wrong(format!("There is no practice {slug}.{guess}"))
            .at("--practice")
            .allowing(all.join(", "))
    })
}

fn check_barrier(library: &Library, code: Option<&str>) -> Result<(), Failure> {
    let Some(code) = code else {
        return Ok(());
    };
    if library
        .barriers()
        .iter()
        .any(|barrier| barrier.code == code)
    {
        return Ok(());
    }
    let guess = library
        .nearest_barrier(code)
        .map(|code| format!(" Did you mean {code}?"))
        .unwrap_or_default();
    let all: Vec<_> = library
        .barriers()
        .iter()
        .map(|barrier| barrier.code.as_str())
        .collect();
    Err(
        Failure::wrong(format!("There is no barrier {code}.{guess}"))
            .at("--barrier")
            .allowing(all.join(", ")),
    )
}

fn check_taps(option: &str, taps: &[i64], least: i64, most: i64) -> Result<(), Failure> {
    let wrong = taps.iter().find(|tap| !(least..=most).contains(tap));
    let allowed = format!("{least} to {most}");
    if let Some(tap) = wrong {
        let message = format!("{tap} is no answer here.");
        return Err(Failure::wrong(message).at(option).allowing(allowed));
    }
    if taps.len() > MOST {
        let message = format!("Please give at most {MOST} answers.");
        return Err(Failure::wrong(message).at(option).allowing(allowed));
    }
    Ok(())
}

/// Sittings that come to what was said, a day apart, the last one today.
fn history(options: &Options, practice: &Practice, today: Date) -> Vec<Sitting> {
    let count = options
        .fit
        .len()
        .max(options.effect.len())
        .max(options.abandoned)
        .max(usize::from(options.barrier.is_some()));
    // The last answer belongs to the last sitting.
    let tap = |taps: &[i64], back: usize| {
        taps.len()
            .checked_sub(back + 1)
            .and_then(|place| taps.get(place).copied())
    };
    (0..count)
        .rev()
        .map(|back| {
            let days = i64::try_from(back).unwrap_or(i64::MAX).min(13);
            Sitting {
                id: back.to_string(),
                practice: practice.slug.clone(),
                revision: practice.revision.clone(),
                started_at: 0,
                started_on: today.saturating_sub(days.days()).to_string(),
                minutes: kith_rooms::front::library::usual_minutes(practice),
                seconds_heard: 60,
                finished: back >= options.abandoned,
                fit: tap(&options.fit, back),
                effect: tap(&options.effect, back),
                barrier: options.barrier.clone().filter(|_| back == 0),
                received_at: 0,
            }
        })
        .collect()
}

/// What anybody of these may begin alone.
fn may_be_offered(library: &Library, audience: &[String]) -> Result<BTreeSet<String>, Failure> {
    let mut who = Vec::new();
    for word in audience {
        who.push(word.parse::<Audience>().map_err(|unknown| {
            Failure::wrong(format!("There is no audience {word}."))
                .at("--audience")
                .allowing(unknown.allowed.join(", "))
        })?);
    }
    if who.is_empty() {
        who = Audience::ALL
            .iter()
            .copied()
            .filter(|who| *who != Audience::Child)
            .collect();
    }
    Ok(library
        .practices()
        .filter(|practice| practice.restricted.is_none())
        .filter(|practice| who.iter().any(|who| practice.audience.contains(who)))
        .map(|practice| practice.slug.clone())
        .collect())
}

fn tell(library: &Library, practice: &Practice, decision: &Decision) {
    let title = |slug: &str| {
        library
            .practice(slug)
            .map_or_else(|| slug.to_owned(), |practice| practice.title.clone())
    };
    match decision.trigger {
        None => say(format!(
            "Nothing speaks for offering something else than {}.",
            practice.title
        )),
        Some(trigger) => say(format!(
            "In place of {} ({}):",
            practice.title,
            trigger.word()
        )),
    }
    if let Some(message) = &decision.message {
        say(message);
    }
    for offer in &decision.offers {
        let how = offer
            .how
            .as_ref()
            .map(|how| format!(" This time: {how}."))
            .unwrap_or_default();
        say(format!(
            "  {}, {} ({})\n      {}{how}",
            title(&offer.practice),
            minutes_text(offer.minutes),
            offer.practice,
            offer.reason,
        ));
    }
    for step in &decision.steps {
        say(format!("  no practice: {step}"));
    }
    if !decision.withheld.is_empty() {
        say("What can wait:");
    }
    for withheld in &decision.withheld {
        say(format!(
            "  {} until {} ({})",
            title(&withheld.practice),
            withheld.until,
            withheld.practice
        ));
    }
}
