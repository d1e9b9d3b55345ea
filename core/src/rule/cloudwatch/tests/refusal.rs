//! What is refused, where, and with which words.

use super::compile;

#[test]
fn what_cloudwatch_refuses_is_refused_with_a_way_out() {
    let patterns = [
        "",
        "ERROR -exit",
        "[ip, user, ...]",
        "%error%",
        "{ }",
        "{ () }",
        "{ !($.a = 1) }",
        "{ $ = 1 }",
        "{ $a = 1 }",
        "{ a = 1 }",
        "{ $. = 1 }",
        "{ $.a.[0] = 1 }",
        "{ $.ä = 1 }",
        "{ $.a:b = 1 }",
        "{ $.['a = 1 }",
        "{ $['a\"] = 'b' }",
        "{ $[''] = 1 }",
        "{ $.a[\"b\"] = 1 }",
        "{ $.a[-1] = 1 }",
        "{ $.a[1 = 1 }",
        "{ $.a[4294967296] = 1 }",
        "{ $.a }",
        "{ $.a == 1 }",
        "{ $.a <> 1 }",
        "{ $.a ! 1 }",
        "{ $.a LIKE 1 }",
        "{ $.a EXISTS }",
        "{ $.a not exists }",
        "{ $.a NOT NULL }",
        "{ $.a IS NOT NULL }",
        "{ $.a is null }",
        "{ $.a IS null }",
        "{ $.a IS \"x\" }",
        "{ $.a IS EXISTS }",
        "{ $.a = }",
        "{ $.a = 'b' }",
        "{ $.a = $.b }",
        "{ $.a = b c }",
        "{ $.a = b#c }",
        "{ $.a = müll }",
        "{ $.a = \"b }",
        "{ $.a = \"b\\c\" }",
        "{ $.a = %b }",
        "{ $.a > \"123\" }",
        "{ $.a > abc }",
        "{ $.a > }",
        "{ $.a >= 1* }",
        "{ $.a => 1 }",
        "{ $.a = 1",
        "{ $.a = 1 ) }",
        "{ ($.a = 1 && $.b = 2 }",
        "{ (($.a = 1) || $.b = 2",
        "{ $.a = 1 & $.b = 2 }",
        "{ $.a = 1 AND $.b = 2 }",
        "{ $.a = 1 or $.b = 2 }",
        "{ $.a = 1 && }",
        "{ $.a = 1 } x",
        "{ $.a[*].b[*] = 1 }",
        "{ $.*.* = 1 && $.a.* = %(% }",
        "{ $.a.* = 1 && $.b.* = 1 && $.c[*] = 1 && $.d.* = 1 && $.e.* = 1 }",
        "{ $.a = %a% || $.a = %b% || $.a != %c% || $.a = %d% }",
    ];
    let told = |pattern: &&str| {
        let mistakes = compile(pattern).expect_err(pattern);
        let lines = mistakes.iter().map(|mistake| {
            let column = pattern[..mistake.at].chars().count() + 1;
            format!("  {column} {}: {}; {}", mistake.code, mistake.message, mistake.help)
        });
        std::iter::once((*pattern).to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(patterns.iter().map(told).collect::<Vec<_>>().join("\n"), @r#"

      1 pattern-kind: an empty pattern would match every event; `{ $.eventName = * }` does so on purpose
    ERROR -exit
      1 pattern-kind: a pattern of search terms is not read; name fields: `{ $.eventName = "…" }`
    [ip, user, ...]
      1 pattern-kind: a pattern for space-delimited events is not read; name fields: `{ $.eventName = "…" }`
    %error%
      1 pattern-kind: a regular expression for the whole text is not read; name a field: `{ $.eventName = %…% }`
    { }
      3 pattern-syntax: expected a field that begins with `$` or `(`, found `}`; a condition names a field, as in `$.eventName = "…"`
    { () }
      4 pattern-syntax: expected a field that begins with `$` or `(`, found `)`; a condition names a field, as in `$.eventName = "…"`
    { !($.a = 1) }
      3 pattern-syntax: expected a field that begins with `$` or `(`, found `!`; there is no negation: use `!=`, or `NOT EXISTS` for a field that is absent
    { $ = 1 }
      4 pattern-syntax: expected `.` and a name behind `$`, found a space; as in `$.eventName`
    { $a = 1 }
      4 pattern-syntax: expected `.` and a name behind `$`, found `a`; as in `$.eventName`
    { a = 1 }
      3 pattern-syntax: expected a field that begins with `$` or `(`, found `a`; a field begins with `$.`, as in `$.eventName`
    { $. = 1 }
      5 pattern-syntax: expected a name or `*`, found a space; a key with other characters than letters, digits, `_` and `-` is written `$.['the.key']`
    { $.a.[0] = 1 }
      7 pattern-syntax: expected a name or `*`, found `[`; a key with other characters than letters, digits, `_` and `-` is written `$.['the.key']`
    { $.ä = 1 }
      5 pattern-syntax: expected a name or `*`, found `ä`; a key with other characters than letters, digits, `_` and `-` is written `$.['the.key']`
    { $.a:b = 1 }
      6 pattern-syntax: expected an operator (`=`, `!=`, `>`, `>=`, `<`, `<=`, `IS` or `NOT EXISTS`), found `:`; a key with special characters is written `$.['the.key']`
    { $.['a = 1 }
      7 pattern-syntax: this key is not closed; it ends with `']`
    { $['a"] = 'b' }
      12 pattern-syntax: expected `']`, found `'`; a key in quotes cannot hold `'`
    { $[''] = 1 }
      6 pattern-syntax: this key is empty; put the key between the quotes
    { $.a["b"] = 1 }
      7 pattern-syntax: expected the number of an element, counted from 0, or `*`, found `"`; a key in brackets stands in single quotes: `$['the.key']`
    { $.a[-1] = 1 }
      7 pattern-syntax: expected the number of an element, counted from 0, or `*`, found `-`; a key in brackets stands in single quotes: `$['the.key']`
    { $.a[1 = 1 }
      8 pattern-syntax: expected `]`, found a space; 
    { $.a[4294967296] = 1 }
      7 pattern-limit: no array has so many elements (limit 4294967295); elements are counted from 0
    { $.a }
      7 pattern-syntax: expected an operator (`=`, `!=`, `>`, `>=`, `<`, `<=`, `IS` or `NOT EXISTS`), found `}`; 
    { $.a == 1 }
      8 pattern-syntax: expected a value, found `=`; equality is written with one `=`
    { $.a <> 1 }
      7 pattern-syntax: expected an operator (`=`, `!=`, `>`, `>=`, `<`, `<=`, `IS` or `NOT EXISTS`), found `<`; unequal is written `!=`
    { $.a ! 1 }
      7 pattern-syntax: expected an operator (`=`, `!=`, `>`, `>=`, `<`, `<=`, `IS` or `NOT EXISTS`), found `!`; use `!=`, or `NOT EXISTS` for a field that is absent
    { $.a LIKE 1 }
      7 pattern-syntax: expected an operator (`=`, `!=`, `>`, `>=`, `<`, `<=`, `IS` or `NOT EXISTS`), found `LIKE`; 
    { $.a EXISTS }
      7 pattern-syntax: expected an operator (`=`, `!=`, `>`, `>=`, `<`, `<=`, `IS` or `NOT EXISTS`), found `EXISTS`; `= *` asks for a field that is there
    { $.a not exists }
      7 pattern-syntax: expected an operator (`=`, `!=`, `>`, `>=`, `<`, `<=`, `IS` or `NOT EXISTS`), found `not`; keywords are upper case
    { $.a NOT NULL }
      11 pattern-syntax: expected `EXISTS` behind `NOT`, found `NULL`; `NOT EXISTS` asks for a field that is absent, `!=` for another value
    { $.a IS NOT NULL }
      10 pattern-syntax: expected `NULL`, `TRUE` or `FALSE` behind `IS`, found `NOT`; there is no `IS NOT`: `= *` asks for a value, `!= "…"` for another one
    { $.a is null }
      7 pattern-syntax: expected an operator (`=`, `!=`, `>`, `>=`, `<`, `<=`, `IS` or `NOT EXISTS`), found `is`; keywords are upper case
    { $.a IS null }
      10 pattern-syntax: expected `NULL`, `TRUE` or `FALSE` behind `IS`, found `null`; keywords are upper case
    { $.a IS "x" }
      10 pattern-syntax: expected `NULL`, `TRUE` or `FALSE` behind `IS`, found `"`; a text is compared with `=`
    { $.a IS EXISTS }
      10 pattern-syntax: expected `NULL`, `TRUE` or `FALSE` behind `IS`, found `EXISTS`; `= *` asks for a field that is there
    { $.a = }
      9 pattern-syntax: expected a value, found `}`; 
    { $.a = 'b' }
      9 pattern-syntax: expected a value, found `'`; a text stands in double quotes
    { $.a = $.b }
      9 pattern-syntax: expected a value, found `$`; a field is compared with a value, not with another field
    { $.a = b c }
      11 pattern-syntax: expected `&&`, `||` or `}`, found `c`; a value with spaces is put in double quotes
    { $.a = b#c }
      10 pattern-syntax: `#` may stand in a value only within double quotes; put the whole value in double quotes
    { $.a = müll }
      10 pattern-syntax: `ü` may stand in a value only within double quotes; put the whole value in double quotes
    { $.a = "b }
      9 pattern-syntax: this text is not closed; it ends with `"`
    { $.a = "b\c" }
      11 pattern-syntax: a backslash within quotes must be followed by `"` or `\`; a backslash itself is written `\\`
    { $.a = %b }
      9 pattern-syntax: this regular expression is not closed; it ends with `%`
    { $.a > "123" }
      9 pattern-number: expected a number without quotes, found `"`; leave the quotes out
    { $.a > abc }
      9 pattern-number: expected a number without quotes, found `abc`; `<`, `<=`, `>` and `>=` compare numbers such as `100`, `-2.5` or `1e3`; use `=` for texts
    { $.a > }
      9 pattern-number: expected a number without quotes, found `}`; `<`, `<=`, `>` and `>=` compare numbers such as `100`, `-2.5` or `1e3`; use `=` for texts
    { $.a >= 1* }
      10 pattern-number: expected a number without quotes, found `1*`; `<`, `<=`, `>` and `>=` compare numbers such as `100`, `-2.5` or `1e3`; use `=` for texts
    { $.a => 1 }
      8 pattern-syntax: expected a value, found `>`; the relations are written `<=` and `>=`
    { $.a = 1
      10 pattern-syntax: expected `&&`, `||` or `}`, found the end of the pattern; 
    { $.a = 1 ) }
      11 pattern-syntax: expected `&&`, `||` or `}`, found `)`; no bracket is open here
    { ($.a = 1 && $.b = 2 }
      23 pattern-syntax: expected `&&`, `||` or `)` for the bracket that is character 3 of the pattern, found `}`; 
    { (($.a = 1) || $.b = 2
      24 pattern-syntax: expected `&&`, `||` or `)` for the bracket that is character 3 of the pattern, found the end of the pattern; 
    { $.a = 1 & $.b = 2 }
      11 pattern-syntax: expected `&&`, `||` or `}`, found `&`; and is written `&&`
    { $.a = 1 AND $.b = 2 }
      11 pattern-syntax: expected `&&`, `||` or `}`, found `AND`; and is written `&&`
    { $.a = 1 or $.b = 2 }
      11 pattern-syntax: expected `&&`, `||` or `}`, found `or`; or is written `||`
    { $.a = 1 && }
      14 pattern-syntax: expected a field that begins with `$` or `(`, found `}`; a condition names a field, as in `$.eventName = "…"`
    { $.a = 1 } x
      13 pattern-syntax: expected nothing behind the last `}`, found `x`; 
    { $.a[*].b[*] = 1 }
      3 pattern-limit: too many wildcards in one field (limit 1, got 2); name the other keys, or the numbers of the elements
    { $.*.* = 1 && $.a.* = %(% }
      3 pattern-limit: too many wildcards in one field (limit 1, got 2); name the other keys, or the numbers of the elements
      25 pattern-regex: `(` is not allowed in a regular expression; there are no groups: write the alternatives out, as in `%abc|abd%`; a bracket itself is `\x28`
    { $.a.* = 1 && $.b.* = 1 && $.c[*] = 1 && $.d.* = 1 && $.e.* = 1 }
      43 pattern-limit: too many wildcards in the fields of one pattern (limit 3); divide it into several rules
    { $.a = %a% || $.a = %b% || $.a != %c% || $.a = %d% }
      37 pattern-limit: too many regular expressions in one pattern (limit 2); `*` at the start and end of a value often does; else divide it into several rules
    "#);
}

#[test]
fn length_and_nesting_have_a_limit_and_it_may_be_reached() {
    let long = |length: usize| format!("{{ $.a = \"{}\" }}\n", "ü".repeat(length - 12));
    assert!(compile(&long(1024)).is_ok());
    assert_eq!(compile(&long(1025)).unwrap_err()[0].code, "pattern-limit");
    let nested = |depth: usize| format!("{{{}$.a=1{}}}", "(".repeat(depth), ")".repeat(depth));
    assert!(compile(&nested(64)).is_ok());
    assert_eq!(compile(&nested(65)).unwrap_err()[0].code, "pattern-limit");
    assert_eq!(compile(&format!("{{{}", "(".repeat(1000))).unwrap_err()[0].at, 65);
}

#[test]
fn a_regex_outside_of_the_language_is_refused_at_its_place() {
    let bodies = [
        "",
        "a|",
        "|a",
        "a||b",
        "(a)",
        "a b",
        "a!b",
        "é",
        "*a",
        "^*",
        "a**",
        "a+?+",
        "a{",
        "a{}",
        "a{,}",
        "a{3,2}",
        "a{99999999999}",
        "a{x}",
        "[",
        "[]",
        "[^]",
        "[a",
        "[a-",
        "[z-a]",
        r"[a-\d]",
        "[[a]]",
        "[é]",
        r"\",
        r"\b",
        r"\1",
        r"\x4",
        r"\x80",
        r"\xé",
        r"\!",
        "a{1000}{1000}",
        ".{65535}",
    ];
    let told = |body: &&str| {
        let mistakes = compile(&format!("{{$.a=%{body}%}}")).expect_err(body);
        let [mistake] = mistakes.as_slice() else { panic!("{body}: {mistakes:?}") };
        assert_eq!(mistake.code, "pattern-regex");
        format!("{body}  {}: {}; {}", mistake.at as i64 - 6, mistake.message, mistake.help)
    };
    insta::assert_snapshot!(bodies.iter().map(told).collect::<Vec<_>>().join("\n"), @r"
      0: an alternative is empty, which would match everything; `= *` asks for any value
    a|  2: an alternative is empty, which would match everything; `= *` asks for any value
    |a  0: an alternative is empty, which would match everything; `= *` asks for any value
    a||b  2: an alternative is empty, which would match everything; `= *` asks for any value
    (a)  0: `(` is not allowed in a regular expression; there are no groups: write the alternatives out, as in `%abc|abd%`; a bracket itself is `\x28`
    a b  1: ` ` is not allowed in a regular expression; write `\s` or `\x20`
    a!b  1: `!` is not allowed in a regular expression; write the code of the character, as in `\x21` for `!`
    é  0: `é` is not allowed in a regular expression; ASCII only: compare with a text in double quotes and `*` instead
    *a  0: `*` has nothing to repeat; a character that stands for itself has `\` before it
    ^*  1: `*` has nothing to repeat; a character that stands for itself has `\` before it
    a**  2: `*` has nothing to repeat; a character that stands for itself has `\` before it
    a+?+  3: `+` has nothing to repeat; a character that stands for itself has `\` before it
    a{  1: `{` begins no repetition; write `{2}`, `{2,}`, `{,5}` or `{2,5}`; a brace that stands for itself is `\{`
    a{}  1: `{` begins no repetition; write `{2}`, `{2,}`, `{,5}` or `{2,5}`; a brace that stands for itself is `\{`
    a{,}  1: `{` begins no repetition; write `{2}`, `{2,}`, `{,5}` or `{2,5}`; a brace that stands for itself is `\{`
    a{3,2}  1: the smaller number of a repetition comes first; write `{2}`, `{2,}`, `{,5}` or `{2,5}`; a brace that stands for itself is `\{`
    a{99999999999}  1: the number of a repetition is too large; write `{2}`, `{2,}`, `{,5}` or `{2,5}`; a brace that stands for itself is `\{`
    a{x}  1: `{` begins no repetition; write `{2}`, `{2,}`, `{,5}` or `{2,5}`; a brace that stands for itself is `\{`
    [  0: this class is not closed; it ends with `]`; a bracket itself is `\[`
    []  0: this class is empty; a bracket that stands for itself is `\[` or `\]`
    [^]  0: this class is empty; a bracket that stands for itself is `\[` or `\]`
    [a  0: this class is not closed; it ends with `]`; a bracket itself is `\[`
    [a-  0: this class is not closed; it ends with `]`; a bracket itself is `\[`
    [z-a]  2: this range is empty; a range goes from a lower to a higher character; a dash itself stands first or last
    [a-\d]  2: this range is empty; a range goes from a lower to a higher character; a dash itself stands first or last
    [[a]]  1: a class cannot hold another one; a bracket itself is `\[`
    [é]  1: `é` is not allowed in a regular expression; ASCII only: compare with a text in double quotes and `*` instead
    \  0: a backslash ends this regular expression; a backslash itself is `\\`
    \b  0: `\b` is not known; there are \d, \D, \s, \S, \w, \W and \xHH
    \1  0: `\1` is not known; there are \d, \D, \s, \S, \w, \W and \xHH
    \x4  0: `\x` takes two hexadecimal digits up to `7F`; a space is `\x20`
    \x80  0: `\x` takes two hexadecimal digits up to `7F`; a space is `\x20`
    \xé  0: `\x` takes two hexadecimal digits up to `7F`; a space is `\x20`
    \!  0: `!` is not allowed in a regular expression; write the code of the character, as in `\x21` for `!`
    a{1000}{1000}  7: `{` has nothing to repeat; a character that stands for itself has `\` before it
    .{65535}  0: this regular expression is too large once its repetitions are written out; lower the numbers in `{…}`
    ");
}
