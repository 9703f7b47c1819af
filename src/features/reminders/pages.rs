//! The page on which somebody chooses, and the few that letters lead to.

use maud::{Markup, html};

use super::routes::View;
use super::rules::{self, Reminder, State, WORDS};
use super::{can_push, sends_mail};
use crate::app::App;
use crate::features::people::Person;
use crate::features::plans::rules::weekdays_text;
use kith_base::mail::Letter;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::{date_text, day, moment_text};

pub(super) fn reminders(app: &App, person: &Person, view: &View, form: &Form) -> Markup {
    html! {
        h1 { "Reminders" }
        (problems(form))
        @match &view.reminder {
            None => p.lead { "One short message a day, if you would like that. You choose when; it never says what it is about." },
            Some(reminder) if reminder.state == State::Asked => (question(true)),
            Some(reminder) => p.lead { (stands(app, person, view, reminder)) },
        }
        (settings(app, view, form))
        @if let Some(reminder) = &view.reminder {
            (mail(app, view, reminder))
            (devices(app, person, view))
            (calendar(app, person, view))
            @if reminder.state == State::Running {
                section {
                    h2 { "Less, or none" }
                    p.soft { "Nobody is told, and you can begin again whenever you like." }
                    div.row {
                        (button("/reminders/pause", "Pause for a week"))
                        (button("/reminders/ending", "Stop reminders"))
                    }
                }
            }
        }
    }
}

fn button(action: &str, words: &str) -> Markup {
    html! { form method="post" action=(action) { button.button.quiet type="submit" { (words) } } }
}

/// Where her reminders stand, in a sentence.
fn stands(app: &App, person: &Person, view: &View, reminder: &Reminder) -> String {
    let now = app.clock.now();
    let today = day(now, &person.zone);
    let confirmed = view
        .address
        .as_ref()
        .is_some_and(|address| address.confirmed_at.is_some());
    let ways = (
        reminder.by_mail && confirmed,
        !view.devices.is_empty(),
        view.calendar.is_some(),
    );
    match (reminder.state, reminder.paused_until) {
        (State::Stopped, _) => "Reminders are off.".to_owned(),
        (_, Some(until)) if until > today => {
            format!("Quiet until {}.", date_text(until, today, &person.locale))
        }
        _ if ways == (false, false, false) => {
            "Your time is kept. Now choose how the message reaches you.".to_owned()
        }
        _ => {
            let routine = match reminder.routine.as_str() {
                "" => String::new(),
                routine => format!(", {routine}"),
            };
            let days = weekdays_text(&view.weekdays);
            format!("At {} {days}{routine}.", rules::time_text(reminder.minute))
        }
    }
}

/// The one question, when three were not followed.
pub(super) fn question(on_page: bool) -> Markup {
    html! {
        div.card.offer {
            @if on_page { h2 { "Shall the reminders go on?" } } @else { p { strong { "Shall the reminders go on?" } } }
            p { "The last three passed without a moment for them, and that is fine. No more are sent until you choose." }
            div.row {
                (button("/reminders/pause", "Pause for a week"))
                @if on_page { a.button.quiet href="#time" { "Another time" } }
                @else { a.button.quiet href="/reminders#time" { "Another time" } }
                (button("/reminders/smaller", "Something smaller"))
                (button("/reminders/ending", "Stop them"))
            }
        }
    }
}

fn settings(app: &App, view: &View, form: &Form) -> Markup {
    let texts: Vec<(String, String)> = WORDS
        .iter()
        .map(|(key, words)| ((*key).to_owned(), (*words).to_owned()))
        .collect();
    let time = [("required", "")];
    let keeps = match view.reminder.as_ref().map(|reminder| reminder.state) {
        Some(State::Running) => "Keep these",
        Some(_) => "Keep these and begin again",
        None => "Keep these and go on",
    };
    html! {
        section #settings {
            h2 { "When, and what it says" }
            form.stack method="post" action="/reminders" {
                (Field { name: "time", label: "At", hint: "", kind: "time", more: &time }.show(form))
                (Field { name: "routine", label: "After which routine",
                    hint: "Something that happens anyway about then, such as after breakfast. Only you see this, and only here.",
                    kind: "text", more: &[("maxlength", "120"), ("autocomplete", "off")] }.show(form))
                (Field { name: "words", label: "The message", hint: "This is all that shows on a locked screen.",
                    kind: "", more: &[] }.choice(form, &texts))
                label.tick {
                    input type="checkbox" name="only_if_not_yet" value="yes" checked[form.ticked("only_if_not_yet")];
                    "Only if I have not practised yet that day"
                }
                details open[form.problem("quiet_from").or(form.problem("quiet_until")).or(form.problem("time")).is_some()] {
                    summary { "Quiet hours" }
                    p.hint { "Nothing is sent between these two, whatever happens. The same time twice: no quiet hours." }
                    (Field { name: "quiet_from", label: "From", hint: "", kind: "time", more: &time }.show(form))
                    (Field { name: "quiet_until", label: "Until", hint: "", kind: "time", more: &time }.show(form))
                }
                @if sends_mail(app) {
                    fieldset {
                        legend { "By e-mail" }
                        label.tick {
                            input type="checkbox" name="by_mail" value="yes" checked[form.ticked("by_mail")];
                            "Send it to this address"
                        }
                        (Field { name: "address", label: "Address",
                            hint: "One letter asks there first whether it is yours. Empty it to have it forgotten.",
                            kind: "email", more: &[("autocomplete", "email"), ("maxlength", "254")] }.show(form))
                    }
                } @else {
                    p.soft { "This Kith has no mail server, so reminders cannot come by e-mail." }
                }
                button.button type="submit" { (keeps) }
            }
        }
    }
}

