//! Programmes and lessons to read.

use axum::extract::Path;
use axum::response::IntoResponse;
use kith_content::{Edition, Every, Item, ItemKind, LedBy, Lesson, LessonBlock, Programme, Stage};
use maud::{Markup, html};

use super::pages::evidence;
use super::title;
use crate::app::{App, State};
use crate::features::people::{Person, Role};
use kith_base::error::Error;
use kith_base::web::locale::minutes_text;

/// Whether a programme can be one person's plan: not lessons for a class, not moments without days, and a research
/// edition only through a study.
pub fn is_for_one(programme: &Programme) -> bool {
    !programme.stages.is_empty()
        && programme.led_by != LedBy::Group
        && programme.editions.contains(&Edition::Care)
}

/// Whether somebody may take up a programme by herself: practitioners and leads whatever one person can do, others what
/// needs neither questions first nor a practitioner.
pub fn may_enrol(person: &Person, programme: &Programme) -> bool {
    let by_herself = programme.led_by == LedBy::Oneself && !programme.screening;
    let treats = person.roles.any(&[Role::Practitioner, Role::Lead]);
    is_for_one(programme) && (by_herself || treats)
}

/// Whether somebody may read a programme: what she can take up, and everything for those who work here.
fn may_read(person: &Person, programme: &Programme) -> bool {
    let works_here = person.roles.any(&[
        Role::Practitioner,
        Role::Lead,
        Role::Owner,
        Role::Researcher,
    ]);
    works_here || is_for_one(programme)
}

/// What a measure is called.
fn measure_title<'a>(app: &'a App, id: &'a str) -> &'a str {
    app.content
        .measure(id)
        .map_or(id, |measure| measure.title.as_str())
}

/// `GET /programmes`
pub(super) async fn list(State(app): State<App>, person: Person) -> impl IntoResponse {
    let programmes: Vec<_> = app
        .content
        .programmes()
        .filter(|programme| !programme.stages.is_empty() && may_read(&person, programme))
        .collect();
    let body = html! {
        h1 { "Programmes" }
        p.soft { "Practices put in an order, over days or weeks. More is not better, and any of them can be paused." }
        ul.cards {
            @for programme in programmes {
                li.card {
                    h2 { a href={ "/programmes/" (programme.slug) } { (programme.title) } }
                    p { (programme.summary) }
                    p.soft { (length_text(programme)) }
                }
            }
        }
        p { a.link href="/moments" { "For a moment that is hard" } }
    };
    person.page("Programmes", "/practices", body)
}

/// `14 days`, `8 weeks`: how long practice goes on.
fn length_text(programme: &Programme) -> String {
    let edition = programme.editions.first().copied().unwrap_or(Edition::Care);
    let last = programme
        .stages_of(edition)
        .filter(|stage| {
            stage.items_of(edition).any(|item| {
                !item.optional && matches!(item.kind, ItemKind::Practice | ItemKind::Lesson)
            })
        })
        .map(|stage| stage.days.1)
        .max()
        .unwrap_or(programme.first_day);
    let days = last + 1 - programme.first_day;
    match days {
        1 => "once".to_owned(),
        days if days % 7 == 0 && days > 14 => format!("{} weeks", days / 7),
        days => format!("{days} days"),
    }
}

/// `GET /programmes/{programme}`
pub(super) async fn show(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
) -> Result<impl IntoResponse, Error> {
    let programme = app
        .content
        .programme(&slug)
        .filter(|programme| may_read(&person, programme))
        .ok_or(Error::NotFound)?;
    let works_here = person
        .roles
        .any(&[Role::Practitioner, Role::Lead, Role::Researcher]);
    let edition = programme.editions.first().copied().unwrap_or(Edition::Care);
    let others = programme
        .editions
        .iter()
        .filter(|other| **other != edition && works_here);
    let body = html! {
        h1 { (programme.title) }
        p.lead { (programme.summary) }
        @for caution in &programme.cautions { p.note { (caution) } }
        @if may_enrol(&person, programme) {
            form method="post" action={ "/programmes/" (programme.slug) "/enrolment" } {
                button.button type="submit" { "Take it up" }
            }
            p.soft { "You can change it before it begins, pause it, and stop at any time." }
        }
        section {
            h2 { "Day by day" }
            (stages(&app, programme, edition, works_here))
        }
        @for other in others {
            details {
                summary { @if *other == Edition::Research { "The research edition" } @else { "The care edition" } }
                @if programme.is_fixed(*other) { p.soft { "For studies: days, minutes and words are the same for everybody." } }
                (stages(&app, programme, *other, works_here))
            }
        }
        @if works_here {
            section {
                h2 { "For whoever prescribes it" }
                @if let Some(note) = &programme.note { p { (note) } }
                p { strong { "Why, in words for the client: " } (programme.why) }
                p { strong { "If it goes badly: " } (programme.if_hard) }
                @if programme.screening { p { "The seven entry questions come before it." } }
            }
        }
        (evidence(&app, programme.strength, &programme.limit, &programme.evidence, &format!("/handouts/programmes/{}", programme.slug)))
    };
    Ok(person.page(&programme.title, "/practices", body))
}

