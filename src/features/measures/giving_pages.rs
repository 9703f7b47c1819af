//! What a practitioner sees of a client's questionnaires: what was asked, what came of it, and one response by itself.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::pages::every_answer;
use super::rules::{Request, Response, Scores, Way, changed, moved};
use super::sheet::Sheet;
use crate::app::App;
use crate::features::people::{ClientAccess, Person};
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::{date_text, day, moment_text};

/// Whose page it is, and who looks.
pub(super) struct Client<'a> {
    pub(super) app: &'a App,
    pub(super) person: &'a Person,
    pub(super) access: &'a ClientAccess,
    pub(super) now: i64,
}

impl Client<'_> {
    fn when(&self, at: i64) -> String {
        moment_text(at, self.now, &self.person.zone, &self.person.locale)
    }

    fn on(&self, on: &str) -> String {
        let today = day(self.now, &self.person.zone);
        on.parse().map_or_else(
            |_| on.to_owned(),
            |on| date_text(on, today, &self.person.locale),
        )
    }

    /// What a measure is called for short.
    fn name(&self, measure: &str) -> String {
        let library = &self.app.content;
        if let Some(instrument) = library.instrument(measure) {
            return instrument.abbreviation.clone();
        }
        let check_in = library.check_in(measure);
        check_in
            .map_or(measure, |check_in| &check_in.title)
            .to_owned()
    }
}

/// What there is to show.
pub(super) struct Given {
    /// What can be answered here: ids and titles.
    pub(super) here: BTreeMap<String, String>,
    /// What asks about risk while nobody looks at such answers, and what could be asked instead.
    pub(super) unwatched: Vec<(String, Option<String>)>,
    pub(super) requests: Vec<Request>,
    /// `None` when she does not share.
    pub(super) responses: Option<Vec<Response>>,
}

pub(super) fn measures(client: &Client<'_>, given: &Given, form: &Form) -> Markup {
    let name = &client.access.name;
    html! {
        p.soft { a href={ "/clients/" (client.access.client_id()) } { (name) } }
        h1 { "Questionnaires" }
        (waiting(client, given))
        section {
            h2 { "Ask for something" }
            (ask(client, given, form))
        }
        section {
            h2 { "Answers" }
            @match &given.responses {
                None => p.note { (name) " does not share with you, or has taken it back. You can ask; what is answered stays with them." },
                Some(responses) if responses.is_empty() => p.soft { "Nothing has been answered yet." },
                Some(responses) => (answers(client, responses)),
            }
        }
        @if given.responses.is_some() {
            section {
                h2 { "From paper" }
                p { "A form that was filled in by hand is typed in number by number." }
                (paper_links(client))
            }
        }
    }
}

/// Every instrument there is: typing in numbers needs no words.
fn paper_links(client: &Client<'_>) -> Markup {
    html! {
        details {
            summary { "Choose the questionnaire" }
            ul.plain.columns {
                @for instrument in client.app.content.instruments() {
                    li { a.link href={ "/clients/" (client.access.client_id()) "/measures/" (instrument.id) } { (instrument.abbreviation) } }
                }
            }
        }
    }
}

