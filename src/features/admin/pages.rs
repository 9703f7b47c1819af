//! The clinic's pages.

use jiff::civil::Date;
use maud::{Markup, html};

use super::rules::{LEAST_PEOPLE, Week};
use crate::app::App;
use crate::features::alerts;
use crate::features::people::store::{Clinic, InvitationRow, PersonRow};
use crate::features::people::{Person, Role};
use kith_base::audit;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::{LOCALES, date_text, day, moment_text};

/// What a clinic's page says about who looks after people at risk.
pub(super) struct Watch {
    pub(super) waiting: alerts::Waiting,
    pub(super) lacks_help: bool,
    pub(super) asks_risk: bool,
    pub(super) undelivered: i64,
}

pub(super) fn clinic(
    person: &Person,
    clinic: &Clinic,
    weeks: &[Week],
    (colleagues, invitations): (&[PersonRow], &[InvitationRow]),
    (watch, alerts): (&Watch, &Markup),
    today: Date,
) -> Markup {
    html! {
        h1 { (clinic.name) }
        (alerts)
        p.soft { "Numbers about many, never about one: a week in which fewer than " (LEAST_PEOPLE)
            " people practised shows nothing, and only weeks that are over are counted, in round numbers, so that nobody can be recognised." }
        div.scroll tabindex="0" role="region" aria-label="Weeks" {
            table {
                caption.sr { "Practice in the clinic, week by week" }
                thead { tr {
                    th scope="col" { "Week from" } th scope="col" { "People" } th scope="col" { "Times practised, about" }
                    th scope="col" { "Minutes, about" } th scope="col" { "Typical fit" }
                } }
                tbody {
                    @for week in weeks.iter().rev() {
                        tr {
                            th scope="row" { (date_text(week.from, today, &person.locale)) }
                            @match &week.sums {
                                Some(sums) => {
                                    td { (sums.people) } td { (sums.sittings) } td { (sums.minutes.round()) }
                                    td { @if let Some(fit) = sums.fit { (fit) } @else { "–" } }
                                }
                                None => { td colspan="4" { span.soft { "fewer than " (LEAST_PEOPLE) " people" } } }
                            }
                        }
                    }
                }
            }
        }
        @if person.roles.has(Role::Researcher) {
            section {
                h2 { "Studies" }
                p.soft { "No study is set up here." }
            }
        }
        @if person.roles.has(Role::Owner) {
            section {
                h2 { "Running the clinic" }
                ul.choices {
                    li { a href="/clinic/settings" { "Settings" } }
                    li { a href="/clinic/help" { "The help page and its numbers" } }
                    li { a href="/clinic/contact" { "Who looks at answers about risk" } }
                    li { a href="/clinic/systems" { "Other systems" } }
                    li { a href="/questionnaires" { "Questionnaires and their words" } }
                    li { a href="/writing" { "Practices written here" } }
                    li { a href="/clinic/audit" { "Audit log" } }
                }
                @if watch.undelivered > 0 {
                    p.note { "Reminders that could not be delivered in the last 30 days: " (watch.undelivered) ". "
                        code { "kith doctor" } " looks at the mail server; one wrong address counts once a day." }
                }
                @if !watch.asks_risk {
                    p.soft { "Nobody is named who looks at answers about risk, so Kith asks no questions about it." }
                }
                @if watch.lacks_help {
                    p.note { "The help page has no numbers of your place yet. Please enter them: people in distress will look there." }
                }
            }
            section {
                h2 { "Who works here" }
                ul.plain {
                    @for colleague in colleagues {
                        li.row {
                            span { (colleague.name) span.soft { " " (colleague.roles.replace(' ', ", ")) } }
                            @if colleague.person_id != person.person_id {
                                details {
                                    summary { "Leaving" span.sr { ": " (colleague.name) } }
                                    form method="post" action={ "/clinic/people/" (colleague.person_id) "/ending" } {
                                        p { (colleague.name) " will be signed out and cannot sign in again. What was done stays." }
                                        button.button.quiet type="submit" { "Yes, " (colleague.name) " has left" }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            section {
                h2 { "Invite a colleague" }
                form.stack method="post" action="/clinic/invitations" {
                    (Field { name: "name", label: "Name", hint: "", kind: "text",
                        more: &[("required", ""), ("maxlength", "60"), ("autocomplete", "off")] }.show(&Form::default()))
                    fieldset {
                        legend { "What they will do here" }
                        @for role in [Role::Practitioner, Role::Lead, Role::Researcher, Role::Owner] {
                            label.tick { input type="checkbox" name="role" value=(role.word()); (role.word()) }
                        }
                    }
                    button.button.quiet type="submit" { "Make the invitation" }
                }
                @if !invitations.is_empty() {
                    h3 { "Invitations that wait" }
                    ul.plain {
                        @for invitation in invitations {
                            li.row {
                                span { (invitation.name) " (" (invitation.roles) ")"
                                    span.soft { " until " (date_text(day(invitation.expires_at, &person.zone), today, &person.locale)) } }
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
}

pub(super) fn settings(form: &Form) -> Markup {
    let locales: Vec<_> = LOCALES
        .iter()
        .map(|(tag, words)| ((*tag).to_owned(), (*words).to_owned()))
        .collect();
    let text = |name, label, hint| {
        Field {
            name,
            label,
            hint,
            kind: "text",
            more: &[("autocomplete", "off")],
        }
        .show(form)
    };
    html! {
        h1 { "Settings" }
        (problems(form))
        form.stack method="post" action="/clinic/settings" {
            (text("name", "Name of the clinic", ""))
            (text("zone", "Time zone", "Such as Europe/Madrid."))
            (Field { name: "locale", label: "Language and dates", hint: "", kind: "", more: &[] }.choice(form, &locales))
            button.button type="submit" { "Keep these" }
        }
        p { a.link href="/clinic/help" { "The help page and its numbers" } }
    }
}

pub(super) fn audit(app: &App, person: &Person, entries: &[audit::Entry]) -> Markup {
    html! {
        h1 { "Audit log" }
        p.soft { "The newest 500 entries. Nothing here can be changed or removed." }
        div.scroll tabindex="0" role="region" aria-label="Audit log" {
            table {
                thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" } } }
                tbody {
                    @for entry in entries {
                        tr {
                            td { (moment_text(entry.at, app.clock.now(), &person.zone, &person.locale)) }
                            td { (entry.actor.as_deref().unwrap_or("–")) }
                            td { (entry.action) }
                        }
                    }
                }
            }
        }
    }
}
