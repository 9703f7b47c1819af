//! Plans as pages: the practitioner's form, and the client's offer, which she may change.

use std::collections::BTreeSet;

use jiff::civil::Date;
use kith_content::{Edition, ItemKind, Practice, Programme, Standing};
use maud::{Markup, html};

use super::rules::{Course, Dose, EVERY_DAY, Plan, PlanPractice, State, WEEKDAYS, weekdays_text};
use super::store::Terms;
use crate::app::App;
use crate::features::library::own::Chosen;
use crate::features::library::pages::range_text;
use crate::features::library::{is_for, is_for_one, may_prescribe, title};
use crate::features::people::{ClientAccess, Person};
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};
use kith_base::web::locale::{date_text, minutes_text};

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

const MINUTES: [(&str, &str); 4] = [
    ("min", "0.3"),
    ("max", "60"),
    ("step", "any"),
    ("inputmode", "decimal"),
];

fn minutes_field<'a>(name: &'a str, label: &'a str, hint: &'a str) -> Field<'a> {
    Field {
        name,
        label,
        hint,
        kind: "number",
        more: &MINUTES,
    }
}

/// What to practise and how long.
fn practice_fields(form: &Form, options: &[(String, String)]) -> Markup {
    html! {
        (Field { name: "practice", label: "Practice", hint: "", kind: "", more: &[] }.choice(form, options))
        (minutes_field("minutes", "Minutes", "").show(form))
        (day_fields(form))
        (routine_fields(form, options))
    }
}

/// How much of a programme. Where everybody does the same, only the routine and the smallest version are one's own.
fn dose_fields(form: &Form, options: &[(String, String)], fixed: bool) -> Markup {
    html! {
        @if fixed {
            p.hint { "Days and minutes are the same for everybody in this edition." }
        } @else {
            (minutes_field("minutes_most", "No sitting longer than", "Minutes. Leave it empty for what the programme says.").show(form))
            (day_fields(form))
        }
        (routine_fields(form, options))
    }
}

fn day_fields(form: &Form) -> Markup {
    html! {
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
    }
}

fn routine_fields(form: &Form, options: &[(String, String)]) -> Markup {
    html! {
        (Field { name: "routine", label: "After which routine", hint: "Something that happens anyway, such as after brushing your teeth.",
            kind: "text", more: &[("maxlength", "120"), ("autocomplete", "off")] }.show(form))
        (Field { name: "smallest_practice", label: "The smallest version, for a day when even that is too much",
            hint: "", kind: "", more: &[] }.choice(form, options))
        (minutes_field("smallest_minutes", "Minutes of it", "").show(form))
    }
}

/// `named`: what she wrote for this client among others. `is_written`: the form was filled from one line, and one more key
/// offers it.
pub(super) fn prescribe(
    app: &App,
    access: &ClientAccess,
    (running, named): (&[Plan], &BTreeSet<String>),
    form: &Form,
    is_written: bool,
) -> Markup {
    let place = format!("/clients/{}/plans", access.client_id());
    let programme = app.content.programme(form.raw("programme"));
    let options = options(app, |practice| {
        may_prescribe(practice) || named.contains(&practice.slug)
    });
    html! {
        h1 { @if programme.is_some() { "A programme for " } @else { "A practice for " } (access.name) }
        form.line method="get" action={ (place) "/new" } {
            div.field {
                label for="line" { "In one line" }
                p.hint #line-hint { "What, how long, when. Such as: dear 8 weekdays after breakfast. Enter fills in the rest; Enter again offers it." }
                @if let Some(problem) = form.problem("line") { p.problem { (problem) } }
                input #line name="line" type="text" value=(form.raw("line")) maxlength="200" autocomplete="off"
                    aria-describedby="line-hint"
                    autofocus[!is_written && form.problems.iter().all(|problem| problem.field == "line")];
            }
            button.button.quiet type="submit" { "Fill in" }
        }
        @if form.problem("line").is_none() { (problems(form)) }
        form.stack method="post" action=(place) {
            @if is_written {
                p.lead { (in_words(app, form)) }
                button.button type="submit" autofocus { "Offer it to " (access.name) }
            }
            @if let Some(programme) = programme {
                (of_programme(programme, &place))
                (Field { name: "why", label: "Why", hint: "One sentence, read before anything else.", kind: "", more: &[] }.lines(form))
                (dose_fields(form, &options, programme.is_fixed(Edition::Care)))
            } @else {
                (Field { name: "why", label: "Why", hint: "One sentence, read before anything else.", kind: "", more: &[] }.lines(form))
                (practice_fields(form, &options))
            }
            (starts_on_field(form))
            (phrases_field(app, form))
            (Field { name: "if_hard", label: "What to do if it goes badly", hint: "", kind: "", more: &[] }.lines(form))
            @if !running.is_empty() {
                fieldset {
                    legend { "Instead of" }
                    p.hint { "Ticked, these end at once." }
                    @for plan in running {
                        label.tick {
                            input type="checkbox" name="instead" value=(plan.plan_id)
                                checked[form.all("instead").any(|sent| sent == plan.plan_id)];
                            (summary(app, plan))
                        }
                    }
                }
            }
            button.button type="submit" { "Offer it to " (access.name) }
        }
        p.soft { (access.name) " can change it before agreeing." }
        @if programme.is_some() {
            p { a.link href={ (place) "/new" } { "A single practice instead" } }
        } @else {
            section {
                h2 { "A programme instead" }
                ul.plain {
                    @for programme in app.content.programmes().filter(|programme| is_for_one(programme)) {
                        li { a href={ (place) "/new?programme=" (programme.slug) } { (programme.title) } ": " span.soft { (programme.summary) } }
                    }
                }
            }
        }
        p { a.link href="/rationale" { "Words for saying why" } }
    }
}

