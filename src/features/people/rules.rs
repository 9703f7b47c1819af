//! Decisions about people: no store, no time, no waiting.

/// How many wrong secrets are free before one has to wait.
const FREE_TRIES: i64 = 5;

/// How many milliseconds nobody may try after that many wrong secrets in a row: a minute after the
/// fifth, doubling to an hour. A six-digit PIN then lasts for more than a lifetime of guessing.
pub fn wait_after(failures: i64) -> i64 {
    const MINUTE: i64 = 60_000;
    match failures - FREE_TRIES {
        ..0 => 0,
        over => MINUTE.saturating_mul(1 << over.min(6)).min(60 * MINUTE),
    }
}

/// What is wrong with a name to sign in with, if anything.
pub fn sign_in_name_problem(name: &str) -> Option<&'static str> {
    let length = name.chars().count();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    if !(2..=60).contains(&length) {
        Some("A sign-in name has 2 to 60 letters or digits.")
    } else if !name.chars().all(plain) {
        Some("Please use letters, digits and . - _ only, without spaces.")
    } else {
        None
    }
}

/// What is wrong with a PIN, if anything.
pub fn pin_problem(pin: &str) -> Option<&'static str> {
    let digits = pin.as_bytes();
    if !(6..=12).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return Some("A PIN has 6 to 12 digits.");
    }
    let steps: Vec<i16> = digits
        .windows(2)
        .map(|pair| i16::from(pair[1]) - i16::from(pair[0]))
        .collect();
    let regular = [0, 1, -1]
        .iter()
        .any(|step| steps.iter().all(|s| s == step));
    regular.then_some("That PIN is among the first anyone would try. Please choose another.")
}

/// What is wrong with a password, if anything. Length is what counts.
pub fn password_problem(password: &str, sign_in_name: &str) -> Option<&'static str> {
    let length = password.chars().count();
    let few_letters = password
        .chars()
        .collect::<std::collections::BTreeSet<_>>()
        .len()
        < 5;
    if length < 12 {
        Some("A password has at least 12 characters. A few words together make a good one.")
    } else if length > 200 {
        Some("A password has at most 200 characters.")
    } else if few_letters
        || password
            .to_lowercase()
            .contains(&sign_in_name.to_lowercase())
    {
        Some("That password is easy to guess. Please choose another.")
    } else {
        None
    }
}

/// Where to go after signing in: only a page of our own, never another site.
pub fn next_place<'a>(asked: &'a str, home: &'a str) -> &'a str {
    let ours = asked.starts_with('/')
        && !asked.starts_with("//")
        && !asked.contains(['\\', '\r', '\n', '\t'])
        && !asked.starts_with("/sign-");
    if ours && asked != "/" { asked } else { home }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_with_wrong_secrets() {
        let waits: Vec<_> = [0, 4, 5, 6, 10, 11, 1000].map(wait_after).to_vec();
        assert_eq!(
            waits,
            [0, 0, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000]
        );
    }

    #[test]
    fn pins_that_anyone_would_try_are_refused() {
        for wrong in [
            "12345",
            "123456",
            "987654",
            "000000",
            "12a456",
            "",
            "1234567890123",
        ] {
            assert!(pin_problem(wrong).is_some(), "{wrong}");
        }
        for right in ["204817", "112233", "8675309"] {
            assert_eq!(pin_problem(right), None, "{right}");
        }
    }

    #[test]
    fn passwords_are_long_rather_than_odd() {
        for wrong in ["short", "aaaaaaaaaaaaaaaa", "amira-is-the-password"] {
            assert!(password_problem(wrong, "Amira").is_some(), "{wrong}");
        }
        assert_eq!(password_problem("four plain small words", "amira"), None);
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        for foreign in [
            "https://evil",
            "//evil",
            "/\\evil",
            "evil",
            "",
            "/",
            "/sign-in",
            "/a\r\nb",
        ] {
            assert_eq!(next_place(foreign, "/home"), "/home", "{foreign}");
        }
        assert_eq!(
            next_place("/practices/soles-ground?minutes=2", "/home"),
            "/practices/soles-ground?minutes=2"
        );
    }
}
