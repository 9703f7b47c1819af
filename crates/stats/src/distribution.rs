//! The distributions that tests and intervals stand on: normal, Student's t, chi-squared, F, beta.
//!
//! Each has a lower tail (`_cdf`), an upper tail (`_sf`, computed as itself and never as one less the other, so that
//! small p-values keep their digits) and a quantile. Tails agree with R's to about 1e-13, relatively, also for
//! degrees of freedom in the millions; quantiles are found on whichever tail is smaller and polished by Newton steps
//! inside a bracket, to the same closeness.
//!
//! Arguments that make no sense (a probability outside 0 to 1, degrees of freedom that are not positive) give NaN.
//! An infinite number of degrees of freedom is the limit: t is then normal.
//!
//! Sources: C. Loader, *Fast and accurate computation of binomial probabilities* (2000), for the leading factors
//! without cancellation; Abramowitz and Stegun 6.5.29, 6.5.31 and 26.5.8 for the series and continued fractions;
//! W. Lentz's way of evaluating the latter.

use std::f64::consts::PI;

/// The natural logarithm of 2 pi.
pub const LN_2_PI: f64 = 1.837_877_066_409_345_3;
const SQRT_2_PI: f64 = 2.506_628_274_631_000_7;

/// The density of the standard normal distribution at `z`.
#[must_use]
pub fn normal_density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / SQRT_2_PI
}

/// The probability that a standard normal variable is at most `z`.
///
/// ```
/// assert!((kith_stats::distribution::normal_cdf(1.959963984540054) - 0.975).abs() < 1e-15);
/// ```
#[must_use]
pub fn normal_cdf(z: f64) -> f64 {
    normal_sf(-z)
}

/// The probability that a standard normal variable is greater than `z`.
#[must_use]
pub fn normal_sf(z: f64) -> f64 {
    let (lower, upper) = gamma_tails(0.5, 0.5 * z * z);
    if z >= 0.0 {
        0.5 * upper
    } else {
        0.5 + 0.5 * lower
    }
}

/// The value below which a standard normal variable lies with probability `p`.
///
/// ```
/// let z = kith_stats::distribution::normal_quantile(0.975);
/// assert!((z - 1.959963984540054).abs() < 1e-14);
/// ```
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.5 {
        return 0.0;
    }
    let (tail, sign) = if p < 0.5 { (p, -1.0) } else { (1.0 - p, 1.0) };
    sign * normal_upper_quantile(tail)
}

/// The value above which a standard normal variable lies with probability `tail`, at most one half.
///
/// The start is Abramowitz and Stegun 26.2.23 (error under 4.5e-4); Halley's steps on the logarithm finish.
fn normal_upper_quantile(tail: f64) -> f64 {
    if tail == 0.0 {
        return f64::INFINITY;
    }
    let t = (-2.0 * tail.ln()).sqrt();
    let mut z = t
        - (2.515_517 + t * (0.802_853 + t * 0.010_328))
            / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    for _ in 0..3 {
        let density = normal_density(z);
        if density == 0.0 {
            break;
        }
        let step = (normal_sf(z) - tail) / density;
        z += step / (1.0 - 0.5 * z * step);
        if step.abs() < 1e-9 {
            break;
        }
    }
    z
}

/// Two-sided p-value of a statistic that is standard normal under the hypothesis.
#[must_use]
pub fn normal_p(z: f64) -> f64 {
    gamma_tails(0.5, 0.5 * z * z).1
}

/// The density of Student's t with `df` degrees of freedom at `t`.
#[must_use]
pub fn t_density(t: f64, df: f64) -> f64 {
    if df == f64::INFINITY {
        return normal_density(t);
    }
    if !positive(df) {
        return f64::NAN;
    }
    // As a binomial probability (Loader): accurate for every df.
    let half = 0.5 * df;
    let spread = -deviance(half, half + 0.5) + stirling_error(half + 0.5) - stirling_error(half);
    let ratio = t * t / df;
    let log = if ratio > 1e10 {
        df * (t.abs().ln() - 0.5 * df.ln())
    } else {
        half * ratio.ln_1p()
    };
    (spread - log).exp() / (SQRT_2_PI * (1.0 + ratio).sqrt())
}

