//! Parses the lines of a script into its tree.

mod cue;

use std::collections::{BTreeMap, BTreeSet};

use cue::{Lines, Paragraph};

use crate::directive::{self, Directive, Opening};
use crate::problem::Report;
use crate::script::{Item, Script};
use crate::variables::Variable;
use crate::wording;
use crate::words::Form;

/// How many blocks may stand inside one another.
const DEEPEST: usize = 4;

/// A script and what the reader of the practice still needs to know of it.
#[derive(Default)]
pub(crate) struct Parsed {
    pub(crate) script: Script,
    /// The variables that were used.
    pub(crate) used: BTreeSet<String>,
    /// Where wishes are first spoken.
    pub(crate) wishes_at: Option<usize>,
    /// Where the optional blocks begin, and from how many milliseconds on they come in.
    pub(crate) optional_from: Vec<(usize, u64)>,
}

/// Parses a script that begins `start` bytes into the file.
pub(crate) fn parse(
    report: &mut Report<'_>,
    start: usize,
    text: &str,
    variables: &BTreeMap<String, Variable>,
) -> Parsed {
    let mut parser = Parser {
        report,
        variables,
        parsed: Parsed::default(),
        section: None,
        blocks: Vec::new(),
        root: Vec::new(),
        paragraph: None,
        heading: None,
        said_no_section: false,
        is_excused: false,
        notes: Vec::new(),
        in_note: false,
    };
    let mut at = start;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        parser.line(at + indent, line.trim());
        at += line.len();
    }
    parser.finish(start, at)
}

struct Parser<'p, 'r> {
    report: &'p mut Report<'r>,
    variables: &'p BTreeMap<String, Variable>,
    parsed: Parsed,
    section: Option<usize>,
    blocks: Vec<Block>,
    root: Vec<Item>,
    paragraph: Option<Paragraph>,
    /// Where the last heading stands, while nothing has come under it.
    heading: Option<usize>,
    said_no_section: bool,
    /// Whether a note `; checked: reason` stands above the next cue.
    is_excused: bool,
    /// Notes that have not found their place among the items yet.
    notes: Vec<String>,
    /// Whether the line before was a note, which goes on on this one.
    in_note: bool,
}

/// A block that waits for its `[end]`.
struct Block {
    at: usize,
    opening: Opening,
    items: Vec<Item>,
    /// Whether anything stands in it, be it wrong.
    is_filled: bool,
    /// What stands before `[else]`, once that came.
    then: Option<Vec<Item>>,
    /// The section around it, which goes on after it.
    section: Option<usize>,
}

impl Parser<'_, '_> {
    fn line(&mut self, at: usize, line: &str) {
        if let Some(note) = line.strip_prefix(';') {
            // Whoever wrote the reason has looked at the next cue.
            let reason = note.trim_start().strip_prefix("checked:");
            let is_reason = reason.is_some_and(|reason| !reason.trim().is_empty());
            self.is_excused |= is_reason;
            if !is_reason {
                self.note(note);
            }
            return;
        }
        self.in_note = false;
        if line.is_empty() {
            self.end_paragraph();
        } else if line.starts_with('#') {
            self.end_paragraph();
            self.heading(at, line);
        } else if line.starts_with('[') {
            self.end_paragraph();
            self.directive(at, line);
        } else if let Some(other) = line.strip_prefix('~') {
            self.other_wording(at, other);
        } else {
            self.need_section(at);
            let paragraph = self.paragraph.get_or_insert_with(|| Paragraph {
                wordings: vec![Lines::default()],
            });
            if let Some(lines) = paragraph.wordings.last_mut() {
                lines.push(at, line);
            }
        }
    }

    /// Lines of notes that follow each other belong together. `; checked: …` is for whoever checks the file.
    fn note(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() || line.starts_with("checked:") {
            self.in_note = false;
            return;
        }
        match self.notes.last_mut().filter(|_| self.in_note) {
            Some(note) => {
                note.push(' ');
                note.push_str(line);
            }
            None => self.notes.push(line.to_owned()),
        }
        self.in_note = true;
    }

    /// Puts the notes where they stand: not before now, so that a cue's other wording (~) still finds its cue.
    fn place_notes(&mut self) {
        let notes = std::mem::take(&mut self.notes);
        match self.section {
            None => self.parsed.script.notes.extend(notes),
            Some(_) => self.items().extend(notes.into_iter().map(Item::Note)),
        }
    }

    fn heading(&mut self, at: usize, line: &str) {
        self.place_notes();
        self.report_empty_section();
        let title = line.trim_start_matches('#').trim();
        if title.is_empty() {
            self.report
                .add(at, "this heading has no words: write “# Arrive”");
        } else if !line.starts_with("# ") {
            self.report
                .add(at, "write a heading with one # and a space: “# Arrive”");
        }
        wording::check_for_all(self.report, at, title);
        self.section = Some(self.parsed.script.sections.len());
        self.parsed.script.sections.push(title.to_owned());
        self.heading = Some(at);
    }

