//! Whether one person changed: Jacobson and Truax (1991, J. Consult. Clin. Psychol. 59:12-19).

/// Which way is better on a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Fewer points are better, as for symptoms.
    Lower,
    /// More points are better, as for well-being.
    Higher,
}

/// What became of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Reliably worse.
    Deteriorated,
    /// No more than chance would do.
    Unchanged,
    /// Reliably better.
    Improved,
    /// Reliably better, and across the cut-off.
    Recovered,
}

impl Class {
    /// As written in results.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deteriorated => "deteriorated",
            Self::Unchanged => "unchanged",
            Self::Improved => "improved",
            Self::Recovered => "recovered",
        }
    }
}

/// What a scale needs for judging change.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Standard deviation between people, in points.
    pub sd: f64,
    /// Reliability, 0 to 1 (1 not included).
    pub reliability: f64,
    /// Which way is better.
    pub better: Better,
    /// The score between the unwell and the well, if there is one: reached counts as crossed.
    pub cut_off: Option<f64>,
}

/// How much one person changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The reliable change index: the difference in standard errors of a difference; its sign is that of after - before.
    pub rci: f64,
    /// The standard error of a difference, sd √2 √(1 - reliability), in points.
    pub sdiff: f64,
    /// The least difference that counts, 1.96 sdiff, in points.
    pub least_change: f64,
    /// The class.
    pub class: Class,
}

/// Judges the change from `before` to `after`; `None` unless sd is positive, the reliability from 0 to below 1, and all scores finite.
///
/// ```
/// use kith_stats::change::{Better, Class, Scale, change};
/// let scale = Scale { sd: 7.5, reliability: 0.88, better: Better::Lower, cut_off: Some(15.0) };
/// let seen = change(&scale, 27.0, 12.0).unwrap();
/// assert!((seen.sdiff - 3.674).abs() < 1e-3 && (seen.rci + 4.082).abs() < 1e-3);
/// assert_eq!(seen.class, Class::Recovered);
/// ```
#[must_use]
pub fn change(scale: &Scale, before: f64, after: f64) -> Option<Change> {
    let sdiff = scale.sd * std::f64::consts::SQRT_2 * (1.0 - scale.reliability).sqrt();
    let usable = scale.sd > 0.0 && (0.0..1.0).contains(&scale.reliability) && sdiff.is_finite();
    if !usable || !before.is_finite() || !after.is_finite() {
        return None;
    }
    let rci = (after - before) / sdiff;
    let (gain, crossed) = match scale.better {
        Better::Lower => (
            -rci,
            scale
                .cut_off
                .is_some_and(|cut| before > cut && after <= cut),
        ),
        Better::Higher => (
            rci,
            scale
                .cut_off
                .is_some_and(|cut| before < cut && after >= cut),
        ),
    };
    let class = if gain < -1.96 {
        Class::Deteriorated
    } else if gain <= 1.96 {
        Class::Unchanged
    } else if crossed {
        Class::Recovered
    } else {
        Class::Improved
    };
    Some(Change {
        rci,
        sdiff,
        least_change: 1.96 * sdiff,
        class,
    })
}

/// The three cut-offs of Jacobson and Truax between people who are unwell and people who are well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CutOffs {
    /// Two standard deviations from the mean of the unwell, towards the well.
    pub a: f64,
    /// Two standard deviations from the mean of the well, towards the unwell.
    pub b: f64,
    /// Where the two are equally likely, if their deviations are taken as given: weighted by the other's deviation.
    pub c: f64,
}

/// The cut-offs from the mean and standard deviation of the `unwell` and of the `well`.
#[must_use]
pub fn cut_offs(unwell: (f64, f64), well: (f64, f64)) -> CutOffs {
    let towards = (well.0 - unwell.0).signum();
    CutOffs {
        a: unwell.0 + 2.0 * towards * unwell.1,
        b: well.0 - 2.0 * towards * well.1,
        c: (well.1 * unwell.0 + unwell.1 * well.0) / (well.1 + unwell.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_comes_out_as_printed() {
        // Jacobson and Truax 1991: S = 7.5, r = .80, from 32.5 to 47.5 on a scale where more is better: RC = 3.16.
        let scale = Scale {
            sd: 7.5,
            reliability: 0.80,
            better: Better::Higher,
            cut_off: Some(50.0),
        };
        let seen = change(&scale, 32.5, 47.5).unwrap();
        assert!((seen.sdiff - 4.74).abs() < 0.005 && (seen.rci - 3.16).abs() < 0.005);
        assert_eq!(seen.class, Class::Improved);
        assert_eq!(change(&scale, 32.5, 50.0).unwrap().class, Class::Recovered);
        // Means 40 and 60, deviations 7.5: a = 55, b = 45, c = 50.
        assert_eq!(
            cut_offs((40.0, 7.5), (60.0, 7.5)),
            CutOffs {
                a: 55.0,
                b: 45.0,
                c: 50.0
            }
        );
    }

    #[test]
    fn turning_the_scale_over_turns_nothing_else() {
        for (before, after) in [(10.0, 20.0), (20.0, 10.0), (10.0, 11.0), (5.0, 30.0)] {
            let up = Scale {
                sd: 5.0,
                reliability: 0.9,
                better: Better::Higher,
                cut_off: Some(18.0),
            };
            let down = Scale {
                better: Better::Lower,
                cut_off: Some(-18.0),
                ..up
            };
            let (one, other) = (
                change(&up, before, after).unwrap(),
                change(&down, -before, -after).unwrap(),
            );
            assert_eq!((one.class, one.rci), (other.class, -other.rci));
        }
        let nothing = Scale {
            sd: 0.0,
            reliability: 0.9,
            better: Better::Lower,
            cut_off: None,
        };
        assert_eq!(change(&nothing, 1.0, 2.0), None);
        assert_eq!(
            change(
                &Scale {
                    sd: 1.0,
                    reliability: 1.0,
                    ..nothing
                },
                1.0,
                2.0
            ),
            None
        );
    }
}
