//! Planted bugs that the world simulation must find: they test the tests.
//!
//! Without the feature `mutants` [`is`] is false at compile time and the planted branches are
//! not in the program; no product build has the feature.

/// A planted bug. Where it sits, [`is`] guards the wrong branch.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mutant {
    /// A conversation takes an assignment whatever its fence.
    NoFenceCheck,
    /// A conversation reports its close once and never again.
    ReleaseOutsideOutbox,
    /// A space forgets a closed work item at once, so that a late report revives it.
    NoTombstone,
    /// Offers run out only when the alarm rings.
    ExpiryByAlarmOnly,
    /// A slot stays filled when the conversation rejects the assignment.
    SlotKeptOnReject,
    /// A space transfers to an agent without a free slot.
    NoCapacityCheck,
    /// A space proposes an assignment once and never again.
    CommandNotRetried,
    /// A conversation takes a repeated command for a new one.
    DedupeMissing,
    /// A conversation knows repeats only until its memory is lost.
    DedupeInMemory,
    /// A conversation sends an entry before its row is written.
    AckBeforeCommit,
    /// A resume starts one entry too late.
    ResumeOffByOne,
    /// An older socket of a tab stays when a newer one says hello.
    NoSuperseding,
    /// A hello of an older connection is welcome.
    NoConnectionCheck,
    /// After a hold later commands are taken all the same.
    NoGoBackN,
    /// The head of the log starts again from nothing when memory is lost.
    SeqInMemory,
    /// An internal entry goes to the customer, too.
    WrongAudience,
    /// A space lets a visitor begin a second conversation before the first one has reported.
    AdmissionNotReserved,
    /// An agent who leaves stays Available and at the console.
    LeaverOffered,
    /// An agent who leaves keeps the work.
    LeaverKeepsWork,
    /// Time goes back with the clock.
    TimeGoesBack,
    /// A space never asks after what agents hold.
    NoRounds,
    /// A lowered limit counts for nothing until everything was given back.
    LoweredLimitIgnored,
    /// A conversation begins in a queue that is closed.
    ClosedQueueTaken,
    /// A space offers what waits in a queue outside its hours.
    OffersOutsideHours,
    /// The wait for an agent counts the time in which the queue is closed.
    WaitRunsAtNight,
    /// What overflows into another queue waits there as if it had just come.
    OverflowLosesWait,
    /// An item is given to somebody without the skill that it needs.
    SkillIgnored,
    /// A conversation begins in a queue that is full.
    FullQueueTaken,
    /// A customer is never told that the place in line has changed.
    PlaceToldOnce,
    /// A late wish of an account undoes a newer one.
    StaleWishObeyed,
    /// A token of an earlier era opens doors.
    OldEraVouched,
    /// Whoever leaves the space goes on reading in conversations.
    LookerStays,
    /// A conversation gets a second ticket.
    SecondTicket,
    /// What is abandoned leaves its ticket open.
    TicketOutlivesAbandon,
    /// A conversation forgets what a person has sent when its memory is lost.
    LimitInMemory,
    /// A change of settings is not in the audit log.
    ActForgotten,
    /// A conversation erases what it remembers, and not what is on the disk.
    ErasedInMemory,
    /// A conversation is told to erase itself once and never again.
    ErasureToldOnce,
    /// A report that comes late brings back what was erased.
    LateReportRevives,
    /// A customer who is erased keeps the address, and is found by it.
    AddressOutlivesErasure,
    /// What has yet to erase itself stands in the list of its visitor.
    ErasingListed,
    /// What comes behind a held command is told to come again at once.
    HoldWithoutWait,
    /// Whoever does not wait is told to wait again and again.
    HeldForEver,
    /// An address that comes late from an account undoes a newer one.
    LateAddressTaken,
    /// A conversation begins without the challenge that the space asks for.
    NobodyChallenged,
    /// A conversation of a blocked visitor begins.
    BlockedBegins,
    /// What a message said before it was changed or deleted is read by whoever comes later.
    StaleWordsRead,
    /// Anybody changes what somebody else wrote.
    AnybodyEdits,
    /// A file stays in the store when its message is deleted.
    DeletedFileStays,
    /// A verdict on a file counts after another.
    LastVerdictCounts,
    /// A check of a file that nobody answers goes on for ever.
    ChecksForEver,
    /// Files are sent whatever the source of the conversation.
    FilesFromAnywhere,
    /// A change of a note goes to the customer, too.
    NoteEditLeaks,
    /// A visitor is blocked and goes on writing in what stands.
    BlockWithoutEnd,
}

