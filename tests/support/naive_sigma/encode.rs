//! The modifiers that turn one text into others: `base64` and its like, and placeholders.

use super::Placeholders;
use super::pattern::{Token, literal};

/// The texts that a value becomes when its encoders are applied from left to right. Wildcards cannot be encoded; what
/// is encoded is the value without its escapes.
pub(super) fn encoded(tokens: &[Token], encoders: &[&str]) -> Result<Vec<Vec<Token>>, String> {
    let mut bytes = literal(tokens).ok_or("a wildcard cannot be encoded")?.into_bytes();
    let mut texts = Vec::new();
    for encoder in encoders {
        match *encoder {
            "base64" => texts = vec![base64(&bytes)],
            "base64offset" => texts = (0..3).map(|offset| base64_at(&bytes, offset)).collect(),
            width => bytes = wide(&String::from_utf8(bytes).map_err(|_| "not a text")?, width),
        }
    }
    if texts.is_empty() {
        texts.push(String::from_utf8(bytes).map_err(|_| "not a text without `base64`")?);
    }
    Ok(texts.iter().map(|text| text.chars().map(Token::Literal).collect()).collect())
}

/// UTF-16: `wide` and `utf16le` the little end first, `utf16be` the big one, `utf16` a mark and then the little one.
fn wide(text: &str, width: &str) -> Vec<u8> {
    let mark: &[u8] = if width == "utf16" { &[0xFF, 0xFE] } else { &[] };
    let units =
        text.encode_utf16().flat_map(|unit| if width == "utf16be" { unit.to_be_bytes() } else { unit.to_le_bytes() });
    mark.iter().copied().chain(units).collect()
}

/// What the bytes look like within base64 when so many bytes come before them: the characters that depend on
/// neighbours are left out.
fn base64_at(bytes: &[u8], offset: usize) -> String {
    let filled: Vec<u8> = [0].repeat(offset).into_iter().chain(bytes.iter().copied()).collect();
    let text = base64(&filled);
    let start = match offset {
        0 => 0,
        1 => 2,
        _ => 3,
    };
    let lost = match filled.len() % 3 {
        0 => 0,
        1 => 3,
        _ => 2,
    };
    let length = text.chars().count().saturating_sub(lost);
    text.chars().take(length).skip(start).collect()
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    let alphabet: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let byte = |number: usize| u32::from(group.get(number).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let index = bits >> (18 - 6 * place) & 63;
            let is_padding = place as usize > group.len();
            text.push(if is_padding { '=' } else { alphabet.get(index as usize).copied().unwrap_or('=') });
        }
    }
    text
}

/// `%name%` becomes each of the values of that name; `\%` is a percent sign.
pub(super) fn expanded(value: &str, placeholders: &Placeholders) -> Result<Vec<String>, String> {
    let hidden = value.replace("\\%", "\0");
    let mut parts = hidden.split('%');
    let mut texts = vec![parts.next().unwrap_or_default().to_owned()];
    while let Some(name) = parts.next() {
        let behind = parts.next().ok_or("a `%` without its end")?;
        let values = placeholders.get(name).ok_or(format!("nobody says what `%{name}%` is"))?;
        texts =
            texts.iter().flat_map(|text| values.iter().map(move |value| format!("{text}{value}{behind}"))).collect();
    }
    Ok(texts.into_iter().map(|text| text.replace('\0', "%")).collect())
}
