//! What the customer thinks of a conversation that is over (P2).

use anyhow::{Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use shared::conversation::{Command, Event, Rating, Stars};
use shared::text::Label;
use stage::api::{Answer, Space};
use stage::browser::Screen;
use stage::cast::Customer;
use stage::line::{AgentLine, CustomerLine};
use stage::{Stage, play};

use crate::access::Inspector;

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

#[test]
fn p2_d4_a_customer_rates_in_the_chat_by_keyboard_and_the_agent_reads_it() {
    play(2, async |stage| {
        let inspector = Inspector::new()?;
        let space = stage.space(json!({}), &["Jack"]).await?;
        let jack = stage.agent(&space, "Jack").await?;
        jack.sets_available(true).await?;
        let browser = stage.browser("the customer", Screen::DESKTOP).await?;
        let base = stage.api().base();
        let customer = Customer::opens_page_of_chat(browser, base, &space.space).await?;
        customer.writes("My lamp is broken").await?;
        jack.accepts().await?;
        customer.is_told("Jack is online").await?;
        jack.ends().await?;
        let browser = &customer.browser;
        browser.sees(".rating__form").await?;
        inspector.inspects(browser, "chat-rating").await?;
        browser.types(".rating__comment", "Quick, and kind").await?;
        browser.reloads().await?;
        browser.sees(".rating__form").await?;
        let kept: String = browser
            .runs(
                "return document.querySelector('.rating__comment').value",
                &[],
            )
            .await?;
        ensure!(kept == "Quick, and kind", "{kept}");
        // Radio buttons as the platform has them: arrows choose, and each says what it is.
        browser
            .runs::<Value>("document.querySelector('.rating__radio').focus()", &[])
            .await?;
        browser.types(".rating__radio:focus", "\u{e014}").await?;
        let chosen: String = browser
            .runs(
                "return document.querySelector('.rating__radio:checked').ariaLabel",
                &[],
            )
            .await?;
        ensure!(chosen == "2 of 5 stars", "{chosen}");
        for _ in 0..3 {
            browser.types(".rating__radio:focus", "\u{e014}").await?;
        }
        inspector.inspects(browser, "chat-rating-chosen").await?;
        browser.presses(".rating__form button").await?;
        browser
            .reads(".rating__thanks", "Thank you! You give 5 of 5 stars.")
            .await?;
        inspector.inspects(browser, "chat-rated").await?;
        jack.reads("The customer gives 5 of 5 stars: Quick, and kind")
            .await?;
        browser.presses(".rating .button").await?;
        browser.presses(".rating__star:nth-of-type(3)").await?;
        browser.presses(".rating__form button").await?;
        jack.reads("The customer gives 3 of 5 stars").await?;
        jack.resolves("resolved").await?;
        browser.reloads().await?;
        browser
            .reads(".rating__thanks", "Thank you! You give 3 of 5 stars.")
            .await?;
        browser.presses(".ended__new").await?;
        browser.sees(".welcome").await
    });
}
