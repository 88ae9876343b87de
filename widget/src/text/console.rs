//! What agents read.

use shared::conversation::{EndCause, Event, Rating, TicketKind, TicketStatus};
use shared::refusal::Refusal;
use shared::rights::Role;
use shared::settings::{Resolution, resolution};

use super::text;

/// One language of the console.
pub struct Words {
    pub agent_console: &'static str,
    pub agent: &'static str,
    pub admin: &'static str,
    pub demo_only: &'static str,
    pub supervisor: &'static str,
    pub role_changed: &'static str,
    pub session_over: &'static str,
    pub no_access: &'static str,
    pub other_sign_in: &'static str,
    pub spaces: &'static str,
    pub people: &'static str,
    pub sign_in_failed: &'static str,
    pub slots: &'static str,
    pub available: &'static str,
    pub unavailable: &'static str,
    pub sign_out: &'static str,
    pub conversations: &'static str,
    pub offers: &'static str,
    pub my_chats: &'static str,
    pub wrapping_up: &'static str,
    pub queue: &'static str,
    pub nobody_waits: &'static str,
    pub assign_to_me: &'static str,
    pub offered_to: &'static str,
    pub no_offers: &'static str,
    pub transferred: &'static str,
    pub from_agent: &'static str,
    pub others: &'static str,
    pub no_chats: &'static str,
    pub nothing_to_wrap_up: &'static str,
    pub unread: &'static str,
    pub seconds_left: &'static str,
    pub accept: &'static str,
    pub decline: &'static str,
    pub back: &'static str,
    pub active: &'static str,
    pub closed: &'static str,
    pub unassign: &'static str,
    pub end: &'static str,
    pub resolve: &'static str,
    pub resolution: &'static str,
    pub how: &'static str,
    pub details: &'static str,
    pub close_details: &'static str,
    pub kind: &'static str,
    pub reply: &'static str,
    pub note: &'static str,
    pub note_hint: &'static str,
    pub add_note: &'static str,
    pub customer_over: &'static str,
    pub is_closed: &'static str,
    pub preview: &'static str,
    pub name: &'static str,
    pub claimed: &'static str,
    pub verified: &'static str,
    pub email: &'static str,
    pub customer_id: &'static str,
    pub identified: &'static str,
    pub must_verify: &'static str,
    pub earlier: &'static str,
    pub read_transcript: &'static str,
    pub started: &'static str,
    pub accepted: &'static str,
    pub ended: &'static str,
    pub source: &'static str,
    pub widget: &'static str,
    pub console: &'static str,
    pub virtual_agent: &'static str,
    pub assigned_to: &'static str,
    pub quiet: &'static str,
    pub quiet_text: &'static str,
    pub unavailable_title: &'static str,
    pub unavailable_text: &'static str,
    pub dismiss: &'static str,
    pub resolved: &'static str,
    pub not_resolved: &'static str,
    pub abandoned: &'static str,
    pub not_answered: &'static str,
    pub forbidden: &'static str,
    pub not_assignee: &'static str,
    pub already_assigned: &'static str,
    pub offer_over: &'static str,
    pub offer_not_yours: &'static str,
    pub no_free_slot: &'static str,
    pub agent_unavailable: &'static str,
    pub not_waiting: &'static str,
    pub has_ended: &'static str,
    pub customer_here: &'static str,
    pub wrap_up_reminded: &'static str,
    pub note_by: &'static str,
    pub returned: &'static str,
    pub customer_cancelled: &'static str,
    pub no_resolution: &'static str,
    pub no_reason: &'static str,
    pub reason_required: &'static str,
    pub ticket_exists: &'static str,
    pub not_ended: &'static str,
    pub rated: &'static str,
    pub stars: &'static str,
    pub transcript_mailed: &'static str,
    pub reason_given: &'static str,
    pub incident_created: &'static str,
    pub work_order_created: &'static str,
    pub ticket_changed: &'static str,
    pub ticket_new: &'static str,
    pub ticket_in_progress: &'static str,
    pub ticket_resolved: &'static str,
    pub ticket_cancelled: &'static str,
    pub note_required: &'static str,
    pub queue_unknown: &'static str,
    pub queue_closed: &'static str,
    pub queue_full: &'static str,
    pub not_in_queue: &'static str,
    pub conflict: &'static str,
    pub unknown: &'static str,
    pub conversation_open: &'static str,
    pub space_unknown: &'static str,
    pub space_off: &'static str,
    pub agent_unknown: &'static str,
}

