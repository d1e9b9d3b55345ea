//! Where a sign-in led to, without what the address carried: its query holds authorisation codes and state.

use super::limits::{MAX_URL, cut};
use std::borrow::Cow;

/// Scheme and host, and on AWS's own pages the path, which tells the service. `None` for what is no web address: it is
/// not known which part of it would be safe to repeat.
pub(crate) fn login_url(text: &str) -> Option<Cow<'static, str>> {
    let (scheme, rest) = ["https", "http"].into_iter().find_map(|scheme| {
        let (given, rest) = text.split_once("://")?;
        given.eq_ignore_ascii_case(scheme).then_some((scheme, rest))
    })?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', ';', '\\']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(is_host) {
        return None;
    }
    let path = if is_aws(host) { plain_path(path) } else { "" };
    Some(cut(Cow::Owned(format!("{scheme}://{host}{path}")), MAX_URL))
}

fn is_aws(host: &str) -> bool {
    ["aws.amazon.com", "amazonaws.cn", "awsapps.com", "amazonaws-us-gov.com"]
        .into_iter()
        .any(|domain| host.strip_suffix(domain).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
}

/// Up to where parameters begin, or anything that another decoding would read as their beginning.
fn plain_path(path: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(&byte);
    path.get(..path.bytes().take_while(|&byte| is_plain(byte)).count()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::login_url;

    #[test]
    fn only_scheme_host_and_path_are_kept() {
        for (address, kept) in [
            (
                "https://console.aws.amazon.com/console/home?state=hashArgs%23&code=1",
                Some("https://console.aws.amazon.com/console/home"),
            ),
            (
                "https://d-1234567890.awsapps.com/start/?auth_code=secret",
                Some("https://d-1234567890.awsapps.com/start/"),
            ),
            ("https://console.aws.amazon.com#secret", Some("https://console.aws.amazon.com")),
            ("https://console.aws.amazon.com/a%3Fcode=secret", Some("https://console.aws.amazon.com/a")),
            ("https://console.aws.amazon.com/a;session=secret", Some("https://console.aws.amazon.com/a")),
            ("HTTPS://user:secret@console.aws.amazon.com/a", Some("https://console.aws.amazon.com/a")),
            ("https://idp.example.com/callback/secret", Some("https://idp.example.com")),
            ("https://evilaws.amazon.com/secret", Some("https://evilaws.amazon.com")),
            ("https://[2001:db8::1]:8443/secret", Some("https://[2001:db8::1]:8443")),
            ("javascript:secret", None),
            ("/console/home?secret", None),
            ("https://", None),
            ("https://host\u{202e}moc/secret", None),
            ("", None),
        ] {
            assert_eq!(login_url(address).as_deref(), kept, "{address}");
        }
    }
}
