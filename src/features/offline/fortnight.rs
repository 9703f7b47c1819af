//! Today and the thirteen days after it, as one page: a phone shows it in the place of the first page while there is no network.

use std::collections::BTreeSet;

use jiff::Span;
use jiff::civil::Date;
use kith_content::{ADHERENT, ItemKind, Library};
use maud::{Markup, html};

use super::DAYS;
use super::rules::{practise, shorter};
use crate::app::App;
use crate::features::home::Known;
use crate::features::home::rules::Today;
use crate::features::library::{STEADIER, title, usual_minutes};
use crate::features::people::Person;
use crate::features::plans::Due;
use crate::features::safety::UNWANTED;
use kith_base::web::locale::{day, minutes_text};

/// One of the coming days, if nothing else happens until then.
pub struct Day<'a> {
    pub(super) on: Date,
    pub(super) view: Today<'a>,
    /// A rule has stopped everything on it.
    pub(super) is_stopped: bool,
    /// Practices that were hard the last time.
    hard: BTreeSet<&'a str>,
    /// The heaviest load that is offered.
    load_most: u8,
}

impl Day<'_> {
    /// What is there for whoever has nothing agreed.
    pub(super) fn suggested(&self) -> Option<&str> {
        let is_free = !self.view.has_plan && !self.is_stopped && !self.view.hard_today;
        self.view.suggestion.as_deref().filter(|_| is_free)
    }

    pub(super) fn suggested_minutes(&self, library: &Library) -> f64 {
        let practice = self.suggested().and_then(|slug| library.practice(slug));
        practice.map_or(2.0, |practice| usual_minutes(practice).min(2.0))
    }

    /// What is asked of this day, what has the whole week last; in the order in which it is shown.
    fn asked(&self) -> Vec<&Due> {
        if self.view.now.is_none() {
            return Vec::new();
        }
        let is_asked =
            |due: &&Due| due.kind == ItemKind::Practice && !due.optional && !due.is_done();
        let mut asked: Vec<_> = self.view.due.iter().filter(is_asked).collect();
        asked.sort_by_key(|due| !due.is_for_the_day());
        asked
    }
}

/// The days from `today` on.
pub(super) fn days<'a>(
    known: &'a Known,
    library: &Library,
    today: Date,
    zone: &str,
) -> Vec<Day<'a>> {
    let mut hard = BTreeSet::new();
    for sitting in &known.kept {
        match sitting.effect {
            Some(-2) => hard.insert(sitting.practice.as_str()),
            _ => hard.remove(sitting.practice.as_str()),
        };
    }
    (0..DAYS)
        .map(|ahead| {
            let on = today.saturating_add(Span::new().days(ahead));
            let mut view = known.day(library, on);
            view.leave_out_gone();
            view.requests
                .retain(|request| day(request.expires_at, zone) >= on);
            Day {
                on,
                view,
                is_stopped: known.overview.pause(on).is_some(),
                hard: hard.clone(),
                load_most: known.overview.limits(library, on).load_most,
            }
        })
        .collect()
}

