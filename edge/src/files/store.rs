//! The bucket. What R2 does, `store.js` asks it to do.

use shared::file::{Kind, way};
use shared::id::{ConversationId, FileId};
use worker::js_sys::{Array, Promise, Uint8Array};
use worker::wasm_bindgen::prelude::*;
use worker::wasm_bindgen_futures::JsFuture;
use worker::{Env, Headers, Request, Response, wasm_bindgen, web_sys};

use super::pass::Ticket;
use crate::errors::Problem;

#[wasm_bindgen(module = "/src/files/store.js")]
extern "C" {
    #[wasm_bindgen(js_name = putPart)]
    fn put_part(bucket: &JsValue, key: &str, request: &web_sys::Request, length: f64) -> Promise;
    fn present(bucket: &JsValue, keys: Array) -> Promise;
    fn head(bucket: &JsValue, key: &str, length: f64) -> Promise;
    fn whole(bucket: &JsValue, keys: Array, length: f64) -> Promise;
    fn hash(bytes: &Uint8Array) -> Promise;
    fn put(
        bucket: &JsValue,
        key: &str,
        bytes: Uint8Array,
        kind: &str,
        disposition: &str,
    ) -> Promise;
    fn join(
        bucket: &JsValue,
        keys: Array,
        key: &str,
        length: f64,
        sha256: &str,
        kind: &str,
        disposition: &str,
    ) -> Promise;
    fn send(
        bucket: &JsValue,
        key: &str,
        request: &web_sys::Request,
        headers: &web_sys::Headers,
    ) -> Promise;
    fn remove(bucket: &JsValue, keys: Array) -> Promise;
    #[wasm_bindgen(js_name = removeAll)]
    fn remove_all(bucket: &JsValue, prefix: &str) -> Promise;
}

/// The files of one conversation.
pub struct Store {
    bucket: JsValue,
    conversation: ConversationId,
}

impl Store {
    /// The files of a conversation; `None` where the installation has no bucket.
    pub fn of(env: &Env, conversation: ConversationId) -> Option<Self> {
        let bucket = bucket(env)?;
        Some(Self {
            bucket,
            conversation,
        })
    }

    /// Keeps a part of a file; false when the request does not have exactly its bytes.
    ///
    /// # Errors
    /// When the bucket does not take it.
    pub async fn put_part(
        &self,
        file: FileId,
        part: u32,
        request: &Request,
        length: u64,
    ) -> Result<bool, Problem> {
        let key = self.part(file, part);
        let put = put_part(&self.bucket, &key, request.inner(), number(length));
        Ok(done(put).await?.is_truthy())
    }

    /// The parts of a file that are here.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn present(&self, ticket: &Ticket) -> Result<Vec<u32>, Problem> {
        let parts: Array = done(present(&self.bucket, self.parts(ticket)))
            .await?
            .into();
        let numbers = parts.iter().filter_map(|part| part.as_f64());
        Ok(numbers.map(|part| part as u32).collect())
    }

    /// The first bytes of a file of which all parts are here; `None` when the first is not.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn head(&self, file: FileId, length: usize) -> Result<Option<Vec<u8>>, Problem> {
        let key = self.part(file, 0);
        let head = done(head(&self.bucket, &key, length as f64)).await?;
        Ok(bytes(head))
    }

    /// All bytes of a file that has come whole, as it was announced (FW3); `None` otherwise.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn whole(&self, ticket: &Ticket) -> Result<Option<Vec<u8>>, Problem> {
        let whole = whole(&self.bucket, self.parts(ticket), number(ticket.size));
        let whole = done(whole).await?;
        let Some(array) = whole.dyn_ref::<Uint8Array>() else {
            return Ok(None);
        };
        let found = done(hash(array)).await?.as_string();
        Ok(bytes(whole).filter(|_| found.as_deref() == Some(&ticket.sha256)))
    }

    /// Makes one file of its parts; false when it has not come whole, as it was announced (FW3).
    ///
    /// # Errors
    /// When the bucket does not take it.
    pub async fn join(
        &self,
        ticket: &Ticket,
        kind: Kind,
        disposition: &str,
    ) -> Result<bool, Problem> {
        let joined = join(
            &self.bucket,
            self.parts(ticket),
            &self.key(ticket.file),
            number(ticket.size),
            &ticket.sha256,
            kind.media_type(),
            disposition,
        );
        Ok(done(joined).await?.is_truthy())
    }

    /// Keeps a file.
    ///
    /// # Errors
    /// When the bucket does not take it.
    pub async fn put(
        &self,
        file: FileId,
        content: &[u8],
        kind: Kind,
        disposition: &str,
    ) -> Result<(), Problem> {
        let content = Uint8Array::from(content);
        let put = put(
            &self.bucket,
            &self.key(file),
            content,
            kind.media_type(),
            disposition,
        );
        done(put).await.map(|_| ())
    }

    /// Forgets the parts of a file that stands.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn remove_parts(&self, ticket: &Ticket) -> Result<(), Problem> {
        done(remove(&self.bucket, self.parts(ticket)))
            .await
            .map(|_| ())
    }

    /// Forgets a file.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn remove(&self, file: FileId) -> Result<(), Problem> {
        let key = Array::of1(&self.key(file).into());
        done(remove(&self.bucket, key)).await.map(|_| ())
    }

    /// Forgets everything that was sent in this conversation.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn remove_all(&self) -> Result<(), Problem> {
        for kind in ["files", "parts"] {
            let prefix = format!("{kind}/{}/", self.conversation);
            done(remove_all(&self.bucket, &prefix)).await?;
        }
        Ok(())
    }

    /// A file, or the part of it that the request asks for; `None` when it is not here.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn send(
        &self,
        file: FileId,
        request: &Request,
        headers: Headers,
    ) -> Result<Option<Response>, Problem> {
        let key = self.key(file);
        let sent = send(&self.bucket, &key, request.inner(), &headers.0);
        let sent = done(sent).await?;
        Ok(sent
            .dyn_into::<web_sys::Response>()
            .ok()
            .map(Response::from))
    }

    fn key(&self, file: FileId) -> String {
        format!("files/{}/{file}", self.conversation)
    }

    fn part(&self, file: FileId, part: u32) -> String {
        format!("parts/{}/{file}/{part}", self.conversation)
    }

    fn parts(&self, ticket: &Ticket) -> Array {
        let parts = 0..way::parts(ticket.size);
        parts
            .map(|part| JsValue::from(self.part(ticket.file, part)))
            .collect()
    }
}

/// The bucket; `None` where the installation has none.
pub fn bucket(env: &Env) -> Option<JsValue> {
    let bucket = worker::js_sys::Reflect::get(env.as_ref(), &"FILES".into()).ok()?;
    bucket.is_object().then_some(bucket)
}

/// Sizes of files are far below 2^53.
#[allow(clippy::cast_precision_loss)]
fn number(size: u64) -> f64 {
    size as f64
}

fn bytes(value: JsValue) -> Option<Vec<u8>> {
    let array: Uint8Array = value.dyn_into().ok()?;
    Some(array.to_vec())
}

async fn done(promise: Promise) -> Result<JsValue, Problem> {
    JsFuture::from(promise).await.map_err(|error| {
        let why = format!("the store of files: {error:?}");
        worker::console_error!("edge: {why}");
        Problem::later(
            "files_unavailable",
            "files cannot be kept at the moment: try again",
        )
    })
}
