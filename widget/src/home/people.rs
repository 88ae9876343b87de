//! The people of a space: agents with their roles, and invitations (F27 to F29, F35).

use shared::time::Timestamp;
use wasm_bindgen::JsValue;

use super::{Home, form, initial, role, rows};
use crate::dom::{El, decor, el};
use crate::js;
use crate::task::spawn;
use crate::text::home::words;
use crate::text::{fill, text};
use crate::time::{self, Form};
use crate::var::Var;

/// An agent, as this page shows one.
#[derive(Clone)]
struct Agent {
    agent: String,
    name: String,
    role: String,
    status: String,
}

/// An invitation that is open.
#[derive(Clone)]
struct Invitation {
    id: String,
    email: String,
    role: String,
    expires_at: f64,
}

/// What the page shows. A handle.
#[derive(Clone, Copy)]
struct People {
    home: Home,
    space: Var<String>,
    agents: Var<Vec<Agent>>,
    invitations: Var<Vec<Invitation>>,
    /// A link that was made, for whom, and whether it was sent.
    link: Var<Option<(String, String)>>,
}

/// The page.
pub fn page(home: Home, space: String) -> El {
    let words = words();
    let head = home.head(words.people, &space, ("settings", words.settings));
    let people = People {
        home,
        space: Var::new(space),
        agents: Var::new(vec![]),
        invitations: Var::new(vec![]),
        link: Var::new(None),
    };
    spawn(people.read());
    let agents = el("ul", "rows").bind_children(move || {
        let agents = people.agents.get();
        agents.iter().map(|agent| people.agent(agent)).collect()
    });
    let invitations = el("ul", "rows").bind_children(move || {
        let invitations = people.invitations.get();
        invitations
            .iter()
            .map(|one| people.invitation(one))
            .collect()
    });
    let link = el("div", "home__link").bind_children(move || {
        let link = people.link.get();
        link.map(|(text, link)| form::to_copy(&text, &link))
            .into_iter()
            .collect()
    });
    el("main", "home home--wide")
        .child(head)
        .child(home.alert())
        .child(link.attr("aria-live", "polite"))
        .child(part(words.agents, agents))
        .child(part(words.invite, people.invite()).child(invitations))
}

fn part(title: &str, content: El) -> El {
    el("section", "home__part")
        .child(el("h2", "home__subtitle").text(title))
        .child(content)
}

impl People {
    async fn asks(
        self,
        method: &str,
        what: &str,
        body: Option<&[(&str, JsValue)]>,
    ) -> Option<JsValue> {
        self.home
            .asks_in(&self.space.now(), method, what, body)
            .await
    }

    async fn read(self) {
        let text = |row: &JsValue, name| js::get_text(row, name).unwrap_or_default();
        if let Some(answer) = self.asks("GET", "/agents", None).await {
            let agents = rows(&answer, "agents").into_iter().map(|row| Agent {
                agent: text(&row, "agent"),
                name: text(&row, "name"),
                role: text(&row, "role"),
                status: text(&row, "status"),
            });
            self.agents.set(agents.collect());
        } else {
            return;
        }
        let Some(answer) = self.asks("GET", "/invitations", None).await else {
            return;
        };
        let is_open = |row: &JsValue| {
            let expires_at = js::get(row, "expires_at").and_then(|at| at.as_f64());
            js::get(row, "accepted_by").is_none()
                && expires_at.is_some_and(|at| time::now() < Timestamp::from_millis(at as u64))
        };
        let open = rows(&answer, "invitations").into_iter().filter(is_open);
        let invitations = open.map(|row| Invitation {
            id: text(&row, "invitation"),
            email: text(&row, "email"),
            role: text(&row, "role"),
            expires_at: js::get(&row, "expires_at")
                .and_then(|at| at.as_f64())
                .unwrap_or_default(),
        });
        self.invitations.set(invitations.collect());
    }

