//! On what terms words come in.

use kith_content::Instrument;
use kith_content::form::{CAMCOPS, Form};
use kith_content::instrument::Gate;

/// What somebody states about the words she brings in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Use here is not commercial.
    pub non_commercial: bool,
    /// They hold permission or a licence.
    pub permission: bool,
    /// Which: a letter, a number, a date.
    pub note: String,
}

/// What is still to be stated, as a field of the form and a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lacking(pub &'static str, pub &'static str);

/// The longest note about a permission.
pub const NOTE: usize = 200;

/// What is kept as stated, when the instrument's gate is open to it.
///
/// # Errors
/// Says what is still to be stated.
pub fn stated(
    instrument: &Instrument,
    form: &Form,
    statement: &Statement,
) -> Result<String, Lacking> {
    let note = statement.note.trim();
    let permitted = || match (statement.permission, note.is_empty()) {
        (true, false) => Ok(format!("they hold permission or a licence ({note})")),
        (true, true) => Err(Lacking(
            "note",
            "Please say which permission or licence it is: a letter, a number, a date.",
        )),
        (false, _) => Err(Lacking(
            "permission",
            "These words may be used with permission or a licence only. Please state that you hold it.",
        )),
    };
    match instrument.texts.gate {
        Gate::Open => Ok(String::new()),
        Gate::Credit if form.credit.is_empty() => Err(Lacking(
            "credit",
            "These words are free with a line of credit, and the file has none. Please enter it.",
        )),
        Gate::Credit => Ok(String::new()),
        Gate::AttestNoncommercial if statement.non_commercial => {
            Ok("use here is not commercial".to_owned())
        }
        // A licence for commercial use opens it too.
        Gate::AttestNoncommercial if statement.permission => permitted(),
        Gate::AttestNoncommercial => Err(Lacking(
            "non_commercial",
            "These words are free where use is not commercial. Please state that it is not.",
        )),
        Gate::AttestPermission => permitted(),
    }
}

/// A gate in plain words.
pub fn gate_words(gate: Gate) -> &'static str {
    match gate {
        Gate::Open => "Anybody may use the words.",
        Gate::Credit => "Free to use, with a line of credit under the form.",
        Gate::AttestNoncommercial => "Free where use is not commercial. You state that it is not.",
        Gate::AttestPermission => {
            "Only with permission or a licence from the owner. You state that you hold it."
        }
    }
}

/// The gates from the open one on, and what stands above the instruments of each.
pub const GATES: [(Gate, &str); 4] = [
    (Gate::Open, "Free for anybody"),
    (Gate::Credit, "Free with a line of credit"),
    (
        Gate::AttestNoncommercial,
        "Free where use is not commercial",
    ),
    (Gate::AttestPermission, "With the owner’s permission"),
];

/// Where a clinic gets the words of an instrument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Its form at LOINC, for anybody with a free account there.
    pub loinc: Option<String>,
    /// The string file of CamCOPS.
    pub camcops: Option<String>,
}

/// See [`Places`].
pub fn places(instrument: &Instrument) -> Places {
    let panel = instrument
        .loinc
        .as_ref()
        .and_then(|loinc| loinc.panel.as_ref());
    Places {
        loinc: panel.map(|code| {
            format!("https://fhir.loinc.org/Questionnaire/?url=http://loinc.org/q/{code}")
        }),
        camcops: CAMCOPS
            .iter()
            .find(|strings| strings.instrument == instrument.id)
            .map(|strings| format!("{}.xml", strings.task)),
    }
}

/// A language in English; its tag where it is a rarer one.
pub fn language(tag: &str) -> String {
    let (base, region) = tag.split_once('-').unwrap_or((tag, ""));
    let name = match base.to_ascii_lowercase().as_str() {
        "ar" => "Arabic",
        "cs" => "Czech",
        "da" => "Danish",
        "de" => "German",
        "el" => "Greek",
        "en" => "English",
        "es" => "Spanish",
        "fi" => "Finnish",
        "fr" => "French",
        "he" => "Hebrew",
        "hi" => "Hindi",
        "hu" => "Hungarian",
        "it" => "Italian",
        "ja" => "Japanese",
        "ko" => "Korean",
        "nb" | "nn" | "no" => "Norwegian",
        "nl" => "Dutch",
        "pl" => "Polish",
        "pt" => "Portuguese",
        "ro" => "Romanian",
        "ru" => "Russian",
        "sv" => "Swedish",
        "tr" => "Turkish",
        "uk" => "Ukrainian",
        "zh" => "Chinese",
        _ => return tag.to_owned(),
    };
    match region {
        "" => name.to_owned(),
        region => format!("{name} ({region})"),
    }
}