/// The probability that Student's t with `df` degrees of freedom is at most `t`.
#[must_use]
pub fn t_cdf(t: f64, df: f64) -> f64 {
    t_sf(-t, df)
}

/// The probability that Student's t with `df` degrees of freedom is greater than `t`.
///
/// ```
/// // R: pt(2.5, 7.3, lower.tail = FALSE)
/// let tail = kith_stats::distribution::t_sf(2.5, 7.3);
/// assert!((tail - 0.019825117332800228).abs() < 1e-15);
/// ```
#[must_use]
pub fn t_sf(t: f64, df: f64) -> f64 {
    if t >= 0.0 {
        0.5 * t_p(t, df)
    } else {
        1.0 - 0.5 * t_p(t, df)
    }
}

/// Two-sided p-value of a statistic that is Student's t with `df` degrees of freedom under the hypothesis.
#[must_use]
pub fn t_p(t: f64, df: f64) -> f64 {
    if t.is_nan() || !positive(df) {
        return f64::NAN;
    }
    if df == f64::INFINITY {
        return normal_p(t);
    }
    if t.is_infinite() {
        return 0.0;
    }
    let square = t * t;
    let sum = df + square;
    beta_lower(df / sum, square / sum, 0.5 * df, 0.5)
}

/// The value below which Student's t with `df` degrees of freedom lies with probability `p`.
///
/// ```
/// // R: qt(0.975, 12)
/// let t = kith_stats::distribution::t_quantile(0.975, 12.0);
/// assert!((t - 2.178_812_829_667_228).abs() < 1e-13);
/// ```
#[must_use]
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) || !positive(df) {
        return f64::NAN;
    }
    if df == f64::INFINITY {
        return normal_quantile(p);
    }
    if p == 0.5 {
        return 0.0;
    }
    let (tail, sign) = if p < 0.5 { (p, -1.0) } else { (1.0 - p, 1.0) };
    if tail == 0.0 {
        return sign * f64::INFINITY;
    }
    let z = normal_upper_quantile(tail);
    // Cornish and Fisher's first terms; for few degrees of freedom the tail's own power law.
    let start = if df > 3.0 {
        z + (z.powi(3) + z) / (4.0 * df)
            + (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / (96.0 * df * df)
    } else {
        z.max(tail.powf(-1.0 / df) * df.sqrt() * 0.5)
    };
    sign * upper_quantile(tail, start, |t| t_sf(t, df), |t| t_density(t, df))
}

/// The density of chi-squared with `df` degrees of freedom at `x`.
#[must_use]
pub fn chi_squared_density(x: f64, df: f64) -> f64 {
    if !positive(df) || x.is_nan() {
        return f64::NAN;
    }
    if x < 0.0 || (x == 0.0 && df > 2.0) {
        return 0.0;
    }
    if x == 0.0 {
        return if df < 2.0 { f64::INFINITY } else { 0.5 };
    }
    gamma_leading(0.5 * df, 0.5 * x) * 0.5 * df / x
}

/// The probability that chi-squared with `df` degrees of freedom is at most `x`.
#[must_use]
pub fn chi_squared_cdf(x: f64, df: f64) -> f64 {
    gamma_tails(0.5 * df, 0.5 * x).0
}

/// The probability that chi-squared with `df` degrees of freedom is greater than `x`.
///
/// ```
/// // R: pchisq(152.233, 12, lower.tail = FALSE)
/// let p = kith_stats::distribution::chi_squared_sf(152.233, 12.0);
/// assert!((p / 1.9967721373353058e-26 - 1.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn chi_squared_sf(x: f64, df: f64) -> f64 {
    gamma_tails(0.5 * df, 0.5 * x).1
}

