//! From a request to the one who answers it. What every request has to pass is here.

use core::future::ready;
use shared::account::Which;
use shared::headers::Kind;

use futures_util::future::LocalBoxFuture;
use worker::{Context, Env, Request, Response};

use crate::address::Address;
use crate::auth::{self, jwt::Pass};
use crate::errors::Problem;
use crate::routes::{self, Found, Target};
use crate::{api, files, pages};

/// Longest path with its query: 2 KiB. Source: SECURITY.md C6.
const PATH_MAX: usize = 2_048;

/// A request on its way.
pub struct Call {
    /// The request.
    pub request: Request,
    /// Its address.
    pub url: Address,
    /// The bindings.
    pub env: Env,
    /// The first segment of the path that is not fixed.
    pub place: String,
    /// The second one.
    pub inner: String,
    /// True on somebody's own machine (G5).
    pub is_dev: bool,
    /// Who brings an API token.
    pub pass: Option<Pass>,
    /// What goes on after the answer.
    pub context: Context,
}

impl Call {
    /// Who asks, by a token of either kind.
    ///
    /// # Errors
    /// 401 with the reason.
    pub fn pass(&self) -> Result<Pass, Problem> {
        if let Some(pass) = &self.pass {
            return Ok(pass.clone());
        }
        let key = auth::key(&self.env)?;
        auth::bearer(&key, &self.request)
    }

    /// A parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.url.parameter(name)
    }
}

/// Answers a request.
///
/// # Errors
/// Never for what a client may send; only when the platform cannot make an answer.
pub async fn answer(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    let url = Address::parse(&request.inner().url());
    let own = url
        .as_ref()
        .map_or_else(String::new, |url| url.origin.clone());
    let response = match url {
        Some(url) => route(request, url, env, context).await,
        None => Err(Problem::new(400, "url_malformed", "the address is not one")),
    };
    let response = response.or_else(|problem| problem.response())?;
    // What comes with a socket is no answer that anybody shows or keeps.
    if response.status_code() == 101 {
        return Ok(response);
    }
    pages::says(response, Kind::Answer, &own).or_else(|problem| problem.response())
}

async fn route(
    request: Request,
    url: Address,
    env: Env,
    context: Context,
) -> Result<Response, Problem> {
    if url.path.len() + url.query.len() > PATH_MAX {
        let message = format!("a path has at most {PATH_MAX} bytes");
        return Err(Problem::new(414, "path_too_long", message));
    }
    // The crate's own type of methods takes unknown ones for GET.
    let method = request.inner().method();
    let (route, [place, inner]) = match routes::find(&method, &url.path) {
        Found::Target(route, places) => (route, places.map(str::to_owned)),
        Found::OtherMethod(allowed) => return Err(Problem::method(&allowed)),
        Found::Nothing => return Err(Problem::not_found()),
    };
    // Files have an origin of their own, where nothing else is (HD9).
    if (route.target == Target::File) != files::is_theirs(&env, &url) {
        return Err(Problem::not_found());
    }
    let is_dev = auth::is_dev(&env, &url);
    if route.is_dev() {
        auth::check_dev(&env, is_dev)?;
    }
    if route.method != "GET" && route.target != Target::CspReports {
        auth::check_origin(&request, &url)?;
    }
    let mut call = Call {
        pass: None,
        request,
        url,
        env,
        place,
        inner,
        is_dev,
        context,
    };
    call.pass = api::keys::read(&call).await?;
    serve(route.target, &mut call).await
}

