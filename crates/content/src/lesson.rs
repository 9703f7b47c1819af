//! A lesson: what whoever leads a weekly meeting or a class reads, or a learner reads alone.

use crate::facts::SENTENCE;
use crate::practice::{hash, is_slug, split};
use crate::problem::Report;
use crate::table::{self, Table};
use crate::wording;
use crate::words::{Audience, LedBy};

/// A lesson as its file describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    /// The file's name without `.md`.
    pub slug: String,
    /// Its name on the screen.
    pub title: String,
    /// One sentence: what it is.
    pub summary: String,
    /// How long it takes.
    pub minutes: f64,
    /// Whom it is for; the key `for` of the file.
    pub audience: Vec<Audience>,
    /// Who leads it.
    pub led_by: LedBy,
    /// What to have at hand.
    pub needs: Vec<String>,
    /// Its text.
    pub sections: Vec<LessonSection>,
    /// The first 12 hexadecimal digits of the SHA-256 of the file's text, its line ends normalised.
    pub revision: String,
}

/// A heading of a lesson, and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonSection {
    /// The heading.
    pub heading: String,
    /// Paragraphs and lists, in order.
    pub blocks: Vec<LessonBlock>,
}

/// A piece of a lesson's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LessonBlock {
    /// A paragraph.
    Paragraph(String),
    /// A list.
    List(Vec<String>),
}

/// Reads a lesson; none when anything is wrong with it, which is then reported.
pub(crate) fn read(report: &mut Report<'_>, slug: &str, text: &str) -> Option<Lesson> {
    if !is_slug(slug) {
        report.add(0, "a lesson's file name has small letters, digits and single hyphens only, such as self-week-1.md");
    }
    let (facts, text_at) = split(report, text, "lesson")?;
    let document = table::parse(report, facts.start, text.get(facts.clone())?)?;
    let mut table = Table::new(&document, facts.start, 0);
    let title = table.text(report, "title", 60);
    let summary = table.text(report, "summary", 160);
    let minutes = table.number(report, "minutes");
    if minutes.is_some_and(|minutes| !(1.0..=240.0).contains(&minutes)) {
        let at = table.place_of("minutes");
        report.add_allowed(at, "these minutes are out of bounds", "1 to 240");
    }
    let audience = table.words::<Audience>(report, "for");
    let led_by = table.word::<LedBy>(report, "led_by");
    let needs = table.texts(report, "needs", SENTENCE);
    for words in needs.iter().chain([&title, &summary]) {
        wording::check_for_all(report, words.at, &words.value);
    }
    table.close(report);
    let sections = sections(report, text_at, text.get(text_at..)?);
    let (minutes, led_by) = (minutes?, led_by?);
    (report.count() == 0).then(|| Lesson {
        slug: slug.to_owned(),
        title: title.value,
        summary: summary.value,
        minutes,
        audience,
        led_by,
        needs: needs.into_iter().map(|need| need.value).collect(),
        sections,
        revision: hash(text, 12),
    })
}

/// Reads `## Heading`, paragraphs and `- ` lists. Lines that follow each other belong together.
fn sections(report: &mut Report<'_>, start: usize, text: &str) -> Vec<LessonSection> {
    let mut sections: Vec<LessonSection> = Vec::new();
    // The paragraph or the point of a list that the next line goes on with, and where it begins.
    let mut going_on = false;
    let mut begun_at = Vec::new();
    let (mut at, mut said_no_heading) = (start, false);
    for line in text.split_inclusive('\n') {
        let begin = at + (line.len() - line.trim_start().len());
        at += line.len();
        let line = line.trim();
        if line.is_empty() {
            going_on = false;
            continue;
        }
        if line.starts_with('#') {
            going_on = false;
            let heading = line.trim_start_matches('#').trim();
            if !line.starts_with("## ") || heading.is_empty() {
                report.add(
                    begin,
                    "write a heading with two # and a space: “## Before you begin”",
                );
            }
            begun_at.push((begin, heading.to_owned()));
            sections.push(LessonSection {
                heading: heading.to_owned(),
                blocks: Vec::new(),
            });
            continue;
        }
        let Some(section) = sections.last_mut() else {
            if !said_no_heading {
                report.add(begin, "a lesson begins with a heading: write a line such as “## Before you begin” above this");
            }
            said_no_heading = true;
            continue;
        };
        let point = line.strip_prefix("- ").map(str::trim);
        match (point, section.blocks.last_mut()) {
            (Some(point), Some(LessonBlock::List(points))) => {
                points.push(point.to_owned());
                begun_at.push((begin, point.to_owned()));
            }
            (Some(point), _) => {
                section
                    .blocks
                    .push(LessonBlock::List(vec![point.to_owned()]));
                begun_at.push((begin, point.to_owned()));
            }
            (None, Some(last)) if going_on => {
                let more = match last {
                    LessonBlock::Paragraph(text) => Some(text),
                    LessonBlock::List(points) => points.last_mut(),
                };
                if let Some(text) = more {
                    text.push(' ');
                    text.push_str(line);
                }
                if let Some((_, text)) = begun_at.last_mut() {
                    text.push(' ');
                    text.push_str(line);
                }
            }
            (None, _) => {
                section.blocks.push(LessonBlock::Paragraph(line.to_owned()));
                begun_at.push((begin, line.to_owned()));
            }
        }
        going_on = true;
    }
    for (at, text) in &begun_at {
        wording::check_for_all(report, *at, text);
        let is_marked = ["**", "__", "](", "`"]
            .iter()
            .any(|mark| text.contains(mark));
        if is_marked || text.starts_with(['*', '>', '|']) {
            report.add(*at, "a lesson has headings, paragraphs and lists with hyphens only: take the other marks out");
        }
    }
    if sections.is_empty() && !said_no_heading {
        report.add(
            start,
            "there is no text: begin it with a heading such as “## Before you begin”",
        );
    }
    for section in &sections {
        if section.blocks.is_empty() {
            let heading = &section.heading;
            let at = begun_at
                .iter()
                .find(|(_, text)| text == heading)
                .map_or(start, |(at, _)| *at);
            report.add(
                at,
                "there is nothing under this heading: take it out, or write something there",
            );
        }
    }
    sections
}
