//! Where things lie: one axis of time for all panels, and in each panel scores as heights. Pure numbers, for the pictures
//! and for tests of them.

use jiff::Span;
use jiff::civil::Date;

use super::picture::Panel;
use kith_base::web::locale::days_between;

/// As wide as a phone, so that its words can be read on one.
pub const WIDTH: f64 = 360.0;
/// Room for the numbers at the left.
pub const LEFT: f64 = 28.0;
/// The first and the last day lie so far inside, with room for half a number.
pub const INSET: f64 = 9.0;
/// Room at the right for the bands' names, or for half a number.
pub const RIGHT_WITH_NAMES: f64 = 104.0;
/// Room there without.
pub const RIGHT: f64 = 8.0;
/// Room above for the number of a score at the very top.
pub const TOP: f64 = 16.0;
/// The height from the least to the most score.
pub const HEIGHT: f64 = 108.0;
/// Room below for the dates.
pub const BOTTOM: f64 = 22.0;
/// From one line of a band's name to the next.
pub const LINE: f64 = 11.5;
/// As many letters fit beside a panel.
const LETTERS: usize = 17;
/// Of more scores than this only the first and the last number stand there, and the dots are small.
pub const MANY: usize = 12;
/// Numbers nearer to each other than this would run together.
const APART: f64 = 21.0;

/// The one axis of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Its first day.
    pub first: Date,
    /// Its last.
    pub last: Date,
    /// Where the plot ends at the right.
    pub right: f64,
}

impl Axis {
    /// From one day to another.
    pub fn new(first: Date, last: Date, has_names: bool) -> Self {
        let right = if has_names { RIGHT_WITH_NAMES } else { RIGHT };
        Self {
            first,
            last,
            right: WIDTH - right,
        }
    }

    /// How many days it has.
    pub fn days(&self) -> f64 {
        days_between(self.first, self.last).max(1) as f64
    }

    /// Where a day lies.
    pub fn x(&self, on: Date) -> f64 {
        let share = days_between(self.first, on) as f64 / self.days();
        LEFT + INSET + share.clamp(0.0, 1.0) * self.span()
    }

    /// How wide all its days are.
    pub fn span(&self) -> f64 {
        self.right - LEFT - 2.0 * INSET
    }

    /// The days that are named: every second Monday, or the first of months when there are many weeks; four or five at most.
    pub fn ticks(&self) -> Vec<Date> {
        let days = self.days();
        let (begin, step) = if days <= 98.0 {
            let weeks = (days / 7.0 / 4.0).ceil().max(1.0) as i64;
            let to_monday = (8 - i64::from(self.first.weekday().to_monday_one_offset())) % 7;
            let monday = self.first.checked_add(Span::new().days(to_monday));
            (monday, Span::new().weeks(weeks))
        } else {
            let months = (days / 30.4 / 4.0).ceil().max(1.0) as i64;
            let next = self
                .first
                .first_of_month()
                .checked_add(Span::new().months(1));
            (next, Span::new().months(months))
        };
        let Ok(begin) = begin else {
            return Vec::new();
        };
        begin
            .series(step)
            .take_while(|on| *on <= self.last)
            .collect()
    }
}

/// A score's place.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Where its number stands: the middle of its baseline; `None` where there is no room for it.
    pub number: Option<(f64, f64)>,
}

/// A band's lower edge and where its name goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The height of its first score.
    pub y: f64,
    /// The baseline of the first line of its name.
    pub name_y: f64,
    /// Its name, line by line.
    pub lines: Vec<String>,
}

/// One panel as places.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The scores.
    pub places: Vec<Place>,
    /// Lines between them: one for each run of one version.
    pub runs: Vec<Vec<(f64, f64)>>,
    /// The bands.
    pub edges: Vec<Edge>,
    /// The zone of chance: x, y, width, height.
    pub zone: Option<(f64, f64, f64, f64)>,
    /// The expected course: x, and the heights of a quarter above, the middle, a quarter below.
    pub course: Vec<(f64, f64, f64, f64)>,
}

/// How high a score lies: more is higher, always, whichever way is better.
pub fn y(range: (f64, f64), score: f64) -> f64 {
    let (least, most) = range;
    let share = (score - least) / (most - least).max(f64::MIN_POSITIVE);
    TOP + (1.0 - share.clamp(0.0, 1.0)) * HEIGHT
}

