//! The key of an item, `field|modifier|…` → the field and what the modifiers ask for together. Knows which of them go
//! together and in which order; what they do to values is decided elsewhere.

use super::encoding::{Base64, Width};
use super::regex::Flags;
use super::{Mistake, Source, field};
use crate::rule::condition::{Relation, Standing, TimePart};
use crate::rule::diagnostic::{Code, Notes, quoted};
use crate::rule::suggest::did_you_mean_or;
use crate::rule::yaml::{Entry, place_in_key};

/// What is asked of the field's value; a time part and a reference come on top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// It is the value, or the value stands there in it.
    Text(Standing),
    Regex(Flags),
    Cidr,
    Exists,
    Compare(Relation),
}

/// Everything that the modifiers of one item say.
#[derive(Debug)]
pub(super) struct Modifiers {
    pub(super) operator: Operator,
    pub(super) part: Option<TimePart>,
    /// The value names another field.
    pub(super) reference: bool,
    pub(super) width: Option<Width>,
    pub(super) base64: Option<Base64>,
    pub(super) all: bool,
    pub(super) cased: bool,
    pub(super) negated: bool,
    pub(super) windash: bool,
    pub(super) expand: bool,
    /// The first of them that takes texts only.
    pub(super) text_only: Option<&'static str>,
}

/// The key of an item.
#[derive(Debug)]
pub(super) struct Key<'k> {
    /// None: a keyword, to be found anywhere in the record.
    pub(super) field: Option<&'k str>,
    pub(super) modifiers: Modifiers,
}

impl Key<'_> {
    /// That of a text that stands alone, to be found anywhere.
    pub(super) fn keyword() -> Self {
        Self { field: None, modifiers: together(&[]) }
    }
}

/// What one modifier says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Operator(Operator),
    IgnoreCase,
    MultiLine,
    DotAll,
    Width(Width),
    Base64(Base64),
    Part(TimePart),
    Reference,
    All,
    Cased,
    Negated,
    Windash,
    Expand,
}

use Meaning::{All, Cased, DotAll, Expand, IgnoreCase, MultiLine, Negated, Reference, Windash};

/// All modifiers of the specification. Case counts in their names.
const KNOWN: [(&str, Meaning); 34] = [
    ("contains", Meaning::Operator(Operator::Text(Standing::Within))),
    ("startswith", Meaning::Operator(Operator::Text(Standing::AtStart))),
    ("endswith", Meaning::Operator(Operator::Text(Standing::AtEnd))),
    ("re", Meaning::Operator(Operator::Regex(Flags::NONE))),
    ("cidr", Meaning::Operator(Operator::Cidr)),
    ("exists", Meaning::Operator(Operator::Exists)),
    ("lt", Meaning::Operator(Operator::Compare(Relation::Less))),
    ("lte", Meaning::Operator(Operator::Compare(Relation::LessOrEqual))),
    ("gt", Meaning::Operator(Operator::Compare(Relation::Greater))),
    ("gte", Meaning::Operator(Operator::Compare(Relation::GreaterOrEqual))),
    ("i", IgnoreCase),
    ("ignorecase", IgnoreCase),
    ("m", MultiLine),
    ("multiline", MultiLine),
    ("s", DotAll),
    ("dotall", DotAll),
    ("wide", Meaning::Width(Width::LittleEndian)),
    ("utf16le", Meaning::Width(Width::LittleEndian)),
    ("utf16be", Meaning::Width(Width::BigEndian)),
    ("utf16", Meaning::Width(Width::Marked)),
    ("base64", Meaning::Base64(Base64::Whole)),
    ("base64offset", Meaning::Base64(Base64::AtAnyOffset)),
    ("minute", Meaning::Part(TimePart::Minute)),
    ("hour", Meaning::Part(TimePart::Hour)),
    ("day", Meaning::Part(TimePart::Day)),
    ("week", Meaning::Part(TimePart::Week)),
    ("month", Meaning::Part(TimePart::Month)),
    ("year", Meaning::Part(TimePart::Year)),
    ("fieldref", Reference),
    ("all", All),
    ("cased", Cased),
    ("neq", Negated),
    ("windash", Windash),
    ("expand", Expand),
];

impl Meaning {
    /// In which order modifiers stand; `None`: anywhere.
    fn rank(self) -> Option<u8> {
        match self {
            Self::Operator(Operator::Regex(_) | Operator::Cidr) | Self::Width(_) | Self::Part(_) | Self::Reference => {
                Some(0)
            }
            Self::Base64(_) => Some(1),
            Self::Operator(_) | IgnoreCase | MultiLine | DotAll | Windash => Some(2),
            All | Cased | Negated | Expand => None,
        }
    }

    /// Whether there is no sense in having both.
    fn excludes(self, other: Self) -> bool {
        match (self, other) {
            (Self::Operator(_), Self::Operator(_))
            | (Self::Width(_), Self::Width(_))
            | (Self::Base64(_), Self::Base64(_))
            | (Self::Part(_), Self::Part(_)) => true,
            (one, two) => one == two || !one.suits(two) || !two.suits(one),
        }
    }

