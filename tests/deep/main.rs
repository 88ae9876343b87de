//! `cargo xtask test --deep`: every call of the API document, made by schemathesis with values that
//! fit the document and values that do not, once for each kind of caller.
//!
//! Whatever comes in, no answer is a 5xx, and each has a status, a type, headers and a body that
//! the document names. The calls are made in a space with people and conversations, so that they
//! get past the first check.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use stage::api::{Api, Space};
use stage::start::Edge;
use stage::visit::{Visit, secret};

const CONFIG: &str = include_str!("schemathesis.toml");

/// Cases of one call by one caller, at most.
const CASES: &str = "40";

/// Somebody who calls.
struct Caller {
    name: &'static str,
    /// What the document calls the proof of who they are, and the proof.
    proof: Option<(&'static str, String)>,
    /// What every request of theirs carries besides.
    headers: Vec<(&'static str, String)>,
    /// Calls they leave out, as a pattern of paths.
    leaves_out: &'static str,
}

/// What the calls are about: names of parameters and what stands for them.
type Objects = Vec<(&'static str, String)>;

/// Routes of the developer's machine alone, sockets, and what takes recordings: schemathesis makes none, and bad ones
/// have their journeys.
const NO_CALLS: &str = "^/api/v1/dev/|/socket$|/transcriptions$";

/// Who signs out calls no more; signing out has its journeys.
const NO_CALLS_OF_A_SESSION: &str = "^/api/v1/dev/|/socket$|/transcriptions$|^/api/v1/sessions?$";

fn main() -> ExitCode {
    match tokio::runtime::Runtime::new().map(|runtime| runtime.block_on(run())) {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        Ok(Ok(false)) => ExitCode::FAILURE,
        Ok(Err(error)) => {
            eprintln!("deep: {error:#}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("deep: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<bool> {
    let program = env::var_os("BELLHOP_SCHEMATHESIS").context("BELLHOP_SCHEMATHESIS is not set")?;
    let edge = Edge::start()?;
    let api = Api::new(edge.base());
    let (callers, objects) = cast(&api).await?;
    let folder = stage::target().join("deep");
    fs::create_dir_all(&folder)?;
    let document = document(&folder)?;
    let mut is_clean = true;
    for caller in &callers {
        let config = folder.join(format!("{}.toml", caller.name));
        fs::write(&config, format!("{}{CONFIG}", told(caller, &objects)?))?;
        println!("== {} ==", caller.name);
        is_clean &= schemathesis(program.as_ref(), &config, &document, &edge.base(), caller)?;
    }
    ensure!(
        !edge.log().contains("panicked"),
        "the Worker panicked; it said:\n{}",
        edge.log()
    );
    Ok(is_clean)
}

fn schemathesis(
    program: &Path,
    config: &Path,
    document: &Path,
    base: &str,
    caller: &Caller,
) -> Result<bool> {
    let mut command = Command::new(program);
    // What it remembers of a run lies beside its configuration.
    command.current_dir(config.parent().unwrap_or(config));
    command.arg("--config-file").arg(config);
    command.arg("run").arg(document).args(["--url", base]);
    command.args(["--no-color", "--phases", "examples,coverage,fuzzing"]);
    command.arg("--continue-on-failure");
    command.args(["--max-examples", CASES, "--seed", "1"]);
    command.args(["--exclude-path-regex", caller.leaves_out]);
    Ok(command.status()?.success())
}

/// The document as it is on one's own machine, where the cookie has a shorter name. What is not there
/// says so by one of the words that the document has for it: a 503 of another word is a find.
fn document(folder: &Path) -> Result<PathBuf> {
    let text = fs::read_to_string(stage::root().join("public/openapi.json"))?;
    let text = text.replace("__Host-bellhop-session", "bellhop-session");
    let mut document: Value = serde_json::from_str(&text)?;
    let paths = document["paths"].as_object_mut().context("no paths")?;
    let calls = paths.values_mut().filter_map(Value::as_object_mut);
    for call in calls.flat_map(|path| path.values_mut()) {
        let Some(answer) = call.pointer_mut("/responses/503") else {
            continue;
        };
        let words: Vec<String> = words(answer["description"].as_str().unwrap_or_default());
        ensure!(!words.is_empty(), "a 503 without a word: {answer}");
        let said = json!({ "properties": { "code": { "enum": words } } });
        let schema = &mut answer["content"]["application/json"]["schema"];
        let any = schema.take();
        *schema = json!({ "allOf": [any, { "properties": { "error": said } }] });
    }
    let path = folder.join("openapi.json");
    fs::write(&path, document.to_string())?;
    Ok(path)
}

/// The words of refusals in a description: in backticks, and two words or more.
fn words(description: &str) -> Vec<String> {
    let quoted = description.split('`').skip(1).step_by(2);
    let is_word = |word: &&str| {
        let mut letters = word.chars();
        word.contains('_') && letters.all(|letter| letter == '_' || letter.is_ascii_lowercase())
    };
    quoted.filter(is_word).map(str::to_owned).collect()
}

/// Who a caller is and what the calls are about, as the file has it.
fn told(caller: &Caller, objects: &Objects) -> Result<String> {
    let mut lines = Vec::new();
    if let Some((key, secret)) = &caller.proof {
        lines.push((format!("auth.openapi.{key}"), secret));
    }
    let headers = caller.headers.iter();
    lines.extend(headers.map(|(name, value)| (format!("headers.{name}"), value)));
    let objects = objects.iter();
    lines.extend(objects.map(|(name, value)| (format!("parameters.\"path.{name}\""), value)));
    let line = |(key, value)| Ok(format!("{key} = {}\n", serde_json::to_string(value)?));
    lines.into_iter().map(line).collect()
}

/// A space with people and one conversation, and everybody who calls.
async fn cast(api: &Api) -> Result<(Vec<Caller>, Objects)> {
    let agents = vec![
        json!({ "name": "Ada", "role": "admin" }),
        json!({ "name": "Jack" }),
        // Whatever is done to agents is done to this one.
        json!({ "name": "Mia" }),
    ];
    let space = api.space_with(json!({ "name": "Larch" }), agents).await?;
    let admin = api.sign_in(&space, "Ada").await?;
    let agent = api.sign_in(&space, "Jack").await?;
    let other = api.sign_in(&space, "Mia").await?;
    let visitor = api.visitor(&space).await?;
    let conversation = api.conversation(&visitor, "Where is my order?").await?;
    let session = session(api, &space, &admin.token).await?;

    let bearer = |token: &str| Some(("token.bearer", token.to_owned()));
    let caller = |name, proof| Caller {
        name,
        proof,
        headers: Vec::new(),
        leaves_out: NO_CALLS,
    };
    let callers = vec![
        caller("nobody", None),
        caller("customer", bearer(&visitor.token)),
        caller("agent", bearer(&agent.token)),
        Caller {
            name: "session",
            proof: Some(("session.api_key", session)),
            headers: vec![("Origin", api.base().to_owned()), ("X-Bellhop", "1".into())],
            leaves_out: NO_CALLS_OF_A_SESSION,
        },
        // Last, since an admin changes the space.
        caller("admin", bearer(&admin.token)),
    ];
    let objects = vec![
        ("space", space.space),
        ("conversation", conversation.to_string()),
        ("agent", other.agent.to_string()),
    ];
    Ok((callers, objects))
}

/// The secret of the session of somebody who came in by an invitation.
async fn session(api: &Api, space: &Space, admin: &str) -> Result<String> {
    let path = format!("/api/v1/spaces/{}/invitations", space.space);
    let made: Value = api.post(&path, Some(admin), &json!({})).await?.into()?;
    let body = json!({ "invitation": secret(&made["link"])?, "name": "Zoe" });
    let mut visit = Visit::new(api);
    visit.posts("/api/v1/invitations/accept", &body).await?;
    let cookie = visit.cookie.context("no cookie was set")?;
    let (_, secret) = cookie.split_once('=').context("a cookie without a value")?;
    Ok(secret.to_owned())
}
