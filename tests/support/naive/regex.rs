//! The regular expressions of filter patterns: no groups, so alternatives of plain sequences.
//!
//! Matched by keeping every place that can have been reached, one element after the other, which needs neither
//! backtracking nor a library that the core might use too.

/// A regular expression.
#[derive(Clone, Debug)]
pub struct Regex(Vec<Vec<(Element, Repeat)>>);

/// How often an element may come: at least, at most.
type Repeat = (usize, Option<usize>);

#[derive(Clone, Debug)]
enum Element {
    Start,
    End,
    /// One character, of the set or (`false`) not of it.
    One(bool, Vec<Part>),
}

#[derive(Clone, Debug)]
enum Part {
    Range(char, char),
    Class(char),
}

/// Besides letters and digits.
const LITERALS: &str = ":_#=@/;,-";
const OPERATORS: &str = "^$?[]{}|\\*+.";

impl Regex {
    /// Reads an expression; `None` if it holds a character that CloudWatch forbids or makes no sense.
    pub fn read(text: &str) -> Option<Self> {
        let is_allowed = |character: char| {
            character.is_ascii_alphanumeric() || LITERALS.contains(character) || OPERATORS.contains(character)
        };
        if text.is_empty() || !text.chars().all(is_allowed) {
            return None;
        }
        let mut rest: Vec<char> = text.chars().rev().collect();
        let mut alternatives = vec![Vec::new()];
        while let Some(next) = rest.pop() {
            let element = match next {
                '|' => {
                    alternatives.push(Vec::new());
                    continue;
                }
                '^' => Element::Start,
                '$' => Element::End,
                '.' => Element::One(false, vec![Part::Range('\n', '\n')]),
                '[' => set(&mut rest)?,
                '\\' => Element::One(true, vec![escape(&mut rest)?]),
                '*' | '+' | '?' | '{' | '}' | ']' => return None,
                literal => Element::One(true, vec![Part::Range(literal, literal)]),
            };
            let repeat = repeat(&mut rest)?;
            alternatives.last_mut()?.push((element, repeat));
        }
        Some(Self(alternatives))
    }

    /// Whether it matches anywhere in the text.
    pub fn is_found_in(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        self.0.iter().any(|sequence| {
            let mut places = vec![true; text.len() + 1];
            for (element, repeat) in sequence {
                places = element.repeated(*repeat, &text, places);
            }
            places.contains(&true)
        })
    }
}

impl Element {
    fn repeated(&self, (least, most): Repeat, text: &[char], mut places: Vec<bool>) -> Vec<bool> {
        for _ in 0..least {
            places = self.once(text, &places);
        }
        let mut all = places.clone();
        for _ in least..most.unwrap_or(least + text.len() + 1) {
            places = self.once(text, &places);
            if !places.contains(&true) {
                break;
            }
            all.iter_mut().zip(&places).for_each(|(all, &place)| *all |= place);
        }
        all
    }

    fn once(&self, text: &[char], places: &[bool]) -> Vec<bool> {
        let mut next = vec![false; places.len()];
        for place in (0..places.len()).filter(|&place| places[place]) {
            match self {
                Self::Start => next[place] |= place == 0,
                Self::End => next[place] |= place == text.len(),
                Self::One(wanted, parts) if place < text.len() => {
                    next[place + 1] |= parts.iter().any(|part| part.holds(text[place])) == *wanted;
                }
                Self::One(..) => {}
            }
        }
        next
    }
}

impl Part {
    fn holds(&self, character: char) -> bool {
        let is_word = character.is_ascii_alphanumeric() || character == '_';
        let is_space = matches!(character, ' ' | '\t' | '\n');
        match self {
            Self::Range(first, last) => (*first..=*last).contains(&character),
            Self::Class('d') => character.is_ascii_digit(),
            Self::Class('D') => !character.is_ascii_digit(),
            Self::Class('s') => is_space,
            Self::Class('S') => !is_space,
            Self::Class('w') => is_word,
            Self::Class(_) => !is_word,
        }
    }
}

fn escape(rest: &mut Vec<char>) -> Option<Part> {
    match rest.pop()? {
        class @ ('d' | 'D' | 's' | 'S' | 'w' | 'W') => Some(Part::Class(class)),
        'x' => {
            let code = rest.pop()?.to_digit(16)? * 16 + rest.pop()?.to_digit(16)?;
            let character = char::from_u32(code).filter(char::is_ascii)?;
            Some(Part::Range(character, character))
        }
        letter if letter.is_ascii_alphanumeric() => None,
        literal => Some(Part::Range(literal, literal)),
    }
}

fn set(rest: &mut Vec<char>) -> Option<Element> {
    let wanted = rest.last() != Some(&'^');
    if !wanted {
        rest.pop();
    }
    let mut parts = Vec::new();
    loop {
        let part = match rest.pop()? {
            ']' if parts.is_empty() => return None,
            ']' => return Some(Element::One(wanted, parts)),
            '[' => return None,
            '\\' => escape(rest)?,
            literal => Part::Range(literal, literal),
        };
        // A hyphen between two characters makes a range; first or last it is itself.
        let is_range = rest.last() == Some(&'-') && rest.iter().rev().nth(1).is_some_and(|&after| after != ']');
        parts.push(match part {
            Part::Range(first, _) if is_range => {
                rest.pop();
                let last = match rest.pop()? {
                    '\\' => escape(rest)?,
                    '[' => return None,
                    literal => Part::Range(literal, literal),
                };
                match last {
                    Part::Range(last, _) if first <= last => Part::Range(first, last),
                    _ => return None,
                }
            }
            Part::Class(_) if is_range => return None,
            part => part,
        });
    }
}

fn repeat(rest: &mut Vec<char>) -> Option<Repeat> {
    let repeat = match rest.last() {
        Some('?') => (0, Some(1)),
        Some('*') => (0, None),
        Some('+') => (1, None),
        Some('{') => {
            rest.pop();
            let mut inside = String::new();
            while *rest.last()? != '}' {
                inside.push(rest.pop()?);
            }
            let number = |text: &str| text.parse::<usize>().ok();
            match inside.split_once(',') {
                None => (number(&inside)?, Some(number(&inside)?)),
                Some(("", "")) => return None,
                Some(("", most)) => (0, Some(number(most)?)),
                Some((least, "")) => (number(least)?, None),
                Some((least, most)) => (number(least)?, Some(number(most)?)),
            }
        }
        _ => return Some((1, Some(1))),
    };
    rest.pop();
    match repeat {
        (least, Some(most)) if least > most => None,
        _ if matches!(rest.last(), Some('?' | '*' | '+' | '{')) => None,
        repeat => Some(repeat),
    }
}
