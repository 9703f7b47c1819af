//! Alerts on the screen: calm, and no more of an answer than was agreed to.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::Waiting;
use super::rules::{Contact, Kind};
use super::store::{Alert, Event};
use crate::app::App;
use crate::features::people::Person;
use kith_base::web::locale::moment_text;

fn words(alert: &Alert, may_know: bool) -> &'static str {
    alert
        .kind
        .map_or("Something asks for a look.", |kind| kind.words(may_know))
}

/// What waits for somebody, for the top of the page she begins on; nothing when nothing does.
pub fn card(app: &App, person: &Person, waiting: &Waiting) -> Markup {
    let when = |at| moment_text(at, app.clock.now(), &person.zone, &person.locale);
    html! {
        @if !waiting.mine.is_empty() {
            section.alerts aria-labelledby="alerts-wait" {
                h2 #alerts-wait { @if waiting.mine.len() == 1 { "An alert waits for you" } @else { (waiting.mine.len()) " alerts wait for you" } }
                ul.plain {
                    @for (alert, may_know) in &waiting.mine {
                        li {
                            strong { (alert.name) } span.soft { ", " (when(alert.at)) }
                            br; (words(alert, *may_know))
                        }
                    }
                }
                p { a.button href="/alerts" { "Look" } }
            }
        }
        @if waiting.unseen > 0 {
            p.note { (unseen_text(waiting.unseen)) }
        }
    }
}

fn unseen_text(count: i64) -> String {
    match count {
        1 => "One alert in this clinic has not been looked at in time. Please ask whoever looks after clients to open Alerts.".to_owned(),
        many => format!("{many} alerts in this clinic have not been looked at in time. Please ask whoever looks after clients to open Alerts."),
    }
}

/// What the page of alerts shows.
pub(super) struct View {
    pub(super) alerts: Vec<(Alert, bool)>,
    pub(super) events: Vec<Event>,
    /// Clients of whoever looks, and whether each shares with her.
    pub(super) clients: BTreeMap<String, bool>,
    pub(super) contact: Option<Contact>,
    pub(super) unseen: i64,
}

pub(super) fn list(app: &App, person: &Person, view: &View) -> Markup {
    let (open, looked): (Vec<_>, Vec<_>) = view.alerts.iter().partition(|(alert, _)| alert.waits);
    html! {
        h1 { "Alerts" }
        p.soft {
            "Only what went to you is here. Kith sends no message about it: please open this page in your hours."
            @if let Some(contact) = view.contact.as_ref().filter(|contact| contact.person_id == person.person_id) {
                " You are the clinic’s named contact, " (contact.hours_words) ", and have said you look within " (hours_text(contact.response_hours)) "."
            }
        }
        @if view.unseen > 0 { p.note { (unseen_text(view.unseen)) } }
        @if open.is_empty() { p { "Nothing waits for you." } } @else { h2 { "Waiting for you" } }
        @for (alert, may_know) in open { (open_alert(app, person, view, alert, *may_know)) }
        @if !looked.is_empty() {
            section {
                h2 { "Looked at in the last weeks" }
                @for (alert, may_know) in looked { (looked_alert(app, person, view, alert, *may_know)) }
            }
        }
    }
}

/// Whose, when, what about; and the way to the answer itself, for whoever may read it.
fn heading(app: &App, person: &Person, view: &View, (alert, may_know): (&Alert, bool)) -> Markup {
    let place = format!("/clients/{}", alert.person_id);
    let shares = view.clients.get(&alert.person_id).copied();
    let may_read = shares == Some(true) && may_know && alert.kind == Some(Kind::RiskAnswer);
    html! {
        h3 {
            @if shares.is_some() { a href=(place) { (alert.name) } } @else { (alert.name) }
            span.soft { ", " (moment_text(alert.at, app.clock.now(), &person.zone, &person.locale)) }
        }
        p { (words(alert, may_know)) }
        @if may_read {
            p { a.button.quiet href={ (place) "/responses/" (alert.cause_id) } { "Read the answer" span.sr { " of " (alert.name) } } }
        }
    }
}

