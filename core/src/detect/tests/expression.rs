//! What is done for speed changes nothing: a prepared expression is found where the engine alone finds it.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test ends where it fails")]

use super::index::{expression, settings, text};
use crate::detect::expression::PreparedExpression;
use crate::fold::fold_text;
use crate::rule::expression::Expression;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::Cell;

#[test]
fn expressions_are_found_where_the_plain_engine_finds_them() {
    let texts = prop::collection::vec(prop_oneof![text(), "[abkKs1 \n]{0,6}"], 1..20);
    let (found, ascii) = (Cell::new(0), Cell::new(0));
    let outcome = TestRunner::new(settings(4_000)).run(&(expression(), texts), |(source, texts)| {
        let plain = regex::bytes::Regex::new(&source).unwrap();
        let prepared = PreparedExpression::new(&Expression::new(source.clone()).unwrap());
        for text in texts {
            let expected = plain.is_match(text.as_bytes());
            prop_assert_eq!(prepared.is_found_in(text.as_bytes()), expected, "{} in {:?}", source, text);
            let folded = fold_text(&text);
            let both = prepared.is_found_in_folded(text.as_bytes(), folded.as_bytes());
            prop_assert_eq!(both, expected, "{} in {:?}, folded", source, text);
            found.set(found.get() + u32::from(expected));
            ascii.set(ascii.get() + u32::from(expected && text.is_ascii()));
        }
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(ascii.get() > 3_000 && found.get() > ascii.get() + 1_000, "found in {found:?}, in ASCII {ascii:?}");
}
