//! What waits, the versions of a study, and what differs between them, as pages.

use maud::{Markup, html};

use super::fields::label;
use super::reviewing::others;
use super::rules::{Difference, May, Standing, may_approve};
use super::versions::{Kept, One, Open, Own};
use super::writing::called;
use crate::app::App;
use crate::features::evidence::rules::begun;
use crate::features::evidence::{pages, studies};
use crate::features::people::{Person, Role};
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::{date_text, day};

fn date(person: &Person, at: i64, now: i64) -> String {
    date_text(
        day(at, &person.zone),
        day(now, &person.zone),
        &person.locale,
    )
}

/// Somebody's name, or that she has left.
fn name(name: &str) -> &str {
    match name {
        "" => "somebody who has left",
        name => name,
    }
}

/// A line on the page of all questions: how many studies wait.
pub(in crate::features::evidence) fn waiting_words(waiting: usize) -> String {
    match waiting {
        0 => "Studies that wait: none".to_owned(),
        1 => "One study waits for a second pair of eyes".to_owned(),
        many => format!("{many} studies wait for a second pair of eyes"),
    }
}

pub(super) fn waiting(person: &Person, open: &[Open], staff: usize, now: i64) -> Markup {
    let (whole, drafts): (Vec<&Open>, Vec<&Open>) = open.iter().partition(|one| one.is_whole);
    html! {
        h1 { "Studies that wait" }
        p.lead { "What somebody wrote here counts nowhere until somebody else has read it." }
        ul.choices {
            li { a href="/evidence/studies/new" { "Add a study" } }
            li { a href="/evidence/imports" { "Bring in a file" } }
        }
        @if staff < 2 { p.note { "Nobody else works here yet, so there is no second pair of eyes. Whoever owns the clinic can let a study count by herself; it will say so." } }
        section {
            h2 { "To be read" }
            @if whole.is_empty() { p.soft { "Nothing." } }
            (cards(person, &whole, now))
        }
        section {
            h2 { "Drafts" }
            @if drafts.is_empty() { p.soft { "None." } }
            (cards(person, &drafts, now))
        }
    }
}

fn cards(person: &Person, open: &[&Open], now: i64) -> Markup {
    html! {
        ul.cards {
            @for one in open {
                @let draft = kith_content::evidence::draft::Draft::read(&one.version.text).unwrap_or_default();
                @let own = one.version.made_by == person.person_id;
                li.card {
                    h3 { a href={ "/evidence/studies/" (one.id) "/versions/" (one.version.version) } { (called(&draft)) } }
                    p { (draft.get("title")) }
                    p.soft {
                        @if !draft.get("retired").is_empty() { "To be taken out" }
                        @else if one.is_change { "A correction" }
                        @else { "New" }
                        ", by " @if own { "you" } @else { (name(&one.writer)) }
                        ", " (date(person, one.version.made_at, now))
                    }
                }
            }
        }
    }
}

pub(super) fn list(app: &App, person: &Person, kept: &Kept) -> Markup {
    let now = app.clock.now();
    let draft = kept.newest().map(One::draft).unwrap_or_default();
    html! {
        p { a.link href={ "/evidence/studies/" (kept.id) } { "The study" } }
        h1 { "Versions of " (called(&draft)) }
        p.soft { (draft.get("title")) }
        @if kept.common_has_changed() {
            p.note { "Kith’s own file on this study has changed since the clinic wrote its own. Have a look whether the correction is still needed." }
        }
        ol.versions reversed {
            @for one in kept.versions.iter().rev() {
                li.card {
                    h2 { a href={ (address(kept, one)) } { "Version " (one.version.version) } }
                    p { (begun(one.standing.words())) "." }
                    (provenance(person, one, now))
                    @if one.version.version > 1 { p { a href={ (address(kept, one)) "/differences" } { "What differs from version " (one.version.version - 1) } } }
                }
            }
        }
        p.soft { "Each version keeps its address, so it can be cited." }
        (pages::foot(app.content.evidence()))
    }
}

fn address(kept: &Kept, one: &One) -> String {
    format!(
        "/evidence/studies/{}/versions/{}",
        kept.id, one.version.version
    )
}

/// Who wrote it, when, why, where it was read; who read it after that.
fn provenance(person: &Person, one: &One, now: i64) -> Markup {
    html! {
        @if one.version.made_by.is_empty() {
            @if one.standing != Standing::KithsOwn { p.soft { "It came with Kith." } }
        } @else {
            p.soft { "Written by " (name(&one.writer)) ", " (date(person, one.version.made_at, now)) "." }
            @if !one.version.note.is_empty() { p.lines { (one.version.note) } }
        }
        @if let Some(review) = &one.review {
            p.soft {
                @if review.approved && review.alone { "Nobody but its writer has read it: " (name(&one.reviewer)) " works here by herself and let it count, " }
                @else if review.approved { "Read by " (name(&one.reviewer)) ", who said that it counts, " }
                @else if review.decided_by == one.version.made_by { "Taken back by its writer, " }
                @else { (begun(name(&one.reviewer))) " said no, " }
                (date(person, review.decided_at, now)) "."
            }
            @if !review.note.is_empty() { p.lines { (review.note) } }
        }
    }
}

