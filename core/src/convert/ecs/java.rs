//! Parameters as one text, as Elastic's integration writes them: what Java's `Map.toString()` gives, `{name=value, …}`.
//!
//! Its rules look for parts of that text, and one of them for an order of keys. So the order is that of a `HashMap`: by
//! bucket, and within one as the record has them. It cannot be read back; the object itself stands elsewhere.

use super::super::json::{Json, Object};

/// The text; `None` where nothing is in it.
pub(super) fn text(value: &Json<'_>) -> Option<String> {
    let mut out = String::new();
    write(value, &mut out).then_some(out)
}

/// Appends a value, unless there is nothing in it however deep one looks.
fn write(value: &Json<'_>, out: &mut String) -> bool {
    match value {
        Json::Object(object) => {
            let members = in_order(object);
            write_all(out, ('{', '}'), members.into_iter().map(|(key, value)| (Some(key), value)))
        }
        Json::List(elements) => write_all(out, ('[', ']'), elements.iter().map(|element| (None, element))),
        scalar => {
            out.push_str(scalar.text().unwrap_or_default());
            !scalar.is_empty()
        }
    }
}

fn write_all<'v>(
    out: &mut String,
    (open, close): (char, char),
    values: impl Iterator<Item = (Option<&'v str>, &'v Json<'v>)>,
) -> bool {
    let start = out.len();
    out.push(open);
    let mut is_first = true;
    for (key, value) in values {
        let before = out.len();
        if !is_first {
            out.push_str(", ");
        }
        if let Some(key) = key {
            out.push_str(key);
            out.push('=');
        }
        if write(value, out) {
            is_first = false;
        } else {
            out.truncate(before);
        }
    }
    if is_first {
        out.truncate(start);
    } else {
        out.push(close);
    }
    !is_first
}

/// The members in the order of a `HashMap` that they were put into: it has 16 buckets, and twice as many whenever it is
/// three quarters full.
fn in_order<'v>(object: &'v Object<'_>) -> Vec<(&'v str, &'v Json<'v>)> {
    let mut members: Vec<_> = object.members().collect();
    let mut buckets = 16_usize;
    while members.len() > buckets / 4 * 3 {
        buckets *= 2;
    }
    members.sort_by_cached_key(|(key, _)| {
        let hash = key.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
        (hash ^ hash >> 16) as usize & (buckets - 1)
    });
    members
}

#[cfg(test)]
mod tests {
    use super::super::super::json::read;
    use super::text;

    #[test]
    fn what_is_empty_is_left_out_however_deep() {
        for (json, written) in [
            (
                r#"{"publiclyAccessible":true,"empty":"","none":null,"list":[],"in":{"in":{}},"a":0.0}"#,
                Some("{a=0.0, publiclyAccessible=true}"),
            ),
            (r#"{"tags":[{"key":"Email","value":"x, y=z"},{}]}"#, Some("{tags=[{value=x, y=z, key=Email}]}")),
            (r#""text""#, None),
            (r#"{"a":[null,{"b":""},[[]]]}"#, None),
            ("{}", None),
        ] {
            assert_eq!(text(&read(json)).as_deref(), written, "{json}");
        }
    }

    /// What a `java.util.HashMap` of Java 17 printed, into which these keys were put in this order: more than 12 of them,
    /// equal hashes, characters of every length.
    #[test]
    fn keys_are_in_the_order_of_a_hash_map() {
        let keys_of = |json: &str| text(&read(json)).unwrap_or_default().replace("=1", "");
        for (put, printed) in [
            ("roleArn tags durationSeconds roleSessionName", "durationSeconds, roleArn, roleSessionName, tags"),
            ("a b c d e f g h i j k l m", "a, b, c, d, e, f, g, h, i, j, k, l, m"),
            (
                "userName policyArn groupName roleName policyDocument accessKeyId status serialNumber \
                 instanceProfileName path tags maxSessionDuration description permissionsBoundary",
                "policyArn, policyDocument, accessKeyId, serialNumber, permissionsBoundary, description, userName, tags, \
                 path, groupName, maxSessionDuration, instanceProfileName, roleName, status",
            ),
            ("zeta Aa BB AaAa BBBB AaBB x", "zeta, Aa, BB, x, AaAa, BBBB, AaBB"),
            ("é ключ 😀 naïve", "ключ, naïve, 😀, é"),
        ] {
            let members: Vec<String> = put.split_whitespace().map(|key| format!("\"{key}\":1")).collect();
            assert_eq!(keys_of(&format!("{{{}}}", members.join(","))), format!("{{{printed}}}"));
        }
    }
}