fn stages(app: &App, programme: &Programme, edition: Edition, works_here: bool) -> Markup {
    let shown =
        |item: &&Item| works_here || !matches!(item.kind, ItemKind::Measure | ItemKind::Task);
    html! {
        ol.stages {
            @for stage in programme.stages_of(edition) {
                @let items: Vec<&Item> = stage.items_of(edition).filter(shown).collect();
                @if !items.is_empty() || !stage.note.is_empty() {
                    li {
                        h3 { (stage.title) " " span.soft { (days_text(stage)) } }
                        @if !stage.note.is_empty() { p { (stage.note) } }
                        @if stage.unlock.is_some() { p.soft { "Begins when you and your practitioner have looked at it together." } }
                        ul.plain { @for item in items.iter().filter(|item| item.kind != ItemKind::Measure) { li { (item_text(app, item)) } } }
                        @if let Some(asked) = asked_text(app, &items) { p.soft { (asked) } }
                    }
                }
            }
        }
    }
}

fn days_text(stage: &Stage) -> String {
    match stage.days {
        (_, last) if last < 1 => "before it begins".to_owned(),
        (first, last) if first == last => format!("day {first}"),
        (first, last) if (first - 1) % 7 == 0 && last - first == 6 => format!("week {}", last / 7),
        (first, last) => format!("days {first} to {last}"),
    }
}

fn item_text(app: &App, item: &Item) -> Markup {
    let often = match (&item.every, item.times) {
        (Every::Day, 1) => "every day".to_owned(),
        (Every::Day, times) => format!("{times} times a day"),
        (Every::Weekdays(digits), times) => {
            let days = match digits.as_str() {
                "12345" => "on weekdays",
                "67" => "at the weekend",
                _ => "on its days",
            };
            if times > 1 {
                format!("{times} times, {days}")
            } else {
                days.to_owned()
            }
        }
        (Every::Week, 1) => "once a week".to_owned(),
        (Every::Week, 2) => "twice a week".to_owned(),
        (Every::Week, times) => format!("{times} times a week"),
        (Every::Once, 1) => "once".to_owned(),
        (Every::Once, times) => format!("{times} times"),
    };
    let minutes = match item.minutes {
        (from, to) if from == to => minutes_text(from),
        (from, to) => format!("{from} to {}", minutes_text(to)),
    };
    html! {
        @match item.kind {
            ItemKind::Practice => {
                a href={ "/practices/" (item.id) } { (item.title.as_deref().unwrap_or_else(|| title(app, &item.id))) }
                ", " (minutes) ", " (often)
            }
            ItemKind::Lesson => {
                a href={ "/lessons/" (item.id) } { (lesson_title(app, item)) } ", " (minutes)
            }
            ItemKind::Measure | ItemKind::Task => {
                span.soft { "Task: " } (item.title.as_deref().unwrap_or(&item.id))
            }
        }
        @if item.optional { span.soft { " (if you like)" } }
        @for (other, minutes) in &item.alternatives {
            span.soft { ", or " (title(app, other)) ", " (minutes_text(*minutes)) }
        }
    }
}

/// The measures of a stage in one line; `None` when it asks none.
fn asked_text(app: &App, items: &[&Item]) -> Option<String> {
    let asked: Vec<&str> = items
        .iter()
        .filter(|item| item.kind == ItemKind::Measure)
        .map(|item| {
            item.title
                .as_deref()
                .unwrap_or_else(|| measure_title(app, &item.id))
        })
        .collect();
    (!asked.is_empty()).then(|| format!("Asked: {}.", asked.join(", ")))
}

fn lesson_title<'a>(app: &'a App, item: &'a Item) -> &'a str {
    let own = item.title.as_deref();
    own.or_else(|| {
        app.content
            .lesson(&item.id)
            .map(|lesson| lesson.title.as_str())
    })
    .unwrap_or(&item.id)
}

/// `GET /lessons/{lesson}`: to run a lesson from, or to print.
pub(super) async fn lesson(
    State(app): State<App>,
    person: Person,
    Path(slug): Path<String>,
) -> Result<impl IntoResponse, Error> {
    let lesson = app.content.lesson(&slug).ok_or(Error::NotFound)?;
    let leads = person.roles.any(&[Role::Practitioner, Role::Lead]);
    Ok(person.page(&lesson.title, "/practices", lesson_page(lesson, leads)))
}

fn lesson_page(lesson: &Lesson, leads: bool) -> Markup {
    html! {
        article.lesson {
            h1 { (lesson.title) }
            p.lead { (lesson.summary) }
            p.soft { (minutes_text(lesson.minutes)) }
            @if !leads && lesson.led_by == LedBy::Group {
                p.note { "This is written for whoever leads the hour. By yourself, leave out whatever needs other people." }
            }
            @if !lesson.needs.is_empty() {
                h2 { "What you need" }
                ul { @for need in &lesson.needs { li { (need) } } }
            }
            @for section in &lesson.sections {
                section {
                    h2 { (section.heading) }
                    @for block in &section.blocks {
                        @match block {
                            LessonBlock::Paragraph(text) => { p { (text) } }
                            LessonBlock::List(items) => { ul { @for item in items { li { (item) } } } }
                        }
                    }
                }
            }
        }
    }
}
