//! The valid example files, with the practice of the format document among them.

#![allow(dead_code)]

pub mod mutate;

use kith_content::instrument::Instrument;
use kith_content::{File, Library, Loaded, form};

/// The format document, which promises what the tests hold the crate to.
pub const FORMAT: &str = include_str!("../../../../docs/content-format.md");

/// The facts of a small practice, without the lines of `+++`.
pub const FACTS: &str = r#"title = "Small"
summary = "A small practice."
modality = "phrases"
targets = ["self"]
minutes = [1, 3]
load = 1
audience = ["adult"]
setting = "Anywhere"
use_when = "Testing."
cautions = []
evidence = []
strength = "D"
limit = "Only for tests."
"#;

pub fn file(path: &str, text: impl Into<String>) -> File {
    File {
        path: path.into(),
        text: text.into(),
    }
}

/// A practice file with these facts (each line `key = …` in place of the one in [`FACTS`], or added) and this script.
pub fn practice(changed: &str, script: &str) -> String {
    let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let (mut lines, mut tables): (Vec<String>, Vec<String>) =
        (FACTS.lines().map(Into::into).collect(), Vec::new());
    let mut in_table = false;
    for line in changed.lines() {
        in_table |= line.starts_with('[');
        if in_table {
            tables.push(line.into());
        } else if let Some(old) = lines.iter_mut().find(|old| key(old) == key(line)) {
            *old = line.into();
        } else {
            lines.push(line.into());
        }
    }
    lines.extend(tables);
    format!("+++\n{}\n+++\n{script}", lines.join("\n"))
}

/// The example of the format document, cut out of it.
pub fn example_of_the_document() -> &'static str {
    let from = FORMAT
        .find("```\n+++")
        .expect("the document has an example")
        + 4;
    let to = FORMAT[from..].find("```").expect("the example ends") + from;
    &FORMAT[from..to]
}

/// The example programme of the format document.
pub fn programme_of_the_document() -> &'static str {
    let from = FORMAT.find("```toml\n").expect("a programme") + 8;
    let to = FORMAT[from..].find("```").expect("it ends") + from;
    &FORMAT[from..to]
}

/// The example lesson of the format document.
pub fn lesson_of_the_document() -> &'static str {
    let heading = FORMAT.find("## A lesson").expect("a lesson");
    let from = FORMAT[heading..].find("```\n").expect("an example") + heading + 4;
    let to = FORMAT[from..].find("```").expect("it ends") + from;
    &FORMAT[from..to]
}

pub fn valid_files() -> Vec<File> {
    vec![
        file("phrases.toml", include_str!("../valid/phrases.toml")),
        file("barriers.toml", include_str!("../valid/barriers.toml")),
        file("consent.toml", include_str!("../valid/consent.toml")),
        file(
            "evidence/sources.toml",
            include_str!("../valid/evidence/sources.toml"),
        ),
        file(
            "practices/three-breaths.md",
            include_str!("../valid/practices/three-breaths.md"),
        ),
        file(
            "practices/README.md",
            include_str!("../valid/practices/README.md"),
        ),
        file("practices/wishes-dear.md", example_of_the_document()),
        file("programmes/first-week.toml", programme_of_the_document()),
        file("lessons/hello.md", lesson_of_the_document()),
    ]
}

/// The valid files with one more.
pub fn with(path: &str, text: impl Into<String>) -> Loaded {
    Library::read(valid_files().into_iter().chain([file(path, text)]))
}

/// The content built into Kith, read once.
pub fn built_in() -> &'static Library {
    static READ: std::sync::OnceLock<Library> = std::sync::OnceLock::new();
    READ.get_or_init(|| {
        let loaded = Library::read(measure_files());
        assert_eq!(loaded.problems, []);
        loaded.library
    })
}

/// The instruments and the check-ins built into Kith.
pub fn measure_files() -> Vec<File> {
    let content = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    let read = |path: String| {
        let text = std::fs::read_to_string(content.join(&path)).expect("the file is there");
        file(&path, text)
    };
    let mut files: Vec<File> = std::fs::read_dir(content.join("instruments"))
        .expect("the folder is there")
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            read(format!("instruments/{}", name.to_string_lossy()))
        })
        .collect();
    files.push(read("check-ins.toml".into()));
    files
}

/// A form with made-up words that fits its key: "Item 1", "Answer 0".
pub fn made_up(instrument: &Instrument, order: Option<&str>) -> form::Form {
    let answers: Vec<form::FormAnswer> = instrument
        .options()
        .into_iter()
        .map(|value| form::FormAnswer {
            value,
            text: format!("Answer {value}"),
            code: None,
        })
        .collect();
    let items = form::Form::places(instrument, order)
        .into_iter()
        .map(|item| form::FormItem {
            item,
            link_id: format!("q{item}"),
            text: format!("Item {item}"),
            answers: answers.clone(),
        })
        .collect();
    form::Form {
        instrument: instrument.id.clone(),
        language: "en".into(),
        title: instrument.title.clone(),
        source: "https://example.org/form".into(),
        source_version: "1".into(),
        credit: "Somebody".into(),
        order: order.map(Into::into),
        lead: "How often?".into(),
        items,
    }
}