fn open_alert(app: &App, person: &Person, view: &View, alert: &Alert, may_know: bool) -> Markup {
    let when = |at| moment_text(at, app.clock.now(), &person.zone, &person.locale);
    let note_id = format!("note-{}", alert.alert_id);
    html! {
        article.card.open {
            (heading(app, person, view, (alert, may_know)))
            @match alert.due_at {
                // Whoever else is told has promised no hours.
                Some(_) if alert.kind != Some(Kind::RiskAnswer) => {},
                Some(due_at) => p.soft { "Somebody looks by " (when(due_at)) "." },
                None => p.problem { "Nobody looked in time." },
            }
            @if alert.kind == Some(Kind::RiskAnswer) && !view.clients.contains_key(&alert.person_id) {
                p.soft { "They are not in your caseload, so their page is closed to you. Their practitioner knows how to reach them." }
            }
            form.stack method="post" action={ "/alerts/" (alert.alert_id) "/acknowledgement" } {
                div.field {
                    label for=(note_id) { "A short note, if you like" }
                    p.hint { "For whoever else it went to, such as: I will call them this afternoon." }
                    input id=(note_id) name="note" type="text" maxlength="500" autocomplete="off";
                }
                button.button type="submit" { "I have seen it" span.sr { ": " (alert.name) } }
            }
        }
    }
}

fn looked_alert(app: &App, person: &Person, view: &View, alert: &Alert, may_know: bool) -> Markup {
    let when = |at| moment_text(at, app.clock.now(), &person.zone, &person.locale);
    let events: Vec<_> = view
        .events
        .iter()
        .filter(|event| event.alert_id == alert.alert_id && event.kind != "sent")
        .collect();
    let closed = events.iter().any(|event| event.kind == "closed");
    let note_id = format!("note-{}", alert.alert_id);
    html! {
        article.card {
            (heading(app, person, view, (alert, may_know)))
            ul.plain {
                @for event in &events {
                    li {
                        (when(event.at)) ": "
                        @match event.kind.as_str() {
                            "escalated" => "nobody had looked in time",
                            "closed" => { (event.by.as_deref().unwrap_or("somebody")) " closed it" },
                            _ => { (event.by.as_deref().unwrap_or("somebody")) " looked" },
                        }
                        @if !event.note.is_empty() { ". “" (event.note) "”" }
                    }
                }
            }
            @if !closed {
                details {
                    summary { "Close it" span.sr { ": " (alert.name) } }
                    form.stack method="post" action={ "/alerts/" (alert.alert_id) "/closing" } {
                        div.field {
                            label for=(note_id) { "What came of it" }
                            input id=(note_id) name="note" type="text" maxlength="500" autocomplete="off";
                        }
                        button.button.quiet type="submit" { "Close it" }
                    }
                }
            }
        }
    }
}

fn hours_text(hours: i64) -> String {
    match hours {
        1 => "one of these hours".to_owned(),
        hours => format!("{hours} of these hours"),
    }
}

/// Who looks at the answers of a page that asks about risk, when, and how soon.
pub fn who_looks(contact: Option<&Contact>) -> Markup {
    html! {
        @match contact {
            Some(contact) => p {
                (contact.name()) " looks at these answers " (contact.hours_words)
                ", and within " (hours_text(contact.response_hours)) ". Outside of them nobody does. "
                "If it cannot wait, " a href="/help" { "here is help now" } "."
            },
            None => p {
                "Nobody is watching: in this clinic no person looks at such answers at set hours. So Kith does not ask about thoughts of ending your life, about harming yourself, or whether you are safe at home. "
                "If any of that is so, " a href="/help" { "here is help now" } "."
            },
        }
    }
}
