//! Handouts: what each kind of sheet says. How it looks is for the page and for the PDF.

use kith_content::evidence::{Evidence, ToldTo};
use kith_content::{Practice, Programme, Source, Strength};
use kith_evidence::{Answer, Question, answer};

use super::numbers::{Traces, href};
use super::rules::{Standing, begun, in_order};
use super::sheet::{Bit, Made, Part, Sheet, Words, plain};
use super::{forest, pages, rules};
use crate::app::App;
use crate::features::library;
use kith_base::error::Error;

/// What goes in beside the statement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Include {
    /// The picture: people for a client, the trials for others.
    pub(super) picture: bool,
    /// What others pooled.
    pub(super) published: bool,
    /// Where the figures were read.
    pub(super) sources: bool,
    /// Whose own words, and these.
    pub(super) words: Option<(String, String)>,
}

impl Include {
    /// What goes in unless somebody chose.
    pub(super) fn usual() -> Self {
        Self {
            picture: true,
            published: true,
            sources: true,
            words: None,
        }
    }
}

/// How closely a browser prints a sheet of figures, so that it stays one page: by how much is on it, in letters.
/// Measured in Chromium; a journey prints them.
fn density(letters: usize, rows: usize, is_client: bool) -> &'static str {
    match (letters + 90 * rows, is_client) {
        (0..=1_700, _) => "roomy",
        (_, true) => "close",
        (0..=4_300, false) => "dense",
        (0..=6_200, false) => "tight",
        (_, false) => "least",
    }
}

/// A sheet about one question, and where its numbers come from.
pub(super) fn question<'e>(
    evidence: &'e Evidence,
    answer: &Answer<'_>,
    to: ToldTo,
    include: &Include,
    made: Made,
) -> (Sheet, Traces<'e>) {
    let mut traces = Traces::of(evidence);
    let is_client = to == ToldTo::Client;
    let statement = Part::Statement(pages::statement(answer, to, &mut traces));
    let picture = match (include.picture, is_client) {
        (false, _) => None,
        (true, true) => forest::people(evidence, answer, &mut traces),
        (true, false) => forest::forest(evidence, answer, &mut traces),
    };
    let picture = picture.map(Part::Picture);
    let comparable: Vec<_> = answer
        .published
        .iter()
        .filter(|one| one.comparable && one.outcome.value.is_some())
        .take(if include.published && !is_client {
            6
        } else {
            0
        })
        .collect();
    let sources = if include.sources {
        studies(answer)
    } else {
        Vec::new()
    };
    let letters = answer
        .statements
        .get(&to)
        .into_iter()
        .flatten()
        .map(|said| said.text.len())
        .sum::<usize>()
        + sources.len() * 90
        + include
            .words
            .as_ref()
            .map_or(0, |(_, words)| 200 + words.len());
    let rows = 2 * comparable.len()
        + if include.picture {
            pictured(answer, to)
        } else {
            0
        };
    let (mut parts, mut beside, mut below) = (vec![statement], Vec::new(), Vec::new());
    if is_client {
        parts.extend(picture);
    } else {
        beside.extend(picture);
    }
    if !comparable.is_empty() {
        let rows = comparable.iter().map(|one| short(evidence, one)).collect();
        beside.push(Part::Published("What others pooled".to_owned(), rows));
    }
    if let Some((name, words)) = include.words.clone() {
        below.push(Part::OwnWords(name, words));
    }
    if !sources.is_empty() {
        let list = Part::Fine(plain(format!("{}.", sources.join("; "))));
        below.push(Part::Section("Trials in the pool".to_owned(), vec![list]));
    }
    let sheet = Sheet {
        title: pages::title(evidence, answer, to),
        for_whom: match to {
            ToldTo::Client => "For you to keep",
            ToldTo::Colleague => "For a colleague",
            ToldTo::Supervisor => "For a supervisor",
        },
        made,
        density: density(letters, rows, is_client),
        asked: (!is_client).then(|| answer.asked.clone()),
        parts,
        beside,
        below,
    };
    (sheet, traces)
}

