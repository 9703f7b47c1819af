//! Questions and what followed from the answers, said plainly.

use jiff::civil::Date;
use kith_content::{Effect, Signal};
use maud::{Markup, html};

use super::rules::{BY_SCREENING, Decision, Outcome, Step, asks_again};
use super::store::{Check, Screening};
use super::{Limits, Overview};
use crate::app::App;
use crate::features::alerts::{Contact, who_looks};
use crate::features::people::{ClientAccess, Person};
use kith_base::web::form::Form;
use kith_base::web::layout::problems;
use kith_base::web::locale::{ago_text, date_text, day, minutes_text, moment_text};

/// Why a plan is paused, as the end of "Your plan is paused, because …".
pub(super) fn why_paused(cause: &str) -> &'static str {
    match cause {
        "much-worse-twice" => "practice left you much worse more than once within a week",
        "red-screening" => "of what you answered before the programme",
        _ => "something unwanted was hard to bear, lasted, or got in the way of your day",
    }
}

/// Who was told of something, said to the person it is about.
fn told(app: &App, person: &Person, names: &str, looks_by: Option<i64>) -> Markup {
    let when = |at| moment_text(at, app.clock.now(), &person.zone, &person.locale);
    html! {
        @if names.is_empty() {
            p { "Nobody has been told of it: you have not agreed that anybody is, or nobody is there to be. If you would like somebody to know, please tell them yourself." }
        } @else {
            p { (names) " will find a note that something asks for a look. "
                @match looks_by {
                    Some(at) => { "They have said they look by " (when(at)) ". " }
                    None => { "They may only see it when they next sign in. " }
                }
                "Please do not wait for a call if you need somebody now." }
        }
    }
}

fn end_button(kind: &str, words: &str) -> Markup {
    html! {
        form method="post" action="/me/safety-steps/ending" {
            input type="hidden" name="kind" value=(kind);
            button.button.quiet type="submit" { (words) }
        }
    }
}

/// A pause that holds, why, who knows, and how it goes on.
fn paused(app: &App, person: &Person, step: &Step, overview: &Overview) -> Markup {
    let rules = &app.content.safety().rules;
    let red = step.cause == "red-screening";
    html! {
        p { "Your plan is paused, because " (why_paused(&step.cause)) ". Nothing is asked of you meanwhile. It is no failure: it is what a pause is for." }
        @if red && overview.decided.is_some() { (decided(app, person, overview)) } @else { (told(app, person, &step.told, step.looks_by_at)) }
        p { a.button href="/help" { "Help now" } }
        @if red {
            p { "It goes on when you and your practitioner have talked and they have written down what you decided, or when you answer the questions again and the answers have changed." }
            p { a.link href="/me/screening" { "Answer again" } }
        } @else {
            p { "When you want to go on, you can. For " (rules.restart_days) " days it is then light practices only." }
            (end_button("pause", "Go on, gently"))
        }
    }
}

/// What Today says first about a pause, or about what is lighter for now; nothing when nothing holds.
pub fn for_today(app: &App, person: &Person, overview: &Overview, today: Date) -> Markup {
    let limits = overview.limits(&app.content, today);
    html! {
        @if let Some(step) = overview.pause(today) {
            section.card.paused { h2 { "A pause" } (paused(app, person, step, overview)) }
        } @else if !limits.because.is_empty() {
            p.soft { (limits_text(&limits)) " " a href=(limits_place(&limits)) { "More, and how to change it" } }
        }
        @if let Some(screening) = &overview.screening {
            @if asks_again(screening.result, screening.on, today, &app.content.safety().rules) {
                p { a href="/me/screening" { "The questions before a programme, once more" } " would be good to have: it has been a week." }
            }
        }
    }
}

fn limits_place(limits: &Limits) -> &'static str {
    if limits.because == BY_SCREENING {
        "/me/screening"
    } else {
        "/me/unwanted-effects"
    }
}

fn limits_text(limits: &Limits) -> String {
    let what = match (limits.minutes_most, limits.load_most) {
        (Some(minutes), 1) => format!("Light practices only, up to {}", minutes_text(minutes)),
        (Some(minutes), _) => format!("Up to {}", minutes_text(minutes)),
        (None, 1) => "Light practices only".to_owned(),
        (None, _) => "A little lighter".to_owned(),
    };
    format!("{what} for now, because {}.", limits.because)
}

const LEVELS: [(&str, &str); 4] = [
    ("0", "Not at all"),
    ("1", "A little"),
    ("2", "Quite a bit"),
    ("3", "Very much"),
];

