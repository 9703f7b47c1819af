//! Shares time among silences in proportion to their weights, each within its bounds, exact to the millisecond.

/// A silence that can take more or less than its usual length. Times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Silence {
    /// It is never shorter.
    pub least: u64,
    /// What it lasts when there is neither too much time nor too little.
    pub usual: u64,
    /// It is never longer.
    pub most: u64,
    /// Its part when time is given out or taken, in thousandths, at least 1.
    pub weight: u64,
}

/// The lengths of the silences, in milliseconds, so that they last `total` together: `usual + λ·weight`, held between
/// `least` and `most`, with one λ for all. A total that the bounds do not allow gives the nearest one they do.
pub(crate) fn lengths(silences: &[Silence], total: u64) -> Vec<u64> {
    let usual: u64 = silences.iter().map(|silence| silence.usual).sum();
    if total >= usual {
        let rooms = silences.iter().map(|s| Room {
            room: s.most.saturating_sub(s.usual),
            weight: s.weight,
        });
        let parts = share(&rooms.collect::<Vec<_>>(), total - usual);
        silences
            .iter()
            .zip(parts)
            .map(|(silence, part)| silence.usual + part)
            .collect()
    } else {
        let rooms = silences.iter().map(|s| Room {
            room: s.usual.saturating_sub(s.least),
            weight: s.weight,
        });
        let parts = share(&rooms.collect::<Vec<_>>(), usual - total);
        silences
            .iter()
            .zip(parts)
            .map(|(silence, part)| silence.usual.saturating_sub(part))
            .collect()
    }
}

#[derive(Clone, Copy)]
struct Room {
    room: u64,
    weight: u64,
}

/// Pours `amount` into the rooms at a speed proportional to their weights; a full one takes no more.
///
/// Exact: rooms fill up in the order of `room / weight`, so one walk in that order finds which are full at the end;
/// what is left is divided in proportion. All in whole numbers (the products stay below 2^63: a room is at most half an
/// hour, and there are at most 2,000 of them).
fn share(rooms: &[Room], amount: u64) -> Vec<u64> {
    let mut order: Vec<(usize, Room)> = rooms.iter().copied().enumerate().collect();
    order.sort_by(|(_, a), (_, b)| (a.room * b.weight).cmp(&(b.room * a.weight)));

    let mut parts: Vec<u64> = rooms.iter().map(|room| room.room).collect();
    let mut left = amount;
    let mut weight_left: u64 = rooms.iter().map(|room| room.weight).sum();
    let mut open = order.as_slice();
    while let Some((&(_, first), others)) = open.split_first() {
        if first.room * weight_left > left * first.weight {
            break;
        }
        left -= first.room;
        weight_left -= first.weight;
        open = others;
    }

    // Rounding the running sum instead of each part makes the sum exact, and moves no part by a whole millisecond:
    // each stays below its room, which is a whole number above the unrounded part.
    let mut open_rooms: Vec<(usize, Room)> = open.to_vec();
    open_rooms.sort_unstable_by_key(|&(index, _)| index);
    let (mut weight_before, mut given) = (0, 0);
    for (index, room) in open_rooms {
        weight_before += room.weight;
        let until_here = left * weight_before / weight_left;
        if let Some(part) = parts.get_mut(index) {
            *part = until_here - given;
        }
        given = until_here;
    }
    parts
}

#[cfg(test)]
#[path = "share_tests.rs"]
mod tests;