    fn directive(&mut self, at: usize, line: &str) {
        self.place_notes();
        let directive = directive::read(self.report, at, line);
        if !matches!(directive, Directive::End | Directive::Else) {
            self.need_section(at);
        }
        let section = self.section.unwrap_or(0);
        match directive {
            Directive::Silence(silence) => self.push(Item::Silence(silence)),
            Directive::Bell => self.push(Item::Bell { section }),
            Directive::Wishes { to, silence } => {
                self.parsed.wishes_at.get_or_insert(at);
                self.push(Item::Wishes {
                    section,
                    to,
                    silence,
                });
            }
            Directive::Open(opening) => self.open(at, opening),
            Directive::Else => self.otherwise(at),
            Directive::End => self.close(at),
            Directive::Broken => self.fill(),
        }
    }

    fn open(&mut self, at: usize, opening: Opening) {
        self.fill();
        if self.blocks.len() == DEEPEST {
            let message = format!(
                "this is the fifth block inside one another: {DEEPEST} are allowed, take one out"
            );
            self.report.add(at, message);
        }
        if let Opening::Optional { from } = opening {
            self.parsed.optional_from.push((at, from));
        }
        self.blocks.push(Block {
            at,
            opening,
            items: Vec::new(),
            is_filled: false,
            then: None,
            section: self.section,
        });
    }

    fn otherwise(&mut self, at: usize) {
        self.report_empty_section();
        let Some(block) = self.blocks.last_mut() else {
            self.report.add(
                at,
                "this [else] has no [when] before it: take it out, or write the [when]",
            );
            return;
        };
        match block.opening {
            Opening::When(_) | Opening::Broken if block.then.is_none() => {
                block.then = Some(std::mem::take(&mut block.items));
                self.section = block.section;
            }
            Opening::When(_) | Opening::Broken => {
                self.report.add(at, "this is the second [else] of one [when]: take it out, or end the first with [end]");
            }
            Opening::Repeat { .. } | Opening::Optional { .. } => {
                let (line, _) = self.report.place(block.at);
                let message = format!(
                    "[else] belongs to a [when], but the block of line {line} is open here: end that with [end] first"
                );
                self.report.add(at, message);
            }
        }
    }

    fn close(&mut self, at: usize) {
        self.report_empty_section();
        let Some(block) = self.blocks.pop() else {
            self.report
                .add(at, "this [end] has nothing to end: take it out");
            return;
        };
        self.section = block.section;
        if block.opening != Opening::Broken && !block.is_filled {
            self.report.add(
                block.at,
                "there is nothing between this line and its [end]: take both out, or fill them",
            );
        }
        // Deeper ones were reported; dropping their items keeps the tree shallow whatever the file holds.
        if self.blocks.len() >= DEEPEST {
            return;
        }
        let (items, then) = (block.items, block.then);
        match block.opening {
            Opening::Repeat { least, most } => self.push(Item::Repeat {
                least,
                most,
                body: items,
            }),
            Opening::Optional { from } => self.push(Item::Optional { from, body: items }),
            Opening::When(form) => {
                let (then, otherwise) = match then {
                    Some(then) => (then, items),
                    None => (items, Vec::new()),
                };
                self.push(Item::When {
                    form,
                    then,
                    otherwise,
                });
            }
            Opening::Broken => {}
        }
    }

    /// The forms whose wordings stand here: those on, not those under an `[else]`.
    fn forms(&self) -> Vec<Form> {
        self.blocks
            .iter()
            .filter(|block| block.then.is_none())
            .filter_map(|block| match block.opening {
                Opening::When(form) => Some(form),
                _ => None,
            })
            .collect()
    }

    fn need_section(&mut self, at: usize) {
        if self.section.is_none() && !self.said_no_section {
            self.said_no_section = true;
            self.report.add(
                at,
                "the script must begin with a heading: write a line such as “# Arrive” above this",
            );
        }
    }

    fn report_empty_section(&mut self) {
        if let Some(at) = self.heading.take() {
            self.report.add(
                at,
                "there is nothing under this heading: take it out, or say something there",
            );
        }
    }

    fn push(&mut self, item: Item) {
        self.place_notes();
        self.fill();
        self.items().push(item);
    }

    /// Notes that there is something under the heading and in the block.
    fn fill(&mut self) {
        self.heading = None;
        if let Some(block) = self.blocks.last_mut() {
            block.is_filled = true;
        }
    }

    /// The items of the innermost open block.
    fn items(&mut self) -> &mut Vec<Item> {
        match self.blocks.last_mut() {
            Some(block) => &mut block.items,
            None => &mut self.root,
        }
    }

    fn finish(mut self, start: usize, end: usize) -> Parsed {
        self.end_paragraph();
        self.place_notes();
        self.report_empty_section();
        for block in std::mem::take(&mut self.blocks) {
            self.report.add(
                block.at,
                "this block is never ended: add a line [end] where it stops",
            );
        }
        if self.parsed.script.sections.is_empty() && !self.said_no_section {
            self.report.add(
                start.min(end),
                "there is no script: begin it with a heading such as “# Arrive”",
            );
        }
        self.parsed.script.items = self.root;
        self.parsed
    }
}
