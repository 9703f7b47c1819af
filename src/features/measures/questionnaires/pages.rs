//! Words of questionnaires as pages.

use std::collections::BTreeSet;

use kith_content::Instrument;
use kith_content::form::{Form as Wording, FormItem, Imported, Matched, Refused};
use kith_content::instrument::{Gate, Order};
use maud::{Markup, html};

use super::rules::{GATES, gate_words, language, places};
use crate::features::measures::store::questionnaires::Words;
use crate::features::people::{Person, Role};
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::{date_text, day};

pub(super) fn list(
    person: &Person,
    instruments: &[&Instrument],
    here: &[Words],
    form: &Form,
) -> Markup {
    let languages = |id: &str| {
        let found: Vec<String> = here
            .iter()
            .filter(|words| words.form.instrument == id)
            .map(|words| language(&words.form.language))
            .collect();
        found.join(", ")
    };
    let ids: BTreeSet<&str> = here
        .iter()
        .map(|words| words.form.instrument.as_str())
        .collect();
    let (ready, rest): (Vec<&&Instrument>, Vec<&&Instrument>) = instruments
        .iter()
        .partition(|one| ids.contains(one.id.as_str()));
    html! {
        h1 { "Questionnaires" }
        p { "Kith knows how " (instruments.len()) " questionnaires are scored. Their words belong to others, so they come in by your hand." }
        section {
            div.heading {
                h2 { "Ready to be answered" }
                @if person.roles.has(Role::Owner) { a.button.quiet href="#bring" { "Bring words in" } }
            }
            @if ready.is_empty() {
                p.soft { "None yet." @if person.roles.has(Role::Owner) { " PHQ-9 and GAD-7 are free for anybody: a good place to begin." } }
            } @else {
                ul.cards {
                    @for one in ready {
                        li.card {
                            h3 { a href={ "/questionnaires/" (one.id) } { (one.abbreviation) } }
                            p { (one.title) }
                            p.soft { (languages(&one.id)) " · " (items_text(one)) }
                        }
                    }
                }
            }
        }
        @for (gate, heading) in GATES {
            @let some = by_name(rest.iter().filter(|one| one.texts.gate == gate).map(|one| **one));
            @if !some.is_empty() {
                section.words {
                    h2 { (heading) }
                    ul.plain {
                        @for one in some {
                            li { a href={ "/questionnaires/" (one.id) } { (one.abbreviation) } span.soft { (one.construct) } }
                        }
                    }
                }
            }
        }
        @if person.roles.has(Role::Owner) {
            section #bring {
                h2 { "Bring words in" }
                (bring(instruments, form))
            }
        }
    }
}

fn by_name<'i>(some: impl Iterator<Item = &'i Instrument>) -> Vec<&'i Instrument> {
    let mut some: Vec<_> = some.collect();
    some.sort_by_key(|one| one.abbreviation.to_lowercase());
    some
}

fn items_text(instrument: &Instrument) -> String {
    let minutes = instrument.minutes.ceil();
    match minutes == 1.0 {
        true => format!("{} questions, about a minute", instrument.items),
        false => format!("{} questions, about {minutes} minutes", instrument.items),
    }
}

