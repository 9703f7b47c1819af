//! The program as `kith` uses it: a sheet in, a file or a reason out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use kith_sheet::{Part, Refusal, Run, Sheet, Weight};

fn told(input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kith-pdf"))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // It may have heard enough before it is told everything.
    let _ = stdin.write_all(input);
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn sheet(text: &str) -> Sheet {
    Sheet {
        language: "en".to_owned(),
        title: "A sheet".to_owned(),
        parts: vec![Part::Paragraph {
            words: vec![Run {
                text: text.to_owned(),
                weight: Weight::Plain,
            }],
        }],
        ..Sheet::default()
    }
}

fn refused(input: &[u8]) -> (Refusal, Option<i32>) {
    let output = told(input);
    assert!(output.stdout.is_empty());
    let line = String::from_utf8(output.stderr).unwrap();
    assert_eq!(line.lines().count(), 1, "{line}");
    (serde_json::from_str(&line).unwrap(), output.status.code())
}

#[test]
fn a_sheet_becomes_the_file_the_library_makes_and_nothing_else_is_said() {
    let sheet = sheet("A few words.");
    let output = told(&serde_json::to_vec(&sheet).unwrap());
    assert!(output.status.success() && output.stderr.is_empty());
    assert_eq!(output.stdout, kith_pdf::make(&sheet).unwrap());
}

#[test]
fn each_kind_of_refusal_has_its_line_and_its_status() {
    let as_json = |sheet: &Sheet| serde_json::to_vec(sheet).unwrap();
    let long = sheet(&"Too much for one page. ".repeat(2_000));
    assert_eq!(refused(&as_json(&long)), (Refusal::TooLong, Some(3)));
    let foreign = sheet("漢");
    let wanted = Refusal::NoLetter { letter: '漢' };
    assert_eq!(refused(&as_json(&foreign)), (wanted, Some(4)));
    let mut nowhere = sheet("A few words.");
    nowhere.language = "no language".to_owned();
    let (refusal, status) = refused(&as_json(&nowhere));
    assert!(matches!(refusal, Refusal::Refused { .. }), "{refusal}");
    assert_eq!(status, Some(5));
}

#[test]
fn what_is_no_sheet_or_too_large_is_refused_without_a_word_of_it() {
    let mut newer = serde_json::to_value(sheet("secret")).unwrap();
    newer["secret"] = "secret".into();
    let mut older = serde_json::to_value(sheet("secret")).unwrap();
    older.as_object_mut().unwrap().remove("foot");
    let mut wrong = serde_json::to_value(sheet("secret")).unwrap();
    wrong["parts"][0]["kind"] = "secret".into();
    for input in [
        Vec::new(),
        b"secret".to_vec(),
        newer.to_string().into_bytes(),
        older.to_string().into_bytes(),
        wrong.to_string().into_bytes(),
        serde_json::to_vec(&sheet(&"secret ".repeat(700_000))).unwrap(),
        vec![b'['; 100_000],
    ] {
        let (refusal, status) = refused(&input);
        assert!(matches!(refusal, Refusal::NoSheet { .. }), "{refusal}");
        assert!(!refusal.to_string().contains("secret"), "{refusal}");
        assert_eq!(status, Some(2));
    }
}