/// The scores that are named at the side: both ends, and round numbers between them, four or five in all.
pub fn ticks(range: (f64, f64)) -> Vec<f64> {
    let (least, most) = range;
    let span = most - least;
    let steps = [0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 25.0, 50.0, 100.0];
    let step = steps.into_iter().find(|step| span / step <= 4.0);
    let step = step.unwrap_or(span);
    let first = (least / step).floor() + 1.0;
    let mut ticks = vec![least];
    // Nearer than a third of a step to an end, two numbers would run together.
    let between = (0..8).map(|place| (first + f64::from(place)) * step);
    ticks.extend(between.filter(|at| *at - least > step / 3.0 && most - *at > step / 3.0));
    ticks.push(most);
    ticks
}

/// Everything of a panel, in its place; `upright` are lines that stand in all panels, from the left.
pub fn draw(panel: &Panel, axis: &Axis, upright: &[f64]) -> Drawing {
    let height = |score: f64| y(panel.range, score);
    let mut places: Vec<Place> = panel
        .points
        .iter()
        .map(|point| Place {
            x: axis.x(point.on),
            y: height(point.score),
            number: None,
        })
        .collect();
    let named = named(&places);
    let mut runs: Vec<Vec<(f64, f64)>> = Vec::new();
    for (point, place) in panel.points.iter().zip(&places) {
        match runs.last_mut().filter(|_| point.joined) {
            Some(run) => run.push((place.x, place.y)),
            None => runs.push(vec![(place.x, place.y)]),
        }
    }
    let marks: Vec<(String, f64)> = panel
        .points
        .iter()
        .map(|point| (short(point.score), if point.reliable { RING } else { 0.0 }))
        .collect();
    let edges = edges(panel);
    let lines = Lines {
        runs: &runs,
        upright,
        level: &edges.iter().map(|edge| edge.y).collect::<Vec<_>>(),
        right: axis.right,
    };
    number(&mut places, &named, &marks, &lines);
    let zone = panel.zone.map(|zone| {
        let (x, top) = (axis.x(zone.from), height(zone.high));
        (x, top, axis.right - x, height(zone.low) - top)
    });
    let course = panel.expected.iter().flat_map(|expected| {
        let start = panel.points.first().map(|point| point.on);
        expected.weeks.iter().filter_map(move |week| {
            let on = start?.checked_add(Span::new().weeks(week.week)).ok()?;
            let is_within = on <= axis.last;
            let places = (height(week.high), height(week.middle), height(week.low));
            is_within.then_some((axis.x(on), places.0, places.1, places.2))
        })
    });
    Drawing {
        course: course.collect(),
        edges,
        places,
        runs,
        zone,
    }
}

/// A score in a picture: one decimal at most.
pub fn short(score: f64) -> String {
    ((score * 10.0).round() / 10.0).to_string()
}

/// Which numbers stand beside their scores: the latest, the first, and of the others those with room.
fn named(places: &[Place]) -> Vec<usize> {
    let count = places.len();
    let order = [count.checked_sub(1), Some(0)].into_iter().flatten();
    let mut named: Vec<(usize, f64)> = Vec::new();
    let between = if count > MANY {
        0..0
    } else {
        1..count.saturating_sub(1)
    };
    for at in order.chain(between) {
        if let Some(place) = places.get(at)
            && named.iter().all(|(_, x)| (x - place.x).abs() >= APART)
        {
            named.push((at, place.x));
        }
    }
    named.into_iter().map(|(at, _)| at).collect()
}

/// A ring stands so far outside its point.
pub const RING: f64 = 3.2;
/// A digit is about so wide, and as high as this, in the largest size there is.
const DIGIT: (f64, f64) = (6.6, 8.6);
/// So much stays free round a number.
const FREE: f64 = 1.5;
/// A point with its rim.
const POINT: f64 = 4.2;

/// A number's rectangle: left, top, right, bottom.
type Space = (f64, f64, f64, f64);

/// What a number should not stand on: the lines between scores above all, those that cut through the picture if it can be helped.
struct Lines<'a> {
    runs: &'a [Vec<(f64, f64)>],
    upright: &'a [f64],
    level: &'a [f64],
    right: f64,
}

fn space((x, base): (f64, f64), wide: f64) -> Space {
    let half = wide / 2.0;
    (x - half, base - DIGIT.1, x + half, base)
}

