//! Data files of the commands: CSV with a header (RFC 4180), from a file or standard input.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use super::Failure;

/// What stands for a missing cell.
const MISSING: [&str; 3] = ["", "NA", "NaN"];

/// A data file, all in memory. Every row has a cell for every column.
#[derive(Debug)]
pub(super) struct Table {
    names: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    /// The line of the file it begins on, counted from 1.
    line: usize,
    cells: Vec<String>,
}

impl Table {
    /// Reads a file, or standard input where it is called `-`.
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let shown = file.display().to_string();
        let mut bytes = Vec::new();
        let read = if shown == "-" {
            std::io::stdin().lock().read_to_end(&mut bytes)
        } else {
            std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes))
        };
        read.map_err(|error| {
            Failure::wrong(format!("{shown} cannot be read: {error}."))
                .at("FILE")
                .allowing("a CSV file with a header, or - for standard input")
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let good = error.utf8_error().valid_up_to();
            let line = 1 + error.as_bytes()[..good]
                .iter()
                .filter(|b| **b == b'\n')
                .count();
            Failure::wrong(format!("{shown}, line {line}, is not UTF-8 text."))
                .at(&format!("line {line}"))
                .allowing("UTF-8")
        })?;
        Self::parse(&text)
    }

    /// Reads the text of a file.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        let mut records = records(text)?.into_iter();
        let header = records.next().ok_or_else(|| {
            Failure::wrong("The data are empty.")
                .at("line 1")
                .allowing("CSV whose first line names the columns")
        })?;
        let names: Vec<String> = header
            .cells
            .iter()
            .map(|name| name.trim().to_owned())
            .collect();
        let mut seen = HashSet::new();
        for (index, name) in names.iter().enumerate() {
            let wrong = if name.is_empty() {
                format!("Column {} has no name.", index + 1)
            } else if !seen.insert(name.as_str()) {
                format!("Two columns are called {name}.")
            } else {
                continue;
            };
            return Err(Failure::wrong(wrong).at("line 1"));
        }
        if let [name] = names.as_slice()
            && let Some(separator) = [';', '\t'].into_iter().find(|c| name.contains(*c))
        {
            return Err(
                Failure::wrong(format!("The columns are separated by {separator:?}."))
                    .at("line 1")
                    .allowing("commas"),
            );
        }
        let mut rows = Vec::new();
        for row in records {
            if row.cells.len() != names.len() {
                return Err(Failure::wrong(format!(
                    "Line {} has {} cells; the header has {}.",
                    row.line,
                    row.cells.len(),
                    names.len()
                ))
                .at(&format!("line {}", row.line)));
            }
            rows.push(row);
        }
        Ok(Self { names, rows })
    }

    /// The names of the columns, in the file's order.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// How many rows there are below the header.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The line of the file that a row begins on, counted from 1.
    pub(super) fn line(&self, row: usize) -> usize {
        self.rows[row].line
    }

    /// Whether there is a column of this name.
    pub(super) fn has(&self, column: &str) -> bool {
        self.names.iter().any(|name| name == column)
    }

    /// The cells of a column, without the space around them; `None` where one is missing (empty, `NA`, `NaN`).
    pub(super) fn texts(&self, column: &str) -> Result<Vec<Option<&str>>, Failure> {
        let index = self.index(column)?;
        Ok(self
            .rows
            .iter()
            .map(|row| {
                let cell = row.cells[index].trim();
                (!MISSING.contains(&cell)).then_some(cell)
            })
            .collect())
    }

    /// The cells of a column as finite numbers; `None` where one is missing.
    pub(super) fn numbers(&self, column: &str) -> Result<Vec<Option<f64>>, Failure> {
        let mut out = Vec::with_capacity(self.rows.len());
        for (row, cell) in self.texts(column)?.into_iter().enumerate() {
            out.push(match cell {
                None => None,
                Some(text) => match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => Some(number),
                    _ => {
                        return Err(self.wrong_cell(
                            row,
                            column,
                            format!("{text:?} is not a number"),
                            "a number, or nothing (or NA) where it is missing",
                        ));
                    }
                },
            });
        }
        Ok(out)
    }

    /// Whether every cell of a column that is not missing is a number.
    pub(super) fn is_numeric(&self, column: &str) -> bool {
        self.numbers(column).is_ok()
    }

    /// The complaint about one cell: names its line and column.
    pub(super) fn wrong_cell(
        &self,
        row: usize,
        column: &str,
        what: impl std::fmt::Display,
        allowed: &str,
    ) -> Failure {
        let line = self.line(row);
        Failure::wrong(format!("Line {line}, column {column}: {what}."))
            .at(&format!("line {line}, column {column}"))
            .allowing(allowed)
    }

    fn index(&self, column: &str) -> Result<usize, Failure> {
        self.names
            .iter()
            .position(|name| name == column)
            .ok_or_else(|| {
                Failure::wrong(format!("There is no column {column}."))
                    .at("line 1")
                    .allowing(format!(
                        "the columns of this file: {}",
                        self.names.join(", ")
                    ))
            })
    }
}

