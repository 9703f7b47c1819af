//! Reading a formula: words to a tree.

use super::Error;

/// A part of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Name(String),
    Number(f64),
    Call(String, Vec<Part>),
    Minus(Box<Part>),
    Of(Operator, Box<Part>, Box<Part>),
    /// `(left | right)`; doubled: `(left || right)`.
    Bar {
        left: Box<Part>,
        right: Box<Part>,
        doubled: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    Colon,
    Power,
}

impl Operator {
    fn sign(self) -> char {
        match self {
            Self::Plus => '+',
            Self::Minus => '-',
            Self::Times => '*',
            Self::Over => '/',
            Self::Colon => ':',
            Self::Power => '^',
        }
    }
}

impl std::fmt::Display for Part {
    /// As R writes it: spaces around plus, minus and times.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => write!(f, "{number}"),
            Self::Call(name, arguments) if name == "(" => write!(f, "({})", arguments[0]),
            Self::Call(name, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
                write!(f, "{name}({})", arguments.join(", "))
            }
            Self::Minus(part) => write!(f, "-{part}"),
            Self::Of(operator, left, right) => match operator {
                Operator::Colon | Operator::Power | Operator::Over => {
                    write!(f, "{left}{}{right}", operator.sign())
                }
                _ => write!(f, "{left} {} {right}", operator.sign()),
            },
            Self::Bar {
                left,
                right,
                doubled,
            } => {
                write!(f, "{left} {} {right}", if *doubled { "||" } else { "|" })
            }
        }
    }
}

/// The response and the right side.
pub(super) fn parse(text: &str) -> Result<(Part, Part), Error> {
    let mut reader = Reader::new(text)?;
    let response = reader.sum()?;
    reader.expect("~")?;
    let right = reader.sum()?;
    match reader.peek() {
        None => Ok((response, right)),
        Some(token) => Err(reader.wrong(&format!("{token} stands where the formula should end"))),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Number(f64),
    Sign(&'static str),
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => write!(f, "{number}"),
            Self::Sign(sign) => f.write_str(sign),
        }
    }
}

/// Longer ones first.
const SIGNS: [&str; 12] = ["||", "**", "~", "+", "-", "*", "/", ":", "^", "(", ")", "|"];
/// How many parts may stand inside each other.
const DEEPEST: usize = 60;

struct Reader<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Result<Self, Error> {
        let mut tokens = Vec::new();
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let taken = if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                tokens.push(Token::Sign(if *sign == "**" { "^" } else { sign }));
                sign.len()
            } else if first == ',' {
                tokens.push(Token::Sign(","));
                1
            } else if first == '`' {
                let end = rest[1..].find('`').ok_or_else(|| {
                    Error::Formula(format!("A backtick is not closed in {text}."))
                })?;
                tokens.push(Token::Name(rest[1..=end].to_owned()));
                end + 2
            } else if first.is_ascii_digit()
                || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
            {
                let end = number_end(rest);
                let number = rest[..end].parse().map_err(|_| {
                    Error::Formula(format!("{} is not a number in {text}.", &rest[..end]))
                })?;
                tokens.push(Token::Number(number));
                end
            } else if first.is_alphabetic() || matches!(first, '_' | '.') {
                let end = rest
                    .find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.'))
                    .unwrap_or(rest.len());
                tokens.push(Token::Name(rest[..end].to_owned()));
                end
            } else {
                return Err(Error::Formula(format!(
                    "{first} has no meaning in the formula {text}."
                )));
            };
            rest = rest[taken..].trim_start();
        }
        Ok(Self {
            text,
            tokens,
            next: 0,
            depth: 0,
        })
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(next)) if *next == sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), Error> {
        if self.take(sign) {
            return Ok(());
        }
        Err(match self.peek() {
            Some(token) => self.wrong(&format!("{sign} is missing before {token}")),
            None => self.wrong(&format!("{sign} is missing at its end")),
        })
    }

    fn wrong(&self, what: &str) -> Error {
        Error::Formula(format!("In the formula {} {what}.", self.text))
    }

    fn sum(&mut self) -> Result<Part, Error> {
        let mut left = self.product()?;
        loop {
            let operator = if self.take("+") {
                Operator::Plus
            } else if self.take("-") {
                Operator::Minus
            } else {
                return Ok(left);
            };
            let right = self.product()?;
            left = Part::Of(operator, Box::new(left), Box::new(right));
        }
    }

    fn product(&mut self) -> Result<Part, Error> {
        let mut left = self.interaction()?;
        loop {
            let operator = if self.take("*") {
                Operator::Times
            } else if self.take("/") {
                Operator::Over
            } else {
                return Ok(left);
            };
            let right = self.interaction()?;
            left = Part::Of(operator, Box::new(left), Box::new(right));
        }
    }

    fn interaction(&mut self) -> Result<Part, Error> {
        let mut left = self.signed()?;
        while self.take(":") {
            let right = self.signed()?;
            left = Part::Of(Operator::Colon, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn signed(&mut self) -> Result<Part, Error> {
        if self.take("-") {
            let part = self.deeper(Self::signed)?;
            return Ok(Part::Minus(Box::new(part)));
        }
        if self.take("+") {
            return self.deeper(Self::signed);
        }
        let base = self.atom()?;
        if self.take("^") {
            let power = self.deeper(Self::signed)?;
            return Ok(Part::Of(Operator::Power, Box::new(base), Box::new(power)));
        }
        Ok(base)
    }

    fn deeper(&mut self, read: impl Fn(&mut Self) -> Result<Part, Error>) -> Result<Part, Error> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Error::Formula("The formula is nested too deeply.".into()));
        }
        let part = read(self);
        self.depth -= 1;
        part
    }

    fn atom(&mut self) -> Result<Part, Error> {
        if self.take("(") {
            let left = self.deeper(Self::sum)?;
            let doubled = self.take("||");
            if doubled || self.take("|") {
                let right = self.deeper(Self::sum)?;
                self.expect(")")?;
                return Ok(Part::Bar {
                    left: Box::new(left),
                    right: Box::new(right),
                    doubled,
                });
            }
            self.expect(")")?;
            return Ok(Part::Call("(".into(), vec![left]));
        }
        let token = self.peek().cloned();
        self.next += 1;
        match token {
            Some(Token::Number(number)) => Ok(Part::Number(number)),
            Some(Token::Name(name)) if self.take("(") => {
                let mut arguments = vec![self.deeper(Self::sum)?];
                while self.take(",") {
                    arguments.push(self.deeper(Self::sum)?);
                }
                self.expect(")")?;
                Ok(Part::Call(name, arguments))
            }
            Some(Token::Name(name)) => Ok(Part::Name(name)),
            Some(Token::Sign(sign)) => Err(self.wrong(&format!("a name is missing before {sign}"))),
            None => Err(self.wrong("something is missing at the end")),
        }
    }
}

fn number_end(text: &str) -> usize {
    let digits = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(text.len())
    };
    let whole = digits(text);
    let rest = &text[whole..];
    let Some(exponent) = rest.strip_prefix(['e', 'E']) else {
        return whole;
    };
    let sign = usize::from(exponent.starts_with(['-', '+']));
    match digits(&exponent[sign..]) {
        0 => whole,
        more => whole + 1 + sign + more,
    }
}
