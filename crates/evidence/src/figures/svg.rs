//! Draws figures as SVG: one element with a title and a description, in the colour of the text around it, so that it
//! follows light, dark and print. Classes (`row`, `pool`, `published`, `anyway`, `more` …) are for style sheets.

use std::fmt::Write;

use super::{Forest, Funnel, People, PersonKind, RowKind};

/// The forest as an SVG element; `id` keeps its names apart from those of other figures on a page.
#[must_use]
pub fn forest(of: &Forest, id: &str) -> String {
    let mut out = open(of.size, id, "forest", &of.title, &of.description);
    let (left, right) = of.plot;
    for tick in &of.ticks {
        line(&mut out, "grid", (tick.at, 20.0), (tick.at, of.base), 0.15);
        text(
            &mut out,
            "tick",
            tick.at,
            of.base + 16.0,
            "middle",
            &tick.label,
        );
    }
    line(&mut out, "zero", (of.zero, 20.0), (of.zero, of.base), 0.7);
    text(
        &mut out,
        "axis",
        (of.zero - 6.0).max(left),
        of.base + 34.0,
        "end",
        "← worse",
    );
    text(
        &mut out,
        "axis",
        (of.zero + 6.0).min(right),
        of.base + 34.0,
        "start",
        "better with training →",
    );
    for row in &of.rows {
        let class = match row.kind {
            RowKind::Trial => "row",
            RowKind::Pool => "row pool",
            RowKind::Published => "row published",
        };
        let _ = write!(out, "<g class=\"{class}\">");
        let star = if row.marked { " *" } else { "" };
        text(
            &mut out,
            "label",
            0.0,
            row.y + 4.0,
            "start",
            &format!("{}{star}", row.label),
        );
        text(
            &mut out,
            "figures",
            right + 14.0,
            row.y + 4.0,
            "start",
            &row.figures,
        );
        let (low, high) = row.interval.unwrap_or((row.x, row.x));
        if row.kind == RowKind::Pool {
            let _ = write!(
                out,
                "<polygon points=\"{low},{y} {x},{top} {high},{y} {x},{bottom}\" fill=\"currentColor\"/>",
                y = row.y,
                x = row.x,
                top = row.y - row.half,
                bottom = row.y + row.half
            );
        } else {
            line(&mut out, "interval", (low, row.y), (high, row.y), 1.0);
            let (fill, half) = if row.kind == RowKind::Published {
                ("none", row.half)
            } else {
                ("currentColor", row.half)
            };
            let _ = write!(
                out,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{fill}\" stroke=\"currentColor\"/>",
                row.x - half,
                row.y - half,
                2.0 * half,
                2.0 * half
            );
        }
        out.push_str("</g>");
    }
    out.push_str("</svg>");
    out
}

/// The funnel as an SVG element.
#[must_use]
pub fn funnel(of: &Funnel, id: &str) -> String {
    let mut out = open(of.size, id, "funnel", &of.title, &of.description);
    let [(left, right), (top, bottom)] = of.plot;
    for tick in &of.ticks {
        line(&mut out, "grid", (tick.at, top), (tick.at, bottom), 0.15);
        text(
            &mut out,
            "tick",
            tick.at,
            bottom + 16.0,
            "middle",
            &tick.label,
        );
    }
    for tick in &of.errors {
        line(&mut out, "grid", (left, tick.at), (right, tick.at), 0.15);
        text(
            &mut out,
            "tick",
            left - 8.0,
            tick.at + 4.0,
            "end",
            &tick.label,
        );
    }
    let [(x1, y1), (x2, y2), (x3, y3)] = of.funnel;
    let _ = write!(
        out,
        "<polygon class=\"funnel-shape\" points=\"{x1},{y1} {x2},{y2} {x3},{y3}\" fill=\"currentColor\" fill-opacity=\"0.06\" stroke=\"currentColor\" stroke-dasharray=\"4 3\" stroke-opacity=\"0.5\"/>"
    );
    line(
        &mut out,
        "middle",
        (of.middle, top),
        (of.middle, bottom),
        0.7,
    );
    for (x, y, name) in &of.points {
        let _ = write!(
            out,
            "<circle class=\"point\" cx=\"{x}\" cy=\"{y}\" r=\"4.5\" fill=\"currentColor\"><title>{}</title></circle>",
            escape(name)
        );
    }
    text(
        &mut out,
        "axis",
        left,
        top - 10.0,
        "start",
        "Standard error",
    );
    text(
        &mut out,
        "axis",
        right,
        bottom + 36.0,
        "end",
        "Difference; more is better",
    );
    out.push_str("</svg>");
    out
}

/// People as an SVG element. Kinds differ in shape and not in colour alone.
#[must_use]
pub fn people(of: &People, id: &str) -> String {
    let mut out = open(of.size, id, "people", &of.title, &of.description);
    for &(x, y, kind) in &of.people {
        person(&mut out, x, y, kind);
    }
    for (index, (kind, words)) in of.legend.iter().enumerate() {
        let y = of.below + 16.0 + 26.0 * index as f64;
        person(&mut out, 14.0, y, *kind);
        text(&mut out, "label", 34.0, y + 4.0, "start", words);
    }
    out.push_str("</svg>");
    out
}

fn person(out: &mut String, x: f64, y: f64, kind: PersonKind) {
    let (class, fill, opacity, dash) = match kind {
        PersonKind::Anyway => ("anyway", "currentColor", 0.35, ""),
        PersonKind::More => ("more", "currentColor", 1.0, ""),
        PersonKind::Perhaps => ("perhaps", "none", 1.0, " stroke-dasharray=\"3 2\""),
        PersonKind::Not => ("not", "none", 0.5, ""),
    };
    let _ = write!(
        out,
        "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"9\" fill=\"{fill}\" fill-opacity=\"{opacity}\" stroke=\"currentColor\" stroke-opacity=\"{}\"{dash}/>",
        if kind == PersonKind::Not { 0.4 } else { 1.0 }
    );
    if kind == PersonKind::More {
        let _ = write!(
            out,
            "<path class=\"plus\" d=\"M{} {y}h8M{x} {}v8\" stroke=\"Canvas\" stroke-width=\"2\"/>",
            x - 4.0,
            y - 4.0
        );
    }
}

fn open(
    (width, height): (f64, f64),
    id: &str,
    class: &str,
    title: &str,
    description: &str,
) -> String {
    let id = escape(id);
    format!(
        "<svg class=\"figure {class}\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-text\" font-size=\"12\" fill=\"currentColor\"><title id=\"{id}-title\">{}</title><desc id=\"{id}-text\">{}</desc>",
        escape(title),
        escape(description)
    )
}

fn line(out: &mut String, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64), opacity: f64) {
    let _ = write!(
        out,
        "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke=\"currentColor\" stroke-opacity=\"{opacity}\"/>"
    );
}

fn text(out: &mut String, class: &str, x: f64, y: f64, anchor: &str, words: &str) {
    let _ = write!(
        out,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        escape(words)
    );
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
