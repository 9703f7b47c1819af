//! What a sheet becomes: one page, tagged, in the largest letters that fit, and nothing in it is ever run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kith_pdf::make;
use kith_sheet::{Figure, Line, Part, Refusal, Run, Sheet, Weight};

fn line(text: &str) -> Line {
    vec![Run {
        text: text.to_owned(),
        weight: Weight::Plain,
    }]
}

fn sheet(parts: Vec<Part>) -> Sheet {
    Sheet {
        language: "en".to_owned(),
        title: "Can training in kindness ease low mood?".to_owned(),
        for_whom: "For you to keep".to_owned(),
        on: "30 November 2026".to_owned(),
        asked: "What was asked".to_owned(),
        parts,
        foot: "From Kith.".to_owned(),
        ..Sheet::default()
    }
}

fn paragraphs(count: usize) -> Vec<Part> {
    let words = line(&"Short exercises in kindness, towards people you like. ".repeat(6));
    vec![Part::Paragraph { words }; count]
}

fn figure(svg: &str) -> Part {
    Part::Figure(Figure {
        title: "Of 10 people".to_owned(),
        svg: svg.to_owned(),
        description: "Two circles, one of them full.".to_owned(),
        width: 40,
        key: vec![(CIRCLES.to_owned(), line("about 1 more with it"))],
        note: "A note.".to_owned(),
    })
}

const CIRCLES: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 40 20\"><circle cx=\"10\" cy=\"10\" r=\"8\"/><text x=\"20\" y=\"10\">One</text></svg>";

/// The file's objects as text, as far as they are not compressed.
fn text(pdf: &[u8]) -> String {
    String::from_utf8_lossy(pdf).into_owned()
}

fn pages(pdf: &[u8]) -> usize {
    let text = text(pdf);
    text.match_indices("/Type/Page")
        .filter(|(at, _)| !text[at + "/Type/Page".len()..].starts_with('s'))
        .count()
}

fn everything() -> Sheet {
    let mut all = sheet(vec![
        Part::Marked {
            parts: vec![
                Part::Lead {
                    words: line("What is said first."),
                },
                Part::Paragraph {
                    words: vec![
                        Run {
                            text: "Bold. ".to_owned(),
                            weight: Weight::Strong,
                        },
                        Run {
                            text: "Soft.".to_owned(),
                            weight: Weight::Soft,
                        },
                    ],
                },
            ],
        },
        Part::Section {
            heading: "A heading".to_owned(),
            parts: vec![Part::List {
                items: vec![line("One"), line("Two")],
            }],
        },
        Part::Blank {
            label: "When:".to_owned(),
        },
    ]);
    all.beside = vec![figure(CIRCLES)];
    all.below = vec![Part::Framed {
        parts: vec![Part::Fine {
            words: line("Somebody else’s."),
        }],
    }];
    all
}

#[test]
fn every_kind_of_part_is_one_tagged_page_with_language_title_and_description() {
    let pdf = make(&everything()).unwrap();
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert_eq!(pages(&pdf), 1);
    let text = text(&pdf);
    for wanted in [
        "/StructTreeRoot",
        "/Marked true",
        "/Lang(en)",
        "/DisplayDocTitle true",
        "/S/H1",
        "/S/H2",
        "/S/L/",
        "/S/LI",
        "/S/Figure",
        "/Alt(Two circles, one of them full.)",
        "<pdfuaid:part>1</pdfuaid:part>",
        "Can training in kindness ease low mood?",
    ] {
        assert!(text.contains(wanted), "{wanted}");
    }
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    assert_eq!(make(&everything()).unwrap(), make(&everything()).unwrap());
}

#[test]
fn more_words_are_set_smaller_and_what_does_not_fit_is_refused() {
    for count in [1, 8, 14] {
        let pdf = make(&sheet(paragraphs(count))).unwrap();
        assert_eq!(pages(&pdf), 1, "{count}");
    }
    assert_eq!(make(&sheet(paragraphs(60))), Err(Refusal::TooLong));
}

#[test]
fn what_somebody_writes_is_text_and_never_run() {
    let nasty = "#panic() $x$ *bold* #read(\"/etc/passwd\") <label> @ref ] } \\ // no // \"quoted\" #let sheet = 1";
    let mut wicked = sheet(vec![
        Part::Paragraph { words: line(nasty) },
        Part::Section {
            heading: nasty.to_owned(),
            parts: vec![Part::List {
                items: vec![line(nasty), line("")],
            }],
        },
    ]);
    wicked.title = nasty.to_owned();
    wicked.foot = nasty.to_owned();
    assert_eq!(pages(&make(&wicked).unwrap()), 1);
}

#[test]
fn a_picture_reaches_no_file_and_one_that_is_none_is_refused() {
    let outside = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><image href=\"/etc/hostname\" width=\"9\" height=\"9\"/></svg>";
    // A picture inside the picture that cannot be had is left out or refused; nothing is read.
    match make(&sheet(vec![figure(outside)])) {
        Ok(pdf) => assert_eq!(pages(&pdf), 1),
        Err(Refusal::Refused { .. }) => {}
        Err(other) => panic!("{other}"),
    }
    assert!(matches!(
        make(&sheet(vec![figure("no picture")])),
        Err(Refusal::Refused { .. })
    ));
}

#[test]
fn a_letter_no_typeface_has_is_named() {
    let words = line("Thank you, 漢!");
    assert_eq!(
        make(&sheet(vec![Part::Paragraph { words }])),
        Err(Refusal::NoLetter { letter: '漢' })
    );
    let words = line("Zürich, Łódź, Αθήνα, Київ, “quoted”, −0.5, 95 %");
    assert!(make(&sheet(vec![Part::Paragraph { words }])).is_ok());
}
