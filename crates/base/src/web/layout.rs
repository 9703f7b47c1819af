//! The frame of every page, and the few pieces that pages are built of.

use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::form::Form;

/// Which scripts and styles a page goes with: what a phone keeps is all of one release.
const RELEASE: HeaderName = HeaderName::from_static("kith-release");
/// Whose page it is, by the same key as in the page: a phone never keeps one person's page among another's.
const PERSON: HeaderName = HeaderName::from_static("kith-person");

/// A place in the navigation.
#[derive(Clone, Debug)]
pub struct Link {
    /// Where it goes.
    pub href: &'static str,
    /// What it says.
    pub label: &'static str,
}

/// A page, ready to be sent.
pub struct Page {
    /// Stands in the browser's tab.
    pub title: String,
    /// BCP 47, for the page and for the voice that reads it.
    pub language: String,
    /// Whose page it is, as a key that says nothing about her: the phone's outbox goes by it.
    pub person: Option<String>,
    /// The navigation.
    pub links: Vec<Link>,
    /// The path of this page, to mark it in the navigation.
    pub here: String,
    /// Style sheets beside the common one, paths within `static/`.
    pub styles: Vec<&'static str>,
    /// Modules to run, paths within `static/`.
    pub scripts: Vec<&'static str>,
    /// A line about this whole installation, such as that it is a demo.
    pub banner: Option<&'static str>,
    /// Tables and charts may be wider than text.
    pub wide: bool,
    /// The script of the page takes over `main`.
    pub played: bool,
    /// What stands in `main`.
    pub body: Markup,
}

impl Page {
    /// A page for somebody who may not be signed in.
    pub fn bare(title: &str, body: Markup) -> Self {
        Self {
            title: title.to_owned(),
            language: "en-GB".to_owned(),
            person: None,
            links: Vec::new(),
            here: String::new(),
            styles: Vec::new(),
            scripts: Vec::new(),
            banner: None,
            wide: false,
            played: false,
            body,
        }
    }

    /// The same page with one more module.
    pub fn with_script(mut self, script: &'static str) -> Self {
        self.scripts.push(script);
        self
    }

    /// The same page with room for tables and charts.
    pub fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    fn markup(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang=(self.language) data-person=[self.person.as_ref()] {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="theme-color" content="#f7f3ec" media="(prefers-color-scheme: light)";
                    meta name="theme-color" content="#1b1a18" media="(prefers-color-scheme: dark)";
                    meta name="format-detection" content="telephone=no";
                    title { (self.title) " · Kith" }
                    link rel="icon" type="image/svg+xml" href=(assets::path("icons/kith.svg"));
                    link rel="apple-touch-icon" href=(assets::path("icons/kith-180.png"));
                    link rel="manifest" href="/manifest.webmanifest";
                    link rel="stylesheet" href=(assets::path("css/kith.css"));
                    @for style in &self.styles {
                        link rel="stylesheet" href=(assets::path(style));
                    }
                    @for script in &self.scripts {
                        script type="module" src=(assets::path(script)) {}
                    }
                }
                body {
                    a.skip href="#main" { "Skip to the page" }
                    @if let Some(banner) = self.banner {
                        aside.banner aria-label="About this copy" { (banner) }
                    }
                    header.top {
                        a.mark href="/" { "Kith" }
                        a.help href="/help" { "Help now" }
                        @if !self.links.is_empty() {
                            nav aria-label="Pages" {
                                ul {
                                    @for link in &self.links {
                                        li {
                                            a href=(link.href)
                                                aria-current=[(link.href == self.here).then_some("page")]
                                            { (link.label) }
                                        }
                                    }
                                }
                            }
                        }
                    }
                    main #main tabindex="-1" class=[self.wide.then_some("wide")] data-player[self.played] {
                        (self.body)
                    }
                    @if self.person.is_some() {
                        footer.bottom {
                            div.outbox data-outbox hidden {}
                            form method="post" action="/sign-out" data-sign-out {
                                button.link type="submit" { "Sign out" }
                            }
                        }
                    }
                }
            }
        }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = self.markup().into_response();
        let headers = response.headers_mut();
        headers.insert(RELEASE, HeaderValue::from_static(assets::release()));
        if let Some(Ok(person)) = self.person.as_deref().map(HeaderValue::try_from) {
            headers.insert(PERSON, person);
        }
        response
    }
}

