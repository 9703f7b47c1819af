//! What went wrong, or is worth a look, as FHIR says it: an OperationOutcome.

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use kith_base::db;
use kith_base::error::Error;
use kith_base::web::respond;

/// The kind of every answer under `/fhir`.
pub const JSON: &str = "application/fhir+json";

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing was done because of it.
    Error,
    /// It was done, and somebody should look.
    Warning,
    /// It was done.
    Information,
}

/// One thing that is to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// How much it matters.
    pub severity: Severity,
    /// FHIR's word for its kind (value set issue-type).
    pub code: &'static str,
    /// A sentence.
    pub words: String,
    /// Where in what was sent, as a FHIRPath; empty for the whole.
    pub place: String,
}

impl Issue {
    /// Something for which nothing was done.
    pub fn error(code: &'static str, place: &str, words: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            words: words.into(),
            place: place.to_owned(),
        }
    }

    /// Something to look at.
    pub fn warning(code: &'static str, place: &str, words: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, place, words)
        }
    }

    /// Something to know.
    pub fn information(code: &'static str, place: &str, words: impl Into<String>) -> Self {
        Self {
            severity: Severity::Information,
            ..Self::error(code, place, words)
        }
    }
}

/// An OperationOutcome with these issues.
pub fn outcome(issues: &[Issue]) -> Value {
    let issues: Vec<Value> = issues
        .iter()
        .map(|issue| {
            let severity = match issue.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Information => "information",
            };
            let mut said = json!({
                "severity": severity, "code": issue.code, "diagnostics": issue.words,
            });
            if let (false, Some(said)) = (issue.place.is_empty(), said.as_object_mut()) {
                said.insert("expression".to_owned(), json!([issue.place]));
            }
            said
        })
        .collect();
    json!({"resourceType": "OperationOutcome", "issue": issues})
}

/// An answer in FHIR's JSON.
pub fn answer(status: StatusCode, resource: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, JSON)], resource.to_string()).into_response()
}

/// Why a request was not answered with what it asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status it is answered with.
    pub status: StatusCode,
    /// At least one.
    pub issues: Vec<Issue>,
    /// Seconds until it is worth another try.
    pub wait: Option<u64>,
}

impl Refusal {
    /// For one reason.
    pub fn one(status: StatusCode, code: &'static str, words: impl Into<String>) -> Self {
        Self::all(status, vec![Issue::error(code, "", words)])
    }

    /// For these reasons.
    pub fn all(status: StatusCode, issues: Vec<Issue>) -> Self {
        Self {
            status,
            issues,
            wait: None,
        }
    }

    /// It is not there, or whoever asks may not know that it is.
    pub fn not_found() -> Self {
        Self::one(
            StatusCode::NOT_FOUND,
            "not-found",
            "There is nothing here for you to see.",
        )
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let reference = respond::log_internal(&error);
        let words = match reference {
            Some(reference) => format!("{} Reference: {reference}.", error.message()),
            None => error.message(),
        };
        let code = match &error {
            Error::SignIn => "login",
            Error::NotFound => return Self::not_found(),
            Error::Invalid(problems) => {
                let issue = |problem: &kith_base::error::Problem| {
                    Issue::error("invalid", &problem.field, problem.message.clone())
                };
                return Self::all(error.status(), problems.iter().map(issue).collect());
            }
            Error::Foreign => "forbidden",
            Error::Conflict(_) => "conflict",
            Error::TooLarge(_) => "too-long",
            Error::TooMany(_) => "throttled",
            Error::Busy => "transient",
            Error::Internal(_) => "exception",
        };
        let wait = match &error {
            Error::TooMany(seconds) => Some((*seconds).max(1)),
            Error::Busy => Some(2),
            _ => None,
        };
        Self {
            wait,
            ..Self::one(error.status(), code, words)
        }
    }
}

impl From<db::Error> for Refusal {
    fn from(error: db::Error) -> Self {
        Self::from(Error::from(error))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = answer(self.status, &outcome(&self.issues));
        let headers = response.headers_mut();
        if let Some(seconds) = self.wait {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let realm = HeaderValue::from_static("Bearer realm=\"Kith\"");
            headers.insert(header::WWW_AUTHENTICATE, realm);
        }
        response
    }
}

/// Middleware: what goes wrong under `/fhir` before or beside a handler is said as FHIR says it, too.
pub async fn in_fhir(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if path != "/fhir" && !path.starts_with("/fhir/") {
        return next.run(request).await;
    }
    let response = next.run(request).await;
    let error = response.extensions().get::<Error>().cloned();
    let spoken = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == JSON);
    let refusal = match (error, response.status()) {
        (Some(error), _) => Refusal::from(error),
        (None, _) if spoken => return response,
        (None, StatusCode::METHOD_NOT_ALLOWED) => Refusal::one(
            StatusCode::METHOD_NOT_ALLOWED,
            "not-supported",
            "This address does not take that kind of request. GET /fhir/metadata says what there is.",
        ),
        (None, StatusCode::SERVICE_UNAVAILABLE) => Refusal::from(Error::Busy),
        (None, status) if status.is_client_error() => {
            Refusal::one(status, "invalid", "This request cannot be read.")
        }
        _ => return response,
    };
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut answer = refusal.into_response();
    if let Some(allow) = allow {
        answer.headers_mut().insert(header::ALLOW, allow);
    }
    answer
}
