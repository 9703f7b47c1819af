//! Plans as pages: the practitioner's form, and the client's offer, which she may change.

use kith_content::Practice;
use maud::{Markup, html};

use super::rules::{Plan, PlanPractice, State, WEEKDAYS, weekdays_text};
use crate::app::App;
use crate::base::web::form::Form;
use crate::base::web::layout::{Field, problems};
use crate::base::web::locale::minutes_text;
use crate::features::library::pages::range_text;
use crate::features::library::title;
use crate::features::people::ClientAccess;

/// The practices to choose from, with the minutes each can last.
fn options(app: &App, may: impl Fn(&Practice) -> bool) -> Vec<(String, String)> {
    app.content
        .practices()
        .filter(|practice| may(practice))
        .map(|practice| {
            let words = format!("{} ({})", practice.title, range_text(practice));
            (practice.slug.clone(), words)
        })
        .collect()
}

/// What to practise, how long, on which days, after which routine, and the smallest version.
fn practice_fields(form: &Form, options: &[(String, String)]) -> Markup {
    let minutes = [
        ("min", "0.3"),
        ("max", "60"),
        ("step", "any"),
        ("required", ""),
        ("inputmode", "decimal"),
    ];
    html! {
        (Field { name: "practice", label: "Practice", hint: "", kind: "", more: &[] }.choice(form, options))
        (Field { name: "minutes", label: "Minutes", hint: "", kind: "number", more: &minutes }.show(form))
        fieldset #weekday {
            legend { "On these days" }
            @if let Some(problem) = form.problem("weekday") { p.problem { (problem) } }
            div.days {
                @for (digit, name) in WEEKDAYS {
                    label.tick {
                        input type="checkbox" name="weekday" value=(digit)
                            checked[form.all("weekday").any(|sent| sent == digit)];
                        (name)
                    }
                }
            }
        }
        (Field { name: "routine", label: "After which routine", hint: "Something that happens anyway, such as after brushing your teeth.",
            kind: "text", more: &[("maxlength", "120"), ("autocomplete", "off")] }.show(form))
        (Field { name: "smallest_practice", label: "The smallest version, for a day when even that is too much",
            hint: "", kind: "", more: &[] }.choice(form, options))
        (Field { name: "smallest_minutes", label: "Minutes of it", hint: "", kind: "number", more: &minutes }.show(form))
    }
}

pub(super) fn prescribe(
    app: &App,
    access: &ClientAccess,
    running: &[Plan],
    form: &Form,
    may: impl Fn(&Practice) -> bool,
) -> Markup {
    html! {
        h1 { "A practice for " (access.name) }
        (problems(form))
        form.stack method="post" action={ "/clients/" (access.client_id()) "/plans" } {
            (Field { name: "why", label: "Why", hint: "One sentence, read before anything else.", kind: "", more: &[] }.lines(form))
            p { a.link href="/rationale" { "What to say when they ask why" } }
            (practice_fields(form, &options(app, may)))
            (Field { name: "if_hard", label: "What to do if it goes badly", hint: "", kind: "", more: &[] }.lines(form))
            @if !running.is_empty() {
                fieldset {
                    legend { "Instead of" }
                    p.hint { "Ticked, these end at once." }
                    @for plan in running {
                        label.tick {
                            input type="checkbox" name="instead" value=(plan.plan_id)
                                checked[form.all("instead").any(|sent| sent == plan.plan_id)];
                            @for item in plan.practices() { (sentence(app, item)) }
                        }
                    }
                }
            }
            button.button type="submit" { "Offer it to " (access.name) }
        }
        p.soft { (access.name) " can change it before agreeing." }
    }
}

/// The form as the plan was prescribed.
pub(super) fn form_of(plan: &Plan) -> Form {
    let Some(item) = plan.practices().first() else {
        return Form::default();
    };
    let (minutes, smallest) = (item.minutes.to_string(), item.smallest_minutes.to_string());
    let mut fields = vec![
        ("practice", item.practice.as_str()),
        ("minutes", &minutes),
        ("routine", &item.routine),
        ("smallest_practice", &item.smallest_practice),
        ("smallest_minutes", &smallest),
    ];
    fields.extend(
        WEEKDAYS
            .iter()
            .filter(|(digit, _)| item.weekdays.contains(digit))
            .map(|(digit, _)| ("weekday", *digit)),
    );
    Form::of(&fields)
}

/// One practice of a plan, in a sentence.
pub fn sentence(app: &App, item: &PlanPractice) -> String {
    let routine = if item.routine.is_empty() {
        String::new()
    } else {
        format!(", {}", item.routine)
    };
    format!(
        "{}, {}, {}{routine}",
        title(app, &item.practice),
        minutes_text(item.minutes),
        weekdays_text(&item.weekdays)
    )
}

pub(super) fn offer(app: &App, plan: &Plan, form: &Form) -> Markup {
    let own: Vec<_> = plan
        .prescribed
        .iter()
        .map(|item| item.practice.as_str())
        .collect();
    let options = options(app, |practice| {
        practice.restricted.is_none() || own.contains(&practice.slug.as_str())
    });
    html! {
        @match plan.state {
            State::Offered => {
                h1 { "An offer for you" }
                p.lead { (plan.why) }
                @for item in &plan.prescribed { p { (sentence(app, item)) "." } }
                (problems(form))
                form.stack method="post" action={ "/plans/" (plan.plan_id) "/agreement" } {
                    details open[!form.problems.is_empty()] {
                        summary { "Change it first" }
                        p.soft { "Shorter, fewer days, another practice: make it something you would really do." }
                        (practice_fields(form, &options))
                    }
                    p { strong { "If it goes badly: " } (plan.if_hard) }
                    button.button type="submit" { "I will try this" }
                }
                form method="post" action={ "/plans/" (plan.plan_id) "/ending" } {
                    button.link type="submit" { "Not this one" }
                }
            }
            State::Agreed => {
                h1 { "Your plan" }
                p.lead { (plan.why) }
                @for item in plan.practices() {
                    p { (sentence(app, item)) "." }
                    p.soft { "On a hard day: " (title(app, &item.smallest_practice)) ", " (minutes_text(item.smallest_minutes)) "." }
                }
                p { strong { "If it goes badly: " } (plan.if_hard) }
                (problems(form))
                form.stack method="post" action={ "/plans/" (plan.plan_id) "/agreement" } {
                    details open[!form.problems.is_empty()] {
                        summary { "Change it" }
                        (practice_fields(form, &options))
                        button.button.quiet type="submit" { "Keep it like this" }
                    }
                }
                form method="post" action={ "/plans/" (plan.plan_id) "/ending" } {
                    button.button.quiet type="submit" { "End this plan" }
                }
                p.soft { "You need nobody's leave to stop. Your practitioner will see that it ended." }
            }
            State::Ended => {
                h1 { "This plan is over" }
                p { a.button href="/today" { "To today" } }
            }
        }
    }
}