pub(super) fn show(
    person: &Person,
    instrument: &Instrument,
    kept: &[(&Words, &str)],
    form: &Form,
    now: i64,
) -> Markup {
    let owns = person.roles.has(Role::Owner);
    let today = day(now, &person.zone);
    let date = |at: i64| date_text(day(at, &person.zone), today, &person.locale);
    let (used, old): (Vec<_>, Vec<_>) = kept
        .iter()
        .partition(|(words, _)| words.retired_at.is_none());
    html! {
        p { a.link href="/questionnaires" { "All questionnaires" } }
        h1 { (instrument.abbreviation) }
        p.lead { (instrument.title) }
        p.soft { (capital(&instrument.construct)) " · " (items_text(instrument)) " · " (instrument.recall) }
        section {
            h2 { "Words here" }
            @if used.is_empty() {
                p { "There are none yet, so nobody can be asked to answer it on a screen. Answers on paper can be scored." }
            }
            @for (words, who) in &used {
                article.card {
                    h3 { (language(&words.form.language)) }
                    p.soft {
                        "From " (words.form.source) @if !words.form.source_version.is_empty() { ", version " (words.form.source_version) }
                        ". Brought in on " (date(words.imported_at))
                        @if words.stated_by.is_empty() { " from the command line" }
                        @else if who.is_empty() { " by somebody who has left" } @else { " by " (who) }
                        @if !words.stated.is_empty() { ", stating that " (words.stated) }
                        "."
                    }
                    details {
                        summary { "Read the words" }
                        (wording(&words.form))
                    }
                    @if owns {
                        details {
                            summary { "Take out of use" span.sr { ": " (language(&words.form.language)) } }
                            form method="post" action={ "/questionnaires/" (words.questionnaire_id) "/retirement" } {
                                p { "Nobody will be asked by these words any more. What was answered with them stays, and so do they." }
                                button.button.quiet type="submit" { "Take them out of use" }
                            }
                        }
                    }
                }
            }
            @if !old.is_empty() {
                details {
                    summary { "Out of use" }
                    ul.plain {
                        @for (words, _) in &old {
                            li { (language(&words.form.language)) ", from " (words.form.source)
                                span.soft { " until " (words.retired_at.map(date).unwrap_or_default()) } }
                        }
                    }
                }
            }
        }
        section {
            h2 { "On what terms" }
            p { (gate_words(instrument.texts.gate)) }
            p.soft { (instrument.texts.note) }
            @if instrument.texts.clinical_terms_unstated {
                p.note { "Nothing is published about use in a practice. Ask the owner before you rely on it." }
            }
        }
        section {
            h2 { "Where the words are" }
            (sources(instrument))
        }
        @if owns {
            section #bring {
                h2 { "Bring words in" }
                (bring(&[instrument], form))
            }
        } @else {
            p.soft { "The owner of the clinic can bring words in." }
        }
    }
}

fn sources(instrument: &Instrument) -> Markup {
    let places = places(instrument);
    html! {
        ul {
            @if let Some(address) = &places.loinc {
                li { "LOINC has it as a FHIR Questionnaire, for anybody with a free account: "
                    a href=(address) rel="noreferrer" { (address) } }
            }
            @if let Some(file) = &places.camcops {
                li { "The package " code { "camcops-server" } " has it as " code { (file) } ". Please read on what terms." }
            }
            li { "A FHIR Questionnaire (R4, JSON) from anywhere else will do, if its owner lets you use it." }
        }
    }
}

/// What stands in a form, as it will be read, with the number each answer counts.
fn wording(form: &Wording) -> Markup {
    // Most forms ask for the same answers all the way down.
    let same = form.items.windows(2).all(|pair| match pair {
        [one, next] => answers(one) == answers(next),
        _ => true,
    });
    html! {
        div.wording lang=(form.language) {
            @if !form.lead.is_empty() { p.lines { (form.lead) } }
            @if same {
                @if let Some(item) = form.items.first() { (answer_list(item)) }
            }
            ol {
                @for item in &form.items {
                    li value=(item.item) {
                        (item.text)
                        @if !same { (answer_list(item)) }
                    }
                }
            }
            @if !form.credit.is_empty() { p.soft.lines { (form.credit) } }
        }
    }
}

fn answers(item: &FormItem) -> Vec<(f64, &str)> {
    item.answers
        .iter()
        .map(|answer| (answer.value, answer.text.as_str()))
        .collect()
}

fn answer_list(item: &FormItem) -> Markup {
    html! {
        ul.values {
            @for answer in &item.answers {
                li { span.value { (answer.value) } " " (answer.text) }
            }
        }
    }
}

