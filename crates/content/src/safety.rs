//! What is asked about harm, what follows from the answers, and the words of the help page: `safety.toml`.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::problem::Report;
use crate::table::{self, Table, Text};
use crate::variables::uses;
use crate::wording;
use crate::words::Signal;

/// The whole file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Safety {
    /// What stands above the checklist of unwanted effects: how common they are, in plain words.
    pub unwanted_text: Vec<String>,
    /// The checklist.
    pub effects: Vec<Effect>,
    /// What stands above the questions before a programme.
    pub screening_text: Vec<String>,
    /// The questions.
    pub questions: Vec<Question>,
    /// What follows from the answers.
    pub rules: Rules,
    /// The help page, a language each.
    pub help: Vec<HelpWords>,
}

/// An unwanted effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Effect {
    /// What it is stored as.
    pub id: String,
    /// What stands on the screen.
    pub words: String,
    /// Whether it means trouble with everyday things, which pauses a plan however bothersome it is.
    pub daily_life: bool,
}

/// A question before a programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Question {
    /// What it is stored as.
    pub id: String,
    /// Whether it is only asked where a named, staffed contact looks at the answers.
    pub risk: bool,
    /// The question.
    pub ask: String,
    /// What a practitioner reads when an answer was not green.
    pub prompt: String,
    /// The answers there are.
    pub answers: Vec<Answer>,
}

/// One answer of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// What it is stored as.
    pub id: String,
    /// What stands on the screen.
    pub words: String,
    /// What it says.
    pub signal: Signal,
}

/// The words of the help page in one language. `{emergency}`, `{line}`, `{number}` and `{name}` are put in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // docs/content-format.md says where each of them stands
pub struct HelpWords {
    pub locale: String,
    pub title: String,
    pub lead: String,
    pub danger: String,
    pub danger_unknown: String,
    pub missing: String,
    pub talk: String,
    pub talk_unnamed: String,
    pub near: String,
    pub call: String,
    pub text: String,
    pub write: String,
    pub person: String,
    pub plan: String,
    pub ground: String,
    pub ground_here: String,
}