fn waiting(client: &Client<'_>, given: &Given) -> Markup {
    let shares = given.responses.is_some();
    let place = format!("/clients/{}/requests", client.access.client_id());
    let open: Vec<_> = given
        .requests
        .iter()
        .filter(|request| match shares {
            true => request.is_open(client.now),
            false => request.is_kept(client.now),
        })
        .collect();
    html! {
        @if !open.is_empty() {
            section {
                h2 { @if shares { "Waiting for an answer" } @else { "Asked" } }
                @for request in open {
                    div.card {
                        p { strong { (client.name(&request.instrument)) } ", until " (client.when(request.expires_at))
                            @if request.opens_at > client.now { ", shown from " (client.when(request.opens_at)) } "." }
                        p.soft { "Asked " (client.when(request.asked_at))
                            @match (request.reminded_at, request.remind_at) {
                                (Some(_), _) => { ". The reminder’s time has come." },
                                (None, Some(at)) => { ". One reminder " (client.when(at)) ", if they have reminders on." },
                                (None, None) => { "." },
                            } }
                        div.row {
                            (key_button(&place, request, "link", "Make a link without sign-in"))
                            (key_button(&place, request, "waiting-room", "Code for the waiting room"))
                            form method="post" action={ (place) "/" (request.request_id) "/withdrawal" } {
                                button.link type="submit" { "Take it back" span.sr { ": " (client.name(&request.instrument)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn key_button(place: &str, request: &Request, kind: &str, words: &str) -> Markup {
    html! {
        form method="post" action={ (place) "/" (request.request_id) "/keys" } {
            input type="hidden" name="kind" value=(kind);
            button.button.quiet type="submit" { (words) }
        }
    }
}

const OPENS: [(&str, &str); 5] = [
    ("now", "At once"),
    ("1", "A day before"),
    ("2", "Two days before"),
    ("3", "Three days before"),
    ("7", "A week before"),
];
const REMINDS: [(&str, &str); 4] = [
    ("no", "No reminder"),
    ("3", "Three hours before"),
    ("24", "A day before"),
    ("48", "Two days before"),
];

fn ask(client: &Client<'_>, given: &Given, form: &Form) -> Markup {
    let library = &client.app.content;
    let check_in = |id: &str| library.check_in(id).is_some();
    let (own, published): (Vec<_>, Vec<_>) = given.here.iter().partition(|(id, _)| check_in(id));
    let own: Vec<_> = own
        .into_iter()
        .filter(|(id, _)| {
            use kith_content::instrument::Who;
            let who = library.check_in(id).map(|check_in| check_in.who);
            matches!(who, Some(Who::Client | Who::Both))
        })
        .collect();
    let options = |list: &[(&str, &str)]| {
        list.iter()
            .map(|(value, words)| ((*value).to_owned(), (*words).to_owned()))
            .collect::<Vec<_>>()
    };
    let chosen = form.raw("measure");
    let today = day(client.now, &client.access.zone).to_string();
    html! {
        (problems(form))
        form.stack method="post" action={ "/clients/" (client.access.client_id()) "/requests" } {
            div.field {
                label for="measure" { "What" }
                @if let Some(problem) = form.problem("measure") { p.problem #measure-problem { (problem) } }
                select #measure name="measure" aria-invalid=[form.problem("measure").map(|_| "true")] {
                    option value="" { "Please choose" }
                    @if !published.is_empty() { optgroup label="Questionnaires" {
                        @for (id, _) in &published { option value=(id) selected[chosen == id.as_str()] { (client.name(id)) } } } }
                    optgroup label="Kith’s own check-ins, no tests" {
                        @for (id, title) in &own { option value=(id) selected[chosen == id.as_str()] { (title) } } }
                }
                @if published.is_empty() { p.hint { "No words of a published questionnaire are in this clinic yet. " a href="/questionnaires" { "How they come here" } "." } }
                @for (id, instead) in &given.unwatched {
                    p.hint { (client.name(id)) " asks about risk. Nobody in this clinic looks at such answers at set hours, so it cannot be asked."
                        @if let Some(title) = instead { " " (title) " asks about the same without it." } }
                }
            }
            div.pair {
                (Field { name: "on", label: "Needed by", hint: "", kind: "date", more: &[("required", ""), ("min", &today)] }.show(form))
                (Field { name: "at", label: "At", hint: "", kind: "time", more: &[("required", "")] }.show(form))
            }
            @if client.access.zone != client.person.zone { p.hint { "In their time zone, " (client.access.zone) "." } }
            div.pair {
                (Field { name: "opens", label: "Shown from", hint: "", kind: "", more: &[] }.choice(form, &options(&OPENS)))
                (Field { name: "remind", label: "One reminder", hint: "", kind: "", more: &[] }.choice(form, &options(&REMINDS)))
            }
            p.hint { "A reminder goes out only if they have turned reminders on. It names neither a questionnaire nor you. After that time the request goes by itself." }
            button.button type="submit" { "Ask" }
        }
    }
}

/// So many of one questionnaire stand open; what is older is folded away.
const OPEN: usize = 4;

/// By questionnaire, whichever was answered last first; check-ins, of which there are many, after them and folded.
fn answers(client: &Client<'_>, responses: &[Response]) -> Markup {
    let mut measures: Vec<(&str, Vec<usize>)> = Vec::new();
    for (at, response) in responses.iter().enumerate().rev() {
        match measures
            .iter_mut()
            .find(|(id, _)| *id == response.instrument)
        {
            Some((_, places)) => places.push(at),
            None => measures.push((&response.instrument, vec![at])),
        }
    }
    let is_check_in = |id: &str| client.app.content.check_in(id).is_some();
    measures.sort_by_key(|(id, _)| is_check_in(id));
    let place = format!("/clients/{}/progress", client.access.client_id());
    html! {
        @for (id, places) in &measures {
            @let (open, folded) = places.split_at(if is_check_in(id) { 0 } else { places.len().min(OPEN) });
            section.of-measure {
                h3 { (client.name(id)) }
                @if !open.is_empty() { (rows(client, responses, open, &client.name(id))) }
                @if !folded.is_empty() {
                    details {
                        summary { (folded_words(client, responses, (open, folded))) span.sr { ": " (client.name(id)) } }
                        (rows(client, responses, folded, &format!("{}, earlier", client.name(id))))
                    }
                }
            }
        }
        p.soft { "What a change comes to, and the figures it rests on, stand with each answer and beside the " a href=(place) { "pictures" } "." }
    }
}

/// What is folded away; an answer about risk is said, though nobody unfolds it.
fn folded_words(
    client: &Client<'_>,
    responses: &[Response],
    (open, folded): (&[usize], &[usize]),
) -> String {
    let count = folded.len();
    let of = |at: &usize| responses.get(*at);
    let words = match (open.is_empty(), folded.first().and_then(of)) {
        (true, Some(last)) => format!(
            "Last {}, {}; {count} in all",
            score_text(last.scores()),
            client.on(&last.answered_on)
        ),
        _ => format!("{count} before these"),
    };
    let risk = folded.iter().filter_map(of).filter(|one| one.risk).count();
    match risk {
        0 => words,
        1 => format!("{words}, one with an answer about risk"),
        many => format!("{words}, {many} with an answer about risk"),
    }
}

fn rows(client: &Client<'_>, responses: &[Response], places: &[usize], label: &str) -> Markup {
    let library = &client.app.content;
    let before = |at: usize, response: &Response| {
        let earlier = responses.iter().take(at).rev();
        let mut same = earlier.filter(|other| other.instrument == response.instrument);
        let before = same.find(|other| other.scores().total.is_some())?;
        moved(library, before, response)
    };
    let some: Vec<_> = places
        .iter()
        .filter_map(|at| {
            let response = responses.get(*at)?;
            Some((response, before(*at, response)))
        })
        .collect();
    let has_moved = some.iter().any(|(_, moved)| moved.is_some());
    html! {
        div.scroll tabindex="0" role="region" aria-label=(label) {
            table.responses.sittings {
                thead { tr { th scope="col" { "When" } th scope="col" { "Score" } @if has_moved { th scope="col" { "Since the time before" } } } }
                tbody {
                    @for (response, moved) in &some {
                        tr.urgent[response.risk] {
                            th scope="row" { a href={ "/clients/" (client.access.client_id()) "/responses/" (response.id) } { (client.on(&response.answered_on)) }
                                @if response.way != Way::Phone { span.soft { ", " (way_words(response.way)) } } }
                            td data-label="Score" { (score_text(response.scores())) @if response.risk { br; strong { "An answer about risk" } } }
                            @if has_moved { td data-label="Since the time before" { @if let Some(words) = moved { (words) } @else { span.soft { "–" } } } }
                        }
                    }
                }
            }
        }
    }
}

/// How answers came, in words.
pub(super) fn way_words(way: Way) -> &'static str {
    match way {
        Way::Phone => "signed in",
        Way::Link => "by a link",
        Way::WaitingRoom => "in the waiting room",
        Way::Paper => "on paper",
        Way::Fhir => "from another system",
    }
}

/// A total for reading, with what it is called.
fn score_text(scores: &Scores) -> String {
    let total = match scores.total {
        Some(total) => kith_content::instrument::shown(total),
        None => "no total".to_owned(),
    };
    match scores.scores["band"].as_str() {
        Some(band) => format!("{total}, {band}"),
        None => total,
    }
}

/// One response by itself.
pub(super) struct Shown<'a> {
    pub(super) response: &'a Response,
    pub(super) sheet: Option<&'a Sheet>,
    pub(super) scorings: &'a [(i64, Scores)],
    /// The time before that has a total.
    pub(super) before: Option<&'a Response>,
    pub(super) typed_by: Option<&'a str>,
}

pub(super) fn response(client: &Client<'_>, shown: &Shown<'_>) -> Markup {
    let response = shown.response;
    let library = &client.app.content;
    let instrument = library.instrument(&response.instrument);
    let version = instrument
        .map(|instrument| instrument.version.as_str())
        .or_else(|| Some(library.check_in(&response.instrument)?.version.as_str()));
    let is_old = version.is_some_and(|version| {
        version != response.first.version
            && shown
                .scorings
                .iter()
                .all(|(_, scores)| scores.version != version)
    });
    let endorsed: Vec<u64> = response.first.scores["safety_items"]
        .as_array()
        .map(|items| items.iter().filter_map(serde_json::Value::as_u64).collect())
        .unwrap_or_default();
    html! {
        p.soft { a href={ "/clients/" (client.access.client_id()) "/measures" } { (client.access.name) ", questionnaires" } }
        h1 { (client.name(&response.instrument)) }
        @if response.risk {
            div.note {
                p { strong { "An answer about risk" } @for item in &endorsed { ", question " (item) } ". "
                    @if response.told.is_empty() { "Nobody could be told: they have not agreed to it, or no contact is there. Please look after it yourself." }
                    @else { (response.told) " was told" @if let Some(at) = response.looks_by_at { ", and looks by " (client.when(at)) } "." } }
                p { "Whom to ring in your place: " a href="/help" { "the help page" } "." }
            }
        }
        dl {
            div { dt { "Answered" } dd { (client.on(&response.answered_on)) ", " (way_words(response.way))
                @if let Some(name) = shown.typed_by { ", typed in by " (name) } } }
            (scored("Score", &response.first, client, None))
            @if let Some(words) = shown.before.and_then(|before| changed(library, before, response)) {
                div { dt { "Since the time before" } dd { (words) } }
            }
            @for (at, scores) in shown.scorings { (scored("Scored again", scores, client, Some(*at))) }
        }
        @if is_old {
            div.card {
                p { "The definition has changed since this was scored. It can be scored again by today’s; both stay." }
                form method="post" action={ "/clients/" (client.access.client_id()) "/responses/" (response.id) "/scorings" } {
                    button.button.quiet type="submit" { "Score again" }
                }
            }
        }
        section {
            h2 { "Every answer" }
            (every_answer(response, shown.sheet, &endorsed))
        }
    }
}

fn scored(label: &str, scores: &Scores, client: &Client<'_>, at: Option<i64>) -> Markup {
    let parts = scores.scores["subscales"].as_object();
    html! {
        div { dt { (label) @if let Some(at) = at { ", " (client.when(at)) } }
            dd { (score_text(scores))
                @if let Some(why) = scores.scores["why_no_total"].as_str() { span.soft { " " (why) } }
                @if let Some(parts) = parts { @for (part, value) in parts {
                    br; span.soft { (part.replace(['_', '-'], " ")) " " @if let Some(value) = value.as_f64() { (kith_content::instrument::shown(value)) } @else { "none" } }
                } }
                br; span.soft { "Definition " code { (scores.version) } } } }
    }
}