/// Each call has a future of its own: all in one would be as large as the largest, and one function.
fn serve(target: Target, call: &mut Call) -> LocalBoxFuture<'_, Result<Response, Problem>> {
    match target {
        Target::Root => Box::pin(ready(pages::root(call))),
        Target::Demo => Box::pin(pages::demo(call)),
        Target::Loader => Box::pin(pages::loader(call)),
        Target::Greetings => Box::pin(pages::greetings(call)),
        Target::Chat => Box::pin(pages::chat(call)),
        Target::Console => Box::pin(pages::console(call)),
        Target::Challenge => Box::pin(pages::challenge(call)),
        Target::ApiDocument => Box::pin(pages::api_document(call)),
        Target::Asset => Box::pin(pages::asset(call)),
        Target::Visitors => Box::pin(api::visitors::create(call)),
        Target::RefreshToken => Box::pin(api::tokens::refresh(call)),
        Target::Conversations => Box::pin(api::conversations::begin(call)),
        Target::Earlier => Box::pin(api::conversations::earlier(call)),
        Target::Events => Box::pin(api::conversations::events(call)),
        Target::Transcript => Box::pin(api::conversations::transcript(call)),
        Target::ConversationSocket => Box::pin(api::upgrades::conversation(call)),
        Target::SpaceSocket => Box::pin(api::upgrades::space(call)),
        Target::Queues => Box::pin(api::queues::list(call)),
        Target::Agents => Box::pin(api::agents::list(call)),
        Target::Audit => Box::pin(api::audit::list(call)),
        Target::CheckAudit => Box::pin(api::audit::check(call)),
        Target::Customers => Box::pin(api::privacy::search(call)),
        Target::Export => Box::pin(api::privacy::export(call)),
        Target::Erase => Box::pin(api::privacy::erase(call)),
        Target::AddAgent => Box::pin(api::agents::add(call)),
        Target::Agent => Box::pin(api::agents::change(call)),
        Target::Deactivate => Box::pin(api::agents::set_active(call, false)),
        Target::Activate => Box::pin(api::agents::set_active(call, true)),
        Target::Items => Box::pin(api::items::list(call)),
        Target::SpaceAct(act) => Box::pin(api::acts::of_space(act, call)),
        Target::ConversationAct(act) => Box::pin(api::acts::of_conversation(act, call)),
        Target::AnnounceFile => Box::pin(api::files::announce(call)),
        Target::PutFile => Box::pin(api::files::put(call)),
        Target::CompleteFile => Box::pin(api::files::complete(call)),
        Target::FileLink => Box::pin(api::files::link(call)),
        Target::File => Box::pin(api::files::read(call)),
        Target::Settings => Box::pin(api::settings::read(call)),
        Target::ChangeSettings => Box::pin(api::settings::change(call)),
        Target::Session => Box::pin(api::sessions::look(call)),
        Target::BeginSession => Box::pin(api::sessions::begin(call)),
        Target::EndSession => Box::pin(api::sessions::end(call, Some(Which::This))),
        Target::EndSessions => Box::pin(api::sessions::end(call, Some(Which::All))),
        Target::EndOther => Box::pin(api::sessions::end(call, None)),
        Target::OwnAddress => Box::pin(api::addresses::post(call)),
        Target::SessionToken => Box::pin(api::sessions::token(call)),
        Target::AgentLink => Box::pin(api::sessions::link(call)),
        Target::OidcBegin => Box::pin(api::sign_in::begin(call)),
        Target::OidcFinish => Box::pin(api::sign_in::finish(call)),
        Target::Access => Box::pin(api::sign_in::by_access(call)),
        Target::MailLink => Box::pin(api::invitations::mail_link(call)),
        Target::CreateSpace => Box::pin(api::spaces::create(call)),
        Target::Invite => Box::pin(api::invitations::create(call)),
        Target::Invitations => Box::pin(api::invitations::list(call)),
        Target::LookAtInvitation => Box::pin(api::invitations::look(call)),
        Target::AcceptInvitation => Box::pin(api::invitations::accept(call)),
        Target::MakeToken => Box::pin(api::keys::create(call)),
        Target::Tokens => Box::pin(api::keys::list(call)),
        Target::Transcribe => Box::pin(api::dictation::transcribe(call)),
        Target::Transcriber => Box::pin(api::dictation::read(call)),
        Target::SetTranscriber => Box::pin(api::dictation::set(call)),
        Target::Blocks => Box::pin(api::blocks::list(call)),
        Target::Unblock => Box::pin(api::blocks::unblock(call)),
        Target::Identify => Box::pin(api::identity::identify(call)),
        Target::MakeIdentityKey => Box::pin(api::identity::create(call)),
        Target::IdentityKeys => Box::pin(api::identity::list(call)),
        Target::RevokeInvitation | Target::RevokeToken | Target::RetireIdentityKey => {
            Box::pin(api::invitations::revoke(call))
        }
        Target::Status => Box::pin(api::status::look(call)),
        Target::Me => Box::pin(api::me::look(call)),
        Target::MyAvailability => Box::pin(api::me::set_available(call)),
        Target::CspReports => Box::pin(api::reports::take(call)),
        Target::DevSignIn => Box::pin(api::dev::sign_in(call)),
        Target::DevSpaces => Box::pin(api::dev::create_space(call)),
        Target::DevReports => Box::pin(ready(api::reports::list())),
        Target::DevPanic => Box::pin(api::dev::panic(call)),
    }
}
