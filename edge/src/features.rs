//! What this installation was given, asked for by name. What follows from it, says
//! [`shared::features`].

use shared::features::{Feature, State, Status};
use shared::secret::Secret;
use worker::{Env, js_sys};

use crate::errors::Problem;

/// How a feature stands.
pub fn status(env: &Env, feature: Feature) -> Status {
    feature.status(|name| match env.var(name) {
        Ok(value) => value.to_string().len(),
        // A binding has no length: it is there or not.
        Err(_) => {
            let binding = js_sys::Reflect::get(env.as_ref(), &name.into());
            usize::from(binding.is_ok_and(|binding| binding.is_object()))
        }
    })
}

/// A secret of that name; `None` when it is not set. There is no other way to one, so that none is
/// written anywhere by mistake (SEC1).
pub fn secret(env: &Env, name: &str) -> Option<Secret> {
    let secret = env.secret(name).ok()?.to_string();
    Some(Secret::new(secret))
}

/// Whether a feature is on.
pub fn is_on(env: &Env, feature: Feature) -> bool {
    status(env, feature).state == State::On
}

/// Lets a call of a feature through.
///
/// # Errors
/// 503 when it is not on (FE2).
pub fn check(env: &Env, feature: Feature) -> Result<(), Problem> {
    if is_on(env, feature) {
        Ok(())
    } else {
        Err(missing(feature))
    }
}

/// 503: it is not on (FE2).
#[cold]
pub fn missing(feature: Feature) -> Problem {
    let message = format!(
        "this installation is not set up for that: {}",
        feature.name()
    );
    Problem::new(503, feature.refusal(), message)
}
