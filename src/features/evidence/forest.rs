//! The trials one under the other, drawn from the geometry of `kith_evidence`, each row a link to its figure.

use kith_content::evidence::{Checked, Evidence};
use kith_evidence::Answer;
use kith_evidence::figures::{self, Forest, People, PersonKind, Row, RowKind, svg};
use maud::{Markup, PreEscaped, html};

use super::numbers::{Traces, href, mark};
use super::rules::decimals;
use super::sheet::{self, Bit, Picture, Words, said};

/// The forest of an answer; nothing without a pool.
pub(super) fn forest(
    evidence: &Evidence,
    answer: &Answer<'_>,
    traces: &mut Traces<'_>,
) -> Option<Picture> {
    let forest = figures::forest(answer)?;
    Some(Picture::Forest(forest, links(evidence, answer, traces)))
}

/// What a forest's marks mean.
pub(super) fn forest_note(forest: &Forest) -> String {
    let star = if forest.rows.iter().any(|row| row.marked) {
        " * A score that mixes several things, or arms whose size was assumed."
    } else {
        ""
    };
    format!(
        "Full squares: trials of this pool, larger where they weigh more. Diamond: the pool. Open squares: published meta-analyses, which are no part of it.{star}"
    )
}

/// A picture on the screen, with its key.
pub(super) fn drawn(picture: &Picture) -> Markup {
    html! {
        @match picture {
            Picture::Forest(forest, links) => {
                figure.drawn {
                    figcaption { (forest.title) }
                    (drawing(forest, links))
                    p.legend { (forest_note(forest)) }
                }
            }
            Picture::People(people, key) => { (crowd(people, key)) }
        }
    }
}

