//! `re`: a regular expression → the form that [`Expression`] takes. Writes everything out that would need tables of
//! Unicode, and refuses what other engines read differently, so that an expression means here what it means there.
//!
//! Classes (`\d`, `\w`, `\s`, `\b`) are those of ASCII, as PCRE has them; `.` and a class are one character of Unicode.

use super::Mistake;
use crate::fold::{self, LAST_WITH_CASE};
use crate::rule::diagnostic::Code;
use crate::rule::expression::{Expression, TooLarge};
use regex_syntax::ast::{
    AssertionKind, Ast, ClassAsciiKind, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, ErrorKind, Flag,
    Flags as Inline, FlagsItemKind, GroupKind, RepetitionKind, RepetitionRange, Span, parse::ParserBuilder,
};
use std::cell::RefCell;
use std::collections::HashSet;

/// What the modifiers behind `re` and flags within the expression say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flags {
    pub(super) ignore_case: bool,
    pub(super) multi_line: bool,
    pub(super) dot_all: bool,
}

impl Flags {
    pub(super) const NONE: Self = Self { ignore_case: false, multi_line: false, dot_all: false };
}

const CODE: Code = Code::SigmaRegex;

/// How deep groups and classes may be nested; what walks the expression may recurse.
const MAX_NESTING: u32 = 64;

/// What was translated for one pack. Compiling takes long, so rules that ask the same of several fields share one
/// expression.
#[derive(Debug, Default)]
pub(crate) struct Expressions(RefCell<Vec<(String, Flags, Expression)>>);

impl Expressions {
    pub(super) fn translate(&self, source: &str, flags: Flags) -> Result<Expression, Mistake> {
        // There are dozens of them at most, unless somebody loads thousands of rules, which takes seconds anyway.
        let known = |known: &&(String, Flags, Expression)| known.0 == source && known.1 == flags;
        if let Some((.., expression)) = self.0.borrow().iter().find(known) {
            return Ok(expression.clone());
        }
        let expression = translate(source, flags)?;
        self.0.borrow_mut().push((source.to_owned(), flags, expression.clone()));
        Ok(expression)
    }
}

/// Translates an expression, or says what is wrong with it.
pub(super) fn translate(source: &str, flags: Flags) -> Result<Expression, Mistake> {
    let parsed = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(source);
    let tree = parsed.map_err(|error| {
        let help = match error.kind() {
            ErrorKind::UnsupportedLookAround => {
                "test what must not be there in an identifier of its own, and write `and not` in the condition"
            }
            ErrorKind::UnsupportedBackreference => "write out what the group may hold",
            ErrorKind::NestLimitExceeded(_) => "leave out groups that change nothing",
            _ => "an operator that stands for itself has a backslash before it, as in `\\(`; `contains` needs none",
        };
        mistake(error.span(), format!("`re` cannot read this: {}", error.kind()), help)
    })?;
    let mut translation = Translation { flags, out: String::with_capacity(source.len()) };
    translation.ast(&tree)?;
    Expression::new(translation.out).map_err(|TooLarge| {
        let help = "lower the numbers in `{…}`; `.*` costs less than `.{0,200}`";
        Mistake::new(0, CODE, "this regular expression is too large once its repetitions are written out", help)
    })
}

struct Translation {
    flags: Flags,
    out: String,
}