/// What a filled-in form asks for, in a sentence, so that nobody has to look for it below.
fn in_words(app: &App, form: &Form) -> String {
    let weekdays: String = form.all("weekday").collect();
    let number = |name: &str| form.raw(name).parse::<f64>().ok();
    let what = match app.content.programme(form.raw("programme")) {
        Some(programme) => {
            let most = number("minutes_most")
                .map(|minutes| format!(", never more than {}", minutes_text(minutes)));
            format!("{}{}", programme.title, most.unwrap_or_default())
        }
        None => format!(
            "{}, {}",
            title(app, form.raw("practice")),
            minutes_text(number("minutes").unwrap_or_default())
        ),
    };
    format!(
        "{what}, {}{}. On a hard day: {}, {}.",
        weekdays_text(&weekdays),
        routine_text(form.raw("routine")),
        title(app, form.raw("smallest_practice")),
        minutes_text(number("smallest_minutes").unwrap_or_default())
    )
}

fn of_programme(programme: &Programme, place: &str) -> Markup {
    html! {
        input type="hidden" name="programme" value=(programme.slug);
        div.card {
            p { strong { (programme.title) } }
            p { (programme.summary) }
            @for caution in &programme.cautions { p.soft { (caution) } }
            p.row { a.link href={ "/programmes/" (programme.slug) } { "Day by day" }
                a.link href={ (place) "/new" } { "Choose another programme" } }
        }
    }
}

fn starts_on_field(form: &Form) -> Markup {
    Field {
        name: "starts_on",
        label: "First day",
        hint: "Empty: the day it is agreed.",
        kind: "date",
        more: &[],
    }
    .show(form)
}

fn phrases_field(app: &App, form: &Form) -> Markup {
    let mut sets = vec![(String::new(), "The usual ones".to_owned())];
    sets.extend(
        app.content
            .phrases()
            .iter()
            .filter(|set| set.id != "plain")
            .map(|set| {
                let example = set.you.first().map_or("", String::as_str);
                (set.id.clone(), format!("{}: {example}", set.title))
            }),
    );
    Field {
        name: "phrases",
        label: "Words for good wishes",
        hint: "",
        kind: "",
        more: &[],
    }
    .choice(form, &sets)
}

/// The form as the plan stands.
pub(super) fn form_of(plan: &Plan, today: Date) -> Form {
    let mut form = match (&plan.course, plan.practices().first()) {
        (Some(course), _) => form_of_dose(course.dose()),
        (None, Some(item)) => form_of_practice(item),
        (None, None) => Form::default(),
    };
    if plan.state == State::Offered {
        form.set("starts_on", &plan.starts_on.max(today).to_string());
    }
    form
}