/// The same as a table, for whoever cannot use the picture.
pub(super) fn table(evidence: &Evidence, answer: &Answer<'_>, traces: &mut Traces<'_>) -> Markup {
    let Some(forest) = figures::forest(answer) else {
        return html! {};
    };
    let links = links(evidence, answer, traces);
    let trials = answer.pool.iter().flat_map(|pool| &pool.taken);
    let published = answer.published.iter().filter(|one| one.comparable);
    let read: Vec<Option<Checked>> = trials
        .map(|taken| Some(taken.outcome.verified))
        .chain([None])
        .chain(published.map(|one| Some(one.outcome.verified)))
        .collect();
    html! {
        details {
            summary { "The same as a table" }
            div.scroll tabindex="0" role="region" aria-label="Trials, the pool, published meta-analyses" {
                table {
                    thead { tr { th scope="col" { "Study" } th scope="col" { "What it is" } th scope="col" { "Difference [interval]" } } }
                    tbody {
                        @for ((row, link), read) in forest.rows.iter().zip(&links).zip(&read) {
                            tr {
                                th scope="row" { (row.label) }
                                td { @match row.kind { RowKind::Trial => "trial", RowKind::Pool => "our own pool", RowKind::Published => "published" }
                                    @if let Some(read) = read { " " (mark(*read)) } }
                                td { a.traced href=(link) { (row.figures) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Where each row leads, in the order of the rows.
fn links(evidence: &Evidence, answer: &Answer<'_>, traces: &mut Traces<'_>) -> Vec<String> {
    let Some(pool) = &answer.pool else {
        return Vec::new();
    };
    let to = |address: String| href(evidence, &address).unwrap_or_default();
    let mut links: Vec<String> = pool.taken.iter().map(|taken| to(taken.cell())).collect();
    links.push(traces.link(&decimals(pool.pooled.estimate), &pool.cells()));
    let published = answer.published.iter().filter(|one| one.comparable);
    links.extend(published.map(|one| to(format!("{}/value", one.cell()))));
    links
}

fn drawing(forest: &Forest, links: &[String]) -> Markup {
    let (width, height) = forest.size;
    let (left, right) = forest.plot;
    html! {
        svg.figure.forest viewBox={ "0 0 " (width) " " (height) } role="group" aria-labelledby="forest-title" aria-describedby="forest-text" {
            title #forest-title { (forest.title) }
            desc #forest-text { (forest.description) }
            @for tick in &forest.ticks {
                line.grid x1=(tick.at) x2=(tick.at) y1="16" y2=(forest.base) {}
                text.tick x=(tick.at) y=(forest.base + 16.0) text-anchor="middle" { (tick.label) }
            }
            line.zero x1=(forest.zero) x2=(forest.zero) y1="16" y2=(forest.base) {}
            text.axis x=((forest.zero - 6.0).max(left)) y=(forest.base + 34.0) text-anchor="end" { "← worse" }
            text.axis x=((forest.zero + 6.0).min(right)) y=(forest.base + 34.0) text-anchor="start" { "better with training →" }
            @for (of, link) in forest.rows.iter().zip(links) {
                a href=(link) { (row(of, right)) }
            }
        }
    }
}

fn row(row: &Row, right: f64) -> Markup {
    let (low, high) = row.interval.unwrap_or((row.x, row.x));
    let kind = match row.kind {
        RowKind::Trial => "trial",
        RowKind::Pool => "pool",
        RowKind::Published => "published",
    };
    html! {
        g.row.(kind) {
            rect.hit x="0" y=(row.y - 12.0) width="100%" height="24" {}
            text.name x="0" y=(row.y + 4.0) { (row.label) @if row.marked { " *" } }
            text.value x=(right + 14.0) y=(row.y + 4.0) { (row.figures) }
            @if row.kind == RowKind::Pool {
                polygon.mark points={ (low) "," (row.y) " " (row.x) "," (row.y - row.half) " " (high) "," (row.y) " " (row.x) "," (row.y + row.half) } {}
            } @else {
                line.interval x1=(low) x2=(high) y1=(row.y) y2=(row.y) {}
                rect.mark x=(row.x - row.half) y=(row.y - row.half) width=(2.0 * row.half) height=(2.0 * row.half) {}
            }
        }
    }
}

/// Small trials and large ones; nothing with fewer than three.
pub(super) fn funnel(answer: &Answer<'_>) -> Markup {
    html! {
        @if let Some(funnel) = figures::funnel(answer) {
            figure.drawn.small {
                figcaption { (funnel.title) }
                (PreEscaped(svg::funnel(&funnel, "funnel")))
                p.legend { (funnel.description) }
            }
        }
    }
}

/// People of whom some are better off, each number of the key a link; nothing where the pool is not reliable.
pub(super) fn people(
    evidence: &Evidence,
    answer: &Answer<'_>,
    traces: &mut Traces<'_>,
) -> Option<Picture> {
    let people = figures::people(answer, evidence.lines.better_off.people)?;
    let mut from = answer
        .pool
        .as_ref()
        .map_or_else(Vec::new, |pool| pool.cells());
    from.extend(["people", "control_rate"].map(|key| format!("statements/better_off/{key}")));
    let key = people
        .legend
        .iter()
        .map(|(kind, words)| (*kind, linked(words, &from, traces)))
        .collect();
    Some(Picture::People(people, key))
}

fn crowd(people: &People, key: &[(PersonKind, Words)]) -> Markup {
    let (width, height) = crowd_size(people);
    html! {
        figure.drawn.crowd {
            figcaption { (people.title) }
            svg.figure.people viewBox={ "0 0 " (width) " " (height) } role="img" aria-labelledby="people-title" aria-describedby="people-text" {
                title #people-title { (people.title) }
                desc #people-text { (people.description) }
                @for &(x, y, kind) in &people.people { (person(x, y, kind)) }
            }
            ul.legend {
                @for (kind, words) in key {
                    li { svg.sample viewBox="0 0 20 20" aria-hidden="true" { (person(10.0, 10.0, *kind)) } span { (said(words)) } }
                }
            }
        }
    }
}

/// How large the people are without their key.
pub(super) fn crowd_size(people: &People) -> (f64, f64) {
    (people.size.0.min(262.0), people.below)
}

fn person(x: f64, y: f64, kind: PersonKind) -> Markup {
    let class = match kind {
        PersonKind::Anyway => "anyway",
        PersonKind::More => "more",
        PersonKind::Perhaps => "perhaps",
        PersonKind::Not => "not",
    };
    html! {
        circle.(class) cx=(x) cy=(y) r="9" {}
        @if kind == PersonKind::More { path.plus d={ "M" (x - 4.0) " " (y) "h8M" (x) " " (y - 4.0) "v8" } {} }
    }
}

/// Words with their whole numbers as links.
fn linked(words: &str, from: &[String], traces: &mut Traces<'_>) -> Words {
    words
        .split_inclusive(' ')
        .flat_map(|word| {
            let (bare, rest) = word.split_at(word.trim_end().len());
            if !bare.is_empty() && bare.chars().all(|c| c.is_ascii_digit()) {
                let link = traces.link(bare, from);
                vec![
                    Bit::Number(bare.to_owned(), link),
                    Bit::Plain(rest.to_owned()),
                ]
            } else {
                sheet::plain(word)
            }
        })
        .collect()
}
