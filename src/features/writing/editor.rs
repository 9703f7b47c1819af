//! The editor: what is said, how it goes, and for whom it is.

use kith_content::{Composition, CueKind, Flag, Modality, Target};
use maud::{Markup, html};

use super::draft::MOST_WORDS;
use super::routes::{Own, dressed, minutes_of};
use super::rules::{AUDIENCES, Checked, LONGEST, Reach};
use crate::app::App;
use crate::features::library::pages::kind;
use crate::features::people::Person;
use kith_base::web::difference::difference;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, Page, problems};
use kith_base::web::locale::{minutes_text, moment_text};

/// What the editor shows.
pub(super) struct Shown<'a> {
    form: &'a Form,
    checked: &'a Checked,
    minutes: f64,
    at: Result<Composition, String>,
    /// What stands on the page was not kept yet.
    is_unkept: bool,
    /// A newer version was kept while this was written.
    overtaken: bool,
}

impl<'a> Shown<'a> {
    pub(super) fn kept(app: &App, checked: &'a Checked, form: &'a Form) -> Self {
        Self {
            is_unkept: false,
            ..Self::unkept(app, checked, form)
        }
    }

    /// The same, when another page kept a version in between.
    pub(super) fn overtaken(self) -> Self {
        Self {
            overtaken: true,
            ..self
        }
    }

    pub(super) fn unkept(app: &App, checked: &'a Checked, form: &'a Form) -> Self {
        let minutes = minutes_of(form, checked);
        Self {
            form,
            checked,
            minutes,
            at: checked.at(&app.content, minutes),
            is_unkept: true,
            overtaken: false,
        }
    }
}

/// Puts what is wrong with the answers beside their questions. What is wrong with the script stands beside the script.
pub(super) fn complain(form: &mut Form, checked: &Checked) {
    for fault in checked
        .faults
        .iter()
        .filter(|fault| fault.field != "script")
    {
        form.complain(fault.field, fault.message.clone());
    }
}

/// In a line, how it stands.
pub(super) fn said(shown: &Shown<'_>) -> String {
    let range = shown.at.as_ref().ok().map(|composition| composition.range);
    match (shown.checked.faults.len(), range) {
        (0, Some([least, most])) if least == most => {
            format!("Nothing in the way. It lasts {}.", minutes_text(most))
        }
        (0, Some([least, most])) => format!(
            "Nothing in the way. It can last {} to {}.",
            short(least),
            minutes_text(most)
        ),
        (0, None) => "Nothing in the way, but it cannot last so long.".to_owned(),
        (1, _) => "One thing to mend.".to_owned(),
        (some, _) => format!("{some} things to mend."),
    }
}

fn short(minutes: f64) -> String {
    if minutes < 1.0 {
        minutes_text(minutes)
    } else {
        (minutes.round()).to_string()
    }
}

/// What is to be mended, each leading to its place.
pub(super) fn panel(shown: &Shown<'_>) -> Markup {
    html! {
        @if !shown.checked.faults.is_empty() {
            ol.faults {
                @for fault in &shown.checked.faults {
                    li data-line=[fault.line] {
                        a href={ "#" (if fault.field.is_empty() { "script" } else { fault.field }) }
                            data-fault data-line=[fault.line] data-column=(fault.column) {
                            strong { (place_of(fault.field, fault.line)) } " " (fault.message)
                        }
                        @if let Some(allowed) = &fault.allowed { span.soft { "Allowed: " (allowed) } }
                    }
                }
            }
        }
    }
}

fn place_of(field: &str, line: Option<usize>) -> String {
    match (field, line) {
        (_, Some(line)) => format!("Line {line}:"),
        ("script", None) => "The script:".to_owned(),
        ("", None) => String::new(),
        (field, None) => format!("{}:", name_of(field)),
    }
}

fn name_of(field: &str) -> &'static str {
    match field {
        "title" => "Title",
        "summary" => "In a sentence",
        "modality" => "Kind",
        "also" => "A little of",
        "targets" => "Towards whom",
        "least" | "most" => "Minutes",
        "load" => "How much pain",
        "audience" => "For whom",
        "setting" => "Where",
        "flags" => "What it does without",
        "use_when" => "When it helps",
        "why" => "Why",
        "cautions" => "What to watch for",
        "evidence" => "Sources",
        "anchor" => "Goes well",
        _ => "Words to fill in",
    }
}