macro_rules! rules {
    ($($(#[$about:meta])* $part:ident: $key:ident = $least:literal to $most:literal, $usual:literal;)+) => {
        /// The numbers of the rules. Built in they are those of the built-in file, so that nothing stops without one.
        #[derive(Clone, Copy, Debug, PartialEq, Serialize)]
        pub struct Rules {
            $($(#[$about])* pub $key: f64,)+
        }

        impl Default for Rules {
            fn default() -> Self {
                Self { $($key: $usual,)+ }
            }
        }

        impl Rules {
            fn read(report: &mut Report<'_>, root: &mut Table<'_>) -> Self {
                let mut rules = Self::default();
                let mut parts = root.named_tables(report, "rule");
                $(rules.$key = number(report, &mut parts, stringify!($part), stringify!($key), $least, $most);)+
                for (name, table) in parts {
                    if [$(stringify!($part)),+].contains(&name.value.as_str()) {
                        table.close(report);
                    } else {
                        let mut known = vec![$(stringify!($part)),+];
                        known.dedup();
                        report.unknown(name.at, "a rule", &name.value, &known);
                    }
                }
                rules
            }
        }
    };
}

rules! {
    /// Bothersome from here on: shorter and lighter for a while.
    unwanted: soften_at = 1.0 to 3.0, 1.0;
    /// Bothersome from here on: something else is offered besides.
    unwanted: swap_at = 1.0 to 3.0, 2.0;
    /// Bothersome from here on: the plan pauses and the practitioner is told.
    unwanted: pause_at = 1.0 to 3.0, 3.0;
    /// How many days shorter and lighter lasts.
    unwanted: soften_days = 1.0 to 60.0, 7.0;
    /// The heaviest practice in that time.
    unwanted: soften_load = 1.0 to 3.0, 1.0;
    /// A sitting with this distress, of 10, ends gently.
    sitting: distress = 1.0 to 10.0, 8.0;
    /// So many much worse sittings pause everything.
    programme: times = 1.0 to 10.0, 2.0;
    /// Within so many days.
    programme: within_days = 1.0 to 60.0, 7.0;
    /// A rise of the PHQ-9 by so many points pauses everything.
    programme: phq9_rise = 1.0 to 27.0, 5.0;
    /// The heaviest practice after a pause.
    programme: restart_load = 1.0 to 3.0, 1.0;
    /// For so many days.
    programme: restart_days = 1.0 to 60.0, 14.0;
    /// The heaviest practice under amber.
    screening: load = 1.0 to 3.0, 1.0;
    /// The most minutes under amber.
    screening: minutes = 1.0 to 60.0, 10.0;
    /// Under amber the questions are asked again after so many days.
    screening: again_days = 1.0 to 60.0, 7.0;
    /// A PHQ-9 from here on is amber.
    screening: phq9_amber = 1.0 to 27.0, 15.0;
    /// A PHQ-9 from here on is red.
    screening: phq9_red = 1.0 to 27.0, 20.0;
    /// A GAD-7 from here on is amber.
    screening: gad7_amber = 1.0 to 21.0, 15.0;
    /// Without a named contact an alert counts as unseen after so many hours.
    alerts: unseen_hours = 1.0 to 336.0, 48.0;
    /// A study pauses when this share of an arm worsens reliably.
    study: worse_share = 0.0 to 1.0, 0.10;
    /// And exceeds the control by so many points of 100.
    study: exceeds_points = 0.0 to 100.0, 5.0;
}

fn number(
    report: &mut Report<'_>,
    parts: &mut [(Text, Table<'_>)],
    part: &'static str,
    key: &'static str,
    least: f64,
    most: f64,
) -> f64 {
    let Some((_, table)) = parts.iter_mut().find(|(name, _)| name.value == part) else {
        report.add(0, format!("[rule.{part}] is missing, and its `{key}`"));
        return least;
    };
    let Some(number) = table.number(report, key) else {
        return least;
    };
    if !(least..=most).contains(&number) {
        let message = format!("`{key}` is out of bounds");
        report.add_allowed(table.place_of(key), message, format!("{least} to {most}"));
    }
    number
}

const SENTENCE: usize = 400;

/// Reads `safety.toml`; none when anything is wrong with it, which is then reported.
pub(crate) fn read(
    report: &mut Report<'_>,
    text: &str,
    sources: Option<&[&str]>,
) -> Option<Safety> {
    let document = table::parse(report, 0, text)?;
    let mut root = Table::new(&document, 0, 0);
    let before = report.count();
    let (unwanted_text, screening_text) = about(report, &mut root, sources);
    let mut ids = BTreeSet::new();
    let effects: Vec<_> = root
        .tables(report, "effect")
        .into_iter()
        .map(|mut table| {
            let effect = Effect {
                id: id(report, &mut table, &mut ids),
                words: said(report, &mut table, "words", 80, &[]),
                daily_life: table.yes_if_said(report, "daily_life"),
            };
            table.close(report);
            effect
        })
        .collect();
    let mut ids = BTreeSet::new();
    let questions: Vec<_> = root
        .tables(report, "question")
        .into_iter()
        .map(|table| question(report, table, &mut ids))
        .collect();
    let rules = Rules::read(report, &mut root);
    if report.count() == before && rules.phq9_red <= rules.phq9_amber {
        report.add(0, "`phq9_red` must be more than `phq9_amber`");
    }
    let help: Vec<_> = root
        .tables(report, "help")
        .into_iter()
        .map(|table| help(report, table))
        .collect();
    for (key, empty) in [
        ("effect", effects.is_empty()),
        ("question", questions.is_empty()),
        ("help", help.is_empty()),
    ] {
        if empty {
            report.add(0, format!("there is no [[{key}]]: write at least one"));
        }
    }
    root.close(report);
    (report.count() == before).then_some(Safety {
        unwanted_text,
        effects,
        screening_text,
        questions,
        rules,
        help,
    })
}

/// The paragraphs of `[about.unwanted]` and `[about.screening]`.
fn about(
    report: &mut Report<'_>,
    root: &mut Table<'_>,
    sources: Option<&[&str]>,
) -> (Vec<String>, Vec<String>) {
    const PARTS: [&str; 2] = ["unwanted", "screening"];
    let mut found = [None, None];
    for (name, mut table) in root.named_tables(report, "about") {
        let text = table.texts(report, "text", 1000);
        for paragraph in &text {
            wording::check(report, paragraph.at, &paragraph.value);
        }
        for source in table.texts(report, "sources", 60) {
            if let Some(known) = sources
                && !known.contains(&source.value.as_str())
            {
                report.unknown(source.at, "a source", &source.value, known);
            }
        }
        table.close(report);
        match PARTS.iter().position(|part| *part == name.value) {
            Some(place) => found[place] = Some(text.into_iter().map(|text| text.value).collect()),
            None => report.unknown(name.at, "a part that is read here", &name.value, &PARTS),
        }
    }
    for (part, found) in PARTS.iter().zip(&found) {
        if found.is_none() {
            report.add(0, format!("[about.{part}] is missing"));
        }
    }
    let [unwanted, screening] = found;
    (unwanted.unwrap_or_default(), screening.unwrap_or_default())
}

fn question(report: &mut Report<'_>, mut table: Table<'_>, ids: &mut BTreeSet<String>) -> Question {
    let id = id(report, &mut table, ids);
    let risk = table.yes_or_no(report, "risk");
    let ask = said(report, &mut table, "ask", SENTENCE, &[]);
    let prompt = said(report, &mut table, "prompt", SENTENCE, &[]);
    let mut answer_ids = BTreeSet::new();
    let answers: Vec<_> = table
        .tables(report, "answer")
        .into_iter()
        .map(|mut table| {
            let answer = Answer {
                id: self::id(report, &mut table, &mut answer_ids),
                words: said(report, &mut table, "words", 120, &[]),
                signal: table.word(report, "signal").unwrap_or(Signal::Red),
            };
            table.close(report);
            answer
        })
        .collect();
    // A question that nobody can pass, or that changes nothing, is not worth asking.
    let greens = answers
        .iter()
        .filter(|answer| answer.signal == Signal::Green)
        .count();
    if greens == 0 || greens == answers.len() {
        let message = format!("the question `{id}` must have a green answer and one that is not");
        report.add(table.place_of("id"), message);
    }
    table.close(report);
    Question {
        id,
        risk,
        ask,
        prompt,
        answers,
    }
}

fn help(report: &mut Report<'_>, mut table: Table<'_>) -> HelpWords {
    let locale = table.text(report, "locale", 10).value;
    let mut words = |key, fills: &[&str]| said(report, &mut table, key, SENTENCE, fills);
    let help = HelpWords {
        locale,
        title: words("title", &[]),
        lead: words("lead", &[]),
        danger: words("danger", &["emergency"]),
        danger_unknown: words("danger_unknown", &[]),
        missing: words("missing", &[]),
        talk: words("talk", &["line"]),
        talk_unnamed: words("talk_unnamed", &[]),
        near: words("near", &[]),
        call: words("call", &["number"]),
        text: words("text", &["number"]),
        write: words("write", &[]),
        person: words("person", &["name"]),
        plan: words("plan", &[]),
        ground: words("ground", &[]),
        ground_here: words("ground_here", &[]),
    };
    table.close(report);
    help
}

/// A text with exactly these places to fill in, worded so that it does no harm.
fn said(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    most: usize,
    fills: &[&str],
) -> String {
    let text = table.text(report, key, most);
    wording::check(report, text.at, &text.value);
    if !text.value.is_empty() {
        let found: Vec<_> = uses(&text.value)
            .into_iter()
            .map(|found| found.name)
            .collect();
        let wanted: Vec<_> = fills.iter().map(|&name| Some(name)).collect();
        if found != wanted {
            let message = match fills {
                [] => format!("`{key}` has nothing to be filled in: take the {{ }} out"),
                [name, ..] => {
                    format!("`{key}` must hold {{{name}}}, and no other word to be filled in")
                }
            };
            report.add(text.at, message);
        }
    }
    text.value
}

fn id(report: &mut Report<'_>, table: &mut Table<'_>, seen: &mut BTreeSet<String>) -> String {
    let id = table.text(report, "id", 60);
    if !id.value.is_empty() {
        crate::lists::check_id(report, &id);
        if !seen.insert(id.value.clone()) {
            let message = format!("the id `{}` is used twice: give this one another", id.value);
            report.add(id.at, message);
        }
    }
    id.value
}
