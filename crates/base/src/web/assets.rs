//! The files of `static/`, embedded, all under one hash of their contents: what a page refers to
//! never changes, so a browser may keep it for good, and old pages never meet new scripts.

use std::sync::OnceLock;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::error::Error;

#[derive(RustEmbed)]
#[folder = "../../static/"]
struct Files;

/// In debug builds files are read from disk, and a change must show on a reload.
const KEPT: &str = if cfg!(debug_assertions) {
    "no-cache"
} else {
    "public, max-age=31536000, immutable"
};

/// The hash of all of them: another one, another release.
pub fn release() -> &'static str {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION.get_or_init(|| {
        let mut names: Vec<_> = Files::iter().collect();
        names.sort();
        let mut hash = Sha256::new();
        for name in names {
            hash.update(name.as_bytes());
            if let Some(file) = Files::get(&name) {
                hash.update(file.metadata.sha256_hash());
            }
        }
        hash.finalize()
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    })
}

/// Where a file of `static/` is served: `path("css/kith.css")`.
pub fn path(file: &str) -> String {
    format!("/static/{}/{file}", release())
}

/// Where the files are whose names begin in one of these ways.
pub fn list(beginnings: &[&str]) -> Vec<String> {
    let mut names: Vec<_> = Files::iter()
        .filter(|name| beginnings.iter().any(|begins| name.starts_with(begins)))
        .collect();
    names.sort();
    names.iter().map(|name| path(name)).collect()
}

/// `GET /static/{version}/{*file}`
pub async fn serve(Path((asked, name)): Path<(String, String)>) -> Result<Response, Error> {
    if asked != release() {
        return Err(Error::NotFound);
    }
    let mut response = file(&name)?;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(KEPT));
    Ok(response)
}

/// A file of `static/` by itself, for the few that need an address of their own.
pub fn file(name: &str) -> Result<Response, Error> {
    let file = Files::get(name).ok_or(Error::NotFound)?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    };
    let mut response = file.data.into_response();
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response)
}
