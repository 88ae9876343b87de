//! What the answer to a challenge says (SECURITY.md, Turnstile): whether a person writes.
//!
//! - **CH1** A proof is at most [`PROOF_MAX`] characters without blanks. Another one is none.
//! - **CH2** Passed is what the service calls a success, for our own host and for [`ACTION`]. A proof that was
//!   made for another page, used before or too late is not passed, and the person may try again.
//! - **CH3** Where the service says nothing of the proof (it is down, or does not know our secret) nobody has
//!   passed and nobody has failed: the same proof may be good later.

use serde_json::Value;

/// Longest proof. Source: SECURITY.md, Turnstile.
pub const PROOF_MAX: usize = 2_048;

/// What a challenge is passed for.
pub const ACTION: &str = "begin";

/// What an answer says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// A person writes.
    Passed,
    /// Not shown by this proof.
    Failed,
    /// Nothing is known (CH3).
    Unknown,
}

/// Whether that can be a proof (CH1).
#[must_use]
pub fn is_proof(text: &str) -> bool {
    (1..=PROOF_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What the service has answered about a proof from a page of `host` (CH2, CH3).
#[must_use]
pub fn judge(answer: &Value, host: &str) -> Verdict {
    let is =
        |name: &str, expected: &str| answer.get(name).and_then(Value::as_str) == Some(expected);
    let is_fault_of_proof = |error: &Value| {
        let of_proof = [
            "timeout-or-duplicate",
            "invalid-input-response",
            "missing-input-response",
        ];
        error
            .as_str()
            .is_some_and(|error| of_proof.contains(&error))
    };
    match answer.get("success") {
        Some(Value::Bool(true)) if is("hostname", host) && is("action", ACTION) => Verdict::Passed,
        Some(Value::Bool(true)) => Verdict::Failed,
        Some(Value::Bool(false)) => {
            let errors = answer.get("error-codes").and_then(Value::as_array);
            let is_failed = errors
                .is_some_and(|errors| !errors.is_empty() && errors.iter().all(is_fault_of_proof));
            if is_failed {
                Verdict::Failed
            } else {
                Verdict::Unknown
            }
        }
        _ => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use serde_json::json;

    use super::*;

    #[test]
    fn sec_l4_ch2_ch3_only_a_success_of_our_own_page_is_passed() {
        use Verdict::{Failed, Passed, Unknown};
        let good = || json!({ "success": true, "hostname": "chat.example", "action": "begin" });
        let with = |name: &str, value: Value| {
            let mut answer = good();
            answer[name] = value;
            answer
        };
        let refused = |errors: Value| json!({ "success": false, "error-codes": errors });
        let cases = [
            (good(), Passed),
            (with("hostname", json!("evil.example")), Failed),
            (with("hostname", json!("chat.example.evil.example")), Failed),
            (with("hostname", json!("CHAT.example")), Failed),
            (with("hostname", Value::Null), Failed),
            (with("hostname", json!(["chat.example"])), Failed),
            (with("action", json!("sign-in")), Failed),
            (with("action", json!("")), Failed),
            (with("success", json!("true")), Unknown),
            (with("success", json!(1)), Unknown),
            (refused(json!(["timeout-or-duplicate"])), Failed),
            (refused(json!(["invalid-input-response"])), Failed),
            (refused(json!(["missing-input-response"])), Failed),
            (refused(json!(["internal-error"])), Unknown),
            (refused(json!(["invalid-input-secret"])), Unknown),
            (
                refused(json!(["timeout-or-duplicate", "internal-error"])),
                Unknown,
            ),
            (refused(json!([])), Unknown),
            (refused(Value::Null), Unknown),
            (json!({}), Unknown),
            (json!([true]), Unknown),
            (Value::Null, Unknown),
        ];
        for (answer, verdict) in cases {
            assert_eq!(judge(&answer, "chat.example"), verdict, "{answer}");
        }
    }

    #[test]
    fn sec_l4_ch1_a_proof_is_short_and_has_no_blanks() {
        let long = |length| "x".repeat(length);
        let cases: [(String, bool); 7] = [
            ("XXXX.DUMMY.TOKEN.XXXX".into(), true),
            (long(PROOF_MAX), true),
            (long(PROOF_MAX + 1), false),
            (String::new(), false),
            ("a b".into(), false),
            ("a\nb".into(), false),
            ("\u{e4}".into(), false),
        ];
        for (text, expected) in cases {
            assert_eq!(is_proof(&text), expected, "{text:?}");
        }
    }
}
