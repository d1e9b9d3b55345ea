//! Text in lines that a terminal of the usual width shows whole.

/// The usual width.
const WIDTH: usize = 80;

/// The least that is left for text beside a margin.
const LEAST: usize = 24;

/// Appends the text behind `start`, in lines that break between words, or within a word that no line could hold. Lines
/// but the first begin with as many spaces as `start` has characters, and `further` more.
pub(super) fn push(out: &mut String, start: &str, further: usize, text: &str) {
    let margin = start.chars().count();
    let mut room = WIDTH.saturating_sub(margin).max(LEAST);
    let further_room = room.saturating_sub(further).max(LEAST);
    let mut line = start.to_owned();
    let mut length = 0;
    let end_line = |line: &mut String, out: &mut String| {
        out.push_str(line.trim_end());
        out.push('\n');
        *line = " ".repeat(margin + further);
    };
    for word in text.split(' ') {
        let mut word = word;
        let needed = word.chars().count() + usize::from(length > 0);
        if length > 0 && length + needed > room {
            end_line(&mut line, out);
            (length, room) = (0, further_room);
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        while let Some((at, _)) = word.char_indices().nth(room - length) {
            let (fits, rest) = word.split_at(at);
            line.push_str(fits);
            end_line(&mut line, out);
            (length, room, word) = (0, further_room, rest);
        }
        line.push_str(word);
        length += word.chars().count();
    }
    out.push_str(line.trim_end());
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(start: &str, further: usize, text: &str) -> String {
        let mut out = String::new();
        push(&mut out, start, further, text);
        out
    }

    #[test]
    fn lines_break_between_words_and_are_never_too_wide() {
        let words = "word ".repeat(40);
        let text = wrapped("- ", 2, words.trim_end());
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
        assert!(
            text.starts_with("- word word") && text.lines().skip(1).all(|line| line.starts_with("    word")),
            "{text}"
        );
        assert_eq!(text.split_whitespace().filter(|word| *word == "word").count(), 40);
        assert_eq!(wrapped("a: ", 0, ""), "a:\n");
        assert_eq!(wrapped("a: ", 0, "b"), "a: b\n");
    }

    #[test]
    fn a_word_that_no_line_holds_is_broken_and_loses_nothing() {
        let long = "é".repeat(300);
        let text = wrapped("x ", 1, &format!("{long} end"));
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert_eq!(text.matches('é').count(), 300);
        assert!(text.ends_with(" end\n"), "{text}");
    }

    #[test]
    fn a_margin_leaves_room_for_text() {
        let text = wrapped(&" ".repeat(200), 50, &"word ".repeat(10));
        assert_eq!(text.matches("word").count(), 10);
        assert!(text.lines().count() <= 4, "{text}");
    }
}
