//! Reads the table, and holds it against the practices, barriers and wishes it names.

use super::{Around, Class, Offered, Routing, Row, Switches, Triggers, What, Withheld};
use crate::guess::did_you_mean;
use crate::problem::Report;
use crate::table::{self, Table, Text};
use crate::wording;
use crate::words::{Dose, Modality, Step};

/// The barrier that is none.
const NOTHING: &str = "nothing";
const SENTENCE: usize = 160;

pub(super) fn read(report: &mut Report<'_>, text: &str, around: &Around<'_>) -> Routing {
    let Some(document) = table::parse(report, 0, text) else {
        return Routing::default();
    };
    let mut root = Table::new(&document, 0, 0);
    let triggers = root
        .group(report, "triggers")
        .and_then(|table| triggers(report, table))
        .unwrap_or_default();
    let switches = root
        .group(report, "switches")
        .and_then(|table| switches(report, table))
        .unwrap_or_default();
    let classes = classes(report, &mut root);
    let mut rows: Vec<Row> = Vec::new();
    let mut named: Vec<String> = Vec::new();
    for mut table in root.tables(report, "row") {
        let before = report.count();
        let barrier = barrier(report, &mut table, around);
        if named.contains(&barrier) {
            report.add(
                table.place_of("barrier"),
                format!("`{barrier}` has two rows: write everything in one"),
            );
        }
        let row = row(report, &mut table, around, &classes, barrier.clone());
        named.push(barrier);
        table.close(report);
        if report.count() == before {
            rows.push(row);
        }
    }
    root.close(report);
    for missing in around
        .barriers
        .unwrap_or_default()
        .iter()
        .filter(|known| known.code != NOTHING && !named.contains(&known.code))
    {
        report.add(
            text.len(),
            format!(
                "the barrier `{}` has no row: add a [[row]] with barrier = \"{}\"",
                missing.code, missing.code
            ),
        );
    }
    Routing {
        triggers,
        switches,
        classes,
        rows,
        revision: String::new(),
    }
}

fn triggers(report: &mut Report<'_>, mut table: Table<'_>) -> Option<Triggers> {
    let poor_fit = whole(report, &mut table, "poor_fit", 0, 10);
    let running = whole(report, &mut table, "running", 1, 10);
    let much_worse = whole(report, &mut table, "much_worse", -2, -1);
    let abandoned = whole(report, &mut table, "abandoned", 1, 10);
    table.close(report);
    Some(Triggers {
        poor_fit: poor_fit?,
        running: usize::try_from(running?).ok()?,
        much_worse: much_worse?,
        abandoned: usize::try_from(abandoned?).ok()?,
    })
}

fn switches(report: &mut Report<'_>, mut table: Table<'_>) -> Option<Switches> {
    let most = whole(report, &mut table, "most", 1, 100);
    let within_days = whole(report, &mut table, "within_days", 1, 31);
    let message = sentence(report, &mut table, "message");
    table.close(report);
    Some(Switches {
        most: usize::try_from(most?).ok()?,
        within_days: within_days?,
        message,
    })
}

fn classes(report: &mut Report<'_>, root: &mut Table<'_>) -> Vec<Class> {
    let mut classes: Vec<(Class, usize)> = Vec::new();
    for (name, mut table) in root.named_tables(report, "classes") {
        let modalities = table.words::<Modality>(report, "modalities");
        for modality in &modalities {
            if let Some((other, _)) = classes
                .iter()
                .find(|(class, _)| class.modalities.contains(modality))
            {
                let message = format!(
                    "`{modality}` is in the class `{}` already: a kind is in one class only",
                    other.name
                );
                report.add(table.place_of("modalities"), message);
            }
        }
        let instead = table.text(report, "instead", 60);
        table.close(report);
        classes.push((
            Class {
                name: name.value,
                modalities,
                instead: instead.value,
            },
            instead.at,
        ));
    }
    let names: Vec<&str> = classes
        .iter()
        .map(|(class, _)| class.name.as_str())
        .collect();
    for (class, at) in &classes {
        if !class.instead.is_empty() && !names.contains(&class.instead.as_str()) {
            report.unknown(*at, "a class", &class.instead, &names);
        }
    }
    classes.into_iter().map(|(class, _)| class).collect()
}

fn barrier(report: &mut Report<'_>, table: &mut Table<'_>, around: &Around<'_>) -> String {
    let code = table.text(report, "barrier", 60);
    if let Some(barriers) = around.barriers
        && !code.value.is_empty()
    {
        let codes: Vec<&str> = barriers
            .iter()
            .map(|barrier| barrier.code.as_str())
            .filter(|code| *code != NOTHING)
            .collect();
        if !codes.contains(&code.value.as_str()) {
            report.unknown(code.at, "a barrier of barriers.toml", &code.value, &codes);
        }
    }
    code.value
}

