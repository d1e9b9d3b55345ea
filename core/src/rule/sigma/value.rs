//! One value of an item, under the item's modifiers → what is asked of the field.

use super::modifiers::{Key, Operator};
use super::{Mistake, Source, any_of, cidr, encoding, field, not, pattern};
use crate::record::decimal::Decimal;
use crate::rule::condition::{Comparison, Condition, Matcher, Pattern, Relation, Standing, Test, TimePart, Token};
use crate::rule::diagnostic::{Code, Notes, quoted};
use crate::rule::yaml::{Kind, Node, Scalar};

const CODE: Code = Code::SigmaValue;

/// The condition, or `None` where a mistake was noted.
pub(super) fn read(
    key: &Key<'_>,
    node: &Node,
    scalar: &Scalar,
    source: Source<'_>,
    notes: &mut Notes,
) -> Option<Condition> {
    match condition(key, scalar, source) {
        Ok(condition) => {
            let is_whole = key.modifiers.operator == Operator::Text(Standing::Whole);
            if is_whole && key.field.is_some() && key.modifiers.text_only.is_none() && scalar.is_number_of_yaml() {
                let message = format!("{} is read as a text, which no number equals", quoted(&scalar.text));
                notes.warn(
                    node.at,
                    CODE,
                    message,
                    "write a number as JSON does, such as `0.5`, or put quotes around a text",
                );
            }
            Some(condition)
        }
        Err(mistake) => {
            mistake.tell(source, node, scalar, notes);
            None
        }
    }
}

fn condition(key: &Key<'_>, scalar: &Scalar, source: Source<'_>) -> Result<Condition, Mistake> {
    let modifiers = &key.modifiers;
    let test = |test| Ok(Condition::Test(field::path(key.field), test));
    if let Some(part) = modifiers.part {
        return time_part(part, modifiers.operator, scalar).and_then(test);
    }
    if modifiers.reference {
        return reference(key, scalar);
    }
    match modifiers.operator {
        Operator::Exists => match scalar.kind {
            Kind::Boolean(true) => test(Test::Present),
            Kind::Boolean(false) => test(Test::Present).map(not),
            _ => Err(wrong("`exists` takes true or false", scalar, "write it without quotes")),
        },
        Operator::Compare(relation) => test(Test::Numeric(relation, number(scalar)?)),
        Operator::Cidr => {
            let mut texts = vec![text(scalar, "cidr")?.to_owned()];
            if modifiers.expand {
                texts = expanded(scalar, source)?.iter().map(|variant| plain(variant)).collect::<Result<_, _>>()?;
            }
            let networks = texts.iter().map(|text| test(Test::Cidr(cidr::network(text)?)));
            networks.collect::<Result<_, _>>().map(any_of)
        }
        Operator::Regex(flags) => test(Test::Regex(source.expressions.translate(text(scalar, "re")?, flags)?)),
        Operator::Text(standing) => match scalar.kind {
            Kind::Text => texts(key, standing, scalar, source),
            _ if let Some(name) = modifiers.text_only => {
                text(scalar, name)?;
                Ok(Condition::Or(Vec::new()))
            }
            Kind::Null if key.field.is_some() => test(Test::NotNull).map(not),
            Kind::Null => Err(wrong("a keyword is a text", scalar, "null needs a field, as in `errorCode: null`")),
            Kind::Boolean(value) => test(pattern_test(key, Standing::Whole, vec![Token::Text(value.to_string())])),
            Kind::Number if key.field.is_none() => {
                test(pattern_test(key, Standing::Whole, vec![Token::Text(number(scalar)?.to_string())]))
            }
            Kind::Number => {
                let number = number(scalar)?;
                let matcher = Matcher::Number(number.to_string(), number);
                test(Test::Text { matcher, negated: false })
            }
        },
    }
}