/// Puts each number where neither a line nor a point nor another number is: above its score if that is free, else below, else
/// beside it. Where everything is taken it stands where least is in its way.
fn number(places: &mut [Place], named: &[usize], marks: &[(String, f64)], lines: &Lines<'_>) {
    let points: Vec<(f64, f64)> = places.iter().map(|place| (place.x, place.y)).collect();
    let between: Vec<_> = lines
        .runs
        .iter()
        .flat_map(|run| run.iter().copied().zip(run.iter().copied().skip(1)))
        .collect();
    let mut taken: Vec<Space> = Vec::new();
    for &at in named {
        let (Some(&(x, y)), Some((words, ring))) = (points.get(at), marks.get(at)) else {
            continue;
        };
        let wide = DIGIT.0 * words.chars().count() as f64;
        let (up, down) = (y - 6.5 - ring, y + 6.5 + ring + DIGIT.1);
        let aside = wide / 2.0 + POINT;
        let candidates = [
            (x, up),
            (x, down),
            (x + aside, up + 2.0),
            (x - aside, up + 2.0),
            (x + aside, down - 2.0),
            (x - aside, down - 2.0),
            (x + aside + ring + POINT, y),
            (x - aside - ring - POINT, y),
            (x + aside + ring + FREE, y + DIGIT.1 / 2.0),
            (x - aside - ring - FREE, y + DIGIT.1 / 2.0),
        ];
        let in_the_way = |place: &(f64, f64)| {
            let own = space(*place, wide);
            let wider = grown(own, FREE);
            // Above the highest score there is the room that a ring leaves; below the lowest there are dates.
            let is_outside = own.0 < LEFT
                || own.2 > lines.right + INSET
                || own.1 < -RING
                || own.3 > TOP + HEIGHT + 2.0;
            let met = between.iter().filter(|line| crosses(wider, **line)).count();
            let through = |x: &&f64| (wider.0..=wider.2).contains(*x);
            let met = met + lines.upright.iter().filter(through).count();
            let on = |y: &&f64| (own.1..=own.3).contains(*y);
            let level = lines.level.iter().filter(on).count();
            let near = |other: &&(f64, f64)| within(grown(own, POINT), **other);
            let covered = points.iter().filter(near).count();
            let upon = taken.iter().filter(|other| overlap(own, **other)).count();
            level + 4 * met + 8 * covered + 12 * upon + if is_outside { 40 } else { 0 }
        };
        let best = candidates.into_iter().min_by_key(in_the_way);
        if let (Some(best), Some(place)) = (best, places.get_mut(at)) {
            taken.push(space(best, wide));
            place.number = Some(best);
        }
    }
}

fn grown((left, top, right, bottom): Space, by: f64) -> Space {
    (left - by, top - by, right + by, bottom + by)
}

fn within((left, top, right, bottom): Space, (x, y): (f64, f64)) -> bool {
    (left..=right).contains(&x) && (top..=bottom).contains(&y)
}

fn overlap(a: Space, b: Space) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

/// Whether a straight line meets a rectangle (Liang and Barsky 1984).
fn crosses(
    (left, top, right, bottom): Space,
    ((x, y), (to_x, to_y)): ((f64, f64), (f64, f64)),
) -> bool {
    let (dx, dy) = (to_x - x, to_y - y);
    let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
    for (by, room) in [
        (-dx, x - left),
        (dx, right - x),
        (-dy, y - top),
        (dy, bottom - y),
    ] {
        if by == 0.0 {
            if room < 0.0 {
                return false;
            }
        } else if by < 0.0 {
            enters = enters.max(room / by);
        } else {
            leaves = leaves.min(room / by);
        }
    }
    enters <= leaves
}

/// The bands from the highest down, their names beside them and never upon one another.
fn edges(panel: &Panel) -> Vec<Edge> {
    let (_, most) = panel.range;
    let ends = panel.bands.iter().skip(1).map(|band| band.from);
    let mut edges: Vec<Edge> = panel
        .bands
        .iter()
        .zip(ends.chain([most]))
        .map(|(band, end)| {
            let lines = wrap(&band.label);
            let middle = f64::midpoint(y(panel.range, band.from), y(panel.range, end));
            let tall = (lines.len() as f64 - 1.0) * LINE;
            Edge {
                y: y(panel.range, band.from),
                // Letters stand on their baseline, and about a third of a line is above the middle.
                name_y: middle - tall / 2.0 + LINE / 3.0,
                lines,
            }
        })
        .collect();
    edges.reverse();
    // Down from the top, then up again from the bottom, until nothing lies upon anything.
    let mut free = TOP;
    for edge in &mut edges {
        edge.name_y = edge.name_y.max(free);
        free = edge.name_y + LINE * edge.lines.len() as f64;
    }
    let mut free = TOP + HEIGHT + LINE / 3.0;
    for edge in edges.iter_mut().rev() {
        let tall = (edge.lines.len() as f64 - 1.0) * LINE;
        edge.name_y = edge.name_y.min(free - tall);
        free = edge.name_y - LINE;
    }
    edges
}

/// A name in lines of a few letters, broken between words.
fn wrap(label: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in label.split(' ') {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < LETTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
