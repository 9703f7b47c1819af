//! Questions on the screen, and what is said when they are answered.

use kith_content::Library;
use kith_content::instrument::Then;
use maud::{Markup, PreEscaped, html};

use super::asking::{Asking, Standing, Watch};
use super::rules::Response;
use super::sheet::{Answers, Item, Sheet};
use crate::features::alerts::who_looks;
use kith_base::error::Error;
use kith_base::web::form::Form;
use kith_base::web::layout::problems;

/// Where the answers of a page go, and what was filled in already.
pub(super) struct Asked<'a> {
    /// Where the form is sent.
    pub(super) action: &'a str,
    /// The id of the response, made with the page: sent twice it is kept once.
    pub(super) id: &'a str,
    /// What was sent before, when it came back.
    pub(super) form: &'a Form,
    /// The places that were left empty, when that is to be told before it is kept.
    pub(super) gaps: &'a [usize],
    /// Whether nothing of it stays on this device: a link, a tablet in the waiting room.
    pub(super) direct: bool,
    /// The key of the person it was made for; empty where nobody is signed in.
    pub(super) whose: &'a str,
    /// Where the page goes afterwards.
    pub(super) home: (&'a str, &'a str),
}

/// The page to answer on.
pub(super) fn answering(
    library: &Library,
    asking: &Asking,
    asked: &Asked<'_>,
) -> Result<Markup, Error> {
    let sheet = &asking.sheet;
    // Inside a script element only "<" could end it.
    let json = sheet.for_script(library, &asking.recent).to_string();
    let json = json.replace('<', "\\u003c");
    let is_own = library.check_in(&sheet.measure).is_some();
    Ok(html! {
        div.answering data-answering data-direct[asked.direct] {
            div data-asking {
                h1 lang=(sheet.language) { (sheet.title) }
                @if !sheet.lead.is_empty() { p.lead lang=(sheet.language) { (sheet.lead) } }
                (before(library, asking, asked, is_own))
                (problems(asked.form))
                @if !asked.gaps.is_empty() { (gaps_note(asked.gaps, sheet.items.len())) }
                p.begun data-begun-here hidden {
                    "You began this on this device. Here is where you were. "
                    button.link type="button" data-again { "Begin again" }
                }
                form.questions method="post" action=(asked.action) data-questions {
                    input type="hidden" name="id" value=(asked.id);
                    @if !asked.whose.is_empty() { input type="hidden" name="person" value=(asked.whose); }
                    input type="hidden" name="questionnaire" value=(sheet.questionnaire_id);
                    @if !asked.gaps.is_empty() { input type="hidden" name="gaps" value="known"; }
                    @for (place, item) in (1..).zip(&sheet.items) { (question(sheet, place, item, asked.form)) }
                    div.finish data-finish {
                        div data-review hidden {
                            h2 tabindex="-1" data-review-title {}
                            p data-review-words {}
                            ul.gaps data-review-gaps {}
                        }
                        p.problem role="alert" data-trouble hidden {}
                        button.button type="submit" { "Keep my answers" }
                    }
                }
                @if !sheet.credit.is_empty() { p.credit lang=(sheet.language) { (sheet.credit) } }
                @if is_own && !sheet.note.is_empty() { p.soft { (sheet.note) } }
            }
            p.note data-earlier role="alert" hidden {
                "Something you answered before this asks for somebody’s attention. " a href="/help" data-show-help { "Here is help now" } "."
            }
            section.help-first data-help hidden {
                (at_hand(asked.home))
                (asking.help.part())
                p.soft data-unreached hidden { "There is no network just now. Calling and texting work; the other pages open when it is back." }
                @if sheet.asks_about_risk() { (told_when(&asking.watch, asked.home)) }
                p data-back-to-questions hidden { button.button.quiet type="button" { "Back to the questions" } }
            }
            (end_for_script(asking, asked))
            script #sheet type="application/json" { (PreEscaped(json)) }
        }
    })
}

fn before(library: &Library, asking: &Asking, asked: &Asked<'_>, is_own: bool) -> Markup {
    let sheet = &asking.sheet;
    html! {
        @if !asking.languages.is_empty() && !asked.direct {
            p.soft data-before { "Also in "
                @for (place, language) in asking.languages.iter().enumerate() {
                    @if place > 0 { ", " }
                    a href={ "/measures/" (sheet.measure) "?language=" (language) } hreflang=(language) { (language_name(language)) }
                }
                "." }
        }
        @if !is_own && asking.is_foreign {
            p.note data-before { "These words are here in " (language_name(&sheet.language)) " only." }
        }
        p.soft data-before {
            @if is_own && !library.check_ins().skip.is_empty() { "Every question may be skipped. " }
            @else { "Any question can be left empty. " }
            @match &asking.seen_by {
                Some(names) if names.is_empty() => { "Nobody else sees your answers: you share them with nobody." },
                Some(names) => { (names.join(" and ")) " can see your answers, because you share with them." },
                None => { "Your answers go to the clinic that asked you, and stand nowhere else." },
            }
        }
        @if sheet.asks_about_risk() { div.note data-before { (who_looks(asking.watch.contact.as_ref())) (agreed_words(&asking.watch)) } }
    }
}