/// The timeline of the minutes asked for.
pub(super) fn timeline(shown: &Shown<'_>) -> Markup {
    html! {
        @match &shown.at {
            Err(why) => { p.soft { (why) } }
            Ok(composition) => {
                ol.timeline {
                    @for (index, cue) in composition.cues.iter().enumerate() {
                        @let before = index.checked_sub(1).and_then(|before| composition.cues.get(before));
                        @if before.is_none_or(|before| before.section != cue.section) {
                            li.section { (cue.section) }
                        }
                        @let next = composition.cues.get(index + 1).map_or(composition.seconds, |next| next.at);
                        @let quiet = (next - cue.at - cue.seconds).round();
                        li {
                            span.time { (clock(cue.at)) }
                            span {
                                @if cue.kind == CueKind::Bell { em { "A bell" } } @else { (cue.text) }
                                @if quiet >= 1.0 { span.quiet { " " (quiet) " s quiet" } }
                            }
                        }
                    }
                    li.section { span.time { (clock(composition.seconds)) } " It ends." }
                }
            }
        }
    }
}

/// `2:05`
fn clock(seconds: f64) -> String {
    let whole = seconds.max(0.0).round() as u64;
    format!("{}:{:02}", whole / 60, whole % 60)
}

pub(super) fn page(app: &App, person: &Person, own: &Own, shown: &Shown<'_>) -> Page {
    let form = shown.form;
    let now = app.clock.now();
    let newest = &own.file.newest;
    let kept_at = moment_text(newest.made_at, now, &person.zone, &person.locale);
    let here = format!("/writing/{}", own.slug);
    let body = html! {
        div.heading {
            h1 { @if own.draft.title.is_empty() { "A practice" } @else { (own.draft.title) } }
            p.soft { (state_text(own)) }
        }
        p.links {
            a.link href={ (here) "/versions" } { "Versions" } " "
            a.link href={ (here) "/offering" } { "Offer it" } " "
            a.link href="/writing" { "All that are written here" }
        }
        @if shown.overtaken {
            div.note {
                p { strong { "While you were writing, version " (newest.version) " was kept from another page." } }
                p { "Nothing of yours is lost: it stands below, and is not kept yet. Keep it, and it follows that version. This is what would change:" }
            }
            (difference((&format!("version {}", newest.version), "what stands below"), &newest.text, &shown.checked.text.text))
        }
        (problems(form))
        div.note data-restored hidden {}
        form.writing method="post" action={ (here) "/versions" } data-writing=(own.slug) data-unkept[shown.is_unkept]
            autocomplete="off" {
            // The first button is what Enter in a field presses.
            button.sr type="submit" formaction={ (here) "/check" } formnovalidate tabindex="-1" { "Check" }
            input type="hidden" name="base" value=(if form.raw("base").is_empty() { newest.version.to_string() } else { form.raw("base").to_owned() });
            input type="hidden" name="person" value=(person.key());
            (said_part(shown, &here))
            (facts_part(form))
            div.field.note-field {
                label for="note" { "What you changed, if you want to remember it" }
                input #note name="note" type="text" maxlength="200" value=(form.raw("note"));
            }
            div.writing-bar {
                div {
                    p { span role="status" data-said { (said(shown)) } " " button.link type="button" data-first hidden { "Show me" } }
                    p.soft data-kept { @if shown.is_unkept { "Not kept yet." } @else { "Version " (newest.version) ", kept " (kept_at) "." } }
                }
                button.button.quiet type="submit" formaction={ (here) "/check" } formnovalidate { "Check" }
                button.button type="submit" { "Keep it" }
            }
        }
    };
    let mut page = person.page(&own.draft.title, "/practices", body).wide();
    page.scripts.push("js/writing/editor.js");
    dressed(page)
}

/// Who has it, in a few words.
pub(super) fn state_text(own: &Own) -> String {
    let newer = own.reach.is_offered() && own.file.in_use != Some(own.file.newest.version);
    let state = match own.reach {
        Reach::Nobody => "Only you have it",
        Reach::Chosen => "Offered to those you chose",
        Reach::Everybody => "Offered to everybody here",
        Reach::Withdrawn => "Withdrawn",
    };
    match own.file.in_use.filter(|_| newer) {
        Some(version) => format!("{state}, as version {version}"),
        None => state.to_owned(),
    }
}

