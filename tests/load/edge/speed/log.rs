//! A long log: what it takes to open it, to carry it, and to scroll through it.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::json;
use stage::browser::{Browser, Screen};

use super::chat_with;
use crate::peer::Peer;
use crate::report::{Report, Table};

/// A frame that a person sees as a jerk, in milliseconds.
const FRAME_MAX_MS: f64 = 50.0;

/// How far a frame goes, in CSS pixels.
const STEP_PX: i32 = 600;

/// The longest that anything here takes.
const LIMIT: Duration = Duration::from_secs(120);

/// What a page holds.
struct Held {
    /// The page's process, all in.
    memory_mb: f64,
    heap_mb: f64,
    elements: f64,
}

/// Frames of a scroll, in milliseconds.
#[derive(Deserialize)]
struct Frames {
    count: f64,
    median: f64,
    longest: f64,
    over: f64,
}

pub async fn measure(report: &mut Report, peer: &mut Peer) -> Result<()> {
    let columns = ["open, ms", "memory, MB", "JS heap, MB", "elements"];
    let mut held = Table::new("log of", &columns);
    let columns = ["frames", "ms median", "longest", "over 50 ms"];
    let mut scrolled = Table::new("scroll of 10,000 messages", &columns);
    for messages in [10, 2_000, 10_000] {
        let (opened, _room) = chat_with(peer, messages, Screen::PHONE).await?;
        let browser = &opened.browser;
        let start = Instant::now();
        browser.reloads().await?;
        browser
            .until_within(LIMIT, "the log", SHOWS_END, &[json!(messages)])
            .await
            .map(|_: bool| ())?;
        let elapsed = start.elapsed().as_secs_f64() * 1e3;
        let Held {
            memory_mb,
            heap_mb,
            elements,
        } = holds(browser).await?;
        held.row(
            format!("{messages} messages"),
            [elapsed, memory_mb, heap_mb, elements].map(Some),
        );
        if messages == 10_000 {
            for (name, direction) in [("to the first", -1), ("back to the last", 1)] {
                let frames = scrolls(browser, direction).await?;
                let what = format!("frames over {FRAME_MAX_MS} ms, {name}");
                report.check(what, frames.over, 0.0);
                let Frames {
                    count,
                    median,
                    longest,
                    over,
                } = frames;
                scrolled.row(name, [count, median, longest, over].map(Some));
            }
        }
        opened.quit().await?;
    }
    report.add(held);
    report.add(scrolled);
    Ok(())
}

/// The number of the last message stands at the start of its text.
const SHOWS_END: &str = "const log = document.querySelector('.log');
    const last = [...log.querySelectorAll('.message__bubble')].at(-1);
    return parseInt(last?.textContent) == arguments[0] - 1";

async fn holds(browser: &Browser) -> Result<Held> {
    let cdp = browser.driver().cdp();
    cdp.send_raw("HeapProfiler.collectGarbage", json!({}))
        .await?;
    let heap = cdp.send_raw("Runtime.getHeapUsage", json!({})).await?;
    let used = heap["usedSize"].as_f64();
    let script = "return document.querySelectorAll('*').length";
    Ok(Held {
        memory_mb: memory_of_page()?,
        heap_mb: used.with_context(|| format!("no size: {heap}"))? / 1e6,
        elements: browser.runs(script, &[]).await?,
    })
}

/// What the process of the page holds that is no file, in megabytes: of the only browser that this run has open. Of
/// its processes that draw pages, the one with the page is the largest.
fn memory_of_page() -> Result<f64> {
    let mut largest = 0.0_f64;
    let mut next = vec![std::process::id()];
    while let Some(process) = next.pop() {
        let read = |name: &str| fs::read_to_string(format!("/proc/{process}/{name}"));
        let children = read(&format!("task/{process}/children")).unwrap_or_default();
        next.extend(children.split_whitespace().flat_map(str::parse::<u32>));
        if !read("cmdline").is_ok_and(|line| line.contains("--type=renderer")) {
            continue;
        }
        let status = read("status").unwrap_or_default();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        largest = largest.max(kilobytes.unwrap_or("0").parse::<f64>()? / 1e3);
    }
    Ok(largest)
}

/// Scrolls through the whole log, as fast as a finger flings it.
async fn scrolls(browser: &Browser, direction: i32) -> Result<Frames> {
    let start = "const [step, limit, wanted] = arguments;
        const log = document.querySelector('.log');
        const frames = [];
        self.frames = undefined;
        let last;
        const isThere = (before) => {
            if (log.scrollTop != before) return false;
            const bubbles = log.querySelectorAll('.message__bubble');
            return [...bubbles].at(step < 0 ? 0 : -1).textContent.trim().startsWith(wanted);
        };
        const end = () => {
            frames.shift();
            frames.sort((a, b) => a - b);
            self.frames = {
                count: frames.length,
                median: frames[frames.length >> 1],
                longest: frames.at(-1),
                over: frames.filter((frame) => frame > limit).length,
            };
        };
        const next = (now) => {
            if (last) frames.push(now - last);
            last = now;
            const before = log.scrollTop;
            log.scrollTop += step;
            isThere(before) ? end() : requestAnimationFrame(next);
        };
        requestAnimationFrame(next)";
    let wanted = if direction < 0 { "Hello" } else { "00009999" };
    let arguments = [
        json!(STEP_PX * direction),
        json!(FRAME_MAX_MS),
        json!(wanted),
    ];
    browser.runs::<()>(start, &arguments).await?;
    let there = "return self.frames ?? false";
    browser
        .until_within(LIMIT, "the end of the log", there, &[])
        .await
}
