//! Reads the string files of CamCOPS: `<task name="…"><string name="q1">…`. They name no instrument of Kith's and no numbers, so both
//! stand here; the keys were compared with its code (2.4.24).

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use super::draft::{ANSWER, Choice, Code, Draft, INSTRUMENT, Question, WORDS, file_name, short};
use super::json::{clean, is_language, same_language};
use super::{Imported, MOST_BYTES, Reason, Refused, Wanted, matching};
use crate::library::Library;

/// What CamCOPS has of an instrument of Kith's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strings {
    /// The id of the instrument.
    pub instrument: &'static str,
    /// The name of the task, which is that of the file too.
    pub task: &'static str,
    lead: &'static [&'static str],
    items: &'static [&'static str],
    answers: &'static str,
    /// The number of the first answer.
    first: u8,
    last: u8,
}

const EIGHT: &[&str] = &["q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8"];
const NINE: &[&str] = &["q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9"];
const TEN: &[&str] = &["q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10"];
const SEVEN: &[&str] = &["q1", "q2", "q3", "q4", "q5", "q6", "q7"];
const TWO: &[&str] = &["q1", "q2"];
const STEM: &[&str] = &["stem"];

const fn plain(
    instrument: &'static str,
    task: &'static str,
    items: &'static [&'static str],
    last: u8,
) -> Strings {
    Strings {
        instrument,
        task,
        lead: STEM,
        items,
        answers: "a",
        first: 0,
        last,
    }
}

/// The instruments whose words CamCOPS has.
pub const CAMCOPS: &[Strings] = &[
    plain("phq-9", "phq9", NINE, 3),
    plain("phq-8", "phq8", EIGHT, 3),
    plain("phq-2", "phq9", TWO, 3),
    plain("gad-7", "gad7", SEVEN, 3),
    plain("gad-2", "gad7", TWO, 3),
    Strings {
        lead: &["instruction_2", "stem"],
        ..plain("core-10", "core10", TEN, 4)
    },
    // 1 is all of the time: the least answer of the key.
    Strings {
        instrument: "rand-mhi-5",
        task: "rand36",
        lead: &["last4weeks_q_a", "last4weeks_q_b"],
        items: &["q24", "q25", "q26", "q28", "q30"],
        answers: "last4weeks_option",
        first: 1,
        last: 6,
    },
    Strings {
        instrument: "swemwbs",
        task: "wemwbs",
        lead: &["wemwbs_prompt"],
        items: &[
            "swemwbs_q1",
            "swemwbs_q2",
            "swemwbs_q3",
            "swemwbs_q4",
            "swemwbs_q5",
            "swemwbs_q6",
            "swemwbs_q7",
        ],
        answers: "wemwbs_a",
        first: 1,
        last: 5,
    },
];

const NODES: u32 = 50_000;
const DEPTH: usize = 8;

/// Reads a string file and takes the words of one instrument out of it: the one asked for, or the only one it can be.
///
/// # Errors
/// When it is no such file, or lacks something.
pub fn from_camcops(
    xml: &str,
    library: &Library,
    wanted: &Wanted<'_>,
) -> Result<Imported, Refused> {
    if xml.len() > MOST_BYTES {
        return Err(Refused::one(
            "",
            "The file is larger than any questionnaire.",
        ));
    }
    let options = ParsingOptions {
        // Without a DTD there are no entities of its own, and none to grow.
        allow_dtd: false,
        nodes_limit: NODES,
        ..ParsingOptions::default()
    };
    let xml = xml.trim_start_matches('\u{feff}');
    let document = Document::parse_with_options(xml, options)
        .map_err(|error| Refused::one("", format!("The file cannot be read as XML: {error}.")))?;
    let tasks: Vec<Node<'_, '_>> = document
        .root_element()
        .descendants()
        .filter(|node| node.has_tag_name("task") && node.ancestors().take(DEPTH).count() < DEPTH)
        .collect();
    let strings = strings(&tasks, wanted)?;
    let task = task(&tasks, strings, wanted)?;
    matching::form(draft(task, strings, wanted), library, wanted)
}