/// The words in the language of the page.
pub fn words() -> &'static Words {
    if text().lang == "de" { &DE } else { &EN }
}

impl Words {
    /// The name of a resolution of the space: that of the space, or ours translated.
    pub fn name_of(&self, resolution: &Resolution) -> String {
        match resolution.own_name() {
            Some(name) => name.to_string(),
            None => self.resolution(resolution.id.as_str()),
        }
    }

    /// The name of a resolution: ours translated, the space's own as they are.
    pub fn resolution(&self, label: &str) -> String {
        match label {
            resolution::RESOLVED => self.resolved,
            resolution::NOT_RESOLVED => self.not_resolved,
            resolution::ABANDONED => self.abandoned,
            resolution::NOT_ANSWERED => self.not_answered,
            own => own,
        }
        .to_owned()
    }

    /// What a role is called.
    pub const fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Agent => self.agent,
            Role::Supervisor => self.supervisor,
            Role::Admin => self.admin,
        }
    }

    /// Where a ticket stands.
    pub const fn ticket_status(&self, status: TicketStatus) -> &'static str {
        match status {
            TicketStatus::New => self.ticket_new,
            TicketStatus::InProgress => self.ticket_in_progress,
            TicketStatus::Resolved => self.ticket_resolved,
            TicketStatus::Cancelled => self.ticket_cancelled,
        }
    }

    /// An event in the words that are for agents alone; `None` where customers read the same.
    pub fn event(&self, event: &Event) -> Option<String> {
        Some(match event {
            Event::AgentAssigned { name, .. } => super::fill(text().is_online(), name.as_str()),
            Event::AgentUnassigned { .. } => self.returned.to_owned(),
            Event::WrapUpReminded => self.wrap_up_reminded.to_owned(),
            Event::Ended {
                cause: EndCause::Customer,
            }
            | Event::Closed {
                cause: Some(EndCause::Customer),
                ..
            } => self.customer_cancelled.to_owned(),
            Event::Closed {
                resolution,
                cause: None,
                ..
            } if resolution.as_str() != resolution::RESOLVED => {
                self.resolution(resolution.as_str())
            }
            Event::ReasonGiven { name, .. } => super::fill(self.reason_given, name.as_str()),
            Event::TicketCreated { kind, title, .. } => {
                let words = match kind {
                    TicketKind::Incident => self.incident_created,
                    TicketKind::WorkOrder => self.work_order_created,
                };
                super::fill(words, title.as_str())
            }
            Event::TicketChanged { status } => {
                super::fill(self.ticket_changed, self.ticket_status(*status))
            }
            Event::CustomerIdentified { identity, .. } => {
                super::fill(self.identified, identity.id.as_str())
            }
            Event::TranscriptMailed { .. } => self.transcript_mailed.to_owned(),
            Event::Rated(Rating { stars, comment }) => {
                let said = super::fill(self.rated, &stars.number().to_string());
                match comment {
                    Some(comment) => [&said, ": ", comment.as_str()].concat(),
                    None => said,
                }
            }
            Event::VerificationSet { required: true } => self.must_verify.to_owned(),
            Event::VerificationSet { required: false }
            | Event::Opened { .. }
            | Event::MessagePosted { .. }
            | Event::FileSent(_)
            | Event::FileChecked { .. }
            | Event::NotePosted { .. }
            | Event::MessageChanged { .. }
            | Event::AgentRequested
            | Event::IdleWarned
            | Event::Ended { .. }
            | Event::Closed { .. }
            | Event::Erased
            | Event::Unknown => return None,
        })
    }

    /// Why something did not happen, in plain words.
    pub fn refusal(&self, refusal: &Refusal) -> String {
        let words = match refusal {
            Refusal::AlreadyAssigned { name } => {
                return super::fill(self.already_assigned, name.as_str());
            }
            Refusal::NoFreeSlot { limit } => {
                return super::fill(self.no_free_slot, &limit.to_string());
            }
            Refusal::Forbidden => self.forbidden,
            Refusal::NotAssignee => self.not_assignee,
            Refusal::OfferOver => self.offer_over,
            Refusal::OfferNotYours => self.offer_not_yours,
            Refusal::AgentUnavailable => self.agent_unavailable,
            Refusal::NotWaiting => self.not_waiting,
            Refusal::Ended => self.has_ended,
            Refusal::Closed => self.is_closed,
            Refusal::CustomerHere => self.customer_here,
            Refusal::ResolutionUnknown => self.no_resolution,
            Refusal::ReasonUnknown => self.no_reason,
            Refusal::ReasonRequired => self.reason_required,
            Refusal::TicketExists => self.ticket_exists,
            Refusal::NotEnded => self.not_ended,
            Refusal::NoteRequired => self.note_required,
            Refusal::QueueUnknown => self.queue_unknown,
            Refusal::QueueClosed => self.queue_closed,
            Refusal::QueueFull { .. } => self.queue_full,
            Refusal::NotInQueue => self.not_in_queue,
            Refusal::CommandConflict => self.conflict,
            Refusal::ConversationUnknown => self.unknown,
            Refusal::ConversationOpen { .. } => self.conversation_open,
            Refusal::SpaceUnknown => self.space_unknown,
            Refusal::SpaceOff => self.space_off,
            Refusal::AgentUnknown => self.agent_unknown,
            // Nobody changes settings here yet.
            Refusal::Blocked
            | Refusal::RateLimited { .. }
            | Refusal::ChallengeRequired
            | Refusal::IdUnknown
            | Refusal::SettingInvalid(_)
            | Refusal::SettingsChanged { .. }
            | Refusal::ResolutionBuiltIn { .. }
            | Refusal::LastAdmin
            | Refusal::MessageUnknown
            | Refusal::TranscriptOff
            | Refusal::FilesOff
            | Refusal::FileHeld
            | Refusal::FileJudged
            | Refusal::AddressUnknown
            | Refusal::NotAuthor
            | Refusal::MessageDeleted
            | Refusal::LinkOver
            | Refusal::SessionOver
            | Refusal::VerificationRequired
            | Refusal::NotInvited
            | Refusal::TooMany { .. }
            | Refusal::TokenRevoked
            | Refusal::QueueInUse { .. } => return refusal.to_string(),
        };
        words.to_owned()
    }
}

