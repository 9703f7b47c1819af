//! Reads what somebody sent, keeps it, and complains in a way she can act on.

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::{Error, Problem};

/// The largest body taken: a form, or some hundred records.
pub const LARGEST: usize = 256 * 1024;

/// The fields of a form as they were sent, and what was found wrong with them.
#[derive(Clone, Debug, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
    /// What is to be put right, in the order of the questions.
    pub problems: Vec<Problem>,
}

impl Form {
    /// A form with these fields, as if somebody had sent it.
    pub fn of(fields: &[(&str, &str)]) -> Self {
        Self {
            fields: fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            problems: Vec::new(),
        }
    }

    /// Puts a value in place of whatever a field had.
    pub fn set(&mut self, name: &str, value: &str) {
        self.set_all(name, [value]);
    }

    /// The same for a field that may be sent several times.
    pub fn set_all<'a>(&mut self, name: &str, values: impl IntoIterator<Item = &'a str>) {
        self.fields.retain(|(key, _)| key != name);
        self.fields.extend(
            values
                .into_iter()
                .map(|value| (name.to_owned(), value.to_owned())),
        );
    }

    /// The text of a field as it was sent; empty when it was not.
    pub fn raw(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// All values of a field that may be sent several times.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.all(name).any(|value| value == "yes")
    }

    /// Notes a problem with a field.
    pub fn complain(&mut self, field: &str, message: impl Into<String>) {
        self.problems.push(Problem::with(field, message));
    }

    /// Trimmed text of at most `longest` characters; may be empty.
    pub fn text(&mut self, name: &str, longest: usize) -> String {
        let text = self.raw(name).trim().replace("\r\n", "\n");
        let odd = |c: char| c.is_control() && c != '\n';
        if text.chars().count() > longest {
            self.complain(name, format!("Please keep this to {longest} characters."));
        } else if text.contains(odd) {
            self.complain(name, "This has characters in it that cannot be kept.");
        }
        text
    }

    /// Like [`Form::text`], and it must not be empty; `ask` says what is wanted.
    pub fn needed(&mut self, name: &str, longest: usize, ask: &str) -> String {
        let text = self.text(name, longest);
        if text.is_empty() {
            self.complain(name, ask);
        }
        text
    }

    /// The problem with a field, to stand beside it.
    pub fn problem(&self, field: &str) -> Option<&str> {
        self.problems
            .iter()
            .find(|problem| problem.field == field)
            .map(|problem| problem.message.as_str())
    }

    /// Goes on only when nothing was found wrong.
    ///
    /// # Errors
    /// [`Error::Invalid`] with every problem found.
    pub fn finish(&self) -> Result<(), Error> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.problems.clone()))
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let sent_form = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_none_or(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        let bytes = body(request, state).await?;
        if !sent_form {
            return Err(Error::invalid("", "Please send this as a form."));
        }
        Ok(Self {
            fields: form_urlencoded::parse(&bytes).into_owned().collect(),
            problems: Vec::new(),
        })
    }
}

/// A JSON body, refused with what is wrong with it.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/json"));
        let bytes = body(request, state).await?;
        if !is_json {
            return Err(Error::invalid(
                "",
                "Please send JSON, with Content-Type: application/json.",
            ));
        }
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| Error::invalid("", format!("The JSON cannot be read: {error}.")))
    }
}

async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    Bytes::from_request(request, state)
        .await
        .map_err(|refusal| {
            if refusal.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
                Error::TooLarge(format!(
                    "That is more than {} KB at once. Please send it in smaller parts.",
                    LARGEST / 1024
                ))
            } else {
                Error::invalid("", "The request broke off. Please send it again.")
            }
        })
}
