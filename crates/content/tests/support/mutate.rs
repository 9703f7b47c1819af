//! Breaks a good file as chance has it: for tests and for the fuzz driver, without anything but a number to begin with.

/// Numbers that look like chance and are the same every time (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    /// The next number.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        (self.roll() % end.max(1) as u64) as usize
    }
}

/// What such files are made of, and what they should not hold.
const PARTS: &[&str] = &[
    "\"linkId\"",
    "\"item\":[",
    "]",
    "[",
    "{",
    "}",
    "\"type\":\"group\"",
    "\"type\":\"integer\"",
    "null",
    "-1",
    "1e308",
    "0.5",
    "3",
    "\"valueInteger\":3",
    "\"valueCoding\":{}",
    "\"readOnly\":true",
    "\"language\":\"de\"",
    "\"answerValueSet\":\"#a\"",
    "\"url\":\"urn:kith:file:%e\"",
    "%",
    "\u{0}",
    "\u{202e}",
    "é",
    "<",
    ">",
    "</string>",
    "<string name=\"q1\">",
    "<task name=\"phq9\">",
    "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]>",
    "&c;",
    "&#0;",
    "&#x10ffff;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "xmlns=\"\"",
    "locale=\"da_DK\"",
    "\"itemWeight\"",
    "44250-9",
    "LA6568-5",
    "phq-9/99999999999999999999",
];

/// The text with one to eight things done to it.
pub fn mutate(text: &str, other: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let source: Vec<char> = other.chars().collect();
    for _ in 0..=dice.below(8) {
        let at = dice.below(letters.len() + 1);
        let end = (at + dice.below(60)).min(letters.len());
        let put: Vec<char> = match dice.below(8) {
            0 => Vec::new(),
            1 => letters[at..end].repeat(2),
            2 => PARTS[dice.below(PARTS.len())].chars().collect(),
            3 => vec![char::from_u32(dice.below(0x11_0000) as u32).unwrap_or('x')],
            4 => {
                let from = dice.below(source.len());
                source[from..(from + dice.below(200)).min(source.len())].to_vec()
            }
            5 => "[{\"item\":".repeat(dice.below(300)).chars().collect(),
            6 => dice.below(100).to_string().chars().collect(),
            _ => letters[at..end].iter().rev().copied().collect(),
        };
        letters.splice(at..end, put);
        letters.truncate(200_000);
    }
    letters.into_iter().collect()
}
