//! Guesses what a misspelt word was meant to be.

/// How alike two words must be, from 0 to 1, before one is offered for the other.
const ALIKE: f64 = 0.55;

/// The candidate most like `word`, when one is alike enough. The first wins among equals.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // Comparing costs the product of both lengths, and nobody misspells a word into a page.
    if word.chars().count() > 80 {
        return None;
    }
    let word = word.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let alike = strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
        if alike >= ALIKE && best.is_none_or(|(most, _)| alike > most) {
            best = Some((alike, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// ": did you mean `x`?" or nothing, to end a sentence with.
pub(crate) fn did_you_mean<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> String {
    nearest(word, candidates).map_or_else(String::new, |near| format!(": did you mean `{near}`?"))
}
