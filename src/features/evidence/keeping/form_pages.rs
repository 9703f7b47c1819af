//! The form of a study.

use kith_content::evidence::{
    Against, Checked, Design, EffectKind, Evidence, Family, Favours, Population, StudySetting,
    Timepoint,
};
use maud::{Markup, html};

use super::fields::{self, label, outcomes};
use crate::features::evidence::rules::{begun, called, checked};
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};

/// What a form is for.
pub(super) enum For<'a> {
    /// A study that is not here.
    New,
    /// A version after this one of a study that is: its id, the version, and what the study is called.
    Correction(&'a str, i64, &'a str),
    /// Going on with a draft that nobody has read: the same.
    Draft(&'a str, i64, &'a str),
}

/// A choice: what is sent, and what it is called.
type Choice = Vec<(String, String)>;

pub(super) fn page(evidence: &Evidence, what: &For<'_>, form: &Form) -> Markup {
    let (heading, action) = match what {
        For::New => ("Add a study".to_owned(), "/evidence/studies".to_owned()),
        For::Correction(id, _, by) => (
            format!("Correct {by}"),
            format!("/evidence/studies/{id}/versions"),
        ),
        For::Draft(id, _, by) => (
            format!("Go on with {by}"),
            format!("/evidence/studies/{id}/versions"),
        ),
    };
    html! {
        h1 { (heading) }
        @match what {
            For::New => p.lead { "Fill in what you read yourself, as far as you read it. Leave the rest empty." },
            For::Correction(..) => p.lead { "What you write is a new version. The old one stays and can be cited." },
            For::Draft(..) => p.lead { "A draft counts nowhere. Fill in what you read yourself." },
        }
        (problems(form))
        form.stack.study method="post" action=(action) {
            @if let For::Correction(_, version, _) | For::Draft(_, version, _) = what {
                input type="hidden" name="base" value=(version);
            }
            (paper(form))
            (study(form))
            (arms(form))
            (limits(form))
            h2 { "What it found" }
            p.soft { "The first figure on something is the one that is pooled. Positive always means better: fewer symptoms are positive." }
            input type="hidden" name="outcomes" value=(outcomes(form));
            @for index in 0..outcomes(form) { (outcome(evidence, index, form)) }
            button.button.quiet type="submit" name="do" value="another" formnovalidate { "Another thing it found" }
            (why(what, form))
            div.row {
                button.button type="submit" name="do" value="offer" { "Offer it for reading" }
                button.button.quiet type="submit" name="do" value="draft" formnovalidate { "Keep as a draft" }
            }
            p.soft { "It counts when somebody else has read it and said so." }
        }
    }
}

fn why(what: &For<'_>, form: &Form) -> Markup {
    html! {
        h2 { "Where from" }
        @if let For::Correction(..) = what {
            (lines(form, "wrong", "What was wrong", "In a sentence."))
        }
        (text(form, "read_in", "Where in it did you read the figures", "A page, a table, or “the abstract”."))
    }
}

fn paper(form: &Form) -> Markup {
    html! {
        h2 { "The paper" }
        (text(form, "title", label("title"), ""))
        (text(form, "authors", label("authors"), "Family names, with commas between."))
        div.pair {
            (number(form, "year", "1", ""))
            (text(form, "volume", label("volume"), ""))
        }
        (text(form, "journal", label("journal"), ""))
        (text(form, "doi", label("doi"), "Begins with 10. Leave it empty where you found none."))
        (text(form, "source", label("source"), "The whole address, beginning with https://"))
        (choice(form, "verified", label("verified"), "What you yourself had before you.", &with_none(checks())))
    }
}

fn study(form: &Form) -> Markup {
    html! {
        h2 { "The study" }
        div.choosing {
            (choice(form, "design", label("design"), "", &with_none(designs())))
            (choice(form, "family", label("family"), "", &with_none(families())))
            (choice(form, "people", label("people"), "", &with_none(plain(Population::ALL))))
            (choice(form, "setting", label("setting"), "", &with_none(plain(StudySetting::ALL))))
        }
        (text(form, "population", label("population"), "Such as: practising psychologists, Sweden."))
        (text(form, "intervention", label("intervention"), "Such as: web-based exercises, 15 minutes a day, 6 weeks."))
        div.pair {
            (number(form, "days", "any", ""))
            (number(form, "minutes_a_day", "any", ""))
        }
        (text(form, "comparator", label("comparator"), "Such as: waiting list."))
        (choice(form, "against", label("against"), "Usual care counts as passive: nobody got anything in place of the training.", &with_none(comparisons())))
    }
}

