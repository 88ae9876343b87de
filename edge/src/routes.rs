//! Every address that the Worker serves, as data: the router reads this table, and a test holds
//! `public/openapi.json` against it.

use crate::api::acts::Act;

/// What an address stands for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Target {
    /// `/`
    Root,
    /// The demo shop page.
    Demo,
    /// What a site embeds: the loader, the rest of it, and its types.
    Loader,
    /// What pages of a space show by themselves.
    Greetings,
    /// The chat's document.
    Chat,
    /// The console's document.
    Console,
    /// The page on which somebody shows that a person writes.
    Challenge,
    /// The API document.
    ApiDocument,
    /// A hashed file.
    Asset,
    /// Makes a visitor.
    Visitors,
    /// A fresh token for a refresh token.
    RefreshToken,
    /// The first message makes a conversation.
    Conversations,
    /// A visitor's own conversations.
    Earlier,
    /// Entries of a conversation.
    Events,
    /// The words of a conversation, as a text.
    Transcript,
    /// Socket of a conversation.
    ConversationSocket,
    /// Socket of a space.
    SpaceSocket,
    /// Work items of a space.
    Items,
    /// Queues of a space.
    Queues,
    /// A command to a space.
    SpaceAct(Act),
    /// A command to a conversation.
    ConversationAct(Act),
    /// Agents of a space.
    Agents,
    /// Settings of a space.
    Settings,
    /// Changes settings of a space.
    ChangeSettings,
    /// What admins have done.
    Audit,
    /// Whether that is whole.
    CheckAudit,
    /// Who a customer is.
    Customers,
    /// Everything that is kept of a customer.
    Export,
    /// Erases a customer.
    Erase,
    /// One more agent.
    AddAgent,
    /// Changes of an agent.
    Agent,
    /// An agent leaves.
    Deactivate,
    /// An agent comes back.
    Activate,
    /// The session that asks.
    Session,
    /// Signs in.
    BeginSession,
    /// Signs out.
    EndSession,
    /// Signs out everywhere.
    EndSessions,
    /// Ends another session.
    EndOther,
    /// The person's own address.
    OwnAddress,
    /// A console's token, from a session.
    SessionToken,
    /// A link for whoever has an address.
    MailLink,
    /// On to the identity provider.
    OidcBegin,
    /// Back from the identity provider.
    OidcFinish,
    /// Sign-in by Cloudflare Access.
    Access,
    /// A link for an agent, by an admin.
    AgentLink,
    /// A new space.
    CreateSpace,
    /// Invites somebody.
    Invite,
    /// Invitations of a space.
    Invitations,
    /// Takes an invitation back.
    RevokeInvitation,
    /// What an invitation is to.
    LookAtInvitation,
    /// Accepts an invitation.
    AcceptInvitation,
    /// A new API token.
    MakeToken,
    /// A session for whom the site vouches.
    Identify,
    /// A new identity key.
    MakeIdentityKey,
    /// Identity keys of a space.
    IdentityKeys,
    /// Retires an identity key.
    RetireIdentityKey,
    /// API tokens of a space.
    Tokens,
    /// Takes an API token back.
    RevokeToken,
    /// The words of a recording.
    Transcribe,
    /// Who writes them down.
    Transcriber,
    /// Sets who does.
    SetTranscriber,
    /// See [`crate::api::blocks::list`].
    Blocks,
    /// See [`crate::api::blocks::unblock`].
    Unblock,
    /// How the installation stands.
    Status,
    /// The person who asks, in all spaces.
    Me,
    /// Available in all spaces, or in none.
    MyAvailability,
    /// A file is announced.
    AnnounceFile,
    /// A part of it.
    PutFile,
    /// It is there.
    CompleteFile,
    /// An address to read it by.
    FileLink,
    /// A file, at the origin of files.
    File,
    /// What browsers report about our content security policy.
    CspReports,
    /// One-click sign-in.
    DevSignIn,
    /// A fresh space.
    DevSpaces,
    /// The violations reported so far.
    DevReports,
    /// Makes an object panic, so that tests see it come back.
    DevPanic,
}

/// One address.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The method; `GET` answers `HEAD` too.
    pub method: &'static str,
    /// The path; `{name}` stands for one segment, at most twice, `{*}` at the end for all that
    /// follow.
    pub path: &'static str,
    /// What it stands for.
    pub target: Target,
}

impl Route {
    /// True for what exists on one's own machine only (SECURITY.md G5).
    #[must_use]
    pub fn is_dev(&self) -> bool {
        self.path == "/demo" || self.path.starts_with("/api/v1/dev/")
    }
}

const fn route(method: &'static str, path: &'static str, target: Target) -> Route {
    Route {
        method,
        path,
        target,
    }
}

