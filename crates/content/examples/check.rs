//! Reads and plays a content folder: `cargo run -p kith-content --example check -- content`.

#![allow(clippy::print_stdout)]

use std::path::Path;

use kith_content::instrument::answer;
use kith_content::{File, Library, check, walk};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "content".into());
    let mut files = Vec::new();
    gather(Path::new(&folder), "", &mut files)?;
    let loaded = Library::read(files);
    let (problems, played) = check(&loaded.library);
    let (walk_problems, walked) = walk(&loaded.library);
    let (answer_problems, answered) = answer(&loaded.library);
    let all: Vec<_> = [loaded.problems, problems, walk_problems, answer_problems].concat();
    for problem in &all {
        println!("{problem}");
    }
    let practices = loaded.library.practices().count();
    let programmes = loaded.library.programmes().count();
    let instruments = loaded.library.instruments().count();
    println!(
        "{practices} practices played {played} times, {programmes} programmes walked {walked} times, {instruments} instruments answered {answered} times, {} problems",
        all.len()
    );
    Ok(())
}

fn gather(
    folder: &Path,
    before: &str,
    files: &mut Vec<File>,
) -> Result<(), Box<dyn std::error::Error>> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            gather(&entry.path(), &format!("{path}/"), files)?;
        } else {
            let text = String::from_utf8_lossy(&std::fs::read(entry.path())?).into_owned();
            files.push(File { path, text });
        }
    }
    Ok(())
}
