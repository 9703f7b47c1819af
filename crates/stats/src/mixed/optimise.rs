//! Finding the least value of a smooth function with a known gradient, unbounded.

use super::dense;

/// A place and what the function is there.
#[derive(Clone)]
pub(super) struct Place {
    pub x: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
}

/// The function: its value and gradient, or `None` where it has none.
pub(super) trait Function: Fn(&[f64]) -> Option<(f64, Vec<f64>)> {}
impl<F: Fn(&[f64]) -> Option<(f64, Vec<f64>)>> Function for F {}

/// Steps of BFGS (Nocedal and Wright 2006, algorithm 6.1), then of Newton with differences of the gradient; a saddle is left along
/// its descending direction. `None` when the function has no value at `start`.
pub(super) fn minimise(function: &impl Function, start: &[f64]) -> Option<Place> {
    let (value, gradient) = function(start)?;
    let mut place = Place {
        x: start.to_vec(),
        value,
        gradient,
    };
    for _ in 0..6 {
        place = quasi_newton(function, place);
        let mut saddle = None;
        for _ in 0..4 {
            let Some(curvature) = curvature(function, &place) else {
                return Some(place);
            };
            let (values, vectors) = dense::eigen(&curvature, place.x.len());
            let most = values
                .iter()
                .fold(0.0_f64, |most, value| most.max(value.abs()));
            saddle = descending(&values, &vectors, most);
            if saddle.is_some() || !newton(function, &mut place, &values, &vectors, most) {
                break;
            }
        }
        match saddle.and_then(|direction| leave(function, &place, &direction)) {
            Some(lower) => place = lower,
            None => break,
        }
    }
    Some(place)
}

/// The second derivatives, by central differences of the gradient with one step of Richardson's extrapolation.
pub(super) fn curvature(function: &impl Function, place: &Place) -> Option<Vec<f64>> {
    let size = place.x.len();
    let mut result = vec![0.0; size * size];
    for index in 0..size {
        let step = 1e-3 * place.x[index].abs().max(0.05);
        let row = derivative(&place.x, index, step, |x| {
            function(x).map(|(_, gradient)| gradient)
        })?;
        result[index * size..][..size].copy_from_slice(&row);
    }
    for row in 0..size {
        for column in 0..row {
            let mean = f64::midpoint(result[row * size + column], result[column * size + row]);
            result[row * size + column] = mean;
            result[column * size + row] = mean;
        }
    }
    Some(result)
}

/// The derivative of a list of numbers by `x[index]`, to the fourth order in `step`.
pub(super) fn derivative(
    x: &[f64],
    index: usize,
    step: f64,
    function: impl Fn(&[f64]) -> Option<Vec<f64>>,
) -> Option<Vec<f64>> {
    let mut x = x.to_vec();
    let middle = x[index];
    let mut at = |offset: f64| {
        x[index] = middle + offset;
        function(&x)
    };
    let (one, other) = (at(step)?, at(-step)?);
    let (far, away) = (at(2.0 * step)?, at(-2.0 * step)?);
    Some(
        (0..one.len())
            .map(|k| (8.0 * (one[k] - other[k]) - (far[k] - away[k])) / (12.0 * step))
            .collect(),
    )
}

fn quasi_newton(function: &impl Function, mut place: Place) -> Place {
    let size = place.x.len();
    let mut inverse = vec![0.0; size * size];
    let mut fresh = true;
    for _ in 0..400 {
        let steepest = place
            .gradient
            .iter()
            .fold(0.0_f64, |most, value| most.max(value.abs()));
        if steepest < 1e-5 {
            break;
        }
        if fresh {
            inverse.fill(0.0);
            for index in 0..size {
                inverse[index * size + index] = 0.5 / steepest.max(1.0);
            }
        }
        let direction: Vec<f64> = (0..size)
            .map(|row| -dense::dot(&inverse[row * size..][..size], &place.gradient))
            .collect();
        let slope = dense::dot(&direction, &place.gradient);
        let next = if slope < 0.0 {
            search(function, &place, &direction, slope)
        } else {
            None
        };
        let Some(next) = next else {
            if fresh {
                break;
            }
            fresh = true;
            continue;
        };
        let step: Vec<f64> = next
            .x
            .iter()
            .zip(&place.x)
            .map(|(new, old)| new - old)
            .collect();
        let change: Vec<f64> = next
            .gradient
            .iter()
            .zip(&place.gradient)
            .map(|(new, old)| new - old)
            .collect();
        let gained = place.value - next.value;
        place = next;
        update(&mut inverse, &step, &change, fresh);
        fresh = false;
        if gained.abs() < 1e-13 * place.value.abs().max(1.0) {
            break;
        }
    }
    place
}

