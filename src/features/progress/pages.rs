//! The pages round the pictures.

use jiff::civil::Date;
use kith_content::instrument::shown;
use maud::{Markup, html};

use super::drawing::Axis;
use super::panels::Pictures;
use super::picture::{Answered, Given, Kind, Panel, View, news, panels};
use super::routes::Record;
use super::rules::{Attention, Summary, attention, by_day, summary, tap};
use super::{WINDOW, chart};
use crate::app::App;
use crate::features::guide::{self, OfferRow};
use crate::features::library::title;
use crate::features::measures::rules::class_words;
use crate::features::people::{ClientAccess, Person, pseudonym};
use crate::features::plans::{self, Done, Plan, State, course_standing, kept};
use crate::features::sittings::Sitting;
use kith_base::web::locale::{ago_text, day, minutes_text, moment_text};

/// How a sitting left her, in words.
pub fn effect_text(effect: Option<i64>) -> &'static str {
    match effect {
        Some(-2) => "much worse",
        Some(-1) => "a little worse",
        Some(0) => "the same",
        Some(1) => "a little better",
        Some(2) => "much better",
        _ => "",
    }
}

fn first_day(today: Date) -> Date {
    today
        .checked_sub(jiff::Span::new().days(WINDOW - 1))
        .unwrap_or(today)
}

pub(super) fn own(
    app: &App,
    person: &Person,
    record: &Record,
    (view, panels): (View, &[Panel]),
    today: Date,
) -> Markup {
    let sittings = lately(&record.sittings, today);
    html! {
        h1 { "Your picture" }
        @if sittings.is_empty() && panels.is_empty() {
            p { "Here is where your practice will show. There is nothing to fill up: a blank day is a day." }
            p { a.button href="/today" { "To today" } }
        }
        @if !panels.is_empty() {
            p.on-paper { (today.strftime(if person.locale == "en-US" { "%B %-d, %Y" } else { "%-d %B %Y" })) }
            p.soft { "What you answered, and what you practised meanwhile. A number is one look at one day; nothing here is to be kept up." }
            h2.sr { "Scores, goals and practice" }
            (pictures(app, record, panels, view, today, &person.locale))
            p.figures-link {
                @if view.has_figures() { a.link href="/progress" { "Leave out the lines" } }
                @else { a.link href="/progress?figures=yes" { "Show the lines and what they mean" } }
            }
            p.figures-link { a.link href="/responses" { "Read what you answered" } }
        }
        @if !sittings.is_empty() {
            @if panels.is_empty() {
                p.soft { "The last eight weeks. There is no score here and nothing to keep up." }
                (picture(app, person, sittings, today))
            } @else {
                section.practice {
                    h2 { "How practice fitted, the last eight weeks" }
                    (picture(app, person, sittings, today))
                }
            }
        }
        p { a.link href="/goals" { @if record.aims.iter().any(|aim| !aim.is_ended) { "Your goals: how near are they now?" } @else { "Write down a goal of your own" } } }
    }
}

/// What a practitioner sees of it; `shown` is nothing when it is not shared.
pub(super) fn client_picture(
    app: &App,
    person: &Person,
    access: &ClientAccess,
    view: View,
    shown: Option<(&Record, &[Panel])>,
    today: Date,
) -> Markup {
    let place = format!("/clients/{}/progress", access.client_id());
    html! {
        h1 { (access.name) }
        p.on-paper { "Scores and practice, " (today.strftime(if person.locale == "en-US" { "%B %-d, %Y" } else { "%-d %B %Y" })) }
        p { a.link href={ "/clients/" (access.client_id()) } { "The whole page" } }
        @match shown {
            None => { p.note { (access.name) " has not chosen to share their practice with you, or has taken it back. There is nothing to see here." } }
            Some((record, panels)) => {
                @let unrated: Vec<_> = record.aims.iter().filter(|aim| aim.ratings.is_empty() && !aim.is_ended).collect();
                @if !unrated.is_empty() {
                    p { "Their goals. Not rated yet: " @for (place, aim) in unrated.iter().enumerate() {
                        @if place > 0 { ", " } "“" (aim.words) "”" } "." }
                }
                @if panels.is_empty() { p { "Nothing has been answered in the last year." } }
                @else {
                    h2.sr { "Scores, goals and practice" }
                    (pictures(app, record, panels, view, today, &person.locale))
                    p.figures-link {
                        @if view == (View::Practitioner { habit: true }) { a.link href=(place) { "Only names the authors publish" } }
                        @else if panels.iter().any(|panel| panel.has_habit) { a.link href={ (place) "?habit=yes" } { "Also names that others use for these scores" } }
                    }
                }
            }
        }
    }
}

