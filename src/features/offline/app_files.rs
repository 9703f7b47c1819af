//! The two files by which a browser takes Kith for an app: its manifest and its service worker. They say nothing of anybody.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kith_content::Practice;
use serde_json::json;

use super::rules::practise;
use crate::app::{App, State};
use crate::features::library::STEADIER;
use kith_base::web::assets;

/// A browser asks for these anew each time it looks; what they refer to never changes.
const ASKED_ANEW: HeaderValue = HeaderValue::from_static("no-cache");

/// `GET /service_worker.js`: from the root, because a worker rules over the folder it comes from, and under one name, because a
/// browser knows it by its address. Its one line changes with every release: that is how the browser learns of a new one.
pub(super) async fn service_worker() -> Response {
    let body = format!(
        "import \"{}\";\n",
        assets::path("js/offline/service_worker.js")
    );
    answer("text/javascript; charset=utf-8", body)
}

/// One-minute practices that stand on the icon itself, where the content has them; slug and how they are named there.
const SHORTCUTS: [(&str, &str); 3] = [
    (STEADIER, "Feet on the floor"),
    ("arrive-breath", "Arriving"),
    ("hand-rest-20s", "Hand at rest"),
];

/// `GET /manifest.webmanifest`. The name is short and tells nobody what it is for.
pub(super) async fn manifest(State(app): State<App>) -> Response {
    let picture = |file: &str, size: &str, purpose: &str| {
        let kind = if file.ends_with("svg") {
            "image/svg+xml"
        } else {
            "image/png"
        };
        json!({"src": assets::path(file), "sizes": size, "type": kind, "purpose": purpose})
    };
    let shortcut = |practice: &Practice, name: &str| {
        let minutes = 1.0_f64.clamp(practice.minutes.0, practice.minutes.1);
        let place = format!(
            "{}&begin=yes&rate=no",
            practise(&practice.slug, minutes, "", false)
        );
        json!({"name": name, "url": place})
    };
    let mut shortcuts: Vec<_> = SHORTCUTS
        .iter()
        .filter_map(|(slug, name)| Some(shortcut(app.content.practice(slug)?, name)))
        .collect();
    shortcuts.push(json!({"name": "Help now", "url": "/help"}));
    let manifest = json!({
        "id": "/",
        "name": "Kith",
        "short_name": "Kith",
        "start_url": "/today",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f7f3ec",
        "theme_color": "#f7f3ec",
        "icons": [
            picture("icons/kith.svg", "any", "any"),
            picture("icons/kith-192.png", "192x192", "any"),
            picture("icons/kith-512.png", "512x512", "any"),
            picture("icons/kith-maskable-512.png", "512x512", "maskable"),
        ],
        "shortcuts": shortcuts,
    });
    answer("application/manifest+json", manifest.to_string())
}

fn answer(kind: &'static str, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, ASKED_ANEW),
    ];
    (headers, body).into_response()
}