/// The value below which chi-squared with `df` degrees of freedom lies with probability `p`.
#[must_use]
pub fn chi_squared_quantile(p: f64, df: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) || !positive(df) {
        return f64::NAN;
    }
    if p == 0.0 {
        return 0.0;
    }
    if p == 1.0 {
        return f64::INFINITY;
    }
    // Wilson and Hilferty; near zero the first term of the series.
    let ninth = 2.0 / (9.0 * df);
    let cube = 1.0 - ninth + normal_quantile(p) * ninth.sqrt();
    let mut start = df * cube.powi(3);
    if cube <= 0.0 || start < 0.1 * df {
        start = 2.0 * ((p.ln() + ln_gamma(0.5 * df + 1.0)) * 2.0 / df).exp();
    }
    quantile_on_smaller_tail(
        p,
        start,
        f64::INFINITY,
        |x| gamma_tails(0.5 * df, 0.5 * x),
        |x| chi_squared_density(x, df),
    )
}

/// The probability that F with `df1` and `df2` degrees of freedom is at most `x`.
#[must_use]
pub fn f_cdf(x: f64, df1: f64, df2: f64) -> f64 {
    f_tails(x, df1, df2).0
}

/// The probability that F with `df1` and `df2` degrees of freedom is greater than `x`.
#[must_use]
pub fn f_sf(x: f64, df1: f64, df2: f64) -> f64 {
    f_tails(x, df1, df2).1
}

fn f_tails(x: f64, df1: f64, df2: f64) -> (f64, f64) {
    if x.is_nan() || !positive(df1) || !positive(df2) {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    if df2 == f64::INFINITY {
        return gamma_tails(0.5 * df1, 0.5 * df1 * x);
    }
    let (first, second) = (df1 * x, df2);
    let sum = first + second;
    beta_tails(first / sum, second / sum, 0.5 * df1, 0.5 * df2)
}

/// The value below which F with `df1` and `df2` degrees of freedom lies with probability `p`.
#[must_use]
pub fn f_quantile(p: f64, df1: f64, df2: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) || !positive(df1) || !positive(df2) {
        return f64::NAN;
    }
    if df2 == f64::INFINITY {
        return chi_squared_quantile(p, df1) / df1;
    }
    if p == 0.0 {
        return 0.0;
    }
    if p == 1.0 {
        return f64::INFINITY;
    }
    quantile_on_smaller_tail(
        p,
        1.0,
        f64::INFINITY,
        |x| f_tails(x, df1, df2),
        |x| {
            let sum = df1 * x + df2;
            beta_leading(df1 * x / sum, df2 / sum, 0.5 * df1, 0.5 * df2) / x
        },
    )
}

/// The probability that a beta variable with shapes `a` and `b` is at most `x`.
#[must_use]
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    if !positive(a) || !positive(b) || x.is_nan() {
        return f64::NAN;
    }
    let x = x.clamp(0.0, 1.0);
    beta_lower(x, 1.0 - x, a, b)
}

/// The value below which a beta variable with shapes `a` and `b` lies with probability `p`.
///
/// With it Clopper and Pearson's interval of `x` successes in `n` is from the quantile at alpha/2 of (x, n - x + 1)
/// to the one at 1 - alpha/2 of (x + 1, n - x).
#[must_use]
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) || !positive(a) || !positive(b) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return p;
    }
    quantile_on_smaller_tail(
        p,
        a / (a + b),
        1.0,
        |x| beta_tails(x, 1.0 - x, a, b),
        |x| beta_leading(x, 1.0 - x, a, b) / (x * (1.0 - x)),
    )
}

/// The natural logarithm of the gamma function, of a positive number.
#[must_use]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// The logarithm of gamma(x + 1/2) / gamma(x), without the cancellation of two large logarithms.
#[must_use]
pub fn ln_gamma_half_step(x: f64) -> f64 {
    if x < 15.0 {
        return ln_gamma(x + 0.5) - ln_gamma(x);
    }
    // gamma(y) = sqrt(2 pi / y) (y / e)^y exp(stirling_error(y))
    let y = x + 0.5;
    x * (0.5 / x).ln_1p() - 0.5 + 0.5 * x.ln() + stirling_error(y) - stirling_error(x)
}

