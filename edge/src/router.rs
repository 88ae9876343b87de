//! From a request to the one who answers it. What every request has to pass is here.

use shared::account::Which;
use worker::{Env, Request, Response, Url};

use crate::auth::{self, jwt::Pass};
use crate::errors::Problem;
use crate::routes::{self, Found, Target};
use crate::{api, pages};

/// Longest path with its query: 2 KiB. Source: SECURITY.md C6.
const PATH_MAX: usize = 2_048;

/// A request on its way.
pub struct Call {
    /// The request.
    pub request: Request,
    /// Its address.
    pub url: Url,
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
        let mut pairs = self.url.query_pairs();
        let pair = pairs.find(|(known, _)| known == name)?;
        Some(pair.1.into_owned())
    }
}

/// Answers a request.
///
/// # Errors
/// Never for what a client may send; only when the platform cannot make an answer.
pub async fn answer(request: Request, env: Env) -> worker::Result<Response> {
    let url = request.url();
    let response = match url {
        Ok(url) => route(request, url, env).await,
        Err(_) => Err(Problem::new(400, "url_malformed", "the address is not one")),
    };
    response.or_else(|problem| problem.response())
}

async fn route(request: Request, url: Url, env: Env) -> Result<Response, Problem> {
    if url.path().len() + url.query().map_or(0, str::len) > PATH_MAX {
        let message = format!("a path has at most {PATH_MAX} bytes");
        return Err(Problem::new(414, "path_too_long", message));
    }
    // The crate's own type of methods takes unknown ones for GET.
    let method = request.inner().method();
    let (route, [place, inner]) = match routes::find(&method, url.path()) {
        Found::Target(route, places) => (route, places.map(str::to_owned)),
        Found::OtherMethod(allowed) => return Err(Problem::method(&allowed)),
        Found::Nothing => return Err(Problem::not_found()),
    };
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
    };
    call.pass = api::keys::read(&call).await?;
    serve(route.target, call).await
}

async fn serve(target: Target, call: Call) -> Result<Response, Problem> {
    match target {
        Target::Root => pages::root(&call),
        Target::Demo => pages::demo(&call).await,
        Target::Loader => pages::loader(&call).await,
        Target::Chat => pages::chat(&call).await,
        Target::Console => pages::console(&call).await,
        Target::ApiDocument => pages::api_document(&call).await,
        Target::Asset => pages::asset(&call).await,
        Target::Visitors => api::visitors::create(call).await,
        Target::RefreshToken => api::tokens::refresh(call).await,
        Target::Conversations => api::conversations::begin(call).await,
        Target::Events => api::conversations::events(call).await,
        Target::ConversationSocket => api::upgrades::conversation(call).await,
        Target::SpaceSocket => api::upgrades::space(call).await,
        Target::Queues => api::queues::list(call).await,
        Target::Agents => api::agents::list(call).await,
        Target::AddAgent => api::agents::add(call).await,
        Target::Agent => api::agents::change(call).await,
        Target::Deactivate => api::agents::set_active(call, false).await,
        Target::Activate => api::agents::set_active(call, true).await,
        Target::Items => api::items::list(call).await,
        Target::SpaceAct(act) => api::acts::of_space(act, call).await,
        Target::ConversationAct(act) => api::acts::of_conversation(act, call).await,
        Target::Settings => api::settings::read(call).await,
        Target::ChangeSettings => api::settings::change(call).await,
        Target::Session => api::sessions::look(call).await,
        Target::BeginSession => api::sessions::begin(call).await,
        Target::EndSession => api::sessions::end(call, Some(Which::This)).await,
        Target::EndSessions => api::sessions::end(call, Some(Which::All)).await,
        Target::EndOther => api::sessions::end(call, None).await,
        Target::SessionToken => api::sessions::token(call).await,
        Target::AgentLink => api::sessions::link(call).await,
        Target::OidcBegin => api::sign_in::begin(call).await,
        Target::OidcFinish => api::sign_in::finish(call).await,
        Target::Access => api::sign_in::by_access(call).await,
        Target::MailLink => api::invitations::mail_link(call).await,
        Target::CreateSpace => api::spaces::create(call).await,
        Target::Invite => api::invitations::create(call).await,
        Target::Invitations => api::invitations::list(call).await,
        Target::LookAtInvitation => api::invitations::look(call).await,
        Target::AcceptInvitation => api::invitations::accept(call).await,
        Target::MakeToken => api::keys::create(call).await,
        Target::Tokens => api::keys::list(call).await,
        Target::RevokeInvitation | Target::RevokeToken => api::invitations::revoke(call).await,
        Target::Me => api::me::look(call).await,
        Target::MyAvailability => api::me::set_available(call).await,
        Target::CspReports => api::reports::take(call).await,
        Target::DevSignIn => api::dev::sign_in(call).await,
        Target::DevSpaces => api::dev::create_space(call).await,
        Target::DevReports => api::reports::list(),
        Target::DevPanic => api::dev::panic(call).await,
    }
}
