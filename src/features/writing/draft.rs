//! A practice as somebody fills it in: from a form and back to it, from the text of a file and back to that.

use kith_content::Restriction;
use toml::Value;

use kith_base::web::form::Form;

/// What a file says of its evidence: what is written here was never tried out on anybody.
const LIMIT: &str = "Written here; not studied.";
/// So many words may be left to the person to fill in.
pub const MOST_WORDS: usize = 6;
/// The second line of these ends the facts.
const FENCE: &str = "+++";

/// A word the person fills in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// As it stands in curly brackets.
    pub name: String,
    /// The question.
    pub ask: String,
    /// What is said when she leaves it empty.
    pub default: String,
}

/// A practice as it is being written. Nothing in it needs to be right yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub title: String,
    pub summary: String,
    pub modality: String,
    pub also: Vec<String>,
    pub targets: Vec<String>,
    /// The least minutes, as they were typed.
    pub least: String,
    /// The most.
    pub most: String,
    pub load: String,
    pub audience: Vec<String>,
    pub setting: String,
    pub flags: Vec<String>,
    pub use_when: String,
    pub why: String,
    pub cautions: Vec<String>,
    /// Ids of sources.
    pub evidence: Vec<String>,
    pub anchor: String,
    pub words: Vec<Word>,
    pub script: String,
}

/// Who may have a practice, as its file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Left out for everybody.
    pub restricted: Option<Restriction>,
    /// Whether it may be offered in place of another.
    pub instead: bool,
}

/// How a practice begins: for nobody but whom its writer will name.
pub const BEGINNING: Terms = Terms {
    restricted: Some(Restriction::Chosen),
    instead: false,
};

/// The text of a file, and which question each of its lines answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The whole file.
    pub text: String,
    /// For each line from the first on the name of a field; empty for what nobody is asked.
    fields: Vec<&'static str>,
    /// The line, from 1, on which the script begins.
    script_line: usize,
}

impl Text {
    /// Where a line of the file is on the form: the field, and for the script the line within it, from 1.
    pub fn place(&self, line: usize) -> (&'static str, Option<usize>) {
        // An empty script is missed on the line above it.
        if line + 1 >= self.script_line {
            return (
                "script",
                Some((line + 1).saturating_sub(self.script_line).max(1)),
            );
        }
        let field = self.fields.get(line.saturating_sub(1)).copied();
        (field.unwrap_or_default(), None)
    }
}

/// One line of text: what a browser's field cannot hold is no part of it.
fn one_line(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect();
    text.trim().to_owned()
}

/// Lines as everybody ends them, without characters nobody can see.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t'))
        .collect()
}

impl Draft {
    /// As the form has it.
    pub fn of_form(form: &Form) -> Self {
        let text = |name: &str| one_line(form.raw(name));
        let all = |name: &str| -> Vec<String> { form.all(name).map(one_line).collect() };
        let words = (1..=MOST_WORDS)
            .map(|number| Word {
                name: text(&format!("word_{number}")),
                ask: text(&format!("ask_{number}")),
                default: text(&format!("default_{number}")),
            })
            .filter(|word| *word != Word::default())
            .collect();
        let list = |text: &str, ends: fn(char) -> bool| -> Vec<String> {
            text.split(ends)
                .map(one_line)
                .filter(|item| !item.is_empty())
                .collect()
        };
        Self {
            title: text("title"),
            summary: text("summary"),
            modality: text("modality"),
            also: all("also"),
            targets: all("targets"),
            least: text("least"),
            most: text("most"),
            load: text("load"),
            audience: all("audience"),
            setting: text("setting"),
            flags: all("flags"),
            use_when: text("use_when"),
            why: text("why"),
            cautions: list(&lines(form.raw("cautions")), |letter| letter == '\n'),
            evidence: list(form.raw("evidence"), |letter| {
                letter == ',' || letter.is_whitespace()
            }),
            anchor: text("anchor"),
            words,
            script: lines(form.raw("script")).trim_end().to_owned(),
        }
    }

    /// The form filled in with it.
    pub fn form(&self) -> Form {
        let mut form = Form::default();
        for (name, value) in [
            ("title", &self.title),
            ("summary", &self.summary),
            ("modality", &self.modality),
            ("least", &self.least),
            ("most", &self.most),
            ("load", &self.load),
            ("setting", &self.setting),
            ("use_when", &self.use_when),
            ("why", &self.why),
            ("cautions", &self.cautions.join("\n")),
            ("evidence", &self.evidence.join(" ")),
            ("anchor", &self.anchor),
            ("script", &self.script),
        ] {
            form.set(name, value);
        }
        for (name, values) in [
            ("also", &self.also),
            ("targets", &self.targets),
            ("audience", &self.audience),
            ("flags", &self.flags),
        ] {
            form.set_all(name, values.iter().map(String::as_str));
        }
        for (number, word) in (1..).zip(&self.words) {
            form.set(&format!("word_{number}"), &word.name);
            form.set(&format!("ask_{number}"), &word.ask);
            form.set(&format!("default_{number}"), &word.default);
        }
        form
    }

