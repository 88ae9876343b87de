//! What the Worker and the objects ask each other: one POST, JSON both ways.
//!
//! An object's name is made here from what a token says, never from a client's text alone (T1),
//! and holds the space: a conversation id of another space leads to an object that does not exist.

use core::fmt::Display;
use core::str::FromStr;

use serde::{Deserialize, Serialize};
use shared::account::{self, Way, Wish};
use shared::conversation::{Answer, Birth, Instruction, Report, Seq};
use shared::file::Sent;
use shared::id::{AgentId, CommandId, ConversationId, FileId, SpaceId, VisitorId, WayId};
use shared::identity::{IdentityKey, Verified};
use shared::refusal::Refusal;
use shared::rights::Person;
use shared::session::Subject;
use shared::settings::{Change, Lists, Settings, Terms};
use shared::space::{
    Agent, AgentChange, AuditQuery, Door, Mark, Me, OpenTime, Opened, Place, Query,
};
use shared::text::{Label, MessageText, PersonName};
use worker::{Env, Error, Method, Request, Response, Result, Stub};

use crate::ours;
use crate::read::read;
use crate::sockets::Entrance;

/// Asked of a conversation.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum ConversationAsk {
    /// The first message.
    Begin {
        /// What it is born with.
        birth: Box<Birth>,
        /// Id of the message.
        id: CommandId,
        /// The message.
        text: MessageText,
    },
    /// Entries after a place.
    Read {
        /// Who reads.
        person: Person,
        /// The place.
        after: Seq,
        /// As it is kept, with what messages said before they were changed (CG4 of `conversation`).
        stored: bool,
    },
    /// The words, as a text.
    Text {
        /// Who reads.
        person: Person,
        /// What the space is called.
        house: PersonName,
    },
    /// A command without a socket.
    Act {
        /// Who asks.
        person: Person,
        /// Id of the command.
        id: CommandId,
        /// The command as JSON: the Worker has no other use for it.
        command: String,
    },
    /// May that person send a file of that size?
    OfferFile {
        /// Who.
        person: Person,
        /// In bytes.
        size: u64,
    },
    /// A file has come, and lies in the store.
    SendFile {
        /// Who sends it.
        person: Person,
        /// Id of the message.
        id: CommandId,
        /// What it is.
        sent: Box<Sent>,
        /// The origin of files.
        origin: String,
    },
    /// Have a file checked again that nobody has judged.
    CheckFile {
        /// Who has sent it.
        person: Person,
        /// Which.
        file: FileId,
        /// The origin of files.
        origin: String,
    },
    /// A file that this person may read.
    FindFile {
        /// Who.
        person: Person,
        /// Which.
        file: FileId,
    },
    /// The site vouches for the person of a session.
    Identify {
        /// Who.
        person: Person,
    },
    /// A proposal of the space.
    Instruct(Instruction),
    /// Die, so that a test sees it come back.
    Panic,
}

/// Answered by a conversation.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[allow(
    clippy::large_enum_variant,
    reason = "an answer lives until it is written out"
)]
pub enum ConversationTold {
    /// It stands; `is_new` when this very call made it.
    Begun {
        /// False for a repeat.
        is_new: bool,
    },
    /// What a client reads: the body of the answer, as of [`SpaceTold::Json`]; or the text that was
    /// asked for.
    Json(String),
    /// A command was obeyed.
    Acted {
        /// Where the conversation stands now.
        state: String,
    },
    /// A command came too fast.
    Slowed {
        /// When to come again, in milliseconds.
        retry_ms: u32,
    },
    /// A file that may be read, or sent.
    File(Option<Box<Sent>>),
    /// To a proposal.
    Answer(Box<Answer>),
    /// No.
    Denied(Refusal),
}