/// The look at what would be kept.
pub(super) fn look(
    person: &Person,
    instrument: &Instrument,
    imported: &Imported,
    replaced: Option<&Words>,
    form: &Form,
) -> Markup {
    let wording_here = &imported.form;
    let matched = match imported.matched {
        Matched::ByCode => "Every question was found by its code.",
        Matched::ByPlace => "The questions were matched by their places.",
        Matched::ByMapping => "The questions were matched as you said.",
    };
    html! {
        h1 { "Look at these words" }
        (problems(form))
        p.lead { (instrument.abbreviation) " in " (language(&wording_here.language)) }
        p { (matched) " Nothing is kept yet." }
        @if !imported.warnings.is_empty() {
            div.note {
                @for warning in &imported.warnings { p { (warning) } }
            }
        }
        article.card {
            h2 { (wording_here.title) }
            @if let Some(order) = &wording_here.order { p.soft { "Order: " (order_words(order)) } }
            (wording(wording_here))
        }
        p.soft { "The number before an answer is what it counts before items are turned. A wrong number makes every score wrong: please compare." }
        @if imported.languages.len() > 1 {
            p.soft { "The file also has: "
                @for (place, tag) in imported.languages.iter().filter(|tag| **tag != wording_here.language).enumerate() {
                    @if place > 0 { ", " } (language(tag))
                }
                ". Bring it in again for each." }
        }
        @if let Some(words) = replaced {
            p.note { "These take the place of the words that came from " (words.form.source) ". Answers given with those stay as they are." }
        }
        form.stack method="post" action="/questionnaires" enctype="multipart/form-data" {
            (carried(form))
            @for name in ["instrument", "language", "order", "mapping", "printed"] {
                input type="hidden" name=(name) value=(form.raw(name));
            }
            @if wording_here.credit.is_empty() || !form.raw("credit").is_empty() {
                (Field { name: "credit", label: "Line of credit",
                    hint: if instrument.texts.gate == Gate::Credit { "Stands under the form: who owns the words." }
                        else { "Stands under the form. May be empty." },
                    kind: "text", more: &[("maxlength", "1000"), ("autocomplete", "off")] }.show(form))
            }
            (gate(instrument, form))
            button.button type="submit" name="keep" value="yes" { "Keep these words" }
            a.link href={ "/questionnaires/" (instrument.id) } { "Keep nothing" }
        }
        p.soft { "What you state is kept with your name (" (person.name) ") and the date." }
    }
}

fn gate(instrument: &Instrument, form: &Form) -> Markup {
    let tick = |name: &str, words: &str| {
        html! {
            label.tick { input type="checkbox" id=(name) name=(name) value="yes" checked[form.ticked(name)]; (words) }
            @if let Some(problem) = form.problem(name) { p.problem { (problem) } }
        }
    };
    let which = || {
        Field {
            name: "note",
            label: "Which permission or licence",
            hint: "A letter, a number, a date.",
            kind: "text",
            more: &[("maxlength", "200"), ("autocomplete", "off")],
        }
        .show(form)
    };
    html! {
        @match instrument.texts.gate {
            Gate::Open | Gate::Credit => {}
            Gate::AttestNoncommercial => fieldset {
                legend { "What you state" }
                p.hint { (instrument.texts.note) }
                (tick("non_commercial", "Use in this clinic is not commercial"))
                (tick("permission", "We hold a licence for commercial use"))
                (which())
            },
            Gate::AttestPermission => fieldset {
                legend { "What you state" }
                p.hint { (instrument.texts.note) }
                (tick("permission", "We hold permission or a licence to use these words"))
                (which())
            },
        }
    }
}

fn carried(form: &Form) -> Markup {
    html! {
        input type="hidden" name="carried" value=(form.raw("carried"));
        input type="hidden" name="file_name" value=(form.raw("file_name"));
    }
}

