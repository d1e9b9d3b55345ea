//! What is refused, and where. `tests/errors` shows with which words.

use super::compile;
use crate::rule::diagnostic::Code;

#[test]
fn what_cloudwatch_refuses_is_refused_at_its_place() {
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
            format!("  {column} {}", mistake.code)
        });
        std::iter::once((*pattern).to_owned()).chain(lines).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(patterns.iter().map(told).collect::<Vec<_>>().join("\n"), @r#"

      1 pattern-kind
    ERROR -exit
      1 pattern-kind
    [ip, user, ...]
      1 pattern-kind
    %error%
      1 pattern-kind
    { }
      3 pattern-syntax
    { () }
      4 pattern-syntax
    { !($.a = 1) }
      3 pattern-syntax
    { $ = 1 }
      4 pattern-syntax
    { $a = 1 }
      4 pattern-syntax
    { a = 1 }
      3 pattern-syntax
    { $. = 1 }
      5 pattern-syntax
    { $.a.[0] = 1 }
      7 pattern-syntax
    { $.ä = 1 }
      5 pattern-syntax
    { $.a:b = 1 }
      6 pattern-syntax
    { $.['a = 1 }
      7 pattern-syntax
    { $['a"] = 'b' }
      12 pattern-syntax
    { $[''] = 1 }
      6 pattern-syntax
    { $.a["b"] = 1 }
      7 pattern-syntax
    { $.a[-1] = 1 }
      7 pattern-syntax
    { $.a[1 = 1 }
      8 pattern-syntax
    { $.a[4294967296] = 1 }
      7 pattern-limit
    { $.a }
      7 pattern-syntax
    { $.a == 1 }
      8 pattern-syntax
    { $.a <> 1 }
      7 pattern-syntax
    { $.a ! 1 }
      7 pattern-syntax
    { $.a LIKE 1 }
      7 pattern-syntax
    { $.a EXISTS }
      7 pattern-syntax
    { $.a not exists }
      7 pattern-syntax
    { $.a NOT NULL }
      11 pattern-syntax
    { $.a IS NOT NULL }
      10 pattern-syntax
    { $.a is null }
      7 pattern-syntax
    { $.a IS null }
      10 pattern-syntax
    { $.a IS "x" }
      10 pattern-syntax
    { $.a IS EXISTS }
      10 pattern-syntax
    { $.a = }
      9 pattern-syntax
    { $.a = 'b' }
      9 pattern-syntax
    { $.a = $.b }
      9 pattern-syntax
    { $.a = b c }
      11 pattern-syntax
    { $.a = b#c }
      10 pattern-syntax
    { $.a = müll }
      10 pattern-syntax
    { $.a = "b }
      9 pattern-syntax
    { $.a = "b\c" }
      11 pattern-syntax
    { $.a = %b }
      9 pattern-syntax
    { $.a > "123" }
      9 pattern-number
    { $.a > abc }
      9 pattern-number
    { $.a > }
      9 pattern-number
    { $.a >= 1* }
      10 pattern-number
    { $.a => 1 }
      8 pattern-syntax
    { $.a = 1
      10 pattern-syntax
    { $.a = 1 ) }
      11 pattern-syntax
    { ($.a = 1 && $.b = 2 }
      23 pattern-syntax
    { (($.a = 1) || $.b = 2
      24 pattern-syntax
    { $.a = 1 & $.b = 2 }
      11 pattern-syntax
    { $.a = 1 AND $.b = 2 }
      11 pattern-syntax
    { $.a = 1 or $.b = 2 }
      11 pattern-syntax
    { $.a = 1 && }
      14 pattern-syntax
    { $.a = 1 } x
      13 pattern-syntax
    { $.a[*].b[*] = 1 }
      3 pattern-limit
    { $.*.* = 1 && $.a.* = %(% }
      3 pattern-limit
      25 pattern-regex
    { $.a.* = 1 && $.b.* = 1 && $.c[*] = 1 && $.d.* = 1 && $.e.* = 1 }
      43 pattern-limit
    { $.a = %a% || $.a = %b% || $.a != %c% || $.a = %d% }
      37 pattern-limit
    "#);
}

#[test]
fn length_and_nesting_have_a_limit_and_it_may_be_reached() {
    let long = |length: usize| format!("{{ $.a = \"{}\" }}\n", "ü".repeat(length - 12));
    assert!(compile(&long(1024)).is_ok());
    assert_eq!(compile(&long(1025)).unwrap_err()[0].code, Code::PatternLimit);
    let nested = |depth: usize| format!("{{{}$.a=1{}}}", "(".repeat(depth), ")".repeat(depth));
    assert!(compile(&nested(64)).is_ok());
    assert_eq!(compile(&nested(65)).unwrap_err()[0].code, Code::PatternLimit);
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
        assert_eq!(mistake.code, Code::PatternRegex);
        format!("{body}  {}", mistake.at as i64 - 6)
    };
    insta::assert_snapshot!(bodies.iter().map(told).collect::<Vec<_>>().join("\n"), @r"
      0
    a|  2
    |a  0
    a||b  2
    (a)  0
    a b  1
    a!b  1
    é  0
    *a  0
    ^*  1
    a**  2
    a+?+  3
    a{  1
    a{}  1
    a{,}  1
    a{3,2}  1
    a{99999999999}  1
    a{x}  1
    [  0
    []  0
    [^]  0
    [a  0
    [a-  0
    [z-a]  2
    [a-\d]  2
    [[a]]  1
    [é]  1
    \  0
    \b  0
    \1  0
    \x4  0
    \x80  0
    \xé  0
    \!  0
    a{1000}{1000}  7
    .{65535}  0
    ");
}