/// Asked of a space. Whoever asks as an agent is the [`Bearer`] whom the space has judged, and
/// nobody else.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum SpaceAsk {
    /// What are you called, and who may show you?
    Look,
    /// Make it.
    Create {
        /// Its settings.
        settings: Box<Settings>,
        /// Its agents.
        agents: Vec<Agent>,
    },
    /// May a conversation begin?
    Admit {
        /// Who writes.
        visitor: VisitorId,
        /// The conversation that would begin.
        conversation: ConversationId,
        /// The queue that it would wait in.
        queue: Label,
        /// A number for the address that the visitor writes from.
        address: Option<u64>,
        /// Whether the site vouches for the visitor.
        verified: bool,
        /// Whether the call brings a challenge that was passed.
        #[serde(default)]
        passed: bool,
    },
    /// A command without a socket.
    Act {
        /// Id of the command.
        id: CommandId,
        /// The command as JSON: the Worker has no other use for it.
        command: String,
        /// False when the caller does not want to wait for another object.
        waits: bool,
    },
    /// Would you obey that command? It is JSON, too.
    Would(String),
    /// A page of a list.
    Page(Query),
    /// Who are the agents?
    Colleagues,
    /// How do the queues stand?
    Queues,
    /// What are your settings?
    Settings,
    /// Change the settings.
    Configure(Box<Change>),
    /// What a conversation looks like.
    Report(Box<Report>),
    /// A person wishes to be Available, or not, in all spaces; and what else accounts owe.
    Wish(Wish),
    /// Somebody stands at a door.
    Door(Box<Door>),
    /// Which invitations are there?
    Invitations,
    /// Who writes down what is said?
    Transcriber,
    /// Which API tokens are there?
    Keys,
    /// Who is blocked?
    Blocks,
    /// What is that invitation to?
    Invitation(Way),
    /// Which admins cannot be mailed?
    Unmailed,
    /// May I let others in?
    MayLetIn,
    /// Who is that agent, for a token?
    Person(AgentId),
    /// What is that agent in this space?
    Me(AgentId),
    /// Nothing but whether the token is good.
    Vouch,
    /// An agent is about to enter that conversation.
    Enter(ConversationId),
    /// Add an agent.
    AddAgent(Box<Agent>),
    /// Change an agent.
    SetAgent {
        /// Whom it is about.
        agent: AgentId,
        /// What.
        change: Box<AgentChange>,
    },
    /// An agent leaves, or comes back.
    SetActive {
        /// Whom it is about.
        agent: AgentId,
        /// False for leaving.
        active: bool,
    },
    /// What does the audit log say?
    Acts {
        /// Who reads.
        agent: AgentId,
        /// What.
        query: AuditQuery,
    },
    /// Is the audit log whole?
    CheckActs {
        /// Who asks.
        agent: AgentId,
        /// The last entry that was checked.
        after: u64,
    },
    /// Erase a visitor, or export what is kept of one.
    Personal {
        /// Who asks.
        by: AgentId,
        /// Whom.
        visitor: VisitorId,
        /// True for erasing.
        erases: bool,
    },
    /// Which customers have that address, or are that visitor (R191)?
    Customers(String),
    /// A page of a visitor's own conversations.
    Earlier {
        /// Whose.
        visitor: VisitorId,
        /// Where it begins.
        after: Option<Mark>,
    },
    /// Begin a session.
    SignIn(SignIn),
    /// By which keys does your site vouch for its customers?
    IdentityKeys,
    /// The same, as an admin reads of them.
    IdentityKeysFor,
    /// Begin a session for whom the site vouches.
    Identify(Box<Identify>),
    /// Go on with a session.
    Refresh {
        /// The family.
        family: String,
        /// The generation.
        generation: u32,
    },
    /// Die, so that a test sees it come back.
    Panic,
}

/// An agent and the era of the agent's token.
pub type Bearer = (AgentId, u32);

/// Who begins a session.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum SignIn {
    /// A browser, and a number for the address that it is at.
    Visitor(VisitorId, Option<u64>),
    /// An agent, by name, whatever the case of its letters.
    Agent(String),
}

