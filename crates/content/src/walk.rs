//! Walks through every programme as people do: one who does everything, one who does about half, one who vanishes.

use std::collections::{BTreeMap, BTreeSet};

use crate::compose::{Asked, compose};
use crate::due::{DueItem, adherence, due, schedule};
use crate::enrolment::{Done, Enrolment, Standing, standing};
use crate::library::Library;
use crate::problem::Problem;
use crate::programme::{Programme, Unlock};
use crate::words::{Edition, ItemKind, Pacing};

/// Walks through every edition of every programme three times. Returns a problem for everything that is not as it has
/// to be, and how many walks there were.
pub fn walk(library: &Library) -> (Vec<Problem>, usize) {
    let (mut problems, mut walks) = (Vec::new(), 0);
    for programme in library.programmes() {
        let mut faults = Faults {
            programme,
            told: BTreeSet::new(),
            unplayable: BTreeSet::new(),
            problems: &mut problems,
        };
        check_moments(library, programme, &mut faults);
        for &edition in &programme.editions {
            for client in [Client::Perfect, Client::Patchy, Client::Vanished] {
                walks += 1;
                check_walk(library, programme, edition, client, &mut faults);
            }
        }
    }
    (problems, walks)
}

#[derive(Clone, Copy, PartialEq)]
enum Client {
    /// Does everything that is asked for.
    Perfect,
    /// Does about half, and hears some of it only in part.
    Patchy,
    /// Does nothing after the third day.
    Vanished,
}

/// Gathers what is wrong with a programme, each thing once.
struct Faults<'p> {
    programme: &'p Programme,
    told: BTreeSet<String>,
    /// The practices that could not be played, by their places in the file.
    unplayable: BTreeSet<((usize, usize), String)>,
    problems: &'p mut Vec<Problem>,
}

impl Faults<'_> {
    fn add(&mut self, place: (usize, usize), message: String) {
        if self.told.insert(message.clone()) {
            let (line, column) = place;
            self.problems.push(Problem {
                file: format!("programmes/{}.toml", self.programme.slug),
                line,
                column,
                message,
                allowed: None,
            });
        }
    }

    /// Where something that was due stands in the file.
    fn place_of(&self, due: &DueItem) -> (usize, usize) {
        self.programme
            .stages
            .iter()
            .filter(|stage| stage.id == due.stage)
            .flat_map(|stage| &stage.items)
            .find(|item| item.kind == due.kind && item.id == due.id)
            .map_or((1, 1), |item| item.place)
    }
}

fn check_moments(library: &Library, programme: &Programme, faults: &mut Faults<'_>) {
    for moment in &programme.moments {
        for (practice, minutes) in &moment.steps {
            if let Some(why) = why_not(library, practice, *minutes) {
                faults.add((1, 1), format!("in the moment `{}`: {why}", moment.id));
            }
        }
    }
}

/// Why a practice cannot be played so long.
fn why_not(library: &Library, slug: &str, minutes: f64) -> Option<String> {
    let Some(practice) = library.practice(slug) else {
        return Some(format!("there is no practice `{slug}`"));
    };
    compose(practice, &Asked::new(minutes, library))
        .err()
        .map(|error| error.to_string())
}

fn check_walk(
    library: &Library,
    programme: &Programme,
    edition: Edition,
    client: Client,
    faults: &mut Faults<'_>,
) {
    let Some((first, last)) = programme.days(edition) else {
        return;
    };
    let unlocked: Vec<(String, i64)> = programme
        .stages_of(edition)
        .filter(|stage| stage.unlock == Some(Unlock::Practitioner))
        .map(|stage| (stage.id.clone(), i64::MIN))
        .collect();
    let enrolment = Enrolment {
        programme,
        library,
        edition,
        start_weekday: 1,
        weekdays: "",
        minutes_most: None,
        swaps: &[],
        pauses: &[],
        unlocked: &unlocked,
        agreed: i64::MIN,
    };
    let asked: BTreeMap<i64, Vec<DueItem>> = schedule(&enrolment)
        .into_iter()
        .map(|(day, _, items)| (day, items))
        .collect();
    let from = first - programme.first_day - 2;
    // Long enough to come to the end also where days wait to be done.
    let to = last - programme.first_day + 2;
    let mut chance = Chance::of(&programme.slug);
    let mut done: Vec<Done> = Vec::new();
    for date in from..=to {
        let today = due(&enrolment, &done, date);
        check_date(&enrolment, &asked, &today, date, client, faults);
        for item in &today {
            let times = item.times.saturating_sub(item.times_done);
            let is_done = match client {
                Client::Perfect => !item.optional && times > 0,
                Client::Patchy => times > 0 && chance.next() < 0.5,
                Client::Vanished => !item.optional && times > 0 && date < 3,
            };
            if is_done {
                let is_part = client == Client::Patchy && chance.next() < 0.3;
                let sitting = Done {
                    kind: item.kind,
                    id: item.id.clone(),
                    on: date,
                    share: if is_part { 0.4 } else { 1.0 },
                    score: score(programme, item),
                };
                // What is asked for several times a day is done so often; in a week, once on any one day.
                let is_one_day = item.opens == item.closes;
                let times = if is_one_day && client != Client::Patchy {
                    times
                } else {
                    1
                };
                done.extend(std::iter::repeat_n(sitting, usize::from(times)));
            }
        }
    }
    if client == Client::Perfect && standing(&enrolment, &done, to) != Standing::Over {
        faults.add(
            (1, 1),
            format!("whoever does everything of the edition `{edition}` does not come to its end"),
        );
    }
    let kept = adherence(&enrolment, &done, to);
    if kept.kept > kept.asked || (client == Client::Perfect && kept.kept < kept.asked) {
        let message = format!(
            "whoever does everything of the edition `{edition}` has kept {} of {} asked",
            kept.kept, kept.asked
        );
        faults.add((1, 1), message);
    }
}

