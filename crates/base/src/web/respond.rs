//! Answers: pages, JSON, redirects; and errors in whichever of these was asked for.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::html;
use serde_json::json;

use super::layout::Page;
use crate::error::Error;
use crate::id;

/// After a form was taken: go and look at the result.
pub fn see(path: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let place = HeaderValue::try_from(path).unwrap_or_else(|_| HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, place);
    response
}

/// A JSON answer.
pub fn json(status: StatusCode, value: &impl serde::Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => (status, [(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => Error::internal(error).into_response(),
    }
}

/// Whether the request wants JSON rather than a page.
pub fn wants_json(headers: &HeaderMap) -> bool {
    let names_json = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("application/json"))
    };
    names_json(header::ACCEPT) || names_json(header::CONTENT_TYPE)
}

/// Middleware: turns the error a handler left with its response into a page or JSON, logs what is
/// our own fault once, and sends people who are not signed in to where they can.
pub async fn errors(request: Request, next: Next) -> Response {
    let json_wanted = wants_json(request.headers());
    let reads_page = request.method() == "GET" && !json_wanted;
    let place = request.uri().path().to_owned();
    let response = next.run(request).await;
    let error = response.extensions().get::<Error>().cloned();
    if error.is_none() && speaks_json(&response) {
        return response;
    }
    let error = match (error, response.status()) {
        (Some(error), _) => error,
        (None, StatusCode::METHOD_NOT_ALLOWED) => {
            Error::Conflict("This address does not take that kind of request.".to_owned())
        }
        // What axum itself could not read: a doubled word in the address, bytes that are no text.
        (None, StatusCode::BAD_REQUEST) => Error::invalid(
            "",
            "This address cannot be read. Please go back and try again.",
        ),
        (None, StatusCode::SERVICE_UNAVAILABLE)
            if !response.headers().contains_key("content-type") =>
        {
            Error::Busy
        }
        _ => return response,
    };
    let reference = log_internal(&error);
    let mut answer = if error == Error::SignIn && reads_page {
        see(&format!("/sign-in?next={place}"))
    } else if json_wanted {
        as_json(&error, reference.as_deref())
    } else {
        as_page(&error, reference.as_deref())
    };
    if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, wait.clone());
    }
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        *answer.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    }
    answer
}

/// Logs what is our own fault, and tells the reference under which it stands in the log.
pub fn log_internal(error: &Error) -> Option<String> {
    let Error::Internal(why) = error else {
        return None;
    };
    let reference: String = id::secret().unwrap_or_default().chars().take(8).collect();
    tracing::error!(reference, why, "internal error");
    Some(reference)
}

/// Whether a handler has answered in JSON already, also in one of its dialects.
fn speaks_json(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/") && kind.contains("json"))
}

fn as_json(error: &Error, reference: Option<&str>) -> Response {
    let problems = match error {
        Error::Invalid(problems) => problems.as_slice(),
        _ => &[],
    };
    let place = problems.first().map(|problem| problem.field.as_str());
    json(
        error.status(),
        &json!({"error": {
            "kind": error.kind(),
            "message": error.message(),
            "where": place.filter(|field| !field.is_empty()),
            "allowed": null,
            "problems": problems,
            "reference": reference,
        }}),
    )
}

fn as_page(error: &Error, reference: Option<&str>) -> Response {
    let body = html! {
        h1 { (heading(error)) }
        p { (error.message()) }
        @if let Error::Invalid(problems) = error {
            @if problems.len() > 1 {
                ul { @for problem in problems { li { (problem.message) } } }
            }
        }
        @if let Some(reference) = reference {
            p.soft { "If it happens again, tell whoever runs this Kith: " code { (reference) } }
        }
        p { a.button href="/" { "Go on" } }
    };
    (error.status(), Page::bare(heading(error), body)).into_response()
}

fn heading(error: &Error) -> &'static str {
    match error {
        Error::SignIn => "Please sign in",
        Error::NotFound => "Nothing here",
        Error::Invalid(_) => "Please look at this again",
        Error::Foreign => "Not from here",
        Error::Conflict(_) => "This has changed",
        Error::TooLarge(_) => "Too much at once",
        Error::TooMany(_) => "A short wait",
        Error::Busy => "Busy for a moment",
        Error::Internal(_) => "Our mistake",
    }
}