fn said_part(shown: &Shown<'_>, here: &str) -> Markup {
    let form = shown.form;
    html! {
        section.said {
            h2.sr { "What is said" }
            (Field { name: "title", label: "Title", hint: "", kind: "text", more: &[("maxlength", "60")] }.show(form))
            (Field { name: "summary", label: "What one does, in a sentence", hint: "", kind: "text", more: &[("maxlength", "160")] }.show(form))
            div.script {
                div.field.text {
                    label for="script" { "The script" }
                    p.hint #script-hint { "A paragraph is one cue: something said or shown at once. A line in [square brackets] is silence, a bell or a block." }
                    div.paper {
                        textarea #script name="script" rows="24" spellcheck="true" aria-describedby="script-hint"
                            maxlength=(LONGEST) { "\n" (form.raw("script")) }
                    }
                }
                aside.margin aria-label="What is to be mended in it" data-margin { (panel(shown)) }
            }
            (help())
            section.goes aria-labelledby="goes" {
                h3 #goes { "How it goes" }
                div.row {
                    div.minutes data-stepper {
                        label for="at" { "Minutes" }
                        input #at name="at" type="number" inputmode="decimal" step="any" min="0.3" max="60" value=(shown.minutes);
                    }
                    button.button.quiet type="submit" formaction={ (here) "/listen" } formnovalidate { "Listen" }
                }
                p.hint { "You hear it as it stands here, with the voice of this browser. Nothing is kept of it." }
                details data-timeline { summary { "Cue by cue" } div { (timeline(shown)) } }
            }
        }
    }
}

/// The format, beside the text it is written in.
fn help() -> Markup {
    html! {
        details.format {
            summary { "How to write it" }
            div {
                dl {
                    dt { code { "# Arrive" } } dd { "begins a section. The script begins with one." }
                    dt { "A paragraph" } dd { "is said at once: up to 40 words, shorter is better. A blank line ends it." }
                    dt { code { "[silence 3 6 20]" } } dd { "is silence of at least 3, usually 6, at most 20 seconds. The longer the practice, the longer the silences." }
                    dt { code { "[silence 5 10 40 weight 2]" } } dd { "takes twice its share when there is time." }
                    dt { code { "[bell]" } } dd { "is one stroke of a bell." }
                    dt { code { "[repeat 1 to 4]" } " … " code { "[end]" } } dd { "is said once to four times, as there is time." }
                    dt { code { "~ other words" } } dd { "under a cue in a repeat is what is said the next time round." }
                    dt { code { "[optional from 7 minutes]" } " … " code { "[end]" } } dd { "is left out when there are fewer minutes." }
                    dt { code { "[when eyes-closed]" } " … " code { "[else]" } " … " code { "[end]" } }
                    dd { "is one wording or the other: also " code { "touch" } ", " code { "imagery" } ", " code { "breath" } ". Closing the eyes, a hand on the body, “imagine” and “picture” stand inside one." }
                    dt { code { "[wishes me 3 6 15]" } } dd { "are wishes, each with a silence after it; also " code { "you" } " and " code { "all" } "." }
                    dt { code { "{dear_one}" } } dd { "is a word the person fills in, on her own device. It is asked for below." }
                    dt { code { "; a note" } } dd { "is for whoever reads it aloud, and is not heard." }
                }
            }
        }
    }
}