pub(super) fn unwanted(app: &App, person: &Person, overview: &Overview) -> Markup {
    let today = day(app.clock.now(), &person.zone);
    let safety = app.content.safety();
    html! {
        h1 { "Unwanted effects" }
        @if let Some(check) = overview.checks.last() { (followed(app, person, overview, check, today)) }
        @if let Some(step) = overview.steps.iter().rev().find(|step| step.kind == "restart" && step.holds(today)) {
            section.card.result {
                h2 { "Beginning again" }
                p { "Light practices come first until " (date_text(step.to_on.unwrap_or(today), today, &person.locale)) ", because there was a pause. You can change that." }
                (end_button("restart", "Back to what was planned"))
            }
        }
        // One sentence before the ticks; the figures after them, for whoever wants to know.
        @if let Some(paragraph) = safety.unwanted_text.first() { p { (paragraph) } }
        @if safety.effects.is_empty() {
            p.note { "The checklist cannot be read in this clinic just now. If something weighs on you, " a href="/help" { "here is help" } "." }
        } @else {
            form.stack method="post" action="/me/unwanted-effects" {
                fieldset.effects {
                    legend { "Since you last looked, did practising bring any of these?" }
                    p.hint { "Tick what was there. Leave the rest." }
                    @for effect in &safety.effects { (effect_question(effect)) }
                }
                button.button type="submit" { "Keep this" }
            }
            p.soft { "You can stop any practice in the middle, and " a href="/help" { "help" } " is always open." }
        }
        @if safety.unwanted_text.len() > 1 {
            details {
                summary { "How common is it?" }
                @for paragraph in safety.unwanted_text.iter().skip(1) { p { (paragraph) } }
            }
        }
    }
}

fn effect_question(effect: &Effect) -> Markup {
    html! {
        div.effect #(effect.id) {
            label.tick { input type="checkbox" name=(effect.id) value="yes"; (effect.words) }
            div.more {
                fieldset {
                    legend.sr { (effect.words) ": " "how bothersome" }
                    div.levels {
                        span aria-hidden="true" { "It bothered me" }
                        @for (value, words) in LEVELS {
                            label.tick { input type="radio" name={ (effect.id) "-bothersome" } value=(value); (words) }
                        }
                    }
                }
                label.tick { input type="checkbox" name={ (effect.id) "-lasting" } value="yes"; "It lasted for more than a day" span.sr { ": " (effect.words) } }
            }
        }
    }
}

/// What followed from the newest look at the checklist.
fn followed(app: &App, person: &Person, overview: &Overview, check: &Check, today: Date) -> Markup {
    let step = overview
        .steps
        .iter()
        .find(|step| step.cause == "unwanted-effect" && step.cause_id == check.check_id);
    let rules = &app.content.safety().rules;
    html! {
        section.card.result {
            h2 { "Last time, " (ago_text(check.on, today, &person.locale)) }
            @match (check.outcome, step) {
                (Outcome::None, _) => p { "You noticed none of these. Nothing changes." },
                (Outcome::Noted, _) => p { "You noticed something, and it did not bother you. Nothing changes. If it does, come back here." },
                (Outcome::Pause, Some(step)) if step.holds(today) => (paused(app, person, step, overview)),
                (Outcome::Soften | Outcome::Swap, Some(step)) if step.holds(today) => {
                    p { "Thank you for saying so. For " (rules.soften_days) " days, until "
                        (date_text(step.to_on.unwrap_or(today), today, &person.locale)) ", "
                        @if let Some(minutes) = step.minutes_most { "your minutes are halved, to " (minutes_text(minutes)) " at most, and " }
                        "light practices come first. Nobody else was told." }
                    @if check.outcome == Outcome::Swap {
                        p { "Something of another kind may suit you better, too." }
                        p { a.button href="/something-else" { "Something else" } }
                    }
                    (end_button("soften", "Back to the usual length"))
                },
                _ => p { "What was changed for you then has ended." },
            }
        }
    }
}

/// What a screening page must know besides.
pub(super) struct Asking {
    pub(super) contact: Option<Contact>,
    pub(super) may_be_contacted: bool,
    /// The form came back without any answer.
    pub(super) unanswered: bool,
}

/// How many of the questions that were asked have no answer.
fn left_out(app: &App, screening: &Screening) -> usize {
    let questions = app.content.safety().questions.iter();
    questions
        .filter(|question| screening.risk_asked || !question.risk)
        .filter(|question| !screening.answers.iter().any(|(id, _)| *id == question.id))
        .count()
}

fn questions_text(count: usize) -> String {
    match count {
        1 => "one question".to_owned(),
        many => format!("{many} questions"),
    }
}