/// Whoever answers in the waiting room has people near; whoever has a link may be there too.
fn at_hand(home: (&str, &str)) -> Markup {
    html! {
        @match home.0 {
            "/waiting-room" => p { strong { "You are at the clinic, and somebody is near." } " Please tell the person at the desk, or whoever you are about to meet, that things are very hard. You can show them this page." },
            "/help" => p { "If you are at the clinic just now, somebody is near: you can tell the person at the desk, or show them this page." },
            _ => {}
        }
    }
}

/// Whether an answer about risk will be told to anybody.
fn agreed_words(watch: &Watch) -> Markup {
    html! {
        @match (&watch.contact, watch.agreed) {
            (Some(contact), Some(false)) => p { "You have not agreed that " (contact.name()) " is told, so nobody will be. You can change that under " a href="/me#consent" { "Me" } "." },
            _ => {}
        }
    }
}

/// Who is told of an endorsed answer, and by when: the script shows what is so now, before the answers have arrived and after.
fn told_when(watch: &Watch, home: (&str, &str)) -> Markup {
    html! {
        @match (&watch.contact, watch.agreed) {
            (Some(contact), Some(true)) => p {
                span data-on-its-way { "When your answers arrive, " (contact.name()) " will find a note that something asks for a look. " }
                span data-arrived hidden { "Your answers have arrived, and a note that something asks for a look is there for " (contact.name()) ". " }
                "They have said they look " (contact.hours_words) ", and within " (hours(contact.response_hours)) " of those hours. Please do not wait for a call if you need somebody now." },
            (Some(_), None) => p { "If you agreed to it before, somebody at the clinic finds a note that something asks for a look. "
                @if home.0 == "/waiting-room" { "Please do not wait for them to come to you." }
                @else { "Please do not wait for a call if you need somebody now." } },
            _ => p { "Nobody is told of it: you have not agreed that anybody is, or nobody is there to be. If you would like somebody to know, please tell them yourself." },
        }
    }
}

fn hours(count: i64) -> String {
    match count {
        1 => "one".to_owned(),
        many => many.to_string(),
    }
}

pub(super) fn gaps_note(gaps: &[usize], of: usize) -> Markup {
    html! {
        div.note role="status" data-gaps {
            p { @if gaps.len() == 1 { "One question of " (of) " is empty: " } @else { (gaps.len()) " questions of " (of) " are empty: " }
                @for (at, place) in gaps.iter().enumerate() {
                    @if at > 0 { ", " }
                    a href={ "#item-" (place) } { (place) }
                }
                ". You can fill them in, or keep the rest as it is. Nothing has been kept yet." }
        }
    }
}

fn question(sheet: &Sheet, place: usize, item: &Item, form: &Form) -> Markup {
    let name = format!("item-{place}");
    let chosen = form.raw(&name);
    let of = sheet.items.len();
    let is_chosen = |value: f64| chosen == value.to_string();
    let endorsed = |value: f64| item.risk_from.is_some_and(|from| value >= from);
    html! {
        fieldset.question #(name) data-item=(place) lang=(sheet.language) {
            legend tabindex="-1" {
                @if of > 1 { span.place { (place) span.sr { " of " (of) ": " } } }
                span { (item.text) }
            }
            @match &item.answers {
                Answers::Choice(answers) => div.answers {
                    @for (value, words) in answers {
                        label.answer {
                            input type="radio" name=(name) value=(value) checked[is_chosen(*value)] data-endorsed[endorsed(*value)];
                            span { (words) kbd aria-hidden="true" { (value) } }
                        }
                    }
                },
                Answers::Slider { low, mid, high } => {
                    div.answers.scale {
                        @for value in item.answers.values() {
                            label.answer {
                                input type="radio" name=(name) value=(value) checked[is_chosen(value)] data-endorsed[endorsed(value)];
                                span { (value) @let words = item.answers.words_of(value); @if !words.is_empty() { span.sr { ", " (words) } } }
                            }
                        }
                    }
                    p.ends aria-hidden="true" { span { (low) } span { (mid) } span { (high) } }
                },
            }
            label.answer.none { input type="radio" name=(name) value="" checked[chosen.is_empty()]; span { "Leave this empty" } }
            @if item.risk_from.is_some() {
                p.risk data-risk { "If this is near to you now, " a href="/help" data-show-help { "help is here" } "." }
            }
        }
    }
}

