//! The list of one's recordings, and the page on which one is read.

use kith_content::Practice;
use kith_sound::Fault;
use maud::{Markup, PreEscaped, html};
use serde_json::json;

use super::rules::{self, Line, Read};
use super::{MOST_SECONDS, Own};
use crate::features::library::usual_minutes;
use crate::features::people::{ClientAccess, Person};
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::moment_text;

/// `1 line is`, `12 lines are`.
pub(super) fn lines_text(lines: usize) -> String {
    match lines {
        1 => "1 line is".to_owned(),
        lines => format!("{lines} lines are"),
    }
}

/// What to do about how it was recorded. It is kept all the same.
pub(super) fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::TooLoud => {
            "It was too loud in places and may crackle. A little further from the microphone helps."
        }
        Fault::TooSoft => "It was very soft. A little nearer to the microphone helps.",
    }
}

/// What stands in the audit log, as a sentence's end.
pub(super) fn offered_deed(to: &str) -> &'static str {
    match to {
        "clinic" => "offered a practice in their own voice to the whole clinic",
        "caseload" => "offered a practice in their own voice to their caseload",
        _ => "offered a practice in their own voice",
    }
}

/// 65 seconds as 1:05.
fn clock(seconds: f64) -> String {
    let whole = seconds.round().max(1.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

/// Who hears it, or would.
fn whom(own: &Own<'_>) -> String {
    match (own.recording.offered_to.as_str(), &own.client) {
        (_, Some(client)) => client.name.clone(),
        ("clinic", _) => "everybody in this clinic".to_owned(),
        ("caseload", _) => "your caseload".to_owned(),
        _ if !own.recording.for_id.is_empty() => "somebody you no longer work with".to_owned(),
        _ => "whoever you offer it to".to_owned(),
    }
}

/// How it stands with a recording, in a sentence.
fn state(own: &Own<'_>) -> String {
    let (done, needed) = rules::progress(&own.read);
    let is_offered = !own.recording.offered_to.is_empty();
    let (left, is_whole) = (needed - done, rules::is_complete(&own.read));
    if own.is_over() {
        "Nobody hears it any more.".to_owned()
    } else if is_offered && is_whole {
        format!("In use: heard by {}.", whom(own))
    } else if is_offered {
        format!(
            "The practice has changed: {} to be read anew. Until then another voice speaks.",
            lines_text(left)
        )
    } else if is_whole {
        "All of it is read. Nobody but you hears it yet.".to_owned()
    } else {
        format!("{done} of {needed} lines read.")
    }
}

pub(super) fn recordings(all: &[Own<'_>]) -> Markup {
    html! {
        @if !all.is_empty() {
            h2 { "What you have begun" }
            ul.cards {
                @for own in all {
                    li.card {
                        h3 { a href={ "/recordings/" (own.recording.recording_id) } { (own.title()) } }
                        @if !own.recording.for_id.is_empty() { p.soft { "For " (whom(own)) } }
                        p { (state(own)) }
                    }
                }
            }
        }
    }
}

/// What she agrees to when she begins.
fn promise() -> Markup {
    html! {
        p { "Your voice stays yours. Nobody hears a recording until you offer it, and you can take it back whenever you like, without a reason: it is then removed here, and from each phone the next time that phone is online." }
    }
}

pub(super) fn list(
    recordings: &Markup,
    practices: &[(&Practice, Vec<Line>)],
    clients: &[ClientAccess],
    form: &Form,
) -> Markup {
    let practices: Vec<_> = practices
        .iter()
        .map(|(practice, lines)| {
            let needed = lines.iter().filter(|line| line.wishes.is_none()).count();
            let words = format!("{}, {needed} lines", practice.title);
            (practice.slug.clone(), words)
        })
        .collect();
    let mut whom = vec![(String::new(), "Whoever I offer it to".to_owned())];
    whom.extend(clients.iter().map(|client| {
        (
            client.client_id().to_owned(),
            format!("{} only", client.name),
        )
    }));
    html! {
        h1 { "Your own voice" }
        p.lead { "A practice can be heard in your voice instead of a computer's. You read it line by line; the silences are put between them, as long as somebody has time for." }
        (problems(form))
        (recordings)
        section #begin {
            h2 { "Read a practice" }
            form.stack method="post" action="/recordings" {
                (Field { name: "practice", label: "Practice", hint: "Short ones take a quarter of an hour.", kind: "", more: &[] }
                    .choice(form, &practices))
                (Field { name: "for", label: "For", hint: "", kind: "", more: &[] }.choice(form, &whom))
                (promise())
                button.button type="submit" { "Begin" }
            }
        }
    }
}

pub(super) fn recording(
    person: &Person,
    own: &Own<'_>,
    form: &Form,
    now: i64,
) -> Result<Markup, Error> {
    let is_over = own.is_over();
    Ok(html! {
        div.recording data-state=[is_over.then_some("over")] {
            h1 tabindex="-1" { (own.title()) }
            p.soft { "In your voice, for " (whom(own)) ". " a href="/recordings" { "All your recordings" } }
            (problems(form))
            @if is_over {
                p.note { (state(own)) " You can take it back below." }
            } @else {
                (studio(own)?)
                (offering(person, own, form, now))
                (lines(own))
            }
            (taking_back(own))
        }
    })
}

/// Where the script puts the line to be read. Without one there is the list of lines below.
fn studio(own: &Own<'_>) -> Result<Markup, Error> {
    let lines: Vec<_> = own
        .read
        .iter()
        .map(|read| {
            json!({"cue": read.line.cue, "text": read.line.text, "wishes": read.line.wishes,
                "seconds": read.take.as_ref().map(|take| take.seconds)})
        })
        .collect();
    let pack = json!({"recording": own.recording.recording_id, "lines": lines,
        "most_seconds": MOST_SECONDS});
    // Inside a script element only "<" could end it.
    let pack = serde_json::to_string(&pack)
        .map_err(Error::internal)?
        .replace('<', "\\u003c");
    Ok(html! {
        div data-studio {
            noscript { p.note { "Recording needs scripts, which this browser does not run. What you have read can be heard and taken back all the same." } }
        }
        details.keys {
            summary { "How to read, and keys" }
            p { "Sit as you would with somebody. Read one line, stop, and go on; how long the silences are is decided later. Pauses before and after a line are cut off, and all lines are made equally loud." }
            dl {
                dt { "Space" } dd { "record, and stop" }
                dt { "H" } dd { "hear it" }
                dt { "Enter, right, page down" } dd { "next line" }
                dt { "Left, page up" } dd { "the line before" }
            }
        }
        script #recording type="application/json" { (PreEscaped(pack)) }
    })
}

fn offering(person: &Person, own: &Own<'_>, form: &Form, now: i64) -> Markup {
    let (is_whole, id) = (rules::is_complete(&own.read), &own.recording.recording_id);
    let is_offered = !own.recording.offered_to.is_empty();
    let usual = own.practice.map_or(5.0, usual_minutes);
    let minutes = usual.max(own.least_minutes.map_or(0.0, f64::ceil));
    html! {
        section #offer {
            h2 { "Who hears it" }
            p data-state-words { (state(own)) }
            @if let Some(least) = own.least_minutes {
                p.note { "At your pace it takes at least " (clock(least * 60.0)) ". Whoever has less time hears another voice." }
            }
            div data-when-whole hidden[!is_whole] {
                p { "All of it, as it will be heard:" }
                audio controls preload="none" src={ "/recordings/" (id) "/sound?minutes=" (minutes) } {}
            }
            @if is_offered {
                @if let Some(at) = own.recording.offered_at {
                    p.soft { "Offered " (moment_text(at, now, &person.zone, &person.locale)) ". Whoever hears it sees your name beside it: " (super::label(&person.name)) "." }
                }
                form method="post" action={ "/recordings/" (id) "/offer/withdrawal" } {
                    button.button.quiet type="submit" { "Offer it to nobody for now" }
                }
            } @else {
                form.stack method="post" action={ "/recordings/" (id) "/offer" } data-when-whole hidden[!is_whole && form.problems.is_empty()] {
                    @if own.client.is_some() {
                        input type="hidden" name="to" value="client";
                    } @else {
                        fieldset {
                            legend { "Who may hear it" }
                            @if let Some(problem) = form.problem("to") { p.problem #to { (problem) } }
                            label.tick { input type="radio" name="to" value="caseload" checked[form.raw("to") != "clinic"]; "The people in my caseload" }
                            label.tick { input type="radio" name="to" value="clinic" checked[form.raw("to") == "clinic"]; "Everybody in this clinic" }
                        }
                    }
                    p.soft { "They hear you instead of the computer's voice, and see your name beside it: " (super::label(&person.name)) ". You can take it back at any time." }
                    button.button type="submit" { @match &own.client { Some(client) => { "Offer it to " (client.name) }, None => "Offer it" } }
                }
            }
        }
    }
}

fn lines(own: &Own<'_>) -> Markup {
    let groups = own
        .read
        .chunk_by(|one, other| one.line.wishes == other.line.wishes);
    html! {
        section {
            h2 { "The lines" }
            @for group in groups {
                @let set = group.first().and_then(|read| read.line.wishes.as_deref());
                @if let Some(set) = set {
                    h3 { "Other wishes: " (set) }
                    p.soft { "Only needed if people who choose these wishes are to hear you as well. Until they are read, another voice speaks to them." }
                }
                ol.lines-read { @for read in group { (line(own, read)) } }
            }
        }
    }
}

fn line(own: &Own<'_>, read: &Read) -> Markup {
    html! {
        li data-line=(read.line.cue) data-read[read.take.is_some()] {
            p { (read.line.text) }
            p.soft {
                span data-length { @match &read.take { Some(take) => (clock(take.seconds)), None => "not read yet" } }
                @if read.take.is_some() {
                    " " a data-hear href={ "/recordings/" (own.recording.recording_id) "/takes/" (read.line.cue) "/sound" } {
                        "hear" span.sr { ": " (read.line.text) } }
                }
            }
        }
    }
}

fn taking_back(own: &Own<'_>) -> Markup {
    html! {
        section {
            h2 { "Take it back" }
            details open[own.is_over()] {
                summary { "Remove this recording" }
                form.stack method="post" action={ "/recordings/" (own.recording.recording_id) "/revocation" } {
                    p { "All of it is removed here at once, for everybody. A phone that is not online keeps what it has until it next is; then it goes there too. It cannot be undone." }
                    button.button.quiet type="submit" { "Remove it" }
                }
            }
        }
    }
}
