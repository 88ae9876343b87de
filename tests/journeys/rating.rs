//! What the customer thinks of a conversation that is over (P2).

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::{Command, Event, Rating, Stars};
use shared::text::Label;
use stage::api::{Answer, Space};
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};

async fn rates(stage: &Stage, customer: &CustomerLine, body: Value) -> Result<Answer> {
    let path = format!(
        "/api/v1/conversations/{}/rating",
        customer.talk.conversation
    );
    let request = stage.api().request(Method::PUT, &path);
    let request = request.bearer_auth(&customer.me.token).json(&body);
    stage.api().send(request).await
}

#[test]
fn p2_af1_af2_a_customer_rates_over_http_and_changes_their_mind() {
    play(0, async |stage| {
        let space: Space = stage.space(json!({}), &["Jack"]).await?;
        let mut jack = AgentLine::on_duty(stage.api(), &space, "Jack").await?;
        let mut customer = CustomerLine::writes(stage.api(), &space, "My lamp is broken").await?;
        let mut talk = jack.accepts().await?;
        let early = rates(stage, &customer, json!({ "stars": 5 })).await?;
        ensure!(early.code() == "not_ended", "{early:?}");
        talk.asks(Command::End).await??;
        let first = rates(stage, &customer, json!({ "stars": 2, "comment": "Slow" })).await?;
        ensure!(
            first.status == 200 && first.body["state"] == "wrapping_up",
            "{first:?}"
        );
        let resolution = Label::parse("resolved")?;
        talk.asks(Command::Resolve {
            resolution,
            reason: None,
        })
        .await??;
        let second = rates(stage, &customer, json!({ "stars": 5 })).await?;
        ensure!(
            second.status == 200 && second.body["state"] == "closed",
            "{second:?}"
        );
        for (stars, comment) in [(2, Some("Slow")), (5, None)] {
            let comment = comment.map(shared::text::MessageText::parse).transpose()?;
            let stars = Stars::try_from(stars)?;
            let rating = Event::Rated(Rating { stars, comment });
            talk.sees("the rating", |event| *event == rating).await?;
            customer
                .talk
                .sees("one's own rating", |event| *event == rating)
                .await?;
        }
        let refused = talk
            .asks(Command::Rate(Rating {
                stars: Stars::try_from(5)?,
                comment: None,
            }))
            .await?;
        ensure!(refused.is_err(), "{refused:?}");
        Ok(())
    });
}
