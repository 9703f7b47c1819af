//! Bringing in a file, as pages.

use kith_evidence::import::{Format, Trouble};
use maud::{Markup, html};

use super::bringing::{Candidate, FOR_ALL, Read};
use super::fields::label;
use super::form_pages::{designs, families};
use super::writing::called;
use crate::app::App;
use crate::features::evidence::rules::{begun, checked};
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_content::evidence::{Population, StudySetting};

const MANY: usize = 3;

pub(super) fn form(form: &Form) -> Markup {
    let formats = [
        ("", "Find out"),
        ("ris", "RIS"),
        ("bibtex", "BibTeX"),
        ("csl-json", "CSL-JSON"),
        ("metapsy", "Effects in the Metapsy layout (CSV)"),
    ]
    .map(|(value, words)| (value.to_owned(), words.to_owned()));
    html! {
        h1 { "Bring in a file" }
        p.lead { "References from a reference manager, or effects in the Metapsy layout. You see what was read before anything is kept." }
        (problems(form))
        form.stack method="post" action="/evidence/imports" enctype="multipart/form-data" {
            div.field {
                label for="file" { "File" }
                p.hint { "RIS, BibTeX, CSL-JSON or CSV, up to a megabyte." }
                @if let Some(problem) = form.problem("file") { p.problem { (problem) } }
                input id="file" name="file" type="file" accept=".ris,.txt,.bib,.json,.csv";
            }
            (Field { name: "text", label: "Or what is in it", hint: "Pasted, when you have no file.", kind: "", more: &[] }.lines(form))
            (Field { name: "format", label: "What it is", hint: "", kind: "", more: &[] }.choice(form, &formats))
            button.button type="submit" { "Look at it" }
        }
        p.soft { "References become drafts without any figure: those you fill in from the paper. Effects become drafts with figures, and count once somebody else has read them." }
    }
}

pub(super) fn look(app: &App, read: &Read, form: &Form) -> Markup {
    let new = read
        .candidates
        .iter()
        .filter(|one| one.here.is_none())
        .count();
    html! {
        h1 { "Look at this file" }
        p.lead { (begun(&read.file)) ": " @match read.candidates.len() { 0 => "nothing could be read.", 1 => "one study.", many => { (many) " studies." } }
            @if new < read.candidates.len() { " " (read.candidates.len() - new) " of them " @if read.candidates.len() - new == 1 { "is" } @else { "are" } " here already." } }
        p { "Nothing is kept yet." }
        (problems(form))
        (troubles(&read.troubles))
        @if !read.candidates.is_empty() {
            form.stack method="post" action="/evidence/imports" {
                @for name in ["carried", "file_name", "format"] { input type="hidden" name=(name) value=(form.raw(name)); }
                @if read.format == Format::Metapsy { (measured(app, read, form)) (for_all(form)) }
                h2 { "Which of them" }
                ul.plain.ruled.candidates {
                    @for (index, one) in read.candidates.iter().enumerate() { (candidate(index, one, read, form)) }
                }
                button.button type="submit" name="do" value="keep" { "Keep drafts of what is ticked" }
                a.link href="/evidence/imports" { "Keep nothing" }
            }
        } @else { p { a.button.quiet href="/evidence/imports" { "Another file" } } }
    }
}

fn troubles(troubles: &[Trouble]) -> Markup {
    html! {
        @if !troubles.is_empty() {
            section.note {
                h2 { "What could not be read, or wants a look" }
                ul { @for trouble in troubles { li { "Line " (trouble.line) ": " (trouble.message) "." } } }
            }
        }
    }
}

