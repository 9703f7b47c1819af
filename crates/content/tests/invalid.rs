//! What is wrong is said where it is wrong, in plain words.

use crate::support::{practice, with};
use kith_content::Problem;

/// The script of every practice here begins on this line: 13 facts and two lines of +++ stand before it.
const SCRIPT: usize = 16;

fn problems(path: &str, text: String) -> Vec<Problem> {
    with(path, text).problems
}

/// Exactly one problem, on this line, with this in its message.
fn expect_one(path: &str, text: String, line: usize, part: &str) {
    let found = problems(path, text.clone());
    let all: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        found.len(),
        1,
        "expected “{part}” alone, got {all:#?} for\n{text}"
    );
    assert_eq!(found[0].line, line, "{all:?}");
    assert!(all[0].contains(part), "expected “{part}”, got {all:?}");
}

#[test]
fn facts() {
    let script = "# A\nRest.\n[silence 1 60 300]\n";
    let cases = [
        ("title = \"\"", 2, "`title` is empty"),
        ("title = 3", 2, "`title` must be text in \"quotes\""),
        ("title = \"Well done\"", 2, "praise"),
        ("summary = \"You must rest.\"", 3, "“you must” is an order"),
        (
            "modality = \"breath-bodi\"",
            4,
            "did you mean `breath-body`?",
        ),
        (
            "modality = \"phrases\"\nalso = [\"phrases\"]",
            15,
            "repeats the modality",
        ),
        (
            "also = [\"micro\", \"acts\", \"touch\"]",
            15,
            "more than two",
        ),
        (
            "targets = [\"selff\"]",
            5,
            "`selff` is not a target: did you mean `self`? (allowed: self, loved-one",
        ),
        ("targets = []", 5, "name at least one"),
        ("targets = [\"self\", \"self\"]", 5, "twice"),
        ("minutes = [3, 1]", 6, "write the least first"),
        ("minutes = [1, 61]", 6, "(allowed: 0.3 to 60)"),
        ("minutes = [1, nan]", 6, "must be two numbers"),
        ("minutes = 5", 6, "must be a list"),
        ("load = 4", 7, "(allowed: 1, 2, 3)"),
        ("load = \"1\"", 7, "must be a number"),
        ("audience = [\"adults\"]", 8, "did you mean `adult`?"),
        ("flags = [\"no-bodies\"]", 15, "did you mean `no-body`?"),
        ("restricted = \"practitioner\"", 15, "not a restriction"),
        ("cautions = \"none\"", 11, "must be a list"),
        (
            "evidence = [\"cct-sonomma\"]",
            12,
            "did you mean `cct-sonoma`?",
        ),
        (
            "evidence = [\"cct-sonoma\", \"cct-sonoma\"]",
            12,
            "named twice",
        ),
        ("strength = \"B\"", 13, "needs evidence"),
        ("strength = \"E\"", 13, "(allowed: A, B, C, D)"),
        ("sumary = \"x\"", 15, "did you mean `summary`?"),
        ("title = \"open", 2, "cannot be read"),
        (
            "[variables.dear_one]\nask = \"Who?\"\ndefault = \"them\"",
            15,
            "{dear_one} is never said",
        ),
    ];
    for (changed, line, part) in cases {
        expect_one("practices/new.md", practice(changed, script), line, part);
    }
    let title = format!("title = \"{}\"", "a".repeat(61));
    expect_one(
        "practices/new.md",
        practice(&title, script),
        2,
        "61 characters: shorten it to 60",
    );
    let missing = practice("", script).replace("setting = \"Anywhere\"\n", "");
    expect_one("practices/new.md", missing, 1, "`setting` is missing");
}