/// For whom a site vouches.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Identify {
    /// By which key.
    pub key: WayId,
    /// The session's name: of the site's token, if there was one.
    pub family: String,
    /// Who it is.
    pub visitor: VisitorId,
    /// What the session is worth.
    pub verified: Verified,
}

/// Answered by a space.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum SpaceTold {
    /// To [`SpaceAsk::Look`]; whether the space has a transcriber of its own.
    Settings(Box<Settings>, bool),
    /// It stands.
    Created,
    /// To what a client reads or has changed of the settings.
    OfSettings {
        /// The version that is told.
        version: u32,
        /// The body of the answer, as of [`SpaceTold::Json`].
        body: String,
    },
    /// The token is good; the wish is known.
    Vouched,
    /// To [`SpaceAsk::Me`].
    Me(Box<Me>),
    /// To [`SpaceAsk::Person`].
    Person(Person),
    /// To [`SpaceAsk::Door`].
    Opened(Opened),
    /// It may begin, with these settings, in this queue.
    Admitted(Box<Terms>, Label),
    /// To what a client reads: the body of the answer. It is JSON already, and goes out as it is: the
    /// Worker that took it apart would only put it together again.
    Json(String),
    /// To [`SpaceAsk::Personal`].
    Conversations(Vec<ConversationId>),
    /// A command has no answer yet.
    Pending,
    /// To [`SpaceAsk::Would`]: yes.
    Would {
        /// False when it is done, or on its way.
        is_to_be_done: bool,
    },
    /// The report of that revision is stored.
    Confirmed {
        /// The revision.
        revision: Seq,
        /// Where the customer stands in line.
        place: Option<Place>,
        /// Resolutions and reasons, when they are newer.
        lists: Option<Box<Lists>>,
        /// How long the queue was open meanwhile.
        #[serde(default)]
        open: Option<OpenTime>,
    },
    /// A session begins or goes on.
    Session(Session),
    /// To [`SpaceAsk::IdentityKeys`].
    IdentityKeys(Vec<IdentityKey>),
    /// To [`SpaceAsk::Identify`].
    Identified {
        /// The session.
        session: Session,
        /// What the session before may have open.
        own: Vec<ConversationId>,
        /// What the customer has open.
        open: Vec<ConversationId>,
    },
    /// The session is over, or never was.
    SessionOver,
    /// No.
    Denied(Refusal),
}

/// A session, as the Worker makes tokens of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Session {
    /// The family.
    pub family: String,
    /// The generation to give out.
    pub generation: u32,
    /// Whose it is, as of this moment.
    pub person: Person,
}

impl Session {
    /// The agent of the session.
    pub fn agent(&self) -> Option<(AgentId, PersonName)> {
        match &self.person {
            Person::Agent { agent, name, .. } => Some((*agent, name.clone())),
            Person::Visitor { .. } => None,
        }
    }
}

/// The subject of a person's session.
pub fn subject(person: &Person) -> Subject {
    match person {
        Person::Visitor { visitor, .. } => Subject::Visitor(*visitor),
        Person::Agent { agent, .. } => Subject::Agent(*agent),
    }
}

/// Asks a conversation.
///
/// # Errors
/// When it cannot be reached, or fails.
pub async fn conversation(
    env: &Env,
    space: &SpaceId,
    conversation: ConversationId,
    ask: &ConversationAsk,
) -> Result<ConversationTold> {
    let asked = Asked::new(space, ask)?;
    read(&call(&|| conversation_stub(env, space, conversation), asked).await?)
}

/// Asks a space.
///
/// # Errors
/// When it cannot be reached, or fails.
pub async fn space(env: &Env, space: &SpaceId, ask: &SpaceAsk) -> Result<SpaceTold> {
    space_as(env, space, None, ask).await
}

/// Asks a space for the bearer of an agent's token, which the space judges first.
///
/// # Errors
/// When it cannot be reached, or fails.
pub async fn space_as(
    env: &Env,
    space: &SpaceId,
    bearer: Option<Bearer>,
    ask: &SpaceAsk,
) -> Result<SpaceTold> {
    let asked = Asked::new(space, &(bearer, ask))?;
    read(&call(&|| space_stub(env, space), asked).await?)
}

