//! Times as records write them.

use std::borrow::Cow;

/// `20131102T010628Z`, ISO's basic form in old records, as `2013-11-02T01:06:28Z`; any other text stays as it is.
pub(super) fn extended(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_basic = text.len() == 16
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    if !is_basic {
        return text;
    }
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let (date, time) = ([part(0, 4), part(4, 6), part(6, 8)], [part(9, 11), part(11, 13), part(13, 15)]);
    Cow::Owned(format!("{}T{}Z", date.join("-"), time.join(":")))
}
