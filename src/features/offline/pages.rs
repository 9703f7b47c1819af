//! What is said about what this phone keeps.

use maud::{Markup, html};

use super::rules::practise;
use crate::features::library::STEADIER;

/// In the place of a page that is not kept here, while there is no network.
pub(super) fn not_kept(practises: bool) -> Markup {
    html! {
        h1 { "This page needs a network" }
        p { "It opens when there is one. What you practised and answered is kept on this phone, and these work meanwhile:" }
        ul.choices {
            @if practises { li { a href="/today" { "Today" } } }
            li { a href={ (practise(STEADIER, 1.0, "", false)) "&begin=yes" } { "One minute now: feet on the floor" } }
            li { a href="/moments" { "It is a hard moment" } }
            @if practises { li { a href="/me/safety-plan" { "My safety plan" } } }
            li { a href="/help" { "Help now" } }
        }
    }
}

pub(super) fn phone(practises: bool) -> Markup {
    html! {
        h1 { "On this phone" }
        @if practises {
            p.lead { "So that you can practise without a network, this phone keeps today and the next thirteen days of your plan." }
            p { "With them: the practices at the lengths you use and their sound where there is a voice, questions that are due, your safety plan, help, and something short for hard moments." }
        } @else {
            p.lead { "This device keeps help and something short for hard moments, to have without a network. Nothing of your own, and nothing of any client's." }
        }
        section data-phone {
            noscript { p { "Your browser runs no scripts here, so nothing is kept." } }
            p role="status" data-state {}
            dl.brief data-facts hidden {
                div { dt { "Kept" } dd data-kept {} }
                div { dt { "Brought up to date" } dd data-at {} }
                div data-until-line { dt { "Reaches until" } dd data-until {} }
                div { dt { "Waiting to be sent" } dd data-waiting {} }
            }
            p.row {
                button.button type="button" data-bring hidden { "Bring it up to date" }
                button.button.quiet type="button" data-clear hidden { "Clear what is kept" }
            }
        }
        section data-install hidden {
            h2 { "On your home screen" }
            p { "Kith can stand there like an app, under a name that tells nobody what it is for." }
            p data-install-ask hidden { button.button.quiet type="button" { "Put it there" } }
            p data-install-by-hand { "On an iPhone: Share, then Add to Home Screen. In other browsers it is in the menu. Phones keep longer what stands on the home screen." }
        }
        p.soft { "Signing out removes all of it from this phone. Somebody who picks up this phone unlocked while you are signed in can read what is kept." }
    }
}
