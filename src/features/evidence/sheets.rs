//! Handouts as sheets of paper: what is inside the sheet is printed, what is below it is for the screen.

use kith_content::evidence::{Evidence, ToldTo};
use kith_content::{Practice, Programme, Source, Strength};
use kith_evidence::{Answer, Question, answer};
use maud::{Markup, html};

use super::numbers::Traces;
use super::rules::{Standing, begun, in_order};
use super::{forest, pages};
use crate::app::App;
use crate::base::error::Error;
use crate::base::web::form::Form;
use crate::base::web::layout::{Field, problems};
use crate::features::library;

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

/// When, and from which library.
pub(super) struct Made {
    pub(super) on: String,
    pub(super) version: String,
}

/// How closely a sheet is printed, so that it stays one page: by how much is on it.
fn density(letters: usize, rows: usize) -> &'static str {
    match letters + 90 * rows {
        0..=1_700 => "roomy",
        1_701..=3_600 => "close",
        3_601..=6_200 => "dense",
        _ => "tight",
    }
}

pub(super) fn builder(app: &App, form: &Form) -> Markup {
    let evidence = app.content.evidence();
    let constructs: Vec<(String, String)> = evidence
        .constructs
        .iter()
        .map(|construct| (construct.id.clone(), begun(&construct.name)))
        .collect();
    let comparators = [
        ("", "anything"),
        ("passive", "waiting or usual care"),
        ("active", "another training"),
    ]
    .map(|(value, words)| (value.to_owned(), words.to_owned()));
    let audiences = [
        ("client", "A client", "plain words and a picture of people"),
        ("colleague", "A colleague", "effect, interval, comparison"),
        (
            "supervisor",
            "A supervisor",
            "certainty, dose, harm, cost, what would change our mind",
        ),
    ];
    let parts = [
        ("picture", "The picture"),
        ("published", "What others pooled"),
        ("sources", "Where it was read"),
    ];
    html! {
        h1 { "A page to hand over" }
        p.lead { "One sheet of paper with what studies found, how sure it is, and its limits." }
        (problems(form))
        form.stack method="post" action="/handouts" {
            (Field { name: "construct", label: "What about", hint: "", kind: "text", more: &[] }.choice(form, &constructs))
            fieldset #audience {
                legend { "Whom for" }
                @for (value, words, hint) in audiences {
                    label.tick { input type="radio" name="audience" value=(value) checked[form.raw("audience") == value];
                        span { (words) span.soft { ": " (hint) } } }
                }
            }
            (Field { name: "comparator", label: "Compared with", hint: "", kind: "text", more: &[] }.choice(form, &comparators))
            fieldset {
                legend { "What goes in" }
                @for (name, words) in parts {
                    label.tick { input type="checkbox" name=(name) value="yes" checked[form.ticked(name)]; (words) }
                }
            }
            (Field { name: "words", label: "A line of your own",
                hint: "It stands apart from the studies, with your name, and is kept nowhere. No names of clients, please.", kind: "text", more: &[] }.lines(form))
            button.button type="submit" { "Show the page" }
        }
        section {
            h2 { "Ready to print" }
            ul.choices {
                li { a href="/handouts/training" { "What compassion training is, for clients" } }
                li { a href="/rationale" { "Words to say why" } }
                li { a href="/practices" { "One for each practice: at the foot of its page" } }
                li { a href="/programmes" { "One for each programme: at the foot of its page" } }
            }
        }
    }
}

/// The sheet, what is said with it, and what is below it on the screen.
fn sheet(kind: &str, heading: &str, for_whom: &str, body: &Markup, made: &Made) -> Markup {
    html! {
        p.offpaper { button.button type="button" data-print hidden { "Print" }
            span.soft { " To keep it as a file, choose “Save as PDF” where your browser asks for a printer. Kith itself makes no PDF." } }
        article.sheet.(kind) {
            p.kicker { span { (for_whom) } span { (made.on) } }
            h1 { (heading) }
            (body)
            footer {
                p { "From Kith, evidence library " (made.version) ", " (made.on)
                    ". Kith is not a crisis service and not a medical device. Most studies were read in abstracts and summaries." }
            }
        }
    }
}

