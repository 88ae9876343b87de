//! Machine 3: a client with a transcript of a thousand entries, beside one of a hundred.

use shared::conversation::{Author, Command, Entry, Event, Seq};
use shared::frame::{FromServer, HEARTBEAT_MS, Welcome};
use shared::id::EpochId;
use shared::link::{ConversationLink, Effect, Input};
use shared::rights::Side;
use shared::text::MessageText;

use crate::make::{self, command, ms};
use crate::meter::{Meter, compare};
use crate::report::Report;

const TEXT: &str = "The parcel has not arrived and the site says that it has, what shall I do now?";

pub fn measure(report: &mut Report, is_quick: bool) {
    let rounds = if is_quick { 3 } else { 30 };
    let (mut less, mut more) = (Meter::default(), Meter::default());
    for _ in 0..rounds {
        live(&mut less, 100);
        live(&mut more, 1_000);
    }
    compare(report, "link: 1,000 entries", less, more);
}

struct Client {
    link: ConversationLink,
    now: u64,
    head: u64,
}

fn live(meter: &mut Meter, entries: u64) {
    let link = ConversationLink::new(
        make::device(1),
        0,
        Side::Customer,
        Some(make::conversation(1)),
        Vec::new(),
    );
    let mut client = Client {
        link,
        now: 1_000,
        head: 0,
    };
    client.connects(&mut Meter::default(), 1);
    while client.head < entries {
        client.hears(&mut Meter::default());
    }
    for number in 0..50 {
        client.hears(meter);
        client.writes(meter, number);
        client.takes(meter, "typing", Input::Typing { typing: true });
        client.takes(meter, "seen", Input::Seen);
        client.takes(meter, "tick, nothing due", Input::Tick);
        let link = &client.link;
        _ = meter.time("next_deadline", || link.next_deadline());
    }
    client.takes(meter, "lost", Input::Lost { code: 1006 });
    client.now += 60_000;
    client.takes(meter, "tick, dials again", Input::Tick);
    client.connects(meter, 2);
}

impl Client {
    fn takes(&mut self, meter: &mut Meter, kind: &'static str, input: Input) -> Vec<Effect> {
        self.now += 7;
        let (link, now) = (&mut self.link, ms(self.now));
        meter.time(kind, || link.handle(now, 4_711, input))
    }

    fn connects(&mut self, meter: &mut Meter, connection: u32) {
        if connection == 1 {
            self.takes(meter, "start", Input::Start);
        }
        self.takes(meter, "opened", Input::Opened);
        let welcome = Welcome {
            connection,
            epoch: EpochId::from_bytes([7; 16]),
            head: Seq(self.head),
            now: ms(self.now),
            heartbeat_ms: HEARTBEAT_MS,
        };
        let welcome = Input::Received(FromServer::Welcome(welcome));
        self.takes(meter, "welcome", welcome);
        let head = Seq(self.head);
        self.takes(meter, "live", Input::Received(FromServer::Live { head }));
    }

    /// A message of the other side.
    fn hears(&mut self, meter: &mut Meter) {
        let event = Event::MessagePosted {
            text: MessageText::parse(TEXT).unwrap(),
            reply_to: None,
        };
        let author = Author::Agent {
            agent: make::agent(1),
            name: make::name("Jack"),
        };
        self.shows(meter, "entry", author, 1 << 40 | self.head, event);
    }

    /// A message of one's own, until the log shows it.
    fn writes(&mut self, meter: &mut Meter, number: u64) {
        let Command::Post { text, .. } = make::post(TEXT) else {
            return;
        };
        let id = command(number);
        let posted = Command::Post {
            text: text.clone(),
            reply_to: None,
        };
        let submit = Input::Submit {
            id,
            command: posted,
        };
        self.takes(meter, "submit", submit);
        let reply_to = None;
        let event = Event::MessagePosted { text, reply_to };
        self.shows(meter, "own entry", Author::Customer, number, event);
        assert!(self.link.pending().is_empty());
    }

    fn shows(
        &mut self,
        meter: &mut Meter,
        kind: &'static str,
        author: Author,
        id: u64,
        event: Event,
    ) {
        self.head += 1;
        let entry = Entry {
            seq: Seq(self.head),
            at: ms(self.now),
            author,
            id: Some(command(id)),
            event,
        };
        let frame = FromServer::Entries(vec![entry]);
        self.takes(meter, kind, Input::Received(frame));
        assert_eq!(self.link.transcript().entries().len() as u64, self.head);
    }
}
