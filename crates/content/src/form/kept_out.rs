//! Questionnaires that are defined nowhere in Kith and never taken in: their owners sell them.

/// Words in a title, as whole words, and what they name.
const NAMES: &[(&str, &str)] = &[
    ("beck depression", "the Beck Depression Inventory"),
    ("bdi", "the Beck Depression Inventory"),
    ("bdi ii", "the Beck Depression Inventory"),
    ("state trait anxiety", "the State-Trait Anxiety Inventory"),
    ("stai", "the State-Trait Anxiety Inventory"),
    ("maslach", "the Maslach Burnout Inventory"),
    ("mbi", "the Maslach Burnout Inventory"),
    ("mbi hss", "the Maslach Burnout Inventory"),
    ("mbi gs", "the Maslach Burnout Inventory"),
    ("eysenck", "the Eysenck Personality Inventory"),
    ("epi", "the Eysenck Personality Inventory"),
    ("sf 12", "the SF-12"),
    ("sf12", "the SF-12"),
    ("sf 12v2", "the SF-12"),
    ("sf12v2", "the SF-12"),
    ("sf 36", "the SF-36"),
    ("sf36", "the SF-36"),
    ("sf 36v2", "the SF-36"),
    ("sf36v2", "the SF-36"),
    ("short form 36", "the SF-36"),
    ("short form 12", "the SF-12"),
    ("jefferson scale", "the Jefferson Scale of Empathy"),
    ("jefferson empathy", "the Jefferson Scale of Empathy"),
    ("jse", "the Jefferson Scale of Empathy"),
];

/// What is kept out that one of these names, titles or addresses points at.
pub fn kept_out<'a>(names: impl IntoIterator<Item = &'a str>) -> Option<&'static str> {
    names.into_iter().find_map(|name| {
        let words: String = name
            .to_lowercase()
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .flat_map(|word| [" ", word])
            .collect();
        let words = format!("{words} ");
        NAMES
            .iter()
            .find(|(known, _)| words.contains(&format!(" {known} ")))
            .map(|(_, full)| *full)
    })
}
