//! A form with a file, as browsers send it (RFC 7578), read whole.

use axum::extract::{FromRequest, Request};
use axum::http::header;
use bytes::Bytes;

use super::form::Form;
use crate::error::Error;

/// More fields than any form has.
const MOST: usize = 100;

/// What was sent.
pub struct Upload {
    /// The fields that are no file.
    pub form: Form,
    /// The file's name and what is in it; none when none was chosen.
    pub file: Option<(String, Vec<u8>)>,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let Some(boundary) = boundary(&kind) else {
            let form = Form::from_request(request, state).await?;
            return Ok(Self { form, file: None });
        };
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| Error::TooLarge("That file is too large.".to_owned()))?;
        let parts = parts(&bytes, boundary)
            .ok_or_else(|| Error::invalid("", "The form cannot be read. Please send it again."))?;
        let mut file = None;
        let mut fields: Vec<(String, String)> = Vec::new();
        for part in parts {
            match part.file_name {
                Some(name) if !name.is_empty() || !part.bytes.is_empty() => {
                    file = Some((name, part.bytes.to_vec()));
                }
                Some(_) => {}
                None => {
                    let text = String::from_utf8_lossy(part.bytes).into_owned();
                    fields.push((part.name, text));
                }
            }
        }
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        let form = Form::of(&fields);
        Ok(Self { form, file })
    }
}

#[derive(Debug, PartialEq)]
struct Part<'a> {
    name: String,
    file_name: Option<String>,
    bytes: &'a [u8],
}

fn boundary(kind: &str) -> Option<&str> {
    let (name, rest) = kind.split_once(';')?;
    if !name.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let found = rest
        .split(';')
        .find_map(|part| part.trim().strip_prefix("boundary="))?
        .trim_matches('"');
    // What RFC 2046 allows at most.
    (1..=70).contains(&found.len()).then_some(found)
}

/// The parts between the boundaries; none when the body is not made as it should be.
fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<Part<'a>>> {
    let between = format!("\r\n--{boundary}").into_bytes();
    // The first boundary has no line before it.
    let mut rest = body.strip_prefix(between.get(2..)?)?;
    let mut found = Vec::new();
    while !rest.starts_with(b"--") {
        rest = rest.strip_prefix(b"\r\n")?;
        let headers_end = find(rest, b"\r\n\r\n")?;
        let (headers, body) = (rest.get(..headers_end)?, rest.get(headers_end + 4..)?);
        let end = find(body, &between)?;
        let headers = String::from_utf8_lossy(headers);
        let disposition = headers
            .lines()
            .find(|line| {
                line.to_ascii_lowercase()
                    .starts_with("content-disposition:")
            })?
            .to_owned();
        found.push(Part {
            name: parameter(&disposition, "name")?,
            file_name: parameter(&disposition, "filename"),
            bytes: body.get(..end)?,
        });
        if found.len() > MOST {
            return None;
        }
        rest = body.get(end + between.len()..)?;
    }
    Some(found)
}

/// `name="value"` after a semicolon. Browsers write a quotation mark inside as `%22`.
fn parameter(line: &str, name: &str) -> Option<String> {
    let start = line.find(&format!("; {name}=\""))? + name.len() + 4;
    let rest = line.get(start..)?;
    Some(rest.get(..rest.find('"')?)?.replace("%22", "\""))
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sent(fields: &[(String, Option<String>, Vec<u8>)], boundary: &str) -> Vec<u8> {
        let mut body = Vec::new();
        for (name, file, bytes) in fields {
            body.extend(
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"").bytes(),
            );
            if let Some(file) = file {
                body.extend(format!("; filename=\"{file}\"\r\nContent-Type: text/plain").bytes());
            }
            body.extend(b"\r\n\r\n");
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{boundary}--\r\n").bytes());
        body
    }

    #[test]
    fn a_boundary_is_read_from_the_header() {
        for (kind, expected) in [
            ("multipart/form-data; boundary=abc", Some("abc")),
            (
                "Multipart/Form-Data; charset=utf-8; boundary=\"a b\"",
                Some("a b"),
            ),
            ("multipart/form-data; boundary=", None),
            ("multipart/form-data", None),
            ("application/x-www-form-urlencoded", None),
            ("multipart/mixed; boundary=abc", None),
        ] {
            assert_eq!(boundary(kind), expected, "{kind}");
        }
    }

    #[test]
    fn a_body_that_is_broken_off_is_nothing() {
        let whole = sent(&[("a".into(), Some("f.json".into()), b"{}".to_vec())], "x");
        assert_eq!(
            parts(&whole, "x").unwrap()[0].file_name.as_deref(),
            Some("f.json")
        );
        for end in 0..whole.len() - 4 {
            assert_eq!(parts(&whole[..end], "x"), None, "{end}");
        }
    }

    proptest! {
        #[test]
        fn what_was_put_in_comes_out(fields in prop::collection::vec(
            ("[a-z]{1,8}", prop::option::of("[a-z .]{0,9}"), prop::collection::vec(any::<u8>(), 0..60)), 0..6)) {
            let body = sent(&fields, "a-boundary-of-its-own");
            let found: Vec<_> = parts(&body, "a-boundary-of-its-own").unwrap().into_iter()
                .map(|part| (part.name, part.file_name, part.bytes.to_vec())).collect();
            prop_assert_eq!(found, fields);
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(body in prop::collection::vec(any::<u8>(), 0..200), kind in ".{0,60}") {
            parts(&body, "\r\n");
            parts(&[b"--x\r\n", body.as_slice()].concat(), "x");
            boundary(&kind);
        }
    }
}