fn form_of_practice(item: &PlanPractice) -> Form {
    let mut form = Form::of(&[
        ("practice", item.practice.as_str()),
        ("minutes", &item.minutes.to_string()),
        ("routine", &item.routine),
        ("smallest_practice", &item.smallest_practice),
        ("smallest_minutes", &item.smallest_minutes.to_string()),
    ]);
    set_weekdays(&mut form, &item.weekdays);
    form
}

fn form_of_dose(dose: &Dose) -> Form {
    let most = dose.minutes_most.map(|minutes| minutes.to_string());
    let mut form = Form::of(&[
        ("minutes_most", most.as_deref().unwrap_or_default()),
        ("routine", &dose.routine),
        ("smallest_practice", &dose.smallest_practice),
        ("smallest_minutes", &dose.smallest_minutes.to_string()),
    ]);
    set_weekdays(&mut form, &dose.weekdays);
    form
}

fn set_weekdays(form: &mut Form, weekdays: &str) {
    let digits = WEEKDAYS.iter().map(|(digit, _)| *digit);
    form.set_all("weekday", digits.filter(|digit| weekdays.contains(digit)));
}

/// One practice of a plan, in a sentence.
pub fn sentence(app: &App, item: &PlanPractice) -> String {
    format!(
        "{}, {}, {}{}",
        title(app, &item.practice),
        minutes_text(item.minutes),
        weekdays_text(&item.weekdays),
        routine_text(&item.routine)
    )
}

fn routine_text(routine: &str) -> String {
    if routine.is_empty() {
        String::new()
    } else {
        format!(", {routine}")
    }
}

/// What a plan asks for, in a sentence, as it holds.
pub fn summary(app: &App, plan: &Plan) -> String {
    match &plan.course {
        Some(course) => dose_sentence(app, course, course.dose()),
        None => sentences(app, plan.practices()),
    }
}

/// The same without the routine, for whoever has twenty seconds.
pub fn short_summary(app: &App, plan: &Plan) -> String {
    match &plan.course {
        Some(course) => {
            let dose = Dose {
                routine: String::new(),
                ..course.dose().clone()
            };
            dose_sentence(app, course, &dose)
        }
        None => {
            let short = |item: &PlanPractice| PlanPractice {
                routine: String::new(),
                ..item.clone()
            };
            let items: Vec<_> = plan.practices().iter().map(short).collect();
            sentences(app, &items)
        }
    }
}

/// The same as it was prescribed, when the client has made it another.
pub fn prescribed_summary(app: &App, plan: &Plan) -> Option<String> {
    match &plan.course {
        Some(course) => {
            let changed = course
                .agreed
                .as_ref()
                .is_some_and(|dose| *dose != course.prescribed);
            changed.then(|| dose_sentence(app, course, &course.prescribed))
        }
        None => {
            let changed = !plan.agreed.is_empty() && plan.agreed != plan.prescribed;
            changed.then(|| sentences(app, &plan.prescribed))
        }
    }
}

fn sentences(app: &App, items: &[PlanPractice]) -> String {
    let all: Vec<_> = items.iter().map(|item| sentence(app, item)).collect();
    all.join(". ")
}

fn dose_sentence(app: &App, course: &Course, dose: &Dose) -> String {
    let name = app
        .content
        .programme(&course.programme)
        .map_or(course.programme.as_str(), |programme| {
            programme.title.as_str()
        });
    let most = dose
        .minutes_most
        .map(|minutes| format!(", never more than {}", minutes_text(minutes)))
        .unwrap_or_default();
    let days = match dose.weekdays.as_str() {
        EVERY_DAY | "" => String::new(),
        weekdays => format!(", {}", weekdays_text(weekdays)),
    };
    format!("{name}{most}{days}{}", routine_text(&dose.routine))
}

/// What of a plan was taken back by whoever wrote it.
fn gone(app: &App, plan: &Plan, chosen: &Chosen) -> Markup {
    let asked = plan.practices().iter();
    let gone: Vec<&str> = asked
        .map(|item| item.practice.as_str())
        .filter(|slug| chosen.is_gone(&app.content, slug))
        .collect();
    html! {
        @for slug in gone {
            p.note { strong { (title(app, slug)) } " is no longer here: whoever wrote it has taken it back. "
                "Choose another practice below, look for " a href={ "/something-else?from=" (slug) } { "something else" } ", or end this plan." }
        }
    }
}

