//! Refuses writes that another site's page makes in somebody's name.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::Error;

/// Middleware: lets reading through, and writing only from our own pages.
pub async fn guard(request: Request, next: Next) -> Response {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if reads || is_ours(request.headers()) {
        next.run(request).await
    } else {
        Error::Foreign.into_response()
    }
}

/// Browsers say where a write comes from. A program that sends no cookie acts in nobody's name, so
/// it may leave that out.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin" || site == "none";
    }
    match text(header::ORIGIN) {
        Some(origin) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            host.is_some() && host == text(header::HOST)
        }
        None => !headers.contains_key(header::COOKIE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_write_with_a_cookie() {
        let cases: &[(&[(&str, &str)], bool)] = &[
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "http://kith"),
                    ("host", "kith"),
                ],
                false,
            ),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "http://kith:80"), ("host", "kith:80")], true),
            (&[("origin", "http://evil"), ("host", "kith")], false),
            (&[("origin", "null"), ("host", "kith")], false),
            (&[("cookie", "a=b"), ("host", "kith")], false),
            (&[("host", "kith")], true),
        ];
        for (sent, ours) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in *sent {
                headers.insert(*name, value.parse().unwrap());
            }
            assert_eq!(is_ours(&headers), *ours, "{sent:?}");
        }
    }
}
