//! Questions and their answers as pages.

use kith_content::evidence::{AskedComparator, Evidence, Family, Population, StudySetting, ToldTo};
use kith_evidence::{Answer, Domain, FamilyAsked, Published};
use kith_stats::pool::Method;
use maud::{Markup, html};

use super::numbers::{Traces, href, mark};
use super::rules::{Asked, Standing, begun, called, plain, sure};
use super::sheet::{self, Words};
use super::{forest, keeping, own};
use crate::app::App;

/// What the questions there are come to.
///
/// `waiting`: how many studies wait to be read, for those who work here.
pub(super) fn overview(
    evidence: &Evidence,
    answers: &[&Answer<'_>],
    to: ToldTo,
    waiting: Option<usize>,
) -> Markup {
    let heading = |standing: Standing| match (to, standing) {
        (ToldTo::Client, Standing::Holds) => "Where studies found something",
        (ToldTo::Client, Standing::NotReliable) => "Where they cannot tell",
        (ToldTo::Client, Standing::NotKnown) => "Where nobody knows",
        (_, Standing::Holds) => "Where trials together show something",
        (_, Standing::NotReliable) => "Where they do not tell",
        (_, Standing::NotKnown) => "Where nothing may be pooled",
    };
    html! {
        h1 { "What studies found" }
        p.lead { @if to == ToldTo::Client {
            "Does training in kindness help, and with what? Here is what we could read, and how sure one can be."
        } @else {
            "Each question, what may be said, and how sure one may be. Every number leads to where it was read."
        } }
        ul.choices {
            li { a href="/evidence/contested" { "What is told, and contested" } }
            li { a href="/evidence/studies" { "All " (evidence.studies.len()) " studies" } }
            @if to == ToldTo::Client { li { a href="/handouts/training" { "What this training is, on one page" } } }
            @else { li { a href="/handouts" { "Make a page to hand over" } } }
            @if let Some(waiting) = waiting { li { a href="/evidence/waiting" { (keeping::waiting_words(waiting)) } } }
        }
        @for standing in Standing::ALL {
            @let those: Vec<_> = answers.iter().filter(|answer| Standing::of(answer) == standing).collect();
            @if !those.is_empty() {
                section {
                    h2 { (heading(standing)) }
                    ul.cards { @for answer in those { (card(evidence, answer, to)) } }
                }
            }
        }
        (foot(evidence))
    }
}

fn card(evidence: &Evidence, answer: &Answer<'_>, to: ToldTo) -> Markup {
    let construct = &answer.question.construct;
    let first = answer.statements.get(&to).and_then(|said| said.first());
    html! {
        li.card.verdict {
            h3 { a href={ "/evidence/" (construct) (Asked::default().told_to(to).as_query()) } { (begun(name(evidence, answer, to))) } }
            @if let Some(first) = first { p { (first.text) } }
            p.soft {
                @match (&answer.pool, &answer.certainty) {
                    (Some(pool), Some(certainty)) => {
                        (begun(sure(certainty.level, to))) " · " (pool.pooled.k) @if pool.pooled.k == 1 { " trial" } @else { " trials" }
                        " · " (pool.people().round()) " people"
                    }
                    _ => {
                        (seen_of(answer))
                    }
                }
            }
        }
    }
}

fn seen_of(answer: &Answer<'_>) -> String {
    let mut studies: Vec<&str> = answer
        .left_out
        .iter()
        .map(|out| out.study.id.as_str())
        .collect();
    studies.dedup();
    let count = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    let reviews = answer.published.len();
    match (studies.len(), reviews) {
        (0, reviews) => count(reviews, "published review", "published reviews"),
        (studies, 0) => count(
            studies,
            "study without usable figures",
            "studies without usable figures",
        ),
        (studies, reviews) => format!(
            "{}, {}",
            count(
                studies,
                "study without usable figures",
                "studies without usable figures"
            ),
            count(reviews, "published review", "published reviews")
        ),
    }
}

/// What a construct is called to somebody.
fn name<'e>(evidence: &'e Evidence, answer: &'e Answer<'_>, to: ToldTo) -> &'e str {
    match evidence.construct(&answer.question.construct) {
        Some(construct) if to == ToldTo::Client => &construct.plain_change,
        Some(construct) => &construct.name,
        None => &answer.question.construct,
    }
}

/// The page's heading.
pub(super) fn title(evidence: &Evidence, answer: &Answer<'_>, to: ToldTo) -> String {
    if to != ToldTo::Client {
        return begun(name(evidence, answer, to));
    }
    let family = match answer.question.family {
        FamilyAsked::One(family) => family,
        FamilyAsked::Any | FamilyAsked::Compassionate => Family::Nothing,
    };
    let trainings = &evidence.lines.trainings;
    let training = trainings.iter().find(|named| named.of == family);
    let training = training.map_or("training in kindness", |named| named.plain.as_str());
    format!("Can {training} {}?", name(evidence, answer, to))
}