    /// As a file has it, with its terms. What of the facts cannot be read is left empty; nothing of the script is lost.
    pub fn read(text: &str) -> (Self, Terms) {
        let text = lines(text);
        let (facts, script) = divide(&text);
        let table: toml::Table = facts.parse().unwrap_or_default();
        let text_of = |value: &Value| value.as_str().map(str::to_owned);
        let one = |key: &str| table.get(key).and_then(text_of).unwrap_or_default();
        let all = |key: &str| -> Vec<String> {
            let list = table.get(key).and_then(Value::as_array);
            list.into_iter().flatten().filter_map(text_of).collect()
        };
        let number = |value: Option<&Value>| match value {
            Some(Value::Integer(whole)) => whole.to_string(),
            Some(Value::Float(real)) => real.to_string(),
            Some(Value::String(typed)) => typed.clone(),
            _ => String::new(),
        };
        let minutes = |place: usize| {
            let both = table.get("minutes").and_then(Value::as_array);
            number(both.and_then(|both| both.get(place)))
        };
        let words = table.get("variables").and_then(Value::as_table);
        let words = words.into_iter().flatten().map(|(name, word)| Word {
            name: name.clone(),
            ask: word.get("ask").and_then(text_of).unwrap_or_default(),
            default: word.get("default").and_then(text_of).unwrap_or_default(),
        });
        let terms = Terms {
            restricted: table
                .get("restricted")
                .and_then(Value::as_str)
                .and_then(|word| word.parse().ok()),
            instead: table
                .get("instead")
                .and_then(Value::as_bool)
                .unwrap_or(true),
        };
        let draft = Self {
            title: one("title"),
            summary: one("summary"),
            modality: one("modality"),
            also: all("also"),
            targets: all("targets"),
            least: minutes(0),
            most: minutes(1),
            load: number(table.get("load")),
            audience: all("audience"),
            setting: one("setting"),
            flags: all("flags"),
            use_when: one("use_when"),
            why: one("why"),
            cautions: all("cautions"),
            evidence: all("evidence"),
            anchor: one("anchor"),
            words: words.collect(),
            script: script.trim_start_matches('\n').trim_end().to_owned(),
        };
        (draft, terms)
    }

    /// The file, in the format of `content/`. What it says of its evidence is not the writer's to say.
    pub fn text(&self, terms: Terms) -> Text {
        let mut facts = Facts::default();
        facts.text("title", "title", &self.title);
        facts.text("summary", "summary", &self.summary);
        facts.text("modality", "modality", &self.modality);
        facts.list_if_any("also", "also", &self.also);
        facts.list("targets", "targets", &self.targets);
        let minutes = format!("[{}, {}]", number(&self.least), number(&self.most));
        facts.line("least", format!("minutes = {minutes}"));
        facts.line("load", format!("load = {}", number(&self.load)));
        facts.list("audience", "audience", &self.audience);
        facts.text("setting", "setting", &self.setting);
        facts.list_if_any("flags", "flags", &self.flags);
        if let Some(restricted) = terms.restricted {
            facts.text("", "restricted", restricted.as_str());
        }
        if !terms.instead {
            facts.line("", "instead = false".to_owned());
        }
        facts.text("use_when", "use_when", &self.use_when);
        facts.text_if_any("why", "why", &self.why);
        facts.list("cautions", "cautions", &self.cautions);
        facts.list("evidence", "evidence", &self.evidence);
        facts.text("", "strength", "D");
        facts.text("", "limit", LIMIT);
        facts.text_if_any("anchor", "anchor", &self.anchor);
        for (index, word) in self.words.iter().enumerate() {
            // The same name twice would make the whole unreadable; the checker says that it is no name.
            let is_twice = self.words[..index]
                .iter()
                .any(|other| other.name == word.name);
            let name = match is_twice {
                true => format!("{} again", word.name),
                false => word.name.clone(),
            };
            facts.line("words", String::new());
            facts.line("words", format!("[variables.{}]", quoted(&name)));
            facts.text("words", "ask", &word.ask);
            facts.text("words", "default", &word.default);
        }
        facts.line("", FENCE.to_owned());
        facts.line("", String::new());
        let script_line = facts.fields.len() + 1;
        Text {
            text: format!("{}{}\n", facts.text, self.script),
            fields: facts.fields,
            script_line,
        }
    }
}

/// The facts and the script of a file's text; all of it is script where it is not divided.
fn divide(text: &str) -> (&str, &str) {
    let fence = |line: &str| line.trim_end() == FENCE;
    let Some((first, rest)) = text.split_once('\n').filter(|(first, _)| fence(first)) else {
        return ("", text);
    };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if fence(line) {
            let script = first.len() + 1 + at + line.len();
            return (
                rest.get(..at).unwrap_or_default(),
                text.get(script..).unwrap_or_default(),
            );
        }
        at += line.len();
    }
    ("", text)
}

/// A text as TOML has it, on one line whatever is in it, as a key must be: what JSON escapes TOML reads.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A number as TOML has it; what is none, or too large to be minutes, stays a text, for the checker to say so.
fn number(typed: &str) -> String {
    match typed.trim().replace(',', ".").parse::<f64>() {
        Ok(number) if (0.0..1_000.0).contains(&number) => number.to_string(),
        _ => quoted(typed),
    }
}

struct Facts {
    text: String,
    fields: Vec<&'static str>,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            text: format!("{FENCE}\n"),
            fields: vec![""],
        }
    }
}

impl Facts {
    fn line(&mut self, field: &'static str, line: String) {
        self.text.push_str(&line);
        self.text.push('\n');
        self.fields.push(field);
    }

    fn text(&mut self, field: &'static str, key: &str, value: &str) {
        self.line(field, format!("{key} = {}", quoted(value)));
    }

    fn text_if_any(&mut self, field: &'static str, key: &str, value: &str) {
        if !value.is_empty() {
            self.text(field, key, value);
        }
    }

    fn list(&mut self, field: &'static str, key: &str, values: &[String]) {
        let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        self.line(field, format!("{key} = [{}]", values.join(", ")));
    }

    fn list_if_any(&mut self, field: &'static str, key: &str, values: &[String]) {
        if !values.is_empty() {
            self.list(field, key, values);
        }
    }
}
