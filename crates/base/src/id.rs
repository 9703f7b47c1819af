//! Ids and secrets, handed in like the time.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::error::Error;

/// Makes ids.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    /// Counts instead of drawing lots, so that a test or the demo gets the same ids every time.
    counted: Option<Arc<AtomicU64>>,
}

impl Ids {
    /// Ids that nobody can foresee.
    pub fn random() -> Self {
        Self::default()
    }

    /// How many ids were counted so far.
    #[cfg(any(test, feature = "testing"))]
    pub fn count(&self) -> u64 {
        self.counted
            .as_ref()
            .map_or(0, |count| count.load(Ordering::SeqCst))
    }

    /// Goes on counting where others stopped.
    #[cfg(any(test, feature = "testing"))]
    pub fn counted_from(count: u64) -> Self {
        Self {
            counted: Some(Arc::new(AtomicU64::new(count))),
        }
    }

    /// The same ids in the same order every time.
    pub fn counted() -> Self {
        Self {
            counted: Some(Arc::default()),
        }
    }

    /// A UUIDv7 of the instant `at` (Unix milliseconds): ids sort as they were made.
    ///
    /// # Errors
    /// When the operating system has no random numbers to give.
    pub fn make(&self, at: i64) -> Result<String, Error> {
        let mut chance = [0_u8; 10];
        match &self.counted {
            Some(counter) => {
                let number = counter.fetch_add(1, Ordering::SeqCst);
                chance[2..].copy_from_slice(&number.to_be_bytes());
            }
            None => getrandom::fill(&mut chance).map_err(Error::internal)?,
        }
        let at = u64::try_from(at).unwrap_or_default();
        Ok(Builder::from_unix_timestamp_millis(at, &chance)
            .into_uuid()
            .to_string())
    }
}

/// A UUID somebody sent, in its one spelling; `None` when it is not one.
pub fn read_id(text: &str) -> Option<String> {
    let id = Uuid::try_parse(text).ok()?;
    (text.len() == 36 && !id.is_nil()).then(|| id.to_string())
}

/// 256 bits nobody can guess, as 64 hexadecimal digits.
///
/// # Errors
/// When the operating system has no random numbers to give.
pub fn secret() -> Result<String, Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(hex(&bytes))
}

/// Letters and digits that cannot be mistaken for one another, to be read out over a telephone.
const CODE_LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// A short code such as `K7PX-29QM`: 40 random bits.
///
/// # Errors
/// When the operating system has no random numbers to give.
pub fn code() -> Result<String, Error> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    let letters: String = bytes
        .iter()
        .map(|byte| char::from(CODE_LETTERS[usize::from(byte % 32)]))
        .collect();
    Ok(format!("{}-{}", &letters[..4], &letters[4..]))
}

/// A code as somebody typed it, in its one spelling: `k7px 29qm` is `K7PX-29QM`.
pub fn read_code(text: &str) -> Option<String> {
    let letters: String = text
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect();
    (letters.len() == 8).then(|| format!("{}-{}", &letters[..4], &letters[4..]))
}

/// SHA-256 in hexadecimal: what is kept of a secret that is long enough not to be guessed.
pub fn digest(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_as_they_were_made() {
        let ids = Ids::counted();
        let made: Vec<_> = (0..300).map(|n| ids.make(1_000 + n / 7).unwrap()).collect();
        let mut sorted = made.clone();
        sorted.sort();
        assert_eq!(made, sorted);
        assert!(made.iter().all(|id| read_id(id).as_ref() == Some(id)));
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = code().unwrap();
        assert_eq!(
            read_code(&code.to_lowercase().replace('-', " ")),
            Some(code)
        );
        assert_eq!(read_code("too short"), Some("TOOS-HORT".to_owned()));
        assert_eq!(read_code("short"), None);
    }

    #[test]
    fn what_is_not_an_id_is_not_read_as_one() {
        for wrong in [
            "",
            "x",
            "00000000-0000-0000-0000-000000000000",
            "{018f}",
            "' or 1=1",
        ] {
            assert_eq!(read_id(wrong), None, "{wrong}");
        }
    }
}
