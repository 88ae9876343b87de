//! Good tokens, and many wrong ones (G2-01 of SECURITY.md).

use super::*;
use shared::id::{AgentId, VisitorId};

const NOW_S: u64 = 1_800_000_000;

fn key() -> Key {
    Key::new("the key of this test, long enough for HS256").unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_millis(NOW_S * 1_000)
}

fn visitor() -> Person {
    Person::visitor(VisitorId::from_bytes([7; 16]))
}

fn agent(role: Role) -> Person {
    Person::Agent {
        agent: AgentId::from_bytes([9; 16]),
        name: PersonName::parse("Jack").unwrap(),
        role,
        era: 3,
    }
}

fn demo() -> SpaceId {
    "demo".parse().unwrap()
}

/// Reads a token, which costs one check (J4).
fn verify(key: &Key, now: Timestamp, token: &str) -> Result<Pass, TokenError> {
    let mut checks = 0;
    let pass = read(key, now, token, |signed, signature| {
        checks += 1;
        key.verify(signed, signature)
    });
    assert_eq!(checks, 1, "{token}");
    assert_eq!(pass, super::verify(key, now, token));
    pass
}

/// A token with any header and claims, signed with a key.
fn forge(key: &Key, header: &str, claims: &str) -> String {
    let signed = [encode(header), encode(claims)].join(".");
    let signature = URL_SAFE_NO_PAD.encode(key.sign(&signed));
    [signed, signature].join(".")
}

