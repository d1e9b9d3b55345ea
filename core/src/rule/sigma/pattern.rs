//! The text of a value → the parts of a pattern: characters, wildcards, placeholders. Works on the text after YAML took
//! its quotes away and before a modifier adds wildcards; so a text that ends in a backslash stays one.

use super::Placeholders;
use crate::rule::condition::Token;
use crate::rule::diagnostic::quoted;
use crate::rule::suggest::did_you_mean_or;

/// How many patterns the placeholders of one value may stand for.
const MAX_VARIANTS: usize = 10_000;

/// A text with placeholders left in it.
enum Part {
    Token(Token),
    Placeholder(String),
}

/// What a text without placeholders stands for.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '*' => push(&mut tokens, Token::Any),
            '?' => push(&mut tokens, Token::One),
            letter => push_letter(&mut tokens, unescaped(letter, &mut letters, "*?\\")),
        }
    }
    tokens
}

/// What a text stands for whose placeholders have these values: one pattern for each combination. Wildcards in the
/// values count as such. The error says what is wrong, and the way out.
pub(super) fn expanded(text: &str, placeholders: &Placeholders) -> Result<Vec<Vec<Token>>, (String, String)> {
    let mut variants: Vec<Vec<Token>> = vec![Vec::new()];
    for part in parts(text) {
        let name = match part {
            Part::Token(token) => {
                variants.iter_mut().for_each(|variant| push(variant, token.clone()));
                continue;
            }
            Part::Placeholder(name) => name,
        };
        let values = match placeholders.get(&name) {
            Some(values) if !values.is_empty() => values,
            _ => return Err(unresolved(&name, placeholders)),
        };
        if variants.len() * values.len() > MAX_VARIANTS {
            let message = format!("the placeholders stand for too many values (limit {MAX_VARIANTS})");
            return Err((message, "use one placeholder a value, or shorter lists".to_owned()));
        }
        let with = |variant: &Vec<Token>, value: &String| {
            let mut longer = variant.clone();
            tokens(value).into_iter().for_each(|token| push(&mut longer, token));
            longer
        };
        variants = variants.iter().flat_map(|variant| values.iter().map(move |value| with(variant, value))).collect();
    }
    Ok(variants)
}

fn unresolved(name: &str, placeholders: &Placeholders) -> (String, String) {
    let message = format!("the placeholder {} has no values", quoted(&format!("%{name}%")));
    let others = placeholders.keys().map(String::as_str).filter(|known| *known != name);
    let help = did_you_mean_or(name, others, || {
        format!("list them in a file given with `--overrides`, as in `placeholders: {{{name}: [one, two]}}`")
    });
    (message, help)
}

/// Between two `%` stands the name of a placeholder; a `%` that is followed by none stands for itself.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let token = match letter {
            '*' => Token::Any,
            '?' => Token::One,
            '%' => match name(letters.as_str()) {
                Some(name) => {
                    letters = letters.as_str().get(name.len() + 1..).unwrap_or_default().chars();
                    parts.push(Part::Placeholder(name.to_owned()));
                    continue;
                }
                None => Token::Text(letter.to_string()),
            },
            letter => Token::Text(unescaped(letter, &mut letters, "*?\\%").to_string()),
        };
        parts.push(Part::Token(token));
    }
    parts
}

fn name(text: &str) -> Option<&str> {
    let (name, _) = text.split_once('%')?;
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(is_part)).then_some(name)
}

/// A backslash makes the next character stand for itself if it could mean anything else; before others it stands for
/// itself.
fn unescaped(letter: char, letters: &mut std::str::Chars<'_>, special: &str) -> char {
    if letter != '\\' {
        return letter;
    }
    let next = letters.as_str().chars().next().filter(|&next| special.contains(next));
    if next.is_some() {
        letters.next();
    }
    next.unwrap_or(letter)
}

/// Adds a token: characters join those before, and several `*` in a row say no more than one.
pub(super) fn push(tokens: &mut Vec<Token>, token: Token) {
    match (tokens.last_mut(), token) {
        (Some(Token::Text(text)), Token::Text(more)) => text.push_str(&more),
        (Some(Token::Any), Token::Any) => {}
        (_, token) => tokens.push(token),
    }
}

fn push_letter(tokens: &mut Vec<Token>, letter: char) {
    match tokens.last_mut() {
        Some(Token::Text(text)) => text.push(letter),
        _ => tokens.push(Token::Text(letter.to_string())),
    }
}

/// The characters of a pattern without wildcards.
pub(super) fn literal(tokens: &[Token]) -> Option<String> {
    tokens.iter().map(|token| if let Token::Text(text) = token { Some(text.as_str()) } else { None }).collect()
}

/// `windash`: a `-` or `/` that begins a word, behind anything but a word, stands for every character by which options
/// begin.
pub(super) fn with_dashes(tokens: Vec<Token>) -> Vec<Token> {
    let mut out = Vec::new();
    for token in tokens {
        let Token::Text(text) = token else {
            push(&mut out, token);
            continue;
        };
        let mut in_word = false;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let begins_word = letters.peek().copied().is_some_and(is_word);
            match letter {
                '-' | '/' if begins_word && !in_word => push(&mut out, Token::Dash),
                letter => push_letter(&mut out, letter),
            }
            in_word = is_word(letter);
        }
    }
    out
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}