fn row(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    around: &Around<'_>,
    classes: &[Class],
    barrier: String,
) -> Row {
    let say = sentence(report, table, "say");
    let days = whole(report, table, "days", 1, 31).unwrap_or(7);
    let halve = table.word_if_any::<Dose>(report, "dose") == Some(Dose::Halve);
    let tell_practitioner =
        table.says("tell_practitioner") && table.yes_or_no(report, "tell_practitioner");
    let before = report.count();
    let mut offers = Vec::new();
    for mut offered in table.tables(report, "offer") {
        let at = offered.place_of("practice");
        let read = offer(report, &mut offered, around, classes);
        offers.extend(read.map(|read| (read, at)));
        offered.close(report);
    }
    if offers.is_empty() && report.count() == before {
        report.add(
            table.place_of("barrier"),
            "this row offers nothing: add [[row.offer]] with a practice or a step",
        );
    }
    let mut withheld = Vec::new();
    for mut block in table.tables(report, "withhold") {
        let read = withhold(report, &mut block, around);
        if read == Withheld::default() {
            report.add(
                block.place_of("practices"),
                "this [[row.withhold]] names nothing: say which practices, forms or lengths can wait",
            );
        }
        block.close(report);
        withheld.push(read);
    }
    for (offered, at) in &offers {
        if let What::Practice(slug) = &offered.what
            && let Some(practice) = around.practices.get(slug)
            && withheld.iter().any(|block| block.withholds(practice, None))
        {
            report.add(*at, format!("this row offers `{slug}` and withholds it too: take it out in one of the two places"));
        }
    }
    Row {
        barrier,
        say,
        days,
        offers: offers.into_iter().map(|(offered, _)| offered).collect(),
        withheld,
        halve,
        tell_practitioner,
    }
}

fn offer(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    around: &Around<'_>,
    classes: &[Class],
) -> Option<Offered> {
    let what = match (table.says("practice"), table.says("step")) {
        (true, false) => {
            let slug = table.text(report, "practice", 80);
            check_slug(report, &slug, around);
            What::Practice(slug.value)
        }
        (false, true) => {
            let at = table.place_of("step");
            let step = table.word::<Step>(report, "step")?;
            if step == Step::OtherClass && classes.is_empty() {
                report.add(at, "there are no classes: write them under [classes.NAME]");
            }
            What::Step(step)
        }
        _ => {
            report.add_allowed(
                table.place_of("practice"),
                "an offer is a practice or a step: name one of the two",
                "practice = \"…\", step = \"…\"",
            );
            return None;
        }
    };
    let mut said = |key: &'static str| {
        table
            .says(key)
            .then(|| sentence(report, table, key))
            .filter(|text| !text.is_empty())
    };
    let (why, how, called) = (said("why"), said("as"), said("called"));
    let phrases = table.text_if_any(report, "phrases", 60);
    if let (Some(set), Some(sets)) = (&phrases, around.phrases)
        && !sets.iter().any(|known| known.id == set.value)
    {
        let ids: Vec<&str> = sets.iter().map(|known| known.id.as_str()).collect();
        report.unknown(set.at, "a set of wishes of phrases.toml", &set.value, &ids);
    }
    let minutes = match table.says("minutes") {
        true => table.number(report, "minutes"),
        false => None,
    };
    if let (Some(minutes), What::Practice(slug)) = (minutes, &what)
        && let Some(practice) = around.practices.get(slug)
        && !(practice.minutes.0..=practice.minutes.1).contains(&minutes)
    {
        let (least, most) = practice.minutes;
        report.add_allowed(
            table.place_of("minutes"),
            format!("`{slug}` cannot last {minutes} minutes"),
            format!("{least} to {most}"),
        );
    }
    Some(Offered {
        what,
        why,
        minutes,
        how,
        called,
        phrases: phrases.map(|set| set.value),
    })
}

fn withhold(report: &mut Report<'_>, table: &mut Table<'_>, around: &Around<'_>) -> Withheld {
    let mut texts = |key: &'static str| match table.says(key) {
        true => table.texts(report, key, 80),
        false => Vec::new(),
    };
    let (practices, title_words) = (texts("practices"), texts("title_words"));
    for slug in &practices {
        check_slug(report, slug, around);
    }
    let longer_than = match table.says("longer_than") {
        true => table.number(report, "longer_than"),
        false => None,
    };
    if longer_than.is_some_and(|minutes| !(0.3..=60.0).contains(&minutes)) {
        report.add_allowed(
            table.place_of("longer_than"),
            "these minutes are out of bounds",
            "0.3 to 60",
        );
    }
    Withheld {
        practices: practices.into_iter().map(|slug| slug.value).collect(),
        modalities: table.words_if_any(report, "modalities"),
        targets: table.words_if_any(report, "targets"),
        title_words: title_words
            .into_iter()
            .map(|word| word.value.to_lowercase())
            .collect(),
        same_modality: table.says("same_modality") && table.yes_or_no(report, "same_modality"),
        forms: table.words_if_any(report, "forms"),
        longer_than,
    }
}

fn check_slug(report: &mut Report<'_>, slug: &Text, around: &Around<'_>) {
    if !slug.value.is_empty() && !around.slugs.contains(&slug.value) {
        let guess = did_you_mean(&slug.value, around.slugs.iter().map(String::as_str));
        report.add(
            slug.at,
            format!(
                "there is no practice `{}`{guess}; practices stand in practices/NAME.md",
                slug.value
            ),
        );
    }
}

/// A sentence somebody reads, without its full stop: another part may follow it.
fn sentence(report: &mut Report<'_>, table: &mut Table<'_>, key: &'static str) -> String {
    let text = table.text(report, key, SENTENCE);
    wording::check(report, text.at, &text.value);
    text.value.trim_end_matches('.').to_owned()
}

/// A whole number within bounds, which must be there.
fn whole(
    report: &mut Report<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    least: i64,
    most: i64,
) -> Option<i64> {
    let number = table.number(report, key)?;
    let found = (least..=most).find(|whole| *whole as f64 == number);
    if found.is_none() {
        report.add_allowed(
            table.place_of(key),
            format!("`{key}` cannot be {number}: write a whole number"),
            format!("{least} to {most}"),
        );
    }
    found
}