/// A text with all that modifiers make of it: each placeholder, each way to encode it.
fn texts(key: &Key<'_>, standing: Standing, scalar: &Scalar, source: Source<'_>) -> Result<Condition, Mistake> {
    let modifiers = &key.modifiers;
    let mut variants = if modifiers.expand { expanded(scalar, source)? } else { vec![pattern::tokens(&scalar.text)] };
    if modifiers.width.is_some() || modifiers.base64.is_some() {
        let mut encoded = Vec::new();
        for variant in &variants {
            let texts = encoding::encode(&plain(variant)?, modifiers.width, modifiers.base64);
            let refused = |(why, help)| {
                Mistake::new(
                    0,
                    CODE,
                    format!("{} cannot be found once it is encoded: {why}", quoted(&scalar.text)),
                    help,
                )
            };
            encoded.extend(texts.map_err(refused)?.into_iter().map(|text| vec![Token::Text(text)]));
        }
        variants = encoded;
    }
    if modifiers.windash {
        variants = variants.into_iter().map(pattern::with_dashes).collect();
    }
    let tests = variants.into_iter().map(|tokens| pattern_test(key, standing, tokens));
    Ok(any_of(tests.map(|test| Condition::Test(field::path(key.field), test)).collect()))
}

/// The pattern for a text that stands there. A keyword stands anywhere unless a modifier says otherwise.
fn pattern_test(key: &Key<'_>, standing: Standing, tokens: Vec<Token>) -> Test {
    let keyword = key.field.is_none();
    let open = |at| standing == at || standing == Standing::Within || (keyword && standing == Standing::Whole);
    let mut all = Vec::new();
    if open(Standing::AtEnd) {
        all.push(Token::Any);
    }
    tokens.into_iter().for_each(|token| pattern::push(&mut all, token));
    if open(Standing::AtStart) {
        pattern::push(&mut all, Token::Any);
    }
    if all == [Token::Any] {
        return Test::Something;
    }
    Test::Pattern(Pattern { tokens: all, cased: key.modifiers.cased, keyword })
}

fn expanded(scalar: &Scalar, source: Source<'_>) -> Result<Vec<Vec<Token>>, Mistake> {
    let variants = pattern::expanded(&scalar.text, source.placeholders);
    variants.map_err(|(message, help)| Mistake::new(0, Code::SigmaPlaceholder, message, help))
}

/// A pattern that must be without wildcards.
fn plain(tokens: &[Token]) -> Result<String, Mistake> {
    pattern::literal(tokens).ok_or_else(|| {
        let help = r"write `\*` and `\?` for the characters themselves";
        Mistake::new(0, CODE, "there can be no wildcard in this value", help)
    })
}

fn time_part(part: TimePart, operator: Operator, scalar: &Scalar) -> Result<Test, Mistake> {
    let relation = match operator {
        Operator::Compare(relation) => relation,
        _ => Relation::Equal,
    };
    Ok(Test::TimePart(part, relation, number(scalar)?))
}

fn reference(key: &Key<'_>, scalar: &Scalar) -> Result<Condition, Mistake> {
    let name = text(scalar, "fieldref")?;
    let Some(name) = pattern::literal(&pattern::tokens(name)).filter(|name| !name.is_empty()) else {
        return Err(wrong("`fieldref` takes the name of a field", scalar, "write it without wildcards"));
    };
    if let Some(message) = field::mistake(&name) {
        return Err(Mistake::new(0, CODE, message, field::HELP));
    }
    let place = match key.modifiers.operator {
        Operator::Text(standing) => standing,
        _ => Standing::Whole,
    };
    let comparison = Comparison { place, cased: key.modifiers.cased };
    Ok(Condition::Pair(field::path(key.field), field::path(Some(&name)), comparison))
}

fn text<'s>(scalar: &'s Scalar, modifier: &str) -> Result<&'s str, Mistake> {
    match scalar.kind {
        Kind::Text => Ok(&scalar.text),
        Kind::Null => Err(wrong(&format!("`{modifier}` takes a text"), scalar, "null stands alone: `field: null`")),
        _ => Err(wrong(&format!("`{modifier}` takes a text"), scalar, "put it in quotes")),
    }
}

fn number(scalar: &Scalar) -> Result<Decimal, Mistake> {
    let number = (scalar.kind == Kind::Number).then(|| Decimal::parse(scalar.text.as_bytes())).flatten();
    let help = match scalar.kind {
        Kind::Null => "null stands alone: `field: null`",
        _ => "write it as JSON does: without quotes, `+` and leading zeros, and with a digit on either side of a point",
    };
    number.ok_or_else(|| wrong("a number is expected", scalar, help))
}

fn wrong(expected: &str, scalar: &Scalar, help: &str) -> Mistake {
    let found = match scalar.kind {
        Kind::Null => "null".to_owned(),
        kind => format!("{} {}", kind.described(), quoted(&scalar.text)),
    };
    Mistake::new(0, CODE, format!("{expected}, found {found}"), help)
}