/// The table.
#[rustfmt::skip]
pub const ROUTES: &[Route] = &[
    route("GET", "/", Target::Root),
    route("GET", "/demo", Target::Demo),
    route("GET", "/bellhop.js", Target::Loader),
    route("GET", "/bellhop-page.js", Target::Loader),
    route("GET", "/bellhop-greet.js", Target::Loader),
    route("GET", "/bellhop-greetings.js", Target::Greetings),
    route("GET", "/bellhop.d.ts", Target::Loader),
    route("GET", "/chat", Target::Chat),
    route("GET", "/agent", Target::Console),
    route("GET", "/challenge", Target::Challenge),
    route("GET", "/openapi.json", Target::ApiDocument),
    route("GET", "/assets/{*}", Target::Asset),
    route("POST", "/api/v1/spaces/{space}/visitors", Target::Visitors),
    route("POST", "/api/v1/tokens/refresh", Target::RefreshToken),
    route("POST", "/api/v1/conversations", Target::Conversations),
    route("GET", "/api/v1/conversations", Target::Earlier),
    route("GET", "/api/v1/conversations/{conversation}/events", Target::Events),
    route("GET", "/api/v1/conversations/{conversation}/socket", Target::ConversationSocket),
    route("GET", "/api/v1/spaces/{space}/socket", Target::SpaceSocket),
    route("GET", "/api/v1/spaces/{space}/items", Target::Items),
    route("PUT", "/api/v1/spaces/{space}/availability", Target::SpaceAct(Act::SetAvailable)),
    route("POST", "/api/v1/spaces/{space}/items/{conversation}/accept", Target::SpaceAct(Act::Accept)),
    route("POST", "/api/v1/spaces/{space}/items/{conversation}/decline", Target::SpaceAct(Act::Decline)),
    route("POST", "/api/v1/spaces/{space}/items/{conversation}/take", Target::SpaceAct(Act::Take)),
    route("POST", "/api/v1/spaces/{space}/items/{conversation}/unassign", Target::SpaceAct(Act::Unassign)),
    route("POST", "/api/v1/spaces/{space}/items/{conversation}/transfer", Target::SpaceAct(Act::Transfer)),
    route("POST", "/api/v1/conversations/{conversation}/messages", Target::ConversationAct(Act::Post)),
    route("PUT", "/api/v1/conversations/{conversation}/messages/{message}", Target::ConversationAct(Act::Edit)),
    route("DELETE", "/api/v1/conversations/{conversation}/messages/{message}", Target::ConversationAct(Act::Delete)),
    route("POST", "/api/v1/conversations/{conversation}/messages/{message}/reactions", Target::ConversationAct(Act::React)),
    route("POST", "/api/v1/conversations/{conversation}/notes", Target::ConversationAct(Act::Note)),
    route("POST", "/api/v1/conversations/{conversation}/end", Target::ConversationAct(Act::End)),
    route("POST", "/api/v1/conversations/{conversation}/cancel", Target::ConversationAct(Act::Cancel)),
    route("POST", "/api/v1/conversations/{conversation}/resolve", Target::ConversationAct(Act::Resolve)),
    route("POST", "/api/v1/conversations/{conversation}/abandon", Target::ConversationAct(Act::Abandon)),
    route("GET", "/api/v1/conversations/{conversation}/transcript", Target::Transcript),
    route("POST", "/api/v1/conversations/{conversation}/transcript", Target::ConversationAct(Act::MailTranscript)),
    route("PUT", "/api/v1/conversations/{conversation}/rating", Target::ConversationAct(Act::Rate)),
    route("POST", "/api/v1/conversations/{conversation}/tickets", Target::ConversationAct(Act::CreateTicket)),
    route("POST", "/api/v1/conversations/{conversation}/files", Target::AnnounceFile),
    route("PUT", "/api/v1/conversations/{conversation}/files/{file}", Target::PutFile),
    route("POST", "/api/v1/conversations/{conversation}/files/{file}", Target::CompleteFile),
    route("GET", "/api/v1/conversations/{conversation}/files/{file}", Target::FileLink),
    route("GET", "/f/{conversation}/{file}", Target::File),
    route("GET", "/api/v1/spaces/{space}/agents", Target::Agents),
    route("GET", "/api/v1/spaces/{space}/queues", Target::Queues),
    route("GET", "/api/v1/spaces/{space}/settings", Target::Settings),
    route("PATCH", "/api/v1/spaces/{space}/settings", Target::ChangeSettings),
    route("GET", "/api/v1/spaces/{space}/audit", Target::Audit),
    route("GET", "/api/v1/spaces/{space}/audit/check", Target::CheckAudit),
    route("POST", "/api/v1/spaces/{space}/customers/search", Target::Customers),
    route("POST", "/api/v1/spaces/{space}/exports", Target::Export),
    route("POST", "/api/v1/spaces/{space}/erasures", Target::Erase),
    route("POST", "/api/v1/spaces/{space}/agents", Target::AddAgent),
    route("PATCH", "/api/v1/spaces/{space}/agents/{agent}", Target::Agent),
    route("POST", "/api/v1/spaces/{space}/agents/{agent}/deactivate", Target::Deactivate),
    route("POST", "/api/v1/spaces/{space}/agents/{agent}/activate", Target::Activate),
    route("POST", "/api/v1/spaces/{space}/agents/{agent}/link", Target::AgentLink),
    route("POST", "/api/v1/spaces", Target::CreateSpace),
    route("POST", "/api/v1/spaces/{space}/invitations", Target::Invite),
    route("GET", "/api/v1/spaces/{space}/invitations", Target::Invitations),
    route("DELETE", "/api/v1/spaces/{space}/invitations/{invitation}", Target::RevokeInvitation),
    route("POST", "/api/v1/invitations/look", Target::LookAtInvitation),
    route("POST", "/api/v1/invitations/accept", Target::AcceptInvitation),
    route("POST", "/api/v1/spaces/{space}/tokens", Target::MakeToken),
    route("GET", "/api/v1/spaces/{space}/tokens", Target::Tokens),
    route("DELETE", "/api/v1/spaces/{space}/tokens/{token}", Target::RevokeToken),
    route("POST", "/api/v1/spaces/{space}/identify", Target::Identify),
    route("POST", "/api/v1/spaces/{space}/identity-keys", Target::MakeIdentityKey),
    route("GET", "/api/v1/spaces/{space}/identity-keys", Target::IdentityKeys),
    route("DELETE", "/api/v1/spaces/{space}/identity-keys/{key}", Target::RetireIdentityKey),
    route("POST", "/api/v1/spaces/{space}/transcriptions", Target::Transcribe),
    route("GET", "/api/v1/spaces/{space}/transcriber", Target::Transcriber),
    route("PUT", "/api/v1/spaces/{space}/transcriber", Target::SetTranscriber),
    route("POST", "/api/v1/spaces/{space}/items/{conversation}/block", Target::SpaceAct(Act::Block)),
    route("GET", "/api/v1/spaces/{space}/blocks", Target::Blocks),
    route("DELETE", "/api/v1/spaces/{space}/blocks/{visitor}", Target::Unblock),
    route("GET", "/api/v1/spaces/{space}/status", Target::Status),
    route("GET", "/api/v1/session", Target::Session),
    route("POST", "/api/v1/session", Target::BeginSession),
    route("DELETE", "/api/v1/session", Target::EndSession),
    route("POST", "/api/v1/session/token", Target::SessionToken),
    route("POST", "/api/v1/session/address", Target::OwnAddress),
    route("DELETE", "/api/v1/sessions", Target::EndSessions),
    route("DELETE", "/api/v1/sessions/{session}", Target::EndOther),
    route("POST", "/api/v1/sign-in/mail", Target::MailLink),
    route("GET", "/api/v1/sign-in/oidc", Target::OidcBegin),
    route("GET", "/api/v1/sign-in/oidc/callback", Target::OidcFinish),
    route("POST", "/api/v1/sign-in/access", Target::Access),
    route("GET", "/api/v1/me", Target::Me),
    route("PUT", "/api/v1/me/availability", Target::MyAvailability),
    route("POST", "/api/v1/reports/csp", Target::CspReports),
    route("POST", "/api/v1/dev/sign-in", Target::DevSignIn),
    route("POST", "/api/v1/dev/spaces", Target::DevSpaces),
    route("GET", "/api/v1/dev/reports", Target::DevReports),
    route("POST", "/api/v1/dev/panic", Target::DevPanic),
];