/// What stands beside an answer from the library.
pub(super) struct Beside<'a> {
    /// What the clinic's own questionnaires show, as far as it may be shown.
    pub seen: Option<&'a [own::Seen]>,
    /// The studies that the clinic wrote itself.
    pub own: &'a [keeping::Own],
}

pub(super) fn question(
    evidence: &Evidence,
    answer: &Answer<'_>,
    (asked, to, works_here): (&Asked, ToldTo, bool),
    beside: &Beside<'_>,
) -> Markup {
    let mut traces = Traces::of(evidence);
    let is_client = to == ToldTo::Client;
    let construct = &answer.question.construct;
    html! {
        h1 { (title(evidence, answer, to)) }
        @if !is_client { p.soft { (answer.asked) } }
        @if works_here { (audiences(construct, asked, to)) }
        (sheet::statement(&statement(answer, to, &mut traces)))
        (keeping::among(beside.own, &pooled(answer)))
        @if let Some(people) = forest::people(evidence, answer, &mut traces) { (forest::drawn(&people)) }
        @if !is_client {
            @if let Some(forest) = forest::forest(evidence, answer, &mut traces) { (forest::drawn(&forest)) }
            (forest::table(evidence, answer, &mut traces))
            @if to == ToldTo::Supervisor { (forest::funnel(answer)) }
            (certainty(answer, &mut traces))
            (published(evidence, answer))
            @if let Some(seen) = beside.seen.filter(|seen| !seen.is_empty()) { (own::section(seen, answer)) }
            (warnings(answer))
            (left_out(answer))
        }
        p.onward { a.button.quiet href={ "/handouts/" (construct) (asked.told_to(to).as_query()) } { "This on one page, to print" } }
        @if !works_here {
            @let other = if is_client { ToldTo::Colleague } else { ToldTo::Client };
            p { a.link href={ "/evidence/" (construct) (asked.told_to(other).as_query()) } {
                @if is_client { "The same with its figures, as those who work here read it" } @else { "The same in plain words" } } }
        }
        @if !is_client { (filters(evidence, answer, asked)) }
        (traces.list())
        (foot(evidence))
    }
}

/// The studies of a pool, by their ids.
pub(super) fn pooled<'a>(answer: &'a Answer<'_>) -> Vec<&'a str> {
    let taken = answer.pool.iter().flat_map(|pool| &pool.taken);
    taken.map(|taken| taken.study.id.as_str()).collect()
}

/// The same for somebody else.
fn audiences(construct: &str, asked: &Asked, to: ToldTo) -> Markup {
    html! {
        nav.audiences aria-label="In whose words" {
            span.soft { "In the words for a " }
            @for &other in ToldTo::ALL {
                a href={ "/evidence/" (construct) (asked.told_to(other).as_query()) } aria-current=[(other == to).then_some("page")] { (other.as_str()) }
            }
        }
    }
}

/// What is said, the most important first.
pub(super) fn statement(answer: &Answer<'_>, to: ToldTo, traces: &mut Traces<'_>) -> Vec<Words> {
    answer
        .statements
        .get(&to)
        .into_iter()
        .flatten()
        .map(|said| traces.words(said))
        .collect()
}

fn certainty(answer: &Answer<'_>, traces: &mut Traces<'_>) -> Markup {
    let Some(certainty) = &answer.certainty else {
        return html! {};
    };
    let reasons: Vec<(&kith_evidence::Rating, Markup)> = certainty
        .ratings
        .iter()
        .map(|rating| (rating, traces.say(&rating.reason)))
        .collect();
    html! {
        section {
            h2 { "How sure one may be: " (certainty.level.as_str().replace('-', " ")) }
            p.soft { "By GRADE, for the pool alone: trials begin high, and each of these may take something off." }
            dl.domains {
                @for (rating, reason) in &reasons {
                    div { dt { (begun(rating.domain.as_str())) " "
                            span.off.none[rating.by == 0] { @match (rating.by, rating.domain) { (0, _) => "nothing off", (by, Domain::Raises) => { (by) " up" }, (by, _) => { (by) " down" } } } }
                        dd { (reason) } }
                }
            }
        }
    }
}

/// What others pooled, with the verdicts on it.
pub(super) fn published(evidence: &Evidence, answer: &Answer<'_>) -> Markup {
    html! {
        @if !answer.published.is_empty() {
            section {
                h2 { "What others pooled" }
                p.soft { "Beside ours, never in it: their trials overlap with these and with each other." }
                ul.plain.ruled { @for one in &answer.published { (published_one(evidence, one)) } }
            }
        }
    }
}

pub(super) fn published_one(evidence: &Evidence, one: &Published<'_>) -> Markup {
    let outcome = one.outcome;
    let key = if outcome.value.is_some() {
        "value"
    } else {
        "favours"
    };
    let link = href(evidence, &format!("{}/{key}", one.cell())).unwrap_or_default();
    html! {
        li {
            p { strong { (one.study.by()) ", " (one.study.year) } ": "
                a.traced href=(link) {
                    @match (outcome.value, outcome.effect) {
                        (Some(value), Some(kind)) => { (called(kind)) " " (plain(value))
                            @if let Some((low, high)) = outcome.ci { " [" (plain(low)) ", " (plain(high)) "]" } }
                        _ => "a direction only",
                    }
                }
                " compared with " (one.study.comparator)
                @if !one.comparable { span.soft { " (cannot be set beside ours)" } }
                " " (mark(outcome.verified)) }
            @if let Some(verdict) = one.verdict() { p.soft { (verdict) } }
        }
    }
}

