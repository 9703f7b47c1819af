//! A way to practise, what was kept, and the practice of those who work here.

use jiff::civil::Date;
use maud::{Markup, html};

use super::rules::Way;
use super::store::Kept;
use crate::app::App;
use crate::features::library::title;
use crate::features::people::Person;
use crate::features::people::permissions::TABLE;
use crate::features::progress::pages::spark;
use crate::features::sittings::Sitting;
use kith_base::web::form::Form;
use kith_base::web::layout::Field;
use kith_base::web::locale::{ago_text, minutes_text};

/// The programme for those who look after others.
const FOR_CLINICIANS: &str = "clinician-4w";

/// Whether this house has pages for programmes.
fn has_programmes() -> bool {
    let is_one = |(verb, place): (&str, &str)| verb == "GET" && place.starts_with("/programmes/{");
    TABLE.iter().any(|(verb, place, _)| is_one((verb, place)))
}

fn card(way: &Way<'_>, number: u64) -> Markup {
    html! {
        section.today.way {
            p.said { (way.words()) }
            p.soft { (way.practice.title) ", " (minutes_text(way.minutes)) }
            p { a.button.large href={ "/practise/" (way.practice.slug) "?minutes=" (way.minutes) } { "Begin" } }
            form.row method="post" action="/ways" {
                input type="hidden" name="moment" value=(way.moment.id);
                input type="hidden" name="whom" value=(way.whom());
                input type="hidden" name="pattern" value=(way.pattern.id);
                a.button.quiet href={ "/ways?n=" (number + 1) } { "Another one" }
                button.button.quiet type="submit" { "Keep this" }
            }
        }
    }
}

fn kept_list(app: &App, kept: &[Kept]) -> Markup {
    html! {
        ul.plain.kept {
            @for way in kept {
                li.row {
                    div {
                        p { (way.words) }
                        @if app.content.practice(&way.practice).is_some() {
                            p { a.link href={ "/practise/" (way.practice) "?minutes=" (way.minutes) } {
                                (title(app, &way.practice)) ", " (minutes_text(way.minutes)) } }
                        }
                    }
                    form method="post" action={ "/ways/" (way.way_id) "/removal" } {
                        button.link type="submit" { "Take out" span.sr { ": " (way.words) } }
                    }
                }
            }
        }
    }
}

pub(super) fn way(
    app: &App,
    way: Option<&Way<'_>>,
    is_enough: bool,
    number: u64,
    kept: &[Kept],
) -> Markup {
    html! {
        h1 { "A way to practise" }
        @match way {
            Some(way) => {
                p.soft { "A moment you have anyway, and something that fits into it. None of it is a must." }
                (card(way, number))
            }
            None if is_enough => {
                p { "Nothing more is asked of you today. If you would like to talk to somebody, "
                    a href="/help" { "here is who can be reached" } "." }
            }
            None => p { "There is none here yet." }
        }
        section #kept {
            h2 { "Kept" }
            @if kept.is_empty() { p.soft { "What you keep stands here. Only you see it." } }
            @else {
                p.soft { "Only you see these." }
                (kept_list(app, kept))
            }
        }
    }
}

pub(super) fn my_practice(
    app: &App,
    person: &Person,
    way: Option<&Way<'_>>,
    number: u64,
    sittings: &[Sitting],
    kept: &[Kept],
    today: Date,
) -> Markup {
    html! {
        h1 { "My practice" }
        p.soft { "This side is yours. Nobody here sees it or counts it: no lead, no owner, no colleague." }
        @match way {
            Some(way) => (card(way, number)),
            None => p { "Nothing more is asked of you today. " a href="/help" { "Here is who can be reached" } "." },
        }
        ul.choices {
            li { a href="/today" { "Today" } }
            li { a href="/practices" { "Another practice" } }
            @if has_programmes() {
                li { a href={ "/programmes/" (FOR_CLINICIANS) } { "Four weeks for those who care" } }
            }
        }
        section {
            h2 { "Your last sittings" }
            @if sittings.is_empty() { p.soft { "None in eight weeks. A blank day is a day." } }
            @else {
                (spark(sittings, today))
                ul.plain.last {
                    @for sitting in sittings.iter().rev().take(4) {
                        li { (title(app, &sitting.practice))
                            @if let Ok(on) = sitting.started_on.parse() { span.soft { ", " (ago_text(on, today, &person.locale)) } } }
                    }
                }
                p { a.link href="/progress" { "The whole picture" } }
            }
        }
        @if !kept.is_empty() {
            section #kept {
                h2 { "Kept" }
                (kept_list(app, kept))
            }
        }
        section {
            h2 { "Leave no trace" }
            details {
                summary { "Erase my practice" }
                form.stack method="post" action="/me/practice-erasure" {
                    p { "This removes what you practised, what you planned for yourself and what you kept. Your work here stays as it is. It cannot be undone." }
                    (Field { name: "word", label: "Type erase if you are sure", hint: "", kind: "text",
                        more: &[("autocomplete", "off"), ("autocapitalize", "none"), ("required", "")] }.show(&Form::default()))
                    button.button.quiet type="submit" { "Erase my practice" }
                }
            }
        }
    }
}
