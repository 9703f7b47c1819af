//! The first pages.

use kith_content::{ItemKind, Standing};
use maud::{Markup, html};

use super::measures;
use super::rules::{CaseloadRow, ScreeningDue, Today};
use crate::app::App;
use crate::features::guide;
use crate::features::library::{STEADIER, title, usual_minutes};
use crate::features::people::store::{Clinic, InvitationRow, PersonRow};
use crate::features::people::{Person, Role, Roles};
use crate::features::plans::rules::weekdays_text;
use crate::features::plans::{Due, Plan, pages::standing_text};
use crate::features::progress::{self, rules::Attention};
use crate::features::safety::UNWANTED;
use kith_base::web::locale::{ago_text, date_text, day, minutes_text};

pub(super) fn welcome() -> Markup {
    html! {
        h1 { "Compassion can be practised" }
        p.lead { "A minute or thirty, wherever you are. And when a practice does not fit, there is another." }
        p { a.button href="/sign-in" { "Sign in" } }
        p { "Invited? " a href="/join" { "Enter your code" } "." }
        p.soft { "Kith is not a crisis service and not a medical device. Nobody watches it while you use it. " a href="/help" { "Where to get help now" } "." }
    }
}

pub(super) fn demo_entrance(clinics: &[(Clinic, Vec<PersonRow>)]) -> Markup {
    let about = |role: Role| match role {
        Role::Practitioner => "prescribes, and sees their own clients",
        Role::Client => "practises, on a phone",
        Role::Lead => "sees the whole clinic, in numbers only",
        Role::Researcher => "runs studies; sees numbers only",
        Role::Owner => "people, help numbers, audit log",
    };
    html! {
        h1 { "A furnished clinic to look round in" }
        p.lead { "Everybody here is invented. Come in as whoever you like; nothing you do leaves this machine." }
        @for (clinic, people) in clinics {
            section {
                h2 { (clinic.name) }
                @for role in [Role::Practitioner, Role::Client, Role::Lead, Role::Researcher, Role::Owner] {
                    @let those: Vec<_> = people.iter().filter(|person| Roles::read(&person.roles).has(role)).collect();
                    @if !those.is_empty() {
                        h3 { (role.word()) span.soft { ": " (about(role)) } }
                        div.entries {
                            @for person in those {
                                form method="post" action="/demo/entry" {
                                    input type="hidden" name="name" value=(person.sign_in_name);
                                    button.button.quiet type="submit" { (person.name) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What comes before the one thing of today.
pub(super) struct First {
    /// What was stopped or softened, and the questions that are due.
    pub(super) safety: Markup,
    /// A rule has stopped everything for now.
    pub(super) is_stopped: bool,
    /// Something else may fit better.
    pub(super) waiting: Option<guide::Waiting>,
    /// What she agreed to in words that have changed since.
    pub(super) changed: Vec<String>,
    /// Three reminders were not followed.
    pub(super) question: Option<Markup>,
}

pub(super) fn today(app: &App, person: &Person, view: &Today<'_>, first: &First) -> Markup {
    let today = day(app.clock.now(), &person.zone);
    let with = |phrases: &str| (phrases.to_owned(), view.eyes_open);
    html! {
        h1.sr { "Today" }
        (first.safety)
        @if let Some(question) = first.question.as_ref().filter(|_| !first.is_stopped) { (question) }
        @if let Some(screening) = view.screening.filter(|_| !first.is_stopped) {
            p { @match screening {
                ScreeningDue::Beginning => { "Before this programme there are " a href="/me/screening" { "seven questions" } ", to see what suits you. Any of them can be left out." }
                ScreeningDue::Middle => { "You are half-way. The " a href="/me/screening" { "seven questions from the beginning" } " would be good to have once more." }
            } }
        }
        @if !first.is_stopped && !view.hard_today { (changed(&first.changed)) }
        @for plan in &view.offered {
            div.card.offer {
                p { "Your practitioner offers you something to practise." }
                p { a.button href={ "/plans/" (plan.plan_id) } { "Look at it" } }
            }
        }
        @for plan in view.paused.iter().filter(|_| !first.is_stopped) {
            div.card {
                @let until = plan.pauses.iter().filter(|pause| pause.holds(today)).find_map(|pause| pause.to);
                p { strong { (name_of(app, plan)) } " is paused"
                    @if let Some(until) = until { " until " (date_text(until, today, &person.locale)) }
                    ". It goes on where it stopped." }
                form method="post" action={ "/plans/" (plan.plan_id) "/resumption" } {
                    button.button.quiet type="submit" { "Go on" }
                }
            }
        }
        // Nothing more is asked of a day on which something was hard, or while a rule has stopped everything.
        @if !first.is_stopped && !view.hard_today { (measures::requests(app, person, view)) }
        div.begun-list data-begun-list hidden {}
        // After something hard what is steadier comes first, and this after it.
        @let after_hard = view.hard_today || view.was_hard;
        @let waiting = first.waiting.as_ref().filter(|_| !first.is_stopped);
        @if let Some(waiting) = waiting.filter(|_| !after_hard) { (guide::pages::card(app, waiting)) }
        @match &view.now {
            _ if first.is_stopped => (anything_else(view)),
            Some(due) if view.gone.contains(&due.id) => {
                (gone(app, due))
                (also(app, view))
            }
            Some(due) => {
                @if view.was_hard {
                    p { "Last time this was hard. Here is something steadier; the other one can wait until you have talked." }
                    (one_thing(app, STEADIER, 2.0, None, "", &with("")))
                    p.soft { "The planned practice: "
                        a href={ "/practise/" (due.id) "?minutes=" (due.minutes) } { (title(app, &due.id)) ", " (minutes_text(due.minutes)) } }
                } @else if view.heavy {
                    p { "Light practices come first just now. Here is something steadier; the planned one can wait." }
                    (one_thing(app, STEADIER, 2.0, None, "", &with("")))
                } @else {
                    (one_thing(app, &due.id, due.minutes, Some((due.smallest_practice.as_str(), due.smallest_minutes)), &due.routine, &with(&due.phrases)))
                }
                (also(app, view))
                details.why {
                    summary { "Why this, and if it goes badly" }
                    @if let Some((stage, note)) = &due.stage {
                        p { strong { (stage) } @for (plan, standing) in &view.courses {
                            @if plan.plan_id == due.plan_id { (where_in(app, plan, standing)) } } }
                        @if !note.is_empty() { p { (note) } }
                    }
                    @if !due.why.is_empty() { p { (due.why) } }
                    p { "If it goes badly: " (due.if_hard) }
                    p { @if due.stage.is_none() { "Agreed for " (weekdays_text(&due.weekdays)) ". " } a.link href={ "/plans/" (due.plan_id) } { "Change, pause or end this" } }
                }
            }
            None => {
                @if view.practised_today > 0 {
                    section.today {
                        @if view.hard_today {
                            h2 { "Nothing more for today" }
                            p { "That was hard. If you would like to talk to somebody, " a href="/help" { "here is who can be reached" } "." }
                        } @else {
                            h2 { "You have practised today" }
                            p { "No more practice is asked of you today." }
                        }
                    }
                    (anything_else(view))
                } @else if view.has_plan && !view.paused.is_empty() {
                    (also(app, view))
                    (anything_else(view))
                } @else if view.has_plan {
                    section.today {
                        h2 { "Nothing is planned for today" }
                        p { "You are free to practise, and free not to." }
                    }
                    (also(app, view))
                    (anything_else(view))
                } @else if let Some(slug) = &view.suggestion {
                    @let minutes = app.content.practice(slug).map_or(2.0, |practice| usual_minutes(practice).min(2.0));
                    (one_thing(app, slug, minutes, None, "", &with("")))
                    @if person.roles.has(Role::Client) {
                        p.soft { "Nothing is agreed with your practitioner yet. This is here if you would like to try." }
                    }
                }
            }
        }
        @if let Some(waiting) = waiting.filter(|_| after_hard) { (guide::pages::card(app, waiting)) }
        @if view.also().all(|due| due.id != UNWANTED) { p.unwanted { a.link href="/me/unwanted-effects" { "Has practising brought anything unwanted?" } } }
    }
}

/// What was planned, where whoever wrote it has taken it back.
fn gone(app: &App, due: &Due) -> Markup {
    let smallest = due.smallest_practice.as_str();
    html! {
        section.today {
            h2 { (title(app, &due.id)) }
            p { "This one is no longer here: whoever wrote it has taken it back. That has nothing to do with you." }
            ul.choices {
                li { a href={ "/something-else?from=" (due.id) } { "Something else" } }
                li { a href={ "/practise/" (smallest) "?minutes=" (due.smallest_minutes) } {
                    (title(app, smallest)) ", " (minutes_text(due.smallest_minutes)) } }
                li { a href={ "/plans/" (due.plan_id) } { "Change or end this plan" } }
                li { a href="/moments" { "It is a hard moment" } }
            }
        }
    }
}

/// Something she agreed to has other words now.
fn changed(titles: &[String]) -> Markup {
    html! {
        @if !titles.is_empty() {
            div.card {
                p { "Some words you agreed to have changed: " @for (place, title) in titles.iter().enumerate() {
                    @if place > 0 { "; " } "“" (title) "”" } "." }
                p.soft { "Your yes still holds. Whenever it suits you, you can read them again, and leave it at that or take it back." }
                p { a.link href="/me#consent" { "Read the words" } }
            }
        }
    }
}

fn one_thing(
    app: &App,
    slug: &str,
    minutes: f64,
    smallest: Option<(&str, f64)>,
    routine: &str,
    (phrases, eyes_open): &(String, bool),
) -> Markup {
    let practice = app.content.practice(slug);
    let (least, most) = practice.map_or((minutes, minutes), |practice| practice.minutes);
    let shorter = (minutes / 2.0).round().max(least);
    html! {
        section.today {
            @if !routine.is_empty() { p.soft.routine { (routine) } }
            h2 { (title(app, slug)) }
            @if let Some(practice) = practice { p { (practice.summary) } }
            form.begin method="get" action={ "/practise/" (slug) } {
                @if !phrases.is_empty() { input type="hidden" name="phrases" value=(phrases); }
                @if *eyes_open { input type="hidden" name="eyes_closed" value="no"; }
                div.minutes data-stepper {
                    label for="minutes" { "Minutes" }
                    input #minutes name="minutes" type="number" inputmode="decimal" step="any"
                        min=(least) max=(most) value=(minutes);
                }
                button.button.large type="submit" { "Begin" }
            }
            ul.choices {
                @if shorter < minutes {
                    li { a href={ "/practise/" (slug) "?minutes=" (shorter) } { "Shorter, " (minutes_text(shorter)) } }
                }
                @if let Some((small, small_minutes)) = smallest {
                    li { a href={ "/practise/" (small) "?minutes=" (small_minutes) } {
                        "On a hard day: " (title(app, small)) ", " (minutes_text(small_minutes)) } }
                }
                li { a href={ "/something-else?from=" (slug) } { "Something else" } }
                li { a href="/practise/soles-ground?minutes=1&begin=yes" { "One minute now: feet on the floor" } }
                li { a href="/moments" { "It is a hard moment" } }
            }
        }
    }
}

/// What a plan is called: its programme, or its practices.
fn name_of(app: &App, plan: &Plan) -> String {
    let programme = plan
        .course
        .as_ref()
        .and_then(|course| app.content.programme(&course.programme));
    let names: Vec<&str> = match programme {
        Some(programme) => vec![programme.title.as_str()],
        None => plan
            .practices()
            .iter()
            .map(|item| title(app, &item.practice))
            .collect(),
    };
    names.join(" and ")
}

/// Where she stands in a programme, after its stage.
fn where_in(app: &App, plan: &Plan, standing: &Standing) -> Markup {
    let programme = plan
        .course
        .as_ref()
        .and_then(|course| app.content.programme(&course.programme));
    html! {
        @if let Some(programme) = programme {
            @let words = standing_text(programme, standing);
            @if !words.is_empty() { span.soft { " · " (words) } }
        }
    }
}

/// What else is open: for today, or for the week.
fn also(app: &App, view: &Today<'_>) -> Markup {
    let items: Vec<&Due> = if view.hard_today {
        Vec::new()
    } else {
        view.also().collect()
    };
    let words = |due: &Due| match due.kind {
        ItemKind::Lesson => app
            .content
            .lesson(&due.id)
            .map_or(due.id.clone(), |lesson| lesson.title.clone()),
        ItemKind::Measure => view.here.get(&due.id).unwrap_or(&due.id).clone(),
        _ => due
            .title
            .clone()
            .unwrap_or_else(|| title(app, &due.id).to_owned()),
    };
    html! {
        @if !items.is_empty() {
            section.also {
                h3 { @if view.now.is_some() { "Also, if there is room" } @else { "If you like" } }
                ul.plain {
                    @for due in items {
                        li data-asked=[(due.kind == ItemKind::Measure).then_some(&due.id)] {
                            @match due.kind {
                                ItemKind::Lesson => { a href={ "/lessons/" (due.id) } { (words(due)) } ", " (minutes_text(due.minutes)) }
                                ItemKind::Measure if due.id == UNWANTED => { a href="/me/unwanted-effects" { "Has it brought anything unwanted? Eight short questions" } }
                                ItemKind::Measure => { a href={ "/measures/" (due.id) } { (words(due)) } ", " (minutes_text(due.minutes.max(1.0))) }
                                _ if view.gone.contains(&due.id) => { (words(due)) span.soft { ", no longer here" } }
                                _ => { a href={ "/practise/" (due.id) "?minutes=" (due.minutes) } { (words(due)) } ", " (minutes_text(due.minutes)) }
                            }
                            span.soft {
                                @if due.id == UNWANTED {} @else if !due.is_for_the_day() { ", some time this week" @if due.times > 1 { " (" (due.times_done) " of " (due.times) ")" } }
                                @else if due.times > 1 { " (" (due.times_done) " of " (due.times) ")" }
                                @if due.optional { ", if you like" }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn anything_else(view: &Today<'_>) -> Markup {
    let mut plans: Vec<&str> = view.due.iter().map(|due| due.plan_id.as_str()).collect();
    plans.dedup();
    html! {
        ul.choices {
            @for plan in plans {
                li { a href={ "/plans/" (plan) } { "Your plan" } }
            }
            li { a href="/practise/soles-ground?minutes=1&begin=yes" { "One minute now: feet on the floor" } }
            li { a href="/practices" { "Another practice" } }
            li { a href="/measures" { "Questions about how you are" } }
            li { a href="/progress" { "Your picture" } }
        }
    }
}

pub(super) fn caseload(
    app: &App,
    person: &Person,
    rows: &[CaseloadRow],
    invitations: &[InvitationRow],
    (first, lacks_help): (&Markup, bool),
) -> Markup {
    let today = day(app.clock.now(), &person.zone);
    html! {
        @if lacks_help {
            p.note { "The help page has no numbers of your place yet. People in distress will look there: please have an owner enter them under Clinic, The help page, before you invite anybody." }
        }
        (first)
        div.heading {
            h1 { "Caseload" }
            a.button href="/invitations/new" { "Invite a client" }
        }
        @if rows.is_empty() {
            p { "Nobody is in your caseload yet. Invite somebody: no e-mail address is needed, only a code." }
        } @else {
            div.scroll tabindex="0" role="region" aria-label="Caseload" {
                table.caseload {
                    caption.sr { "Your clients, whoever needs attention first" }
                    thead { tr {
                        th scope="col" { "Client" } th scope="col" { "Why now" }
                        th scope="col" { "Last" } th scope="col" { "Fit" } th scope="col" { "Eight weeks" }
                    } }
                    tbody {
                        @for row in rows {
                            @let last = row.sittings.last();
                            tr.urgent[row.attention <= Attention::PoorFit] {
                                th scope="row" { a href={ "/clients/" (row.access.client_id()) } { (row.access.name) }
                                    a.brief-link href={ "/clients/" (row.access.client_id()) "/summary" } { "Summary" span.sr { " of " (row.access.name) } } }
                                td { @if row.attention <= Attention::PoorFit { span.sr { "Needs you: " } } (row.why) }
                                @if let Some(last) = last {
                                    td data-label="Last" { @if let Ok(on) = last.started_on.parse() { (ago_text(on, row.today, &person.locale)) } }
                                    td data-label="Fit" { @if let Some(fit) = row.sittings.iter().rev().find_map(|sitting| sitting.fit) { (fit) } @else { "–" } }
                                    td.spark-cell { (progress::pages::spark(&row.sittings, row.today)) }
                                } @else {
                                    td.none colspan="3" {}
                                }
                            }
                        }
                    }
                }
            }
        }
        @if !invitations.is_empty() {
            section {
                h2 { "Invitations that wait" }
                ul.plain {
                    @for invitation in invitations {
                        li.row {
                            span { (invitation.name) span.soft { " until " (date_text(day(invitation.expires_at, &person.zone), today, &person.locale)) } }
                            form method="post" action={ "/invitations/" (invitation.invitation_id) "/revocation" } {
                                button.link type="submit" { "Take back" span.sr { " the invitation for " (invitation.name) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
