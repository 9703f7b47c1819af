//! Everything that can go wrong for the person at the other end, and how it looks to her.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::db;

/// One thing to put right in what somebody sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field it is about; empty when it is about the whole.
    pub field: String,
    /// What is wrong and what would be right, in a sentence.
    pub message: String,
}

impl Problem {
    /// A problem with one field.
    pub fn with(field: &str, message: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            message: message.into(),
        }
    }
}

/// Why a request was not answered with what it asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Nobody is signed in.
    SignIn,
    /// It is not there, or this person may not know that it is.
    NotFound,
    /// What was sent cannot be used as it is.
    Invalid(Vec<Problem>),
    /// The request came from another site's page.
    Foreign,
    /// It no longer fits what is there.
    Conflict(String),
    /// More than this program takes at once.
    TooLarge(String),
    /// Too many tries; the number of seconds until the next.
    TooMany(u64),
    /// The database has too much to do or is away for a moment.
    Busy,
    /// Our fault. The text is for the log, never for the page.
    Internal(String),
}

impl Error {
    /// Something that should not happen; logged, and shown only as a reference.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// A single problem with one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Problem::with(field, message)])
    }

    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Foreign => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A word a program can go by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::NotFound => "not_found",
            Self::Invalid(_) => "invalid",
            Self::Foreign => "foreign",
            Self::Conflict(_) => "conflict",
            Self::TooLarge(_) => "too_large",
            Self::TooMany(_) => "too_many",
            Self::Busy => "busy",
            Self::Internal(_) => "internal",
        }
    }

    /// What happened and what to do next, in plain words.
    pub fn message(&self) -> String {
        match self {
            Self::SignIn => "Please sign in first.".to_owned(),
            Self::NotFound => "There is nothing here for you to see.".to_owned(),
            Self::Invalid(problems) => match problems.as_slice() {
                [only] => only.message.clone(),
                _ => "Some of this needs another look.".to_owned(),
            },
            Self::Foreign => {
                "This came from another site, so nothing was done. Open the page here and try again."
                    .to_owned()
            }
            Self::Conflict(message) | Self::TooLarge(message) => message.clone(),
            Self::TooMany(seconds) => format!(
                "That was a lot of tries. Please wait {} and try again.",
                wait(*seconds)
            ),
            Self::Busy => {
                "There is more to do than there are hands at the moment. Please try again shortly."
                    .to_owned()
            }
            Self::Internal(_) => {
                "Something went wrong on our side. Nothing you entered was changed.".to_owned()
            }
        }
    }
}

fn wait(seconds: u64) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=89 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    }
}

impl From<db::Error> for Error {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Busy | db::Error::Closed | db::Error::Unavailable(_) => {
                tracing::warn!(%error, "database");
                Self::Busy
            }
            db::Error::Unfit => Self::invalid(
                "",
                "There is a character in this that cannot be kept. Please write it again.",
            ),
            db::Error::Taken(_) => Self::Conflict(
                "Somebody else was faster with this. Please look at it again.".to_owned(),
            ),
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for Error {
    /// Leaves the error with the response; `web::respond::errors` makes it a page or JSON, by what
    /// was asked for.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let seconds = match self {
            Self::TooMany(seconds) => Some(seconds.max(1)),
            Self::Busy => Some(2),
            _ => None,
        };
        if let Some(seconds) = seconds {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}