fn facts_part(form: &Form) -> Markup {
    let modalities: Vec<(String, String)> = Modality::ALL
        .iter()
        .map(|modality| (modality.as_str().to_owned(), kind(*modality).to_owned()))
        .collect();
    html! {
        section.facts {
            h2 { "For whom, and what to watch for" }
            div.columns {
                (Field { name: "modality", label: "What kind of practice it is", hint: "", kind: "", more: &[] }.choice(form, &modalities))
                div.field {
                    label for="least" { "Minutes, from and to" }
                    @if let Some(problem) = form.problem("least") { p.problem #least-problem { (problem) } }
                    div.row {
                        input #least name="least" type="number" inputmode="decimal" step="any" min="0.3" max="60" value=(form.raw("least"))
                            aria-invalid=[form.problem("least").map(|_| "true")] aria-describedby=[form.problem("least").map(|_| "least-problem")];
                        span aria-hidden="true" { "to" }
                        input #most name="most" type="number" inputmode="decimal" step="any" min="0.3" max="60" value=(form.raw("most")) aria-label="The most minutes";
                    }
                }
                (ticks(form, "targets", "Towards whom its kindness goes", Target::ALL.iter().map(|target| (target.as_str(), target_text(*target)))))
                (ticks(form, "audience", "Whom it is for", AUDIENCES.iter().map(|audience| (audience.as_str(), audience_text(audience.as_str())))))
                (loads(form))
                (Field { name: "cautions", label: "What to watch for", hint: "When to stop, and for whom it is not. One a line; shown before it begins.", kind: "", more: &[] }.lines(form))
                (Field { name: "use_when", label: "When it tends to help", hint: "For whoever prescribes it.", kind: "text", more: &[("maxlength", "400")] }.show(form))
                (Field { name: "setting", label: "Where one does it", hint: "", kind: "text", more: &[("maxlength", "400")] }.show(form))
            }
            details open[form.problems.iter().any(|problem| ["also", "flags", "why", "anchor", "evidence", "words"].contains(&problem.field.as_str()))] {
                summary { "More about it" }
                div.columns {
                    (ticks(form, "flags", "What it does without", Flag::ALL.iter().map(|flag| (flag.as_str(), flag_text(*flag)))))
                    (ticks(form, "also", "It is also a little of, up to two", Modality::ALL.iter().map(|modality| (modality.as_str(), kind(*modality)))))
                    (Field { name: "why", label: "Why one might do it, in words for a client", hint: "", kind: "text", more: &[("maxlength", "160")] }.show(form))
                    (Field { name: "anchor", label: "A routine it goes well with", hint: "Such as: after brushing your teeth.", kind: "text", more: &[("maxlength", "400")] }.show(form))
                    (Field { name: "evidence", label: "Sources it goes back to", hint: "Their ids, from the evidence pages. Its grade stays D: it was written here, and nobody has studied it.", kind: "text", more: &[] }.show(form))
                }
                (words(form))
            }
        }
    }
}

fn ticks<'a>(
    form: &Form,
    name: &str,
    legend: &str,
    options: impl Iterator<Item = (&'a str, &'a str)>,
) -> Markup {
    let problem = form.problem(name);
    html! {
        fieldset id=(name) tabindex="-1" {
            legend { (legend) }
            @if let Some(problem) = problem { p.problem { (problem) } }
            div.ticks {
                @for (value, words) in options {
                    label.tick { input type="checkbox" name=(name) value=(value) checked[form.all(name).any(|sent| sent == value)]; (words) }
                }
            }
        }
    }
}

fn loads(form: &Form) -> Markup {
    html! {
        fieldset #load tabindex="-1" {
            legend { "How much pain it may stir" }
            @if let Some(problem) = form.problem("load") { p.problem { (problem) } }
            @for (value, words) in [
                ("1", "Little: what most people can do on a hard day"),
                ("2", "Some: it turns towards what is difficult"),
                ("3", "Much: it is begun together with a practitioner"),
            ] {
                label.tick { input type="radio" name="load" value=(value) checked[form.raw("load") == value]; (words) }
            }
        }
    }
}

/// As many rows as there are words to fill in, and one more.
fn words(form: &Form) -> Markup {
    let filled = (1..=MOST_WORDS)
        .filter(|number| {
            !form.raw(&format!("word_{number}")).is_empty()
                || !form.raw(&format!("ask_{number}")).is_empty()
        })
        .max()
        .unwrap_or(0);
    html! {
        fieldset #words tabindex="-1" {
            legend { "Words the person fills in" }
            p.hint { "They stay on her device. In the script they stand in curly brackets: {dear_one}." }
            @if let Some(problem) = form.problem("words") { p.problem { (problem) } }
            @for number in 1..=(filled + 1).min(MOST_WORDS) {
                div.columns.three {
                    @for (part, label) in [("word", "Name"), ("ask", "Question"), ("default", "Said when left empty")] {
                        @let name = format!("{part}_{number}");
                        div.field {
                            label for=(name) { (label) @if number > 1 { span.sr { " " (number) } } }
                            input id=(name) name=(name) type="text" value=(form.raw(&name)) maxlength="160" autocapitalize="none";
                        }
                    }
                }
            }
        }
    }
}

fn target_text(target: Target) -> &'static str {
    match target {
        Target::Oneself => "oneself",
        Target::LovedOne => "somebody dear",
        Target::Stranger => "a stranger",
        Target::DifficultPerson => "somebody difficult",
        Target::Group => "a group",
        Target::All => "everybody",
        Target::Others => "others",
        Target::Client => "a client",
        Target::Partner => "a partner",
        Target::Colleague => "a colleague",
    }
}

pub(super) fn audience_text(word: &str) -> &'static str {
    match word {
        "adult" => "adults",
        "adolescent" => "adolescents",
        _ => "those who work here",
    }
}

fn flag_text(flag: Flag) -> &'static str {
    match flag {
        Flag::EyesOpenOk => "closed eyes",
        Flag::NoImagery => "pictures in the mind",
        Flag::NoBody => "attention to the body",
        Flag::NoMemory => "memories",
        Flag::NoWords => "words to say to oneself",
        Flag::SecularPlain => "words of any faith",
    }
}
