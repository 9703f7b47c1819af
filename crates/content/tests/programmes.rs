//! Programmes, lessons and measures: what is read, what is refused, and what a walk through them finds.

use crate::support::{
    file, lesson_of_the_document, practice, programme_of_the_document, valid_files, with,
};
use kith_content::{
    Edition, Every, ItemKind, LedBy, LessonBlock, Library, MeasureKind, MomentAfter, Pacing, TASKS,
    check, walk,
};

fn said(problems: &[kith_content::Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_documents_programme_is_read_as_it_is_written_and_can_be_walked() {
    let loaded = Library::read(valid_files());
    assert_eq!(said(&loaded.problems), [""; 0]);
    let library = loaded.library;
    let week = library.programme("first-week").unwrap();
    assert_eq!(
        (week.led_by, week.pacing, week.first_day),
        (LedBy::Practitioner, Pacing::Calendar, 1)
    );
    assert_eq!(week.days(Edition::Care), Some((-7, 10)));
    assert_eq!(week.revision.len(), 12);
    let wishes = &week.stages[1];
    assert_eq!(wishes.note, "A little longer every few days.");
    let [dear, breaths] = wishes.items.as_slice() else {
        panic!("{:?}", wishes.items)
    };
    assert_eq!(
        (dear.minutes, &dear.every, dear.times),
        ((4.0, 8.0), &Every::Day, 1)
    );
    assert_eq!(dear.alternatives, [("three-breaths".to_owned(), 1.0)]);
    assert_eq!(
        (&breaths.every, breaths.times, breaths.optional),
        (&Every::Week, 2, true)
    );
    let before = &week.stages[0].items[0];
    assert_eq!(
        (before.kind, &before.every, before.minutes),
        (ItemKind::Measure, &Every::Once, (2.0, 2.0))
    );
    assert_eq!(library.nearest_programme("frist-week"), Some("first-week"));
    assert_eq!(
        library.measure("unwanted-effects").unwrap().kind,
        MeasureKind::Own
    );
    // One edition, three people.
    let (problems, walks) = walk(&library);
    assert_eq!((said(&problems), walks), (vec![], 3));
}

#[test]
fn the_documents_lesson_is_read() {
    let library = Library::read(valid_files()).library;
    let lesson = library.lesson("hello").unwrap();
    assert_eq!((lesson.minutes, lesson.needs.len()), (20.0, 1));
    let [section] = lesson.sections.as_slice() else {
        panic!("{:?}", lesson.sections)
    };
    assert_eq!(section.heading, "Before you begin");
    let points = [
        "Two minutes: lay the wool in a ring.",
        "Ten minutes: one name, one wave.",
    ];
    assert_eq!(
        section.blocks,
        [
            LessonBlock::Paragraph("Sit where everybody can see everybody.".into()),
            LessonBlock::List(points.map(String::from).to_vec()),
        ]
    );
}

#[test]
fn what_is_wrong_with_a_programme_is_said_where_it_is_wrong() {
    let good = programme_of_the_document();
    let cases = [
        (
            "led_by = \"practitioner\"",
            "led_by = \"practitoner\"",
            4,
            "did you mean `practitioner`?",
        ),
        (
            "editions = [\"care\"]",
            "editions = [\"care\"]\nfixed = [\"care\"]",
            6,
            "cannot be fixed",
        ),
        (
            "editions = [\"care\"]",
            "editions = [\"care\"]\nfixed = [\"research\"]",
            6,
            "not among the editions",
        ),
        (
            "screening = false",
            "screening = false\nfirst_day = 2",
            8,
            "(allowed: 0, 1)",
        ),
        (
            "why = \"Wishing",
            "why = \"You must practise, wishing",
            8,
            "is an order",
        ),
        ("strength = \"D\"", "strength = \"C\"", 12, "needs evidence"),
        (
            "days = [1, 7]",
            "days = [1, 7.5]",
            28,
            "whole days of the programme (allowed: -40 to 730)",
        ),
        (
            "days = [1, 7]",
            "days = [7, 1]",
            28,
            "write the first day first",
        ),
        (
            "days = [1, 7]",
            "days = \"1\"",
            28,
            "a number, such as 5, or two of them",
        ),
        (
            "days = [8, 10]",
            "days = [-9, -8]",
            45,
            "before `before` above it",
        ),
        ("id = \"after\"", "id = \"wishes\"", 43, "used twice"),
        (
            "id = \"wishes-dear\"",
            "id = \"wish-dear\"",
            31,
            "there is no practice `wish-dear`: did you mean `wishes-dear`?",
        ),
        (
            "minutes = [4, 8]",
            "minutes = [3, 8]",
            32,
            "`wishes-dear` cannot last 3 minutes (allowed: 4 to 10)",
        ),
        (
            "minutes = [4, 8]",
            "minutes = [4, 11]",
            32,
            "cannot last 11 minutes",
        ),
        ("minutes = [4, 8]", "minutes = [8, 4]", 32, "may only rise"),
        (
            "minutes = 1 }",
            "minutes = 9 }",
            33,
            "`three-breaths` cannot last 9 minutes",
        ),
        (
            "alternatives = [{",
            "alternatives = [\"three-breaths\", {",
            33,
            "write `alternatives` as",
        ),
        (
            "practice = \"three-breaths\", minutes = 1",
            "practice = \"wishes-dear\", minutes = 4",
            31,
            "its own alternative",
        ),
        (
            "every = \"week\"",
            "every = \"weak\"",
            38,
            "did you mean `week`?",
        ),
        (
            "every = \"week\"",
            "weekdays = \"128\"",
            38,
            "no days of the week",
        ),
        (
            "every = \"week\"",
            "every = \"week\"\n  weekdays = \"12345\"",
            39,
            "either `every` or `weekdays`",
        ),
        ("every = \"week\"", "every = \"day\"", 36, "would be both"),
        ("times = 2", "times = 0", 39, "`times` cannot be 0"),
        (
            "optional = true",
            "optionel = true",
            40,
            "did you mean `optional`?",
        ),
        (
            "days = [8, 10]\n\n  [[stage.measure]]\n  id = \"unwanted-effects\"",
            "days = [8, 10]\n\n  [[stage.measure]]\n  id = \"how-is-it\"",
            48,
            "there is no measure",
        ),
        (
            "[[stage.measure]]\n  id = \"unwanted-effects\"\n\n[[stage]]\nid = \"wishes\"",
            "[[stage.task]]\n  id = \"image-taks\"\n\n[[stage]]\nid = \"wishes\"",
            22,
            "did you mean `image-task`?",
        ),
        (
            "[[stage.measure]]\n  id = \"unwanted-effects\"\n\n[[stage]]\nid = \"wishes\"",
            "[[stage.lesson]]\n  id = \"helo\"\n\n[[stage]]\nid = \"wishes\"",
            22,
            "there is no lesson `helo`: did you mean `hello`?",
        ),
        (
            "days = [8, 10]",
            "days = [0, 10]",
            45,
            "before `wishes` above it",
        ),
        (
            "days = [1, 7]",
            "days = [1, 7]\nunlock = \"someone\"",
            29,
            "does not open a stage (allowed: \"practitioner\"",
        ),
        (
            "days = [1, 7]",
            "days = [1, 7]\nunlock = { measure = \"unwanted-effects\" }",
            29,
            "needs a bound",
        ),
        (
            "days = [-7, 0]",
            "days = [-7, 0]\nunlock = \"practitioner\"",
            20,
            "begins on day 1 at the earliest",
        ),
        (
            "editions = [\"care\"]",
            "editions = [\"care\"]\nextra = 1",
            6,
            "not a key that is read here",
        ),
    ];
    for (from, to, line, part) in cases {
        assert!(good.contains(from), "{from}");
        let loaded = with("programmes/new.toml", good.replacen(from, to, 1));
        let found = loaded.problems.iter().find(|problem| {
            problem.file == "programmes/new.toml"
                && problem.line == line
                && problem.to_string().contains(part)
        });
        assert!(
            found.is_some(),
            "expected {line}: {part}, got {:#?}",
            said(&loaded.problems)
        );
        assert!(loaded.library.programme("new").is_none(), "{to}");
    }
}

#[test]
fn the_same_thing_is_never_asked_for_twice_at_once() {
    let stage = |days: &str, more: &str| {
        format!(
            "[[stage]]\nid = \"{}\"\ntitle = \"S\"\ndays = {days}\n[[stage.practice]]\nid = \"wishes-dear\"\nminutes = 4\n{more}\n",
            days.len()
        )
    };
    let top = programme_of_the_document()
        .split("[[stage]]")
        .next()
        .unwrap();
    let cases = [
        (stage("[1, 3]", ""), stage("[ 3, 9]", ""), 1),
        (stage("[1, 3]", ""), stage("[ 4, 9]", ""), 0),
        (
            stage("[1, 9]", "weekdays = \"12\""),
            stage("[ 1, 9]", "weekdays = \"34\""),
            0,
        ),
        (
            stage("[1, 9]", "weekdays = \"12\""),
            stage("[ 1, 9]", "weekdays = \"23\""),
            1,
        ),
    ];
    for (one, two, expected) in cases {
        let loaded = with("programmes/new.toml", format!("{top}{one}{two}"));
        assert_eq!(
            loaded.problems.len(),
            expected,
            "{one}{two}{:?}",
            said(&loaded.problems)
        );
    }
    let apart = format!(
        "{top}{}{}",
        stage("[1, 3]", "editions = [\"care\"]"),
        stage("[ 1, 3]", "editions = [\"research\"]")
    )
    .replace(
        "editions = [\"care\"]\npacing",
        "editions = [\"care\", \"research\"]\npacing",
    );
    assert_eq!(said(&with("programmes/new.toml", apart).problems), [""; 0]);
}

#[test]
fn heavy_and_restricted_practices_stand_only_where_they_may() {
    let script = "# A\nRest.\n[silence 1 60 300]\n";
    let top = programme_of_the_document()
        .split("[[stage]]")
        .next()
        .unwrap();
    let cases = [
        ("load = 3", "", "", "needs `screening = true`"),
        ("load = 3", "screening = true", "", ""),
        (
            "restricted = \"research-only\"",
            "",
            "",
            "is for research only",
        ),
        (
            "restricted = \"research-only\"",
            "editions = [\"care\", \"research\"]",
            "editions = [\"research\"]",
            "",
        ),
        ("restricted = \"practitioner-only\"", "", "", ""),
        (
            "restricted = \"practitioner-only\"",
            "led_by = \"self\"",
            "",
            "with a practitioner only",
        ),
        (
            "restricted = \"practitioner-only\"",
            "led_by = \"self\"",
            "optional = true",
            "with a practitioner only",
        ),
        (
            "restricted = \"practitioner-first\"",
            "led_by = \"group\"",
            "",
            "first done with a practitioner",
        ),
        (
            "restricted = \"practitioner-first\"",
            "led_by = \"group\"",
            "optional = true",
            "",
        ),
    ];
    for (facts, change, item, part) in cases {
        let mut top = top.to_owned();
        if let Some((key, _)) = change.split_once(" =") {
            let old = top
                .lines()
                .find(|line| line.starts_with(key))
                .unwrap()
                .to_owned();
            top = top.replace(&old, change);
        }
        let text = format!(
            "{top}[[stage]]\nid = \"s\"\ntitle = \"S\"\ndays = 1\n[[stage.practice]]\nid = \"new\"\nminutes = 2\n{item}\n"
        );
        let files = [
            file("practices/new.md", practice(facts, script)),
            file("programmes/new.toml", text),
        ];
        let loaded = Library::read(valid_files().into_iter().chain(files));
        let all = said(&loaded.problems);
        assert_eq!(
            all.len(),
            usize::from(!part.is_empty()),
            "{facts} {change} {item}: {all:?}"
        );
        assert!(all.iter().all(|problem| problem.contains(part)), "{all:?}");
    }
}

#[test]
fn moments_need_a_way_and_nothing_restricted() {
    let top = programme_of_the_document()
        .split("[[stage]]")
        .next()
        .unwrap();
    let moment = |steps: &str, more: &str| {
        format!("{top}[[moment]]\nid = \"m\"\ntitle = \"M\"\nafter = \"help\"\n{steps}\n{more}\n")
    };
    let dear = "steps = [{ practice = \"wishes-dear\", minutes = 5 }]";
    let loaded = with("programmes/new.toml", moment(dear, "say = \"Here.\""));
    assert_eq!(said(&loaded.problems), [""; 0]);
    let moment_read = &loaded.library.programme("new").unwrap().moments[0];
    assert_eq!(
        (moment_read.after, moment_read.say.as_str()),
        (MomentAfter::Help, "Here.")
    );
    assert_eq!(walk(&loaded.library).0, []);
    assert!(
        with("programmes/new.toml", moment("", "straight_to_help = true"))
            .problems
            .is_empty()
    );
    let refused = [
        (moment("", ""), "at least one step"),
        (
            moment(
                "steps = [{ practice = \"three-breaths\", minutes = 1 }]",
                "",
            )
            .replace("\"practitioner\"", "\"self\""),
            "first done with a practitioner",
        ),
        (top.to_owned(), "at least one [[stage]] or one [[moment]]"),
    ];
    for (text, part) in refused {
        let all = said(&with("programmes/new.toml", text).problems);
        assert!(all.len() == 1 && all[0].contains(part), "{part}: {all:?}");
    }
}

#[test]
fn a_practice_with_problems_is_told_once_and_named_once_in_each_programme() {
    let loaded = with(
        "practices/wishes-dear.md",
        practice("title = \"\"", "# A\nRest.\n[silence 1 60 300]\n"),
    );
    let all = said(&loaded.problems);
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(
        all[1].contains("mend practices/wishes-dear.md first"),
        "{all:?}"
    );
}

#[test]
fn a_walk_finds_what_cannot_be_played() {
    // 4 minutes are allowed by its facts, and its script cannot fill them.
    let short = practice("minutes = [1, 8]", "# A\nRest.\n[silence 1 60 100]\n");
    let loaded = with("practices/wishes-dear.md", short);
    assert_eq!(said(&loaded.problems), [""; 0]);
    let all = said(&walk(&loaded.library).0);
    // Told once, though three people walk it for seven days.
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(
        all[0].starts_with("programmes/first-week.toml:31:8: on day 1: wishes-dear can last"),
        "{all:?}"
    );
    // And the practice itself, told once and not for every minute.
    let all = said(&check(&loaded.library).0);
    assert_eq!(all.len(), 1, "{all:?}");
    assert!(all[0].contains("and 6 more lengths"), "{all:?}");
}

#[test]
fn a_lesson_is_plain_text_under_headings() {
    let good = lesson_of_the_document();
    let cases = [
        (
            "minutes = 20",
            "minutes = 0",
            4,
            "out of bounds (allowed: 1 to 240)",
        ),
        (
            "for = [\"child\"]",
            "for = [\"kid\"]",
            5,
            "`kid` is not an audience",
        ),
        ("## Before", "# Before", 10, "with two #"),
        ("## Before you begin\n", "", 11, "begins with a heading"),
        ("Sit where", "You must sit where", 12, "is an order"),
        ("Sit where", "Sit **where**", 12, "take the other marks out"),
        (
            "lay the wool",
            "lay the wool, as she does,",
            14,
            "“she” guesses who somebody is",
        ),
        (
            "## Before",
            "## Alone\n\n## Before",
            10,
            "nothing under this heading",
        ),
    ];
    for (from, to, line, part) in cases {
        assert!(good.contains(from), "{from}");
        let all = said(&with("lessons/new.md", good.replacen(from, to, 1)).problems);
        let place = format!("lessons/new.md:{line}:");
        assert!(
            all.len() == 1 && all[0].starts_with(&place) && all[0].contains(part),
            "{line} {part}: {all:?}"
        );
    }
}

#[test]
fn a_strength_is_held_to_what_the_sources_are() {
    let source = |id: &str, kind: &str| {
        format!(
            "[[source]]\nid = \"{id}\"\ntitle = \"T\"\nurl = \"https://a\"\nkind = \"{kind}\"\nseen = \"page\"\n"
        )
    };
    let sources: String = ["meta-analysis", "trial", "study", "course"]
        .map(|kind| source(kind, kind))
        .concat()
        + &source("cct-sonoma", "course");
    let cases = [
        ("A", "meta-analysis", ""),
        (
            "A",
            "trial",
            "strength A needs a source of kind meta-analysis,",
        ),
        ("B", "meta-analysis", ""),
        ("B", "trial", ""),
        (
            "B",
            "study",
            "strength B needs a source of kind trial or meta-analysis,",
        ),
        ("C", "course", ""),
        ("D", "course", ""),
    ];
    for (strength, id, part) in cases {
        let facts = format!("evidence = [\"{id}\"]\nstrength = \"{strength}\"");
        let files = [
            file("evidence/sources.toml", sources.clone()),
            file(
                "practices/new.md",
                practice(&facts, "# A\nRest.\n[silence 1 60 300]\n"),
            ),
        ];
        let all = said(&Library::read(valid_files().into_iter().chain(files)).problems);
        assert_eq!(
            all.len(),
            usize::from(!part.is_empty()),
            "{strength} {id}: {all:?}"
        );
        assert!(all.iter().all(|problem| problem.contains(part)), "{all:?}");
    }
}

#[test]
fn words_for_one_form_need_it_unless_somebody_says_why() {
    let cue = "Close your eyes for a while.";
    let cases = [
        (cue.to_owned(), 1),
        (
            format!("[when eyes-closed]\n{cue}\n[else]\nLook down.\n[end]"),
            0,
        ),
        (
            format!("[when eyes-closed]\nRest.\n[else]\n{cue}\n[end]"),
            1,
        ),
        (
            format!("[when touch]\nRest.\n[repeat 1 to 2]\n{cue}\n[end]\n[end]"),
            1,
        ),
        (
            format!("[when eyes-closed]\n[repeat 1 to 2]\n{cue}\n[end]\n[end]"),
            0,
        ),
        (format!("; checked: it is about a doll\n{cue}"), 0),
        (format!("; checked:\n{cue}"), 1),
        // The note is for the next cue only.
        (format!("; checked: a reason\nRest.\n\n{cue}"), 1),
    ];
    for (script, expected) in cases {
        let all = said(
            &with(
                "practices/new.md",
                practice("", &format!("# A\nBegin.\n[silence 1 60 300]\n{script}\n")),
            )
            .problems,
        );
        assert_eq!(all.len(), expected, "{script}: {all:?}");
    }
}

#[test]
fn each_task_has_a_name_and_a_length() {
    for task in TASKS {
        assert!(!task.title.is_empty() && task.minutes > 0.0, "{}", task.id);
    }
}