/// How many lines of text the picture takes the place of.
fn pictured(answer: &Answer<'_>, to: ToldTo) -> usize {
    match (&answer.pool, to) {
        (None, _) => 0,
        (Some(_), ToldTo::Client) => 8,
        (Some(pool), _) => {
            6 + pool.taken.len() + answer.published.iter().filter(|one| one.comparable).count()
        }
    }
}

fn short(evidence: &Evidence, one: &kith_evidence::Published<'_>) -> Words {
    let link = href(evidence, &format!("{}/value", one.cell())).unwrap_or_default();
    let value = one.outcome.value.map(rules::plain).unwrap_or_default();
    let mut words = vec![
        Bit::Plain(format!("{}, {}: ", one.study.by(), one.study.year)),
        Bit::Number(value, link),
    ];
    if let Some((low, high)) = one.outcome.ci {
        let interval = format!(" [{}, {}]", rules::plain(low), rules::plain(high));
        words.push(Bit::Plain(interval));
    }
    let comparator = &one.study.comparator;
    words.push(Bit::Soft(format!(", compared with {comparator}")));
    words
}

/// The studies of a pool, each once, by their short names.
fn studies(answer: &Answer<'_>) -> Vec<String> {
    answer
        .pool
        .iter()
        .flat_map(|pool| &pool.taken)
        .map(|taken| {
            format!(
                "{}, {}, {}",
                taken.study.by(),
                taken.study.year,
                taken.study.journal
            )
        })
        .collect()
}

/// What compassion training is, why, and what to do if it does not suit you.
pub(super) fn training(app: &App, made: Made) -> Result<(Sheet, Traces<'_>), Error> {
    let evidence = app.content.evidence();
    let mut traces = Traces::of(evidence);
    let mut answers = Vec::new();
    for construct in &evidence.constructs {
        let question = Question::about(evidence, &construct.id).map_err(Error::internal)?;
        answers.push(answer(evidence, &question).map_err(Error::internal)?);
    }
    let first = |wanted: Standing, most: usize, traces: &mut Traces<'_>| -> Vec<Words> {
        let those = answers
            .iter()
            .filter(|one| one.pool.is_some() && Standing::of(one) == wanted);
        in_order(those.collect())
            .into_iter()
            .filter_map(|one| one.statements.get(&ToldTo::Client)?.first())
            .take(most)
            .map(|said| traces.words(said))
            .collect()
    };
    let mut why = vec![Part::List(first(Standing::Holds, 4, &mut traces))];
    let unsure = first(Standing::NotReliable, 2, &mut traces);
    if !unsure.is_empty() {
        why.push(paragraph("And this is not known:"));
        why.push(Part::List(unsure));
    }
    let mut unsuited = vec![
        paragraph(
            "That happens often, and it says nothing about you. Kindness can feel strange, false or even painful at first, above all towards yourself.",
        ),
        Part::List(vec![
            plain("Stop. Open your eyes, feel both feet on the floor, look round the room."),
            plain(
                "Try something else: shorter, eyes open, with your hands, or for somebody else first.",
            ),
            plain(
                "If you feel worse for more than a day, leave it, and tell the person who looks after you or somebody you trust.",
            ),
        ]),
    ];
    let harm = answers.first().and_then(|one| {
        let said = one.statements.get(&ToldTo::Client)?;
        said.iter().find(|said| said.text.contains("harm"))
    });
    unsuited.extend(harm.map(|said| Part::Paragraph(traces.words(said))));
    let parts = vec![
        section(
            "What it is",
            vec![
                paragraph(
                    "Short exercises in kindness: towards people you like, people you hardly know, people who are difficult, and yourself. Some are words you say in your mind. Some are something you do. Most take a few minutes.",
                ),
                paragraph(
                    "It is not about being nice, and nobody asks you to forgive anybody. You need no faith for it, and you do not have to feel anything in particular.",
                ),
            ],
        ),
        section("Why people try it", why),
        section(
            "What a week looks like",
            vec![paragraph(
                "You and the person who looks after you choose one exercise, a time, and a very small version for days when it is too much. Missed days are not counted. You can change it, pause it or stop.",
            )],
        ),
        section("If it does not suit you", unsuited),
        section(
            "If you are in danger",
            vec![paragraph(
                "Kith is not watched by anybody. Call the emergency number of your country, or somebody you trust. The numbers of your place stand under “Help now” on every page.",
            )],
        ),
    ];
    let title = "What compassion training is, why, and what to do if it does not suit you";
    let mut sheet = simple("For you to keep", title, parts, made);
    sheet.density = "close";
    Ok((sheet, traces))
}

