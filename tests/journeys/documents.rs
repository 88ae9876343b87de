//! What the wire carries: documents with their headers, packed files of the promised size, and an
//! API that is what its document says.

use std::{collections::BTreeMap, process::Command, time::Instant};

use anyhow::{Context, Result, ensure};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use stage::api::Api;
use stage::start::Edge;
use stage::{PATIENCE, nobody_reports, play, root, target};

async fn get(api: &Api, path: &str, accepted: &str) -> Result<Response> {
    let request = api
        .request(Method::GET, path)
        .header("Accept-Encoding", accepted);
    let response = request.send().await?;
    ensure!(response.status() == 200, "{path}: {}", response.status());
    Ok(response)
}

fn header(response: &Response, name: &str) -> String {
    let value = response
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// Every file that a document loads, by its path.
fn assets(document: &str) -> Vec<String> {
    let mut paths: Vec<String> = document
        .split('"')
        .filter(|text| text.starts_with("/assets/"))
        .map(str::to_owned)
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

#[test]
fn budgets_the_wire_carries_what_the_workbench_measured() {
    play(0, async |stage| {
        let mut size = Command::new(target().join("debug/xtask"));
        let output = size.args(["size", "--json"]).current_dir(root()).output()?;
        let sizes: Value = serde_json::from_slice(&output.stdout).context("xtask size")?;
        let measured = |key: &str| sizes[key]["brotli"].as_u64().context("no size");
        let api = stage.api();
        let space = stage.space(json!({}), &["Jack"]).await?;
        let mut sums = BTreeMap::new();
        for (key, path) in [
            ("chat", format!("/chat?space={}", space.space)),
            ("agent", format!("/agent?space={}", space.space)),
        ] {
            let document = get(api, &path, "identity").await?.text().await?;
            let mut sum = 0;
            // What comes later is measured by itself; the document only names it.
            let is_later =
                |asset: &String| ["more.", "send."].iter().any(|name| asset.contains(name));
            let first = assets(&document).into_iter();
            for asset in first.filter(|asset| !is_later(asset)) {
                let response = get(api, &asset, "br").await?;
                ensure!(
                    header(&response, "content-encoding") == "br",
                    "{asset} is not packed"
                );
                let caching = header(&response, "cache-control");
                ensure!(caching.contains("immutable"), "{asset}: {caching}");
                if asset.ends_with(".wasm") {
                    ensure!(header(&response, "content-type") == "application/wasm");
                }
                sum += response.bytes().await?.len();
            }
            ensure!(sum > 10_000, "{path} loads {sum} bytes");
            sums.insert(key, sum as u64);
        }
        let loader = get(api, "/bellhop.js", "br").await?;
        ensure!(
            header(&loader, "content-encoding") == "br",
            "the loader is not packed"
        );
        ensure!(header(&loader, "cache-control") == "public, max-age=300");
        let loader = loader.bytes().await?.len() as u64;
        ensure!(
            loader == measured("loader")?,
            "loader: {loader}, measured {}",
            measured("loader")?
        );
        for (key, sum) in sums {
            // The document itself is measured, too, and is written for each request.
            let document = measured(key)?
                .checked_sub(sum)
                .context("more than measured")?;
            ensure!(
                (100..2_000).contains(&document),
                "{key}: {sum} and a document of {document}"
            );
        }

        // Whoever takes no brotli gets the same, unpacked.
        let chat = get(api, &format!("/chat?space={}", space.space), "identity")
            .await?
            .text()
            .await?;
        for asset in assets(&chat) {
            let response = get(api, &asset, "identity").await?;
            ensure!(header(&response, "content-encoding").is_empty(), "{asset}");
            ensure!(
                header(&response, "vary").contains("accept-encoding"),
                "{asset}"
            );
        }
        Ok(())
    });
}

#[test]
fn openapi_describes_the_api_that_answers() {
    play(0, async |stage| {
        let document: Value = get(stage.api(), "/openapi.json", "identity")
            .await?
            .json()
            .await?;
        ensure!(
            document["openapi"]
                .as_str()
                .is_some_and(|version| version.starts_with("3."))
        );
        let paths = document["paths"].as_object().context("no paths")?;
        ensure!(paths.len() >= 8, "{} paths", paths.len());
        let methods = ["get", "post", "put", "patch", "delete"];
        let mut wrong = Vec::new();
        for (path, operations) in paths {
            // Every other part that a path leaves open is an id, of something that is not there.
            let parts = path.split('/').map(|part| match part {
                "{space}" => "demo",
                _ if part.starts_with('{') => "0190b6a4-2f7e-7cc3-98c4-dc0c0c07398f",
                _ => part,
            });
            let address = parts.collect::<Vec<_>>().join("/");
            // This one would end the whole instance, which other journeys use.
            let is_deadly = path.ends_with("/dev/panic");
            for method in methods {
                let is_there = operations.get(method).is_some();
                if is_there && is_deadly {
                    continue;
                }
                let request = stage
                    .api()
                    .request(method.to_uppercase().parse()?, &address);
                let answer = stage.api().send(request).await?;
                let is_other = answer.code() == "method_unknown";
                let is_known = answer.code() != "path_unknown";
                let status = answer.status.to_string();
                let is_described = !operations[method]["responses"][&status].is_null();
                if is_other == is_there || !is_known || (is_there && !is_described) {
                    wrong.push(format!("{method} {path}: {status} {}", answer.code()));
                }
            }
        }
        ensure!(wrong.is_empty(), "not as described:\n{}", wrong.join("\n"));
        Ok(())
    });
}

/// The check that ends every journey with a browser sees what it is there for.
#[test]
fn csp_a_violation_is_noticed() {
    play(1, async |stage| {
        stage.excuse(&["Content Security Policy", "violates"]);
        let edge = Edge::start()?;
        let api = Api::new(edge.base());
        let space = api.space(json!({}), &["Jack"]).await?;
        nobody_reports(&api).await?;
        let customer = stage.customer_at(api.base(), &space).await?;
        customer.opens_chat().await?;
        let style = "const style = document.createElement('style');
            style.textContent = 'body { color: red }';
            document.head.append(style)";
        let _: Value = customer.browser.runs(style, &[]).await?;
        let start = Instant::now();
        while nobody_reports(&api).await.is_ok() {
            ensure!(start.elapsed() < PATIENCE, "nobody noticed");
            tokio::task::yield_now().await;
        }
        Ok(())
    });
}
