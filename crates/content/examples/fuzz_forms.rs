//! Feeds broken questionnaires to the importers: `cargo run -p kith-content --example fuzz_forms -- 60 1 [json|xml]` for a minute
//! from seed 1. A file that makes them panic, or that is taken in and does not fit its key, is named by the number it came from.

#![allow(clippy::print_stdout, clippy::panic, clippy::unwrap_used)]

use std::path::Path;
use std::time::{Duration, Instant};

use kith_content::form::{self, Mapping, Wanted};
use kith_content::instrument::{Asking, score};
use kith_content::{File, Library};

#[path = "../tests/support/mutate.rs"]
mod mutate;

use mutate::{Dice, mutate};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |or: u64| {
        arguments
            .next()
            .and_then(|word| word.parse().ok())
            .unwrap_or(or)
    };
    let (seconds, seed) = (number(10), number(1));
    let kind = arguments.next().unwrap_or_default();
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let library = library(&home.join("../../content"));
    let seeds: Vec<String> = texts(&home.join("tests/seeds/forms"))
        .into_iter()
        .filter(|(name, _)| name.ends_with(&kind))
        .map(|(_, text)| text)
        .collect();
    let begin = Instant::now();
    let (mut tried, mut taken) = (0u64, 0u64);
    while begin.elapsed() < Duration::from_secs(seconds) {
        let mut dice = Dice(seed.wrapping_mul(1_000_003).wrapping_add(tried));
        let (one, other) = (dice.below(seeds.len()), dice.below(seeds.len()));
        let text = mutate(&seeds[one], &seeds[other], &mut dice);
        let asked = ["phq-9", "rses", "pss-10", "core-10"][dice.below(4)];
        let wanted = Wanted {
            instrument: (dice.below(3) == 0).then_some(asked),
            language: [None, Some("en"), Some("de")][dice.below(3)],
            order: (dice.below(8) == 0).then_some("worth-first"),
            mapping: Mapping::read(["", "answers=rising", "q1=2,q2=1"][dice.below(3)]).unwrap(),
            file: "seed.json",
            credit: "",
        };
        if let Ok(imported) = form::read(&text, &library, &wanted) {
            taken += 1;
            fits(&library, &imported.form, tried);
        }
        tried += 1;
    }
    println!("{tried} files tried, {taken} taken in, each of which fits its key");
}

fn fits(library: &Library, form: &form::Form, tried: u64) {
    let instrument = library.instrument(&form.instrument).unwrap();
    let answers: Vec<_> = form
        .items
        .iter()
        .map(|item| item.answers.first().map(|one| one.value))
        .collect();
    let asking = Asking {
        order: form.order.as_deref(),
        habit: false,
    };
    assert!(
        score(instrument, &answers, asking).is_ok(),
        "file {tried} does not score"
    );
    assert_eq!(form.faults(instrument), [], "file {tried} does not fit");
    let again = form::to_fhir(form, instrument).to_string();
    let again = form::from_fhir(&again, library, &Wanted::default());
    assert_eq!(
        again.map(|again| again.form).as_ref(),
        Ok(form),
        "file {tried} is another form when it comes back"
    );
}

fn library(content: &Path) -> Library {
    let files = texts(&content.join("instruments"))
        .into_iter()
        .map(|(name, text)| File {
            path: format!("instruments/{name}"),
            text,
        });
    Library::read(files).library
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let text = String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned();
            (entry.file_name().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}