fn mail(app: &App, view: &View, reminder: &Reminder) -> Markup {
    let Some(address) = view.address.as_ref().filter(|_| sends_mail(app)) else {
        return html! {};
    };
    let remembered = app.config.mailer.remembered(&address.address);
    html! {
        section #mail {
            h2 { "E-mail" }
            @if address.refused_at.is_some() {
                p.note { "The last letter to " strong { (address.address) } " was refused there. Please look at the address again." }
            } @else if address.confirmed_at.is_none() {
                p { "A letter is on its way to " strong { (address.address) } ". Nothing else is sent until you have opened the link in it." }
            } @else if reminder.by_mail {
                p { "The message goes to " strong { (address.address) } "." }
            } @else {
                p { strong { (address.address) } " is kept, and nothing is sent there." }
            }
            @if address.confirmed_at.is_none() {
                (button("/reminders/mail/letter", "Send that letter again"))
            }
            @if app.config.demo && let Some(letters) = &remembered { (remembered_letters(letters)) }
        }
    }
}

/// In the demo no letter leaves the machine; here is what would have.
fn remembered_letters(letters: &[Letter]) -> Markup {
    html! {
        p.hint { "In this demo no letter leaves the machine. This is what would have been sent, within half a minute:" }
        @if letters.is_empty() { p.soft { "Nothing yet." } }
        @for letter in letters.iter().take(5) {
            details {
                summary { (letter.subject) }
                @for line in letter.text.lines().filter(|line| !line.is_empty()) {
                    p {
                        @match line.find("http") {
                            Some(at) => { (line[..at]) a.link href=(line[at..]) { (line[at..]) } }
                            None => (line),
                        }
                    }
                }
            }
        }
    }
}

fn devices(app: &App, person: &Person, view: &View) -> Markup {
    let now = app.clock.now();
    let is_this = |device: &super::store::Device| Some(&device.login_hash) == view.login.as_ref();
    html! {
        section #devices {
            h2 { "Notifications" }
            @if !can_push(app) {
                p.soft {
                    @if app.config.demo { "In this demo no notification is sent." }
                    @else { "Notifications need this Kith to be reached by https, and it is not." }
                }
            } @else {
                @if !view.devices.is_empty() {
                    ul.plain {
                        @for device in &view.devices {
                            li.row {
                                span {
                                    @if is_this(device) { "This device" } @else { "Another device" }
                                    span.soft { ", since " (moment_text(device.made_at, now, &person.zone, &person.locale)) }
                                }
                                (button(&format!("/reminders/devices/{}/ending", device.device_id), "Stop on it"))
                            }
                        }
                    }
                }
                @if !view.devices.iter().any(is_this) {
                    div data-push=[view.key.as_ref()] {
                        p.soft data-push-cannot { "Your browser has to run scripts and take notifications for this. On an iPhone, add Kith to the home screen first." }
                        button.button.quiet type="button" data-push-begin hidden { "Notify me on this device" }
                        p role="status" data-push-said {}
                    }
                }
                p.hint { "It ends by itself when you sign out on the device." }
            }
        }
    }
}

fn calendar(app: &App, person: &Person, view: &View) -> Markup {
    let now = app.clock.now();
    html! {
        section #calendar {
            h2 { "Calendar" }
            @match view.calendar {
                Some(made_at) => {
                    p { "Your calendar has had an address to fetch the times from since "
                        (moment_text(made_at, now, &person.zone, &person.locale)) "." }
                    div.row {
                        (button("/reminders/calendar", "Make a new address"))
                        (button("/reminders/calendar/revocation", "End it"))
                    }
                    p.hint { "A new address ends the old one." }
                }
                None => {
                    p { "A secret address that your calendar fetches the times from. How soon it notices a change is up to the calendar, often a day." }
                    (button("/reminders/calendar", "Make an address"))
                }
            }
        }
    }
}

/// The calendar's address, this once.
pub(super) fn new_calendar(address: &str) -> Markup {
    html! {
        h1 { "Your calendar's address" }
        p { "Add it in your calendar as a subscription (“from URL”). It is shown only now." }
        div.field data-copy {
            label for="address" { "Address" }
            input #address type="text" readonly value=(address) data-select;
        }
        p.note { "Anyone with this address can see when you practise, not what." }
        p { a.button href="/reminders#calendar" { "Done" } }
    }
}

pub(super) fn confirmation() -> Markup {
    html! {
        h1 { "Is this address yours?" }
        p { "Somebody who gave it asked for one short message a day." }
        form method="post" { button.button type="submit" { "Yes, send it here" } }
        p.soft { "If it was not you, close this page. Nothing will be sent." }
    }
}

pub(super) fn confirmed() -> Markup {
    html! {
        h1 { "Thank you" }
        p { "The message will come here. Every letter has a link that ends it." }
        p { a.button href="/reminders" { "Go on" } }
    }
}

pub(super) fn leave() -> Markup {
    html! {
        h1 { "No more letters?" }
        p { "Nothing more will be sent to this address, and it is forgotten here." }
        form method="post" { button.button type="submit" { "No more letters" } }
    }
}

pub(super) fn left() -> Markup {
    html! {
        h1 { "That is done" }
        p { "No more letters will be sent to this address. You can close this page." }
    }
}