/// Everything in which a file differs, and the form to try again.
pub(super) fn refused(
    instruments: &[&Instrument],
    form: &Form,
    refused: Option<&Refused>,
) -> Markup {
    html! {
        h1 { "These words do not fit" }
        (problems(form))
        @if let Some(refused) = refused {
            p { "Nothing was kept. This is everything in which "
                @if form.raw("file_name").is_empty() { "the file" } @else { (form.raw("file_name")) }
                " differs:" }
            ul.differs {
                @for reason in &refused.reasons {
                    li {
                        @if !reason.place.is_empty() { strong { (reason.place) } " " }
                        (reason.what)
                    }
                }
            }
        }
        section #bring {
            h2 { "Try again" }
            (bring(instruments, form))
        }
        p { a.link href="/questionnaires" { "All questionnaires" } }
    }
}

fn order_words(order: &str) -> String {
    order.replace('-', " ")
}

/// The form for a file.
fn bring(instruments: &[&Instrument], form: &Form) -> Markup {
    let only = match instruments {
        [one] => Some(*one),
        _ => None,
    };
    let orders: Vec<(&Instrument, &Order)> = instruments
        .iter()
        .flat_map(|one| one.orders.iter().map(move |order| (*one, order)))
        .collect();
    let mut choice = vec![(String::new(), "As the file says".to_owned())];
    choice.extend(
        instruments
            .iter()
            .map(|one| (one.id.clone(), one.abbreviation.clone())),
    );
    let mut order_choice = vec![(String::new(), "As the file says".to_owned())];
    order_choice.extend(orders.iter().map(|(one, order)| {
        let words = match only {
            Some(_) => order_words(&order.id),
            None => format!("{}: {}", one.abbreviation, order_words(&order.id)),
        };
        (order.id.clone(), words)
    }));
    let printed = [
        ("", "The file says it"),
        ("rising", "The first answer printed is the least"),
        ("falling", "The first answer printed is the most"),
    ]
    .map(|(value, words)| (value.to_owned(), words.to_owned()));
    let again = !form.raw("carried").is_empty();
    let by_hand = ["language", "mapping", "printed", "order"]
        .iter()
        .any(|name| !form.raw(name).is_empty() || form.problem(name).is_some());
    html! {
        form.stack method="post" action="/questionnaires" enctype="multipart/form-data" {
            @if again { (carried(form)) }
            div.field {
                label for="file" { @if again { "Another file" } @else { "File" } }
                p.hint id="file-hint" {
                    @if again { "Leave this empty to try " (form.raw("file_name")) " again." }
                    @else { "A FHIR Questionnaire (JSON), or a string file of CamCOPS (XML)." }
                }
                @if let Some(problem) = form.problem("file") { p.problem { (problem) } }
                input #file type="file" name="file" accept=".json,.xml,application/json,application/fhir+json,text/xml" aria-describedby="file-hint";
            }
            @if let Some(one) = only {
                input type="hidden" name="instrument" value=(one.id);
            } @else {
                (Field { name: "instrument", label: "Questionnaire", hint: "", kind: "", more: &[] }.choice(form, &choice))
            }
            @if only.is_some() && !orders.is_empty() {
                (Field { name: "order", label: "What the form opens with", hint: "It is printed in two orders with other keys.", kind: "", more: &[] }
                    .choice(form, &order_choice))
            }
            details open[again || by_hand] {
                summary { "If the file leaves something open" }
                div.stack {
                    (Field { name: "language", label: "Language", hint: "Such as en or de-AT: of the file, or one of several in it.", kind: "text",
                        more: &[("maxlength", "35"), ("autocomplete", "off"), ("autocapitalize", "none")] }.show(form))
                    @if only.is_none() {
                        (Field { name: "order", label: "What the form opens with", hint: "Only for those printed in two orders.", kind: "", more: &[] }
                            .choice(form, &order_choice))
                    }
                    (Field { name: "printed", label: "Answers without numbers", hint: "", kind: "", more: &[] }.choice(form, &printed))
                    (Field { name: "mapping", label: "Which question is which item", hint: "One a line: q1=1. To leave a question out: q10=-.", kind: "", more: &[] }
                        .lines(form))
                }
            }
            button.button type="submit" { "Look at it" }
            p.hint { "Nothing is kept before you have seen it." }
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