/// Scores and minutes on one axis of time: from the first answer, a year back at most and eight weeks at least.
fn pictures(
    app: &App,
    record: &Record,
    panels: &[Panel],
    view: View,
    today: Date,
    locale: &str,
) -> Markup {
    let answered = panels
        .iter()
        .filter_map(|panel| Some(panel.points.first()?.on));
    let first = answered.fold(first_day(today), Date::min);
    let begun: Vec<(Date, String)> = record
        .plans
        .iter()
        .filter(|plan| plan.agreed_at.is_some())
        .filter(|plan| (first..=today).contains(&plan.starts_on))
        .map(|plan| (plan.starts_on, name_of(app, plan)))
        .collect();
    let has_names = panels.iter().any(|panel| !panel.bands.is_empty());
    Pictures {
        view,
        panels,
        days: &by_day(&record.sittings, first, today),
        begun: &begun,
        axis: Axis::new(first, today, has_names),
        today,
        locale,
    }
    .show()
}

/// What a plan is called: its programme, or its practices.
fn name_of(app: &App, plan: &Plan) -> String {
    let programme = plan
        .course
        .as_ref()
        .and_then(|course| app.content.programme(&course.programme));
    match programme {
        Some(programme) => programme.title.clone(),
        None => {
            let items = plan.practices().iter();
            let names: Vec<&str> = items.map(|item| title(app, &item.practice)).collect();
            names.join(" and ")
        }
    }
}

/// One line for each questionnaire: the latest score, what the change since the first comes to, and when.
pub fn lines(app: &App, answered: &[Answered], today: Date, locale: &str) -> Vec<(String, String)> {
    let given = Given {
        library: &app.content,
        answered,
        aims: &[],
        plans: &[],
    };
    let panels = panels(&given, View::Practitioner { habit: false });
    let totals = panels
        .iter()
        .filter(|panel| panel.kind == Kind::Instrument && !panel.is_part);
    let line = |panel: &Panel| {
        let last = panel.points.last()?;
        let class = class_words(panel.told.first().and_then(|told| told.class));
        let when = ago_text(last.on, today, locale);
        let words = match class {
            "" => format!("{}, {when}", shown(last.score)),
            class => format!("{}, {class}, {when}", shown(last.score)),
        };
        // A newer answer without a total is not hidden behind an older one with a good one.
        let newest = answered
            .iter()
            .rfind(|one| one.measure == panel.measure)
            .filter(|one| one.on >= last.on && one.scores.get("total").is_none_or(Option::is_none));
        let words = match newest {
            Some(newest) => {
                let when = ago_text(newest.on, today, locale);
                format!("answered with gaps {when}, no total; before that {words}")
            }
            None => words,
        };
        Some((panel.name.clone(), words))
    };
    totals.filter_map(line).collect()
}

/// The sittings of the last eight weeks; what is read may go further back.
fn lately(sittings: &[Sitting], today: Date) -> &[Sitting] {
    let first = first_day(today).to_string();
    let from = sittings.partition_point(|sitting| sitting.started_on < first);
    sittings.get(from..).unwrap_or_default()
}