/// The records of CSV text by RFC 4180: commas, lines that end in LF or CRLF, cells in double quotes with a quote
/// inside doubled. Stricter than most readers: a quote inside an unquoted cell, or text after a closing quote, is an
/// error. Lines with nothing on them are passed over; a byte order mark at the start too.
fn records(text: &str) -> Result<Vec<Row>, Failure> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut out = Vec::new();
    let mut letters = text.chars().peekable();
    let mut line = 1;
    while letters.peek().is_some() {
        let mut row = Row {
            line,
            cells: Vec::new(),
        };
        let mut quoted_any = false;
        loop {
            let mut cell = String::new();
            if letters.next_if_eq(&'"').is_some() {
                quoted_any = true;
                let opened = line;
                loop {
                    match letters.next() {
                        Some('"') if letters.next_if_eq(&'"').is_some() => cell.push('"'),
                        Some('"') => break,
                        Some(letter) => {
                            line += usize::from(letter == '\n');
                            cell.push(letter);
                        }
                        None => return Err(bad_quote(opened, "a quote is never closed")),
                    }
                }
            } else {
                while let Some(letter) = letters.next_if(|c| !matches!(c, ',' | '\n' | '"')) {
                    cell.push(letter);
                }
                if letters.peek() == Some(&'\n') || letters.peek().is_none() {
                    // The carriage return belongs to the end of the line.
                    cell.truncate(cell.strip_suffix('\r').unwrap_or(&cell).len());
                }
            }
            row.cells.push(cell);
            letters.next_if(|c| quoted_any && *c == '\r');
            match letters.next() {
                Some(',') => {}
                Some('\n') => {
                    line += 1;
                    break;
                }
                None => break,
                Some('"') => {
                    return Err(bad_quote(line, "a quote stands inside an unquoted cell"));
                }
                Some(_) => return Err(bad_quote(line, "text follows a closing quote")),
            }
        }
        if quoted_any || row.cells.len() > 1 || !row.cells[0].trim().is_empty() {
            out.push(row);
        }
    }
    Ok(out)
}

fn bad_quote(line: usize, what: &str) -> Failure {
    Failure::wrong(format!("Line {line}: {what}."))
        .at(&format!("line {line}"))
        .allowing("a cell in double quotes, a quote inside it doubled (RFC 4180)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_file_as_spreadsheets_write_it_is_read() {
        let table = Table::parse(
            "\u{feff}study, yi ,\"a \"\"note\"\"\"\r\n\"Adams, 1990\",0.5,\"two\nlines\"\r\n\r\nBo,NA,\r\n",
        )
        .unwrap();
        assert_eq!(table.names(), ["study", "yi", "a \"note\""]);
        assert_eq!(
            table.texts("study").unwrap(),
            [Some("Adams, 1990"), Some("Bo")]
        );
        assert_eq!(table.numbers("yi").unwrap(), [Some(0.5), None]);
        assert_eq!(
            table.texts("a \"note\"").unwrap(),
            [Some("two\nlines"), None]
        );
        assert_eq!((table.line(0), table.line(1)), (2, 5));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_column() {
        let said = |text: &str, column: &str| {
            Table::parse(text)
                .and_then(|table| table.numbers(column))
                .unwrap_err()
                .message
        };
        assert_eq!(said("", "a"), "The data are empty.");
        assert_eq!(
            said("a,b\n1,2\n\n1\n", "a"),
            "Line 4 has 1 cells; the header has 2."
        );
        assert_eq!(
            said("a,b\n1,2\n1,x\n", "b"),
            "Line 3, column b: \"x\" is not a number."
        );
        assert_eq!(
            said("a,b\n1,inf\n", "b"),
            "Line 2, column b: \"inf\" is not a number."
        );
        assert_eq!(said("a,a\n", "a"), "Two columns are called a.");
        assert_eq!(said("a,\n", "a"), "Column 2 has no name.");
        assert_eq!(said("a;b\n1;2\n", "a"), "The columns are separated by ';'.");
        assert_eq!(said("a\n\"1\n", "a"), "Line 2: a quote is never closed.");
        assert_eq!(
            said("a\n1\"\n", "a"),
            "Line 2: a quote stands inside an unquoted cell."
        );
        assert_eq!(
            said("a\n\"1\"2\n", "a"),
            "Line 2: text follows a closing quote."
        );
        assert_eq!(said("a\n1\n", "b"), "There is no column b.");
    }

    proptest! {
        #[test]
        fn whatever_is_written_by_the_standard_is_read_as_it_was(
            rows in proptest::collection::vec(
                proptest::collection::vec("[a-z,\"\r\n é]{0,6}", 3), 0..6),
            crlf: bool,
        ) {
            let end = if crlf { "\r\n" } else { "\n" };
            let mut text = format!("x,y,z{end}");
            for row in &rows {
                let cells: Vec<String> = row
                    .iter()
                    .map(|cell| {
                        if cell.contains([',', '"', '\r', '\n']) {
                            format!("\"{}\"", cell.replace('"', "\"\""))
                        } else {
                            cell.clone()
                        }
                    })
                    .collect();
                text += &cells.join(",");
                text += end;
            }
            let table = Table::parse(&text).unwrap();
            let read: Vec<Vec<String>> = table.rows.into_iter().map(|row| row.cells).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn no_text_makes_it_fall_over(text in "[a-c,\"\r\n;]{0,40}") {
            let _ = Table::parse(&text);
        }
    }
}
