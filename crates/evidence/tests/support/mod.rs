//! What several tests need.

use std::sync::OnceLock;

use kith_content::evidence::{Checked, Evidence};
use kith_content::{File, Library};
use kith_evidence::Said;

/// The built-in library, read once.
pub fn evidence() -> Evidence {
    static READ: OnceLock<Evidence> = OnceLock::new();
    READ.get_or_init(read).clone()
}

fn read() -> Evidence {
    let mut files = Vec::new();
    for folder in ["evidence", "evidence/studies"] {
        for entry in std::fs::read_dir(format!("../../content/{folder}")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                files.push(File {
                    path: format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap()),
                    text: std::fs::read_to_string(&path).unwrap(),
                });
            }
        }
    }
    let loaded = Library::read(files);
    let problems: Vec<String> = loaded.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems, [""; 0]);
    loaded.library.evidence().clone()
}

/// Checks that each number of a sentence stands there, in order, that nothing else in it is a number, and that each
/// came from cells that can be looked up and rest on no memory. Returns how many there were.
pub fn traced(evidence: &Evidence, said: &Said) -> usize {
    let mut rest = said.text.as_str();
    let mut words = String::new();
    for number in &said.numbers {
        let (before, after) = rest
            .split_once(&number.shown)
            .unwrap_or_else(|| panic!("{} is not in {}", number.shown, said.text));
        words.push_str(before);
        rest = after;
        assert!(number.value.is_finite(), "{}", said.text);
        assert!(!number.from.is_empty(), "{} in {}", number.shown, said.text);
        for cell in &number.from {
            if cell == "question/level" {
                continue;
            }
            let found = evidence
                .cell(cell)
                .unwrap_or_else(|| panic!("no cell {cell} for {}", said.text));
            assert_ne!(found.verified, Checked::Recalled, "{cell}");
        }
    }
    words.push_str(rest);
    assert!(
        !words.chars().any(|letter| letter.is_ascii_digit()),
        "{}",
        said.text
    );
    said.numbers.len()
}
