//! Puts moments, people and practices together; says which go together, which come when, and which can wait.

use kith_content::{Audience, Library, Practice, WayFor, WayMoment, WayPerson, WayPractice};

use crate::features::people::{Role, Roles};
use crate::features::progress::rules::POOR_FIT;
use crate::features::sittings::Sitting;

/// A moment, perhaps a person, and a practice that fit each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way<'a> {
    pub(super) moment: &'a WayMoment,
    /// Nobody where the practice needs nobody.
    pub(super) person: Option<&'a WayPerson>,
    pub(super) pattern: &'a WayPractice,
    pub(super) practice: &'a Practice,
    pub(super) minutes: f64,
}

impl Way<'_> {
    /// "When the kettle is on, feel where your feet meet the floor".
    pub(super) fn words(&self) -> String {
        let person = self.person.map_or("", |person| person.words.as_str());
        let sentence = self.pattern.sentence.replace("{person}", person);
        format!("{}, {sentence}.", self.moment.words)
    }

    /// The id of the person, as it is kept; empty for nobody.
    pub(super) fn whom(&self) -> &str {
        self.person.map_or("", |person| person.id.as_str())
    }
}

/// Every way for somebody with these roles, each once, always in the same order.
pub(super) fn all<'a>(library: &'a Library, roles: &Roles) -> Vec<Way<'a>> {
    let ways = library.ways();
    let may = |whose: &[WayFor]| whose.iter().any(|one| is_for(*one, roles));
    let mut found = Vec::new();
    for pattern in &ways.practices {
        let Some(practice) = library
            .practice(&pattern.practice)
            .filter(|practice| is_offered(practice, roles))
        else {
            continue;
        };
        for moment in ways.moments.iter().filter(|moment| may(&moment.whose)) {
            let Some(minutes) = minutes(moment, pattern, practice) else {
                continue;
            };
            if !pattern.postures.contains(&moment.posture) {
                continue;
            }
            let way = Way {
                moment,
                person: None,
                pattern,
                practice,
                minutes,
            };
            if pattern.targets.is_empty() {
                found.push(way);
            }
            let people = ways
                .people
                .iter()
                .filter(|person| pattern.targets.contains(&person.target) && may(&person.whose));
            found.extend(people.map(|person| Way {
                person: Some(person),
                ..way
            }));
        }
    }
    found
}

fn is_for(whose: WayFor, roles: &Roles) -> bool {
    match whose {
        WayFor::Anyone => true,
        WayFor::Practitioner => roles.has(Role::Practitioner),
        WayFor::Client => roles.has(Role::Client),
    }
}

/// Anybody may start it, it is light, and it is for grown-ups of that kind.
fn is_offered(practice: &Practice, roles: &Roles) -> bool {
    let audience = if roles.has(Role::Client) {
        Audience::Adult
    } else {
        Audience::Clinician
    };
    practice.restricted.is_none() && practice.load == 1 && practice.audience.contains(&audience)
}

/// As long as the moment has room for, in hundredths of a minute; none when that is too short for it.
fn minutes(moment: &WayMoment, pattern: &WayPractice, practice: &Practice) -> Option<f64> {
    let (least, most) = practice.minutes;
    let room = (moment.seconds / 60.0 * 100.0).floor() / 100.0;
    (room >= least).then(|| room.min(pattern.most_minutes).clamp(least, most))
}

/// The way of that number, from 1: each number gives one, and neighbours differ in moment and practice where they can.
/// Those with a practice that can wait are stepped over.
pub(super) fn nth<'a>(ways: &[Way<'a>], number: u64, recent: &[Sitting]) -> Option<Way<'a>> {
    let count = u64::try_from(ways.len()).unwrap_or(0);
    if count == 0 {
        return None;
    }
    let stride = stride(count);
    (0..count)
        .map(|step| (number.wrapping_sub(1) % count + step) % count)
        .filter_map(|turn| {
            // Through 128 bits: the product of two counts need not fit into 64.
            let place = u128::from(turn) * u128::from(stride) % u128::from(count);
            ways.get(usize::try_from(place).ok()?).copied()
        })
        .find(|way| !can_wait(way.practice, recent))
}

/// A step that comes by every place before it comes back, near the golden section so that neighbours lie far apart.
fn stride(count: u64) -> u64 {
    let golden = (count as f64 * 0.618_034).round().max(1.0) as u64;
    (golden..)
        .find(|step| common_divisor(*step, count) == 1)
        .unwrap_or(1)
}

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// What left her much worse lately, or did not fit the last time, is not suggested (docs/clinical-safety.md).
fn can_wait(practice: &Practice, recent: &[Sitting]) -> bool {
    let mut those = recent
        .iter()
        .rev()
        .filter(|sitting| sitting.practice == practice.slug);
    those.clone().any(|sitting| sitting.effect == Some(-2))
        || those
            .find_map(|sitting| sitting.fit)
            .is_some_and(|fit| fit <= POOR_FIT)
}

/// The way put together from these parts, if they go together.
pub(super) fn find<'a>(
    ways: &[Way<'a>],
    moment: &str,
    whom: &str,
    pattern: &str,
) -> Option<Way<'a>> {
    ways.iter()
        .find(|way| way.moment.id == moment && way.whom() == whom && way.pattern.id == pattern)
        .copied()
}

/// Whether something today was so hard that nothing more is asked of the day.
pub(super) fn is_enough(recent: &[Sitting], today: &str) -> bool {
    recent
        .iter()
        .any(|sitting| sitting.started_on == today && sitting.effect == Some(-2))
}
