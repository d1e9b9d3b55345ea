//! Walks through an array of records, from element to element.
//!
//! Takes the bytes outside the objects in such an array; gives the items among them and where an object begins. An
//! element that is no object is no record; anything else between two elements than one comma breaks the array off.

use super::{Around, Awaits, Framer, Item, Kind, Role, State, Walk};

impl Framer {
    pub(super) fn elements(&mut self, awaits: Awaits, bytes: &[u8], new: usize, items: &mut Vec<Item>) {
        let Some(&byte) = bytes.get(self.at) else { return };
        match (byte, awaits) {
            (b' ' | b'\t' | b'\r', _) => self.at += 1,
            (b'\n', _) if self.ends_line(bytes, new, false) => {
                // The array itself is what broke off: nothing may be left of it, and it counts all the same.
                self.start = self.at;
                self.end(Kind::Malformed, items);
                self.state = State::Between;
            }
            (b'\n', _) => self.at += 1,
            (b']', _) => {
                self.at += 1;
                self.array_ends();
            }
            (b',', Awaits::Comma) => {
                self.at += 1;
                self.state = State::Elements(Awaits::Element);
            }
            (b'{', Awaits::Element) => self.open(State::Value(Role::Element)),
            (b'[', Awaits::Element) => self.open(State::Value(Role::Nested)),
            (b'"', Awaits::Element) => {
                self.open(State::Text { escaped: false });
                self.at += 1;
            }
            (byte, Awaits::Element) if is_word(byte) => self.open(State::Word),
            _ => self.open(State::Rest(Kind::Malformed)),
        }
    }

    fn array_ends(&mut self) {
        match self.around {
            Around::Nothing => self.state = State::Between,
            Around::Object => {
                self.open(State::Value(Role::Tail));
                self.walk = Walk::within_object(self.deepest());
            }
        }
    }

    pub(super) fn text_element(&mut self, escaped: bool, bytes: &[u8], new: usize, items: &mut Vec<Item>) {
        let Some(&byte) = bytes.get(self.at) else { return };
        if byte == b'\n' && self.ends_line(bytes, new, true) {
            self.end(Kind::Malformed, items);
            self.state = State::Between;
            return;
        }
        self.at += 1;
        if byte == b'"' && !escaped {
            self.end(Kind::Element, items);
            self.state = State::Elements(Awaits::Comma);
        } else {
            self.state = State::Text { escaped: byte == b'\\' && !escaped };
        }
    }

    pub(super) fn word_element(&mut self, bytes: &[u8], items: &mut Vec<Item>) {
        let rest = bytes.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|&&byte| is_word(byte)).count();
        self.at += length;
        if length < rest.len() {
            self.end(Kind::Text, items);
            self.state = State::Elements(Awaits::Comma);
        }
    }
}

/// Whether a number, `true`, `false` or `null` may hold this byte.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}
