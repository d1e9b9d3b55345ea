//! `%regex%` → the syntax of the `regex` crate. Takes CloudWatch's small language (no groups, ASCII only) and writes
//! everything out, so that neither dialect's other meanings of a character can slip in.
//!
//! Classes are ASCII, as CloudWatch defines them. A negated class and `.` take one character of Unicode, not one byte.

use super::Mistake;
use super::text::Text;
use crate::rule::diagnostic::Code;
use crate::rule::expression::{Expression, TooLarge};

/// Translates the text between the two `%`, which begins at this byte of the pattern.
pub(super) fn translate(begins: usize, body: &str) -> Result<Expression, Mistake> {
    let mut translation = Translation { text: Text::new(body), out: String::with_capacity(body.len()) };
    let result = translation.alternatives().and_then(|()| {
        Expression::new(translation.out).map_err(|TooLarge| {
            let message = "this regular expression is too large once its repetitions are written out";
            mistake(0, message, "lower the numbers in `{…}`")
        })
    });
    result.map_err(|mistake| Mistake { at: mistake.at + begins, ..mistake })
}

struct Translation<'p> {
    text: Text<'p>,
    out: String,
}

/// What comes before, as far as a repetition cares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Anchor,
    Atom,
    Repetition,
}

/// What one character, or one that follows a backslash, stands for.
enum Member {
    Literal(char),
    Class { negated: bool, members: &'static str },
}

impl Translation<'_> {
    fn alternatives(&mut self) -> Result<(), Mistake> {
        let mut last = Last::Nothing;
        loop {
            let at = self.text.at();
            let Some(letter) = self.text.next() else {
                return if last == Last::Nothing { Err(nothing(at)) } else { Ok(()) };
            };
            last = match letter {
                '|' if last == Last::Nothing => return Err(nothing(at)),
                '|' => self.operator(letter, Last::Nothing),
                '^' | '$' => self.operator(letter, Last::Anchor),
                '.' => self.operator(letter, Last::Atom),
                '*' | '+' | '?' | '{' => self.repetition(letter, at, last)?,
                '[' => self.class(at)?,
                letter => {
                    match self.member(letter, at)? {
                        Member::Literal(literal) => self.literal(literal),
                        Member::Class { negated, members } => self.bracketed(negated, members),
                    }
                    Last::Atom
                }
            };
        }
    }

    fn operator(&mut self, letter: char, last: Last) -> Last {
        self.out.push(letter);
        last
    }

    fn repetition(&mut self, letter: char, at: usize, last: Last) -> Result<Last, Mistake> {
        // A `?` behind another repetition makes it stop early, which changes where a match ends but not whether there
        // is one.
        let is_lazy = last == Last::Repetition && letter == '?' && !self.out.ends_with('?');
        if last != Last::Atom && !is_lazy {
            let message = format!("`{letter}` has nothing to repeat");
            return Err(mistake(at, message, "a character that stands for itself has `\\` before it"));
        }
        self.out.push(letter);
        if letter == '{' {
            self.numbers(at)?;
        }
        Ok(Last::Repetition)
    }

    /// The rest of `{m,n}`, of which either may be left out.
    fn numbers(&mut self, at: usize) -> Result<(), Mistake> {
        let wrong = |message: &str| {
            mistake(at, message, "write `{2}`, `{2,}`, `{,5}` or `{2,5}`; a brace that stands for itself is `\\{`")
        };
        let number = |digits: &str| digits.parse::<u32>().map_err(|_| wrong("the number of a repetition is too large"));
        let is_digit = |letter: char| letter.is_ascii_digit();
        let least = self.text.take_while(is_digit);
        let most = if self.text.take(",") { Some(self.text.take_while(is_digit)) } else { None };
        if !self.text.take("}") || (least.is_empty() && most.is_none_or(str::is_empty)) {
            return Err(wrong("`{` begins no repetition"));
        }
        let least = if least.is_empty() { 0 } else { number(least)? };
        self.out.push_str(&least.to_string());
        match most {
            None => {}
            Some("") => self.out.push(','),
            Some(most) => {
                let most = number(most)?;
                if most < least {
                    return Err(wrong("the smaller number of a repetition comes first"));
                }
                self.out.push_str(&format!(",{most}"));
            }
        }
        self.out.push('}');
        Ok(())
    }

