//! Putting a page to hand over together: whom it is for, what about, what goes in.

use maud::{Markup, html};

use super::rules::begun;
use crate::app::App;
use kith_base::web::form::Form;
use kith_base::web::layout::{Field, problems};

pub(super) fn builder(app: &App, form: &Form) -> Markup {
    let evidence = app.content.evidence();
    let constructs: Vec<(String, String)> = evidence
        .constructs
        .iter()
        .map(|construct| (construct.id.clone(), begun(&construct.name)))
        .collect();
    let comparators = [
        ("", "anything"),
        ("passive", "waiting or usual care"),
        ("active", "another training"),
    ]
    .map(|(value, words)| (value.to_owned(), words.to_owned()));
    let audiences = [
        ("client", "A client", "plain words and a picture of people"),
        ("colleague", "A colleague", "effect, interval, comparison"),
        (
            "supervisor",
            "A supervisor",
            "certainty, dose, harm, cost, what would change our mind",
        ),
    ];
    let parts = [
        ("picture", "The picture"),
        ("published", "What others pooled"),
        ("sources", "Where it was read"),
    ];
    html! {
        h1 { "A page to hand over" }
        p.lead { "One sheet of paper with what studies found, how sure it is, and its limits." }
        (problems(form))
        form.stack method="post" action="/handouts" {
            (Field { name: "construct", label: "What about", hint: "", kind: "text", more: &[] }.choice(form, &constructs))
            fieldset #audience {
                legend { "Whom for" }
                @for (value, words, hint) in audiences {
                    label.tick { input type="radio" name="audience" value=(value) checked[form.raw("audience") == value];
                        span { (words) span.soft { ": " (hint) } } }
                }
            }
            (Field { name: "comparator", label: "Compared with", hint: "", kind: "text", more: &[] }.choice(form, &comparators))
            fieldset {
                legend { "What goes in" }
                @for (name, words) in parts {
                    label.tick { input type="checkbox" name=(name) value="yes" checked[form.ticked(name)]; (words) }
                }
            }
            (Field { name: "words", label: "A line of your own",
                hint: "It stands apart from the studies, with your name, and is kept nowhere. No names of clients, please.", kind: "text", more: &[] }.lines(form))
            button.button type="submit" { "Show the page" }
        }
        section {
            h2 { "Ready to print" }
            ul.choices {
                li { a href="/handouts/training" { "What compassion training is, for clients" } }
                li { a href="/rationale" { "Words to say why" } }
                li { a href="/practices" { "One for each practice: at the foot of its page" } }
                li { a href="/programmes" { "One for each programme: at the foot of its page" } }
            }
        }
    }
}
