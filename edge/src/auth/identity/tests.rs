//! The vector of I1, and claims that are not taken (G2-01 of SECURITY.md). Signatures made with the keys
//! of the three algorithms are judged by the platform: the journeys `customers` hold those.

use super::super::now_or_never;
use super::*;
use serde_json::json;

const NOW: u64 = 1_800_000_000;

fn judged(change: impl FnOnce(&mut Value)) -> Option<(String, CustomerId)> {
    let mut claims = json!({ "sub": "user-42", "jti": "t1", "iat": NOW, "exp": NOW + 600 });
    change(&mut claims);
    let space = "demo".parse().unwrap();
    judge(Timestamp::from_millis(NOW * 1_000), &space, &claims)
}

#[test]
fn i1_the_vector_of_the_hmac() {
    let hash = "2bdde05d54d28f6c1686a5f352227bdf69a7a114e6f1a2694f9315696e7a7962";
    let is_it = |secret, id, hash: &str| bytes(hash).is_some_and(|hash| is_hmac(secret, id, &hash));
    assert!(is_it("identity-secret", "user-42", hash));
    assert!(is_it("identity-secret", "user-42", &hash.to_uppercase()));
    let short = &hash[..62];
    let cases = [
        ("another secret", "identity-secres", "user-42", hash),
        ("no secret", "", "user-42", hash),
        ("another id", "identity-secret", "user-43", hash),
        ("no id", "identity-secret", "", hash),
        ("an id with a blank", "identity-secret", "user-42 ", hash),
        ("no hash", "identity-secret", "user-42", ""),
        ("a short one", "identity-secret", "user-42", short),
        ("no digits", "identity-secret", "user-42", &"zz".repeat(32)),
        (
            "too long",
            "identity-secret",
            "user-42",
            &[hash, "00"].concat(),
        ),
    ];
    for (case, secret, id, hash) in cases {
        assert!(!is_it(secret, id, hash), "{case}");
    }
}

#[test]
fn sec_g2_01_it2_a_token_is_short_named_and_for_this_space() {
    assert!(judged(|_| ()).is_some());
    assert!(judged(|claims| claims["aud"] = json!("demo")).is_some());
    assert!(judged(|claims| claims["aud"] = json!(["x", "demo"])).is_some());
    assert!(judged(|claims| claims["iss"] = json!("shop")).is_some());
    let cases = [
        ("no subject", "sub", Value::Null),
        ("an empty subject", "sub", json!("")),
        ("a subject with blanks", "sub", json!(" user-42")),
        ("a hidden character", "sub", json!("user-4\u{200b}2")),
        ("a number", "sub", json!(42)),
        ("a list", "sub", json!(["user-42"])),
        ("a long subject", "sub", json!("4".repeat(129))),
        ("no name", "jti", Value::Null),
        ("an empty name", "jti", json!("")),
        ("a name that is a number", "jti", json!(1)),
        ("a long name", "jti", json!("j".repeat(256))),
        ("no end", "exp", Value::Null),
        ("expired", "exp", json!(NOW - 60)),
        ("a text for an end", "exp", json!("9999999999")),
        ("a negative end", "exp", json!(-1)),
        ("an endless one", "exp", json!(1e300)),
        ("longer than ten minutes", "exp", json!(NOW + 601)),
        ("made in the future", "iat", json!(NOW + 61)),
        ("made too long ago", "iat", json!(NOW - 1)),
        ("not yet valid", "nbf", json!(NOW + 61)),
        ("a text for a beginning", "nbf", json!("now")),
        ("another audience", "aud", json!("other")),
        ("a longer audience", "aud", json!("demo2")),
        ("no audience in a list", "aud", json!([])),
        ("null for an audience", "aud", Value::Null),
        (
            "an audience that is no text",
            "aud",
            json!({ "demo": true }),
        ),
    ];
    for (case, name, value) in cases {
        assert_eq!(judged(|claims| claims[name] = value), None, "{case}");
    }
    let without_iat = |exp: u64| {
        judged(|claims| {
            claims.as_object_mut().unwrap().remove("iat");
            claims["exp"] = json!(exp);
        })
    };
    assert!(without_iat(NOW + 660).is_some(), "another clock");
    assert_eq!(without_iat(NOW + 661), None);
}

#[test]
fn it3_what_the_site_calls_its_customer_is_judged_field_by_field() {
    let id = || CustomerId::parse("user-42").unwrap();
    let cases = [
        (json!({ "name": 7 }), "name", "value_malformed"),
        (json!({ "name": "" }), "name", "text_empty"),
        (json!({ "name": "M\u{202e}ia" }), "name", "text_forbidden"),
        (
            json!({ "company": "c".repeat(101) }),
            "company",
            "text_too_long",
        ),
        (json!({ "email": "mia" }), "email", "text_forbidden"),
        (json!({ "email": {} }), "email", "value_malformed"),
    ];
    for (claims, field, code) in cases {
        let problem = identity(id(), &claims).unwrap_err();
        assert_eq!((problem.field_name(), problem.code()), (Some(field), code));
        assert_eq!(problem.status(), 422);
    }
    let claims = json!({ "name": "Mia", "email": null, "plan": "gold" });
    let identity = identity(id(), &claims).unwrap();
    assert_eq!(identity.name.unwrap().as_str(), "Mia");
    assert_eq!(identity.email, None);
}

#[test]
fn sec_g2_01_it5_whatever_is_shown_costs_one_check_for_each_key_and_one_for_none() {
    let key = |n: u8, algorithm| IdentityKey {
        id: WayId::from_bytes([n; 16]),
        algorithm,
        key: String::new(),
        last4: String::new(),
        by: shared::id::AgentId::from_bytes([9; 16]),
        made_at: Timestamp::from_millis(0),
    };
    let (hs, rs, es) = (Algorithm::Hs256, Algorithm::Rs256, Algorithm::Es256);
    let spaces = [
        vec![],
        vec![key(1, hs)],
        vec![key(1, hs), key(2, hs)],
        vec![key(1, rs), key(2, hs), key(3, es)],
    ];
    for keys in &spaces {
        for kind in [None, Some(hs), Some(rs), Some(es)] {
            for signed_by in 0..=3 {
                let checks = core::cell::Cell::new(0);
                let check = async |key: Option<&IdentityKey>| {
                    checks.set(checks.get() + 1);
                    Ok(key.is_none_or(|key| key.id.bytes()[0] == signed_by))
                };
                let signer = now_or_never(signer(keys, kind, check)).unwrap();
                let expected = keys
                    .iter()
                    .find(|key| key.id.bytes()[0] == signed_by && Some(key.algorithm) == kind);
                assert_eq!(signer.map(|key| key.id), expected.map(|key| key.id));
                assert_eq!(checks.get(), keys.len().max(1));
            }
        }
    }
}
