//! What is written here, its versions, and whom it is offered to, as pages.

use kith_content::Practice;
use maud::{Markup, html};

use super::draft::Draft;
use super::editor::{audience_text, state_text};
use super::routes::Own;
use super::rules::{self, Checked, Reach};
use crate::app::App;
use crate::content::store::Version;
use crate::features::library::may_start;
use crate::features::library::pages::range_text;
use crate::features::library::store::Chosen;
use crate::features::people::store::PersonRow;
use crate::features::people::{ClientAccess, Person, Role};
use kith_base::web::difference::difference;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::moment_text;

/// A practice in the list.
pub(super) struct Listed<'a> {
    pub(super) own: Own,
    /// Whether whoever looks wrote it.
    pub(super) is_hers: bool,
    /// The name of whoever did.
    pub(super) writer: &'a str,
}

pub(super) fn list(app: &App, person: &Person, listed: &[Listed<'_>], form: &Form) -> Markup {
    let hers = || listed.iter().filter(|one| one.is_hers);
    let (withdrawn, current): (Vec<_>, Vec<_>) =
        hers().partition(|one| one.own.reach == Reach::Withdrawn);
    let others: Vec<_> = listed.iter().filter(|one| !one.is_hers).collect();
    let writes = person.roles.has(Role::Practitioner);
    let owns = person.roles.has(Role::Owner);
    html! {
        h1 { "Practices written here" }
        @if writes {
            p.lead { "Write one in your own words, hear it at any length, and offer it to whom it may help." }
            @if current.is_empty() {
                p.soft { "You have not written one yet." }
            } @else {
                section {
                    h2 { "Yours" }
                    ul.cards { @for one in &current { (card(app, person, one)) } }
                }
            }
        }
        @if !others.is_empty() {
            section {
                h2 { "By others here" }
                ul.plain.written {
                    @for one in &others { (other(person, one, owns)) }
                }
            }
        } @else if !writes {
            p.soft { "Nobody here offers a practice of their own yet." }
        }
        @if writes { (begin(app, person, form)) }
        @if !withdrawn.is_empty() {
            section {
                h2 { "Withdrawn" }
                ul.plain {
                    @for one in &withdrawn { li.row { a href={ "/writing/" (one.own.slug) } { (name_of(&one.own)) } } }
                }
            }
        }
    }
}

fn name_of(own: &Own) -> &str {
    match own.draft.title.as_str() {
        "" => "A practice without a title",
        title => title,
    }
}

fn card(app: &App, person: &Person, one: &Listed<'_>) -> Markup {
    let newest = &one.own.file.newest;
    html! {
        li.card {
            h3 { a href={ "/writing/" (one.own.slug) } { (name_of(&one.own)) } }
            p { (one.own.draft.summary) }
            p.soft {
                (state_text(&one.own)) " · version " (newest.version) ", "
                (moment_text(newest.made_at, app.clock.now(), &person.zone, &person.locale))
            }
        }
    }
}

fn other(person: &Person, one: &Listed<'_>, owns: bool) -> Markup {
    let own = &one.own;
    html! {
        li.row {
            span {
                // What is for named clients is not for others to read, whoever they are.
                @if own.reach == Reach::Everybody { a href={ "/practices/" (own.slug) } { (name_of(own)) } }
                @else { (name_of(own)) }
                span.soft { " by " (one.writer) @if own.reach == Reach::Chosen { ", for clients by name" } }
            }
            @if owns {
                details {
                    summary { "Withdraw" span.sr { ": " (name_of(own)) } }
                    form method="post" action={ "/writing/" (own.slug) "/withdrawal" } {
                        input type="hidden" name="person" value=(person.key());
                        p { "Nobody will find it any more. What was practised with it stays on record." }
                        button.button.quiet type="submit" { "Yes, withdraw it" }
                    }
                }
            }
        }
    }
}

fn begin(app: &App, person: &Person, form: &Form) -> Markup {
    let practices: Vec<&Practice> = app
        .content
        .practices()
        .filter(|practice| may_start(person, practice) && rules::may_copy(practice))
        .collect();
    let mut options = vec![(String::new(), "A small example that works".to_owned())];
    options.extend(practices.iter().map(|practice| {
        let words = format!("{} ({})", practice.title, range_text(practice));
        (practice.slug.clone(), words)
    }));
    html! {
        section #begin {
            h2 { "Begin one" }
            (problems(form))
            form.stack method="post" action="/writing" {
                (Field { name: "title", label: "Title", hint: "It can be another one later.", kind: "text",
                    more: &[("required", ""), ("maxlength", "60"), ("autocomplete", "off")] }.show(form))
                (Field { name: "from", label: "Begin with", hint: "", kind: "", more: &[] }.choice(form, &options))
                button.button type="submit" { "Begin" }
            }
            p.soft { "Only you have it until you offer it." }
        }
    }
}