/// A one-line question with its hint and, when the answer cannot be used, the reason.
pub struct Field<'a> {
    /// The name it is sent under.
    pub name: &'a str,
    /// The question.
    pub label: &'a str,
    /// What helps to answer it; may be empty.
    pub hint: &'a str,
    /// `text`, `password`, `number`, …
    pub kind: &'a str,
    /// Further attributes: name and value.
    pub more: &'a [(&'a str, &'a str)],
}

impl Field<'_> {
    /// The field with what was sent before, except secrets, which have to be typed again.
    pub fn show(&self, form: &Form) -> Markup {
        let value = if self.kind == "password" {
            ""
        } else {
            form.raw(self.name)
        };
        self.wrap(form, |described| {
            let extra = |name: &str| {
                self.more
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| *value)
            };
            html! {
                input id=(self.name) name=(self.name) type=(self.kind) value=(value)
                    aria-describedby=[described]
                    aria-invalid=[form.problem(self.name).map(|_| "true")]
                    autocomplete=[extra("autocomplete")] inputmode=[extra("inputmode")]
                    pattern=[extra("pattern")] min=[extra("min")] max=[extra("max")]
                    step=[extra("step")] maxlength=[extra("maxlength")] list=[extra("list")]
                    required[extra("required").is_some()] data-zone[extra("data-zone").is_some()]
                    autocapitalize=[extra("autocapitalize")] spellcheck=[extra("spellcheck")];
            }
        })
    }

    /// The same for several lines of text.
    pub fn lines(&self, form: &Form) -> Markup {
        self.wrap(form, |described| {
            html! {
                textarea id=(self.name) name=(self.name) rows="3" aria-describedby=[described]
                    aria-invalid=[form.problem(self.name).map(|_| "true")]
                { (form.raw(self.name)) }
            }
        })
    }

    /// The same as a choice among `options`: value and words.
    pub fn choice(&self, form: &Form, options: &[(String, String)]) -> Markup {
        self.wrap(form, |described| {
            html! {
                select id=(self.name) name=(self.name) aria-describedby=[described]
                    aria-invalid=[form.problem(self.name).map(|_| "true")]
                {
                    @for (value, words) in options {
                        option value=(value) selected[value == form.raw(self.name)] { (words) }
                    }
                }
            }
        })
    }

    fn wrap(&self, form: &Form, input: impl FnOnce(Option<String>) -> Markup) -> Markup {
        let problem = form.problem(self.name);
        let hint_id = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let problem_id = problem.map(|_| format!("{}-problem", self.name));
        let described = match (hint_id.clone(), problem_id.clone()) {
            (None, None) => None,
            (hint, problem) => Some(
                [hint, problem]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
        };
        html! {
            div.field {
                label for=(self.name) { (self.label) }
                @if let Some(id) = hint_id { p.hint id=(id) { (self.hint) } }
                @if let (Some(id), Some(problem)) = (problem_id, problem) {
                    p.problem id=(id) { (problem) }
                }
                (input(described))
            }
        }
    }
}

/// What is wrong with a form, above it, each leading to its question.
pub fn problems(form: &Form) -> Markup {
    html! {
        @if !form.problems.is_empty() {
            div.problems role="alert" {
                p { "Please look at this again:" }
                ul {
                    @for problem in &form.problems {
                        li {
                            @if problem.field.is_empty() { (problem.message) }
                            @else { a href={ "#" (problem.field) } { (problem.message) } }
                        }
                    }
                }
            }
        }
    }
}
