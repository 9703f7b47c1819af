use super::*;

fn frame() -> Frame {
    let column = |name: &str, cells: &[&str]| Column {
        name: name.into(),
        values: Values::read(cells),
    };
    Frame::new(vec![
        column("y", &["1", "2", "3", "4", "5", "6"]),
        column("x", &["1", "2", "4", "8", "NA", "32"]),
        column("a", &["b", "A", "c", "A", "b", "c"]),
        column("k", &["1", "2", "10", "1", "2", "10"]),
        column("slip", &["1", "2", "x", "4", "5", "6"]),
    ])
    .unwrap()
}

fn names(formula: &str) -> Vec<String> {
    Formula::parse(formula)
        .unwrap()
        .model(&frame())
        .unwrap()
        .design
        .names
}

#[test]
fn columns_are_coded_and_named_as_r_does() {
    for (formula, expected) in [
        ("y ~ x", "(Intercept) x"),
        ("y ~ a", "(Intercept) ab ac"),
        ("y ~ 0 + a", "aA ab ac"),
        ("y ~ a - 1 + x", "aA ab ac x"),
        ("y ~ x*a", "(Intercept) x ab ac x:ab x:ac"),
        ("y ~ x:a", "(Intercept) x:aA x:ab x:ac"),
        ("y ~ a:x + x", "(Intercept) x ab:x ac:x"),
        ("y ~ factor(k)", "(Intercept) factor(k)2 factor(k)10"),
        ("y ~ I(x^2) + log(x)", "(Intercept) I(x^2) log(x)"),
        ("y ~ (x + k)^2 - x", "(Intercept) k x:k"),
        ("y ~ x/k", "(Intercept) x x:k"),
        ("y ~ 1 + (1 | a)", "(Intercept)"),
        ("y ~ (x || a)", "(Intercept)"),
        ("log(y) ~ I(x - 4)", "(Intercept) I(x - 4)"),
    ] {
        assert_eq!(names(formula).join(" "), expected, "{formula}");
    }
}

#[test]
fn random_terms_are_read_as_lme4_reads_them() {
    let terms = |formula: &str| -> Vec<String> {
        let model = Formula::parse(formula).unwrap().model(&frame()).unwrap();
        model
            .random
            .iter()
            .map(|term| format!("{} {}", term.group, term.names.join(",")))
            .collect()
    };
    assert_eq!(terms("y ~ x + (1 + x | a)"), ["a (Intercept),x"]);
    assert_eq!(terms("y ~ x + (x || a)"), ["a (Intercept)", "a x"]);
    assert_eq!(
        terms("y ~ x + (0 + x | a) + (1 | k)"),
        ["a x", "k (Intercept)"]
    );
    assert_eq!(
        terms("y ~ x + (1 | k/a)"),
        ["k (Intercept)", "k:a (Intercept)"]
    );
}

#[test]
fn rows_with_a_missing_value_are_left_out_only_where_it_matters() {
    let model = Formula::parse("y ~ x").unwrap().model(&frame()).unwrap();
    assert_eq!(
        (model.left_out, model.y.as_slice()),
        (1, &[1.0, 2.0, 3.0, 4.0, 6.0][..])
    );
    assert_eq!(model.frame.row_number(4), 6);
    assert_eq!(
        Formula::parse("y ~ a")
            .unwrap()
            .model(&frame())
            .unwrap()
            .left_out,
        0
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let said = |formula: &str| match Formula::parse(formula)
        .and_then(|formula| formula.model(&frame()).map(|_| ()))
    {
        Err(error) => error.to_string(),
        Ok(()) => panic!("{formula} was taken"),
    };
    for (formula, expected) in [
        ("y", "~ is missing at its end"),
        ("y ~ ", "something is missing at the end"),
        ("y ~ x + (1 | a", ") is missing at its end"),
        ("y ~ x %in% a", "% has no meaning"),
        ("y ~ z", "There is no column z. Columns: y, x, a, k, slip."),
        ("a ~ x", "Data row 1 of column a is not a number: b."),
        ("y ~ slip", "Data row 3 of column slip is not a number: x."),
        ("y ~ sin(x)", "sin(…) is not known"),
        ("y ~ x + 3", "3 stands alone"),
        ("y ~ x*(1|a)", "must be a term of its own"),
        ("y ~ x + (1 | log(a))", "is no group"),
        ("y ~ log(x - 1)", "no finite value in data row 1"),
    ] {
        assert!(
            said(formula).contains(expected),
            "{formula}: {}",
            said(formula)
        );
    }
    assert!(Formula::parse(&format!("y ~ {}x{}", "(".repeat(500), ")".repeat(500))).is_err());
}
