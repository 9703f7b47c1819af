//! Which pages a phone keeps, and when each has to be fetched again.

use kith_content::{ItemKind, Library, Moment};
use serde::Serialize;

use super::fortnight::Day;
use crate::features::library::STEADIER;
use crate::features::safety::UNWANTED;
use crate::features::sittings::Sitting;
use kith_base::id::digest;

/// The page a practice is played on.
pub fn practise(slug: &str, minutes: f64, phrases: &str, eyes_open: bool) -> String {
    let mut place = format!("/practise/{slug}?");
    if !phrases.is_empty() {
        place.push_str(&format!("phrases={phrases}&"));
    }
    if eyes_open {
        place.push_str("eyes_closed=no&");
    }
    place.push_str(&format!("minutes={minutes}"));
    place
}

/// Half as long, where the practice can be.
pub fn shorter(library: &Library, slug: &str, minutes: f64) -> Option<f64> {
    let least = library.practice(slug)?.minutes.0;
    let shorter = (minutes / 2.0).round().max(least);
    (shorter < minutes).then_some(shorter)
}

/// A page that a phone keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Its address here.
    pub url: String,
    /// Changes when what stands on it does.
    pub revision: String,
}

/// Pages in the order they are needed in, each once.
#[derive(Debug, Default)]
pub struct Places(Vec<Place>);

impl Places {
    /// One page more, unless it is there.
    pub fn add(&mut self, url: impl Into<String>, revision: impl Into<String>) {
        let (url, revision) = (url.into(), revision.into());
        if self.0.iter().all(|place| place.url != url) {
            self.0.push(Place { url, revision });
        }
    }

    /// A practice of a certain length. `voices` stands for whoever speaks here: her page says where the sound is.
    fn practice(&mut self, library: &Library, place: String, voices: &str) {
        let slug = place.trim_start_matches("/practise/");
        let slug = slug.split('?').next().unwrap_or_default();
        if let Some(practice) = library.practice(slug) {
            let ground = library
                .practice(STEADIER)
                .map(|steadier| &steadier.revision);
            let barriers = format!("{:?}", library.barriers());
            let says = format!("{} {ground:?} {barriers} {voices}", practice.revision);
            self.add(place, short(&says));
        }
    }

    /// All of them.
    pub fn list(self) -> Vec<Place> {
        self.0
    }
}

/// The first letters of a hash.
pub fn short(text: &str) -> String {
    digest(text).chars().take(16).collect()
}

/// What everybody's phone keeps: where she is led when something is hard.
pub fn for_hard_moments(places: &mut Places, library: &Library, moments: &[&Moment], voices: &str) {
    let steadier = practise(STEADIER, 1.0, "", false);
    // One minute now: from the first page, from help, from the home screen, and after something hard.
    for end in ["&begin=yes&rate=no", "&begin=yes", ""] {
        places.practice(library, format!("{steadier}{end}"), voices);
    }
    places.add("/moments", short(&format!("{moments:?}")));
    for moment in moments.iter().filter(|moment| !moment.straight_to_help) {
        places.add(
            format!("/moments/{}", moment.id),
            short(&format!("{moment:?}")),
        );
        for (slug, minutes) in &moment.steps {
            let place = practise(slug, *minutes, "", false);
            places.practice(library, format!("{place}&begin=yes&rate=no"), voices);
        }
    }
}

/// How many of the lengths she used lately are kept beside those that were agreed.
const RECENT: usize = 6;

/// The practices and lessons of the coming days, nearest first, at the lengths that were agreed, half of them and the smallest;
/// then those she used lately.
pub fn for_the_days(
    places: &mut Places,
    library: &Library,
    days: &[Day<'_>],
    recent: &[Sitting],
    voices: &str,
) {
    for day in days {
        let open_eyes = day.view.eyes_open;
        for due in day.view.due.iter().filter(|_| !day.is_stopped) {
            match due.kind {
                ItemKind::Practice => {
                    let place = |minutes| practise(&due.id, minutes, &due.phrases, open_eyes);
                    places.practice(library, place(due.minutes), voices);
                    let small = practise(&due.smallest_practice, due.smallest_minutes, "", false);
                    places.practice(library, small, voices);
                    if let Some(minutes) = shorter(library, &due.id, due.minutes) {
                        places.practice(library, place(minutes), voices);
                    }
                }
                ItemKind::Lesson => {
                    if let Some(lesson) = library.lesson(&due.id) {
                        places.add(format!("/lessons/{}", due.id), lesson.revision.clone());
                    }
                }
                ItemKind::Measure | ItemKind::Task => {}
            }
        }
        // After something hard this comes first, whatever was agreed.
        places.practice(library, practise(STEADIER, 2.0, "", open_eyes), voices);
        if let Some(slug) = day.suggested() {
            places.practice(
                library,
                practise(slug, day.suggested_minutes(library), "", open_eyes),
                voices,
            );
        }
    }
    for sitting in recent.iter().rev().take(RECENT) {
        places.practice(
            library,
            practise(&sitting.practice, sitting.minutes, "", false),
            voices,
        );
    }
}

/// The questions of the coming days, and those she answers any time, each once.
pub fn measures_of(library: &Library, days: &[Day<'_>]) -> Vec<String> {
    let due = days.iter().filter(|day| !day.is_stopped).flat_map(|day| {
        let asked = day.view.requests.iter().map(|one| one.instrument.clone());
        let planned = day
            .view
            .due
            .iter()
            .filter(|due| due.kind == ItemKind::Measure);
        asked.chain(planned.map(|due| due.id.clone()))
    });
    // Felt connection is what is measured first.
    let first = library
        .check_ins()
        .all
        .first()
        .map(|check_in| check_in.id.clone());
    let mut all = Vec::new();
    for measure in due.chain(first) {
        if measure != UNWANTED && !all.contains(&measure) {
            all.push(measure);
        }
    }
    all
}