pub(super) fn warnings(answer: &Answer<'_>) -> Markup {
    html! {
        @if !answer.caveats.is_empty() {
            section {
                h2 { "Warnings of the trials" }
                ul.plain.ruled {
                    @for (study, caveat) in &answer.caveats {
                        li { a href={ "/evidence/studies/" (study) } { (study) } ": " (caveat) }
                    }
                }
            }
        }
    }
}

fn left_out(answer: &Answer<'_>) -> Markup {
    html! {
        @if !answer.left_out.is_empty() {
            details {
                summary { "What was left out, and why (" (answer.left_out.len()) ")" }
                ul.plain.ruled {
                    @for out in &answer.left_out {
                        li { a href={ "/evidence/studies/" (out.study.id) "#" (out.outcome.id) } { (out.study.by()) ", " (out.study.year) ", " (out.outcome.id.replace('-', " ")) } " " (out.why) "." }
                    }
                }
            }
        }
    }
}

/// The question asked another way.
fn filters(evidence: &Evidence, answer: &Answer<'_>, asked: &Asked) -> Markup {
    let comparators: Vec<_> = AskedComparator::ALL
        .iter()
        .map(ToString::to_string)
        .collect();
    let families = FamilyAsked::all_words();
    let settings: Vec<_> = StudySetting::ALL.iter().map(ToString::to_string).collect();
    let people: Vec<_> = Population::ALL.iter().map(ToString::to_string).collect();
    let methods: Vec<_> = Method::ALL
        .iter()
        .map(|one| one.as_str().to_owned())
        .collect();
    let later = ["no", "yes"].map(str::to_owned);
    let choices: [(&str, &str, &str, &[String]); 6] = [
        (
            "comparator",
            "Compared with",
            &asked.comparator,
            &comparators,
        ),
        ("family", "What was trained", &asked.family, &families),
        ("setting", "Where", &asked.setting, &settings),
        ("population", "Who", &asked.population, &people),
        (
            "follow_up",
            "Measured at a follow-up",
            &asked.follow_up,
            &later,
        ),
        ("method", "Pooled by", &asked.method, &methods),
    ];
    let name = evidence
        .construct(&answer.question.construct)
        .map_or("it", |one| one.name.as_str());
    html! {
        details.another {
            summary { "Ask about " (name) " another way" }
            form.stack method="get" action={ "/evidence/" (answer.question.construct) } {
                div.choosing {
                    @for (field, label, chosen, options) in choices {
                        div.field {
                            label for=(field) { (label) }
                            select id=(field) name=(field) {
                                option value="" { @if field == "method" { "the usual (reml)" } @else if field == "follow_up" { "no" } @else { "any" } }
                                @for option in options.iter().filter(|option| !matches!(option.as_str(), "any" | "no" | "reml")) {
                                    option value=(option) selected[option == chosen] { (option) }
                                }
                            }
                        }
                    }
                }
                @if !asked.audience.is_empty() { input type="hidden" name="audience" value=(asked.audience); }
                button.button.quiet type="submit" { "Ask" }
            }
        }
    }
}

/// Claims that go round, and what may be said instead.
pub(super) fn contested(app: &App, to: ToldTo) -> Markup {
    let evidence = app.content.evidence();
    let mut traces = Traces::of(evidence);
    let said: Vec<(&kith_content::evidence::Contested, Markup)> = evidence
        .contested
        .iter()
        .map(|claim| {
            let words = if to == ToldTo::Client {
                &claim.client
            } else {
                &claim.colleague
            };
            (claim, traces.template(words))
        })
        .collect();
    let source = |id: &str| app.content.sources().iter().find(|source| source.id == id);
    html! {
        h1 { "What is told, and contested" }
        p.lead { "Some of what goes round about compassion training is more than studies show. This is what may be said instead." }
        @for (claim, words) in &said {
            section.claim {
                h2 { "“" (claim.heard) "”" }
                p { (words) }
                p.soft { "Read: " @for (index, id) in claim.sources.iter().enumerate() {
                    @if index > 0 { "; " }
                    @if let Some(study) = evidence.study(id) { a href={ "/evidence/studies/" (id) } { (study.by()) ", " (study.year) } }
                    @else if let Some(source) = source(id) { a href=(source.url) rel="noopener noreferrer" { (source.title) } }
                } }
            }
        }
        (traces.list())
        (foot(evidence))
    }
}

/// Which library it is, and what it is not.
pub(super) fn foot(evidence: &Evidence) -> Markup {
    html! {
        p.soft.library { "Library " (evidence.version) ". Most of it was read in abstracts and summaries. "
            a href="/evidence/studies" { "All studies" } }
    }
}