pub(super) fn versions(
    app: &App,
    person: &Person,
    own: &Own,
    versions: &[Version],
    people: &[PersonRow],
) -> Markup {
    let name = |id: &str| {
        let found = people.iter().find(|row| row.person_id == id);
        found.map_or("Somebody who has left", |row| row.name.as_str())
    };
    let here = format!("/writing/{}", own.slug);
    html! {
        h1 { "Versions of " (name_of(own)) }
        p.links { a.link href=(here) { "Write on" } }
        div.scroll tabindex="0" role="region" aria-label="Versions" {
            table {
                caption.sr { "Every version, newest first" }
                thead { tr { th scope="col" { "Version" } th scope="col" { "Kept" } th scope="col" { "By" } th scope="col" { "What changed" } } }
                tbody {
                    @for version in versions {
                        tr {
                            th scope="row" { a href={ (here) "/versions/" (version.version) } { "Version " (version.version) } }
                            td { (moment_text(version.made_at, app.clock.now(), &person.zone, &person.locale)) }
                            td { (name(&version.made_by)) }
                            td {
                                (version.note)
                                @if own.reach.is_offered() && own.file.in_use == Some(version.version) { " " strong { "This is what people have." } }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn version(
    app: &App,
    person: &Person,
    own: &Own,
    shown: &Version,
    other: Option<&Version>,
) -> Markup {
    let here = format!("/writing/{}", own.slug);
    let newest = own.file.newest.version;
    let kept_at = moment_text(shown.made_at, app.clock.now(), &person.zone, &person.locale);
    let called = |version: &Version| format!("version {}", version.version);
    html! {
        h1 { "Version " (shown.version) " of " (name_of(own)) }
        p.soft { "Kept " (kept_at) @if !shown.note.is_empty() { ": " (shown.note) } }
        p.links { a.link href={ (here) "/versions" } { "All versions" } " " a.link href=(here) { "Write on" } }
        @if let Some(other) = other {
            section {
                h2 { "What is different" }
                (difference((&called(other), &called(shown)), &other.text, &shown.text))
            }
        }
        @if newest > 1 {
            form.row method="get" action={ (here) "/versions/" (shown.version) } {
                label for="against" { "Hold it against version" }
                input #against name="against" type="number" inputmode="numeric" min="1" max=(newest)
                    value=(other.map_or(newest, |other| other.version));
                button.button.quiet type="submit" { "Compare" }
            }
        }
        section {
            h2 { "The script" }
            pre.script-text { (Draft::read(&shown.text).0.script) }
        }
        @if shown.version != newest {
            form.stack method="post" action={ (here) "/versions/" (shown.version) "/restoration" } {
                p.soft { "Brought back, it becomes the newest version. Those in between stay." }
                button.button type="submit" { "Bring this one back" }
            }
        }
    }
}

/// What the page needs on which somebody offers a practice.
pub(super) struct Offering<'a> {
    pub(super) own: &'a Own,
    pub(super) checked: &'a Checked,
    /// Her caseload.
    pub(super) clients: &'a [ClientAccess],
    /// Whom it is offered to by name.
    pub(super) chosen: &'a [Chosen],
    pub(super) form: &'a Form,
}

pub(super) fn offering(offering: &Offering<'_>, person: &Person) -> Markup {
    let Offering {
        own,
        checked,
        clients,
        chosen,
        form,
    } = offering;
    let here = format!("/writing/{}", own.slug);
    let newest = own.file.newest.version;
    let elsewhere = chosen
        .iter()
        .filter(|one| {
            !clients
                .iter()
                .any(|client| client.client_id() == one.client_id)
        })
        .count();
    html! {
        h1 { "Offer " (name_of(own)) }
        p.links { a.link href=(here) { "Write on" } }
        @if checked.is_good() {
            (told(own, checked.practice.as_ref()))
        } @else {
            p.note { "There is something to mend in version " (newest) " first. " a href=(here) { "The editor says what." } }
        }
        (problems(form))
        form.stack method="post" action={ (here) "/offering" } {
            input type="hidden" name="base" value=(newest);
            input type="hidden" name="person" value=(person.key());
            fieldset #reach tabindex="-1" {
                legend { "Who may have it" }
                (reach(form, Reach::Nobody, "Nobody but you"))
                (reach(form, Reach::Chosen, "Clients you choose: they find it under Practices, and you can prescribe it to them"))
                fieldset.inner #client tabindex="-1" {
                    legend.sr { "Clients" }
                    @if let Some(problem) = form.problem("client") { p.problem { (problem) } }
                    @if clients.is_empty() { p.soft { "Nobody is on your caseload yet." } }
                    @for client in *clients {
                        label.tick {
                            input type="checkbox" name="client" value=(client.client_id())
                                checked[form.all("client").any(|id| id == client.client_id())];
                            (client.name)
                        }
                    }
                    @if elsewhere > 0 {
                        p.hint { (elsewhere) " more who " @if elsewhere == 1 { "is" } @else { "are" }
                            " no longer on your caseload " @if elsewhere == 1 { "keeps" } @else { "keep" } " it until you withdraw it." }
                    }
                }
                (reach(form, Reach::Everybody, if own.draft.load == "3" {
                    "Everybody here: every practitioner can prescribe it. It may stir much pain, so nobody begins it alone"
                } else {
                    "Everybody here it is for: they find it under Practices, and every practitioner can prescribe it"
                }))
                div.inner {
                    label.tick {
                        input type="checkbox" name="instead" value="yes" checked[form.ticked("instead")];
                        "It may also be offered as something else, when another practice does not fit"
                    }
                }
            }
            @if own.reach.is_offered() && own.file.in_use != Some(newest) {
                @if let Some(version) = own.file.in_use {
                    p.soft { "People have version " (version) ". This gives them version " (newest) "." }
                }
            }
            button.button type="submit" { "Offer it like this" }
        }
        @if own.reach != Reach::Withdrawn {
            section {
                h2 { "Withdraw it" }
                form.stack method="post" action={ (here) "/withdrawal" } {
                    input type="hidden" name="person" value=(person.key());
                    p { "Nobody will find it any more. A plan that asks for it says that it is no longer here, and offers something else. What was practised stays on record, and you can offer it again." }
                    button.button.quiet type="submit" { "Withdraw it" }
                }
            }
        }
    }
}

fn reach(form: &Form, reach: Reach, words: &str) -> Markup {
    html! {
        label.tick {
            input type="radio" name="reach" value=(reach.word()) checked[form.raw("reach") == reach.word()];
            (words)
        }
    }
}

/// What people will be told of it: so that nobody offers what she has not looked at.
fn told(own: &Own, practice: Option<&Practice>) -> Markup {
    html! {
        @if let Some(practice) = practice {
            div.card {
                p { strong { (practice.title) } }
                p { (practice.summary) }
                p.soft {
                    (range_text(practice)) " · load " (practice.load) " of 3 · for "
                    @for (place, word) in own.draft.audience.iter().enumerate() {
                        @if place > 0 { ", " } (audience_text(word))
                    }
                }
                @for caution in &practice.cautions { p.note { (caution) } }
                p.soft { "On its page: written here; not studied." }
            }
        }
    }
}