    /// Asks, and shows how things are after it.
    fn changes(
        self,
        method: &'static str,
        what: String,
        body: Option<Vec<(&'static str, JsValue)>>,
    ) {
        spawn(async move {
            let asked = self.asks(method, &what, body.as_deref()).await;
            let error = self.home.error.now();
            self.read().await;
            if asked.is_none() {
                self.home.error.set(error);
            }
        });
    }

    fn agent(self, agent: &Agent) -> El {
        let words = words();
        let path = ["/agents/", &agent.agent].concat();
        let is_gone = agent.status == "deactivated";
        let status = match agent.status.as_str() {
            "available" => words.available,
            "unavailable" => words.unavailable,
            "deactivated" => words.deactivated,
            _ => words.away,
        };
        let row = el("li", "rows__row")
            .attr("data-agent", &agent.name)
            .child(decor("avatar avatar--agent avatar--small").text(&initial(&agent.name)))
            .child(
                el("span", "rows__text")
                    .attr("dir", "auto")
                    .text(&agent.name),
            )
            .child(el("span", "rows__note").text(status));
        let home = self.home;
        if is_gone {
            let path = [&path, "/activate"].concat();
            return row.child(form::act(home, words.activate, move || {
                self.changes("POST", path.clone(), Some(vec![]));
            }));
        }
        let (roles, links, leaves) = (
            path.clone(),
            [&path, "/link"].concat(),
            [&path, "/deactivate"].concat(),
        );
        let choices = [
            ("agent", words.agent),
            ("supervisor", words.supervisor),
            ("admin", words.admin),
        ];
        let label = fill(words.role_of, &agent.name);
        let select = form::choice(&label, &choices, &agent.role, move |role| {
            self.changes(
                "PATCH",
                roles.clone(),
                Some(vec![("role", role.as_str().into())]),
            );
        });
        let name = agent.name.clone();
        let link = move || {
            let (links, name) = (links.clone(), name.clone());
            spawn(async move {
                if let Some(answer) = self.asks("POST", &links, Some(&[])).await {
                    let link = js::get_text(&answer, "link").unwrap_or_default();
                    self.link.set(Some((fill(words.link_for, &name), link)));
                }
            });
        };
        row.child(select.attr("class", "field field--inline"))
            .child(form::act(home, words.make_link, link))
            .child(form::act(home, words.deactivate, move || {
                self.changes("POST", leaves.clone(), Some(vec![]));
            }))
    }

    fn invite(self) -> El {
        let words = words();
        let email = Var::new(String::new());
        let role = Var::new("agent".to_owned());
        let language = Var::new(text().lang.to_owned());
        let choices = [
            ("agent", words.agent),
            ("supervisor", words.supervisor),
            ("admin", words.admin),
        ];
        let fields = vec![
            form::field(
                self.home,
                "invite.email",
                words.email_optional,
                "email",
                email,
            ),
            form::choice(words.role, &choices, "agent", move |chosen| {
                role.set(chosen)
            }),
            form::choice(
                words.mail_language,
                &[("en", "English"), ("de", "Deutsch")],
                text().lang,
                move |chosen| language.set(chosen),
            ),
        ];
        form::form(self.home, "invite", fields, words.invite, move || {
            spawn(async move {
                let mut body = vec![("role", JsValue::from_str(&role.now()))];
                if !email.now().is_empty() {
                    body.push(("email", email.now().as_str().into()));
                    body.push(("language", language.now().as_str().into()));
                }
                let Some(answer) = self.asks("POST", "/invitations", Some(&body)).await else {
                    return;
                };
                let link = js::get_text(&answer, "link").unwrap_or_default();
                let is_sent = js::get(&answer, "sent").is_some_and(|sent| sent.is_truthy());
                let text = if is_sent {
                    words.invited_sent
                } else {
                    words.invited_copy
                };
                self.link.set(Some((text.to_owned(), link)));
                self.read().await;
            });
        })
    }

    fn invitation(self, invitation: &Invitation) -> El {
        let words = words();
        let whom = if invitation.email.is_empty() {
            words.whoever
        } else {
            &invitation.email
        };
        let until = time::write(
            Timestamp::from_millis(invitation.expires_at as u64),
            Form::Full,
        );
        let path = ["/invitations/", &invitation.id].concat();
        el("li", "rows__row")
            .child(el("span", "rows__text").attr("dir", "auto").text(whom))
            .child(el("span", "rows__note").text(role(&invitation.role)))
            .child(el("span", "rows__note").text(&fill(words.until, &until)))
            .child(form::act(self.home, words.take_back, move || {
                self.changes("DELETE", path.clone(), None);
            }))
    }
}