/// Every question with its answer, as it was read; `endorsed` are the questions to be marked.
pub(super) fn every_answer(response: &Response, sheet: Option<&Sheet>, endorsed: &[u64]) -> Markup {
    let language = sheet.map(|sheet| sheet.language.as_str());
    html! {
        ol.read lang=[language] {
            @for (at, answer) in response.answers.iter().enumerate() {
                @let item = sheet.and_then(|sheet| sheet.items.get(at));
                li.endorsed[endorsed.contains(&(at as u64 + 1))] {
                    @if let Some(item) = item.filter(|item| !item.text.is_empty()) { span { (item.text) } }
                    @else { span.soft lang="en" { "Question " (at + 1) } }
                    strong {
                        @match answer {
                            None => { span.soft lang="en" { "left empty" } },
                            Some(answer) => {
                                (answer)
                                @let words = item.map_or("", |item| item.answers.words_of(*answer));
                                @if !words.is_empty() { span.soft { " " (words) } }
                            },
                        }
                    }
                }
            }
        }
    }
}

/// What a rule of a check-in leads to.
fn then_link(then: Then) -> Option<(&'static str, &'static str)> {
    match then {
        Then::Help => None,
        Then::Grounding => Some((
            "/practise/soles-ground?minutes=1&begin=yes",
            "Something steady, one minute",
        )),
        Then::Relief => Some(("/moments", "A minute for a hard moment")),
        Then::AskToTell => Some(("/me/unwanted-effects", "Say what practising brought")),
        Then::OtherKind => Some(("/ways", "Another way to practise")),
        Then::GentlerKind => Some(("/ways", "Something gentler")),
    }
}

const THEN: [Then; 6] = [
    Then::Help,
    Then::Grounding,
    Then::Relief,
    Then::AskToTell,
    Then::OtherKind,
    Then::GentlerKind,
];

/// The end as the script shows it, without asking the network for anything.
fn end_for_script(asking: &Asking, asked: &Asked<'_>) -> Markup {
    html! {
        section.answered data-end hidden {
            h1 tabindex="-1" data-kept { "Your answers are kept." }
            p.state role="status" data-where {}
            p data-sending hidden { button.button type="button" data-send-again { "Try again" } }
            ul.choices {
                @if !asked.direct {
                    li hidden data-told { a href="/measures" data-response { "Who was told" } }
                    @for then in THEN {
                        @if let Some((place, words)) = then_link(then) {
                            li hidden data-then=(serde_json::json!(then).as_str().unwrap_or_default()) { a href=(place) { (words) } }
                        }
                    }
                    @for (id, title) in &asking.offers {
                        li hidden data-offer=(id) { a href={ "/measures/" (id) } { "It may help to look more closely: " (title) } }
                    }
                    li data-calm { a href="/progress" { "See your picture" } }
                }
                li { a href=(asked.home.0) data-home { (asked.home.1) } }
            }
        }
    }
}

/// What is said after answers were kept, by the server: help first where it is called for, and then no thanks.
pub(super) struct After<'a> {
    pub(super) help: Option<Markup>,
    /// Who was told, said to her.
    pub(super) told: Option<Markup>,
    pub(super) then: &'a [Then],
    pub(super) offer: Option<(&'a str, &'a str)>,
    pub(super) home: (&'a str, &'a str),
    /// False for a page that anybody may be looking at.
    pub(super) signed_in: bool,
}

pub(super) fn after(after: &After<'_>) -> Markup {
    html! {
        @if let Some(help) = &after.help {
            section.help-first { (at_hand(after.home)) (help) @if let Some(told) = &after.told { (told) } }
        }
        section.answered {
            h1 { "Your answers are kept." }
            ul.choices {
                @for (place, words) in after.then.iter().filter_map(|then| then_link(*then)) { li { a href=(place) { (words) } } }
                @if let Some((id, title)) = after.offer { li { a href={ "/measures/" (id) } { "It may help to look more closely: " (title) } } }
                @if after.signed_in && after.help.is_none() { li { a href="/progress" { "See your picture" } } }
                li { a href=(after.home.0) { (after.home.1) } }
            }
        }
    }
}

/// Why something cannot be answered here, in a sentence.
pub(super) fn not_here(name: &str, standing: &Standing) -> Markup {
    html! {
        h1 { "Not to be answered here" }
        @match standing {
            Standing::Unwatched(instead) => {
                p { (name) " asks about very dark thoughts. In this clinic nobody looks at such answers at set hours just now, so Kith does not ask." }
                p { "If any of that is so for you, " a href="/help" { "here is help now" } "." }
                @if let Some((id, title)) = instead { p { a.button href={ "/measures/" (id) } { (title) " asks about the same without it" } } }
            },
            _ => p { "The words of " (name) " have not been brought to this clinic." },
        }
        p { a.link href="/measures" { "What else there is" } }
    }
}

/// A language as people call it.
pub(super) fn language_name(tag: &str) -> String {
    let base = tag.split('-').next().unwrap_or_default();
    let name = match base {
        "de" => "Deutsch",
        "en" => "English",
        "es" => "español",
        "fr" => "français",
        "it" => "italiano",
        "nl" => "Nederlands",
        "pt" => "português",
        "da" => "dansk",
        "sv" => "svenska",
        "ca" => "català",
        _ => return tag.to_owned(),
    };
    name.to_owned()
}
