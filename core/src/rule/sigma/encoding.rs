//! `wide`, `utf16…`, `base64` and `base64offset`: a text → the texts in which it can be found once it is encoded so.

/// How characters become bytes, where not as UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// UTF-16, the lower byte first.
    LittleEndian,
    /// UTF-16, the higher byte first.
    BigEndian,
    /// UTF-16, the lower byte first, behind a byte order mark.
    Marked,
}

/// Where the encoded text begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base64 {
    /// It is encoded by itself.
    Whole,
    /// It stands anywhere in what is encoded; so there are three ways.
    AtAnyOffset,
}

/// The texts, or why there are none and the way out.
pub(super) fn encode(
    text: &str,
    width: Option<Width>,
    base64: Option<Base64>,
) -> Result<Vec<String>, (&'static str, &'static str)> {
    let units = || text.encode_utf16();
    let bytes = match width {
        None => text.as_bytes().to_vec(),
        Some(Width::LittleEndian) => units().flat_map(u16::to_le_bytes).collect(),
        Some(Width::BigEndian) => units().flat_map(u16::to_be_bytes).collect(),
        Some(Width::Marked) => [0xFEFF].into_iter().chain(units()).flat_map(u16::to_le_bytes).collect(),
    };
    let texts = match base64 {
        Some(Base64::Whole) => vec![padded(&bytes)],
        Some(Base64::AtAnyOffset) => (0..3).map(|offset| at_offset(&bytes, offset)).collect(),
        None => {
            let text = String::from_utf8(bytes);
            let why = "such bytes cannot stand in a JSON text";
            vec![text.map_err(|_| (why, "write `base64` or `base64offset` behind it"))?]
        }
    };
    if texts.iter().any(String::is_empty) {
        return Err(("it is too short", "give a longer text"));
    }
    Ok(texts)
}

/// What is certain of the encoding when so many bytes stand before, whatever they are and whatever follows.
fn at_offset(bytes: &[u8], offset: usize) -> String {
    let filled: Vec<u8> = std::iter::repeat_n(b' ', offset).chain(bytes.iter().copied()).collect();
    let begin = match offset {
        0 => 0,
        1 => 2,
        _ => 3,
    };
    let drop = match filled.len() % 3 {
        0 => 0,
        1 => 3,
        _ => 2,
    };
    let encoded = padded(&filled);
    encoded.get(begin..encoded.len().saturating_sub(drop)).unwrap_or_default().to_owned()
}

fn padded(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let at = |index: usize| chunk.get(index).copied().map_or(0, u32::from);
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let digit = DIGITS.get((bits >> (18 - 6 * place) & 63) as usize).copied().map(char::from);
            out.push(digit.filter(|_| place <= chunk.len()).unwrap_or('='));
        }
    }
    out
}
