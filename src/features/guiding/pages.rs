//! Pages for the room: text to read aloud, cards, and a summary.

use jiff::civil::Date;
use kith_content::{CueKind, Guided, Listener, Practice, Rationale};
use maud::{Markup, PreEscaped, html};
use serde_json::json;

use super::rules::{Brief, Change, Record};
use crate::app::App;
use crate::features::library::title;
use crate::features::people::ClientAccess;
use crate::features::plans::pages::short_summary;
use crate::features::progress::pages::{barrier_text, effect_text, spark};
use crate::features::progress::rules::Attention;
use crate::features::sittings::Sitting;
use kith_base::error::Error;
use kith_base::web::locale::minutes_text;

/// 90 seconds as 1:30.
fn clock(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

pub(super) fn teleprompter(practice: &Practice, told: &Guided) -> Result<Markup, Error> {
    let pack = json!({"title": practice.title, "seconds": told.seconds, "cues": told.cues,
        "notes": told.notes, "notes_after": told.notes_after});
    // Inside a script element only "<" could end it.
    let pack = serde_json::to_string(&pack)
        .map_err(Error::internal)?
        .replace('<', "\\u003c");
    Ok(html! {
        div.aloud data-teleprompter {
            h1 tabindex="-1" { (practice.title) }
            p.lead { "To read aloud, " (minutes_text(told.minutes)) "." }
            @for caution in &practice.cautions { p.note { (caution) } }
            p.soft { "Read each line when it comes and let the silence after it be. You can make a silence longer or shorter, or hold it: the others give or take the time. Nothing is recorded." }
            div data-begin {}
            @for note in &told.notes { p.aside { (note) } }
            details.keys {
                summary { "Keys" }
                dl {
                    dt { "Space, right, page down" } dd { "next line now" }
                    dt { "Left, page up" } dd { "back" }
                    dt { "P" } dd { "hold the silence, and let it go" }
                    dt { "Up, down" } dd { "this silence five seconds longer, shorter" }
                    dt { "Escape" } dd { "leave" }
                }
            }
            section {
                h2 { "The whole text" }
                form.row method="get" {
                    label for="minutes" { "Minutes" }
                    input #minutes name="minutes" type="number" inputmode="decimal" step="any"
                        min=(told.range[0]) max=(told.range[1]) value=(told.minutes);
                    button.button.quiet type="submit" { "Fit it to these" }
                }
                (script(told))
            }
        }
        script #reading type="application/json" { (PreEscaped(pack)) }
    })
}

/// The text with its times, for whoever has no script, or paper.
fn script(told: &Guided) -> Markup {
    let sections = told.cues.iter().map(|cue| cue.cue.section.as_str());
    let before = [""].into_iter().chain(sections);
    html! {
        @for (cue, before) in told.cues.iter().zip(before) {
            @if cue.cue.section != before { h3 { (cue.cue.section) } }
            @for note in &cue.notes { p.aside { (note) } }
            div.line {
                span.at { (clock(cue.cue.at)) }
                p { @match cue.cue.kind { CueKind::Bell => "(bell)", CueKind::Speech => (cue.cue.text) } }
                @if cue.silence >= 0.5 { span.quiet { (cue.silence.round()) " seconds of silence" } }
            }
        }
        @for note in &told.notes_after { p.aside { (note) } }
        p.soft { (clock(told.seconds)) " end" }
    }
}

fn listener(audience: Listener) -> &'static str {
    match audience {
        Listener::Client => "To a client",
        Listener::Colleague => "To a colleague",
        Listener::Supervisor => "To a supervisor",
    }
}

