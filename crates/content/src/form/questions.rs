//! What has to be asked back, in sentences.

use crate::instrument::Instrument;

pub(super) fn which_order(instrument: &Instrument) -> String {
    let orders: Vec<&str> = instrument
        .orders
        .iter()
        .map(|order| order.id.as_str())
        .collect();
    format!(
        "{} is printed in {} orders with other keys. Say which item opens the form: {}.",
        instrument.abbreviation,
        orders.len(),
        orders.join(" or ")
    )
}

pub(super) const WHICH_WAY: &str = "Its answers carry neither codes nor numbers. Say whether the first one printed is the least \
    (answers=rising) or the most (answers=falling).";
