//! Twelve invented people and what became of their practice.

/// How a chapter of somebody's practice came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// Still on offer.
    Offered,
    /// Still going.
    Going,
    /// Over; something else took its place.
    Ended,
}

/// Somebody.
pub(super) struct Story {
    pub(super) name: &'static str,
    /// Days ago.
    pub(super) joined: i64,
    pub(super) shares: bool,
    pub(super) chapters: &'static [Chapter],
}

/// One plan and what came of it.
pub(super) struct Chapter {
    pub(super) practice: &'static str,
    /// The programme it follows; then practices and minutes are the programme's.
    pub(super) programme: Option<&'static str>,
    pub(super) minutes: f64,
    pub(super) weekdays: &'static str,
    pub(super) routine: &'static str,
    pub(super) why: &'static str,
    /// First day, in days ago.
    pub(super) from: i64,
    /// The day after the last sitting, in days ago; -1: until today.
    pub(super) to: i64,
    /// The hour of the day.
    pub(super) hour: i8,
    /// How often of ten days she does it.
    pub(super) keeps: u64,
    /// Fit at the beginning and by how much it changes each time.
    pub(super) fit: (f64, f64),
    /// What got in the way, most often.
    pub(super) barrier: &'static str,
    /// The last sitting left them much worse.
    pub(super) ends_badly: bool,
    /// Share of each sitting that is heard, when not all.
    pub(super) heard: f64,
    pub(super) ending: Ending,
}

const USUAL: Chapter = Chapter {
    practice: "wish-loved-one",
    programme: None,
    minutes: 5.0,
    weekdays: "1234567",
    routine: "after brushing your teeth",
    why: "To get used to a kinder tone with somebody who makes it easy.",
    from: 56,
    to: -1,
    hour: 7,
    keeps: 8,
    fit: (6.0, 0.05),
    barrier: "nothing",
    ends_badly: false,
    heard: 1.0,
    ending: Ending::Going,
};

/// What was tapped after a sitting.
pub(super) struct Taps {
    pub(super) heard: f64,
    pub(super) fit: Option<i64>,
    pub(super) effect: Option<i64>,
    pub(super) barrier: Option<&'static str>,
}

impl Chapter {
    /// The taps after the sitting of that number.
    pub(super) fn taps(&self, number: u32, chance: &mut Chance) -> Taps {
        let wobble = f64::from(u32::try_from(chance.below(3)).unwrap_or(0)) - 1.0;
        let fit = (self.fit.0 + self.fit.1 * f64::from(number) + wobble)
            .round()
            .clamp(0.0, 10.0);
        let fit = fit as i64;
        let rated = chance.happens(9) || self.ends_badly || self.fit.0 < 4.0;
        let effect = match fit {
            0..=3 => -1,
            4..=6 => i64::from(chance.happens(4)),
            _ => 1 + i64::from(chance.happens(2)),
        };
        Taps {
            heard: if self.heard < 1.0 && chance.happens(7) {
                self.heard
            } else {
                1.0
            },
            fit: rated.then_some(fit),
            effect: rated.then_some(effect),
            barrier: rated.then_some(if chance.happens(5) {
                self.barrier
            } else {
                "nothing"
            }),
        }
    }
}

/// Chance that falls the same way every time (SplitMix64, Steele and others 2014).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn seeded(name: &str, practice: &str) -> Self {
        // FNV-1a, so that nobody's story depends on the order of the list.
        let seed = name
            .bytes()
            .chain(practice.bytes())
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A whole number from 0 up to, not including, `most`.
    pub(super) fn below(&mut self, most: u64) -> u64 {
        self.next() % most.max(1)
    }

    /// True so many times in ten.
    pub(super) fn happens(&mut self, in_ten: u64) -> bool {
        self.below(10) < in_ten
    }
}