const EN: Words = Words {
    agent_console: "Agent console of ",
    agent: "Agent",
    admin: "Admin",
    demo_only: "Demo sign-in: only on this machine, only in development.",
    supervisor: "Supervisor",
    role_changed: "Your role was changed: {role}",
    session_over: "You are signed out. Please sign in again.",
    no_access: "You have no access to this space any more.",
    other_sign_in: "Other ways to sign in",
    spaces: "Your spaces",
    people: "People and settings",
    sign_in_failed: "The sign-in did not work. Please try again.",
    slots: "{used} of {limit} slots",
    available: "Available",
    unavailable: "Unavailable",
    sign_out: "Sign out",
    conversations: "Conversations",
    offers: "Offers",
    my_chats: "My chats",
    wrapping_up: "Wrapping up",
    queue: "Queue",
    nobody_waits: "Nobody is waiting",
    assign_to_me: "Assign to me",
    offered_to: "Offered to {agent}",
    no_offers: "No offers",
    transferred: "Transferred",
    from_agent: "From {agent}:",
    others: "You are unavailable: new conversations go to others",
    no_chats: "No active chats",
    nothing_to_wrap_up: "Nothing to wrap up",
    unread: " unread",
    seconds_left: "{n} seconds left",
    accept: "Accept",
    decline: "Decline",
    back: "Back to the lists",
    active: "Active",
    closed: "Closed",
    unassign: "Unassign",
    end: "End conversation",
    resolve: "Resolve",
    resolution: "Resolution",
    how: "How did it end?",
    details: "Details",
    close_details: "Close details",
    kind: "Kind of message",
    reply: "Reply",
    note: "Internal note",
    note_hint: "Only your team will see this",
    add_note: "Add note",
    customer_over: "The customer's side is over. Add notes, then resolve.",
    is_closed: "This conversation is closed.",
    preview: "Offered to you. The customer does not see that you look.",
    name: "Name",
    claimed: "claimed",
    verified: "verified",
    email: "E-mail",
    customer_id: "Customer ID",
    identified: "The site has verified the customer: {id}",
    must_verify: "From here on only a verified customer can write",
    earlier: "Earlier conversation",
    read_transcript: "Read it",
    started: "Started",
    accepted: "Accepted",
    ended: "Ended",
    source: "Source",
    widget: "Widget",
    console: "Console",
    virtual_agent: "Virtual agent",
    assigned_to: "Assigned to",
    quiet: "All quiet",
    quiet_text: "Open a chat on the left. New conversations ring here while you are available.",
    unavailable_title: "You are unavailable",
    unavailable_text: "Set yourself Available to be offered conversations.",
    dismiss: "Dismiss",
    resolved: "Resolved",
    not_resolved: "Not resolved",
    abandoned: "Abandoned",
    not_answered: "Not answered",
    forbidden: "You may not do this.",
    not_assignee: "Only the agent who holds the conversation may do this.",
    already_assigned: "{name} has this conversation already.",
    offer_over: "The offer is over.",
    offer_not_yours: "The offer was made to another agent.",
    no_free_slot: "All {n} slots are taken.",
    agent_unavailable: "You are unavailable.",
    not_waiting: "The conversation is not waiting for an agent.",
    has_ended: "The conversation has ended.",
    customer_here: "The customer is still here.",
    wrap_up_reminded: "Still wrapping up: choose a resolution to free the slot.",
    note_by: "{agent}, internal note",
    returned: "Given back to the queue",
    customer_cancelled: "End user has cancelled chat.",
    no_resolution: "The space has no such resolution.",
    no_reason: "The space has no such reason.",
    reason_required: "Choose a reason first.",
    ticket_exists: "This conversation has a ticket already.",
    not_ended: "The conversation is not over yet.",
    rated: "The customer gives {stars} of 5 stars",
    stars: "{stars} of 5 stars",
    transcript_mailed: "The customer has what was written sent by e-mail.",
    reason_given: "Reason: {}",
    incident_created: "Incident created: {}",
    work_order_created: "Work order created: {}",
    ticket_changed: "Ticket: {}",
    ticket_new: "New",
    ticket_in_progress: "In progress",
    ticket_resolved: "Resolved",
    ticket_cancelled: "Cancelled",
    note_required: "A transfer needs a note.",
    queue_unknown: "The space has no such queue.",
    queue_closed: "The queue is closed to new work.",
    queue_full: "The queue is full.",
    not_in_queue: "The agent does not serve this queue.",
    conflict: "This could not be repeated. Please try again.",
    unknown: "There is no such conversation.",
    conversation_open: "The customer has an open conversation.",
    space_unknown: "There is no such space.",
    space_off: "Live chat is switched off in this space.",
    agent_unknown: "There is no such agent.",
};

