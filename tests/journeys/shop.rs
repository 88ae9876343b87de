//! The demo shop vouches for its customers: whoever has signed in there is known to the agents.

use anyhow::ensure;
use stage::api::{Api, Space};
use stage::browser::Screen;
use stage::cast::Customer;
use stage::start::Edge;
use stage::{nobody_reports, play};

#[test]
fn f16_i1_the_demo_shop_says_who_has_signed_in_and_the_console_shows_that_it_is_verified() {
    play(2, async |stage| {
        let edge = Edge::start()?;
        let (base, api) = (edge.base(), Api::new(edge.base()));
        let space = Space {
            space: "demo".into(),
        };
        let jack = stage.agent_at(&base, &space, "Jack").await?;
        jack.sets_available(true).await?;
        let browser = stage.browser("the customer", Screen::DESKTOP).await?;
        let customer = Customer::visits(browser, &format!("{base}/demo")).await?;
        let who = "nav.top__who [aria-current=true]";
        customer.browser.reads(who, "nobody").await?;

        // A guest begins, and signs in on the page: what was begun goes on.
        customer.opens_chat().await?;
        customer.writes("Has my kettle left the house?").await?;
        jack.accepts().await?;
        jack.reads("Has my kettle left the house?").await?;
        jack.browser.sees_no(".details__claim--verified").await?;
        customer.looks_at_page().await?;
        customer
            .browser
            .presses("nav.top__who a[href$=zoe]")
            .await?;
        customer.browser.reads(who, "Zoë Lind").await?;
        customer.browser.is_pictured("demo-signed-in").await?;
        customer.opens_chat().await?;
        customer.reads("Has my kettle left the house?").await?;
        jack.reads("The site has verified the customer: zoe")
            .await?;
        jack.browser.sees(".details__claim--verified").await?;
        jack.browser.reads(".details", "zoe@larch.example").await?;
        jack.browser.is_pictured("demo-verified").await?;
        customer.writes("It is me, Zoë").await?;
        jack.reads("It is me, Zoë").await?;

        // Another customer finds nothing of hers; back again, she finds it.
        customer.looks_at_page().await?;
        customer
            .browser
            .presses("nav.top__who a[href$=tom]")
            .await?;
        customer.browser.reads(who, "Tom Berg").await?;
        customer.opens_chat().await?;
        customer.browser.sees(".welcome").await?;
        let lines = customer.log().await?;
        ensure!(lines.is_empty(), "{lines:?}");
        customer.looks_at_page().await?;
        customer
            .browser
            .presses("nav.top__who a[href$=zoe]")
            .await?;
        customer.browser.reads(who, "Zoë Lind").await?;
        customer.opens_chat().await?;
        customer.reads("It is me, Zoë").await?;

        // Signed out, the browser is nobody's.
        customer.looks_at_page().await?;
        customer
            .browser
            .presses("nav.top__who a[href='/demo']")
            .await?;
        customer.browser.reads(who, "nobody").await?;
        customer.opens_chat().await?;
        customer.browser.sees(".welcome").await?;

        customer.looks_at_page().await?;
        let base = format!("{base}/demo?as=tom");
        customer.browser.goes(&base).await?;
        for (screen, name) in [
            (Screen::PHONE, "demo-phone"),
            (Screen::NARROW.dark(), "demo-narrow-dark"),
        ] {
            customer.browser.shows(screen).await?;
            customer.browser.is_pictured(name).await?;
            let wide = "return document.documentElement.scrollWidth <= innerWidth";
            ensure!(customer.browser.runs::<bool>(wide, &[]).await?, "{name}");
        }
        nobody_reports(&api).await
    });
}
