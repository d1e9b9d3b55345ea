//! The condition of a detection: its grammar, and when it holds.

use super::yaml::Yaml;

/// A condition over search identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Name(String),
}

impl Condition {
    /// Reads a condition over these names. A list of conditions is an OR of them.
    pub(super) fn read(yaml: &Yaml, names: &[&str]) -> Result<Self, String> {
        match yaml {
            Yaml::List(list) if list.is_empty() => Err("no condition".to_owned()),
            Yaml::List(list) => Ok(Self::Any(list.iter().map(|one| Self::one(one, names)).collect::<Result<_, _>>()?)),
            one => Self::one(one, names),
        }
    }

    /// Reads one condition, which must be a text.
    pub(super) fn one(yaml: &Yaml, names: &[&str]) -> Result<Self, String> {
        let text = yaml.text().ok_or("a condition is a text")?;
        let words = words(&text)?;
        let mut reader = Reader { words: &words, names };
        let condition = reader.or()?;
        match reader.words.first() {
            None => Ok(condition),
            Some(word) => Err(format!("`{word}` where the condition should end")),
        }
    }

    /// Whether the word `not` is in it.
    pub(super) fn negates(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(Self::negates),
            Self::Not(_) => true,
            Self::Name(_) => false,
        }
    }

    pub(super) fn holds(&self, search: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(search)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(search)),
            Self::Not(part) => !part.holds(search),
            Self::Name(name) => search(name),
        }
    }
}

/// White space and brackets end words. A `|` began an aggregation in version 1.
fn words(text: &str) -> Result<Vec<String>, String> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let words: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    let is_word = |word: &str| word.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '_' | '*' | '-'));
    match words.iter().find(|word| !is_word(word) && !matches!(word.as_str(), "(" | ")")) {
        None => Ok(words),
        Some(word) => Err(format!("`{word}` in a condition")),
    }
}

/// Loosest first: or, and, not, x of, brackets.
struct Reader<'r> {
    words: &'r [String],
    names: &'r [&'r str],
}

impl Reader<'_> {
    fn or(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.and()?];
        while self.take("or") {
            parts.push(self.and()?);
        }
        Ok(Condition::Any(parts))
    }

    fn and(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.not()?];
        while self.take("and") {
            parts.push(self.not()?);
        }
        Ok(Condition::All(parts))
    }

    fn not(&mut self) -> Result<Condition, String> {
        match self.take("not") {
            true => Ok(Condition::Not(Box::new(self.not()?))),
            false => self.primary(),
        }
    }

    fn primary(&mut self) -> Result<Condition, String> {
        if self.take("(") {
            let inner = self.or()?;
            return if self.take(")") { Ok(inner) } else { Err("a bracket is not closed".to_owned()) };
        }
        let followed_by_of = self.words.get(1).is_some_and(|word| word.eq_ignore_ascii_case("of"));
        let word = self.next()?;
        if followed_by_of {
            self.next()?;
            let selector = self.next()?;
            let reached = self.reached(&selector)?;
            return match word.to_ascii_lowercase().as_str() {
                "1" | "any" => Ok(Condition::Any(reached)),
                "all" => Ok(Condition::All(reached)),
                other => Err(format!("`{other} of`: only 1, any and all")),
            };
        }
        match self.names.contains(&word.as_str()) && !word.contains('*') {
            true => Ok(Condition::Name(word)),
            false => Err(format!("`{word}` is no search identifier")),
        }
    }

    /// `them` is every identifier that does not start with `_`; nor does a pattern reach those unless it starts so
    /// itself. A selector that reaches nothing is refused.
    fn reached(&self, selector: &str) -> Result<Vec<Condition>, String> {
        let pattern = if selector.eq_ignore_ascii_case("them") { "*" } else { selector };
        let reaches = |name: &str| (!name.starts_with('_') || pattern.starts_with('_')) && wildcard(pattern, name);
        let names = self.names.iter().filter(|name| reaches(name));
        let reached: Vec<Condition> = names.map(|&name| Condition::Name(name.to_owned())).collect();
        if reached.is_empty() { Err(format!("`{selector}` reaches nothing")) } else { Ok(reached) }
    }

    fn next(&mut self) -> Result<String, String> {
        let (word, rest) = self.words.split_first().ok_or("the condition ends too early")?;
        self.words = rest;
        Ok(word.clone())
    }

    /// Keywords count in any case.
    fn take(&mut self, keyword: &str) -> bool {
        match self.words.split_first() {
            Some((word, rest)) if word.eq_ignore_ascii_case(keyword) => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }
}

/// `*` is any number of characters, anywhere in the pattern.
fn wildcard(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, behind)) => name.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| rest.get(at..).is_some_and(|rest| wildcard(behind, rest)))
        }),
    }
}
