//! The way in and what is set up around the console, with axe at each stop.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use stage::api::Api;
use stage::browser::{Browser, Screen};
use stage::mail::Mail;
use stage::start::Edge;
use stage::{nobody_reports, play};

use super::Inspector;
use crate::accounts::sha256;

/// What the first link on the page holds that can be copied.
async fn copied(browser: &Browser) -> Result<String> {
    browser.sees(".to-copy").await?;
    browser
        .runs("return document.querySelector('.to-copy').value", &[])
        .await
}

#[test]
fn access_f27_f28_f29_f38_the_way_in() {
    play(1, async |stage| {
        // A link that is over.
        stage.excuse(&["410"]);
        let inspector = Inspector::new()?;
        let mail = Mail::start().await?;
        let mut vars = mail.vars();
        vars.push(("BOOTSTRAP_HASH", sha256("the first link")?));
        let edge = Edge::with(vars)?;
        let base = edge.base();
        let browser = stage.browser("Ada", Screen::DESKTOP).await?;
        browser.goes(&format!("{base}/agent")).await?;
        browser.sees(".sign-in__mail").await?;
        inspector.inspects(&browser, "home-sign-in").await?;

        browser.goes("about:blank").await?;
        browser
            .goes(&format!("{base}/agent#first=the%20first%20link"))
            .await?;
        browser.types("input.field__input", "Ada").await?;
        inspector.inspects(&browser, "home-first").await?;
        browser.presses(".form__go").await?;
        browser.reads(".home__name", "Ada").await?;
        browser
            .types(".new-space input[type=text]", "Larch & Lantern")
            .await?;
        browser
            .types(".new-space input[type=url]", "https://shop.example")
            .await?;
        browser.presses(".new-space .form__go").await?;
        browser.sees("form.settings").await?;
        browser
            .reads(".snippet", "/bellhop.js\" data-space=\"s-")
            .await?;
        inspector.inspects(&browser, "home-settings").await?;
        // F26: an admin turns live chat off.
        browser.presses(".tick__input").await?;
        browser.presses(".settings__bar .button").await?;
        browser.reads(".settings__said", "Saved").await?;
        let space: String = browser
            .runs("return location.hash.split('=')[1]", &[])
            .await?;
        let api = Api::new(&base);
        let visitors = format!("/api/v1/spaces/{space}/visitors");
        let answer = api.post(&visitors, None, &json!({})).await?;
        ensure!(answer.code() == "space_off", "{answer:?}");

        let people = format!("location.hash = 'people={space}'");
        let _: Value = browser.runs(&people, &[]).await?;
        browser.sees("[data-agent=Ada]").await?;
        browser
            .types(".invite input[type=email]", "mia@shop.example")
            .await?;
        browser.presses(".invite .form__go").await?;
        let link = copied(&browser).await?;
        browser.reads(".rows", "mia@shop.example").await?;
        inspector.inspects(&browser, "home-people").await?;
        let audit = format!("location.hash = 'audit={space}'");
        let _: Value = browser.runs(&audit, &[]).await?;
        browser
            .types("form.customer input[type=text]", "nobody@shop.example")
            .await?;
        browser.presses("form.customer .form__go").await?;
        browser.reads(".customers .home__saved", "Nothing").await?;
        inspector.inspects(&browser, "home-audit").await?;

        // Mia, in the same browser after Ada has signed out.
        browser.goes(&format!("{base}/agent")).await?;
        browser.reads(".spaces", "Larch & Lantern").await?;
        inspector.inspects(&browser, "home-spaces").await?;
        browser.presses(".home__head button").await?;
        browser.sees(".sign-in__mail").await?;
        browser.goes("about:blank").await?;
        browser.goes(&link).await?;
        browser.reads(".card__text", "Larch & Lantern").await?;
        browser.types(".join input", "Mia").await?;
        inspector.inspects(&browser, "home-join").await?;
        browser.presses(".join .form__go").await?;
        browser.reads(".bar__name", "Mia").await?;
        browser.sees("a.bar__bell").await?;
        browser.reloads().await?;
        browser.reads(".bar__name", "Mia").await?;

        browser.goes("about:blank").await?;
        browser.goes(&link).await?;
        browser.reads(".home__error", "This link is over").await?;
        inspector.inspects(&browser, "home-link-over").await?;
        browser.goes(&format!("{base}/agent?space={space}")).await?;
        browser.presses(".bar__sign-out").await?;
        browser.sees(".sign-in__mail").await?;
        nobody_reports(&api).await
    });
}