/// What a method and a path lead to.
#[derive(Clone, Debug, PartialEq)]
pub enum Found<'a> {
    /// A target, with the segments that stand in the places of its path, in their order; an
    /// empty one where the path has no such place.
    Target(&'static Route, [&'a str; 2]),
    /// The path exists for these methods only.
    OtherMethod(Vec<&'static str>),
    /// No such path.
    Nothing,
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        (self.method, self.path) == (other.method, other.path)
    }
}

/// Looks an address up.
#[must_use]
pub fn find<'a>(method: &str, path: &'a str) -> Found<'a> {
    let method = if method == "HEAD" { "GET" } else { method };
    let mut others = Vec::new();
    for route in ROUTES {
        let Some(places) = matched(route.path, path) else {
            continue;
        };
        if route.method == method {
            return Found::Target(route, places);
        }
        others.push(route.method);
    }
    if others.is_empty() {
        Found::Nothing
    } else {
        Found::OtherMethod(others)
    }
}

fn matched<'a>(pattern: &str, path: &'a str) -> Option<[&'a str; 2]> {
    if let Some(before) = pattern.strip_suffix("{*}") {
        let rest = path.strip_prefix(before)?;
        return (!rest.is_empty()).then_some([rest, ""]);
    }
    let mut places = [""; 2];
    let mut free = places.iter_mut();
    let mut segments = path.split('/');
    for part in pattern.split('/') {
        let segment = segments.next()?;
        if part.starts_with('{') {
            if segment.is_empty() {
                return None;
            }
            *free.next()? = segment;
        } else if part != segment {
            return None;
        }
    }
    segments.next().is_none().then_some(places)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_address_leads_to_one_target() {
        let id = "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f";
        let socket = format!("/api/v1/conversations/{id}/socket");
        let cases = [
            ("GET", "/chat", Some((Target::Chat, ""))),
            ("HEAD", "/chat", Some((Target::Chat, ""))),
            ("GET", "/", Some((Target::Root, ""))),
            ("GET", "", None),
            ("GET", "//", None),
            ("GET", "/assets/a/b.js", Some((Target::Asset, "a/b.js"))),
            ("GET", "/chat/", None),
            ("GET", "/assets/a.js", Some((Target::Asset, "a.js"))),
            ("GET", "/assets/", None),
            (
                "GET",
                socket.as_str(),
                Some((Target::ConversationSocket, id)),
            ),
            ("GET", "/api/v1/conversations//socket", None),
            ("GET", "/api/v1/conversations/a/b/socket", None),
            ("GET", "/api/v1/conversations/socket", None),
            (
                "GET",
                "/api/v1/spaces/demo/socket",
                Some((Target::SpaceSocket, "demo")),
            ),
            ("GET", "/api/v2/spaces/demo/socket", None),
        ];
        for (method, path, expected) in cases {
            let found = match find(method, path) {
                Found::Target(route, [place, _]) => Some((route.target, place)),
                Found::OtherMethod(_) | Found::Nothing => None,
            };
            assert_eq!(found, expected, "{method} {path}");
        }
    }

    #[test]
    fn a_path_has_up_to_two_places() {
        let two = "/api/v1/spaces/{space}/items/{conversation}/take";
        let end = "/api/v1/spaces/{space}/agents/{agent}";
        let cases = [
            (two, "/api/v1/spaces/demo/items/7/take", Some(["demo", "7"])),
            (two, "/api/v1/spaces/demo/items//take", None),
            (two, "/api/v1/spaces//items/7/take", None),
            (two, "/api/v1/spaces/demo/items/7", None),
            (two, "/api/v1/spaces/demo/items/7/take/", None),
            (two, "/api/v1/spaces/demo/items/7/8/take", None),
            (two, "/api/v1/spaces/demo/items/7/TAKE", None),
            (two, "/api/v1/spaces/demo/other/7/take", None),
            (end, "/api/v1/spaces/demo/agents/a", Some(["demo", "a"])),
            (end, "/api/v1/spaces/demo/agents/", None),
            (end, "/api/v1/spaces/demo/agents/a/b", None),
            (end, "/api/v1/spaces/demo/agents", None),
        ];
        for (pattern, path, places) in cases {
            assert_eq!(matched(pattern, path), places, "{path}");
        }
    }

    #[test]
    fn no_path_has_more_places_than_the_router_knows() {
        for route in ROUTES {
            let places = route.path.matches('{').count();
            assert!(places <= 2, "{}", route.path);
        }
    }

    #[test]
    fn a_known_path_names_its_methods() {
        for method in ["PUT", "DELETE", "PROPFIND", "get"] {
            let found = find(method, "/api/v1/conversations");
            assert_eq!(found, Found::OtherMethod(vec!["POST", "GET"]), "{method}");
        }
    }

    #[test]
    fn the_api_document_describes_exactly_the_routes_that_exist() {
        let document = include_str!("../../public/openapi.json");
        let document: serde_json::Value = serde_json::from_str(document).unwrap();
        let mut documented = BTreeSet::new();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                documented.insert(format!("{} {path}", method.to_uppercase()));
            }
        }
        let routes = ROUTES
            .iter()
            .filter(|route| route.path.starts_with("/api/"));
        let routes = routes.map(|route| format!("{} {}", route.method, route.path));
        assert_eq!(documented, routes.collect::<BTreeSet<_>>());
    }
}
