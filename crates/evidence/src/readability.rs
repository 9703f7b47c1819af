//! How hard a text is to read.

/// The school grade of the United States at which a text can be read, by Flesch and Kincaid (J. Kincaid and others, 1975):
/// 0.39 words a sentence + 11.8 syllables a word - 15.59. Syllables are counted by groups of vowels; 0 without words.
///
/// ```
/// use kith_evidence::readability::grade;
/// assert!(grade("The cat sat on the mat.") < 2.0);
/// assert!(grade("Standardised differences overestimate therapeutic effectiveness considerably.") > 15.0);
/// ```
#[must_use]
pub fn grade(text: &str) -> f64 {
    let words: Vec<String> = text
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '\'' || letter == '’'))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(str::to_lowercase)
        .collect();
    if words.is_empty() {
        return 0.0;
    }
    let sentences = text
        .split_inclusive(['.', '?', '!', ':'])
        .filter(|part| part.chars().any(char::is_alphabetic))
        .count()
        .max(1);
    let syllables: usize = words.iter().map(|word| syllables(word)).sum();
    let (words, sentences, syllables) = (words.len() as f64, sentences as f64, syllables as f64);
    0.39 * words / sentences + 11.8 * syllables / words - 15.59
}

/// Groups of vowels, without a silent e or es or ed at the end; a number counts as one.
fn syllables(word: &str) -> usize {
    let is_vowel = |letter: char| matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    let (mut count, mut inside) = (0_usize, false);
    for letter in word.chars() {
        if is_vowel(letter) && !inside {
            count += 1;
        }
        inside = is_vowel(letter);
    }
    let before_e = |ending: &str| {
        word.strip_suffix(ending)
            .and_then(|stem| stem.chars().last())
            .filter(|&letter| !is_vowel(letter))
    };
    let is_silent = before_e("e").is_some_and(|letter| letter != 'l')
        || before_e("ed").is_some_and(|letter| !matches!(letter, 't' | 'd'))
        || before_e("es")
            .is_some_and(|letter| !matches!(letter, 's' | 'z' | 'x' | 'c' | 'g' | 'h'));
    if is_silent {
        count = count.saturating_sub(1);
    }
    count.max(1)
}