pub(super) fn screening(
    app: &App,
    person: &Person,
    overview: &Overview,
    asking: &Asking,
    form: &Form,
) -> Markup {
    let safety = app.content.safety();
    let asked: Vec<_> = safety
        .questions
        .iter()
        .filter(|question| asking.contact.is_some() || !question.risk)
        .collect();
    html! {
        h1 { "Before a programme" }
        @if asking.unanswered { p.note role="status" { "Nothing was answered, so nothing has changed." } }
        @if let Some(screening) = &overview.screening { (result(app, person, overview, screening)) }
        @if asked.is_empty() {
            p.note { "The questions cannot be read in this clinic just now. Please talk with your practitioner before a programme." }
        } @else {
            @for paragraph in &safety.screening_text { p { (paragraph) } }
            div.note {
                (who_looks(asking.contact.as_ref()))
                @if asking.contact.is_some() && !asking.may_be_contacted {
                    p { "You have not agreed to be contacted, so nobody is told of an answer about risk. You can " a href="/me#consent" { "change that" } "." }
                }
            }
            (problems(form))
            form.stack.questions method="post" action="/me/screening" {
                @for question in asked {
                    fieldset #(question.id) {
                        legend { (question.ask) }
                        @for answer in &question.answers {
                            label.tick { input type="radio" name=(question.id) value=(answer.id); (answer.words) }
                        }
                        label.tick.soft { input type="radio" name=(question.id) value="" checked; "I leave this out" }
                    }
                }
                button.button type="submit" { "Keep my answers" }
                button.button.quiet type="submit" name="leave" value="all" { "Leave them all out" }
            }
        }
    }
}

fn result(app: &App, person: &Person, overview: &Overview, screening: &Screening) -> Markup {
    let today = day(app.clock.now(), &person.zone);
    let rules = &app.content.safety().rules;
    let left_out = left_out(app, screening);
    html! {
        section.card.result {
            h2 { "Your answers, " (ago_text(screening.on, today, &person.locale)) }
            @match screening.result {
                Signal::Green if screening.answers.is_empty() => p { "You left the questions out. Nothing has changed. If you want to answer them, you can at any time." },
                Signal::Green if left_out > 0 => p { "You left out " (questions_text(left_out)) ". Nothing in what you answered asks for more care than usual. If that changes, answer again." },
                Signal::Green => p { "Nothing in them asks for more care than usual. If that changes, answer again." },
                Signal::Amber => {
                    @if left_out > 0 { p { "You left out " (questions_text(left_out)) "; what you answered to them before still counts." } }
                    p { "They ask for a gentle beginning: light practices only, up to " (minutes_text(rules.minutes))
                        ", and with open eyes unless you want it otherwise. It would be good to talk about it with your practitioner. The questions come again in a week." }
                    @if !screening.told.is_empty() { (told(app, person, &screening.told, screening.looks_by_at)) }
                    p { a.button.quiet href="/help" { "Help now" } }
                },
                Signal::Red => {
                    @if left_out > 0 { p { "You left out " (questions_text(left_out)) "; what you answered to them before still counts." } }
                    @if let Some(step) = overview.pause(today) { (paused(app, person, step, overview)) }
                    @else {
                        p { "They say that a lot is weighing on you." }
                        @if overview.decided.is_some() { (decided(app, person, overview)) } @else { (told(app, person, &screening.told, screening.looks_by_at)) }
                        p { a.button href="/help" { "Help now" } }
                    }
                    p { "Grounding, help and every light practice stay open to you." }
                },
            }
        }
    }
}

/// What a clinician decided, said to the client.
fn decided(app: &App, person: &Person, overview: &Overview) -> Markup {
    html! {
        @if let Some(decided) = &overview.decided {
            p { (decided.by.as_deref().unwrap_or("A practitioner")) " decided, "
                (moment_text(decided.at, app.clock.now(), &person.zone, &person.locale)) ": "
                (decided.decision.words()) ". “" (decided.reason) "”" }
        }
    }
}

fn signal_words(signal: Signal) -> &'static str {
    match signal {
        Signal::Green => "Green: nothing asks for more care than usual",
        Signal::Amber => "Amber: light and short practices only, please talk about it",
        Signal::Red => "Red: please talk before a programme goes on",
    }
}