    fn class(&mut self, at: usize) -> Result<Last, Mistake> {
        self.out.push('[');
        if self.text.take("^") {
            self.out.push('^');
        }
        if self.text.peek() == Some(']') {
            return Err(mistake(at, "this class is empty", "a bracket that stands for itself is `\\[` or `\\]`"));
        }
        while !self.text.take("]") {
            let first = match self.class_member(at)? {
                Member::Class { negated, members } => {
                    self.bracketed(negated, members);
                    continue;
                }
                Member::Literal(first) => first,
            };
            self.literal(first);
            let is_range = self.text.peek() == Some('-') && !self.text.rest().starts_with("-]");
            if !is_range {
                continue;
            }
            let dash = self.text.at();
            self.text.take("-");
            match self.class_member(at)? {
                Member::Literal(last) if first <= last => {
                    self.out.push('-');
                    self.literal(last);
                }
                _ => {
                    let help = "a range goes from a lower to a higher character; a dash itself stands first or last";
                    return Err(mistake(dash, "this range is empty", help));
                }
            }
        }
        self.out.push(']');
        Ok(Last::Atom)
    }

    /// The next member of the class that was opened at this byte. Operators stand for themselves within a class.
    fn class_member(&mut self, opened: usize) -> Result<Member, Mistake> {
        let at = self.text.at();
        match self.text.next() {
            None => Err(mistake(opened, "this class is not closed", "it ends with `]`; a bracket itself is `\\[`")),
            Some('[') => Err(mistake(at, "a class cannot hold another one", "a bracket itself is `\\[`")),
            Some(letter) if is_operator(letter) && letter != '\\' => Ok(Member::Literal(letter)),
            Some(letter) => self.member(letter, at),
        }
    }

    /// What a character stands for that is no operator where it stands.
    fn member(&mut self, letter: char, at: usize) -> Result<Member, Mistake> {
        match letter {
            '\\' => self.escape(at),
            ']' | '}' => Ok(Member::Literal(letter)),
            _ if letter.is_ascii_alphanumeric() || is_symbol(letter) => Ok(Member::Literal(letter)),
            _ => Err(forbidden(letter, at)),
        }
    }

    fn escape(&mut self, at: usize) -> Result<Member, Mistake> {
        let class = |negated, members| Ok(Member::Class { negated, members });
        match self.text.next() {
            Some('d') => class(false, "0-9"),
            Some('D') => class(true, "0-9"),
            Some('w') => class(false, "0-9A-Za-z_"),
            Some('W') => class(true, "0-9A-Za-z_"),
            Some('s') => class(false, r"\t\n\x20"),
            Some('S') => class(true, r"\t\n\x20"),
            Some('x') => {
                let digits: Option<String> = (0..2).map(|_| self.text.next().filter(char::is_ascii_hexdigit)).collect();
                let code = digits.and_then(|digits| u8::from_str_radix(&digits, 16).ok()).filter(u8::is_ascii);
                let wrong = || mistake(at, "`\\x` takes two hexadecimal digits up to `7F`", "a space is `\\x20`");
                code.map(|code| Member::Literal(char::from(code))).ok_or_else(wrong)
            }
            Some(letter) if is_operator(letter) || is_symbol(letter) => Ok(Member::Literal(letter)),
            Some(letter) if letter.is_ascii_alphanumeric() => {
                let message = format!("`\\{letter}` is not known");
                Err(mistake(at, message, r"there are \d, \D, \s, \S, \w, \W and \xHH"))
            }
            Some(letter) => Err(forbidden(letter, at)),
            None => Err(mistake(at, "a backslash ends this regular expression", "a backslash itself is `\\\\`")),
        }
    }

    fn bracketed(&mut self, negated: bool, members: &str) {
        self.out.push_str(if negated { "[^" } else { "[" });
        self.out.push_str(members);
        self.out.push(']');
    }

    /// Written as a code unless it is a letter or digit: no operator of the other dialect can arise.
    fn literal(&mut self, letter: char) {
        if letter.is_ascii_alphanumeric() {
            self.out.push(letter);
        } else {
            self.out.push_str(&format!("\\x{:02X}", u32::from(letter)));
        }
    }
}

fn is_operator(letter: char) -> bool {
    matches!(letter, '^' | '$' | '?' | '[' | ']' | '{' | '}' | '|' | '\\' | '*' | '+' | '.')
}

fn is_symbol(letter: char) -> bool {
    matches!(letter, ':' | '_' | '#' | '=' | '@' | '/' | ';' | ',' | '-')
}

fn forbidden(letter: char, at: usize) -> Mistake {
    let help = match letter {
        '(' | ')' => "there are no groups: write the alternatives out, as in `%abc|abd%`; a bracket itself is `\\x28`",
        ' ' => "write `\\s` or `\\x20`",
        letter if letter.is_ascii() => "write the code of the character, as in `\\x21` for `!`",
        _ => "ASCII only: compare with a text in double quotes and `*` instead",
    };
    mistake(at, format!("`{}` is not allowed in a regular expression", letter.escape_debug()), help)
}

fn nothing(at: usize) -> Mistake {
    mistake(at, "an alternative is empty, which would match everything", "`= *` asks for any value")
}

fn mistake(at: usize, message: impl Into<String>, help: &'static str) -> Mistake {
    Mistake::new(at, Code::PatternRegex, message, help)
}