#[test]
fn scripts() {
    let cases = [
        ("Rest.\n", 0, "must begin with a heading"),
        ("", 0, "there is no script"),
        ("# A\n\n# B\nRest.\n", 0, "nothing under this heading"),
        ("#A\nRest.\n", 0, "one # and a space"),
        (
            "# A\nRest.\n[silence 3 6]\n",
            2,
            "the most seconds is missing",
        ),
        ("# A\nRest.\n[silence 6 3 20]\n", 2, "fewer than the least"),
        ("# A\nRest.\n[silence 3 6 5]\n", 2, "fewer than the usual"),
        (
            "# A\nRest.\n[silence 3 6 2000]\n",
            2,
            "(allowed: 0 to 1800)",
        ),
        ("# A\nRest.\n[silence 3s 6 20]\n", 2, "“3s” is not a number"),
        (
            "# A\nRest.\n[silence 3 inf 20]\n",
            2,
            "“inf” is not a number",
        ),
        (
            "# A\nRest.\n[silence 3 6 20 weight 11]\n",
            2,
            "(allowed: 0.1 to 10)",
        ),
        (
            "# A\nRest.\n[silence 3 6 20 wait 2]\n",
            2,
            "“weight” in place of “wait”",
        ),
        (
            "# A\nRest.\n[silense 3 6 20]\n",
            2,
            "did you mean `silence`?",
        ),
        ("# A\nRest.\n[bell twice]\n", 2, "“twice” is too much here"),
        ("# A\nRest.\n[bell\n", 2, "must end with ]"),
        ("# A\nRest.\n[]\n", 2, "nothing between the brackets"),
        ("# A\n[wishes them 3 6 15]\n", 1, "(allowed: you, me, all)"),
        ("# A\n[repeat 1 to 4]\nRest.\n", 1, "never ended"),
        (
            "# A\n[repeat 4 to 1]\nRest.\n[end]\n",
            1,
            "fewer than the least",
        ),
        (
            "# A\n[repeat 1 to 101]\nRest.\n[end]\n",
            1,
            "(allowed: 1 to 100)",
        ),
        ("# A\n[repeat 1.5 to 2]\nRest.\n[end]\n", 1, "whole number"),
        (
            "# A\n[repaet 1 to 4]\nRest.\n[end]\n",
            1,
            "did you mean `repeat`?",
        ),
        (
            "# A\n[repeat 1 to 2]\n[end]\nRest.\n",
            1,
            "nothing between this line and its [end]",
        ),
        ("# A\nRest.\n[end]\n", 2, "nothing to end"),
        ("# A\nRest.\n[else]\n", 2, "no [when] before it"),
        (
            "# A\n[repeat 1 to 2]\nRest.\n[else]\nSit.\n[end]\n",
            3,
            "belongs to a [when]",
        ),
        (
            "# A\n[when touch]\nA.\n[else]\nB.\n[else]\nC.\n[end]\n",
            5,
            "second [else]",
        ),
        (
            "# A\n[when eyes-close]\nRest.\n[end]\n",
            1,
            "did you mean `eyes-closed`?",
        ),
        (
            "# A\nRest.\n[optional from 2 hours]\nSit.\n[end]\n",
            2,
            "“minutes” in place of “hours”",
        ),
        (
            "# A\nRest.\n[optional from 9 minutes]\nSit.\n[end]\n",
            2,
            "never said",
        ),
        ("# A\nRest with {them}.\n", 1, "{them} is declared nowhere"),
        ("# A\nRest with {them.\n", 1, "no partner"),
        ("# A\nRest.\n~ Sit.\n", 2, "not inside a [repeat]"),
        (
            "# A\n[repeat 1 to 2]\n[bell]\n~ Sit.\n[end]\n",
            3,
            "right under the cue",
        ),
        ("# A\nYou\nshould rest.\n", 1, "“you should”"),
        ("# A\nRest,\nnow!\n", 2, "exclamation mark"),
        ("# A\n[silence 1 60 300]\n", -1, "says nothing"),
    ];
    for (script, line, part) in cases {
        let line = if line < 0 {
            SCRIPT
        } else {
            SCRIPT + line as usize
        };
        expect_one("practices/new.md", practice("", script), line, part);
    }
    let long = format!("# A\n{}\n", "word ".repeat(41));
    expect_one(
        "practices/new.md",
        practice("", &long),
        SCRIPT + 1,
        "41 words",
    );
    let deep = format!(
        "# A\n{}Rest.\n{}",
        "[when touch]\n".repeat(5),
        "[end]\n".repeat(5)
    );
    expect_one(
        "practices/new.md",
        practice("", &deep),
        SCRIPT + 5,
        "fifth block",
    );
    let variable = "[variables.dear_one]\nask = \"Who?\"\ndefault = \"them\"";
    let misspelt = "# A\nBring {dear_one} and {dear_onn}.\n";
    expect_one(
        "practices/new.md",
        practice(variable, misspelt),
        SCRIPT + 4,
        "did you mean `dear_one`?",
    );
}

