//! Something else as a page, a card for Today, and what a practitioner sees of it.

use kith_content::{Practice, Step};
use maud::{Markup, html};

use super::routes::View;
use super::rules::{Offer, Trigger};
use super::situation::Waiting;
use super::store::{ChoiceRow, OfferRow};
use crate::app::App;
use crate::features::library::title;
use crate::features::people::{Person, Role};
use kith_base::web::locale::{date_text, day, minutes_text};

/// For Today: something else might fit better, and why.
pub fn card(app: &App, waiting: &Waiting) -> Markup {
    html! {
        div.card.offer {
            div {
                h2 { "Would something else fit better?" }
                p { @if let Some(instead) = &waiting.instead { strong { (title(app, instead)) } ". " } (waiting.reason) }
            }
            p { a.button.quiet href={ "/something-else?from=" (waiting.practice) } { "Have a look" } }
        }
    }
}

pub(super) fn offers(app: &App, person: &Person, view: &View) -> Markup {
    let decision = &view.decision;
    html! {
        h1 { "Something else" }
        @if decision.trigger == Some(Trigger::MuchWorse) {
            section.card {
                h2 { "That was hard" }
                p { "There is nothing more to do now. If you like, feel both feet on the floor for a minute." }
                p.row {
                    a.button href="/practise/soles-ground?minutes=1&begin=yes" { "Feet on the floor, 1 minute" }
                    a.button.quiet href="/help" { "Help" }
                }
            }
            p.soft { "The rest of this page can wait for another day." }
        } @else {
            p.soft { "A practice that does not fit is not a failure, yours or its own." }
        }
        @if let Some(message) = &decision.message {
            p.lead { (message) }
        } @else {
            ul.cards {
                @if decision.steps.contains(&Step::OwnWords) {
                    @if let Some(from) = &view.from { (own_words(app, from)) }
                }
                @for offer in &decision.offers { (offered(app, view, offer)) }
            }
            @if decision.steps.contains(&Step::Somebody) {
                p { "Or ask somebody to do it with you: a friend, a colleague, or whoever is at home." }
            }
            @if decision.tell_practitioner && person.roles.has(Role::Client) {
                p.soft { "If you share your practice, your practitioner can see that this came up. Kith sends no message." }
            }
        }
        section {
            h2 { @if decision.message.is_some() { "What would you like?" } @else { "Or none of these" } }
            @if decision.message.is_none() { p { "No practice is required." } }
            div.entries {
                (chosen(view, "rest", "Rest"))
                (chosen(view, "talk", if person.roles.has(Role::Client) { "Talk with my practitioner" } else { "Talk with somebody" }))
                (chosen(view, "acts", "Kind acts only"))
                (chosen(view, "none", "Leave it as it is"))
            }
        }
        p { a.link href="/practices" { "All practices" } }
    }
}

fn own_words(app: &App, from: &str) -> Markup {
    let minutes = app
        .content
        .practice(from)
        .map_or(1.0, crate::features::library::usual_minutes);
    html! {
        li.card {
            h2 { "The same, in your own words" }
            p { (title(app, from)) ", with wishes of your own, or a prayer, in place of ours." }
            p { a.button href={ "/practise/" (from) "?minutes=" (minutes) "&phrases=own" } { "Begin, " (minutes_text(minutes)) } }
        }
    }
}

fn offered(app: &App, view: &View, offer: &Offer) -> Markup {
    let practice = app.content.practice(&offer.practice);
    let name = title(app, &offer.practice);
    html! {
        li.card {
            h2 { (offer.called.as_deref().unwrap_or(name)) }
            @if offer.called.is_some() { p.soft { "Among the practices it is called “" (name) "”." } }
            @if let Some(practice) = practice { p { (practice.summary) } }
            @if let Some(how) = &offer.how { p { "This time: " (how) "." } }
            p.soft { (offer.reason) }
            form.row method="post" action={ "/offers/" (view.offer_id) "/choice" } {
                input type="hidden" name="practice" value=(offer.practice);
                button.button type="submit" name="how" value="once" { "Begin, " (minutes_text(offer.minutes)) }
                @if view.may_swap {
                    button.button.quiet type="submit" name="how" value="from-now-on" { "Do this instead from now on" }
                }
            }
        }
    }
}

