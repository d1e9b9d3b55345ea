//! Which rules a glob of the settings means. `*` stands for any characters, `/` included, and `?` for one.

/// Whether the whole name fits the glob. Takes time in the product of both lengths at most: a mismatch goes back to
/// the last `*` only, as an earlier one could not do better.
pub(crate) fn matches(glob: &str, name: &str) -> bool {
    let (mut glob, mut name) = (glob.chars(), name.chars());
    let mut retry = None;
    loop {
        let rest = name.clone();
        match (glob.next(), name.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                retry = Some((glob.clone(), rest.clone()));
                name = rest;
            }
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => {
                let Some((after_star, mut taken)) = retry.take() else { return false };
                if taken.next().is_none() {
                    return false;
                }
                retry = Some((after_star.clone(), taken.clone()));
                (glob, name) = (after_star, taken);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_glob_must_fit_the_whole_name() {
        for (glob, name, expected) in [
            ("securityhub/*", "securityhub/cloudwatch-1", true),
            ("securityhub/*", "signin/root", false),
            ("*", "signin/root", true),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("*-1", "securityhub/cloudwatch-1", true),
            ("*-1", "securityhub/cloudwatch-11", false),
            ("*-1", "securityhub/cloudwatch-12", false),
            ("*-1?", "securityhub/cloudwatch-1", false),
            ("*a*b", "aab-ab", true),
            ("*a*b", "aab-a", false),
            ("cloudwatch-?", "cloudwatch-1", true),
            ("cloudwatch-?", "cloudwatch-", false),
            ("signin/Root", "signin/root", false),
            ("é?", "éü", true),
        ] {
            assert_eq!(matches(glob, name), expected, "{glob} {name}");
        }
    }
}
