//! Bad input of every act: one word of refusal each, and nothing is changed.

use anyhow::ensure;
use reqwest::Method;
use serde_json::{Value, json};
use shared::id::ConversationId;
use stage::line::CustomerLine;
use stage::play;

use super::scene::{Scene, Way, kinds};

#[test]
fn bad_input_of_every_act_is_refused_with_one_word_and_changes_nothing() {
    play(0, async |stage| {
        let mut scene = Scene::opens(stage.api()).await?;
        let api = stage.api();
        let held = CustomerLine::writes(api, &scene.space, "held").await?;
        let waiting = CustomerLine::writes(api, &scene.space, "waiting").await?;
        let ended = CustomerLine::writes(api, &scene.space, "ended").await?;
        let closed = CustomerLine::writes(api, &scene.space, "closed").await?;
        let [h, w, e, x] = [&held, &waiting, &ended, &closed].map(|line| line.talk.conversation);
        for c in [h, e, x] {
            scene.take(Way::Socket, "Jack", c).await?;
        }
        for (c, act) in [(e, "end"), (x, "resolve")] {
            let path = format!("/api/v1/conversations/{c}/{act}");
            let body = match act {
                "resolve" => json!({ "resolution": "resolved" }),
                _ => json!({}),
            };
            let token = scene.jack.me.token.clone();
            let answer = scene.call(Method::POST, &path, &token, &body).await?;
            ensure!(answer.status == 200, "{answer:?}");
        }
        scene.lists(e, "wrapping_up").await?;
        scene.lists(x, "closed").await?;
        let other = api.space(json!({}), &["Zoe"]).await?;
        let foreign = CustomerLine::writes(api, &other, "foreign")
            .await?
            .talk
            .conversation;
        let zoe = api.sign_in(&other, "Zoe").await?;

        let (space, general) = (scene.space.space.clone(), json!({ "queue": "GENERAL" }));
        let item = |c: ConversationId, act: &str| format!("/api/v1/spaces/{space}/items/{c}/{act}");
        let talk = |c: ConversationId, act: &str| format!("/api/v1/conversations/{c}/{act}");
        let of_other = |c: ConversationId| format!("/api/v1/spaces/{}/items/{c}/take", other.space);
        let unknown: ConversationId = "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f".parse()?;
        let nothing = json!({});
        let fence = json!({ "fence": 1 });
        let text = json!({ "text": "Hi" });
        let resolved = json!({ "resolution": "resolved" });
        let note = |to: &Value| json!({ "to": to, "note": "N" });
        let to_mia = json!({ "agent": scene.mia.me.agent });
        let to_unknown = json!({ "agent": unknown });
        let to_nowhere = json!({ "queue": "nowhere" });
        let [jack, mia, customer] =
            [&scene.jack.me.token, &scene.mia.me.token, &held.me.token].map(Clone::clone);
        let cases = vec![
            // Without the right.
            (
                &customer,
                item(h, "take"),
                nothing.clone(),
                403,
                "forbidden",
            ),
            (
                &mia,
                item(h, "unassign"),
                nothing.clone(),
                403,
                "not_assignee",
            ),
            (
                &mia,
                item(h, "transfer"),
                note(&general),
                403,
                "not_assignee",
            ),
            (&mia, talk(h, "messages"), text.clone(), 403, "not_assignee"),
            (&mia, talk(h, "end"), nothing.clone(), 403, "not_assignee"),
            (
                &mia,
                talk(h, "resolve"),
                resolved.clone(),
                403,
                "not_assignee",
            ),
            (
                &mia,
                talk(h, "abandon"),
                nothing.clone(),
                403,
                "not_assignee",
            ),
            (&mia, talk(h, "cancel"), nothing.clone(), 403, "forbidden"),
            (&customer, talk(h, "notes"), text.clone(), 403, "forbidden"),
            (
                &customer,
                talk(h, "resolve"),
                resolved.clone(),
                403,
                "forbidden",
            ),
            // Unknown and foreign.
            (
                &jack,
                item(unknown, "take"),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                item(unknown, "accept"),
                fence.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                item(unknown, "decline"),
                fence.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                item(unknown, "unassign"),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                item(unknown, "transfer"),
                note(&general),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                item(foreign, "take"),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                talk(foreign, "messages"),
                text.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                talk(unknown, "end"),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &customer,
                talk(w, "messages"),
                text.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &zoe.token,
                talk(h, "notes"),
                text.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &zoe.token,
                of_other(h),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (&jack, of_other(h), nothing.clone(), 404, "space_unknown"),
            (
                &jack,
                format!("/api/v1/spaces/{space}/items/x/take"),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            (
                &jack,
                "/api/v1/conversations/x/end".into(),
                nothing.clone(),
                404,
                "conversation_unknown",
            ),
            // Late, or in a state that does not allow it.
            (&jack, item(w, "accept"), fence.clone(), 409, "offer_over"),
            (&jack, item(w, "decline"), fence.clone(), 409, "offer_over"),
            (
                &jack,
                item(w, "unassign"),
                nothing.clone(),
                403,
                "not_assignee",
            ),
            (
                &jack,
                talk(w, "messages"),
                text.clone(),
                403,
                "not_assignee",
            ),
            (
                &jack,
                talk(w, "resolve"),
                resolved.clone(),
                403,
                "not_assignee",
            ),
            (
                &mia,
                item(h, "take"),
                nothing.clone(),
                409,
                "already_assigned",
            ),
            (
                &mia,
                item(h, "accept"),
                fence.clone(),
                409,
                "already_assigned",
            ),
            (
                &jack,
                talk(h, "abandon"),
                nothing.clone(),
                409,
                "customer_here",
            ),
            (&jack, item(e, "unassign"), nothing.clone(), 409, "ended"),
            (&jack, item(e, "transfer"), note(&general), 409, "ended"),
            (&jack, talk(e, "end"), nothing.clone(), 409, "ended"),
            (&jack, talk(e, "messages"), text.clone(), 409, "ended"),
            (&jack, item(x, "take"), nothing.clone(), 409, "closed"),
            (&jack, item(x, "transfer"), note(&general), 409, "closed"),
            (&jack, talk(x, "notes"), text.clone(), 409, "closed"),
            (&jack, talk(x, "resolve"), resolved.clone(), 409, "closed"),
            (&jack, talk(x, "end"), nothing.clone(), 409, "closed"),
            // No value that exists.
            (
                &jack,
                talk(h, "resolve"),
                json!({ "resolution": "magic" }),
                422,
                "resolution_unknown",
            ),
            (
                &jack,
                talk(h, "resolve"),
                json!({ "resolution": "two words" }),
                422,
                "resolution_unknown",
            ),
            (
                &jack,
                item(h, "transfer"),
                json!({ "to": general }),
                422,
                "note_required",
            ),
            (
                &jack,
                item(h, "transfer"),
                json!({ "to": general, "note": " " }),
                422,
                "note_required",
            ),
            (
                &jack,
                item(h, "transfer"),
                note(&to_nowhere),
                422,
                "queue_unknown",
            ),
            (
                &jack,
                item(h, "transfer"),
                note(&to_unknown),
                404,
                "agent_unknown",
            ),
            (
                &jack,
                item(h, "transfer"),
                json!({ "note": "N" }),
                422,
                "value_malformed",
            ),
            (&jack, item(h, "accept"), json!({}), 422, "value_malformed"),
            (
                &jack,
                item(h, "accept"),
                json!({ "fence": "1" }),
                422,
                "value_malformed",
            ),
            (
                &jack,
                item(h, "take"),
                json!({ "colour": 1 }),
                422,
                "field_unknown",
            ),
            (
                &jack,
                talk(h, "messages"),
                json!({ "text": " " }),
                422,
                "text_empty",
            ),
            (&jack, talk(h, "messages"), json!([]), 400, "body_malformed"),
        ];
        let before = scene.everything(&[h, w, e, x]).await?;
        for (token, path, body, status, code) in cases {
            let answer = scene.call(Method::POST, &path, token, &body).await?;
            let is = (answer.status, answer.code());
            ensure!(is == (status, code), "{path} {body}: {answer:?}");
        }
        // Without a key, and with one that is no id.
        for (key, status, code) in [
            (None, 400, "idempotency_key_missing"),
            (Some("7"), 422, "id_malformed"),
        ] {
            for path in [talk(h, "messages"), talk(h, "notes"), item(h, "transfer")] {
                let mut request = api
                    .request(Method::POST, &path)
                    .bearer_auth(&jack)
                    .json(&text);
                if let Some(key) = key {
                    request = request.header("Idempotency-Key", key);
                }
                let answer = api.send(request).await?;
                ensure!(
                    (answer.status, answer.code()) == (status, code),
                    "{path}: {answer:?}"
                );
            }
        }
        // A token for nobody.
        let answer = api
            .post(&item(h, "take"), Some("no.such.token"), &nothing)
            .await?;
        ensure!(
            (answer.status, answer.code()) == (401, "token_invalid"),
            "{answer:?}"
        );
        let after = scene.everything(&[h, w, e, x]).await?;
        ensure!(before == after, "{before:#?} is not {after:#?}");
        // Who is Unavailable is given nothing.
        scene.mia.sets_available(false).await?;
        let answer = scene
            .call(Method::POST, &item(h, "transfer"), &jack, &note(&to_mia))
            .await?;
        ensure!(
            (answer.status, answer.code()) == (409, "agent_unavailable"),
            "{answer:?}"
        );
        let answer = scene
            .call(Method::POST, &item(w, "take"), &mia, &nothing)
            .await?;
        ensure!(
            (answer.status, answer.code()) == (409, "agent_unavailable"),
            "{answer:?}"
        );
        ensure!(
            scene.kinds(h).await? == kinds(&after[0]),
            "a refused transfer leaves no note"
        );
        Ok(())
    });
}