pub(super) fn version(app: &App, person: &Person, kept: &Kept, one: &One, form: &Form) -> Markup {
    let evidence = app.content.evidence();
    let now = app.clock.now();
    let draft = one.draft();
    html! {
        p.row {
            a.link href={ "/evidence/studies/" (kept.id) "/versions" } { "All versions" }
            @if one.version.version > 1 { a.link href={ (address(kept, one)) "/differences" } { "What differs from version " (one.version.version - 1) } }
        }
        aside.card.standing aria-label="How this version stands" {
            p { strong { "Version " (one.version.version) " of " (kept.versions.len()) ": " (one.standing.words()) "." } }
            (provenance(person, one, now))
            @match one.standing {
                Standing::Waits => p.soft { "It is in no pool and in no sentence." },
                Standing::Draft => p.soft { "It is in no pool and in no sentence. What is missing stands below." },
                _ => {}
            }
        }
        (problems(form))
        @if one.standing.is_open() { (deciding(person, kept, one)) }
        @match &one.study {
            Some(study) => (studies::body(evidence, study)),
            None => (unfinished(app, kept, &draft, one.standing)),
        }
        details {
            summary { "The file" }
            pre.file { code { (one.version.text) } }
        }
        (pages::foot(evidence))
    }
}

/// A draft as far as it goes, and what is missing.
fn unfinished(
    app: &App,
    kept: &Kept,
    draft: &kith_content::evidence::draft::Draft,
    standing: Standing,
) -> Markup {
    let mut form = super::fields::form_of(draft);
    super::fields::check(&app.content, &kept.id, draft, &mut form);
    html! {
        h1.study { @if draft.get("title").is_empty() { "A study without a title" } @else { (draft.get("title")) } }
        p { (draft.get("authors")) @if !draft.get("year").is_empty() { ", " (draft.get("year")) } ". " em { (draft.get("journal")) } }
        @if standing == Standing::Draft {
            section {
                h2 { "What is missing" }
                ul { @for problem in &form.problems { li { (problem.message) } } }
            }
        }
    }
}

/// What can be done about a version that nobody has decided on.
fn deciding(person: &Person, kept: &Kept, one: &One) -> Markup {
    let own = one.version.made_by == person.person_id;
    let may = may_approve(
        &one.version,
        &person.person_id,
        person.roles.has(Role::Owner),
        others(kept, person),
    );
    let here = address(kept, one);
    let none = Form::default();
    let why = |hint| Field {
        name: "note",
        label: "Why",
        hint,
        kind: "text",
        more: &[("maxlength", "600"), ("autocomplete", "off")],
    };
    html! {
        section.deciding {
            @if one.standing == Standing::Draft {
                p { a.button href={ "/evidence/studies/" (kept.id) "/versions/new" } { "Go on with it" } }
            } @else {
                @match may {
                    May::AskAnother => p.note { "You wrote this, so somebody else reads it. Whoever works here finds it under “Studies that wait”." },
                    May::AskOwner => p.note { "You wrote this, and nobody else works here. Whoever owns the clinic can let it count." },
                    May::Approve => {
                        h2 { "Have you read it beside its source?" }
                        p { "Look up where it was read, and compare each figure, its sign and its people." }
                        form.stack method="post" action={ (here) "/approval" } {
                            (Field { name: "looked_at", label: "What you looked at", hint: "May be empty.", kind: "text", more: &[("maxlength", "600"), ("autocomplete", "off")] }.show(&none))
                            button.button type="submit" { "I have read it: it counts" }
                        }
                    }
                    May::ApproveAlone => {
                        h2 { "Nobody else works here" }
                        p { "You can let it count by yourself. Wherever it is told, it will say that nobody else has read it." }
                        form.stack method="post" action={ (here) "/approval" } {
                            label.tick { input type="checkbox" id="alone" name="alone" value="yes" required; "Nobody but me has read it" }
                            button.button type="submit" { "Let it count all the same" }
                        }
                    }
                }
            }
            details {
                summary { @if own { "Take it back" } @else { "Say no to it" } }
                form.stack method="post" action={ (here) "/refusal" } {
                    (why(if own { "May be empty." } else { "So that its writer can put it right." }).show(&none))
                    button.button.quiet type="submit" { @if own { "Take it back" } @else { "Say no" } }
                }
            }
            @if one.standing == Standing::Waits {
                p { a.link href={ "/evidence/studies/" (kept.id) "/versions/new" } { "Change something in it" } }
            }
        }
    }
}

