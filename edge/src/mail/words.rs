//! What mails say, in the languages of the pages (`widget/src/text`). `{…}` is filled in.

use shared::space::Deed;

/// One language.
pub struct Words {
    /// As `lang` names it.
    pub lang: &'static str,
    /// Subject of an invitation; the space.
    pub invited: &'static str,
    /// What it is to; the space.
    pub invited_text: &'static str,
    /// What to do.
    pub accept_text: &'static str,
    /// The button.
    pub accept: &'static str,
    /// Subject of a one-time link.
    pub sign_in: &'static str,
    /// What it does.
    pub sign_in_text: &'static str,
    /// The button.
    pub sign_in_here: &'static str,
    /// Subject of a link that shows whose an address is.
    pub confirm: &'static str,
    /// What it does.
    pub confirm_text: &'static str,
    /// The button.
    pub confirm_here: &'static str,
    /// For whom it was not meant, each.
    pub unexpected: &'static str,
    /// What admins are told that somebody has done.
    exported: &'static str,
    erased: &'static str,
    origins: &'static str,
    key: &'static str,
    other: &'static str,
}

impl Words {
    /// What somebody has done: goes on after the name.
    pub fn deed(&self, what: Deed) -> &'static str {
        match what {
            Deed::Exported => self.exported,
            Deed::ErasureAsked | Deed::Erased => self.erased,
            Deed::SettingsChanged => self.origins,
            Deed::IdentityKeyMade => self.key,
            Deed::SpaceCreated
            | Deed::AgentAdded
            | Deed::AgentChanged
            | Deed::AgentRemoved
            | Deed::AgentRestored
            | Deed::Invited
            | Deed::InvitationAccepted
            | Deed::TokenMade
            | Deed::TranscriberSet
            | Deed::Revoked
            | Deed::VisitorBlocked
            | Deed::VisitorUnblocked
            | Deed::SignedIn
            | Deed::SignedOut => self.other,
        }
    }
}

/// The words of a language; English for one that we do not speak.
pub fn of(language: &str) -> &'static Words {
    match language.split('-').next() {
        Some(lang) if lang.eq_ignore_ascii_case(DE.lang) => &DE,
        Some(_) | None => &EN,
    }
}

/// Subject of a transcript, in the languages of the chat; the space.
const TRANSCRIPTS: [(&str, &str); 14] = [
    ("en", "Your conversation with {space}"),
    ("ar", "محادثتك مع {space}"),
    ("de", "Ihr Gespräch mit {space}"),
    ("es", "Su conversación con {space}"),
    ("fr", "Votre conversation avec {space}"),
    ("he", "השיחה שלך עם {space}"),
    ("it", "La Sua conversazione con {space}"),
    ("ja", "{space}との会話"),
    ("nl", "Uw gesprek met {space}"),
    ("pl", "Państwa rozmowa z {space}"),
    ("pt", "Sua conversa com {space}"),
    ("ru", "Ваш разговор с {space}"),
    ("tr", "{space} ile görüşmeniz"),
    ("zh", "您与 {space} 的对话"),
];

/// Subject of a transcript; English for a language that we do not speak.
pub fn transcript(language: &str) -> &'static str {
    let asked = language.split('-').next().unwrap_or_default();
    let known = |(tag, _): &&(&str, &str)| asked.eq_ignore_ascii_case(tag);
    let found = TRANSCRIPTS.iter().find(known);
    found
        .or(TRANSCRIPTS.first())
        .map_or("", |(_, subject)| subject)
}

const EN: Words = Words {
    lang: "en",
    invited: "Answer the customers of {space}",
    invited_text: "You are invited to answer the customers of {space} with Bellhop.",
    accept_text: "Accept here, within 7 days:",
    accept: "Accept the invitation",
    sign_in: "Your sign-in link",
    sign_in_text: "Sign in to Bellhop with this link. It works once, within 24 hours:",
    sign_in_here: "Sign in",
    confirm: "Is this your address?",
    confirm_text: "Confirm that this is your address at Bellhop. Open the link within 24 hours, in the browser in which you are signed in:",
    confirm_here: "Confirm the address",
    unexpected: "If you did not expect this, leave it alone: nothing happens.",
    exported: "has exported what is kept of a customer. The audit log says which one.",
    erased: "has a customer erased. The audit log says which one.",
    origins: "has changed on which sites the chat is shown. The audit log says which ones.",
    key: "has made a key by which a site vouches for its customers.",
    other: "has changed something. The audit log says what.",
};

const DE: Words = Words {
    lang: "de",
    invited: "Antworten Sie den Kunden von {space}",
    invited_text: "Sie sind eingeladen, den Kunden von {space} mit Bellhop zu antworten.",
    accept_text: "Nehmen Sie hier an, innerhalb von 7 Tagen:",
    accept: "Einladung annehmen",
    sign_in: "Ihr Anmeldelink",
    sign_in_text: "Melden Sie sich mit diesem Link bei Bellhop an. Er gilt einmal, innerhalb von 24 Stunden:",
    sign_in_here: "Anmelden",
    confirm: "Ist das Ihre Adresse?",
    confirm_text: "Bestätigen Sie, dass dies Ihre Adresse bei Bellhop ist. Öffnen Sie den Link innerhalb von 24 Stunden in dem Browser, in dem Sie angemeldet sind:",
    confirm_here: "Adresse bestätigen",
    unexpected: "Wenn Sie das nicht erwartet haben, lassen Sie es einfach liegen: Es geschieht nichts.",
    exported: "hat exportiert, was von einem Kunden aufgehoben ist. Im Protokoll steht, von welchem.",
    erased: "lässt einen Kunden löschen. Im Protokoll steht, welchen.",
    origins: "hat geändert, auf welchen Seiten der Chat erscheint. Im Protokoll steht, auf welchen.",
    key: "hat einen Schlüssel angelegt, mit dem sich eine Seite für ihre Kunden verbürgt.",
    other: "hat etwas geändert. Im Protokoll steht, was.",
};
