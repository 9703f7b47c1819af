//! What programmes may ask people to answer: instruments, check-ins, and other questions of Kith's own.

use serde::Serialize;

use crate::check_in::CheckIn;
use crate::instrument::Instrument;
use crate::words::MeasureKind;

/// A measure that programmes ask for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// What programmes and records call it.
    pub id: String,
    /// Its name on the screen.
    pub title: String,
    /// How long answering it takes.
    pub minutes: f64,
    /// Whose it is.
    pub kind: MeasureKind,
}

/// Questions of Kith's own that are neither instruments nor check-ins: id, title, minutes.
const OWN: &[(&str, &str, f64)] = &[
    ("unwanted-effects", "Unwanted effects", 2.0),
    ("belief-probe", "What you made of the game", 2.0),
    ("climate", "How it is to work here", 1.0),
    ("teacher-rating", "Teacher's rating of a child", 5.0),
];

/// How long a question of a check-in takes.
const QUESTION: f64 = 0.5;

/// All measures: instruments by id, check-ins in the order of their file, then our other questions.
pub(crate) fn measures<'a>(
    instruments: impl Iterator<Item = &'a Instrument>,
    check_ins: &[CheckIn],
) -> Vec<Measure> {
    let instruments = instruments.map(|instrument| Measure {
        id: instrument.id.clone(),
        title: instrument.title.clone(),
        minutes: instrument.minutes,
        kind: MeasureKind::Instrument,
    });
    let check_ins = check_ins.iter().map(|check_in| Measure {
        id: check_in.id.clone(),
        title: check_in.title.clone(),
        minutes: check_in.items.len() as f64 * QUESTION,
        kind: MeasureKind::CheckIn,
    });
    let own = OWN.iter().map(|&(id, title, minutes)| Measure {
        id: id.into(),
        title: title.into(),
        minutes,
        kind: MeasureKind::Own,
    });
    instruments.chain(check_ins).chain(own).collect()
}