pub(super) fn rationales(app: &App) -> Markup {
    html! {
        h1 { "Words to say why" }
        p.lead { "Short answers to people who doubt, with the numbers behind them and what they do not show." }
        p.soft { "Say them your own way. Each can be printed by itself." }
        p { a.link href="/evidence" { "What studies found" } " " a.link href="/handouts" { "A page to hand over" } }
        @for audience in [Listener::Client, Listener::Supervisor, Listener::Colleague] {
            @let those: Vec<_> = app.content.rationales().iter().filter(|card| card.audience == audience).collect();
            @if !those.is_empty() {
                section {
                    h2 { (listener(audience)) }
                    ul.cards.rationales {
                        @for card in those {
                            li.card {
                                h3 { a href={ "/rationale/" (card.id) } { (card.title) } }
                                p.soft { (card.when) " · " (card.seconds) " seconds" }
                                @for text in &card.text { p { (text) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn rationale(app: &App, card: &Rationale) -> Markup {
    let source = |id: &str| app.content.sources().iter().find(|source| source.id == id);
    html! {
        article.rationale {
            p.soft { (listener(card.audience)) " · " (card.seconds) " seconds" }
            h1 { (card.title) }
            p.soft { (card.when) }
            @for text in &card.text { p.said { (text) } }
            @if !card.numbers.is_empty() {
                h2 { "The numbers behind it" }
                ul {
                    @for number in &card.numbers {
                        li { (number.words) ". "
                            @if let Some(source) = source(&number.source) {
                                a href=(source.url) rel="noopener noreferrer" { (source.title) }
                            } }
                    }
                }
            }
            h2 { "What it does not show" }
            p { (card.limit) }
        }
        p { a.link href="/rationale" { "All of them" } }
    }
}

fn times_text(times: usize) -> String {
    match times {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        times => format!("{times} times"),
    }
}

pub(super) fn summary(
    app: &App,
    access: &ClientAccess,
    brief: &Brief,
    sittings: Option<&[Sitting]>,
    scores: &[(String, String)],
    today: Date,
) -> Markup {
    html! {
        div.summary {
            div.heading {
                h1 { (access.name) }
                @if let Some(sittings) = sittings.filter(|sittings| !sittings.is_empty()) {
                    (spark(sittings, today))
                }
            }
            @if !brief.why.is_empty() {
                p.note[brief.attention <= Attention::PoorFit] { strong { (brief.why) } }
            }
            dl.facts {
                (fact(if brief.is_offer { "Offered" } else { "Agreed" }, html! {
                    @if let Some(plan) = &brief.agreed {
                        (short_summary(app, plan))
                        @if brief.more_agreed > 0 { ", and " (brief.more_agreed) " more" }
                    } @else { "nothing" }
                }))
                @if let Some(record) = &brief.record { (facts(app, record, only_practice(brief))) }
                @for (name, words) in scores { (fact(name, html! { (words) })) }
            }
            @if brief.record.is_none() { p.soft { "What they practised is not shared with you." } }
            p.opening { span.soft { "To open with: " } (brief.question.words()) }
        }
        p.onward { a.link href={ "/clients/" (access.client_id()) } { "The whole page" } }
    }
}

fn fact(name: &str, value: Markup) -> Markup {
    html! { div { dt { (name) } dd { (value) } } }
}

/// The practice of what was agreed, where it is a single one.
fn only_practice(brief: &Brief) -> Option<&str> {
    let practices = brief.agreed.as_ref()?.practices();
    practices.first().map(|item| item.practice.as_str())
}

/// `agreed` is the practice named above: its title need not be read twice.
fn facts(app: &App, record: &Record, agreed: Option<&str>) -> Markup {
    let fit = |practice: &str, fit: f64| {
        if agreed == Some(practice) {
            html! { (fit) " of 10" }
        } else {
            html! { (title(app, practice)) " (" (fit) " of 10)" }
        }
    };
    html! {
        @match record.kept {
            Some((kept, of)) => (fact("Kept", html! { (kept) " of " (of) @if of == 1 { " day" } @else { " days" } })),
            None => (fact("Practised", html! { (record.days) " of 14 days" })),
        }
        @if let Some(left) = record.left { (fact("Left them", html! { "mostly " (effect_text(Some(left))) })) }
        @if let Some((practice, given)) = &record.fits { (fact("Fits", fit(practice, *given))) }
        @if let Some((practice, given)) = &record.misfits { (fact("Does not fit", fit(practice, *given))) }
        @if let Some((code, times)) = &record.barrier {
            (fact("In the way", html! { "“" (barrier_text(app, Some(code.as_str()))) "”, " (times_text(*times)) }))
        }
        @if let Some(change) = record.change {
            (fact("Before that", match change {
                Change::Days(before, _) => html! { (before) " of 14 days" },
                Change::Fit(before, now) => html! { "fit " (before) ", now " (now) },
            }))
        }
    }
}