impl Translation {
    /// Recursion is bounded by the parser.
    fn ast(&mut self, ast: &Ast) -> Result<(), Mistake> {
        match ast {
            Ast::Empty(_) => {}
            Ast::Flags(set) => self.set(&set.flags)?,
            Ast::Literal(literal) => self.letter(literal.c),
            Ast::Dot(_) => self.out.push_str(if self.flags.dot_all { "(?s:.)" } else { "." }),
            Ast::Assertion(assertion) => self.assertion(&assertion.kind),
            Ast::ClassPerl(class) => {
                let (negated, members) = perl(class);
                self.class(negated, |class| class.out.push_str(members));
            }
            Ast::ClassUnicode(class) => return Err(no_unicode(&class.span)),
            Ast::ClassBracketed(class) => {
                let result = self.class(class.negated, |translation| translation.set_of(&class.kind));
                result?;
            }
            Ast::Repetition(repetition) => {
                if let Ast::Repetition(_) = *repetition.ast {
                    let message = "a repetition is repeated, which other engines read as a possessive one";
                    return Err(mistake(&repetition.op.span, message, "put the inner one in brackets: `(?:a+)+`"));
                }
                self.ast(&repetition.ast)?;
                self.repeat(&repetition.op.kind);
            }
            Ast::Group(group) => {
                let outer = self.flags;
                if let GroupKind::NonCapturing(flags) = &group.kind {
                    self.set(flags)?;
                }
                self.out.push_str("(?:");
                self.ast(&group.ast)?;
                self.out.push(')');
                self.flags = outer;
            }
            Ast::Alternation(alternation) => {
                for (number, part) in alternation.asts.iter().enumerate() {
                    if number > 0 {
                        self.out.push('|');
                    }
                    self.ast(part)?;
                }
            }
            Ast::Concat(concat) => {
                for part in &concat.asts {
                    self.ast(part)?;
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, flags: &Inline) -> Result<(), Mistake> {
        let mut value = true;
        for item in &flags.items {
            let flag = match &item.kind {
                FlagsItemKind::Negation => {
                    value = false;
                    continue;
                }
                FlagsItemKind::Flag(flag) => flag,
            };
            let place = match flag {
                Flag::CaseInsensitive => &mut self.flags.ignore_case,
                Flag::MultiLine => &mut self.flags.multi_line,
                Flag::DotMatchesNewLine => &mut self.flags.dot_all,
                _ => return Err(mistake(&item.span, "only the flags i, m and s are read", "write it out without")),
            };
            *place = value;
        }
        Ok(())
    }

    fn assertion(&mut self, kind: &AssertionKind) {
        self.out.push_str(match kind {
            AssertionKind::StartLine if self.flags.multi_line => "(?m:^)",
            AssertionKind::EndLine if self.flags.multi_line => "(?m:$)",
            AssertionKind::StartLine | AssertionKind::StartText => "^",
            AssertionKind::EndLine | AssertionKind::EndText => "$",
            AssertionKind::WordBoundary => r"(?-u:\b)",
            AssertionKind::NotWordBoundary => r"(?-u:\B)",
            // Elsewhere an escaped angle bracket is one.
            AssertionKind::WordBoundaryStartAngle => "<",
            AssertionKind::WordBoundaryEndAngle => ">",
            AssertionKind::WordBoundaryStart => r"(?-u:\b{start})",
            AssertionKind::WordBoundaryEnd => r"(?-u:\b{end})",
            AssertionKind::WordBoundaryStartHalf => r"(?-u:\b{start-half})",
            AssertionKind::WordBoundaryEndHalf => r"(?-u:\b{end-half})",
        });
    }

    /// A repetition that stops early ends a match elsewhere, but changes nothing about whether there is one.
    fn repeat(&mut self, kind: &RepetitionKind) {
        let text = match kind {
            RepetitionKind::ZeroOrOne => "?".to_owned(),
            RepetitionKind::ZeroOrMore => "*".to_owned(),
            RepetitionKind::OneOrMore => "+".to_owned(),
            RepetitionKind::Range(RepetitionRange::Exactly(times)) => format!("{{{times}}}"),
            RepetitionKind::Range(RepetitionRange::AtLeast(least)) => format!("{{{least},}}"),
            RepetitionKind::Range(RepetitionRange::Bounded(least, most)) => format!("{{{least},{most}}}"),
        };
        self.out.push_str(&text);
    }

    fn letter(&mut self, letter: char) {
        let forms: Vec<char> = if self.flags.ignore_case { fold::forms(letter).collect() } else { Vec::new() };
        if forms.len() < 2 {
            return self.literal(letter);
        }
        self.class(false, |class| forms.iter().for_each(|&form| class.literal(form)));
    }

    /// Written as a code unless it is a letter or digit of ASCII: no operator can arise.
    fn literal(&mut self, letter: char) {
        if letter.is_ascii_alphanumeric() {
            self.out.push(letter);
        } else {
            self.out.push_str(&format!("\\x{{{:X}}}", u32::from(letter)));
        }
    }

    fn class<T>(&mut self, negated: bool, members: impl FnOnce(&mut Self) -> T) -> T {
        self.out.push_str(if negated { "[^" } else { "[" });
        let result = members(self);
        self.out.push(']');
        result
    }

    fn set_of(&mut self, set: &ClassSet) -> Result<(), Mistake> {
        match set {
            ClassSet::Item(item) => self.item(item),
            ClassSet::BinaryOp(operation) => {
                let message = "`&&`, `--` and `~~` in a class mean other things in other engines";
                Err(mistake(&operation.span, message, "put a backslash before each character that stands for itself"))
            }
        }
    }

    fn item(&mut self, item: &ClassSetItem) -> Result<(), Mistake> {
        match item {
            ClassSetItem::Empty(_) => {}
            ClassSetItem::Literal(literal) => self.range(literal.c, literal.c),
            ClassSetItem::Range(range) => self.range(range.start.c, range.end.c),
            ClassSetItem::Ascii(class) => {
                let members = ascii(&class.kind, self.flags.ignore_case);
                self.class(class.negated, |translation| translation.out.push_str(members));
            }
            ClassSetItem::Perl(class) => {
                let (negated, members) = perl(class);
                self.class(negated, |translation| translation.out.push_str(members));
            }
            ClassSetItem::Unicode(class) => return Err(no_unicode(&class.span)),
            ClassSetItem::Bracketed(class) => {
                let message = "a class within a class means other things in other engines";
                return Err(mistake(&class.span, message, "a bracket that stands for itself is `\\[`"));
            }
            ClassSetItem::Union(union) => {
                for item in &union.items {
                    self.item(item)?;
                }
            }
        }
        Ok(())
    }

    /// A range with, where case does not count, the other forms of its letters.
    fn range(&mut self, first: char, last: char) {
        self.literal(first);
        if first < last {
            self.out.push('-');
            self.literal(last);
        }
        if !self.flags.ignore_case {
            return;
        }
        for form in other_forms(first, last) {
            self.literal(form);
        }
    }
}

/// What is outside the range and differs from a character within it in case alone.
fn other_forms(first: char, last: char) -> Vec<char> {
    let is_outside = |form: &char| *form < first || *form > last;
    if last.is_ascii() {
        return (first..=last).flat_map(fold::forms).filter(is_outside).collect();
    }
    let within: HashSet<char> = (first..=last.min(LAST_WITH_CASE)).map(fold::fold).collect();
    ('\0'..=LAST_WITH_CASE).filter(is_outside).filter(|&form| within.contains(&fold::fold(form))).collect()
}

fn perl(class: &ClassPerl) -> (bool, &'static str) {
    let members = match class.kind {
        ClassPerlKind::Digit => "0-9",
        ClassPerlKind::Space => r"\t-\r\x20",
        ClassPerlKind::Word => "0-9A-Za-z_",
    };
    (class.negated, members)
}

fn ascii(kind: &ClassAsciiKind, ignore_case: bool) -> &'static str {
    match kind {
        ClassAsciiKind::Alnum => "0-9A-Za-z",
        ClassAsciiKind::Lower | ClassAsciiKind::Upper if ignore_case => "A-Za-z",
        ClassAsciiKind::Alpha => "A-Za-z",
        ClassAsciiKind::Ascii => r"\x00-\x7F",
        ClassAsciiKind::Blank => r"\t\x20",
        ClassAsciiKind::Cntrl => r"\x00-\x1F\x7F",
        ClassAsciiKind::Digit => "0-9",
        ClassAsciiKind::Graph => "!-~",
        ClassAsciiKind::Lower => "a-z",
        ClassAsciiKind::Print => r"\x20-~",
        ClassAsciiKind::Punct => r"!-/:-@\[-`{-~",
        ClassAsciiKind::Space => r"\t-\r\x20",
        ClassAsciiKind::Upper => "A-Z",
        ClassAsciiKind::Word => "0-9A-Za-z_",
        ClassAsciiKind::Xdigit => "0-9A-Fa-f",
    }
}

fn no_unicode(span: &Span) -> Mistake {
    mistake(span, "classes of Unicode are not read", "write the characters out, as in `[A-Za-zÀ-ÿ]`")
}

fn mistake(span: &Span, message: impl Into<String>, help: &'static str) -> Mistake {
    Mistake::new(span.start.offset, CODE, message, help)
}
