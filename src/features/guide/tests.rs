//! What the guide may never do.

use kith_content::Library;

use super::offers;
use crate::features::sittings::Sitting;
use crate::testing::content;

fn sitting(practice: &str, fit: i64, effect: i64) -> Sitting {
    Sitting {
        id: String::new(),
        practice: practice.to_owned(),
        revision: String::new(),
        started_at: 0,
        started_on: String::new(),
        minutes: 5.0,
        seconds_heard: 300,
        finished: true,
        fit: Some(fit),
        effect: Some(effect),
        barrier: None,
        received_at: 0,
    }
}

fn all(library: &Library) -> Vec<&kith_content::Practice> {
    library.practices().collect()
}

#[test]
fn what_is_offered_is_of_another_kind_and_never_heavier() {
    let library = content();
    for from in library.practices() {
        let offers = offers(&all(&library), Some(from), &[]);
        assert!(!offers.is_empty(), "{}", from.slug);
        for offer in offers {
            assert_ne!(offer.practice.modality, from.modality);
            assert!(offer.practice.load <= from.load);
            assert!(offer.reason.ends_with('.'));
            let (least, most) = offer.practice.minutes;
            assert!(
                (least..=most).contains(&offer.minutes),
                "{}",
                offer.practice.slug
            );
        }
    }
}

#[test]
fn what_went_badly_is_not_offered_again() {
    let library = content();
    let from = library.practice("circle-full");
    let first = offers(&all(&library), from, &[]);
    for bad in [(0, 0), (3, 1), (9, -2)] {
        let recent = [sitting(&first[0].practice.slug, bad.0, bad.1)];
        let then = offers(&all(&library), from, &recent);
        assert!(
            then.iter()
                .all(|offer| offer.practice.slug != first[0].practice.slug)
        );
    }
}

#[test]
fn after_kindness_to_oneself_hurt_none_of_it_is_offered() {
    let library = content();
    let from = library.practice("wish-self");
    let mut hurt = sitting("wish-self", 5, -2);
    for barrier in [None, Some("fear-self".to_owned())] {
        hurt.barrier = barrier;
        let offers = offers(&all(&library), from, std::slice::from_ref(&hurt));
        assert!(!offers.is_empty());
        for offer in offers {
            assert_eq!(offer.practice.load, 1);
            assert!(
                !["friend-view", "hand-rest-20s", "three-lines"]
                    .contains(&offer.practice.slug.as_str())
            );
        }
        hurt.effect = Some(0);
    }
}
