//! What admins read of the audit log.

use super::text;

/// One language of these pages.
pub struct Words {
    pub retention: &'static str,
    pub for_ever: &'static str,
    pub audit: &'static str,
    pub audit_text: &'static str,
    pub who: &'static str,
    pub everybody: &'static str,
    pub nobody: &'static str,
    pub what: &'static str,
    pub everything: &'static str,
    pub older: &'static str,
    pub check: &'static str,
    pub whole: &'static str,
    pub broken: &'static str,
    pub download: &'static str,
    pub customer: &'static str,
    pub customer_text: &'static str,
    pub id_of: &'static str,
    pub of_conversation: &'static str,
    pub of_visitor: &'static str,
    pub id: &'static str,
    pub export: &'static str,
    pub sure: &'static str,
    pub be_sure: &'static str,
    pub erase: &'static str,
    pub erasing: &'static str,
    pub deeds: [(&'static str, &'static str); 18],
}

/// The words in the language of the page.
pub fn words() -> &'static Words {
    if text().lang == "de" { &DE } else { &EN }
}

/// What an act is called.
pub fn deed(word: &str) -> &str {
    let mut deeds = words().deeds.iter();
    let known = deeds.find(|(known, _)| *known == word);
    known.map_or(word, |(_, name)| name)
}

const EN: Words = Words {
    retention: "How long a closed conversation is kept",
    for_ever: "0 is for ever. Holds for conversations that begin from here on.",
    audit: "Audit log",
    audit_text: "What people have done to this space. It is kept as long as the space, and nobody can change it.",
    who: "Who",
    everybody: "Everybody",
    nobody: "Bellhop",
    what: "What",
    everything: "Everything",
    older: "Older",
    check: "Check that it is whole",
    whole: "The log is whole: {n} entries, each following the one before.",
    broken: "The log was tampered with at entry {n}.",
    download: "Download",
    customer: "Data of one customer",
    customer_text: "Export hands you everything that is kept of a customer, notes included. Erase ends what still runs and removes what the customer wrote and is called, everywhere and for good.",
    id_of: "Found by",
    of_conversation: "One of the conversations",
    of_visitor: "The visitor",
    id: "Its id",
    export: "Export",
    sure: "Erase for good",
    be_sure: "Tick that you want to erase for good.",
    erase: "Erase",
    erasing: "{n} conversations are being erased. The log says when it is done.",
    deeds: [
        ("space_created", "Space made"),
        ("settings_changed", "Settings changed"),
        ("agent_added", "Agent added"),
        ("agent_changed", "Agent changed"),
        ("agent_removed", "Agent deactivated"),
        ("agent_restored", "Agent let back in"),
        ("invited", "Invited"),
        ("invitation_accepted", "Invitation accepted"),
        ("token_made", "API token made"),
        ("identity_key_made", "Identity key made"),
        ("visitor_blocked", "Visitor blocked"),
        ("visitor_unblocked", "Visitor unblocked"),
        (
            "revoked",
            "Invitation, API token or identity key taken back",
        ),
        ("signed_in", "Signed in"),
        ("signed_out", "Signed out everywhere"),
        ("exported", "Customer's data exported"),
        ("erasure_asked", "Customer to be erased"),
        ("erased", "Customer erased"),
    ],
};

const DE: Words = Words {
    retention: "Wie lange ein geschlossenes Gespräch aufgehoben wird",
    for_ever: "0 heißt für immer. Gilt für Gespräche, die von jetzt an beginnen.",
    audit: "Protokoll",
    audit_text: "Was Personen in diesem Bereich getan haben. Es bleibt so lange wie der Bereich, und niemand kann es ändern.",
    who: "Wer",
    everybody: "Alle",
    nobody: "Bellhop",
    what: "Was",
    everything: "Alles",
    older: "Ältere",
    check: "Auf Unversehrtheit prüfen",
    whole: "Das Protokoll ist unversehrt: {n} Einträge, jeder folgt auf den vor ihm.",
    broken: "Das Protokoll wurde bei Eintrag {n} verändert.",
    download: "Herunterladen",
    customer: "Daten eines Kunden",
    customer_text: "Der Export enthält alles, was von einem Kunden aufgehoben ist, auch Notizen. Löschen beendet, was noch läuft, und entfernt überall und endgültig, was der Kunde geschrieben hat und wie er heißt.",
    id_of: "Gefunden über",
    of_conversation: "Eines der Gespräche",
    of_visitor: "Den Besucher",
    id: "Die Kennung",
    export: "Exportieren",
    sure: "Endgültig löschen",
    be_sure: "Bestätigen Sie, dass Sie endgültig löschen wollen.",
    erase: "Löschen",
    erasing: "{n} Gespräche werden gelöscht. Im Protokoll steht, wann es getan ist.",
    deeds: [
        ("space_created", "Bereich angelegt"),
        ("settings_changed", "Einstellungen geändert"),
        ("agent_added", "Agent hinzugefügt"),
        ("agent_changed", "Agent geändert"),
        ("agent_removed", "Agent deaktiviert"),
        ("agent_restored", "Agent wieder aufgenommen"),
        ("invited", "Eingeladen"),
        ("invitation_accepted", "Einladung angenommen"),
        ("token_made", "API-Token angelegt"),
        ("identity_key_made", "Identitätsschlüssel angelegt"),
        ("visitor_blocked", "Besucher gesperrt"),
        ("visitor_unblocked", "Besucher entsperrt"),
        (
            "revoked",
            "Einladung, API-Token oder Identitätsschlüssel zurückgenommen",
        ),
        ("signed_in", "Angemeldet"),
        ("signed_out", "Überall abgemeldet"),
        ("exported", "Daten eines Kunden exportiert"),
        ("erasure_asked", "Kunde zu löschen"),
        ("erased", "Kunde gelöscht"),
    ],
};
