//! Waits until the second file is there. The names are those that `wasm_split` asks of its runtime.

use std::cell::Cell;
use std::ffi::c_void;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use super::split::Missing;

/// Called once, with what came with it and whether the file is there.
pub type LoadCallbackFn = unsafe extern "C" fn(*const c_void, bool);
type LoadFn = unsafe extern "C" fn(LoadCallbackFn, *const c_void);

/// The function of the script that loads the file; it loads none twice.
pub struct LazySplitLoader(LoadFn);

impl LazySplitLoader {
    /// # Safety
    /// `load` calls what it gets exactly once, with the pointer that it gets.
    pub const unsafe fn new(load: LoadFn) -> Self {
        Self(load)
    }
}

/// One who waits.
#[derive(Default)]
struct Waiting {
    is_loaded: Cell<Option<bool>>,
    waker: Cell<Option<Waker>>,
}

/// Loads the file, if it is not there yet.
///
/// # Errors
/// It did not come. Who asks again tries again.
pub async fn ensure_loaded(loader: Pin<&'static LazySplitLoader>) -> Result<(), Missing> {
    let waiting = Rc::new(Waiting::default());
    let pointer = Rc::into_raw(Rc::clone(&waiting)).cast();
    // SAFETY: `done` takes the pointer back, and is called once.
    unsafe { (loader.0)(done, pointer) };
    let is_loaded = poll_fn(|context| match waiting.is_loaded.get() {
        Some(is_loaded) => Poll::Ready(is_loaded),
        None => {
            waiting.waker.set(Some(context.waker().clone()));
            Poll::Pending
        }
    });
    if is_loaded.await {
        Ok(())
    } else {
        Err(Missing)
    }
}

unsafe extern "C" fn done(waiting: *const c_void, is_loaded: bool) {
    // SAFETY: the pointer is the one that `ensure_loaded` gave away.
    let waiting = unsafe { Rc::<Waiting>::from_raw(waiting.cast()) };
    waiting.is_loaded.set(Some(is_loaded));
    if let Some(waker) = waiting.waker.take() {
        waker.wake();
    }
}
