//! What is wrong with a file, and where; and the report in which a reader gathers it.

use std::fmt;

use crate::guess::did_you_mean;

/// So many problems of one file are kept: whoever mends these first sees the others on the next reading.
const MOST_PROBLEMS: usize = 100;

/// Something wrong with a content file, in words for the person who edits it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// The file's path relative to `content/`.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character within the line, from 1.
    pub column: usize,
    /// What is wrong, and what to do about it.
    pub message: String,
    /// What may stand there instead, where that is a short list.
    pub allowed: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file, self.line, self.column, self.message
        )?;
        match &self.allowed {
            Some(allowed) => write!(f, " (allowed: {allowed})"),
            None => Ok(()),
        }
    }
}

/// Gathers the problems of one file. Places are given as byte offsets into its text.
pub(crate) struct Report<'t> {
    path: &'t str,
    text: &'t str,
    line_starts: Vec<usize>,
    problems: Vec<Problem>,
}

impl<'t> Report<'t> {
    pub(crate) fn new(path: &'t str, text: &'t str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            path,
            text,
            line_starts,
            problems: Vec::new(),
        }
    }

    /// The line and column, both from 1, of a byte offset; of the file's end for one beyond it.
    pub(crate) fn place(&self, at: usize) -> (usize, usize) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self
            .line_starts
            .partition_point(|&start| start <= at)
            .max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..at)
            .map_or(0, |before| before.chars().count())
            + 1;
        (line, column)
    }

    pub(crate) fn add(&mut self, at: usize, message: impl Into<String>) {
        self.push(at, message.into(), None);
    }

    /// The same, unless the file has that problem already.
    pub(crate) fn add_once(&mut self, at: usize, message: String) {
        if !self
            .problems
            .iter()
            .any(|problem| problem.message == message)
        {
            self.add(at, message);
        }
    }

    pub(crate) fn add_allowed(
        &mut self,
        at: usize,
        message: impl Into<String>,
        allowed: impl Into<String>,
    ) {
        self.push(at, message.into(), Some(allowed.into()));
    }

    /// A word that is in no list: says which list (`what` with its article), guesses, and says what is allowed.
    pub(crate) fn unknown<W: AsRef<str>>(
        &mut self,
        at: usize,
        what: &str,
        word: &str,
        allowed: &[W],
    ) {
        let guess = did_you_mean(word, allowed.iter().map(AsRef::as_ref));
        let word: String = word.chars().take(60).collect();
        let message = format!("`{word}` is not {what}{guess}");
        if allowed.is_empty() {
            self.add(at, message);
        } else {
            let list: Vec<&str> = allowed.iter().map(AsRef::as_ref).collect();
            self.add_allowed(at, message, list.join(", "));
        }
    }

    /// How many problems there are so far, to see whether a part of the file brought new ones.
    pub(crate) fn count(&self) -> usize {
        self.problems.len()
    }

    /// The problems in the order of the file.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        self.problems
            .sort_by_key(|problem| (problem.line, problem.column));
        self.problems
    }

    /// A problem at a line and column that were looked up before.
    pub(crate) fn add_at_place(&mut self, place: (usize, usize), message: impl Into<String>) {
        self.push_at(place, message.into(), None);
    }

    fn push(&mut self, at: usize, message: String, allowed: Option<String>) {
        let place = self.place(at);
        self.push_at(place, message, allowed);
    }

    fn push_at(
        &mut self,
        (line, column): (usize, usize),
        message: String,
        allowed: Option<String>,
    ) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem {
                file: self.path.to_owned(),
                line,
                column,
                message,
                allowed,
            });
        }
    }
}
