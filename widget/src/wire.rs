//! The connection under both shells, [`Thread`](crate::thread::Thread) and `Desk`: its socket, its
//! timer and its tokens. What happens is told as [`News`]; what to do about it, the link decides.

use std::cell::RefCell;
use std::rc::Rc;

use shared::frame::{FrameError, FromServer, decode_binary};
use shared::time::Timestamp;

use crate::http::HttpError;
use crate::socket::{Heard, Socket};
use crate::tab::Tab;
use crate::task::spawn;
use crate::timer::Timer;

/// What has happened to a connection.
pub enum News {
    /// It is open.
    Opened,
    /// The text `pong` arrived.
    Pong,
    /// A frame arrived.
    Received(FromServer),
    /// It is gone, or could not be opened (1006).
    Lost(u16),
    /// There is a fresh token.
    Renewed(String),
    /// The server refuses to renew the token.
    RenewFailed,
    /// Nobody answered when the token was to be renewed.
    RenewUnreachable,
    /// The moment has come that was asked for.
    Tick,
}

/// One connection after another of this tab to one object.
pub struct Wire {
    tab: Rc<Tab>,
    line: RefCell<Line>,
}

#[derive(Default)]
struct Line {
    tell: Option<Rc<dyn Fn(News)>>,
    socket: Option<Socket>,
    timer: Option<Timer>,
    /// Counts dials, so that a token that comes late opens nothing.
    dials: u32,
}

impl Wire {
    /// A wire at rest. It lives as long as the page.
    pub fn new(tab: &Rc<Tab>) -> &'static Self {
        Box::leak(Box::new(Self {
            tab: Rc::clone(tab),
            line: RefCell::default(),
        }))
    }

    /// The tab that it belongs to.
    pub const fn tab(&self) -> &Rc<Tab> {
        &self.tab
    }

    /// Names who hears the news.
    pub fn listen(&'static self, tell: impl Fn(News) + 'static) {
        let mut line = self.line.borrow_mut();
        line.tell = Some(Rc::new(tell));
        line.timer = Some(Timer::new(|| self.tell(News::Tick)));
    }

    /// Nobody hears of it again.
    pub fn close(&self) {
        let mut line = self.line.borrow_mut();
        let dials = line.dials + 1;
        *line = Line {
            dials,
            ..Line::default()
        };
    }

    /// When [`News::Tick`] is due.
    pub fn ring_at(&self, at: Option<Timestamp>) {
        if let Some(timer) = &mut self.line.borrow_mut().timer {
            timer.set(at);
        }
    }

    /// Sends a frame. What no socket takes, the link sends again.
    pub fn transmit(&self, frame: Result<Vec<u8>, FrameError>) {
        if let (Some(socket), Ok(bytes)) = (&self.line.borrow().socket, frame) {
            socket.send(&bytes);
        }
    }

    /// Sends a heartbeat.
    pub fn ping(&self) {
        self.line.borrow().socket.iter().for_each(Socket::ping);
    }

    /// Closes the socket, or gives up the dial.
    pub fn hang_up(&self) {
        let mut line = self.line.borrow_mut();
        line.dials += 1;
        line.socket = None;
    }

    /// Opens the socket of `object` under `path`, with a token that is good, in place of any other.
    pub fn dial(&'static self, object: &str, path: String, connection: u32) {
        self.tab.count(object, connection);
        self.hang_up();
        let dial = self.line.borrow().dials;
        spawn(async move {
            let token = self.tab.session.ensure().await;
            if self.line.borrow().dials != dial {
                return;
            }
            match token.map(|token| Socket::open(&path, &token, |heard| self.hear(heard))) {
                Ok(Some(socket)) => self.line.borrow_mut().socket = Some(socket),
                Ok(None) | Err(HttpError::Unreachable) => self.tell(News::Lost(1006)),
                Err(HttpError::Refused(..)) => self.tell(News::Lost(4401)),
            }
        });
    }

    /// Asks for a fresh token.
    pub fn renew(&'static self) {
        spawn(async {
            self.tell(match self.tab.session.renew().await {
                Ok(token) => News::Renewed(token),
                Err(HttpError::Refused(..)) => News::RenewFailed,
                Err(HttpError::Unreachable) => News::RenewUnreachable,
            });
        });
    }

    fn hear(&self, heard: Heard) {
        self.tell(match heard {
            Heard::Opened => News::Opened,
            Heard::Pong => News::Pong,
            Heard::Closed(code) => News::Lost(code),
            Heard::Frame(bytes) => match decode_binary(&bytes) {
                Ok(frame) => News::Received(frame),
                // Another build than ours: as if it had said so.
                Err(_) => News::Lost(4410),
            },
        });
    }

    fn tell(&self, news: News) {
        let tell = self.line.borrow().tell.clone();
        if let Some(tell) = tell {
            tell(news);
        }
    }
}