/// The clients of the demo.
pub(super) const STORIES: [Story; 12] = [
    Story {
        name: "Ben",
        joined: 56,
        shares: true,
        chapters: &[
            Chapter {
                to: 28,
                fit: (5.0, 0.12),
                ending: Ending::Ended,
                ..USUAL
            },
            Chapter {
                practice: "circle-short",
                minutes: 10.0,
                from: 28,
                fit: (6.5, 0.08),
                why: "You know the wishes now. This takes them a little further, one person at a time.",
                ..USUAL
            },
        ],
    },
    Story {
        name: "Ada",
        joined: 3,
        shares: true,
        chapters: &[Chapter {
            practice: "arrive-breath",
            minutes: 2.0,
            from: 3,
            why: "Two minutes to land before the day begins.",
            ending: Ending::Offered,
            ..USUAL
        }],
    },
    Story {
        name: "Cem",
        joined: 40,
        shares: true,
        chapters: &[Chapter {
            from: 38,
            to: 9,
            keeps: 6,
            barrier: "time",
            fit: (6.0, -0.03),
            ..USUAL
        }],
    },
    Story {
        name: "Dina",
        joined: 30,
        shares: true,
        chapters: &[
            Chapter {
                from: 29,
                to: 8,
                fit: (6.0, 0.05),
                ending: Ending::Ended,
                ..USUAL
            },
            Chapter {
                practice: "wish-self",
                minutes: 6.0,
                from: 8,
                fit: (2.0, -0.1),
                barrier: "fear-self",
                why: "The same wish, turned towards yourself, now that it comes easily for others.",
                ..USUAL
            },
        ],
    },
    Story {
        name: "Elif",
        joined: 45,
        shares: true,
        chapters: &[Chapter {
            practice: "wish-self",
            minutes: 5.0,
            from: 20,
            to: 1,
            fit: (5.0, -0.1),
            barrier: "backdraft",
            ends_badly: true,
            why: "To try, in small doses, the tone you have for your sister.",
            ..USUAL
        }],
    },
    Story {
        name: "Finn",
        joined: 50,
        shares: true,
        chapters: &[
            Chapter {
                practice: "circle-short",
                minutes: 10.0,
                from: 49,
                to: 35,
                keeps: 5,
                fit: (3.0, -0.1),
                barrier: "flat",
                ending: Ending::Ended,
                ..USUAL
            },
            Chapter {
                practice: "kind-acts-day",
                minutes: 3.0,
                from: 34,
                fit: (7.5, 0.04),
                routine: "with the first coffee",
                why: "Sitting still is not for everybody. This one happens in the day.",
                ..USUAL
            },
        ],
    },
    Story {
        name: "Gita",
        joined: 20,
        shares: true,
        chapters: &[Chapter {
            programme: Some("compassion-2w"),
            from: 8,
            keeps: 9,
            hour: 20,
            fit: (7.0, 0.1),
            routine: "when the children are asleep",
            why: "Two weeks, a little every day, and a little further each time.",
            ..USUAL
        }],
    },
    Story {
        name: "Hugo",
        joined: 35,
        shares: true,
        chapters: &[
            Chapter {
                practice: "hand-rest-20s",
                minutes: 1.0,
                from: 34,
                keeps: 7,
                hour: 12,
                fit: (7.0, 0.03),
                barrier: "time",
                routine: "before opening the mail",
                why: "Twenty seconds fit into any day.",
                ..USUAL
            },
            Chapter {
                practice: "soles-ground",
                minutes: 2.0,
                from: 20,
                keeps: 5,
                hour: 18,
                fit: (8.0, 0.0),
                routine: "on the platform",
                why: "For the way home.",
                ..USUAL
            },
        ],
    },
    Story {
        name: "Ines",
        joined: 42,
        shares: false,
        chapters: &[Chapter {
            from: 40,
            keeps: 7,
            ..USUAL
        }],
    },
    Story {
        name: "Jon",
        joined: 55,
        shares: true,
        chapters: &[Chapter {
            practice: "walk-wish",
            minutes: 10.0,
            weekdays: "67",
            hour: 11,
            from: 54,
            fit: (7.0, 0.05),
            routine: "on the way to the bakery",
            why: "You said you think best on your feet.",
            ..USUAL
        }],
    },
    Story {
        name: "Kira",
        joined: 25,
        shares: true,
        chapters: &[Chapter {
            practice: "soothing-rhythm",
            minutes: 8.0,
            from: 24,
            keeps: 7,
            hour: 22,
            fit: (6.0, 0.02),
            barrier: "time",
            heard: 0.5,
            routine: "in bed",
            why: "A slower rhythm before sleep. Half of it is fine.",
            ..USUAL
        }],
    },
    Story {
        name: "Leo",
        joined: 0,
        shares: true,
        chapters: &[],
    },
];