pub(super) fn question(
    evidence: &Evidence,
    answer: &Answer<'_>,
    to: ToldTo,
    include: &Include,
    made: &Made,
) -> Markup {
    let mut traces = Traces::of(evidence);
    let is_client = to == ToldTo::Client;
    let statement = pages::statement(answer, to, &mut traces);
    let picture = match (include.picture, is_client) {
        (false, _) => html! {},
        (true, true) => forest::people(evidence, answer, &mut traces),
        (true, false) => forest::forest(evidence, answer, &mut traces),
    };
    let comparable: Vec<_> = answer
        .published
        .iter()
        .filter(|one| one.comparable && one.outcome.value.is_some())
        .take(6)
        .collect();
    let sources = studies(answer);
    let body = html! {
        div.columns {
            (statement)
            (picture)
            @if include.published && !is_client && !comparable.is_empty() {
                section.published {
                    h2 { "What others pooled" }
                    ul.plain { @for one in &comparable { (short(evidence, one)) } }
                }
            }
        }
        @if let Some((name, words)) = &include.words {
            section.words { p { strong { (name) " adds: " } (words) } p.soft { "These words are not from the studies." } }
        }
        @if include.sources && !sources.is_empty() {
            section.sources {
                h2 { "Trials in the pool" }
                p { @for (index, source) in sources.iter().enumerate() { @if index > 0 { "; " } (source) } "." }
            }
        }
    };
    let letters = answer
        .statements
        .get(&to)
        .into_iter()
        .flatten()
        .map(|said| said.text.len())
        .sum::<usize>()
        + if include.sources {
            sources.len() * 90
        } else {
            0
        };
    let rows = if include.picture {
        pictured(answer, to)
    } else {
        0
    } + if include.published && !is_client {
        2 * comparable.len()
    } else {
        0
    };
    let for_whom = match to {
        ToldTo::Client => "For you to keep",
        ToldTo::Colleague => "For a colleague",
        ToldTo::Supervisor => "For a supervisor",
    };
    let heading = pages::title(evidence, answer, to);
    html! {
        (sheet(density(letters, rows), &heading, for_whom, &body, made))
        div.offpaper {
            p { a.link href={ "/evidence/" (answer.question.construct) } { "All that is known about this" } }
            (traces.list())
        }
    }
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

fn short(evidence: &Evidence, one: &kith_evidence::Published<'_>) -> Markup {
    let link = super::numbers::href(evidence, &format!("{}/value", one.cell())).unwrap_or_default();
    let value = one
        .outcome
        .value
        .map(super::rules::plain)
        .unwrap_or_default();
    html! {
        li { (one.study.by()) ", " (one.study.year) ": " a.traced href=(link) { (value) }
            @if let Some((low, high)) = one.outcome.ci { " [" (super::rules::plain(low)) ", " (super::rules::plain(high)) "]" }
            span.soft { ", compared with " (one.study.comparator) } }
    }
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
pub(super) fn training(app: &App, made: &Made) -> Result<Markup, Error> {
    let evidence = app.content.evidence();
    let mut traces = Traces::of(evidence);
    let mut answers = Vec::new();
    for construct in &evidence.constructs {
        let question = Question::about(evidence, &construct.id).map_err(Error::internal)?;
        answers.push(answer(evidence, &question).map_err(Error::internal)?);
    }
    let first = |wanted: Standing, most: usize, traces: &mut Traces<'_>| -> Vec<Markup> {
        let those = answers
            .iter()
            .filter(|one| one.pool.is_some() && Standing::of(one) == wanted);
        in_order(those.collect())
            .into_iter()
            .filter_map(|one| one.statements.get(&ToldTo::Client)?.first())
            .take(most)
            .map(|said| traces.say(said))
            .collect()
    };
    let found = first(Standing::Holds, 4, &mut traces);
    let unsure = first(Standing::NotReliable, 2, &mut traces);
    let harm = answers.first().and_then(|one| {
        let said = one.statements.get(&ToldTo::Client)?;
        said.iter().find(|said| said.text.contains("harm"))
    });
    let harm = harm.map(|said| traces.say(said));
    let body = html! {
        div.columns {
            section {
                h2 { "What it is" }
                p { "Short exercises in kindness: towards people you like, people you hardly know, people who are difficult, and yourself. Some are words you say in your mind. Some are something you do. Most take a few minutes." }
                p { "It is not about being nice, and nobody asks you to forgive anybody. You need no faith for it, and you do not have to feel anything in particular." }
            }
            section {
                h2 { "Why people try it" }
                ul { @for said in &found { li { (said) } } }
                @if !unsure.is_empty() {
                    p { "And this is not known:" }
                    ul { @for said in &unsure { li { (said) } } }
                }
            }
            section {
                h2 { "What a week looks like" }
                p { "You and the person who looks after you choose one exercise, a time, and a very small version for days when it is too much. Missed days are not counted. You can change it, pause it or stop." }
            }
            section {
                h2 { "If it does not suit you" }
                p { "That happens often, and it says nothing about you. Kindness can feel strange, false or even painful at first, above all towards yourself." }
                ul {
                    li { "Stop. Open your eyes, feel both feet on the floor, look round the room." }
                    li { "Try something else: shorter, eyes open, with your hands, or for somebody else first." }
                    li { "If you feel worse for more than a day, leave it, and tell the person who looks after you or somebody you trust." }
                }
                @if let Some(harm) = &harm { p { (harm) } }
            }
            section {
                h2 { "If you are in danger" }
                p { "Kith is not watched by anybody. Call the emergency number of your country, or somebody you trust. The numbers of your place stand under “Help now” on every page." }
            }
        }
    };
    Ok(html! {
        (sheet("close", "What compassion training is, why, and what to do if it does not suit you", "For you to keep", &body, made))
        div.offpaper { p { a.link href="/evidence" { "What studies found, question by question" } } (traces.list()) }
    })
}

/// Strength, limit and sources of a practice or a programme.
fn strength(app: &App, strength: Strength, limit: &str, ids: &[String]) -> Markup {
    let sources: Vec<&Source> = app
        .content
        .sources()
        .iter()
        .filter(|source| ids.contains(&source.id))
        .collect();
    html! {
        section {
            h2 { "How far it is known to help" }
            p { strong { (library::pages::strength(strength)) "." } " " (limit) }
            @if !sources.is_empty() {
                p.fine { "Read: " @for (index, source) in sources.iter().enumerate() {
                    @if index > 0 { "; " }
                    (source.title) " (" (source.seen) ")"
                } "." }
            }
        }
    }
}

fn if_it_does_not_suit() -> Markup {
    html! {
        section {
            h2 { "If it does not suit you" }
            p { "Stop whenever you like. Feel both feet on the floor and look round the room. It is no failure: there are other ways, and the person who looks after you can help find one. If you feel worse for more than a day, tell them, or somebody you trust." }
        }
    }
}

pub(super) fn practice(app: &App, practice: &Practice, made: &Made) -> Markup {
    let body = html! {
        p.lead { (practice.summary) }
        p { "It lasts " (library::pages::range_text(practice)) ". " (begun(&practice.setting)) "." }
        @if let Some(why) = &practice.why { section { h2 { "Why one might do it" } p { (why) } } }
        @if let Some(anchor) = &practice.anchor { p { "It goes well " (anchor) "." } }
        @if !practice.cautions.is_empty() {
            section { h2 { "What to watch for" } ul { @for caution in &practice.cautions { li { (caution) } } } }
        }
        (if_it_does_not_suit())
        (strength(app, practice.strength, &practice.limit, &practice.evidence))
        p.lines { "When: " span {} } p.lines { "The smallest version: " span {} }
    };
    html! {
        (sheet("roomy", &practice.title, "A practice", &body, made))
        p.offpaper { a.link href={ "/practices/" (practice.slug) } { "The practice itself" } }
    }
}

pub(super) fn programme(app: &App, programme: &Programme, made: &Made) -> Markup {
    let body = html! {
        p.lead { (programme.summary) }
        section { h2 { "Why" } p { (programme.why) } }
        @if !programme.cautions.is_empty() {
            section { h2 { "What to watch for" } ul { @for caution in &programme.cautions { li { (caution) } } } }
        }
        section { h2 { "If it goes badly" } p { (programme.if_hard) } }
        (if_it_does_not_suit())
        (strength(app, programme.strength, &programme.limit, &programme.evidence))
    };
    html! {
        (sheet("roomy", &programme.title, "A programme", &body, made))
        p.offpaper { a.link href={ "/programmes/" (programme.slug) } { "The programme, day by day" } }
    }
}
