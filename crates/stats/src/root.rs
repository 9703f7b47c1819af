//! Where a function crosses zero.

/// Brent's method (*Algorithms for Minimization without Derivatives*, 1973, chapter 4), in the form of netlib's `zeroin`,
/// which is also R's `uniroot`: the same steps, so that a search that ends at a coarse `tolerance` ends in the same place.
/// `ends` are two places and the function there, on either side of zero. `None` where `most` steps do not do.
pub(crate) fn brent<E>(
    ends: [(f64, f64); 2],
    tolerance: f64,
    most: usize,
    mut f: impl FnMut(f64) -> Result<f64, E>,
) -> Result<Option<f64>, E> {
    // b is the best so far, a the one before, c lies on the other side of zero.
    let [mut a, mut b] = ends;
    if a.1 == 0.0 {
        return Ok(Some(a.0));
    }
    let mut c = a;
    for _ in 0..=most {
        let before = b.0 - a.0;
        if c.1.abs() < b.1.abs() {
            (a, b, c) = (b, c, b);
        }
        let near = 2.0 * f64::EPSILON * b.0.abs() + 0.5 * tolerance;
        let half = 0.5 * (c.0 - b.0);
        if half.abs() <= near || b.1 == 0.0 {
            return Ok(Some(b.0));
        }
        let mut step = half;
        if before.abs() >= near && a.1.abs() > b.1.abs() {
            let width = c.0 - b.0;
            let s = b.1 / a.1;
            let (mut p, mut q) = if a.0 == c.0 {
                (width * s, 1.0 - s)
            } else {
                let (q, r) = (a.1 / c.1, b.1 / c.1);
                (
                    s * (width * q * (q - r) - (b.0 - a.0) * (r - 1.0)),
                    (q - 1.0) * (r - 1.0) * (s - 1.0),
                )
            };
            if p > 0.0 {
                q = -q;
            } else {
                p = -p;
            }
            if p < 0.75 * width * q - 0.5 * (near * q).abs() && p < (0.5 * before * q).abs() {
                step = p / q;
            }
        }
        if step.abs() < near {
            step = if step > 0.0 { near } else { -near };
        }
        a = b;
        b.0 += step;
        b.1 = f(b.0)?;
        if b.1 != 0.0 && (b.1 > 0.0) == (c.1 > 0.0) {
            c = a;
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::brent;

    fn root(ends: (f64, f64), tolerance: f64, f: impl Fn(f64) -> f64) -> f64 {
        let ends = [(ends.0, f(ends.0)), (ends.1, f(ends.1))];
        brent(ends, tolerance, 100, |x| Ok::<_, Infallible>(f(x)))
            .unwrap()
            .unwrap()
    }

    /// R 4.2.2: `print(uniroot(f, c(0, 100), tol = .Machine$double.eps^0.25)$root, digits = 17)`.
    #[test]
    fn a_coarse_search_ends_where_uniroot_ends() {
        let tolerance = f64::EPSILON.powf(0.25);
        for (found, theirs) in [
            (
                root((0.0, 100.0), tolerance, |x| 3.0 / (x + 0.1) - 5.0),
                0.500_001_107_243_240_5,
            ),
            (
                root((0.0, 100.0), tolerance, |x| x * x * x - 2.0),
                1.259_921_057_643_378_4,
            ),
            (
                root((0.0, 100.0), tolerance, |x| 1.0 - (0.3 * x).exp() / 50.0),
                13.040_068_660_841_113,
            ),
        ] {
            assert!((found - theirs).abs() < 1e-13, "{found}, R {theirs}");
        }
    }

    #[test]
    fn a_fine_search_finds_the_zero_and_an_end_may_be_it() {
        assert!((root((0.0, 2.0), 0.0, |x| x * x - 2.0) - std::f64::consts::SQRT_2).abs() < 1e-15);
        assert_eq!(root((0.0, 2.0), 0.0, |x| x), 0.0);
    }
}
