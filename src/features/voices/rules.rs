//! Which bytes of a file somebody asks for (RFC 9110, section 14).

/// What is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Everything.
    Whole,
    /// From the first byte up to the one before the second.
    Some(u64, u64),
    /// Nothing of what was asked for is there.
    None,
}

/// What of so many bytes a `Range` header asks for. One part is sent, as players ask for it; whoever asks for several,
/// or in a way that is not understood, gets the whole, as the standard allows.
pub fn part(range: Option<&str>, length: u64) -> Part {
    let Some((from, to)) = range
        .and_then(|range| range.trim().strip_prefix("bytes="))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Part::Whole;
    };
    let (from, to) = (from.trim(), to.trim());
    match (number(from), number(to)) {
        // The last so many.
        (None, Some(0)) if from.is_empty() => Part::None,
        (None, Some(last)) if from.is_empty() => Part::Some(length.saturating_sub(last), length),
        (Some(from), to)
            if to.is_some() || range.is_some_and(|range| range.trim().ends_with('-')) =>
        {
            let end = to.map_or(length, |to| to.saturating_add(1)).min(length);
            match to {
                Some(to) if to < from => Part::Whole,
                _ if from >= length => Part::None,
                _ => Part::Some(from, end),
            }
        }
        _ => Part::Whole,
    }
}

/// Only digits: a sign or a second range is no number. What is beyond all files is beyond this one.
fn number(text: &str) -> Option<u64> {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().unwrap_or(u64::MAX))
}

/// Whether the range counts: it does unless it was meant for another version of the file.
pub fn is_meant(if_range: Option<&str>, tag: &str) -> bool {
    if_range.is_none_or(|meant| meant.trim() == tag)
}

/// Whether what they have is what would be sent.
pub fn is_known(if_none_match: Option<&str>, tag: &str) -> bool {
    if_none_match.is_some_and(|tags| {
        tags.split(',').any(|known| {
            let known = known.trim();
            known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag
        })
    })
}