/// What a practitioner sees of it, on the page of a client who shares.
pub fn for_practitioner(
    app: &App,
    person: &Person,
    access: &ClientAccess,
    overview: &Overview,
    today: Date,
) -> Markup {
    let questions = &app.content.safety().questions;
    let pause = overview.pause(today);
    html! {
        section {
            h2 { "Safety" }
            @if let Some(step) = pause {
                p.note { "Their plan has been paused since " (ago_text(step.from_on, today, &person.locale)) ": "
                    @match step.cause.as_str() {
                        "much-worse-twice" => "practice left them much worse more than once within a week.",
                        "red-screening" => "their answers before a programme ask for a talk first.",
                        _ => "something unwanted was hard to bear, lasted, or got in the way of their day.",
                    } }
            }
            @match &overview.screening {
                None => p.soft { "The questions before a programme have not been answered." },
                Some(screening) => {
                    @let left_out = left_out(app, screening);
                    @let words = if screening.result == Signal::Green && left_out > 0 { "Nothing in what they answered asks for more care than usual" } else { signal_words(screening.result) };
                    @if screening.answers.is_empty() {
                        p { "They left the questions out" span.soft { " (" (ago_text(screening.on, today, &person.locale)) ")" }
                            @if screening.result > Signal::Green { ". What they answered before still counts: " strong { (words) } } "." }
                    } @else {
                        p { strong { (words) } span.soft { " (answered " (ago_text(screening.on, today, &person.locale)) ")" } }
                    }
                    @let prompts: Vec<_> = questions.iter().filter(|question| is_prompt(question, overview, screening)).collect();
                    @if !prompts.is_empty() {
                        p { "To talk about:" }
                        ul { @for question in &prompts { li { (question.prompt) } } }
                    }
                    @if left_out > 0 || !screening.risk_asked {
                        p.soft {
                            @if left_out > 0 { (left_out) " of the questions left out. " }
                            @if !screening.risk_asked { "Questions about risk were not asked, because the clinic has named nobody who looks at the answers." }
                        }
                    }
                    @if screening.result == Signal::Red { (decision_form(app, person, access, overview, &screening.screening_id)) }
                }
            }
            (checks(app, person, overview, today))
        }
    }
}

/// Whether to talk about it: by the newest answer, whenever it was given.
fn is_prompt(
    question: &kith_content::Question,
    overview: &Overview,
    screening: &Screening,
) -> bool {
    let mut stands = screening.answers.iter().chain(&overview.carried);
    stands.any(|(id, answer_id)| {
        *id == question.id
            && question
                .answers
                .iter()
                .any(|answer| answer.id == *answer_id && answer.signal > Signal::Green)
    })
}

fn decision_form(
    app: &App,
    person: &Person,
    access: &ClientAccess,
    overview: &Overview,
    screening_id: &str,
) -> Markup {
    html! {
        @if let Some(decided) = &overview.decided {
            p { (decided.by.as_deref().unwrap_or("Somebody")) " decided, " (moment_text(decided.at, app.clock.now(), &person.zone, &person.locale)) ": "
                (decided.decision.words()) ". “" (decided.reason) "”" }
        }
        details open[overview.decided.is_none()] {
            summary { @if overview.decided.is_none() { "Record what you decided" } @else { "Decide otherwise" } }
            form.stack method="post" action={ "/clients/" (access.client_id()) "/screening-decisions" } {
                input type="hidden" name="screening_id" value=(screening_id);
                fieldset {
                    legend { "After you have talked" }
                    @for (decision, words) in Decision::ALL {
                        label.tick { input type="radio" name="decision" value=(decision.word()) required; (words) }
                    }
                }
                div.field {
                    label for="reason" { "Why" }
                    p.hint { "It is kept with your name. " (access.name) " can read it." }
                    textarea #reason name="reason" rows="3" required {}
                }
                button.button type="submit" { "Record it" }
            }
        }
    }
}

fn checks(app: &App, person: &Person, overview: &Overview, today: Date) -> Markup {
    let effects = &app.content.safety().effects;
    let words = |id: &str| {
        let known = effects.iter().find(|effect| effect.id == id);
        known.map_or_else(|| id.to_owned(), |effect| effect.words.clone())
    };
    html! {
        h3 { "Unwanted effects" }
        @if overview.checks.is_empty() { p.soft { "They have not been asked yet." } }
        @for check in overview.checks.iter().rev().take(3) {
            div.card {
                p { strong { (ago_text(check.on, today, &person.locale)) ": " }
                    @match check.outcome {
                        Outcome::None => "none noticed",
                        Outcome::Noted => "noticed, not bothersome",
                        Outcome::Soften => "shorter and lighter for a while",
                        Outcome::Swap => "shorter and lighter for a while, and something else offered",
                        Outcome::Pause => "plan paused",
                    } }
                @if !check.noticed.is_empty() {
                    ul {
                        @for one in &check.noticed {
                            li { (words(&one.effect))
                                @if let Some((_, level)) = one.bothersome.and_then(|number| usize::try_from(number).ok()).and_then(|number| LEVELS.get(number)) { ": " (level.to_lowercase()) }
                                @if one.lasting { ", for more than a day" } }
                        }
                    }
                }
            }
        }
    }
}