#[test]
fn files() {
    let good = || practice("", "# A\nRest.\n[silence 1 60 300]\n");
    expect_one("practices/Soles_Ground.md", good(), 1, "small letters");
    expect_one("practices/two--hyphens.md", good(), 1, "small letters");
    expect_one("practices/new.txt", good(), 1, "nothing reads this file");
    expect_one(
        "practices/more/new.md",
        good(),
        1,
        "nothing reads this file",
    );
    expect_one(
        "phrase.toml",
        String::new(),
        1,
        "did you mean `phrases.toml`?",
    );
    expect_one(
        "practices/new.md",
        "# A\nRest.\n".into(),
        1,
        "must begin with a line +++",
    );
    expect_one(
        "practices/new.md",
        "+++\ntitle = \"A\"\n".into(),
        1,
        "second line +++",
    );
    expect_one(
        "practices/new.md",
        good() + &";".repeat(300_000),
        1,
        "larger than 256 KB",
    );
}

#[test]
fn lists() {
    let set = |id: &str, you: &str| {
        format!(
            "[[set]]\nid = \"{id}\"\ntitle = \"T\"\nyou = [{you}]\nme = [\"A.\"]\nall = [\"A.\"]\n"
        )
    };
    let plain = set("plain", "\"A.\"");
    let layer = "[[layer]]\nid = \"use\"\ntitle = \"T\"\nrequired = true\nfor = [\"client\"]\ntext = [\"A.\"]\n";
    let source = "[[source]]\nid = \"cct-sonoma\"\ntitle = \"T\"\nurl = \"https://a\"\nkind = \"course\"\nseen = \"page\"\n";
    let barrier = "[[barrier]]\ncode = \"time\"\nwords = \"No time\"\n";
    let cases = [
        (
            "phrases.toml",
            set("warm", "\"A.\""),
            1,
            "`plain` is missing",
        ),
        (
            "phrases.toml",
            format!("{plain}{}", set("plain", "\"A.\"")),
            8,
            "used twice",
        ),
        (
            "phrases.toml",
            format!("{plain}{}", set("warm", "")),
            10,
            "0 wishes: give it one to six",
        ),
        (
            "phrases.toml",
            format!("{plain}{}", set("warm", "\"You must rest.\"")),
            10,
            "is an order",
        ),
        (
            "phrases.toml",
            format!("{plain}{}", set("warm", "\"{them}\"")),
            10,
            "cannot hold a word",
        ),
        (
            "phrases.toml",
            format!("{plain}{}", set("Warm One", "\"A.\"")),
            8,
            "is no id",
        ),
        (
            "barriers.toml",
            format!("{barrier}{barrier}"),
            5,
            "used twice",
        ),
        (
            "barriers.toml",
            barrier.replace("No time", "Good job"),
            3,
            "praise",
        ),
        (
            "barriers.toml",
            barrier.replace("[[barrier]]", "[barrier]"),
            1,
            "two brackets",
        ),
        (
            "barriers.toml",
            barrier.replace("words", "word"),
            3,
            "did you mean",
        ),
        (
            "consent.toml",
            layer.replace("true", "\"yes\""),
            4,
            "(allowed: true, false)",
        ),
        (
            "consent.toml",
            layer.replace("[\"A.\"]", "[]"),
            6,
            "at least one paragraph",
        ),
        (
            "consent.toml",
            layer.replace("\"A.\"", "\"This will heal.\""),
            6,
            "promise",
        ),
        (
            "evidence/sources.toml",
            source.replace("page", "pages"),
            6,
            "did you mean `page`?",
        ),
        (
            "evidence/sources.toml",
            source.replace("https://a", "a.org"),
            4,
            "whole address",
        ),
    ];
    for (path, text, line, part) in cases {
        let found = problems(path, text);
        let fits = found
            .iter()
            .any(|problem| problem.line == line && problem.to_string().contains(part));
        assert!(
            fits && found.iter().all(|problem| problem.file == path),
            "expected {line}: {part}, got {found:#?}"
        );
    }
}

#[test]
fn columns_count_characters() {
    let found = problems(
        "practices/new.md",
        practice("", "# A\nÄöü, you must rest.\n"),
    );
    assert_eq!((found[0].line, found[0].column), (SCRIPT + 1, 6));
    assert!(
        found[0]
            .to_string()
            .starts_with("practices/new.md:17:6: “you must”")
    );
}

#[test]
fn wishes_need_the_plain_set_only_where_they_are_spoken() {
    let wishing = crate::support::file(
        "practices/new.md",
        practice("", "# A\n[wishes you 3 6 15]\n"),
    );
    let found = kith_content::Library::read([wishing]).problems;
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("`plain`"));
    assert_eq!(found[0].line, SCRIPT + 1);
}
