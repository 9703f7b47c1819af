//! What a file holds before anything of it is matched to a key.

/// LOINC's codes.
pub(super) const LOINC: &str = "http://loinc.org";
/// Kith's own codes: `phq-9` for an instrument, `phq-9/3` for an item.
pub(super) const INSTRUMENT: &str = "urn:kith:instrument";
/// The order of a form's items.
pub(super) const ORDER: &str = "urn:kith:order";

/// The longest words of a question, of an answer, and of all that stands above the questions: the same for every kind of file, so
/// that what came in goes out and comes in again.
pub(super) const WORDS: usize = 2_000;
pub(super) const ANSWER: usize = 300;
pub(super) const LEAD: usize = 8_000;

/// A code and whose it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) system: String,
    pub(super) code: String,
}

impl Code {
    pub(super) fn is_of(&self, system: &str) -> bool {
        self.system.trim_end_matches('/') == system
    }
}

/// A file's questions.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) title: String,
    pub(super) source: String,
    pub(super) source_version: String,
    pub(super) credit: String,
    pub(super) language: String,
    pub(super) languages: Vec<String>,
    pub(super) codes: Vec<Code>,
    pub(super) lead: Vec<String>,
    pub(super) questions: Vec<Question>,
    pub(super) warnings: Vec<String>,
    pub(super) reasons: Vec<super::Reason>,
}

/// A question that somebody answers.
#[derive(Clone, Debug, Default)]
pub(super) struct Question {
    pub(super) link_id: String,
    pub(super) text: String,
    pub(super) codes: Vec<Code>,
    pub(super) choices: Vec<Choice>,
}

/// An answer to choose.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    pub(super) text: String,
    pub(super) code: Code,
    pub(super) number: Option<f64>,
}

impl Question {
    /// Where to say that it stands.
    pub(super) fn place(&self) -> String {
        format!("Question {}", short(&self.link_id))
    }

    /// Its code at LOINC, from its codes or from a link id of LOINC's own making: `/44250-9`.
    pub(super) fn loinc(&self) -> Option<&str> {
        let coded = self.codes.iter().find(|code| code.is_of(LOINC));
        coded.map(|code| code.code.as_str()).or_else(|| {
            let last = self.link_id.rsplit('/').next().unwrap_or_default();
            is_loinc(last).then_some(last)
        })
    }
}

/// Digits, a hyphen, a digit.
fn is_loinc(text: &str) -> bool {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once('-').is_some_and(|(number, check)| {
        (3..=7).contains(&number.len()) && digits(number) && check.len() == 1 && digits(check)
    })
}

/// Whether it can be one of LOINC's answers: `LA6568-5`.
pub(super) fn is_answer_code(code: &Code) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    code.is_of(LOINC) && (1..=20).contains(&code.code.len()) && code.code.bytes().all(fits)
}

/// The beginning of a text that a stranger wrote.
pub(super) fn short(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A file's name as a source.
pub(super) fn file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|letter| !letter.is_control()).collect();
    short(name.trim())
}