fn arms(form: &Form) -> Markup {
    html! {
        p.soft { "People, as far as they were counted in the figures:" }
        div.pair {
            (number(form, "n_treatment", "any", ""))
            (number(form, "n_control", "any", ""))
        }
        details open[any(form, &["n_total", "arms_assumed_equal", "studies", "follow_up_months", "sample", "also_at", "recalled"])] {
            summary { "More about the study" }
            div.stack {
                (number(form, "n_total", "any", ""))
                (tick(form, "arms_assumed_equal", "Only the total is known: let half of it stand for each arm"))
                (number(form, "studies", "any", "For a review: how many studies it puts together."))
                (number(form, "follow_up_months", "any", ""))
                (text(form, "sample", label("sample"), "The short name of another study of the same people, such as jazaieri2013."))
                (lines(form, "also_at", label("also_at"), "One address a line."))
                (lines(form, "recalled", label("recalled"), "Short names of what you did not look up, one a line, such as doi or n_control. It is never pooled."))
            }
        }
    }
}

fn limits(form: &Form) -> Markup {
    html! {
        (lines(form, "harms", label("harms"), "What it says about them. Empty where you read nothing about them."))
        (lines(form, "caveat", label("caveat"), "The limit a plain sentence about it must not hide."))
        @if !form.raw("retired").is_empty() {
            (lines(form, "retired", label("retired"), "It is taken out. Empty this to let it count again."))
        }
    }
}

fn outcome(evidence: &Evidence, index: usize, form: &Form) -> Markup {
    let name = |key: &str| fields::name(index, key);
    let named = |key: &str, hint: &str| text(form, &name(key), label(key), hint);
    let numbered = |key: &str| counted(form, &name(key), label(key), "any", "");
    let constructs = evidence
        .constructs
        .iter()
        .map(|one| (one.id.clone(), begun(&one.name)))
        .collect();
    let rare = [
        "label",
        "months",
        "raw_difference",
        "se",
        "p",
        "p_sign",
        "n_total",
        "mean_treatment",
        "sd_treatment",
        "mean_control",
        "sd_control",
        "studies",
        "within_group",
        "composite",
        "note",
        "source",
        "verified",
        "recalled",
    ];
    let rare = rare.map(name);
    let rare: Vec<&str> = rare.iter().map(String::as_str).collect();
    let heading = match (form.raw(&name("construct")), form.raw(&name("label"))) {
        ("", "") => format!("What it found, {}", index + 1),
        ("", label) => label.to_owned(),
        (construct, _) => begun(&construct.replace('-', " ")),
    };
    html! {
        fieldset.card.found {
            legend { (heading) }
            div.stack {
                div.choosing {
                    (choice(form, &name("construct"), label("construct"), "", &with(constructs, "none of these")))
                    (choice(form, &name("timepoint"), label("timepoint"), "", &whens()))
                }
                (named("measure", "The scale or task."))
                div.choosing {
                    (choice(form, &name("effect"), label("effect"), "", &with(effects(), "only a direction")))
                    (numbered("value"))
                    (choice(form, &name("favours"), label("favours"), "", &with_none(favours())))
                }
                div.pair { (numbered("ci_low")) (numbered("ci_high")) }
                div.pair { (numbered("n_treatment")) (numbered("n_control")) }
                details open[any(form, &rare)] {
                    summary { "More figures, and where this one was read" }
                    div.stack {
                        (named("label", "In place of what was measured, where it is none of those."))
                        div.choosing {
                            (numbered("se"))
                            (numbered("p"))
                            (choice(form, &name("p_sign"), label("p_sign"), "", &p_signs()))
                            (numbered("raw_difference"))
                            (numbered("months"))
                            (numbered("n_total"))
                            (numbered("mean_treatment"))
                            (numbered("sd_treatment"))
                            (numbered("mean_control"))
                            (numbered("sd_control"))
                            (numbered("studies"))
                        }
                        (tick(form, &name("within_group"), label("within_group")))
                        (tick(form, &name("composite"), label("composite")))
                        (lines(form, &name("note"), label("note"), ""))
                        (named("source", "Where it is not the study’s own address."))
                        (choice(form, &name("verified"), label("verified"), "", &with(checks(), "as the study")))
                        (lines(form, &name("recalled"), label("recalled"), "Short names, one a line, such as value. It is never pooled."))
                        (named("id", "What its figures are called in addresses. Made for you where it is empty."))
                        (tick(form, &name("out"), "Leave this out"))
                    }
                }
            }
        }
    }
}

/// Whether anything stands in one of these, or is wrong there.
fn any(form: &Form, names: &[&str]) -> bool {
    names
        .iter()
        .any(|name| !form.raw(name).is_empty() || form.problem(name).is_some())
}

