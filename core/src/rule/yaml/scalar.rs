//! What a scalar means: the core schema of YAML 1.2, less the forms of numbers that JSON does not have.
//!
//! `No`, `yes` and `on` are texts, as YAML 1.2 has it. A plain scalar with a leading zero stays text, since it is an
//! account id (`012345678901`) far more often than a number; `0x1F`, `.5`, `+5` and `.inf` stay text as well, as
//! records hold JSON numbers only. A phone number is more often meant by `+15551234567` than that number.

use crate::record::number;

/// A scalar after quotes, escapes and folding are resolved.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    /// Its text; of a number as it is written.
    pub(crate) text: String,
    /// What the text means.
    pub(crate) kind: Kind,
    /// Whether it is plain, quoted or a block: needed to find a place within it.
    pub(crate) style: Style,
}

impl Scalar {
    /// Whether it is a text here and a number to YAML: `+5`, `.5`, `5.`, `0x10`, `0o10`.
    pub(crate) fn is_number_of_yaml(&self) -> bool {
        let unsigned = self.text.strip_prefix(['+', '-']).unwrap_or(&self.text);
        let based = |prefix, base| {
            let digits = self.text.strip_prefix(prefix).unwrap_or_default();
            !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(base))
        };
        let is_plain = self.style == Style::Plain && self.kind == Kind::Text;
        let is_decimal = || {
            let begins =
                unsigned.trim_start_matches('0').starts_with(|first: char| first.is_ascii_digit() || first == '.');
            let has_mark = self.text.starts_with('+') || unsigned.contains('.');
            has_mark && begins && unsigned.parse::<f64>().is_ok()
        };
        is_plain && (is_decimal() || based("0x", 16) || based("0o", 8))
    }
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    Block,
}

/// What a scalar means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean(bool),
    Number,
    Text,
}

impl Kind {
    /// What it is, in a sentence of a diagnostic.
    pub(crate) fn described(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Boolean(_) => "a boolean",
            Self::Number => "a number",
            Self::Text => "a text",
        }
    }
}

/// The meaning of a scalar without a tag.
pub(super) fn kind(text: &str, style: Style) -> Kind {
    if style != Style::Plain {
        return Kind::Text;
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Boolean(true),
        "false" | "False" | "FALSE" => Kind::Boolean(false),
        _ if number::is_number(text.as_bytes()) => Kind::Number,
        _ => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Scalar, Style, kind};

    #[test]
    fn only_what_yaml_1_2_and_json_both_call_so_is_no_text() {
        for text in ["No", "yes", "on", "off", "y", "nULL", "tRUE", "2024-01-31", "12:30", ".inf", ".nan", "<<"] {
            assert_eq!(kind(text, Style::Plain), Kind::Text, "{text}");
        }
        assert_eq!(kind("~", Style::Plain), Kind::Null);
        assert_eq!(kind("TRUE", Style::Plain), Kind::Boolean(true));
        assert_eq!(kind("true", Style::SingleQuoted), Kind::Text);
        assert_eq!(kind("", Style::Block), Kind::Text);
    }

    #[test]
    fn numbers_of_yaml_alone_are_known() {
        let is =
            |text: &str, style| Scalar { text: text.to_owned(), kind: kind(text, style), style }.is_number_of_yaml();
        for text in ["+5", ".5", "5.", "-.5", "+0.5", "0x10", "0o10", "+1e3"] {
            assert!(is(text, Style::Plain) && !is(text, Style::SingleQuoted), "{text}");
        }
        for text in ["5", "0.5", "012345678901", ".inf", ".nan", "+", ".", "1.2.3", "0x", "0xfg", "0x+1", "+a", "x.5"] {
            assert!(!is(text, Style::Plain), "{text}");
        }
    }
}
