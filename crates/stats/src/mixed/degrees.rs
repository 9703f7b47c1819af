//! Satterthwaite's degrees of freedom, as lmerTest computes them.

use super::criterion::{Scale, Value};
use super::optimise::derivative;
use super::{Prepared, dense};

/// For each fixed effect 2 v² / (g'Ag): v its variance, g the derivative of v by the variance parameters (lme4's theta and sigma), A
/// their covariance, twice the inverse of the deviance's second derivatives (directions without curvature left out, as at the
/// boundary). Not a number where it cannot be computed.
pub(super) fn satterthwaite(
    prepared: &Prepared,
    theta: &[f64],
    value: &Value,
    variance: f64,
) -> Vec<f64> {
    let fixed = prepared.kept.len();
    slopes_and_curvature(prepared, theta, value, variance).map_or_else(
        || vec![f64::NAN; fixed],
        |(variances, slopes, curvature)| {
            let size = theta.len() + 1;
            let (values, vectors) = dense::eigen(&curvature, size);
            (0..fixed)
                .map(|effect| {
                    let spread: f64 = values
                        .iter()
                        .enumerate()
                        .filter(|(_, value)| **value > 1e-8)
                        .map(|(index, value)| {
                            let along: f64 = (0..size)
                                .map(|k| vectors[k * size + index] * slopes[k][effect])
                                .sum();
                            2.0 * along * along / value
                        })
                        .sum();
                    2.0 * variances[effect].powi(2) / spread
                })
                .collect()
        },
    )
}

type Parts = (Vec<f64>, Vec<Vec<f64>>, Vec<f64>);

/// The variances of the effects, their derivatives by each parameter, and the second derivatives of the deviance, all in the prepared units.
fn slopes_and_curvature(
    prepared: &Prepared,
    theta: &[f64],
    value: &Value,
    variance: f64,
) -> Option<Parts> {
    let fixed = prepared.kept.len();
    let count = theta.len();
    let size = count + 1;
    let sigma = variance.sqrt();
    let variances = |factor: &[f64]| -> Vec<f64> {
        let covariance = prepared.unscaled_covariance(factor);
        (0..fixed)
            .map(|k| covariance[k * fixed + k] * variance)
            .collect()
    };
    let at = |theta: &[f64]| -> Option<Vec<f64>> {
        let value = prepared
            .criterion
            .value(&prepared.own_lambdas(theta), Scale::Fixed(variance))?;
        let mut all = prepared.own_gradient(theta, &value.slopes);
        // The derivative of the residual term by sigma, the only part of that derivative that depends on theta.
        all.push(-2.0 * value.squares / (variance * sigma));
        all.extend(variances(&value.factor));
        Some(all)
    };
    let mut curvature = vec![0.0; size * size];
    let mut slopes = Vec::with_capacity(size);
    for index in 0..count {
        let step = 1e-3 * theta[index].abs().max(0.02);
        let row = derivative(theta, index, step, at)?;
        curvature[index * size..][..size].copy_from_slice(&row[..size]);
        curvature[count * size + index] = row[count];
        slopes.push(row[size..].to_vec());
    }
    curvature[size * size - 1] =
        6.0 * value.squares / (variance * variance) - 2.0 * prepared.criterion.freedom() / variance;
    for row in 0..count {
        for column in 0..row {
            let mean = f64::midpoint(
                curvature[row * size + column],
                curvature[column * size + row],
            );
            curvature[row * size + column] = mean;
            curvature[column * size + row] = mean;
        }
    }
    let variances = variances(&value.factor);
    slopes.push(variances.iter().map(|value| 2.0 * value / sigma).collect());
    Some((variances, slopes, curvature))
}
