//! Which modifiers a key carries, and which of them may stand together, in which order.

/// What a key asks for behind its field name.
#[derive(Clone, Debug)]
pub(super) struct Modifiers<'k> {
    names: Vec<&'k str>,
}

const OPERATORS: [&str; 10] = ["contains", "startswith", "endswith", "re", "cidr", "exists", "lt", "lte", "gt", "gte"];
const PLACES: [&str; 3] = ["contains", "startswith", "endswith"];
const COMPARISONS: [&str; 4] = ["lt", "lte", "gt", "gte"];
const FLAGS: [&str; 3] = ["i", "m", "s"];
const BASES: [&str; 2] = ["base64", "base64offset"];
const WIDTHS: [&str; 4] = ["wide", "utf16le", "utf16be", "utf16"];
const TIME_PARTS: [&str; 6] = ["minute", "hour", "day", "week", "month", "year"];
const OTHERS: [&str; 6] = ["all", "cased", "neq", "fieldref", "windash", "expand"];
/// All that may stand behind a key without a field.
const OF_KEYWORDS: [&[&str]; 6] = [&["all", "cased", "windash", "expand"], &PLACES, &["re"], &FLAGS, &BASES, &WIDTHS];

impl<'k> Modifiers<'k> {
    /// Reads what stands behind the field of a key, or says why it cannot stand so.
    pub(super) fn read(names: Vec<&'k str>, has_field: bool) -> Result<Self, String> {
        let this = Self { names };
        let known = [&OPERATORS[..], &FLAGS, &BASES, &WIDTHS, &TIME_PARTS, &OTHERS];
        let rules: [(bool, &str); 10] = [
            (this.names.iter().all(|name| known.iter().any(|list| list.contains(name))), "an unknown modifier"),
            (
                has_field || this.names.iter().all(|name| OF_KEYWORDS.iter().any(|list| list.contains(name))),
                "a modifier that needs a field",
            ),
            (this.count(&OPERATORS) <= 1, "two operators"),
            (this.count(&WIDTHS) <= 1, "two encodings of 16 bits"),
            (!this.has("exists") || this.names.len() == 1, "`exists` with another modifier"),
            (!this.has("cased") || !this.has("re"), "`cased` with `re`"),
            (
                ["re", "cidr"].into_iter().all(|name| this.comes_first(name)),
                "`re` and `cidr` apply to values as written",
            ),
            (this.has("re") || this.count(&FLAGS) == 0, "a flag without `re`"),
            (this.in_order(&BASES, &PLACES), "an encoder behind an operator"),
            (this.in_order(&WIDTHS, &BASES), "16 bits behind `base64`"),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            None => Ok(this),
            Some((_, reason)) => Err(format!("{reason}: {:?}", this.names)),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(&name)
    }

    fn count(&self, list: &[&str]) -> usize {
        self.names.iter().filter(|name| list.contains(name)).count()
    }

    /// `all` and `neq` may stand anywhere, so also before it.
    fn comes_first(&self, name: &str) -> bool {
        let first = self.names.iter().find(|it| !["all", "neq"].contains(it));
        !self.has(name) || first == Some(&name)
    }

    fn in_order(&self, earlier: &[&str], later: &[&str]) -> bool {
        let last = self.names.iter().rposition(|name| earlier.contains(name));
        let first = self.names.iter().position(|name| later.contains(name));
        last.zip(first).is_none_or(|(last, first)| last < first)
    }

    fn first_of(&self, list: &[&'static str]) -> Option<&'static str> {
        list.iter().copied().find(|name| self.has(name))
    }

    /// `contains`, `startswith`, `endswith`
    pub(super) fn place(&self) -> Option<&'static str> {
        self.first_of(&PLACES)
    }

    /// `lt`, `lte`, `gt`, `gte`
    pub(super) fn comparison(&self) -> Option<&'static str> {
        self.first_of(&COMPARISONS)
    }

    /// `minute` to `year`
    pub(super) fn time_part(&self) -> Option<&'static str> {
        self.first_of(&TIME_PARTS)
    }

    /// The flags of `re`, as one text.
    pub(super) fn flags(&self) -> String {
        FLAGS.into_iter().filter(|flag| self.has(flag)).collect()
    }

    /// Encoders from left to right.
    pub(super) fn encoders(&self) -> Vec<&'k str> {
        self.names.iter().copied().filter(|name| BASES.contains(name) || WIDTHS.contains(name)).collect()
    }
}
