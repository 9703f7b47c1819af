//! Practices as pages.

use kith_content::{Form, Modality, Practice, Strength};
use maud::{Markup, html};

use super::own::is_own;
use super::usual_minutes;
use crate::app::App;
use kith_base::web::locale::minutes_text;

/// A modality in words for everybody.
pub fn kind(modality: Modality) -> &'static str {
    match modality {
        Modality::Phrases => "wishes in words",
        Modality::Imagery => "pictures in the mind",
        Modality::Memory => "remembering",
        Modality::BreathBody => "breath and body",
        Modality::Movement => "moving",
        Modality::Touch => "touch",
        Modality::Writing => "writing",
        Modality::Acts => "doing something kind",
        Modality::SelfCareAct => "doing something for yourself",
        Modality::GratitudeSavour => "noticing what is good",
        Modality::CommonHumanity => "what we share",
        Modality::ListeningPartner => "two people",
        Modality::Micro => "a moment",
        Modality::RoleEmbody => "acting it",
        Modality::Reappraisal => "thinking it through",
        Modality::NatureObject => "something to hold or watch",
    }
}

/// `4 to 10 minutes`, `18 seconds to 1 minute`.
pub fn range_text(practice: &Practice) -> String {
    let (least, most) = practice.minutes;
    if least == most {
        minutes_text(most)
    } else if least < 1.0 && most <= 1.0 {
        "up to a minute".to_owned()
    } else if least >= 1.0 {
        format!("{} to {}", least.round(), minutes_text(most))
    } else {
        format!("{} to {}", minutes_text(least), minutes_text(most))
    }
}

/// `theirs` was offered to this person by name, or by her to others; `treats`: she may write some of her own, and read them aloud.
pub(super) fn list(practices: &[&Practice], theirs: &[&Practice], treats: bool) -> Markup {
    let short: Vec<_> = practices
        .iter()
        .copied()
        .filter(|practice| practice.minutes.0 <= 1.0)
        .collect();
    let long: Vec<_> = practices
        .iter()
        .copied()
        .filter(|practice| practice.minutes.0 > 1.0)
        .collect();
    html! {
        h1 { "Practices" }
        p.soft { "Each can be as long as you have time for. None of them is a must." }
        p.links {
            a.link href="/ways" { "Find a way to practise" } " "
            a.link href="/evidence" { "What studies found" }
            @if treats {
                " " a.link href="/writing" { "Write your own" }
                " " a.link href="/recordings" { "Your own voice" }
            }
        }
        @if !theirs.is_empty() {
            section {
                h2 { @if treats { "For those you chose" } @else { "From your practitioner" } }
                (cards(theirs))
            }
        }
        @for (heading, some) in [("For a minute or more", short), ("With a little more time", long)] {
            section {
                h2 { (heading) }
                (cards(&some))
            }
        }
    }
}

fn cards(practices: &[&Practice]) -> Markup {
    html! {
        ul.cards {
            @for practice in practices {
                li.card {
                    h3 { a href={ "/practices/" (practice.slug) } { (practice.title) } }
                    p { (practice.summary) }
                    p.soft {
                        (range_text(practice)) " · " (kind(practice.modality))
                        @if is_own(&practice.slug) { " · written here" }
                    }
                }
            }
        }
    }
}