fn candidate(index: usize, one: &Candidate, read: &Read, form: &Form) -> Markup {
    let before = form.raw("do").is_empty();
    let value = index.to_string();
    let ticked = match before {
        true => one.here.is_none(),
        false => form.all("keep").any(|kept| kept == value),
    };
    let draft = &one.draft;
    html! {
        li {
            label.tick { input type="checkbox" name="keep" value=(value) checked[ticked];
                span { strong { (called(draft)) } " " @if draft.get("title").is_empty() { span.soft { "(no title in the file)" } } @else { (draft.get("title")) } } }
            p.soft { "Line " (one.line)
                @if !draft.get("journal").is_empty() { " · " (draft.get("journal")) @if !draft.get("volume").is_empty() { ", " (draft.get("volume")) } }
                @if !draft.get("doi").is_empty() { " · DOI " (draft.get("doi")) }
                @if read.format == Format::Metapsy { " · " (draft.get("intervention")) " against " (draft.get("comparator")) }
                " · " @match draft.get("verified").parse() { Ok(how) => (checked(how)), Err(_) => "nobody here has read it yet" } }
            @if let Some(here) = &one.here { p.problem { "Here already, as " a href={ "/evidence/studies/" (here) } { (here) } ". Tick it only if it is another paper." } }
            @if !draft.outcomes.is_empty() {
                ul.figures {
                    @for outcome in &draft.outcomes {
                        @let value = |key: &str| outcome.get(key).map_or("", String::as_str);
                        li { (begun(&value("id").replace('-', " "))) ": "
                            @if value("value").is_empty() { "no figure" } @else { (value("effect")) " " strong { (value("value").replace('-', "−")) } }
                            @if !value("n_treatment").is_empty() { ", " (value("n_treatment")) " and " (value("n_control")) " people" }
                            ", " (value("measure")) @if value("timepoint") == "follow-up" { ", at a follow-up" } }
                    }
                }
            }
            @if let [first, ..] = one.left_out.as_slice() {
                p.soft { "Left out: line " @for (index, trouble) in one.left_out.iter().take(MANY).enumerate() { @if index > 0 { ", " } (trouble.line) }
                    @if one.left_out.len() > MANY { " and " (one.left_out.len() - MANY) " more" } " (" (first.message) ")." }
            }
        }
    }
}

/// Which way each scale goes. It is asked, because a wrong sign turns harm into help.
fn measured(app: &App, read: &Read, form: &Form) -> Markup {
    let ways = [
        ("", "please choose"),
        ("lower", "less of it"),
        ("higher", "more of it"),
        ("out", "leave it out"),
    ];
    let constructs = &app.content.evidence().constructs;
    html! {
        h2 { "What is better" }
        p { "The file’s figures are the first arm less the second, so for a scale of complaints a negative figure is good news. Here positive always means better. Say for each what is better; the figures below follow when you look again." }
        div.scroll tabindex="0" role="region" aria-label="What was measured" {
            table.measured {
                thead { tr { th scope="col" { "Measured" } th scope="col" { "Rows" } th scope="col" { "What is better" } th scope="col" { "What it is about" } } }
                tbody {
                    @for (index, one) in read.measured.iter().enumerate() {
                        @let (better, construct) = (format!("better-{index}"), format!("construct-{index}"));
                        tr {
                            th scope="row" { (one.name) }
                            td { (one.rows) }
                            td {
                                @if let Some(problem) = form.problem(&better) { p.problem { (problem) } }
                                select id=(better) name=(better) aria-label={ "What is better on " (one.name) } {
                                    @for (value, words) in ways { option value=(value) selected[form.raw(&better) == value] { (words) } }
                                }
                            }
                            td {
                                select id=(construct) name=(construct) aria-label={ "What " (one.name) " is about" } {
                                    option value="" { "none of ours" }
                                    @for known in constructs { option value=(known.id) selected[form.raw(&construct) == known.id] { (known.name) } }
                                }
                            }
                        }
                    }
                }
            }
        }
        button.button.quiet type="submit" name="do" value="again" { "Look again" }
    }
}

fn for_all(form: &Form) -> Markup {
    let words = |all: &[String]| -> Vec<(String, String)> {
        let each = all
            .iter()
            .map(|word| (word.clone(), begun(&word.replace('-', " "))));
        std::iter::once((String::new(), "Differs, or not known".to_owned()))
            .chain(each)
            .collect()
    };
    let options = |key: &str| -> Option<Vec<(String, String)>> {
        let mut options = match key {
            "design" => designs(),
            "family" => families(),
            "people" => {
                return Some(words(
                    &Population::ALL
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>(),
                ));
            }
            "setting" => {
                return Some(words(
                    &StudySetting::ALL
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>(),
                ));
            }
            _ => return None,
        };
        options.insert(0, (String::new(), "Differs, or not known".to_owned()));
        Some(options)
    };
    html! {
        details open[FOR_ALL.iter().any(|key| !form.raw(&format!("all-{key}")).is_empty())] {
            summary { "What is the same for all of them" }
            div.stack {
                @for key in FOR_ALL {
                    @let name = format!("all-{key}");
                    @let hint = if key == "source" { "Where the file comes from, beginning with https://" } else { "" };
                    @match options(key) {
                        Some(options) => (Field { name: &name, label: label(key), hint, kind: "", more: &[] }.choice(form, &options)),
                        None => (Field { name: &name, label: label(key), hint, kind: "text", more: &[("autocomplete", "off")] }.show(form)),
                    }
                }
            }
        }
    }
}
