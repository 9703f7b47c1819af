//! An answer as a page of its own, to be read or printed: no script, nothing fetched.

use kith_content::Evidence;
use kith_content::evidence::ToldTo;
use kith_evidence::Answer;
use kith_evidence::figures::{self, svg};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::report::published_line;

const STYLE: &str = "\
:root{color-scheme:light dark}
body{font:1.05rem/1.55 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.35rem;line-height:1.3}h2{font-size:1.1rem;margin-top:2rem}
svg{width:100%;height:auto;display:block;margin:1.5rem 0}svg.people{max-width:24rem}svg.funnel{max-width:30rem}
.first{font-weight:600}.small{font-size:.9rem}
@media print{body{margin:0;max-width:none;font-size:10.5pt}section,svg{break-inside:avoid}}";

/// The page.
pub(super) fn page(evidence: &Evidence, answer: &Answer<'_>, audiences: &[ToldTo]) -> String {
    let others = audiences.iter().any(|&to| to != ToldTo::Client);
    let picture = figures::people(answer, evidence.lines.better_off.people);
    let page: Markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Kith: evidence" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { (answer.asked) }
                @for to in audiences {
                    section {
                        @if audiences.len() > 1 {
                            h2 { "For a " (to.as_str()) }
                        }
                        @for (index, said) in answer.statements.get(to).into_iter().flatten().enumerate() {
                            p class=[(index == 0).then_some("first")] { (said.text) }
                        }
                    }
                }
                @if let Some(people) = picture {
                    (PreEscaped(svg::people(&people, "people")))
                }
                @if others {
                    (pictures(answer))
                    (lists(answer))
                }
                p.small { "Kith is not a crisis service and not a medical device." }
            }
        }
    };
    page.into_string()
}

fn pictures(answer: &Answer<'_>) -> Markup {
    html! {
        @if let Some(forest) = figures::forest(answer) {
            (PreEscaped(svg::forest(&forest, "forest")))
            @if forest.rows.iter().any(|row| row.marked) {
                p.small { "* A score that mixes several things, or arms whose size was assumed." }
            }
            p.small { "Full squares: trials of this pool. The diamond: the pool. Open squares: published meta-analyses, which are no part of it." }
        }
        @if let Some(funnel) = figures::funnel(answer) {
            (PreEscaped(svg::funnel(&funnel, "funnel")))
        }
    }
}

fn lists(answer: &Answer<'_>) -> Markup {
    html! {
        @if !answer.published.is_empty() {
            section.small {
                h2 { "Published" }
                ul { @for published in &answer.published { li { (published_line(published)) } } }
            }
        }
        @if !answer.caveats.is_empty() {
            section.small {
                h2 { "Warnings of the trials in the pool" }
                ul { @for (study, caveat) in &answer.caveats { li { (study) ": " (caveat) } } }
            }
        }
        @if !answer.left_out.is_empty() {
            section.small {
                h2 { "Not in the pool" }
                ul { @for left_out in &answer.left_out { li { (left_out.cell()) ": " (left_out.why) } } }
            }
        }
    }
}