/// Asks an account.
///
/// # Errors
/// When it cannot be reached, or fails.
pub async fn account(env: &Env, agent: AgentId, ask: &account::Input) -> Result<account::Answer> {
    let stub = || {
        let objects = env.durable_object("ACCOUNT")?;
        objects.get_by_name(&format!("account/{agent}"))
    };
    read(&call(&stub, Asked::new(&agent, ask)?).await?)
}

/// Hands an upgrade to an object. The announcement is ours alone: the request is a new one, so no
/// header of the client comes along.
///
/// # Errors
/// When the object cannot be reached, or fails.
pub async fn upgrade(stub: Stub, space: &SpaceId, entrance: &Entrance) -> Result<Response> {
    let request = Request::new(&address(space), Method::Get)?;
    let headers = &request.inner().headers();
    headers.set("upgrade", "websocket")?;
    // A header holds Latin-1 at most, and a name any character.
    headers.set(ENTRANCE, &encode(&serde_json::to_string(entrance)?))?;
    stub.fetch_with_request(request).await
}

/// The conversation's object.
///
/// # Errors
/// When the binding is missing.
pub fn conversation_stub(env: &Env, space: &SpaceId, conversation: ConversationId) -> Result<Stub> {
    let name = format!("conversation/{space}/{conversation}");
    env.durable_object("CONVERSATION")?.get_by_name(&name)
}

/// The space's object.
///
/// # Errors
/// When the binding is missing.
pub fn space_stub(env: &Env, space: &SpaceId) -> Result<Stub> {
    env.durable_object("SPACE")?
        .get_by_name(&format!("space/{space}"))
}

/// Reads the announcement of a socket; `None` when the request asks something else.
///
/// # Errors
/// When it cannot be read.
pub fn entrance(request: &Request) -> Result<Option<Entrance>> {
    let Some(header) = request.headers().get(ENTRANCE)? else {
        return Ok(None);
    };
    let bytes = decode(&header).and_then(|bytes| String::from_utf8(bytes).ok());
    let text = bytes.ok_or_else(|| Error::RustError("no entrance".to_owned()))?;
    Ok(Some(read(&text)?))
}

/// The space or person that a request to an object names.
///
/// # Errors
/// When it names none.
pub fn named<T: FromStr<Err: Display>>(request: &Request) -> Result<T> {
    let path = request.path();
    let name = path.trim_start_matches('/').parse();
    name.map_err(|error: T::Err| Error::RustError(error.to_string()))
}

const ENTRANCE: &str = "bellhop-entrance";

/// What an object is sent.
struct Asked {
    address: String,
    body: String,
}

impl Asked {
    fn new(place: &impl Display, ask: &impl Serialize) -> Result<Self> {
        Ok(Self {
            address: address(place),
            body: serde_json::to_string(ask)?,
        })
    }
}

/// Tries twice, each time with a stub of its own: after an exception a stub is of no use. Every
/// ask may be repeated. An overloaded object is not asked again.
async fn call(stub: &dyn Fn() -> Result<Stub>, asked: Asked) -> Result<String> {
    let mut is_again = false;
    loop {
        match once(stub()?, &asked).await {
            Err(error) if !is_again && !error.to_string().contains("overloaded") => is_again = true,
            told => return told,
        }
    }
}

async fn once(stub: Stub, asked: &Asked) -> Result<String> {
    let request = ours::request(&asked.address, None, Some(&asked.body.as_str().into()))?;
    let mut response = stub.fetch_with_request(request).await?;
    let text = response.text().await?;
    if response.status_code() != 200 {
        return Err(Error::RustError(text));
    }
    Ok(text)
}

fn address(place: &impl Display) -> String {
    format!("https://object/{place}")
}

fn encode(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text)
        .ok()
}