fn chosen(view: &View, word: &str, label: &str) -> Markup {
    html! {
        form method="post" action={ "/offers/" (view.offer_id) "/choice" } {
            input type="hidden" name="practice" value=(word);
            button.button.quiet type="submit" { (label) }
        }
    }
}

pub(super) fn talk(person: &Person) -> Markup {
    html! {
        h1 { "Talking with somebody" }
        p { "Kith sends no messages. The surest way is to ring, or to bring it up the next time you meet." }
        @if person.roles.has(Role::Client) {
            p { "If you share your practice, your practitioner sees the next time they look that you would like to talk." }
        }
        p.row {
            a.button href="/today" { "Back to today" }
            a.button.quiet href="/help" { "Help" }
        }
    }
}

pub(super) fn acts(app: &App, practices: &[&Practice]) -> Markup {
    html! {
        h1 { "Kind acts only" }
        p.soft { "Something to do, and nothing to feel. None of it is a must." }
        ul.cards {
            @for practice in practices {
                @let minutes = crate::features::library::usual_minutes(practice).min(3.0).max(practice.minutes.0);
                li.card {
                    h2 { (title(app, &practice.slug)) }
                    p { (practice.summary) }
                    p { a.button href={ "/practise/" (practice.slug) "?minutes=" (minutes) } { "Begin, " (minutes_text(minutes)) } }
                }
            }
        }
        p { a.link href="/today" { "Back to today" } }
    }
}

/// For the practitioner, where the client shares: what was offered in place of what, why, and what was chosen.
pub fn offered_instead(app: &App, person: &Person, offers: &[OfferRow]) -> Markup {
    let today = day(app.clock.now(), &person.zone);
    html! {
        section {
            h2 { "Offered instead, and why" }
            @if offers.is_empty() {
                p.soft { "Nothing has been offered in place of a practice." }
            }
            ul.cards {
                @for offer in offers {
                    li.card {
                        p { strong { (date_text(day(offer.at, &person.zone), today, &person.locale)) ": " (what_for(app, offer)) }
                            @if offer.tell_practitioner { " " strong { "Worth asking about." } } }
                        @for shown in &offer.offers {
                            p { (title(app, &shown.practice)) ", " (minutes_text(shown.minutes)) ". " span.soft { (shown.reason) } }
                        }
                        @if offer.message.is_some() {
                            p.soft { "Nothing further was offered, after several changes in a week." }
                        }
                        p { "Chosen: " (chosen_text(app, &offer.choices)) "." }
                    }
                }
            }
        }
    }
}

fn what_for(app: &App, offer: &OfferRow) -> String {
    let why = match offer.trigger.as_str() {
        "much-worse" => "it left them much worse",
        "poor-fit" => "it fitted badly more than once",
        "abandoned" => "it was not heard to its end more than once",
        _ => "they asked",
    };
    if offer.from_practice.is_empty() {
        format!("{why}.")
    } else {
        format!("for {}; {why}.", title(app, &offer.from_practice))
    }
}

fn chosen_text(app: &App, choices: &[ChoiceRow]) -> String {
    let mut chosen: Vec<String> = choices
        .iter()
        .map(
            |choice| match (choice.practice.as_str(), choice.how.as_str()) {
                ("rest", _) => "rest".to_owned(),
                ("talk", _) => "would like to talk".to_owned(),
                ("acts", _) => "kind acts only".to_owned(),
                ("none", _) => "to leave it as it is".to_owned(),
                (slug, "from-now-on") => format!("{}, from now on", title(app, slug)),
                (slug, _) => format!("{}, this once", title(app, slug)),
            },
        )
        .collect();
    if chosen.is_empty() {
        chosen.push("nothing so far".to_owned());
    }
    chosen.join("; ")
}