/// A sheet in one column without figures of its own.
fn simple(for_whom: &'static str, title: &str, parts: Vec<Part>, made: Made) -> Sheet {
    Sheet {
        title: title.to_owned(),
        for_whom,
        made,
        density: "roomy",
        asked: None,
        parts,
        beside: Vec::new(),
        below: Vec::new(),
    }
}

fn paragraph(words: &str) -> Part {
    Part::Paragraph(plain(words))
}

fn section(heading: &str, parts: Vec<Part>) -> Part {
    Part::Section(heading.to_owned(), parts)
}

fn cautions(cautions: &[String]) -> Option<Part> {
    let items = cautions.iter().map(plain).collect();
    (!cautions.is_empty()).then(|| section("What to watch for", vec![Part::List(items)]))
}

/// Strength, limit and sources of a practice or a programme.
fn strength(app: &App, strength: Strength, limit: &str, ids: &[String]) -> Part {
    let all: &[Source] = app.content.sources();
    let sources: Vec<String> = all
        .iter()
        .filter(|source| ids.contains(&source.id))
        .map(|source| format!("{} ({})", source.title, source.seen))
        .collect();
    let mut parts = vec![Part::Paragraph(vec![
        Bit::Strong(format!("{}.", library::pages::strength(strength))),
        Bit::Plain(format!(" {limit}")),
    ])];
    if !sources.is_empty() {
        parts.push(Part::Fine(plain(format!("Read: {}.", sources.join("; ")))));
    }
    section("How far it is known to help", parts)
}

fn if_it_does_not_suit() -> Part {
    section(
        "If it does not suit you",
        vec![paragraph(
            "Stop whenever you like. Feel both feet on the floor and look round the room. It is no failure: there are other ways, and the person who looks after you can help find one. If you feel worse for more than a day, tell them, or somebody you trust.",
        )],
    )
}

pub(super) fn practice(app: &App, practice: &Practice, made: Made) -> Sheet {
    let mut parts = vec![
        Part::Lead(plain(&practice.summary)),
        paragraph(&format!(
            "It lasts {}. {}.",
            library::pages::range_text(practice),
            begun(&practice.setting)
        )),
    ];
    let why = practice.why.as_deref();
    parts.extend(why.map(|why| section("Why one might do it", vec![paragraph(why)])));
    let anchor = practice.anchor.as_deref();
    parts.extend(anchor.map(|anchor| paragraph(&format!("It goes well {anchor}."))));
    parts.extend(cautions(&practice.cautions));
    parts.push(if_it_does_not_suit());
    let (limit, ids) = (&practice.limit, &practice.evidence);
    parts.push(strength(app, practice.strength, limit, ids));
    parts.extend([Part::Blank("When:"), Part::Blank("The smallest version:")]);
    simple("A practice", &practice.title, parts, made)
}

pub(super) fn programme(app: &App, programme: &Programme, made: Made) -> Sheet {
    let mut parts = vec![
        Part::Lead(plain(&programme.summary)),
        section("Why", vec![paragraph(&programme.why)]),
    ];
    parts.extend(cautions(&programme.cautions));
    parts.push(section(
        "If it goes badly",
        vec![paragraph(&programme.if_hard)],
    ));
    parts.push(if_it_does_not_suit());
    let (limit, ids) = (&programme.limit, &programme.evidence);
    parts.push(strength(app, programme.strength, limit, ids));
    simple("A programme", &programme.title, parts, made)
}
