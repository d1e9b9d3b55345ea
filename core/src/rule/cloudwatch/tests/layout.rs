//! Layout changes nothing, and any text is answered.

use super::compile;
use crate::rule::diagnostic::Code;
use proptest::prelude::*;

/// A pattern as its parts, so that it can be laid out in many ways that all mean the same.
#[derive(Clone, Debug)]
enum Part {
    /// Must stay as it is and needs space around it.
    Word(&'static str),
    /// Stands for itself; space around it is free.
    Sign(&'static str),
    /// Text that may stand with or without quotes.
    Text(String),
}

fn comparison() -> impl Strategy<Value = Vec<Part>> {
    let selector = prop::sample::select(vec!["$.a", "$.b.c-d", "$.e[0].f", "$['g.h']", "$.eventName"]);
    let asked = prop_oneof![
        (prop::sample::select(vec!["=", "!="]), "[a-z][a-zA-Z0-9_.*:/@-]{0,12}")
            .prop_map(|(sign, text)| vec![Part::Sign(sign), Part::Text(text)]),
        prop::sample::select(vec!["=\"x y\"", "!=\"\\\"*\"", "=%a|b%", ">=1", "<2.5e3", "=007", "!=\"007\""])
            .prop_map(|rest| vec![Part::Sign(rest)]),
        prop::sample::select(vec!["NULL", "TRUE", "FALSE"]).prop_map(|word| vec![Part::Word("IS"), Part::Word(word)]),
        Just(vec![Part::Word("NOT"), Part::Word("EXISTS")]),
    ];
    (selector, asked).prop_map(|(selector, asked)| std::iter::once(Part::Word(selector)).chain(asked).collect())
}

fn expression() -> impl Strategy<Value = Vec<Part>> {
    comparison().prop_recursive(4, 24, 3, |inner| {
        (prop::sample::select(vec!["&&", "||"]), prop::collection::vec(inner, 1..4)).prop_map(|(sign, parts)| {
            let mut all = vec![Part::Sign("(")];
            for (number, part) in parts.into_iter().enumerate() {
                all.extend((number > 0).then_some(Part::Sign(sign)));
                all.extend(part);
            }
            all.push(Part::Sign(")"));
            all
        })
    })
}

/// Lays a pattern out: `choices` decides about the space between parts and about quotes.
fn laid_out(parts: &[Part], choices: &[u8]) -> String {
    let mut choices = choices.iter().cycle();
    let mut choose = |among: usize| usize::from(*choices.next().unwrap()) % among;
    let mut pattern = String::new();
    let mut after_word = false;
    for part in [&Part::Sign("{")].into_iter().chain(parts).chain([&Part::Sign("}")]) {
        let is_word = matches!(part, Part::Word(_));
        let spaces = ["", " ", "\n", " \t ", "\r\n"];
        pattern.push_str(if after_word && is_word { spaces[1 + choose(4)] } else { spaces[choose(5)] });
        match part {
            Part::Word(word) | Part::Sign(word) => pattern.push_str(word),
            Part::Text(text) if choose(2) == 0 => pattern.push_str(text),
            Part::Text(text) => pattern.push_str(&format!("\"{text}\"")),
        }
        after_word = is_word;
    }
    pattern
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// S1.15: white space, and quotes around a value that does not need them, change nothing.
    #[test]
    fn layout_and_quotes_never_change_the_meaning(
        parts in expression(),
        one in prop::collection::vec(any::<u8>(), 1..64),
        two in prop::collection::vec(any::<u8>(), 1..64),
    ) {
        let (one, two) = (laid_out(&parts, &one), laid_out(&parts, &two));
        prop_assume!(one.trim().chars().count() <= 1024 && two.trim().chars().count() <= 1024);
        match (compile(&one), compile(&two)) {
            (Ok(one), Ok(two)) => prop_assert_eq!(one, two),
            // More than two regular expressions: in both or in none.
            (Err(one), Err(two)) => {
                prop_assert!(one.iter().chain(&two).all(|mistake| mistake.code == Code::PatternLimit));
            }
            (one, two) => prop_assert!(false, "{one:?}\n{two:?}"),
        }
    }

    /// Whatever the text: an answer, and a mistake within the text.
    #[test]
    fn any_text_is_answered(text in "\\{? ?[$.a'\"\\[\\]*%()&|=!<>0-9A-Z \\\\{}é,-]{0,40}") {
        if let Err(mistakes) = compile(&text) {
            for mistake in mistakes {
                prop_assert!(text.is_char_boundary(mistake.at), "{mistake:?}");
            }
        }
    }
}