/// Not so for NaN.
fn positive(value: f64) -> bool {
    value > 0.0
}

/// What Stirling's formula leaves of ln(x!): ln gamma(x + 1) - (x + 1/2) ln x + x - ln(2 pi) / 2.
fn stirling_error(x: f64) -> f64 {
    if x < 15.0 {
        return ln_gamma(x + 1.0) - (x + 0.5) * x.ln() + x - 0.5 * LN_2_PI;
    }
    let square = x * x;
    (1.0 / 12.0
        - (1.0 / 360.0
            - (1.0 / 1260.0 - (1.0 / 1680.0 - (1.0 / 1188.0) / square) / square) / square)
            / square)
        / x
}

/// Loader's deviance term x ln(x / mean) + mean - x, accurate where x is close to the mean.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * (x / mean).ln() + mean - x;
    }
    let v = difference / (x + mean);
    let mut sum = difference * v;
    let mut term = 2.0 * x * v;
    for j in 1..1000 {
        term *= v * v;
        let next = sum + term / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// x^a y^b / B(a, b), where y = 1 - x.
fn beta_leading(x: f64, y: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || y <= 0.0 {
        return 0.0;
    }
    let n = a + b;
    let exponent = stirling_error(n)
        - stirling_error(a)
        - stirling_error(b)
        - deviance(a, n * x)
        - deviance(b, n * y);
    exponent.exp() * (a * b / (2.0 * PI * n)).sqrt()
}

/// The lower and the upper tail of the beta distribution at x = 1 - y.
fn beta_tails(x: f64, y: f64, a: f64, b: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    if x <= (a + 1.0) / (a + b + 2.0) {
        let lower = (beta_leading(x, y, a, b) / beta_fraction(x, y, a, b)).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (beta_leading(x, y, a, b) / beta_fraction(y, x, b, a)).min(1.0);
        (1.0 - upper, upper)
    }
}

fn beta_lower(x: f64, y: f64, a: f64, b: f64) -> f64 {
    beta_tails(x, y, a, b).0
}

/// What x^a y^b / B(a, b) is divided by to give the lower tail: the even part of the continued fraction, by Lentz.
///
/// It is written with y = 1 - x where that is small, so that nothing cancels for degrees of freedom in the millions.
fn beta_fraction(x: f64, y: f64, a: f64, b: f64) -> f64 {
    let guard = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let offset = a * y - b * x + 1.0;
    let mut fraction = guard(a * offset / (a + 1.0));
    let (mut c, mut d) = (fraction, 0.0);
    for m in 1..100_000 {
        let m = f64::from(m);
        let before = a + 2.0 * m - 1.0;
        let numerator = (a + m - 1.0) / before * ((a + b + m - 1.0) / before) * m * (b - m) * x * x;
        let denominator =
            m + m * (b - m) * x / before + (a + m) * (offset + m * (1.0 + y)) / (a + 2.0 * m + 1.0);
        d = 1.0 / guard(denominator + numerator * d);
        c = guard(denominator + numerator / c);
        let factor = c * d;
        fraction *= factor;
        if (factor - 1.0).abs() < 2e-16 {
            break;
        }
    }
    fraction
}

/// x^a e^-x / gamma(a + 1).
fn gamma_leading(a: f64, x: f64) -> f64 {
    (-stirling_error(a) - deviance(a, x)).exp() / (2.0 * PI * a).sqrt()
}

/// The lower and the upper tail of the gamma distribution with shape `a` at `x`.
fn gamma_tails(a: f64, x: f64) -> (f64, f64) {
    if x.is_nan() || !positive(a) || a == f64::INFINITY {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    let leading = gamma_leading(a, x);
    if x < a + 1.0 {
        let mut term = 1.0;
        let mut sum = 1.0;
        let mut shape = a;
        while term > sum * 1e-17 {
            shape += 1.0;
            term *= x / shape;
            sum += term;
        }
        let lower = (leading * sum).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let mut b = x + 1.0 - a;
        let mut c = 1e300;
        let mut d = 1.0 / b;
        let mut fraction = d;
        for i in 1..100_000 {
            let i = f64::from(i);
            let step = -i * (i - a);
            b += 2.0;
            d = 1.0 / (step * d + b);
            c = b + step / c;
            let factor = d * c;
            fraction *= factor;
            if (factor - 1.0).abs() < 1e-16 {
                break;
            }
        }
        let upper = (leading * a * fraction).min(1.0);
        (1.0 - upper, upper)
    }
}

/// Where the upper tail of a symmetric distribution is `tail`, at most one half: zero or above.
fn upper_quantile(
    tail: f64,
    start: f64,
    sf: impl Fn(f64) -> f64,
    density: impl Fn(f64) -> f64,
) -> f64 {
    bracketed_newton(
        start,
        f64::INFINITY,
        |x| sf(x) / tail - 1.0,
        |x| -density(x) / tail,
    )
}

/// The quantile of a distribution on (0, `most`), found on the tail that is smaller.
fn quantile_on_smaller_tail(
    p: f64,
    start: f64,
    most: f64,
    tails: impl Fn(f64) -> (f64, f64),
    density: impl Fn(f64) -> f64,
) -> f64 {
    if p <= 0.5 {
        bracketed_newton(start, most, |x| 1.0 - tails(x).0 / p, |x| -density(x) / p)
    } else {
        let q = 1.0 - p;
        bracketed_newton(start, most, |x| tails(x).1 / q - 1.0, |x| -density(x) / q)
    }
}

/// The zero in (0, `most`) of a falling function: Newton steps inside a bracket that never widens, halving (or, with
/// no upper end yet, doubling) where a step leaves it.
fn bracketed_newton(
    start: f64,
    most: f64,
    function: impl Fn(f64) -> f64,
    slope: impl Fn(f64) -> f64,
) -> f64 {
    let (mut low, mut high) = (0.0_f64, most);
    let mut x = if start > low && start < high {
        start
    } else {
        0.5
    };
    for _ in 0..400 {
        let value = function(x);
        if value == 0.0 {
            return x;
        }
        if value > 0.0 {
            low = x;
        } else {
            high = x;
        }
        let mut next = x - value / slope(x);
        if !(next > low && next < high) {
            next = if high == f64::INFINITY {
                2.0 * x
            } else if low == 0.0 {
                // Towards zero by powers: a quantile may be 1e-200.
                (high * high.min(1e-3)).max(high * 1e-3)
            } else if high / low > 4.0 {
                (low * high).sqrt()
            } else {
                0.5 * (low + high)
            };
        }
        if (next - x).abs() <= 2e-16 * next.abs() {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_and_tails_undo_each_other() {
        for p in [1e-12, 1e-6, 0.001, 0.025, 0.2, 0.5, 0.8, 0.975, 0.999] {
            assert!((normal_cdf(normal_quantile(p)) / p - 1.0).abs() < 1e-13);
            for df in [0.7, 1.0, 2.0, 3.5, 12.0, 300.0, 1e6] {
                assert!(
                    (t_cdf(t_quantile(p, df), df) / p - 1.0).abs() < 1e-12,
                    "t {p} {df}"
                );
                assert!(
                    (chi_squared_cdf(chi_squared_quantile(p, df), df) / p - 1.0).abs() < 1e-11,
                    "chi-squared {p} {df}"
                );
                let f = f_quantile(p, df, 2.5 * df);
                assert!(
                    (f_cdf(f, df, 2.5 * df) / p - 1.0).abs() < 1e-11,
                    "F {p} {df}"
                );
                let beta = beta_quantile(p, df, 3.0);
                assert!(
                    (beta_cdf(beta, df, 3.0) / p - 1.0).abs() < 1e-9,
                    "beta {p} {df}"
                );
            }
        }
    }
}