fn text(form: &Form, name: &str, label: &str, hint: &str) -> Markup {
    let more = [("autocomplete", "off")];
    Field {
        name,
        label,
        hint,
        kind: "text",
        more: &more,
    }
    .show(form)
}

fn lines(form: &Form, name: &str, label: &str, hint: &str) -> Markup {
    let (kind, more) = ("", &[][..]);
    Field {
        name,
        label,
        hint,
        kind,
        more,
    }
    .lines(form)
}

fn choice(
    form: &Form,
    name: &str,
    label: &str,
    hint: &str,
    options: &[(String, String)],
) -> Markup {
    let (kind, more) = ("", &[][..]);
    Field {
        name,
        label,
        hint,
        kind,
        more,
    }
    .choice(form, options)
}

fn number(form: &Form, key: &str, step: &str, hint: &str) -> Markup {
    counted(form, key, label(key), step, hint)
}

/// A number as text: a browser's own field would drop what is no number, and nobody could put it right.
fn counted(form: &Form, name: &str, label: &str, step: &str, hint: &str) -> Markup {
    let inputmode = if step == "1" { "numeric" } else { "decimal" };
    let more = [("inputmode", inputmode), ("autocomplete", "off")];
    Field {
        name,
        label,
        hint,
        kind: "text",
        more: &more,
    }
    .show(form)
}

fn tick(form: &Form, name: &str, words: &str) -> Markup {
    html! {
        div {
            label.tick { input type="checkbox" id=(name) name=(name) value="yes" checked[form.ticked(name)]; (words) }
            @if let Some(problem) = form.problem(name) { p.problem { (problem) } }
        }
    }
}

fn plain<W: std::fmt::Display>(all: &[W]) -> Choice {
    let words = all.iter().map(ToString::to_string);
    words
        .map(|word| (word.clone(), begun(&word.replace('-', " "))))
        .collect()
}

fn with(mut options: Choice, none: &str) -> Choice {
    options.insert(0, (String::new(), begun(none)));
    options
}

fn with_none(options: Choice) -> Choice {
    with(options, "please choose")
}

pub(super) fn checks() -> Choice {
    let all = Checked::ALL.iter();
    all.map(|&how| (how.to_string(), begun(checked(how))))
        .collect()
}

pub(super) fn designs() -> Choice {
    let words = |design: Design| match design {
        Design::Rct => "Randomised trial",
        Design::WaitlistRct => "Randomised trial against a waiting list",
        Design::ClusterRct => "Trial that randomised groups",
        Design::PrePost => "Before and after, one group",
        Design::Observational => "Observation, nobody randomised",
        Design::Survey => "Survey",
        Design::MetaAnalysis => "Meta-analysis",
        Design::Review => "Review without a pooled figure",
    };
    let all = Design::ALL.iter();
    all.map(|&one| (one.to_string(), words(one).to_owned()))
        .collect()
}

pub(super) fn families() -> Choice {
    let words = |family: Family| match family {
        Family::Cft => "Compassion-focused therapy".to_owned(),
        Family::Nothing => "Nothing was trained".to_owned(),
        other => begun(&other.to_string().replace('-', " ")),
    };
    let all = Family::ALL.iter();
    all.map(|&one| (one.to_string(), words(one))).collect()
}

pub(super) fn comparisons() -> Choice {
    let words = |against: Against| match against {
        Against::Passive => "Passive: a waiting list, nothing, usual care",
        Against::Active => "Active: people got something in its place",
        Against::Mixed => "Both kinds",
        Against::Nothing => "Nobody was compared",
    };
    let all = Against::ALL.iter();
    all.map(|&one| (one.to_string(), words(one).to_owned()))
        .collect()
}

fn whens() -> Choice {
    let words = |when: Timepoint| match when {
        Timepoint::Post => "Right after",
        Timepoint::FollowUp => "At a follow-up",
    };
    let all = Timepoint::ALL.iter();
    let mut all: Choice = all
        .map(|&one| (one.to_string(), words(one).to_owned()))
        .collect();
    all.insert(0, (String::new(), "Right after, unless said".to_owned()));
    all
}

fn effects() -> Choice {
    let all = EffectKind::ALL.iter();
    all.map(|&kind| (kind.to_string(), begun(called(kind))))
        .collect()
}

fn favours() -> Choice {
    let words = |favours: Favours| match favours {
        Favours::Treatment => "Training",
        Favours::Nobody => "Nobody, or it is not reliable",
    };
    let all = Favours::ALL.iter();
    all.map(|&one| (one.to_string(), words(one).to_owned()))
        .collect()
}

fn p_signs() -> Choice {
    [
        ("", "exactly"),
        ("<", "less than this"),
        (">", "more than this"),
    ]
    .map(|(value, words)| (value.to_owned(), words.to_owned()))
    .to_vec()
}