fn picture(app: &App, person: &Person, sittings: &[Sitting], today: Date) -> Markup {
    let days = by_day(sittings, first_day(today), today);
    html! {
        figure { (chart::weeks(&days, today, &person.locale)) }
        details {
            summary { "The same as a table" }
            div.scroll tabindex="0" role="region" aria-label="Sittings" {
                table.sittings {
                    thead { tr {
                        th scope="col" { "When" } th scope="col" { "Practice" } th scope="col" { "Heard" }
                        th scope="col" { "Fit" } th scope="col" { "Left" } th scope="col" { "In the way" }
                    } }
                    tbody {
                        @for sitting in sittings.iter().rev() {
                            tr {
                                td { (moment_text(sitting.started_at, app.clock.now(), &person.zone, &person.locale)) }
                                td data-label="Practice" { (title(app, &sitting.practice)) }
                                td data-label="Heard" { (minutes_text(tap(sitting.seconds_heard) / 60.0))
                                    @if !sitting.finished { " of " (minutes_text(sitting.minutes)) } }
                                td data-label="Fit" { @if let Some(fit) = sitting.fit { (fit) } @else { "–" } }
                                td data-label="Left" { (effect_text(sitting.effect)) }
                                td data-label="In the way" { (barrier_text(app, sitting.barrier.as_deref())) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What got in the way, in the words on the screen; empty when nothing did.
pub fn barrier_text<'a>(app: &'a App, code: Option<&'a str>) -> &'a str {
    match code {
        None | Some("nothing") => "",
        Some(code) => app
            .content
            .barriers()
            .iter()
            .find(|barrier| barrier.code == code)
            .map_or(code, |barrier| barrier.words.as_str()),
    }
}

/// The twenty seconds before the next appointment.
fn brief(
    summary: &Summary,
    (attention, why): &(Attention, String),
    sittings: &[Sitting],
    app: &App,
    today: Date,
    locale: &str,
) -> Markup {
    let needs_you = *attention <= Attention::PoorFit;
    let recent: Vec<_> = sittings.iter().rev().take(6).collect();
    let mut barriers: Vec<_> = recent
        .iter()
        .map(|sitting| barrier_text(app, sitting.barrier.as_deref()))
        .filter(|words| !words.is_empty())
        .collect();
    barriers.dedup();
    let worse = sittings
        .iter()
        .rev()
        .find(|sitting| sitting.effect == Some(-2));
    html! {
        @if needs_you { p.note { strong { (why) } } }
        @if let Some(sitting) = worse {
            p { strong { "Much worse: " } (title(app, &sitting.practice))
                @if let Ok(on) = sitting.started_on.parse() { ", " (ago_text(on, today, locale)) }
                ", after " (minutes_text(tap(sitting.seconds_heard) / 60.0)) " of " (minutes_text(sitting.minutes))
                @if !barrier_text(app, sitting.barrier.as_deref()).is_empty() { ". In the way: " (barrier_text(app, sitting.barrier.as_deref())) }
                "." }
        }
        dl.brief {
            div { dt { "Last practised" } dd {
                @if let Some(on) = summary.last_on { (ago_text(on, today, locale)) } @else { "not yet" } } }
            div { dt { "Days, last two weeks" } dd { (summary.days_practised)
                 } }
            div { dt { "Minutes, last two weeks" } dd { (summary.minutes.round()) } }
            div { dt { "Typical fit" } dd { @if let Some(fit) = summary.fit { (fit) " of 10" } @else { "–" } } }
        }
        @if !barriers.is_empty() {
            p { strong { "In the way lately: " } (barriers.join("; ")) "." }
        }
    }
}

/// What the page of a client shows.
pub(super) struct Shown<'a> {
    pub(super) sittings: &'a [Sitting],
    /// All that was done, for where programmes stand.
    pub(super) done: &'a [Done],
    pub(super) plans: &'a [Plan],
    pub(super) offers: &'a [OfferRow],
    pub(super) answered: &'a [Answered],
    pub(super) safety: Option<&'a Markup>,
}

pub(super) fn client(
    app: &App,
    person: &Person,
    access: &ClientAccess,
    shown: &Shown<'_>,
    today: Date,
) -> Markup {
    let Shown {
        sittings,
        done,
        plans,
        offers,
        answered,
        safety,
    } = *shown;
    let shares = access.record().is_some();
    let open: Vec<_> = plans
        .iter()
        .filter(|plan| plan.state != State::Ended)
        .collect();
    // Plans are read from their first day on, the pictures only eight weeks back.
    let sittings = lately(sittings, today);
    let since = day(access.since_at, &access.zone);
    let news = news(answered, &app.content, today);
    let (now, scores) = (app.clock.now(), lines(app, answered, today, &person.locale));
    html! {
        h1 { (access.name) }
        p { a.link href={ "/clients/" (access.client_id()) "/summary" } { "Summary before you meet" } " · "
            a.link href={ "/clients/" (access.client_id()) "/measures" } { "Questionnaires" } }
        @if shares {
            (brief(&summary(sittings, today), &attention(sittings, plans, &news, since, now, today), sittings, app, today, &person.locale))
            @for (name, words) in &scores { p { strong { (name) ": " } (words) "." } }
            p { a.link href={ "/clients/" (access.client_id()) "/progress" } { "Pictures of scores and practice" } }
        } @else {
            p.note { (access.name) " has not chosen to share their practice with you, or has taken it back. You can still prescribe; what comes of it stays with them." }
        }
        section {
            h2 { "Plans" }
            @if open.is_empty() { p.soft { "Nothing is agreed at the moment." } }
            @for plan in open {
                div.card {
                    p { strong { @if plan.state == State::Offered { "Offered: " } @else { "Agreed: " } } (plans::pages::summary(app, plan)) "." }
                    @if let Some(before) = plans::pages::prescribed_summary(app, plan) {
                        p.soft { "As you offered it: " (before) "." }
                    }
                    (how_it_goes(app, access, plan, done, today, &person.locale))
                    p.soft { "Why: " (plan.why) }
                    @for item in plan.practices() {
                        p { a.link href={ "/practices/" (item.practice) "/teleprompter?minutes=" (item.minutes) } {
                            "Read it aloud together" span.sr { ": " (title(app, &item.practice)) } } }
                    }
                    details {
                        summary { @if plan.state == State::Offered { "Withdraw this offer" } @else { "End this plan" } }
                        form method="post" action={ "/clients/" (access.client_id()) "/plans/" (plan.plan_id) "/ending" } {
                            p { (access.name) " will no longer see it under Today." }
                            button.button.quiet type="submit" { @if plan.state == State::Offered { "Withdraw it" } @else { "End it" } }
                        }
                    }
                }
            }
            p { a.button href={ "/clients/" (access.client_id()) "/plans/new" } { "Prescribe" } }
        }
        @if let Some(safety) = safety { (safety) }
        @if shares {
            section {
                h2 { "The last eight weeks" }
                @if sittings.is_empty() { p.soft { "No sittings in this time." } }
                @else { (picture(app, person, sittings, today)) }
            }
            (guide::pages::offered_instead(app, person, offers))
        }
        section {
            h2 { "A new phone, or the PIN is gone" }
            form method="post" action={ "/clients/" (access.client_id()) "/invitations" } {
                button.button.quiet type="submit" { "Make a new invitation for " (access.name) }
            }
            p.soft { "The old phone is signed out when it is used. Nothing practised is lost." }
        }
        @if shares {
            section {
                h2 { "For another record system" }
                p { a.link href={ "/clients/" (access.client_id()) "/record.fhir.json" } download="kith-record.fhir.json" { "Download answers, scores and agreed plans" } }
                p.soft { "A file another record system can read. The code by which such a system knows " (access.name) ", if it may: " code { (pseudonym(access.clinic_id(), access.client_id())) } "." }
            }
        }
    }
}

/// Where a plan stands: how sure she was, how much was kept, what waits, and pausing it.
fn how_it_goes(
    app: &App,
    access: &ClientAccess,
    plan: &Plan,
    done: &[Done],
    today: Date,
    locale: &str,
) -> Markup {
    let programme = plan
        .course
        .as_ref()
        .and_then(|course| app.content.programme(&course.programme));
    let shares = access.record().is_some();
    let standing = course_standing(plan, &app.content, done, today).filter(|_| shares);
    let kept = kept(plan, &app.content, done, today).filter(|_| shares);
    let place = format!("/clients/{}/plans/{}", access.client_id(), plan.plan_id);
    let opened = |stage: &str| {
        plan.course
            .as_ref()
            .is_some_and(|course| course.opened.iter().any(|(open, _)| open == stage))
    };
    html! {
        @if let Some(sure) = plan.confidence { p.soft { "Sure to do it: " (sure) " of 10." } }
        @if let (Some(programme), Some(standing)) = (programme, &standing) {
            @let words = plans::pages::standing_text(programme, standing);
            @if !words.is_empty() { p { (words) "." } }
        }
        @if let Some(kept) = kept {
            p { "Kept on " (kept.kept) " of " (kept.asked) " days it was agreed for." }
        }
        @if let (Some(programme), State::Agreed) = (programme, plan.state) {
            @for stage in programme.stages.iter().filter(|stage| stage.unlock.is_some() && !opened(&stage.id)) {
                form.row method="post" action={ (place) "/openings" } {
                    input type="hidden" name="stage" value=(stage.id);
                    span { "“" (stage.title) "” " @if let Some(unlock) = &stage.unlock { (plans::waits_for(unlock)) } "." }
                    button.button.quiet type="submit" { "Open it" }
                }
            }
        }
        // Without a share a pause looks the same whoever or whatever made it.
        @if plan.state == State::Agreed && !shares && plan.is_paused(today) { p { "Resting for now." } }
        @else if plan.state == State::Agreed { (plans::pages::pause_part(plan, today, &place, locale)) }
    }
}

/// A small picture of eight weeks for the caseload.
pub fn spark(sittings: &[Sitting], today: Date) -> Markup {
    chart::spark(&by_day(sittings, first_day(today), today))
}
