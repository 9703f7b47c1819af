//! `kith-pdf`: one sheet as JSON on standard input, one PDF on standard output.
//!
//! Where there is none, one line of JSON on standard error says why (`kith_sheet::Refusal`), and the status says it too: 2 no
//! sheet, 3 too long for a page, 4 a letter no typeface has, 5 refused by the typesetter. It takes no options.

use std::io::{Read, Write, stderr, stdin, stdout};
use std::process::ExitCode;

use kith_sheet::{Refusal, Sheet};

/// The most that is read, bytes. The fullest handout there is takes a fiftieth of it.
const LARGEST: u64 = 4 * 1024 * 1024;

fn main() -> ExitCode {
    match read().and_then(|sheet| kith_pdf::make(&sheet)) {
        Ok(pdf) => match stdout().write_all(&pdf).and_then(|()| stdout().flush()) {
            Ok(()) => ExitCode::SUCCESS,
            // Nobody is listening any more.
            Err(_) => ExitCode::FAILURE,
        },
        Err(refusal) => {
            let told = serde_json::to_string(&refusal).unwrap_or_default();
            // The status says it too, where standard error is closed.
            let _ = writeln!(stderr(), "{told}");
            ExitCode::from(refusal.status())
        }
    }
}

fn read() -> Result<Sheet, Refusal> {
    let no_sheet = |why: String| Refusal::NoSheet { why };
    let mut told = Vec::new();
    stdin()
        .take(LARGEST + 1)
        .read_to_end(&mut told)
        .map_err(|error| no_sheet(format!("standard input cannot be read: {error}")))?;
    if told.len() as u64 > LARGEST {
        return Err(no_sheet(format!("it is larger than {LARGEST} bytes")));
    }
    // Where it is wrong, and not how: serde's own words quote what stands there.
    serde_json::from_slice(&told).map_err(|error| {
        no_sheet(format!(
            "it is wrong at line {}, column {}",
            error.line(),
            error.column()
        ))
    })
}
