//! Filter patterns in other spellings that mean the same. Only for patterns whose values hold no escapes, `=` or
//! brackets.

/// The pattern without white space, except within values and around the words of `NOT EXISTS`.
pub fn without_white_space(pattern: &str) -> String {
    let outside = |text: &str| text.replace([' ', '\t'], "").replace("NOTEXISTS", " NOT EXISTS");
    let parts = pattern.split('"').enumerate();
    parts.map(|(n, text)| if n % 2 == 0 { outside(text) } else { text.to_owned() }).collect::<Vec<_>>().join("\"")
}

/// The pattern whose values have quotes only where there is white space in them.
pub fn unquoted(pattern: &str) -> String {
    let part = |(n, text): (usize, &str)| match n % 2 == 1 && text.contains(' ') {
        true => format!("\"{text}\""),
        false => text.to_owned(),
    };
    pattern.split('"').enumerate().map(part).collect()
}

/// The pattern whose values all have quotes.
pub fn quoted(pattern: &str) -> String {
    let mut out = String::new();
    for (n, part) in pattern.split('=').enumerate() {
        let begins = part.len() - part.trim_start().len();
        let ends = begins + part[begins..].find([' ', ')', '}']).unwrap_or(part.len() - begins);
        match n {
            0 => out.push_str(part),
            _ if part[begins..].starts_with('"') => out.extend(["=", part]),
            _ => out.push_str(&format!("={}\"{}\"{}", &part[..begins], &part[begins..ends], &part[ends..])),
        }
    }
    out
}