impl Mutant {
    /// Every mutant, for tables.
    pub const ALL: [Self; 54] = [
        Self::NoFenceCheck,
        Self::ReleaseOutsideOutbox,
        Self::NoTombstone,
        Self::ExpiryByAlarmOnly,
        Self::SlotKeptOnReject,
        Self::NoCapacityCheck,
        Self::CommandNotRetried,
        Self::DedupeMissing,
        Self::DedupeInMemory,
        Self::AckBeforeCommit,
        Self::ResumeOffByOne,
        Self::NoSuperseding,
        Self::NoConnectionCheck,
        Self::NoGoBackN,
        Self::SeqInMemory,
        Self::WrongAudience,
        Self::AdmissionNotReserved,
        Self::LeaverOffered,
        Self::LeaverKeepsWork,
        Self::TimeGoesBack,
        Self::NoRounds,
        Self::LoweredLimitIgnored,
        Self::ClosedQueueTaken,
        Self::OffersOutsideHours,
        Self::WaitRunsAtNight,
        Self::OverflowLosesWait,
        Self::SkillIgnored,
        Self::FullQueueTaken,
        Self::PlaceToldOnce,
        Self::StaleWishObeyed,
        Self::OldEraVouched,
        Self::LookerStays,
        Self::SecondTicket,
        Self::TicketOutlivesAbandon,
        Self::LimitInMemory,
        Self::ActForgotten,
        Self::HoldWithoutWait,
        Self::HeldForEver,
        Self::LateAddressTaken,
        Self::NobodyChallenged,
        Self::ErasedInMemory,
        Self::ErasureToldOnce,
        Self::LateReportRevives,
        Self::AddressOutlivesErasure,
        Self::ErasingListed,
        Self::BlockedBegins,
        Self::StaleWordsRead,
        Self::AnybodyEdits,
        Self::DeletedFileStays,
        Self::LastVerdictCounts,
        Self::ChecksForEver,
        Self::FilesFromAnywhere,
        Self::NoteEditLeaks,
        Self::BlockWithoutEnd,
    ];

    /// The name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoFenceCheck => "no_fence_check",
            Self::ReleaseOutsideOutbox => "release_outside_outbox",
            Self::NoTombstone => "no_tombstone",
            Self::ExpiryByAlarmOnly => "expiry_by_alarm_only",
            Self::SlotKeptOnReject => "slot_kept_on_reject",
            Self::NoCapacityCheck => "no_capacity_check",
            Self::CommandNotRetried => "command_not_retried",
            Self::DedupeMissing => "dedupe_missing",
            Self::DedupeInMemory => "dedupe_in_memory",
            Self::AckBeforeCommit => "ack_before_commit",
            Self::ResumeOffByOne => "resume_off_by_one",
            Self::NoSuperseding => "no_superseding",
            Self::NoConnectionCheck => "no_connection_check",
            Self::NoGoBackN => "no_go_back_n",
            Self::SeqInMemory => "seq_in_memory",
            Self::WrongAudience => "wrong_audience",
            Self::AdmissionNotReserved => "admission_not_reserved",
            Self::LeaverOffered => "leaver_offered",
            Self::LeaverKeepsWork => "leaver_keeps_work",
            Self::TimeGoesBack => "time_goes_back",
            Self::NoRounds => "no_rounds",
            Self::LoweredLimitIgnored => "lowered_limit_ignored",
            Self::ClosedQueueTaken => "closed_queue_taken",
            Self::OffersOutsideHours => "offers_outside_hours",
            Self::WaitRunsAtNight => "wait_runs_at_night",
            Self::OverflowLosesWait => "overflow_loses_wait",
            Self::SkillIgnored => "skill_ignored",
            Self::FullQueueTaken => "full_queue_taken",
            Self::PlaceToldOnce => "place_told_once",
            Self::StaleWishObeyed => "stale_wish_obeyed",
            Self::OldEraVouched => "old_era_vouched",
            Self::LookerStays => "looker_stays",
            Self::SecondTicket => "second_ticket",
            Self::TicketOutlivesAbandon => "ticket_outlives_abandon",
            Self::LimitInMemory => "limit_in_memory",
            Self::ActForgotten => "act_forgotten",
            Self::ErasedInMemory => "erased_in_memory",
            Self::ErasureToldOnce => "erasure_told_once",
            Self::LateReportRevives => "late_report_revives",
            Self::AddressOutlivesErasure => "address_outlives_erasure",
            Self::ErasingListed => "erasing_listed",
            Self::HoldWithoutWait => "hold_without_wait",
            Self::HeldForEver => "held_for_ever",
            Self::LateAddressTaken => "late_address_taken",
            Self::NobodyChallenged => "nobody_challenged",
            Self::BlockedBegins => "blocked_begins",
            Self::StaleWordsRead => "stale_words_read",
            Self::AnybodyEdits => "anybody_edits",
            Self::DeletedFileStays => "deleted_file_stays",
            Self::LastVerdictCounts => "last_verdict_counts",
            Self::ChecksForEver => "checks_for_ever",
            Self::FilesFromAnywhere => "files_from_anywhere",
            Self::NoteEditLeaks => "note_edit_leaks",
            Self::BlockWithoutEnd => "block_without_end",
        }
    }

    /// The mutant of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mutant| mutant.name() == name)
    }
}

#[cfg(feature = "mutants")]
mod planted {
    use core::cell::Cell;

    use super::Mutant;

    std::thread_local! {
        static PLANTED: Cell<Option<Mutant>> = const { Cell::new(None) };
    }

    /// True while this mutant is planted in this thread.
    #[must_use]
    pub fn is(mutant: Mutant) -> bool {
        PLANTED.get() == Some(mutant)
    }

    /// Plants a mutant in this thread, or none.
    pub fn plant(mutant: Option<Mutant>) {
        PLANTED.set(mutant);
    }
}

#[cfg(feature = "mutants")]
pub use planted::{is, plant};

/// False: nothing is planted in this build.
#[cfg(not(feature = "mutants"))]
#[inline(always)]
#[must_use]
pub const fn is(_: Mutant) -> bool {
    false
}
