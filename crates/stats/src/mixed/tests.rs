use super::*;

fn people(count: usize, times: usize) -> (Vec<f64>, Vec<Vec<f64>>, Vec<Random>) {
    let mut chance = crate::random::Generator::new(11);
    let (mut y, mut time, mut level_of) = (Vec::new(), Vec::new(), Vec::new());
    for person in 0..count {
        let (level, slope) = (2.0 * chance.normal(), 0.4 * chance.normal());
        for at in 0..times {
            time.push(at as f64);
            level_of.push(person);
            y.push(10.0 + level + (0.5 + slope) * at as f64 + chance.normal());
        }
    }
    let random = Random {
        group: "id".into(),
        names: vec!["(Intercept)".into(), "time".into()],
        columns: vec![vec![1.0; y.len()], time.clone()],
        level_of,
    };
    (y.clone(), vec![vec![1.0; y.len()], time], vec![random])
}

const NAMES: [&str; 2] = ["(Intercept)", "time"];

#[test]
fn units_order_and_origin_change_nothing_but_themselves() {
    let (y, x, random) = people(25, 5);
    let seen = fit(&y, &NAMES, &x, &random, Method::Reml).unwrap();
    // y in other units.
    let scaled: Vec<f64> = y.iter().map(|value| 1000.0 * value).collect();
    let other = fit(&scaled, &NAMES, &x, &random, Method::Reml).unwrap();
    assert!((other.sigma / seen.sigma / 1000.0 - 1.0).abs() < 1e-7);
    assert!((other.fixed[1].t - seen.fixed[1].t).abs() < 1e-6);
    // Rows in another order.
    let order: Vec<usize> = (0..y.len()).map(|row| row * 37 % y.len()).collect();
    let turned = |values: &[f64]| order.iter().map(|row| values[*row]).collect::<Vec<f64>>();
    let mut shuffled = random.clone();
    shuffled[0].columns = random[0]
        .columns
        .iter()
        .map(|column| turned(column))
        .collect();
    shuffled[0].level_of = order.iter().map(|row| random[0].level_of[*row]).collect();
    let columns: Vec<Vec<f64>> = x.iter().map(|column| turned(column)).collect();
    let other = fit(&turned(&y), &NAMES, &columns, &shuffled, Method::Reml).unwrap();
    assert!((other.log_likelihood - seen.log_likelihood).abs() < 1e-9);
    assert!((other.random[0].sd[1] - seen.random[0].sd[1]).abs() < 1e-6);
    // Time counted from long ago: the same slope, likelihood and deviation of slopes.
    let late: Vec<f64> = x[1].iter().map(|time| time + 2000.0).collect();
    let mut moved = random;
    moved[0].columns[1].clone_from(&late);
    let other = fit(&y, &NAMES, &[x[0].clone(), late], &moved, Method::Ml).unwrap();
    let seen = fit(&y, &NAMES, &x, &people(25, 5).2, Method::Ml).unwrap();
    assert!((other.log_likelihood - seen.log_likelihood).abs() < 1e-6);
    assert!((other.fixed[1].estimate - seen.fixed[1].estimate).abs() < 1e-6);
    assert!((other.random[0].sd[1] / seen.random[0].sd[1] - 1.0).abs() < 1e-4);
}

#[test]
fn a_balanced_design_has_the_degrees_of_freedom_of_its_analysis_of_variance() {
    let (y, x, random) = people(25, 5);
    let seen = fit(&y, &NAMES, &x, &random, Method::Reml).unwrap();
    assert!((seen.fixed[1].df - 24.0).abs() < 1e-5, "{:?}", seen.fixed);
    let mut intercept = random;
    intercept[0].names.truncate(1);
    intercept[0].columns.truncate(1);
    let seen = fit(&y, &NAMES, &x, &intercept, Method::Reml).unwrap();
    assert!((seen.fixed[1].df - 99.0).abs() < 1e-5, "{:?}", seen.fixed);
}

#[test]
fn what_cannot_be_fitted_says_why() {
    let (y, x, random) = people(6, 3);
    let try_y = |y: &[f64]| fit(y, &NAMES, &x, &random, Method::Reml).map(|_| ());
    assert_eq!(try_y(&[3.0; 18]), Err(Error::NoVariation));
    let mut broken = y.clone();
    broken[4] = f64::NAN;
    assert!(matches!(try_y(&broken), Err(Error::Input(what)) if what.contains("Row 5")));
    let with = |change: &dyn Fn(&mut Random)| {
        let mut other = random.clone();
        change(&mut other[0]);
        fit(&y, &NAMES, &x, &other, Method::Reml).map(|_| ())
    };
    assert_eq!(
        with(&|term| term.level_of = vec![0; 18]),
        Err(Error::OneLevel("id".into()))
    );
    assert!(matches!(
        with(&|term| term.level_of = (0..18).collect()),
        Err(Error::TooManyEffects { .. })
    ));
    assert!(matches!(
        with(&|term| term.columns[1] = vec![2.0; 18]),
        Err(Error::DependentColumn { .. })
    ));
    assert!(matches!(
        with(&|term| term.level_of[3] = 40),
        Err(Error::Input(_))
    ));
    // Each person on a line of their own.
    let exact: Vec<f64> = (0..18)
        .map(|row| f64::from(row / 3) * 2.0 + f64::from(row % 3) * f64::from(row / 3 % 2))
        .collect();
    assert_eq!(try_y(&exact), Err(Error::NoResidual));
    // A column that says the same as another is left out and named.
    let twice = [
        x[0].clone(),
        x[1].clone(),
        x[1].iter().map(|time| 2.0 * time + 1.0).collect(),
    ];
    let seen = fit(
        &y,
        &["(Intercept)", "time", "again"],
        &twice,
        &random,
        Method::Reml,
    )
    .unwrap();
    assert_eq!(seen.dropped, ["again"]);
}

#[test]
fn no_variance_between_people_is_singular_and_equals_least_squares() {
    // People who differ less than chance would have them.
    let y: Vec<f64> = (0..24)
        .map(|row| {
            f64::from(row % 4)
                + [0.3, -0.3, -0.3, 0.3][row as usize % 4] * f64::from(1 - 2 * (row / 4 % 2))
        })
        .collect();
    let x = [
        vec![1.0; 24],
        (0..24).map(|row| f64::from(row % 4)).collect(),
    ];
    let random = Random {
        group: "id".into(),
        names: vec!["(Intercept)".into()],
        columns: vec![vec![1.0; 24]],
        level_of: (0..24).map(|row| row / 4).collect(),
    };
    let seen = fit(&y, &NAMES, &x, &[random], Method::Reml).unwrap();
    assert!(seen.singular && seen.random[0].sd[0] < 1e-6 * seen.sigma);
    assert!((seen.fixed[1].estimate - 1.0).abs() < 1e-12);
}