    /// Whether this one, where it is what decides the kind of the item, can be used with the other.
    fn suits(self, other: Self) -> bool {
        match self {
            Self::Operator(Operator::Exists) => false,
            Self::Operator(Operator::Regex(_)) => matches!(other, IgnoreCase | MultiLine | DotAll | All | Negated),
            Self::Operator(Operator::Cidr) => matches!(other, All | Negated | Expand),
            Self::Operator(Operator::Compare(_)) => matches!(other, Self::Part(_) | All | Negated),
            Self::Part(_) => matches!(other, Self::Operator(Operator::Compare(_)) | All | Negated),
            Reference => matches!(other, Self::Operator(Operator::Text(_)) | All | Cased | Negated),
            _ => true,
        }
    }

    /// Whether a keyword can have it.
    fn suits_keyword(self) -> bool {
        match self {
            Self::Operator(operator) => matches!(operator, Operator::Text(_) | Operator::Regex(_)),
            Self::Part(_) | Reference | Negated => false,
            _ => true,
        }
    }
}

/// Reads a key. Gives `None` where it noted a mistake.
pub(super) fn read<'e>(entry: &'e Entry, source: Source<'_>, notes: &mut Notes) -> Option<Key<'e>> {
    let mut parts = entry.key.split('|');
    let name = parts.next().unwrap_or_default();
    let keyword = name.is_empty();
    let mut at = name.len() + 1;
    let mut found: Vec<(&'static str, Meaning)> = Vec::new();
    let before = notes.mistakes.len();
    for part in parts {
        match add(&mut found, part, at, keyword) {
            Ok(()) => {}
            Err(Mistake { at, code, message, help }) => {
                notes.refuse(place_in_key(source.text, entry, at), code, message, help);
            }
        }
        at += part.len() + 1;
    }
    if let Some(message) = field::mistake(name) {
        notes.refuse(entry.at, Code::SigmaDetection, message, field::HELP);
    }
    if keyword && found.is_empty() && notes.mistakes.len() == before {
        let help = "write `field: value`; to search the whole record, give a list of texts without a field";
        notes.refuse(entry.at, Code::SigmaDetection, "this item names no field", help);
    }
    (notes.mistakes.len() == before).then(|| Key { field: (!keyword).then_some(name), modifiers: together(&found) })
}

fn add(found: &mut Vec<(&'static str, Meaning)>, part: &str, at: usize, keyword: bool) -> Result<(), Mistake> {
    let wrong = |message: String, help: String| Err(Mistake::new(at, Code::SigmaModifier, message, help));
    let Some(&(name, meaning)) = KNOWN.iter().find(|(name, _)| *name == part) else {
        let names = KNOWN.map(|(name, _)| name);
        let help = did_you_mean_or(part, names, || format!("modifiers are {}", names.join(", ")));
        return wrong(format!("{} is not a modifier", quoted(part)), help);
    };
    if keyword && !meaning.suits_keyword() {
        return wrong(format!("`{name}` needs a field before it"), "write `field|…`".to_owned());
    }
    if let Some((other, former)) = found.iter().find(|(_, other)| meaning.excludes(*other)) {
        if *former == meaning {
            return wrong(format!("`{name}` says again what `{other}` says"), "leave it out".to_owned());
        }
        let message = format!("`{other}` and `{name}` cannot be used together");
        return wrong(message, "keep one of them, or write two items".to_owned());
    }
    let later = |(_, other): &&(&str, Meaning)| meaning.rank().is_some_and(|own| other.rank() > Some(own));
    if let Some((other, _)) = found.iter().find(later) {
        return wrong(format!("`{name}` comes too late"), format!("write it before `{other}`"));
    }
    let needs_regex = matches!(meaning, IgnoreCase | MultiLine | DotAll);
    if needs_regex && !found.iter().any(|(name, _)| *name == "re") {
        return wrong(format!("`{name}` is a flag of regular expressions"), "write it behind `re`".to_owned());
    }
    found.push((name, meaning));
    Ok(())
}

fn together(found: &[(&'static str, Meaning)]) -> Modifiers {
    let has = |wanted: Meaning| found.iter().any(|(_, meaning)| *meaning == wanted);
    let takes_texts = |meaning: &Meaning| {
        matches!(meaning, Meaning::Operator(Operator::Text(_)) | Cased | Windash | Expand)
            || matches!(meaning, Meaning::Width(_) | Meaning::Base64(_))
    };
    let mut modifiers = Modifiers {
        operator: Operator::Text(Standing::Whole),
        part: None,
        reference: has(Reference),
        width: None,
        base64: None,
        all: has(All),
        cased: has(Cased),
        negated: has(Negated),
        windash: has(Windash),
        expand: has(Expand),
        text_only: found.iter().find(|(_, meaning)| takes_texts(meaning)).map(|(name, _)| *name),
    };
    for (_, meaning) in found {
        match *meaning {
            Meaning::Operator(Operator::Regex(_)) => {
                let flags = Flags { ignore_case: has(IgnoreCase), multi_line: has(MultiLine), dot_all: has(DotAll) };
                modifiers.operator = Operator::Regex(flags);
            }
            Meaning::Operator(operator) => modifiers.operator = operator,
            Meaning::Part(part) => modifiers.part = Some(part),
            Meaning::Width(width) => modifiers.width = Some(width),
            Meaning::Base64(base64) => modifiers.base64 = Some(base64),
            _ => {}
        }
    }
    modifiers
}
