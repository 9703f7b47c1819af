//! Panels as pages show them: a picture, what it says in words, and the same as a table.

use jiff::civil::Date;
use kith_content::instrument::shown;
use maud::{Markup, html};

use super::course;
use super::drawing::{
    Axis, BOTTOM, Drawing, HEIGHT, LEFT, LINE, MANY, RING, TOP, WIDTH, draw, short, ticks, y,
};
use super::picture::{Kind, Panel, View, direction, summary};
use super::rules::DaySum;
use kith_base::web::locale::{ago_text, date_text, minutes_text};

/// All that is laid on one axis of time.
pub(super) struct Pictures<'a> {
    /// Who looks.
    pub(super) view: View,
    /// The panels, in their order.
    pub(super) panels: &'a [Panel],
    /// What was practised, day by day, from the axis's first day on.
    pub(super) days: &'a [DaySum],
    /// Plans that began: when, and what they are called.
    pub(super) begun: &'a [(Date, String)],
    /// The axis.
    pub(super) axis: Axis,
    /// The day it is for the person.
    pub(super) today: Date,
    /// How dates are written for whoever looks.
    pub(super) locale: &'a str,
}

/// A picture of more days than this has its minutes by the week.
const DAYS_BY_DAY: usize = 70;

impl Pictures<'_> {
    /// Everything, the practised minutes last.
    pub(super) fn show(&self) -> Markup {
        let has_zone = self.panels.iter().any(|panel| panel.zone.is_some());
        let has_course = self.panels.iter().any(|panel| panel.expected.is_some());
        html! {
            div.pictures {
                @if self.view.has_figures() { (self.key(has_zone, has_course)) }
                @for panel in self.panels { (self.panel(panel)) }
                (self.minutes())
                @if self.view.has_figures() { (self.no_course()) }
            }
        }
    }

    fn date(&self, on: Date) -> String {
        date_text(on, self.today, self.locale)
    }

    /// What the marks mean.
    fn key(&self, has_zone: bool, has_course: bool) -> Markup {
        let sample = |inside: Markup| {
            html! {
                svg.chart.sample viewBox="0 0 36 16" aria-hidden="true" { (inside) }
            }
        };
        html! {
            ul.key aria-label="What the marks mean" {
                @if has_zone {
                    li { (sample(html! { rect.zone x="0" y="2" width="36" height="12" {} }))
                        span { "A difference from the first score that stays inside may well be chance. Under a check-in: the middle half of earlier answers." } }
                    li { (sample(html! { circle.ring cx="18" cy="8" r="6" {} circle.point cx="18" cy="8" r="3" {} }))
                        span { "Differs from the first score by more than chance usually brings about." } }
                }
                @if self.panels.iter().any(|panel| !panel.bands.is_empty()) {
                    li { (sample(html! { line.edge x1="0" x2="36" y1="8" y2="8" {} }))
                        span { (if self.view.is_practitioner() { "Where a name for scores begins. Names come from whoever made the questionnaire; they sort scores and are no diagnosis." } else { "Where a name for scores begins. The names sort scores, in plain words; they say nothing about you as a person." }) } }
                }
                @if has_course {
                    li { (sample(html! { path.quarter d="M0 3H36M0 13H36" {} path.middle d="M0 8H36" {} }))
                        span { "How it went on for others here who began with a similar score: the middle half of them, and the middle one." } }
                }
                @if !self.begun.is_empty() {
                    li { (sample(html! { line.begun x1="18" x2="18" y1="0" y2="16" {} })) span { "A plan begins." } }
                }
            }
        }
    }

    fn panel(&self, panel: &Panel) -> Markup {
        let id = |part: &str| format!("{}-{part}", panel.key);
        let upright: Vec<f64> = self.begun.iter().map(|(on, _)| self.axis.x(*on)).collect();
        let drawing = draw(panel, &self.axis, &upright);
        html! {
            section.panel aria-labelledby=(id("name")) {
                div.plot {
                    h3 id=(id("name")) { (panel.name) }
                    p.soft.scale { (shown(panel.range.0)) " to " (shown(panel.range.1)) ". " (direction(panel))
                        @if !panel.title.is_empty() { span.full { " " (panel.title) "." } } }
                    (self.svg(panel, &drawing))
                }
                div.beside {
                    (self.words(panel))
                    (self.table(panel))
                }
            }
        }
    }

    fn words(&self, panel: &Panel) -> Markup {
        html! {
            @if let (1, Kind::Instrument, Some(point)) = (panel.points.len(), panel.kind, panel.points.first()) {
                p { "One score so far, " (shown(point.score)) ". A second one shows whether anything moved." }
            }
            @for told in &panel.told {
                p { strong { @if told.is_first { "Since the first, " } @else { "Since the one before, " } (self.date(told.from)) ": " }
                    (told.words) }
            }
            @if let (Kind::CheckIn | Kind::Goal, [first, .., last]) = (panel.kind, panel.points.as_slice()) {
                p { "From " (shown(first.score)) " (" (ago_text(first.on, self.today, self.locale)) ") to "
                    (shown(last.score)) " (" (ago_text(last.on, self.today, self.locale)) ")." }
            }
            @for note in &panel.notes { p { (note) } }
            @if let Some(expected) = &panel.expected {
                p { "Others here: " (expected.people) " people who began between " (shown(expected.start.0.max(panel.range.0)))
                    " and " (shown(expected.start.1.min(panel.range.1))) "; each week, those of them who still answered." }
            }
            @if let Some(figures) = &panel.rests_on { p.soft.rests { (figures) } }
            @if panel.is_harder && !self.view.is_practitioner() {
                p.card { "If these weeks are harder, you need not carry that alone. You could tell your practitioner or somebody you trust, or look at "
                    a href="/help" { "who can be reached now" } "." }
            }
        }
    }

    fn table(&self, panel: &Panel) -> Markup {
        let has_bands = panel.points.iter().any(|point| point.band.is_some());
        let has_marks = panel.points.iter().any(|point| point.reliable);
        html! {
            details {
                summary { "As a table" span.sr { ": " (panel.name) } }
                div.scroll tabindex="0" role="region" aria-label={ "Scores: " (panel.name) } {
                    table {
                        thead { tr { th scope="col" { "Day" } th scope="col" { "Score" }
                            @if has_bands { th scope="col" { "Called" } }
                            @if has_marks { th scope="col" { "From the first" } } } }
                        tbody {
                            @for point in panel.points.iter().rev() {
                                tr { td { (self.date(point.on)) } td { (shown(point.score)) }
                                    @if has_bands { td { (point.band.as_deref().unwrap_or("–")) } }
                                    @if has_marks { td { @if point.reliable { "more than chance" } @else { "–" } } } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn svg(&self, panel: &Panel, drawing: &Drawing) -> Markup {
        let id = |part: &str| format!("{}-{part}", panel.key);
        let is_small = panel.points.len() > MANY;
        let radius = if is_small { 1.7 } else { 3.2 };
        let dates = |on: Date| self.date(on);
        let words: Vec<&str> = panel.told.iter().map(|told| told.words.as_str()).collect();
        html! {
            svg.chart viewBox={ "0 0 " (WIDTH) " " (TOP + HEIGHT + BOTTOM) } role="img"
                aria-labelledby={ (id("title")) " " (id("text")) } {
                title id=(id("title")) { (panel.name) ", over time" }
                desc id=(id("text")) { (summary(panel, dates)) @for words in words { " " (words) } }
                @if let Some((x, top, width, height)) = drawing.zone {
                    rect.zone x=(round(x)) y=(round(top)) width=(round(width)) height=(round(height)) {}
                }
                @for score in ticks(panel.range) {
                    @let height = round(y(panel.range, score));
                    line.grid x1=(LEFT) x2=(self.axis.right) y1=(height) y2=(height) {}
                    text.tick x=(LEFT - 5.0) y=(height + 3.5) text-anchor="end" { (shown(score)) }
                }
                (self.frame(TOP + HEIGHT))
                @for (place, edge) in drawing.edges.iter().enumerate() {
                    // The lowest band begins where the axis does.
                    @if place + 1 < drawing.edges.len() {
                        line.edge x1=(LEFT) x2=(self.axis.right) y1=(round(edge.y)) y2=(round(edge.y)) {}
                    }
                    @for (line, words) in edge.lines.iter().enumerate() {
                        text.name x=(self.axis.right + 5.0) y=(round(edge.name_y + LINE * line as f64)) { (words) }
                    }
                }
                @if !drawing.course.is_empty() {
                    path.quarter d=(path(drawing.course.iter().map(|week| (week.0, week.1)))) {}
                    path.quarter d=(path(drawing.course.iter().map(|week| (week.0, week.3)))) {}
                    path.middle d=(path(drawing.course.iter().map(|week| (week.0, week.2)))) {}
                }
                @for run in &drawing.runs {
                    @if run.len() > 1 { path.run d=(path(run.iter().copied())) {} }
                }
                @for (point, place) in panel.points.iter().zip(&drawing.places) {
                    @if point.reliable { circle.ring cx=(round(place.x)) cy=(round(place.y)) r=(radius + RING) {} }
                    circle.point.small[is_small] cx=(round(place.x)) cy=(round(place.y)) r=(radius) {
                        title { (self.date(point.on)) ": " (shown(point.score)) @if let Some(band) = &point.band { ", " (band) } }
                    }
                }
                @for (point, place) in panel.points.iter().zip(&drawing.places) {
                    @if let Some((x, base)) = place.number {
                        text.number x=(round(x)) y=(round(base)) text-anchor="middle" { (short(point.score)) }
                    }
                }
            }
        }
    }

    /// Where plans begin, and the dates below.
    fn frame(&self, base: f64) -> Markup {
        let short = if self.locale == "en-US" {
            "%b %-d"
        } else {
            "%-d %b"
        };
        html! {
            @for (on, name) in self.begun {
                line.begun x1=(round(self.axis.x(*on))) x2=(round(self.axis.x(*on))) y1=(TOP - 6.0) y2=(base) {
                    title { (self.date(*on)) ": " (name) " begins" }
                }
            }
            @for on in self.axis.ticks() {
                @let x = round(self.axis.x(on));
                line.grid x1=(x) x2=(x) y1=(base) y2=(base + 4.0) {}
                // A date near the end would run off the picture.
                text.tick x=(x) y=(base + 16.0) text-anchor=(if x > WIDTH - 24.0 { "end" } else { "middle" }) { (on.strftime(short)) }
            }
        }
    }

    /// What was practised, beneath everything.
    fn minutes(&self) -> Markup {
        let by = if self.days.len() > DAYS_BY_DAY { 7 } else { 1 };
        let bars: Vec<(Date, f64)> = self
            .days
            .chunks(by)
            .filter_map(|days| {
                let minutes = days.iter().map(|day| day.minutes).sum();
                Some((days.first()?.on, minutes))
            })
            .collect();
        let most = bars
            .iter()
            .map(|(_, minutes)| *minutes)
            .fold(10.0, f64::max);
        let top = [10.0, 20.0, 30.0, 60.0, 120.0, 240.0, 480.0]
            .into_iter()
            .find(|top| *top >= most)
            .unwrap_or(most);
        let tall = HEIGHT * 0.6;
        let base = TOP + tall;
        let wide = self.axis.span() / self.axis.days() * by as f64;
        let each = if by == 1 { "day" } else { "week" };
        let all: f64 = self.days.iter().map(|day| day.minutes).sum();
        let days = self.days.iter().filter(|day| day.sittings > 0).count();
        let said = format!(
            "Practised on {days} of {} days, {} in all.",
            self.days.len(),
            minutes_text(all)
        );
        html! {
            section.panel.practised aria-labelledby="minutes-name" {
                div.plot {
                    h3 #minutes-name { "Practised" }
                    p.soft.scale { "Minutes a " (each) "." }
                    svg.chart viewBox={ "0 0 " (WIDTH) " " (base + BOTTOM) } role="img" aria-labelledby="minutes-title minutes-text" {
                        title #minutes-title { "Minutes practised, by the " (each) }
                        desc #minutes-text { (said) }
                        @for minutes in [0.0, top / 2.0, top] {
                            @let height = round(base - minutes / top * tall);
                            line.grid x1=(LEFT) x2=(self.axis.right) y1=(height) y2=(height) {}
                            text.tick x=(LEFT - 5.0) y=(height + 3.5) text-anchor="end" { (minutes) }
                        }
                        @for (on, minutes) in bars.iter().filter(|(_, minutes)| *minutes > 0.0) {
                            @let height = round(minutes / top * tall);
                            // A day's bar stands round its day, a week's from its first day on.
                            @let left = self.axis.x(*on) - if by == 1 { wide * 0.4 } else { 0.0 };
                            rect.bar x=(round(left)) y=(round(base - height)) width=(round((wide * 0.8).min(self.axis.right - left).max(1.0))) height=(height) {
                                title { @if by > 1 { "Week from " } (self.date(*on)) ": " (minutes_text(*minutes)) }
                            }
                        }
                        (self.frame(base))
                    }
                }
                div.beside {
                    p { (said) }
                    @if !self.begun.is_empty() {
                        p.soft { "Upright lines: "
                            @for (place, (on, name)) in self.begun.iter().enumerate() {
                                @if place > 0 { "; " } (name) ", from " (self.date(*on))
                            } "." }
                    }
                }
            }
        }
    }

    fn no_course(&self) -> Markup {
        let names: Vec<String> = self
            .panels
            .iter()
            .filter(|panel| panel.kind == Kind::Instrument && !panel.is_part)
            .filter(|panel| panel.expected.is_none())
            .map(|panel| panel.name.clone())
            .collect();
        html! {
            @if let Some(words) = course::none_words(&names) { p.soft.no-course { (words) } }
        }
    }
}

fn round(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

fn path(places: impl Iterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    for (place, (x, y)) in places.enumerate() {
        path.push(if place == 0 { 'M' } else { 'L' });
        path.push_str(&format!("{} {}", round(x), round(y)));
    }
    path
}
