use super::*;

fn frame(rows: &[(f64, f64, &str, &str)]) -> Frame {
    let numbers = |name: &str, pick: fn(&(f64, f64, &str, &str)) -> f64| Column {
        name: name.into(),
        values: Values::Numbers(rows.iter().map(pick).collect()),
    };
    let words = |name: &str, cells: Vec<&str>| Column {
        name: name.into(),
        values: Values::read(&cells),
    };
    Frame::new(vec![
        numbers("post", |row| row.0),
        numbers("pre", |row| row.1),
        words("arm", rows.iter().map(|row| row.2).collect()),
        words("sex", rows.iter().map(|row| row.3).collect()),
    ])
    .unwrap()
}

const ROWS: [(f64, f64, &str, &str); 7] = [
    (5.0, 4.0, "a", "f"),
    (6.5, 5.0, "a", "m"),
    (7.0, 7.0, "a", "f"),
    (3.0, 4.5, "b", "f"),
    (5.5, 6.0, "b", "f"),
    (4.5, 5.5, "b", "f"),
    (4.0, 5.0, "b", "f"),
];

fn run(formula: &str, of: Option<&str>) -> Result<Ancova, Error> {
    ancova(&Formula::parse(formula).unwrap(), &frame(&ROWS), of)
}

#[test]
fn a_missing_cell_leaves_a_column_out_and_a_mean_unknown() {
    // Nobody in arm b is m.
    let seen = run("post ~ pre + arm*sex", Some("arm")).unwrap();
    assert_eq!(seen.dropped, ["armb:sexm"]);
    assert!(seen.adjusted[0].mean.is_finite() && seen.adjusted[1].mean.is_nan());
}

#[test]
fn means_are_of_the_last_column_with_levels_unless_asked() {
    assert_eq!(
        run("post ~ pre + arm + sex", None)
            .unwrap()
            .factor
            .as_deref(),
        Some("sex")
    );
    assert_eq!(
        run("post ~ pre + arm + sex", Some("arm"))
            .unwrap()
            .factor
            .as_deref(),
        Some("arm")
    );
    assert_eq!(run("post ~ pre", None).unwrap().factor, None);
    assert!(matches!(
        run("post ~ pre + arm", Some("pre")),
        Err(Error::NoLevels { .. })
    ));
}

#[test]
fn what_cannot_be_analysed_says_why() {
    assert_eq!(
        run("post ~ pre + (1|arm)", None).unwrap_err(),
        Error::Random
    );
    let few = ancova(
        &Formula::parse("post ~ pre + arm").unwrap(),
        &frame(&ROWS[2..5]),
        None,
    );
    assert_eq!(
        few.unwrap_err(),
        Error::TooFewRows {
            rows: 3,
            coefficients: 3
        }
    );
    let same: Vec<_> = ROWS.iter().map(|row| (2.0, row.1, row.2, row.3)).collect();
    let same = ancova(
        &Formula::parse("post ~ pre + arm").unwrap(),
        &frame(&same),
        None,
    );
    assert_eq!(same.unwrap_err(), Error::NoVariation);
}