fn good_header() -> String {
    format!(r#"{{"alg":"HS256","kid":"{}","typ":"JWT"}}"#, key().id())
}

fn good_claims() -> String {
    claims(NOW_S, NOW_S + 900)
}

fn claims(iat: u64, exp: u64) -> String {
    format!(
        r#"{{"aud":"demo","sub":"07070707-0707-0707-0707-070707070707","role":"customer","name":null,"era":null,"iat":{iat},"exp":{exp}}}"#
    )
}

#[test]
fn j2_a_token_says_who_where_and_until_when() {
    for person in [
        visitor(),
        agent(Role::Agent),
        agent(Role::Supervisor),
        agent(Role::Admin),
    ] {
        let token = mint(&key(), now(), &demo(), &person);
        let pass = verify(&key(), now(), &token).unwrap();
        let expires_at = now() + TOKEN_LIFE;
        assert_eq!(
            pass,
            Pass {
                space: demo(),
                person,
                expires_at
            }
        );
    }
}

#[test]
fn j2_a_token_expires_with_a_minute_of_leeway() {
    let token = mint(&key(), now(), &demo(), &visitor());
    let cases = [
        ("a minute early", NOW_S * 1_000 - 60_000, None),
        ("earlier", NOW_S * 1_000 - 60_001, Some(TokenError::Invalid)),
        ("at the end of the leeway", (NOW_S + 960) * 1_000 - 1, None),
        ("after it", (NOW_S + 960) * 1_000, Some(TokenError::Expired)),
    ];
    for (case, at, error) in cases {
        let verified = verify(&key(), Timestamp::from_millis(at), &token);
        assert_eq!(verified.err(), error, "{case}");
    }
}

#[test]
fn sec_g2_01_j1_j3_j4_forged_tokens_sign_right_and_are_read_wrong_never() {
    assert!(
        verify(
            &key(),
            now(),
            &forge(&key(), &good_header(), &good_claims())
        )
        .is_ok()
    );
    let kid = key().id().to_owned();
    let headers = [
        (
            "no algorithm",
            format!(r#"{{"alg":"none","kid":"{kid}","typ":"JWT"}}"#),
        ),
        (
            "None",
            format!(r#"{{"alg":"None","kid":"{kid}","typ":"JWT"}}"#),
        ),
        (
            "HS512",
            format!(r#"{{"alg":"HS512","kid":"{kid}","typ":"JWT"}}"#),
        ),
        (
            "RS256",
            format!(r#"{{"alg":"RS256","kid":"{kid}","typ":"JWT"}}"#),
        ),
        (
            "ES256",
            format!(r#"{{"alg":"ES256","kid":"{kid}","typ":"JWT"}}"#),
        ),
        (
            "lower case",
            format!(r#"{{"alg":"hs256","kid":"{kid}","typ":"JWT"}}"#),
        ),
        ("missing alg", format!(r#"{{"kid":"{kid}","typ":"JWT"}}"#)),
        ("missing kid", r#"{"alg":"HS256","typ":"JWT"}"#.to_owned()),
        (
            "another kid",
            r#"{"alg":"HS256","kid":"00000000","typ":"JWT"}"#.to_owned(),
        ),
        (
            "a path as kid",
            r#"{"alg":"HS256","kid":"../../dev/null","typ":"JWT"}"#.to_owned(),
        ),
        (
            "jku",
            format!(r#"{{"alg":"HS256","jku":"https://evil.example","kid":"{kid}","typ":"JWT"}}"#),
        ),
        (
            "x5u",
            format!(r#"{{"alg":"HS256","kid":"{kid}","typ":"JWT","x5u":"https://evil.example"}}"#),
        ),
        (
            "jwk",
            format!(r#"{{"alg":"HS256","jwk":{{"kty":"oct","k":""}},"kid":"{kid}","typ":"JWT"}}"#),
        ),
        (
            "crit",
            format!(r#"{{"alg":"HS256","crit":["exp"],"kid":"{kid}","typ":"JWT"}}"#),
        ),
        (
            "two algorithms",
            format!(r#"{{"alg":"HS256","alg":"none","kid":"{kid}","typ":"JWT"}}"#),
        ),
        ("not an object", "[]".to_owned()),
        ("empty", String::new()),
    ];
    for (case, header) in headers {
        let token = forge(&key(), &header, &good_claims());
        assert_eq!(
            verify(&key(), now(), &token),
            Err(TokenError::Invalid),
            "{case}"
        );
    }
    let sub = "07070707-0707-0707-0707-070707070707";
    let good = good_claims();
    let bodies = [
        ("no audience", good.replace(r#""aud":"demo","#, "")),
        ("an empty audience", good.replace("demo", "")),
        (
            "a list of audiences",
            good.replace(r#""demo""#, r#"["demo"]"#),
        ),
        ("an audience in capitals", good.replace("demo", "Demo")),
        (
            "no subject",
            good.replace(&format!(r#""sub":"{sub}","#), ""),
        ),
        ("a subject that is no id", good.replace(sub, "1")),
        (
            "a subject in capitals",
            good.replace(sub, "0707070A-0707-0707-0707-070707070707"),
        ),
        (
            "a number as subject",
            good.replace(&format!(r#""{sub}""#), "7"),
        ),
        ("no role", good.replace(r#""role":"customer","#, "")),
        ("an unknown role", good.replace("customer", "root")),
        ("an agent without a name", good.replace("customer", "agent")),
        (
            "a customer with a name",
            good.replace(r#""name":null"#, r#""name":"Jack""#),
        ),
        (
            "a customer with an era",
            good.replace(r#""era":null"#, r#""era":1"#),
        ),
        (
            "a name that hides something",
            good.replace("customer", "agent")
                .replace("null", r#""Ja\u202eck""#),
        ),
        (
            "no end",
            good.replace(&format!(r#","exp":{}"#, NOW_S + 900), ""),
        ),
        (
            "an end as text",
            good.replace(&(NOW_S + 900).to_string(), r#""1""#),
        ),
        (
            "a negative end",
            good.replace(&(NOW_S + 900).to_string(), "-1"),
        ),
        ("an end far away", claims(NOW_S, NOW_S + 901)),
        ("the largest end", claims(NOW_S, u64::MAX)),
        ("from the future", claims(NOW_S + 61, NOW_S + 900)),
        ("ends before it begins, long ago", claims(u64::MAX, 0)),
        (
            "a doubled claim",
            good.replace(r#""iat""#, r#""exp":99999999999,"iat""#),
        ),
        (
            "an unknown claim",
            good.replace(r#""iat""#, r#""scope":"all","iat""#),
        ),
        (
            "not yet valid",
            good.replace(r#""iat""#, r#""nbf":1,"iat""#),
        ),
        ("not JSON", "demo".to_owned()),
        ("something behind", [good.as_str(), "{}"].concat()),
    ];
    for (case, body) in bodies {
        assert!(body != good, "{case} changes nothing");
        let token = forge(&key(), &good_header(), &body);
        assert_eq!(
            verify(&key(), now(), &token),
            Err(TokenError::Invalid),
            "{case}"
        );
    }
}

#[test]
fn sec_g2_01_j1_j4_a_token_that_was_touched_is_no_token() {
    let token = mint(&key(), now(), &demo(), &agent(Role::Agent));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let admin = mint(&key(), now(), &demo(), &agent(Role::Admin));
    let foreign = Key::new("another key, long enough for HS256 as well").unwrap();
    let cases = [
        ("empty", String::new()),
        ("two dots", "..".to_owned()),
        ("no signature", format!("{signed}.")),
        ("no signature, no dot", signed.to_owned()),
        ("a signature cut short", token[..token.len() - 2].to_owned()),
        ("a longer signature", format!("{token}AA")),
        ("padding", format!("{token}=")),
        (
            "the standard alphabet",
            format!("{signed}.{}", signature.replace(['-', '_'], "+")),
        ),
        ("a part too many", format!("{token}.{signature}")),
        ("a space in front", format!(" {token}")),
        ("a line behind", format!("{token}\n")),
        ("another's claims", {
            let claims = admin.split('.').nth(1).unwrap();
            format!("{head}.{claims}.{signature}")
        }),
        (
            "another's signature",
            format!("{signed}.{}", admin.rsplit_once('.').unwrap().1),
        ),
        ("parts swapped", format!("{claims}.{head}.{signature}")),
        (
            "another key",
            mint(&foreign, now(), &demo(), &agent(Role::Agent)),
        ),
        (
            "our header, another key",
            forge(&foreign, &good_header(), &good_claims()),
        ),
        ("hexadecimal signature", {
            let hex = key().sign(signed).map(|byte| format!("{byte:02x}"));
            format!("{signed}.{}", hex.concat())
        }),
        ("very long", "a.".repeat(100_000)),
        ("not ASCII", format!("{token}é")),
    ];
    for (case, touched) in cases {
        if touched == token {
            continue; // this signature had none of the characters that the case changes
        }
        assert_eq!(
            verify(&key(), now(), &touched),
            Err(TokenError::Invalid),
            "{case}"
        );
    }
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] ^= 1;
        let touched = String::from_utf8(bytes).unwrap();
        assert!(verify(&key(), now(), &touched).is_err(), "a bit at {at}");
    }
}