/// `person` is the client, with what was offered to her by name.
pub(super) fn offer(
    app: &App,
    (person, chosen): (&Person, &Chosen),
    plan: &Plan,
    form: &Form,
    today: Date,
) -> Markup {
    let own: Vec<_> = plan
        .prescribed
        .iter()
        .map(|item| item.practice.as_str())
        .collect();
    let options = options(app, |practice| {
        (practice.restricted.is_none() && is_for(person, practice))
            || (own.contains(&practice.slug.as_str())
                && !chosen.is_gone(&app.content, &practice.slug))
    });
    let programme = plan
        .course
        .as_ref()
        .and_then(|course| app.content.programme(&course.programme));
    let fixed = plan
        .course
        .as_ref()
        .zip(programme)
        .is_some_and(|(course, programme)| programme.is_fixed(course.edition));
    let fields = html! {
        @if plan.course.is_some() { (dose_fields(form, &options, fixed)) }
        @else { (practice_fields(form, &options)) }
    };
    let by_herself = plan.prescribed_by == person.person_id;
    html! {
        @match plan.state {
            State::Offered => {
                h1 { @if by_herself { "Before you begin" } @else { "An offer for you" } }
                p.lead { (plan.why) }
                (gone(app, plan, chosen))
                p { (summary(app, plan)) "." }
                p.soft { (smallest_text(app, plan)) }
                @if let Some(programme) = programme { (about_programme(programme)) }
                (problems(form))
                form.stack method="post" action={ "/plans/" (plan.plan_id) "/agreement" } {
                    details open[!form.problems.is_empty()] {
                        summary { "Change it first" }
                        p.soft { "Shorter, fewer days, another time: make it something you would really do." }
                        (fields)
                        (starts_on_field(form))
                    }
                    p { strong { "If it goes badly: " } (plan.if_hard) }
                    (confidence_field(form))
                    button.button type="submit" { "I will try this" }
                }
                form method="post" action={ "/plans/" (plan.plan_id) "/ending" } {
                    button.link type="submit" { "Not this one" }
                }
            }
            State::Agreed => {
                h1 { "Your plan" }
                p.lead { (plan.why) }
                (gone(app, plan, chosen))
                p { (summary(app, plan)) "." }
                p.soft { (smallest_text(app, plan)) }
                @if let Some(programme) = programme { (about_programme(programme)) }
                p { strong { "If it goes badly: " } (plan.if_hard) }
                (pause_part(plan, today, &format!("/plans/{}", plan.plan_id), &person.locale))
                (problems(form))
                form.stack method="post" action={ "/plans/" (plan.plan_id) "/agreement" } {
                    details open[!form.problems.is_empty()] {
                        summary { "Change it" }
                        (fields)
                        button.button.quiet type="submit" { "Keep it like this" }
                    }
                }
                form method="post" action={ "/plans/" (plan.plan_id) "/ending" } {
                    button.button.quiet type="submit" { "End this plan" }
                }
                p.soft { "You need nobody's leave to stop." @if !by_herself { " Your practitioner will see that it ended." } }
            }
            State::Ended => {
                h1 { "This plan is over" }
                p { a.button href="/today" { "To today" } }
            }
        }
    }
}

fn about_programme(programme: &Programme) -> Markup {
    html! {
        p { (programme.summary) }
        @if !programme.cautions.is_empty() {
            details {
                summary { "What to watch for" }
                @for caution in &programme.cautions { p { (caution) } }
            }
        }
        p { a.link href={ "/programmes/" (programme.slug) } { "See all its days" } }
    }
}

fn smallest_text(app: &App, plan: &Plan) -> String {
    let (practice, minutes) = match (&plan.course, plan.practices().first()) {
        (Some(course), _) => {
            let dose = course.dose();
            (dose.smallest_practice.as_str(), dose.smallest_minutes)
        }
        (None, Some(item)) => (item.smallest_practice.as_str(), item.smallest_minutes),
        (None, None) => return String::new(),
    };
    format!(
        "On a hard day: {}, {}.",
        title(app, practice),
        minutes_text(minutes)
    )
}

fn confidence_field(form: &Form) -> Markup {
    html! {
        fieldset #confidence {
            legend { "How sure are you that you will do this?" }
            p.hint { "0: not at all. 10: quite sure. Below 7 we look for something smaller." }
            @if let Some(problem) = form.problem("confidence") { p.problem { (problem) } }
            div.days {
                @for sure in 0..=10 {
                    label.tick {
                        input type="radio" name="confidence" value=(sure)
                            checked[form.raw("confidence") == sure.to_string()];
                        (sure)
                    }
                }
            }
        }
    }
}

