//! The pages round the pictures.

use jiff::civil::Date;
use maud::{Markup, html};

use super::rules::{Attention, Summary, attention, by_day, summary, tap};
use super::{WINDOW, chart};
use crate::app::App;
use crate::base::web::locale::{ago_text, day, minutes_text, moment_text};
use crate::features::guide::{self, OfferRow};
use crate::features::library::title;
use crate::features::people::{ClientAccess, Person};
use crate::features::plans::{self, Done, Plan, State, course_standing, kept};
use crate::features::sittings::Sitting;

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

pub(super) fn own(app: &App, person: &Person, sittings: &[Sitting], today: Date) -> Markup {
    html! {
        h1 { "Your picture" }
        @if sittings.is_empty() {
            p { "Here is where your practice will show. There is nothing to fill up: a blank day is a day." }
            p { a.button href="/today" { "To today" } }
        } @else {
            p.soft { "The last eight weeks. There is no score here and nothing to keep up." }
            (picture(app, person, sittings, today))
        }
    }
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
        safety,
    } = *shown;
    let shares = access.record().is_some();
    let open: Vec<_> = plans
        .iter()
        .filter(|plan| plan.state != State::Ended)
        .collect();
    // Plans are read from their first day on, the pictures only eight weeks back.
    let first = first_day(today).to_string();
    let lately = sittings.partition_point(|sitting| sitting.started_on < first);
    let sittings = sittings.get(lately..).unwrap_or_default();
    html! {
        h1 { (access.name) }
        p { a.link href={ "/clients/" (access.client_id()) "/summary" } { "Summary before you meet" } " · "
            a.link href={ "/clients/" (access.client_id()) "/measures" } { "Questionnaires" } }
        @if shares {
            (brief(&summary(sittings, today), &attention(sittings, plans, day(access.since_at, &access.zone), app.clock.now(), today), sittings, app, today, &person.locale))
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
