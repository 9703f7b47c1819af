//! Valid content is read whole, and plays.

use crate::support::{file, practice, valid_files, with};
use kith_content::{Library, Modality, Restriction, Seen, Strength, check, try_practice};

fn said(problems: &[kith_content::Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_valid_files_and_the_documents_example_have_no_problem_and_play() {
    let loaded = Library::read(valid_files());
    assert_eq!(said(&loaded.problems), [""; 0]);
    let (problems, played) = check(&loaded.library);
    assert_eq!(said(&problems), [""; 0]);
    // The example: 7 whole minutes, each as usual, with eyes open, and with the warm wishes.
    // Three breaths: both ends, each with the breath and without.
    assert_eq!(played, 7 * 3 + 2 * 2);
}

#[test]
fn facts_are_read_as_they_are_written() {
    let loaded = Library::read(valid_files());
    let dear = loaded.library.practice("wishes-dear").unwrap();
    assert_eq!(dear.title, "Good wishes for someone dear");
    assert_eq!(dear.modality, Modality::Phrases);
    assert_eq!(dear.also, [Modality::Memory]);
    assert_eq!(dear.minutes, (4.0, 10.0));
    assert_eq!(dear.strength, Strength::C);
    assert_eq!(dear.anchor.as_deref(), Some("after brushing your teeth"));
    assert_eq!(dear.variables["dear_one"].default, "the one you chose");
    assert_eq!(dear.script.sections(), ["Arrive", "Someone dear", "Close"]);
    assert_eq!(dear.revision.len(), 12);
    let breaths = loaded.library.practice("three-breaths").unwrap();
    assert_eq!(breaths.restricted, Some(Restriction::PractitionerFirst));
    assert_eq!(
        breaths.script.cues(),
        [
            "Follow three breaths, in and out.",
            "Listen to three sounds."
        ]
    );
    let slugs: Vec<&str> = loaded
        .library
        .practices()
        .map(|practice| practice.slug.as_str())
        .collect();
    assert_eq!(slugs, ["three-breaths", "wishes-dear"]);
}

#[test]
fn lists_are_read_in_the_order_of_their_files() {
    let library = Library::read(valid_files()).library;
    assert_eq!(library.phrases().len(), 2);
    assert_eq!(library.phrase_set("warm").unwrap().me, ["May I be well."]);
    assert_eq!(library.barriers()[1].code, "sleepy");
    assert_eq!(library.layers()[0].audience, ["client"]);
    assert_eq!(library.layers()[0].version.len(), 16);
    assert_eq!(library.sources()[0].seen, Seen::Abstract);
    assert_eq!(
        library.nearest_practice("tree-breath"),
        Some("three-breaths")
    );
    assert_eq!(library.nearest_practice("qqqq"), None);
}

#[test]
fn a_later_file_replaces_an_earlier_one_with_the_same_path() {
    let loaded = with(
        "practices/three-breaths.md",
        practice(
            "title = \"Mine\"\nminutes = [0.3, 3]",
            "# A\nRest.\n[silence 1 60 300]\n",
        ),
    );
    assert_eq!(said(&loaded.problems), [""; 0]);
    assert_eq!(
        loaded.library.practice("three-breaths").unwrap().title,
        "Mine"
    );
}

#[test]
fn good_files_are_kept_when_others_have_problems() {
    let loaded = with("practices/broken.md", "no facts");
    assert_eq!(loaded.problems.len(), 1);
    assert_eq!(loaded.library.practices().count(), 2);
}

#[test]
fn line_ends_and_a_byte_order_mark_change_neither_meaning_nor_revision() {
    let text = practice("", "# A\nRest.\n[silence 1 60 300]\n");
    let dos = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let read = |text: String| {
        Library::read([file("practices/a.md", text)])
            .library
            .practice("a")
            .cloned()
    };
    assert_eq!(read(text.clone()), read(dos));
    assert_ne!(
        read(text.clone()).unwrap().revision,
        read(text + "; a note\n").unwrap().revision
    );
}

#[test]
fn a_layer_has_another_version_when_a_word_changes() {
    let consent = include_str!("valid/consent.toml");
    let changed = with("consent.toml", consent.replace("Another.", "Another one."));
    let as_before = with(
        "consent.toml",
        consent.replace("required = true", "required = false"),
    );
    let version = |loaded: &kith_content::Loaded| loaded.library.layers()[0].version.clone();
    assert_ne!(version(&changed), version(&Library::read(valid_files())));
    assert_eq!(version(&as_before), version(&Library::read(valid_files())));
}

#[test]
fn nothing_at_all_is_no_problem() {
    let loaded = Library::read([]);
    assert!(loaded.problems.is_empty());
    assert_eq!(check(&loaded.library), (Vec::new(), 0));
}

#[test]
fn checking_says_what_the_script_can_give() {
    let too_short = practice("minutes = [1, 3]", "# A\nRest.\n[silence 1 5 80]\n");
    let too_long = practice("minutes = [0.4, 3]", "# A\nRest.\n[silence 30 50 200]\n");
    let short_end = practice(
        "minutes = [1, 2]",
        "# A\n[repeat 1 to 2]\nRest.\n[silence 54 54 54]\n[end]\n[silence 1 5 6]\n",
    );
    let hole = practice(
        "minutes = [2, 3]",
        "# A\n[repeat 1 to 2]\nRest.\n[silence 90 90 94]\n[end]\n",
    );
    let silent = practice(
        "minutes = [1, 2]",
        "# A\n[silence 1 60 110]\nRest.\n[silence 1 10 110]\n",
    );
    let cases = [
        (
            too_short,
            "at 2 minutes the longest it can be is 1:21: raise the most silences",
        ),
        (
            too_long,
            "at 0.4 minutes the shortest it can be is 0:31: lower the least silences or raise the range",
        ),
        (short_end, "at 2 minutes the longest it can be is 1:56"),
        (
            hole,
            "at 2 minutes nothing fits: it can be up to 1:35 or from 3:02 on",
        ),
        (silent, "it begins with silence"),
    ];
    for (text, expected) in cases {
        let loaded = with("practices/odd.md", text);
        assert_eq!(said(&loaded.problems), [""; 0]);
        let problems = check(&loaded.library).0;
        let first = problems
            .first()
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(first.starts_with("practices/odd.md:6:11: "), "{first}");
        assert!(first.contains(expected), "{first}");
    }
}

const CARD: &str = "[[card]]\nid = \"doubt\"\naudience = \"client\"\ntitle = \"Doubt\"\nwhen = \"They doubt.\"\nseconds = 10\ntext = [\"Try it once.\"]\nlimit = \"Untested.\"\n[[card.number]]\nwords = \"None so far\"\nsource = \"cct-sonoma\"\n";
const WAYS: &str = "[[moment]]\nid = \"kettle\"\nwords = \"When the kettle is on\"\nfor = [\"anyone\"]\nseconds = 300\nposture = \"standing\"\n[[person]]\nid = \"easy\"\nwords = \"somebody easy\"\ntarget = \"loved-one\"\nfor = [\"anyone\"]\n[[practice]]\nid = \"wish\"\npractice = \"wishes-dear\"\npostures = [\"standing\"]\ntargets = [\"loved-one\"]\nmost_minutes = 5\nsentence = \"think of {person}\"\n";

#[test]
fn rationales_and_ways_are_read_as_they_are_written() {
    let loaded = with("rationale.toml", CARD);
    assert_eq!(said(&loaded.problems), [""; 0]);
    let card = &loaded.library.rationales()[0];
    assert_eq!((card.id.as_str(), card.seconds), ("doubt", 10.0));
    assert_eq!(card.numbers[0].source, "cct-sonoma");
    let loaded = with("ways.toml", WAYS);
    assert_eq!(said(&loaded.problems), [""; 0]);
    let ways = loaded.library.ways();
    assert_eq!((ways.moments.len(), ways.people.len()), (1, 1));
    assert_eq!(ways.practices[0].sentence, "think of {person}");
}

#[test]
fn what_a_rationale_or_a_way_may_not_be_is_said() {
    let cases = [
        (
            "rationale.toml",
            CARD,
            "seconds = 10",
            "seconds = 4",
            "no short answer",
        ),
        (
            "rationale.toml",
            CARD,
            "\"client\"",
            "\"boss\"",
            "not somebody to speak to",
        ),
        (
            "rationale.toml",
            CARD,
            "cct-sonoma",
            "cct-sonomma",
            "did you mean `cct-sonoma`?",
        ),
        (
            "rationale.toml",
            CARD,
            "Try it once.",
            "This will heal you.",
            "a promise",
        ),
        (
            "rationale.toml",
            CARD,
            "[\"Try it once.\"]",
            "[]",
            "at least one paragraph",
        ),
        (
            "rationale.toml",
            CARD,
            "Try it once.",
            LONG,
            "40 words cannot be said in 10 seconds",
        ),
        (
            "ways.toml",
            WAYS,
            "When the",
            "when the",
            "begins with a capital letter",
        ),
        (
            "ways.toml",
            WAYS,
            "somebody easy",
            "Somebody easy",
            "begins with a small letter",
        ),
        (
            "ways.toml",
            WAYS,
            "kettle is on",
            "kettle is on,",
            "take the sign at its end out",
        ),
        (
            "ways.toml",
            WAYS,
            "think of {person}",
            "think of {somebody}",
            "names {person} once",
        ),
        (
            "ways.toml",
            WAYS,
            "targets = [\"loved-one\"]\n",
            "",
            "names {person} once",
        ),
        (
            "ways.toml",
            WAYS,
            "targets = [\"loved-one\"]",
            "targets = [\"colleague\"]",
            "is not for `colleague`",
        ),
        (
            "ways.toml",
            WAYS,
            "wishes-dear",
            "wishes-deer",
            "did you mean `wishes-dear`?",
        ),
        (
            "ways.toml",
            WAYS,
            "wishes-dear",
            "three-breaths",
            "everybody may start",
        ),
        (
            "ways.toml",
            WAYS,
            "seconds = 300",
            "seconds = 30",
            "long enough for it",
        ),
        (
            "ways.toml",
            WAYS,
            "most_minutes = 5",
            "most_minutes = 11",
            "can last from 4 to 10 minutes",
        ),
        (
            "ways.toml",
            WAYS,
            "seconds = 300",
            "seconds = 3",
            "no moment of a day",
        ),
        (
            "ways.toml",
            WAYS,
            "postures = [\"standing\"]",
            "postures = [\"lying\"]",
            "long enough for it",
        ),
        (
            "ways.toml",
            WAYS,
            "target = \"loved-one\"",
            "target = \"stranger\"",
            "no [[person]] is a `loved-one`",
        ),
    ];
    for (path, text, from, to, part) in cases {
        assert!(text.contains(from), "{from}");
        let found = said(&with(path, text.replacen(from, to, 1)).problems);
        assert!(
            found.iter().any(|problem| problem.contains(part)),
            "{part}: {found:?}"
        );
    }
}

const LONG: &str = "one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten one two three four five six seven eight nine ten";

#[test]
fn a_way_to_a_practice_that_is_broken_itself_is_left_out_without_a_second_complaint() {
    let broken = practice("title = \"\"", "# A\nRest.\n[silence 1 60 300]\n");
    let ways = WAYS.replace("wishes-dear", "broken");
    let files = [file("practices/broken.md", broken), file("ways.toml", ways)];
    let loaded = Library::read(valid_files().into_iter().chain(files));
    assert_eq!(loaded.problems.len(), 1, "{:?}", loaded.problems);
    assert!(loaded.library.ways().practices.is_empty());
}

#[test]
fn a_practice_that_is_still_being_written_is_tried_without_becoming_part_of_the_library() {
    let library = &with(
        "practices/other.md",
        practice("", "# A\n\nSit.\n[silence 20 60 300]"),
    )
    .library;
    let good = practice(
        "restricted = \"chosen\"\ninstead = false",
        "# A\n\nSit.\n[silence 20 60 300]",
    );
    let (found, problems) = try_practice(library, "own-one", &good);
    assert_eq!(problems, []);
    let found = found.unwrap();
    assert_eq!(found.restricted, Some(Restriction::Chosen));
    assert!(!found.instead);
    assert!(library.practice("own-one").is_none());
    assert!(
        library.practice("other").unwrap().instead,
        "unless it says otherwise"
    );

    // It reads, and cannot last what it promises: both are told.
    let short = practice("", "# A\n\nSit.\n[silence 1 2 3]");
    let (found, problems) = try_practice(library, "own-one", &short);
    assert!(found.is_some());
    assert!(
        problems[0].message.contains("the longest it can be"),
        "{problems:?}"
    );

    // The sources and the wishes are the library's.
    let claims = practice(
        "evidence = [\"nobody1999\"]",
        "# A\n\nSit.\n[silence 20 60 300]",
    );
    let (found, problems) = try_practice(library, "own-one", &claims);
    assert!(found.is_none() && problems[0].message.contains("no source has the id"));
    let nothing = try_practice(library, "Own One", "");
    assert!(nothing.0.is_none() && !nothing.1.is_empty());
}
