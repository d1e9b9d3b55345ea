//! "Did you mean": the known word nearest to one that is not known.

/// The known word that was probably meant: equal but for case, `-` and `_`, or a slip or two away. Short words must be
/// nearer, since among three letters everything is near.
pub(crate) fn closest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    nearest(word, &mut known.into_iter())
}

/// The help text for it; empty where nothing is near.
pub(crate) fn did_you_mean<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    help(nearest(word, &mut known.into_iter()))
}

/// The help text for it; where nothing is near, other words.
pub(crate) fn did_you_mean_or<'k>(
    word: &str,
    known: impl IntoIterator<Item = &'k str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    let meant = did_you_mean(word, known);
    if meant.is_empty() { otherwise() } else { meant }
}

/// One copy for all kinds of lists: a dozen would make the component larger by ten kB.
#[cold]
#[inline(never)]
fn nearest<'k>(word: &str, known: &mut dyn Iterator<Item = &'k str>) -> Option<&'k str> {
    let word = folded(word);
    known
        .filter_map(|candidate| {
            let folded = folded(candidate);
            let tolerated = match folded.len() {
                0..=3 => 0,
                4..=5 => 1,
                _ => 2,
            };
            if word.len().abs_diff(folded.len()) > tolerated {
                return None;
            }
            let distance = distance(&word, &folded);
            (distance <= tolerated).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

#[cold]
#[inline(never)]
fn help(meant: Option<&str>) -> String {
    meant.map(|known| format!("did you mean `{known}`?")).unwrap_or_default()
}

fn folded(word: &str) -> Vec<char> {
    word.chars().filter(|letter| !matches!(letter, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// How many letters to insert, drop, replace or swap with their neighbour.
fn distance(one: &[char], two: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=two.len()).collect();
    let mut former = None;
    for (row, &a) in one.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, &b) in two.iter().enumerate() {
            let cost = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX - 1);
            let mut best = (cost(&last, column) + usize::from(a != b))
                .min(cost(&last, column + 1) + 1)
                .min(cost(&current, column) + 1);
            let swapped = column > 0 && former == Some(b) && two.get(column - 1) == Some(&a);
            if swapped {
                best = best.min(cost(&before_last, column - 1) + 1);
            }
            current.push(best);
        }
        before_last = std::mem::replace(&mut last, current);
        former = Some(a);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let known = ["filter_pattern", "title", "id", "tags", "level"];
        for (word, meant) in [
            ("filter_patern", Some("filter_pattern")),
            ("filterPattern", Some("filter_pattern")),
            ("filter-pattern", Some("filter_pattern")),
            ("tilte", Some("title")),
            ("ID", Some("id")),
            ("tag", Some("tags")),
            ("ie", None),
            ("label", None),
            ("regression_tests_path", None),
            ("", None),
        ] {
            assert_eq!(closest(word, known), meant, "{word}");
        }
    }
}