/// The page. Without a script it is a list of days to read; with one it shows the day it is, and what was done since on this phone.
pub(super) fn page(app: &App, person: &Person, days: &[Day<'_>]) -> Markup {
    html! {
        div data-fortnight data-steadier=(STEADIER) {
            h1 data-title { "The coming fortnight" }
            p.soft.as-of data-as-of hidden {}
            div.begun-list data-begun-list hidden {}
            @for day in days { (one_day(app, person, day)) }
            section.today data-over hidden {
                h2 { "The fortnight kept here is over" }
                p { "What you practised is kept here still. When you can, come online once, and the next days of your plan will be here too. Until then these work:" }
            }
            ul.choices {
                li { a href={ (practise(STEADIER, 1.0, "", false)) "&begin=yes" } { "One minute now: feet on the floor" } }
                li { a href="/moments" { "It is a hard moment" } }
                @if let Some(check_in) = app.content.check_ins().all.first() {
                    li { a href={ "/measures/" (check_in.id) } { "How you are: " (check_in.title) } }
                }
                li { a href="/me/safety-plan" { "My safety plan" } }
                li { a href="/me/phone" { "On this phone" } }
            }
            p.soft { "Has practising brought anything unwanted? That page needs a network. " a href="/help" { "Help" } " is here without one." }
        }
    }
}

fn one_day(app: &App, person: &Person, day: &Day<'_>) -> Markup {
    let view = &day.view;
    let asked = day.asked();
    let is_free = !day.is_stopped && !view.hard_today;
    let has_practised = view.practised_today > 0;
    html! {
        section.day data-day=(day.on) data-hard-day[view.hard_today] {
            h2.day-name data-name { (day_name(day.on, &person.locale)) }
            @if day.is_stopped {
                section.today {
                    h2 { "Practice rests for now" }
                    p { "Nothing is asked of you. If you would like to talk to somebody, " a href="/help" { "here is who can be reached" } "." }
                }
            } @else {
                section.today data-after-hard hidden[!view.hard_today] {
                    h2 { "Nothing more for today" }
                    p { "That was hard. If you would like to talk to somebody, " a href="/help" { "here is who can be reached" } "." }
                    p.state data-where {}
                }
            }
            @if is_free {
                div data-open {
                    @for request in &view.requests {
                        @if let Some(name) = view.here.get(&request.instrument) {
                            div.card.offer data-item=(request.instrument) data-kind="measure" data-opens=(day.on) data-closes=(day.on) data-times="1" data-done="0" {
                                p { "A few questions for you: " strong { (name) } }
                                p { a.button href={ "/measures/" (request.instrument) } { "Look at them" } }
                            }
                        }
                    }
                    @for due in &asked { (card(app, day, due)) }
                    @if let Some(slug) = day.suggested().filter(|_| !has_practised) {
                        section.today data-free {
                            h2 { (title(app, slug)) }
                            @if let Some(practice) = app.content.practice(slug) { p { (practice.summary) } }
                            (begin(slug, day.suggested_minutes(&app.content), "", view.eyes_open))
                        }
                    } @else {
                        section.today data-free hidden[!asked.is_empty() || has_practised] {
                            h2 { "Nothing is planned for today" }
                            p { "You are free to practise, and free not to." }
                        }
                    }
                    section.today data-practised hidden[!asked.is_empty() || !has_practised] {
                        h2 { "You have practised today" }
                        p { "No more practice is asked of you today." }
                        p.state data-where {}
                    }
                    (also(app, day, &asked))
                }
            }
        }
    }
}

fn begin(slug: &str, minutes: f64, phrases: &str, eyes_open: bool) -> Markup {
    html! {
        p.begin-here { a.button.large href=(practise(slug, minutes, phrases, eyes_open)) { "Begin, " (minutes_text(minutes)) } }
    }
}

/// What the script needs to know whether something was done.
struct Counts {
    /// Ids that count for it.
    ids: String,
    /// The share of its length that must have been heard.
    least: f64,
}

fn counts(due: &Due) -> Counts {
    let mut ids = vec![due.id.as_str()];
    // The smallest version is agreed as good enough for a day.
    if due.is_for_the_day() {
        ids.push(&due.smallest_practice);
    }
    ids.extend(due.alternatives.iter().map(|(id, _)| id.as_str()));
    Counts {
        ids: ids.join(" "),
        // A programme counts what was heard almost to its end; what was agreed by itself counts once it was begun.
        least: if due.stage.is_some() { ADHERENT } else { 0.0 },
    }
}

/// The one thing of the day, or one that comes after it.
fn card(app: &App, day: &Day<'_>, due: &Due) -> Markup {
    let eyes_open = day.view.eyes_open;
    let counts = counts(due);
    let load = app
        .content
        .practice(&due.id)
        .map_or(0, |practice| practice.load);
    let heavy = load > day.load_most;
    let was_hard = day.hard.contains(due.id.as_str());
    html! {
        div data-item=(due.id) data-kind="practice" data-card data-counts=(counts.ids) data-least=(counts.least) data-was-hard[was_hard] data-heavy[heavy]
            data-opens=(due.opens_on) data-closes=(due.closes_on) data-times=(due.times) data-done=(due.times_done) {
            div data-instead hidden[!(heavy || was_hard)] {
                @if heavy && !was_hard { p { "Light practices come first just now. Here is something steadier; the planned one can wait." } }
                @else { p { "Last time this was hard. Here is something steadier; the other one can wait until you have talked." } }
                section.today {
                    h2 { (title(app, STEADIER)) }
                    (begin(STEADIER, 2.0, "", eyes_open))
                }
                @if !heavy {
                    p.soft { "The planned practice: " a href=(practise(&due.id, due.minutes, &due.phrases, eyes_open)) { (title(app, &due.id)) ", " (minutes_text(due.minutes)) } }
                }
            }
            section.today data-planned hidden[heavy || was_hard] {
                @if !due.routine.is_empty() { p.soft.routine { (due.routine) } }
                h2 { (title(app, &due.id)) }
                @if let Some(practice) = app.content.practice(&due.id) { p { (practice.summary) } }
                (begin(&due.id, due.minutes, &due.phrases, eyes_open))
                ul.choices {
                    @if let Some(minutes) = shorter(&app.content, &due.id, due.minutes) {
                        li { a href=(practise(&due.id, minutes, &due.phrases, eyes_open)) { "Shorter, " (minutes_text(minutes)) } }
                    }
                    li { a href=(practise(&due.smallest_practice, due.smallest_minutes, "", false)) {
                        "On a hard day: " (title(app, &due.smallest_practice)) ", " (minutes_text(due.smallest_minutes)) } }
                }
            }
        }
    }
}

/// What else is open, in which she may do as she likes.
fn also(app: &App, day: &Day<'_>, asked: &[&Due]) -> Markup {
    let is_asked = |due: &Due| day.view.requests.iter().any(|one| one.instrument == due.id);
    let can_be_done = |due: &&Due| match due.kind {
        ItemKind::Practice | ItemKind::Lesson => true,
        ItemKind::Measure => {
            due.id != UNWANTED && day.view.here.contains_key(&due.id) && !is_asked(due)
        }
        ItemKind::Task => false,
    };
    let items: Vec<&Due> = day
        .view
        .due
        .iter()
        .filter(|due| !due.is_done())
        .filter(can_be_done)
        .collect();
    // What stands large above is not said twice.
    let others = items.len() > asked.len().min(1);
    html! {
        section.also data-also hidden[!others] {
            h3 { "Also, if there is room" }
            ul.plain {
                @for due in items { (also_item(app, day, due, asked.first().is_some_and(|first| first.id == due.id))) }
            }
        }
    }
}

fn also_item(app: &App, day: &Day<'_>, due: &Due, is_above: bool) -> Markup {
    let counts = counts(due);
    let (kind, place, name) = match due.kind {
        ItemKind::Lesson => {
            let lesson = app.content.lesson(&due.id);
            let name = lesson.map_or(due.id.clone(), |lesson| lesson.title.clone());
            ("lesson", format!("/lessons/{}", due.id), name)
        }
        ItemKind::Measure => {
            let name = day.view.here.get(&due.id).unwrap_or(&due.id).clone();
            ("measure", format!("/measures/{}", due.id), name)
        }
        ItemKind::Practice | ItemKind::Task => {
            let place = practise(&due.id, due.minutes, &due.phrases, day.view.eyes_open);
            let name = due
                .title
                .clone()
                .unwrap_or_else(|| title(app, &due.id).to_owned());
            ("practice", place, name)
        }
    };
    html! {
        li data-item=(due.id) data-kind=(kind) data-counts=(counts.ids) data-least=(counts.least) hidden[is_above]
            data-opens=(due.opens_on) data-closes=(due.closes_on) data-times=(due.times) data-done=(due.times_done) {
            a href=(place) { (name) } ", " (minutes_text(due.minutes.max(1.0)))
            span.soft {
                @if !due.is_for_the_day() { ", some time this week" }
                @if due.optional { ", if you like" }
            }
        }
    }
}

/// `Monday, 30 November`
fn day_name(on: Date, locale: &str) -> String {
    let pattern = if locale == "en-US" {
        "%A, %B %-d"
    } else {
        "%A, %-d %B"
    };
    on.strftime(pattern).to_string()
}