/// The forms and wishes a practice can be had in, folded away until somebody wants them.
fn fitting(app: &App, practice: &Practice) -> Markup {
    let forms = practice.script.forms();
    let choice = |form: Form| match form {
        Form::EyesClosed => ("eyes_closed", "no", "With my eyes open"),
        Form::Touch => ("touch", "no", "Without touch"),
        Form::Imagery => ("imagery", "no", "Without pictures in the mind"),
        Form::Breath => ("breath", "no", "With another anchor than the breath"),
        Form::Light => ("light", "yes", "With a warm light to imagine"),
    };
    html! {
        @if !forms.is_empty() || practice.script.speaks_wishes() {
            details.fitting {
                summary { "Make it fit" }
                @for form in forms {
                    @let (name, value, words) = choice(form);
                    label.tick { input type="checkbox" name=(name) value=(value); (words) }
                }
                @if practice.script.speaks_wishes() {
                    div.field {
                        label for="phrases" { "Wishes" }
                        select #phrases name="phrases" {
                            @for set in app.content.phrases() {
                                option value=(set.id) { (set.title) ": " (set.you.join(" ")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How strong the evidence is, in words.
pub fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::A => "Several trials together, compared with doing nothing",
        Strength::B => "At least one randomised trial",
        Strength::C => "Small or uncontrolled studies, or part of a whole course",
        Strength::D => "Clinical experience; nobody has tested it by itself",
    }
}

pub(super) fn show(app: &App, practice: &Practice, treats: bool) -> Markup {
    html! {
        h1 { (practice.title) }
        p.lead { (practice.summary) }
        p.soft { (range_text(practice)) " · " (kind(practice.modality)) " · " (practice.setting) }
        @for caution in &practice.cautions { p.note { (caution) } }
        form.row method="get" action={ "/practise/" (practice.slug) } {
            div.minutes data-stepper {
                label for="minutes" { "Minutes" }
                input #minutes name="minutes" type="number" inputmode="decimal" step="any"
                    min=(practice.minutes.0) max=(practice.minutes.1) value=(usual_minutes(practice));
            }
            button.button type="submit" { "Begin" }
            @if treats {
                button.button.quiet type="submit" formaction={ "/practices/" (practice.slug) "/teleprompter" } { "Read it aloud" }
            }
            (fitting(app, practice))
        }
        @if treats {
            section {
                h2 { "For whoever prescribes it" }
                dl {
                    dt { "Tends to help" } dd { (practice.use_when) }
                    dt { "Inner load" } dd { (practice.load) " of 3: how much pain it may stir" }
                    @if let Some(anchor) = &practice.anchor { dt { "Goes well" } dd { (anchor) } }
                }
                p.links {
                    a.link href="/rationale" { "What to say when somebody asks why" } " "
                    a.link href={ "/recordings?practice=" (practice.slug) "#begin" } { "Read it in your own voice, for people to hear" } " "
                    a.link href={ "/writing?from=" (practice.slug) "#begin" } { "Write your own from this one" }
                }
            }
        }
        (evidence(app, practice.strength, &practice.limit, &practice.evidence, &format!("/handouts/practices/{}", practice.slug)))
    }
}

/// How far something is known to help, its limit, where that was read, what is known about what was measured there, and
/// the same on paper.
pub(super) fn evidence(
    app: &App,
    grade: Strength,
    limit: &str,
    ids: &[String],
    handout: &str,
) -> Markup {
    let library = app.content.evidence();
    let sources: Vec<_> = app
        .content
        .sources()
        .iter()
        .filter(|source| ids.contains(&source.id))
        .collect();
    let measured = |construct: &str| {
        ids.iter()
            .filter_map(|id| library.study(id))
            .flat_map(|study| &study.outcomes)
            .any(|outcome| outcome.construct.as_deref() == Some(construct))
    };
    let about: Vec<_> = library
        .constructs
        .iter()
        .filter(|construct| measured(&construct.id))
        .collect();
    html! {
        section {
            h2 { "Does it help?" }
            p { strong { (strength(grade)) "." } " (Grade " (grade.as_str()) " of A to D.)" }
            p { strong { "The limit: " } (limit) }
            @if !about.is_empty() {
                p { "What all studies together show about "
                    @for (index, construct) in about.iter().enumerate() {
                        @if index > 0 { @if index + 1 == about.len() { " and " } @else { ", " } }
                        a href={ "/evidence/" (construct.id) } { (construct.name) }
                    } "." }
            }
            @if !sources.is_empty() {
                h3 { "Sources" }
                ul {
                    @for source in sources {
                        li {
                            @if library.study(&source.id).is_some() { a href={ "/evidence/studies/" (source.id) } { (source.title) } }
                            @else { a href=(source.url) rel="noopener noreferrer" { (source.title) } }
                            span.soft { " (we read: " (source.seen) ")" }
                            @if library.study(&source.id).is_some_and(|study| study.retired.is_some()) { " " strong { "Taken out: it no longer counts." } }
                        }
                    }
                }
            }
            p { a.link href=(handout) { "This on one page, to print" } }
        }
    }
}