pub(super) fn differences(kept: &Kept, one: &One, from: i64, found: &[Difference]) -> Markup {
    let here = address(kept, one);
    html! {
        p { a.link href=(here) { "Version " (one.version.version) } }
        h1 { "What differs" }
        p.lead { @if from == 0 { "All of version " (one.version.version) ", which is the first." }
            @else { "From version " (from) " to version " (one.version.version) " of " (called(&one.draft())) "." } }
        @if found.is_empty() { p { "Nothing." } }
        @else {
            div.scroll tabindex="0" role="region" aria-label="What differs" {
                table.differences {
                    thead { tr { th scope="col" { "What" } th scope="col" { "Before" } th scope="col" { "After" } } }
                    tbody {
                        @for difference in found {
                            tr {
                                th scope="row" { @if let Some(outcome) = &difference.outcome { (outcome.replace('-', " ")) ": " } (label(difference.key)) }
                                td { @if difference.before.is_empty() { span.soft { "nothing" } } @else { del.lines { (difference.before) } } }
                                td { @if difference.after.is_empty() { span.soft { "nothing" } } @else { ins.lines { (difference.after) } } }
                            }
                        }
                    }
                }
            }
        }
        @if kept.versions.len() > 2 {
            p.soft { "Compare with: "
                @for other in kept.versions.iter().filter(|other| other.version.version != one.version.version) {
                    a href={ (here) "/differences?from=" (other.version.version) } { "version " (other.version.version) } " "
                }
            }
        }
    }
}

/// What stands on a study's own page: that it is the clinic's, that it is taken out, and for those who work here what they
/// can do about it.
pub(in crate::features::evidence) fn about(
    study: &str,
    own: Option<&Own>,
    works_here: bool,
    kept: Option<&Kept>,
) -> Markup {
    html! {
        @if let Some(own) = own {
            p.note { "What stands here was written in this clinic (version " (own.version) ")."
                @if own.alone { " Nobody but its writer has read it." } @else { " Somebody else has read it too." } }
        }
        @if works_here {
            @if let Some(open) = kept.and_then(Kept::open) {
                p.note { a href={ "/evidence/studies/" (study) "/versions/" (open.version.version) } {
                    @if open.standing == Standing::Draft { "There is a draft of a new version" } @else { "A new version waits for a second pair of eyes" } } "." }
            }
            ul.choices {
                li { a href={ "/evidence/studies/" (study) "/versions/new" } { "Correct this" } }
                li { a href={ "/evidence/studies/" (study) "/versions" } { "All versions" } }
            }
            @if kept.is_some_and(|kept| kept.open().is_none()) {
                details {
                    summary { "Take it out of what counts" }
                    form.stack method="post" action={ "/evidence/studies/" (study) "/retirement" } {
                        p { "It stays and can be cited, and says why. It is out once somebody else has agreed." }
                        (Field { name: "reason", label: "Why", hint: "Such as: withdrawn by its journal.", kind: "text", more: &[("maxlength", "600"), ("autocomplete", "off"), ("required", "")] }.show(&Form::default()))
                        button.button.quiet type="submit" { "Offer to take it out" }
                    }
                }
            }
        }
    }
}

/// Beside a pool: which of its trials the clinic wrote, and which of them one person alone has read.
pub(in crate::features::evidence) fn among(own: &[Own], pooled: &[&str]) -> Markup {
    let among: Vec<&Own> = own
        .iter()
        .filter(|one| pooled.contains(&one.study.as_str()))
        .collect();
    let alone = among.iter().filter(|one| one.alone).count();
    html! {
        @if !among.is_empty() {
            p.note.own-studies {
                @match among.len() { 1 => "One of these trials was written or corrected in this clinic: ", many => { (many) " of these trials were written or corrected in this clinic: " } }
                @for (index, one) in among.iter().enumerate() {
                    @if index > 0 { ", " } a href={ "/evidence/studies/" (one.study) } { (one.study) }
                }
                "."
                @match alone { 0 => "", 1 => " One of them nobody but its writer has read.", many => { " " (many) " of them nobody but their writer has read." } }
            }
        }
    }
}

/// The same on paper, after the library's version; nothing where the clinic wrote none of them.
pub(in crate::features::evidence) fn among_in_words(own: &[Own], pooled: &[&str]) -> String {
    let among = own
        .iter()
        .filter(|one| pooled.contains(&one.study.as_str()));
    let (count, alone) = among.fold((0, 0), |(count, alone), one| {
        (count + 1, alone + usize::from(one.alone))
    });
    let written = match count {
        0 => return String::new(),
        1 => " with one trial written or corrected in this clinic".to_owned(),
        many => format!(" with {many} trials written or corrected in this clinic"),
    };
    match alone {
        0 => written,
        1 => format!("{written}, one of them read by nobody but its writer"),
        many => format!("{written}, {many} of them read by nobody but their writer"),
    }
}
