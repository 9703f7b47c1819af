//! Numbers to SVG: minutes as bars, fit as dots, with a title, a description, and colours from the
//! style sheet so that it follows light, dark and print.

use jiff::civil::Date;
use maud::{Markup, html};

use super::rules::DaySum;
use kith_base::web::locale::{date_text, minutes_text};

/// Narrow, so that its words can be read on a phone.
const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 280.0;
const LEFT: f64 = 30.0;
const RIGHT: f64 = 12.0;
/// Dots above, bars below: fit in the upper part, minutes in the lower.
const TOP: f64 = 26.0;
const MIDDLE: f64 = 134.0;
const BASE: f64 = 248.0;

/// The picture of some weeks.
pub(super) fn weeks(days: &[DaySum], today: Date, locale: &str) -> Markup {
    let most = days.iter().map(|day| day.minutes).fold(10.0, f64::max);
    // A round top, so that the axis can be read: 10, 20, 30, 60 minutes …
    let top = [10.0, 20.0, 30.0, 60.0, 120.0]
        .into_iter()
        .find(|top| *top >= most)
        .unwrap_or(most);
    let step = (WIDTH - LEFT - RIGHT) / (days.len().max(1) as f64);
    let x = |index: usize| LEFT + step * (index as f64 + 0.5);
    let fit_y = |fit: f64| MIDDLE - 10.0 - fit / 10.0 * (MIDDLE - 10.0 - TOP);
    let bar_height = |minutes: f64| minutes / top * (BASE - MIDDLE - 18.0);
    let short = if locale == "en-US" {
        "%b %-d"
    } else {
        "%-d %b"
    };
    let round = |number: f64| (number * 10.0).round() / 10.0;
    let dots: Vec<_> = days
        .iter()
        .enumerate()
        .filter_map(|(index, day)| day.fit.map(|fit| (x(index), fit_y(fit), day)))
        .collect();
    let path: Vec<_> = dots
        .iter()
        .map(|(x, y, _)| format!("{},{}", round(*x), round(*y)))
        .collect();
    html! {
        svg.chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-labelledby="chart-title chart-text" {
            title #chart-title { "Practice and fit, day by day" }
            desc #chart-text { (description(days, today, locale)) }
            @for fit in [0.0, 5.0, 10.0] {
                line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(round(fit_y(fit))) y2=(round(fit_y(fit))) {}
                text.tick x=(LEFT - 8.0) y=(round(fit_y(fit) + 4.0)) text-anchor="end" { (fit) }
            }
            text.axis x=(LEFT) y=(TOP - 10.0) { "Fit, 0 to 10" }
            @for minutes in [0.0, top / 2.0, top] {
                @let y = round(BASE - bar_height(minutes));
                line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(y) y2=(y) {}
                text.tick x=(LEFT - 8.0) y=(y + 4.0) text-anchor="end" { (minutes) }
            }
            text.axis x=(LEFT) y=(MIDDLE + 8.0) { "Minutes" }
            @for (index, day) in days.iter().enumerate() {
                @if day.minutes > 0.0 {
                    rect.bar x=(round(x(index) - step * 0.36)) y=(round(BASE - bar_height(day.minutes)))
                        width=(round(step * 0.72)) height=(round(bar_height(day.minutes))) rx="2" {
                        title { (date_text(day.on, today, locale)) ": " (minutes_text(day.minutes)) }
                    }
                }
                @if index % 14 == 0 {
                    text.tick x=(round(x(index))) y=(BASE + 20.0) text-anchor="start" {
                        (day.on.strftime(short))
                    }
                }
            }
            @if path.len() > 1 { polyline.fit points=(path.join(" ")) {} }
            @for (x, y, day) in &dots {
                circle.dot cx=(round(*x)) cy=(round(*y)) r="3" {
                    title { (date_text(day.on, today, locale)) ": fit " (round(day.fit.unwrap_or_default())) }
                }
            }
        }
    }
}

/// The picture in words, for those who cannot see it.
fn description(days: &[DaySum], today: Date, locale: &str) -> String {
    let practised: Vec<_> = days.iter().filter(|day| day.sittings > 0).collect();
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return "No days yet.".to_owned();
    };
    let span = format!(
        "From {} to {}",
        date_text(first.on, today, locale),
        date_text(last.on, today, locale)
    );
    if practised.is_empty() {
        return format!("{span} there is no practice.");
    }
    let minutes: f64 = practised.iter().map(|day| day.minutes).sum();
    let fits: Vec<f64> = practised.iter().filter_map(|day| day.fit).collect();
    let fit = match (fits.first(), fits.last()) {
        (Some(first), Some(last)) => format!(
            " Fit was {} the first time it was given and {} the last.",
            (first * 10.0).round() / 10.0,
            (last * 10.0).round() / 10.0
        ),
        _ => String::new(),
    };
    format!(
        "{span} there was practice on {} of {} days, {} in all.{fit}",
        practised.len(),
        days.len(),
        minutes_text(minutes)
    )
}

/// A small line of minutes by week, for a row of a table.
pub(super) fn spark(days: &[DaySum]) -> Markup {
    let weeks: Vec<f64> = days
        .chunks(7)
        .map(|week| week.iter().map(|day| day.minutes).sum())
        .collect();
    let most = weeks.iter().copied().fold(30.0, f64::max);
    let words: Vec<_> = weeks
        .iter()
        .map(|minutes| format!("{}", minutes.round()))
        .collect();
    html! {
        svg.spark viewBox="0 0 96 24" role="img" aria-label={ "Minutes a week: " (words.join(", ")) } {
            @for (index, minutes) in weeks.iter().enumerate() {
                @let height = (minutes / most * 22.0).round().max(1.0);
                rect x=(index * 12 + 1) y=(24.0 - height) width="9" height=(height) {}
            }
        }
    }
}