const DE: Words = Words {
    agent_console: "Agentenkonsole von ",
    agent: "Agent",
    admin: "Admin",
    demo_only: "Demo-Anmeldung: nur auf diesem Rechner, nur in der Entwicklung.",
    supervisor: "Supervisor",
    role_changed: "Ihre Rolle wurde geändert: {role}",
    session_over: "Sie sind abgemeldet. Bitte melden Sie sich wieder an.",
    no_access: "Sie haben keinen Zugang mehr zu diesem Bereich.",
    other_sign_in: "Andere Wege, sich anzumelden",
    spaces: "Ihre Bereiche",
    people: "Personen und Einstellungen",
    sign_in_failed: "Die Anmeldung ist nicht gelungen. Bitte versuchen Sie es noch einmal.",
    slots: "{used} von {limit} Plätzen",
    available: "Verfügbar",
    unavailable: "Nicht verfügbar",
    sign_out: "Abmelden",
    conversations: "Gespräche",
    offers: "Angebote",
    my_chats: "Meine Chats",
    wrapping_up: "Nachbereitung",
    queue: "Warteschlange",
    nobody_waits: "Niemand wartet",
    assign_to_me: "Mir zuweisen",
    offered_to: "Wird {agent} angeboten",
    no_offers: "Keine Angebote",
    transferred: "Weitergegeben",
    from_agent: "Von {agent}:",
    others: "Sie sind nicht verfügbar: Neue Gespräche gehen an andere",
    no_chats: "Keine laufenden Chats",
    nothing_to_wrap_up: "Nichts nachzubereiten",
    unread: " ungelesen",
    seconds_left: "noch {n} Sekunden",
    accept: "Annehmen",
    decline: "Ablehnen",
    back: "Zurück zu den Listen",
    active: "Aktiv",
    closed: "Abgeschlossen",
    unassign: "Zurückgeben",
    end: "Gespräch beenden",
    resolve: "Abschließen",
    resolution: "Ergebnis",
    how: "Wie ist es ausgegangen?",
    details: "Einzelheiten",
    close_details: "Einzelheiten schließen",
    kind: "Art der Nachricht",
    reply: "Antwort",
    note: "Interne Notiz",
    note_hint: "Nur Ihr Team sieht dies",
    add_note: "Notiz hinzufügen",
    customer_over: "Für den Kunden ist es vorbei. Notieren Sie, was wichtig ist, und schließen Sie dann ab.",
    is_closed: "Dieses Gespräch ist abgeschlossen.",
    preview: "Ihnen angeboten. Der Kunde sieht nicht, dass Sie hineinschauen.",
    name: "Name",
    claimed: "laut Website",
    verified: "bestätigt",
    email: "E-Mail",
    customer_id: "Kunden-ID",
    identified: "Die Website hat den Kunden bestätigt: {id}",
    must_verify: "Ab hier kann nur ein bestätigter Kunde schreiben",
    earlier: "Früheres Gespräch",
    read_transcript: "Nachlesen",
    started: "Begonnen",
    accepted: "Angenommen",
    ended: "Beendet",
    source: "Quelle",
    widget: "Widget",
    console: "Konsole",
    virtual_agent: "Virtueller Agent",
    assigned_to: "Bei",
    quiet: "Alles ruhig",
    quiet_text: "Öffnen Sie links einen Chat. Neue Gespräche melden sich hier, solange Sie verfügbar sind.",
    unavailable_title: "Sie sind nicht verfügbar",
    unavailable_text: "Stellen Sie sich auf Verfügbar, um Gespräche angeboten zu bekommen.",
    dismiss: "Schließen",
    resolved: "Gelöst",
    not_resolved: "Nicht gelöst",
    abandoned: "Aufgegeben",
    not_answered: "Nicht beantwortet",
    forbidden: "Das dürfen Sie nicht.",
    not_assignee: "Das darf nur, wer das Gespräch führt.",
    already_assigned: "{name} führt dieses Gespräch schon.",
    offer_over: "Das Angebot ist vorbei.",
    offer_not_yours: "Das Angebot galt jemand anderem.",
    no_free_slot: "Alle {n} Plätze sind belegt.",
    agent_unavailable: "Sie sind nicht verfügbar.",
    not_waiting: "Das Gespräch wartet nicht auf einen Agenten.",
    has_ended: "Das Gespräch ist beendet.",
    customer_here: "Der Kunde ist noch da.",
    wrap_up_reminded: "Noch in der Nachbereitung: Wählen Sie ein Ergebnis, damit der Platz frei wird.",
    note_by: "{agent}, interne Notiz",
    returned: "Zurück in die Warteschlange gegeben",
    customer_cancelled: "Der Kunde hat den Chat abgebrochen.",
    no_resolution: "Dieses Ergebnis gibt es hier nicht.",
    no_reason: "Diesen Grund gibt es hier nicht.",
    reason_required: "Bitte zuerst einen Grund wählen.",
    ticket_exists: "Dieses Gespräch hat schon ein Ticket.",
    not_ended: "Das Gespräch ist noch nicht vorbei.",
    rated: "Der Kunde gibt {stars} von 5 Sternen",
    stars: "{stars} von 5 Sternen",
    transcript_mailed: "Der Kunde lässt sich das Geschriebene per E-Mail schicken.",
    reason_given: "Grund: {}",
    incident_created: "Störung angelegt: {}",
    work_order_created: "Arbeitsauftrag angelegt: {}",
    ticket_changed: "Ticket: {}",
    ticket_new: "Neu",
    ticket_in_progress: "In Arbeit",
    ticket_resolved: "Gelöst",
    ticket_cancelled: "Storniert",
    note_required: "Zum Weitergeben gehört eine Notiz.",
    queue_unknown: "Diese Warteschlange gibt es nicht.",
    queue_closed: "Diese Warteschlange nimmt nichts Neues an.",
    queue_full: "Diese Warteschlange ist voll.",
    not_in_queue: "Der Agent ist nicht für diese Warteschlange da.",
    conflict: "Das ließ sich nicht wiederholen. Bitte versuchen Sie es noch einmal.",
    unknown: "Dieses Gespräch gibt es nicht.",
    conversation_open: "Der Kunde hat ein offenes Gespräch.",
    space_unknown: "Diesen Bereich gibt es nicht.",
    space_off: "Der Live-Chat ist hier ausgeschaltet.",
    agent_unknown: "Diesen Agenten gibt es nicht.",
};
