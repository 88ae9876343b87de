//! What admins read of how the installation stands.

use super::text;

/// One language of this page.
pub struct Words {
    pub status: &'static str,
    pub status_text: &'static str,
    pub on: &'static str,
    pub off: &'static str,
    pub incomplete: &'static str,
    pub to_turn_on: &'static str,
    pub to_mend: &'static str,
    pub not_set_up: &'static str,
    pub unmailed: &'static str,
    pub unmailed_text: &'static str,
    /// What the features are called.
    pub features: [(&'static str, &'static str); 11],
}

/// The words in the language of the page.
pub fn words() -> &'static Words {
    if text().lang == "de" { &DE } else { &EN }
}

const EN: Words = Words {
    status: "Installation",
    status_text: "What this installation can do. Whoever runs it sets secrets and variables; what is missing for a part does not work.",
    on: "On",
    off: "Off",
    incomplete: "Does not work",
    to_turn_on: "To turn it on, set {names}.",
    to_mend: "Missing or too short: {names}.",
    not_set_up: "This installation is not set up for that. Its administrator reads more under Installation.",
    unmailed: "Admins who are not mailed",
    unmailed_text: "No address of theirs is known: {names}. Whoever it is adds one under “Spaces”.",
    features: [
        ("tokens", "Tokens of visitors and agents"),
        ("sealing", "Secrets of spaces, such as identity keys"),
        ("mail", "E-mail: invitations and sign-in links"),
        ("oidc", "Sign-in by an identity provider"),
        ("access", "Sign-in by Cloudflare Access"),
        ("turnstile", "Challenges by Cloudflare Turnstile"),
        ("files", "Files in conversations"),
        ("dictation", "Dictation by Workers AI"),
        ("bootstrap", "The first admin’s link"),
        ("outgoing", "Calls to public addresses, over https alone"),
        (
            "outgoing_desk",
            "Calls to public addresses and to this machine",
        ),
    ],
};

const DE: Words = Words {
    status: "Installation",
    status_text: "Was diese Installation kann. Wer sie betreibt, setzt Geheimnisse und Variablen; wofür etwas fehlt, das geht nicht.",
    on: "Ein",
    off: "Aus",
    incomplete: "Geht nicht",
    to_turn_on: "Zum Einschalten setzen: {names}.",
    to_mend: "Fehlt oder ist zu kurz: {names}.",
    not_set_up: "Dafür ist diese Installation nicht eingerichtet. Mehr dazu liest ein Admin unter Installation.",
    unmailed: "Admins ohne E-Mail",
    unmailed_text: "Von ihnen ist keine Adresse bekannt: {names}. Wer das ist, trägt eine unter „Bereiche“ ein.",
    features: [
        ("tokens", "Token von Besuchern und Agenten"),
        (
            "sealing",
            "Geheimnisse der Bereiche, etwa Identitätsschlüssel",
        ),
        ("mail", "E-Mail: Einladungen und Anmeldelinks"),
        ("oidc", "Anmeldung über einen Identitätsanbieter"),
        ("access", "Anmeldung über Cloudflare Access"),
        ("turnstile", "Prüfung durch Cloudflare Turnstile"),
        ("files", "Dateien in Gesprächen"),
        ("dictation", "Diktieren mit Workers AI"),
        ("bootstrap", "Der Link des ersten Admins"),
        ("outgoing", "Aufrufe öffentlicher Adressen, nur über https"),
        (
            "outgoing_desk",
            "Aufrufe öffentlicher Adressen und dieses Rechners",
        ),
    ],
};