/// A score that opens whatever waits for one.
fn score(programme: &Programme, item: &DueItem) -> Option<f64> {
    programme
        .stages
        .iter()
        .find_map(|stage| match &stage.unlock {
            Some(Unlock::Score {
                instrument,
                at_least,
                at_most,
            }) if item.kind == ItemKind::Measure && *instrument == item.id => at_least.or(*at_most),
            _ => None,
        })
}

/// What is due on one date is what is asked for that day and nothing of other days, and it can be played.
fn check_date(
    enrolment: &Enrolment<'_>,
    asked: &BTreeMap<i64, Vec<DueItem>>,
    today: &[DueItem],
    date: i64,
    client: Client,
    faults: &mut Faults<'_>,
) {
    let programme = enrolment.programme;
    for (index, item) in today.iter().enumerate() {
        let place = faults.place_of(item);
        let (kind, id, day) = (item.kind, &item.id, item.day);
        let before = today.get(..index).unwrap_or_default();
        if before
            .iter()
            .any(|other| other.kind == kind && other.id == *id)
        {
            faults.add(
                place,
                format!("the {kind} `{id}` is due twice on day {day}"),
            );
        }
        if date < item.opens || item.closes < date {
            faults.add(
                place,
                format!("the {kind} `{id}` is due on day {day}, when it is not open"),
            );
        }
        let played = std::iter::once((id, item.minutes))
            .chain(item.alternatives.iter().map(|(id, minutes)| (id, *minutes)))
            .filter(|_| kind == ItemKind::Practice);
        for (practice, minutes) in played {
            if let Some(why) = why_not(enrolment.library, practice, minutes) {
                // The first day tells it; the other days of the stage would only repeat it.
                if faults.unplayable.insert((place, practice.clone())) {
                    faults.add(place, format!("on day {day}: {why}"));
                }
            }
        }
    }
    // Where days wait to be done, only whoever does everything keeps to the calendar.
    if programme.pacing == Pacing::Completion && client != Client::Perfect {
        return;
    }
    let day = date + programme.first_day;
    let key = |item: &DueItem| (item.kind, item.id.clone(), item.opens, item.closes);
    let expected: BTreeSet<_> = asked
        .range(..=day)
        .flat_map(|(_, items)| items)
        .filter(|item| item.closes >= date)
        .map(key)
        .collect();
    let found: BTreeSet<_> = today.iter().map(key).collect();
    for (kind, id, ..) in expected.difference(&found) {
        faults.add(
            (1, 1),
            format!("the {kind} `{id}` should be due on day {day} and is not"),
        );
    }
    for (kind, id, ..) in found.difference(&expected) {
        faults.add(
            (1, 1),
            format!("the {kind} `{id}` is due on day {day}, though it belongs to another day"),
        );
    }
    let minutes = |items: &mut dyn Iterator<Item = &DueItem>| -> f64 {
        items
            .filter(|item| item.kind == ItemKind::Practice && item.opens == item.closes)
            .map(|item| item.minutes)
            .sum()
    };
    let one_day = minutes(&mut asked.get(&day).into_iter().flatten());
    if minutes(&mut today.iter()) > one_day {
        faults.add(
            (1, 1),
            format!("on day {day} more than one day's practice is due"),
        );
    }
}

/// Chance that is the same every time: splitmix64 (Steele, Lea, Flood 2014), seeded by a name.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of(name: &str) -> Self {
        // FNV-1a.
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(seed)
    }

    /// From 0 up to but not including 1.
    pub(crate) fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }
}