/// Which instrument it is.
fn strings<'a>(tasks: &[Node<'_, '_>], wanted: &Wanted<'_>) -> Result<&'a Strings, Refused> {
    let names: Vec<&str> = tasks
        .iter()
        .filter_map(|task| task.attribute("name"))
        .collect();
    if names.is_empty() {
        return Err(Refused::one(
            "",
            "The file is neither a FHIR Questionnaire nor a string file of CamCOPS.",
        ));
    }
    let known: Vec<&str> = CAMCOPS.iter().map(|one| one.instrument).collect();
    if let Some(asked) = wanted.instrument.map(str::trim).filter(|id| !id.is_empty()) {
        let found = CAMCOPS
            .iter()
            .find(|one| one.instrument == asked)
            .ok_or_else(|| {
                let what = format!(
                    "CamCOPS is not known here to have the words of {}; it has those of {}.",
                    short(asked),
                    known.join(", ")
                );
                Refused::one("", what)
            })?;
        if !names.contains(&found.task) {
            let what = format!(
                "The words of {asked} stand in {}.xml, and this file has {}.",
                found.task,
                short(&names.join(", "))
            );
            return Err(Refused::one("", what));
        }
        return Ok(found);
    }
    // The whole questionnaire before the first two items of it.
    let found = CAMCOPS
        .iter()
        .filter(|one| names.contains(&one.task))
        .max_by_key(|one| one.items.len());
    found.ok_or_else(|| {
        let what = format!(
            "This file ({}) has none of the questionnaires Kith takes from CamCOPS: {}.",
            short(&names.join(", ")),
            known.join(", ")
        );
        Refused::one("", what)
    })
}

/// The task in the language that was asked for. Files without one are English.
fn task<'n, 'i>(
    tasks: &[Node<'n, 'i>],
    strings: &Strings,
    wanted: &Wanted<'_>,
) -> Result<(Node<'n, 'i>, String), Refused> {
    let asked = wanted
        .language
        .map(str::trim)
        .filter(|tag| !tag.is_empty())
        .unwrap_or("en");
    if !is_language(asked) {
        let what = format!("{} is no language tag, such as en or de-AT.", short(asked));
        return Err(Refused::one("", what));
    }
    let locale = |task: &Node<'_, '_>| task.attribute("locale").unwrap_or("en").replace('_', "-");
    let mut found: Vec<_> = tasks
        .iter()
        .filter(|task| task.attribute("name") == Some(strings.task))
        .filter(|task| same_language(&locale(task), asked))
        .map(|task| (*task, locale(task)))
        .filter(|(_, locale)| is_language(locale))
        .collect();
    match (found.pop(), found.is_empty()) {
        (Some(task), true) => Ok(task),
        (Some(_), false) => Err(Refused::one(
            "",
            format!(
                "The file has {} several times in {}.",
                strings.task,
                short(asked)
            ),
        )),
        (None, _) => Err(Refused::one(
            "",
            format!("The file has no words in {}.", short(asked)),
        )),
    }
}

fn draft(
    (task, language): (Node<'_, '_>, String),
    strings: &Strings,
    wanted: &Wanted<'_>,
) -> Draft {
    let mut draft = Draft {
        languages: vec![language.clone()],
        language,
        source: match file_name(wanted.file) {
            name if name.is_empty() => format!("CamCOPS {}.xml", strings.task),
            name => name,
        },
        credit: clean(wanted.credit, WORDS).unwrap_or_default(),
        codes: vec![Code {
            system: INSTRUMENT.into(),
            code: strings.instrument.into(),
        }],
        ..Draft::default()
    };
    let mut there: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for string in task.children().filter(|node| node.has_tag_name("string")) {
        let words: String = string
            .descendants()
            .filter(Node::is_text)
            .filter_map(|node| node.text())
            .collect();
        let name = string.attribute("name").unwrap_or_default();
        // One line: the files break lines where they like.
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        there.entry(name).or_default().push(words);
    }
    let mut take = |name: &str, most: usize| match there.get(name).map(Vec::as_slice) {
        Some([words]) if !words.is_empty() => match clean(words, most) {
            Some(words) => words,
            None => {
                draft.reasons.push(Reason::new(
                    name,
                    "Its words are longer than those of any form.",
                ));
                String::new()
            }
        },
        Some([_]) | None => {
            draft
                .reasons
                .push(Reason::new(name, "There are no such words in the file."));
            String::new()
        }
        Some(_) => {
            draft.reasons.push(Reason::new(
                name,
                "There are several words of this name in the file.",
            ));
            String::new()
        }
    };
    let lead: Vec<String> = strings.lead.iter().map(|name| take(name, WORDS)).collect();
    let choices: Vec<Choice> = (strings.first..=strings.last)
        .map(|number| Choice {
            text: take(&format!("{}{number}", strings.answers), ANSWER),
            code: Code::default(),
            number: Some(f64::from(number)),
        })
        .collect();
    let questions = (1..)
        .zip(strings.items)
        .map(|(item, name)| Question {
            link_id: (*name).to_owned(),
            text: unnumbered(&take(name, WORDS)),
            codes: vec![Code {
                system: INSTRUMENT.into(),
                code: format!("{}/{item}", strings.instrument),
            }],
            choices: choices.clone(),
        })
        .collect();
    draft.lead = lead;
    draft.questions = questions;
    draft
}

/// Without "1. " at its beginning.
fn unnumbered(text: &str) -> String {
    let rest = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    match rest.strip_prefix(". ") {
        Some(words) if rest.len() < text.len() => words.trim().to_owned(),
        _ => text.to_owned(),
    }
}
