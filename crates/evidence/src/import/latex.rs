//! What LaTeX writes with backslashes and brackets, as plain letters.

use unicode_normalization::char::compose;

/// The mark that an accent's command puts over or under a letter.
fn mark(command: char) -> Option<char> {
    Some(match command {
        '`' => '\u{300}',
        '\'' => '\u{301}',
        '^' => '\u{302}',
        '~' => '\u{303}',
        '=' => '\u{304}',
        'u' => '\u{306}',
        '.' => '\u{307}',
        '"' => '\u{308}',
        'r' => '\u{30a}',
        'H' => '\u{30b}',
        'v' => '\u{30c}',
        'd' => '\u{323}',
        'c' => '\u{327}',
        'k' => '\u{328}',
        _ => return None,
    })
}

/// Letters that have a command of their own.
fn letter(command: &str) -> Option<&'static str> {
    Some(match command {
        "ss" => "ß",
        "ae" => "æ",
        "AE" => "Æ",
        "oe" => "œ",
        "OE" => "Œ",
        "o" => "ø",
        "O" => "Ø",
        "aa" => "å",
        "AA" => "Å",
        "l" => "ł",
        "L" => "Ł",
        "i" => "i",
        "j" => "j",
        "dh" => "ð",
        "th" => "þ",
        "dj" => "đ",
        "textendash" => "–",
        "textemdash" => "—",
        "textquoteright" | "textquotesingle" => "’",
        "textquoteleft" => "‘",
        "textquotedblleft" => "“",
        "textquotedblright" => "”",
        "textregistered" => "®",
        "texttrademark" => "™",
        "beta" => "β",
        "alpha" => "α",
        "textbackslash" => "\\",
        _ => return None,
    })
}

/// A field's text. Commands that are not known are left out, what stands in their brackets is not.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter_here) = letters.next() {
        match letter_here {
            '\\' => command(&mut letters, &mut plain),
            '{' | '}' | '$' => {}
            '~' => plain.push(' '),
            '-' if letters.next_if_eq(&'-').is_some() => {
                plain.push(if letters.next_if_eq(&'-').is_some() {
                    '—'
                } else {
                    '–'
                });
            }
            '`' if letters.next_if_eq(&'`').is_some() => plain.push('“'),
            '\'' if letters.next_if_eq(&'\'').is_some() => plain.push('”'),
            other => plain.push(other),
        }
    }
    plain
}

fn command(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, plain: &mut String) {
    let Some(first) = letters.next() else {
        return;
    };
    if !first.is_ascii_alphabetic() {
        match mark(first) {
            Some(mark) => accent(letters, plain, mark),
            // \& \% \_ and the like stand for themselves; a line end stands for a space.
            None => plain.push(if first.is_control() { ' ' } else { first }),
        }
        return;
    }
    let mut name = String::from(first);
    while let Some(next) = letters.next_if(char::is_ascii_alphabetic) {
        name.push(next);
    }
    if name.chars().count() == 1
        && let Some(mark) = mark(first)
    {
        accent(letters, plain, mark);
        return;
    }
    // The space after a command of letters ends it and is not written.
    while letters.next_if(|c| c.is_whitespace()).is_some() {}
    plain.push_str(letter(&name).unwrap_or_default());
}

fn accent(letters: &mut std::iter::Peekable<std::str::Chars<'_>>, plain: &mut String, mark: char) {
    while letters
        .next_if(|c| c.is_whitespace() || *c == '{')
        .is_some()
    {}
    // The dotless i and j take their accent as the others do.
    letters.next_if_eq(&'\\');
    let Some(base) = letters.next_if(|c| *c != '}') else {
        return;
    };
    plain.push(compose(base, mark).unwrap_or(base));
    letters.next_if_eq(&'}');
}