/// A place along `direction` that is lower enough, and beyond which the function no longer falls as steeply (weak Wolfe conditions).
fn search(function: &impl Function, place: &Place, direction: &[f64], slope: f64) -> Option<Place> {
    let (mut shorter, mut longer) = (0.0, f64::INFINITY);
    let mut length = 1.0;
    let mut best: Option<Place> = None;
    for _ in 0..40 {
        let x: Vec<f64> = place
            .x
            .iter()
            .zip(direction)
            .map(|(x, along)| x + length * along)
            .collect();
        match function(&x) {
            Some((value, gradient)) if value <= place.value + 1e-4 * length * slope => {
                let flat = dense::dot(&gradient, direction) >= 0.9 * slope;
                if best.as_ref().is_none_or(|best| value < best.value) {
                    best = Some(Place { x, value, gradient });
                }
                if flat {
                    return best;
                }
                shorter = length;
            }
            _ => longer = length,
        }
        length = if longer.is_finite() {
            f64::midpoint(shorter, longer)
        } else {
            2.0 * shorter
        };
        if longer - shorter < 1e-14 * length {
            break;
        }
    }
    best
}

fn update(inverse: &mut [f64], step: &[f64], change: &[f64], fresh: bool) {
    let size = step.len();
    let along = dense::dot(step, change);
    if along <= 1e-12 * dense::dot(step, step).sqrt() * dense::dot(change, change).sqrt() {
        return;
    }
    if fresh {
        let scale = along / dense::dot(change, change);
        inverse.fill(0.0);
        for index in 0..size {
            inverse[index * size + index] = scale;
        }
    }
    let turned: Vec<f64> = (0..size)
        .map(|row| dense::dot(&inverse[row * size..][..size], change))
        .collect();
    let through = dense::dot(change, &turned);
    for row in 0..size {
        for column in 0..size {
            inverse[row * size + column] += (1.0 + through / along) * step[row] * step[column]
                / along
                - (turned[row] * step[column] + step[row] * turned[column]) / along;
        }
    }
}

fn descending(values: &[f64], vectors: &[f64], most: f64) -> Option<Vec<f64>> {
    let size = values.len();
    let (index, least) = values
        .iter()
        .enumerate()
        .min_by(|one, other| one.1.total_cmp(other.1))?;
    (*least < -1e-6 * most.max(1e-3))
        .then(|| (0..size).map(|row| vectors[row * size + index]).collect())
}

/// One Newton step where the curvature is upwards; true when another may help.
fn newton(
    function: &impl Function,
    place: &mut Place,
    values: &[f64],
    vectors: &[f64],
    most: f64,
) -> bool {
    let size = values.len();
    let mut x = place.x.clone();
    for (index, value) in values.iter().enumerate() {
        if *value > 1e-9 * most {
            let along: f64 = (0..size)
                .map(|row| vectors[row * size + index] * place.gradient[row])
                .sum();
            for row in 0..size {
                x[row] -= along / value * vectors[row * size + index];
            }
        }
    }
    let steepness = |gradient: &[f64]| dense::dot(gradient, gradient).sqrt();
    let before = steepness(&place.gradient);
    match function(&x) {
        Some((value, gradient))
            if steepness(&gradient) < before
                && value <= place.value + 1e-9 * place.value.abs().max(1.0) =>
        {
            let after = steepness(&gradient);
            *place = Place { x, value, gradient };
            after > 1e-9 && after < 0.5 * before
        }
        _ => false,
    }
}

fn leave(function: &impl Function, place: &Place, direction: &[f64]) -> Option<Place> {
    [0.1, 0.5, 0.02, 0.004]
        .into_iter()
        .flat_map(|length| [length, -length])
        .find_map(|length| {
            let x: Vec<f64> = place
                .x
                .iter()
                .zip(direction)
                .map(|(x, along)| x + length * along)
                .collect();
            let (value, gradient) = function(&x)?;
            (value < place.value - 1e-10 * place.value.abs().max(1.0)).then_some(Place {
                x,
                value,
                gradient,
            })
        })
}