/// Smaller versions of what she is not sure about; each button agrees to one.
pub(super) fn smaller(plan: &Plan, form: &Form, versions: &[(String, Terms)]) -> Markup {
    let place = format!("/plans/{}/agreement", plan.plan_id);
    let common = html! {
        input type="hidden" name="as_it_is" value="yes";
        input type="hidden" name="confidence" value=(form.raw("confidence"));
        input type="hidden" name="starts_on" value=(form.raw("starts_on"));
    };
    html! {
        h1 { "Shall we make it smaller?" }
        p { "Something small that happens is worth more than something large that does not. You can make it larger later." }
        ul.plain.versions {
            @for (words, terms) in versions {
                li {
                    form method="post" action=(place) {
                        (common)
                        (hidden(&match terms {
                            Terms::Practices(items) => items.first().map(form_of_practice).unwrap_or_default(),
                            Terms::Dose(dose) => form_of_dose(dose),
                        }))
                        button.button type="submit" { (words) }
                    }
                }
            }
            li {
                form method="post" action=(place) {
                    (common)
                    (hidden(form))
                    button.button.quiet type="submit" { "Keep it as it is" }
                }
            }
        }
        p { a.link href={ "/plans/" (plan.plan_id) } { "Back, to change it yourself" } }
    }
}

/// What a form says, once more, without showing it.
fn hidden(form: &Form) -> Markup {
    html! {
        @for name in ["practice", "minutes", "minutes_most", "routine", "smallest_practice", "smallest_minutes"] {
            @if !form.raw(name).is_empty() { input type="hidden" name=(name) value=(form.raw(name)); }
        }
        @for day in form.all("weekday") { input type="hidden" name="weekday" value=(day); }
    }
}

/// Pausing a plan, or going on with it.
pub fn pause_part(plan: &Plan, today: Date, place: &str, locale: &str) -> Markup {
    let mut holding: Vec<_> = plan
        .pauses
        .iter()
        .filter(|pause| pause.holds(today))
        .collect();
    holding.sort_by_key(|pause| !pause.by_rule);
    html! {
        @if holding.first().is_some_and(|pause| pause.by_rule) {
            // Why stands on the person's own pages, and on a practitioner's only where it is shared.
            p { "Resting for now. Nothing is asked meanwhile." }
        } @else if let Some(pause) = holding.first() {
            div.card {
                p { "Paused since " (date_text(pause.from, today, locale))
                    @if let Some(to) = pause.to { ", until " (date_text(to, today, locale)) }
                    ". Nothing is asked meanwhile." }
                @if !pause.why.is_empty() { p.soft { (pause.why) } }
                form method="post" action={ (place) "/resumption" } {
                    button.button type="submit" { "Go on" }
                }
            }
        } @else {
            details {
                summary { "Pause" }
                p.soft { "Nothing is lost. It goes on where it stopped." }
                form.choices method="post" action={ (place) "/pause" } {
                    button.button.quiet type="submit" name="days" value="3" { "Three days" }
                    button.button.quiet type="submit" name="days" value="7" { "A week" }
                    button.button.quiet type="submit" name="days" value="" { "Until I go on" }
                }
            }
        }
    }
}

/// Where somebody stands in a programme, in a few words.
pub fn standing_text(programme: &Programme, standing: &Standing) -> String {
    let last = |day: i64| {
        let days = programme
            .stages
            .iter()
            .filter(|stage| {
                stage
                    .items
                    .iter()
                    .any(|item| item.kind == ItemKind::Practice && !item.optional)
            })
            .map(|stage| stage.days.1)
            .max()
            .unwrap_or(day);
        if day < 1 || day > days {
            String::new()
        } else {
            format!("Day {day} of {days}")
        }
    };
    match standing {
        Standing::Before => "Not begun yet".to_owned(),
        Standing::Running { day } => last(*day),
        Standing::Paused { .. } => "Paused".to_owned(),
        Standing::Waiting { .. } => "The next part waits to be opened".to_owned(),
        Standing::Over => "At its end".to_owned(),
    }
}
