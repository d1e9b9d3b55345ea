//! Sigma's wildcards: a value of a rule → tokens, and whether a text is what they say.

use super::fold::fold;
use super::value::Text;

/// One part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Literal(char),
    /// `*`: any characters, also none.
    Any,
    /// `?`: exactly one character.
    One,
    /// One of the characters by which options begin.
    Dash,
}

/// The characters that `windash` takes for one another.
const DASHES: [char; 5] = ['-', '/', '–', '—', '―'];

/// Reads a value from left to right: a backslash escapes only `*`, `?` and `\`; before anything else it is itself.
pub(super) fn tokens(value: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = value.chars().peekable();
    while let Some(character) = rest.next() {
        tokens.push(match (character, rest.peek()) {
            ('\\', Some(&escaped @ ('*' | '?' | '\\'))) => {
                rest.next();
                Token::Literal(escaped)
            }
            ('*', _) => Token::Any,
            ('?', _) => Token::One,
            _ => Token::Literal(character),
        });
    }
    tokens
}

/// The text that stands there where nothing is a wildcard.
pub(super) fn literal(tokens: &[Token]) -> Option<String> {
    tokens.iter().map(|token| if let Token::Literal(character) = token { Some(*character) } else { None }).collect()
}

/// `windash`: each `-` or `/` that starts a word and does not follow one may be any dash.
pub(super) fn with_dashes(tokens: &[Token]) -> Vec<Token> {
    let is_word = |token: Option<&Token>| match token {
        Some(Token::Literal(character)) => character.is_alphanumeric() || *character == '_',
        _ => false,
    };
    let at = |number: usize| tokens.get(number);
    tokens
        .iter()
        .enumerate()
        .map(|(number, token)| match token {
            Token::Literal('-' | '/')
                if is_word(at(number + 1)) && !number.checked_sub(1).is_some_and(|before| is_word(at(before))) =>
            {
                Token::Dash
            }
            other => *other,
        })
        .collect()
}

/// Whether the whole text is what the tokens say: the piece before the first `*` begins it, the one behind the last ends
/// it, those between follow each other somewhere in the middle.
pub(super) fn fits(tokens: &[Token], text: &Text, cased: bool) -> bool {
    let text = if cased { &text.characters } else { &text.folded };
    let mut pieces = tokens.split(|token| *token == Token::Any);
    let (first, last) = (pieces.next().unwrap_or_default(), pieces.next_back());
    let Some(mut rest) = begins(first, text, cased) else { return false };
    let Some(last) = last else { return rest.is_empty() };
    for piece in pieces {
        match (0..=rest.len()).find_map(|at| begins(piece, rest.get(at..)?, cased)) {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    let end = rest.len().checked_sub(last.len()).and_then(|at| rest.get(at..));
    end.and_then(|end| begins(last, end, cased)).is_some_and(<[char]>::is_empty)
}

/// What stands behind the piece where the text begins with it.
fn begins<'t>(piece: &[Token], text: &'t [char], cased: bool) -> Option<&'t [char]> {
    let (start, behind) = text.split_at_checked(piece.len())?;
    let is_it = |(token, &character): (&Token, &char)| match token {
        Token::Literal(wanted) if cased => *wanted == character,
        Token::Literal(wanted) => fold(*wanted) == character,
        Token::Dash => DASHES.contains(&character),
        Token::One | Token::Any => true,
    };
    piece.iter().zip(start).all(is_it).then_some(behind)
}
