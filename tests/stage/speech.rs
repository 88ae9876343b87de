//! Speech as people make it, by espeak-ng and sox; and what there is to hear in a recording.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use tempfile::NamedTempFile;

use crate::browser::Browser;
use crate::scratch;

/// What there is to hear.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Heard {
    /// In seconds.
    pub seconds: f64,
    /// Samples in a second.
    pub rate: f64,
    /// The root of the mean square of the samples, of which 1 is the loudest: speech has 0.02 and more.
    pub loudness: f64,
}

impl Heard {
    /// Holds that it is speech of about that length.
    ///
    /// # Errors
    /// When it is not.
    pub fn is_speech(&self, seconds: std::ops::Range<f64>) -> Result<()> {
        let is_long = seconds.contains(&self.seconds);
        ensure!(
            is_long && self.loudness > 0.01,
            "{self:?}, not {seconds:?} of speech"
        );
        Ok(())
    }
}

/// A file with somebody who says those words in a language: WAV, 48 kHz, one channel, with a moment before and after.
///
/// # Errors
/// When one of the programs is missing, or fails.
pub fn says(words: &str, language: &str) -> Result<NamedTempFile> {
    let raw = file()?;
    runs(
        Command::new("espeak-ng")
            .args(["-v", language, "-w"])
            .arg(raw.path())
            .arg(words),
    )?;
    let speech = file()?;
    let mut sox = Command::new("sox");
    sox.arg(raw.path())
        .args(["-b", "16", "-r", "48000", "-c", "1"]);
    runs(
        sox.arg(speech.path())
            .args(["pad", "0.3", "0.3", "norm", "-3"]),
    )?;
    Ok(speech)
}

/// The bytes of such a file.
///
/// # Errors
/// When one of the programs is missing, or fails.
pub fn spoken(words: &str, language: &str) -> Result<Vec<u8>> {
    Ok(std::fs::read(says(words, language)?.path())?)
}

/// The same as Ogg, in which Firefox records.
///
/// # Errors
/// When sox is missing, or fails.
pub fn as_ogg(wav: &[u8]) -> Result<Vec<u8>> {
    let mut from = file()?;
    from.write_all(wav)?;
    let to = tempfile::Builder::new()
        .suffix(".ogg")
        .tempfile_in(scratch())?;
    runs(Command::new("sox").arg(from.path()).arg(to.path()))?;
    Ok(std::fs::read(to.path())?)
}

fn file() -> Result<NamedTempFile> {
    let named = tempfile::Builder::new()
        .prefix("bellhop-speech-")
        .suffix(".wav")
        .tempfile_in(scratch());
    Ok(named?)
}

fn runs(command: &mut Command) -> Result<()> {
    let name = Path::new(command.get_program()).display().to_string();
    let missing = || format!("{name} makes the speech of the journeys: run `cargo xtask setup`");
    let done = command
        .stdin(Stdio::null())
        .output()
        .with_context(missing)?;
    let said = String::from_utf8_lossy(&done.stderr);
    ensure!(done.status.success(), "{name}: {said}");
    Ok(())
}

/// What there is to hear in WAV of 16 bits.
///
/// # Errors
/// When it is none.
pub fn heard_in_wav(bytes: &[u8]) -> Result<Heard> {
    let is_wav = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE");
    ensure!(is_wav, "no WAV");
    let number = |at: usize, length: usize| -> Result<u32> {
        let part = bytes.get(at..at + length).context("cut off")?;
        Ok(part
            .iter()
            .rev()
            .fold(0, |number, byte| number << 8 | u32::from(*byte)))
    };
    let (mut at, mut rate, mut channels) = (12, 0, 0);
    loop {
        let length = usize::try_from(number(at + 4, 4)?)?;
        match bytes.get(at..at + 4).context("no sound in it")? {
            b"fmt " => {
                channels = number(at + 10, 2)?;
                rate = number(at + 12, 4)?;
                ensure!(
                    number(at + 8, 2)? == 1 && number(at + 22, 2)? == 16,
                    "not of 16 bits"
                );
            }
            b"data" => {
                let samples = bytes.get(at + 8..at + 8 + length).context("cut off")?;
                let samples = samples
                    .chunks_exact(2)
                    .filter_map(|pair| pair.try_into().ok());
                let samples: Vec<f64> = samples
                    .map(|pair| f64::from(i16::from_le_bytes(pair)) / 32_768.0)
                    .collect();
                return Ok(heard(&samples, f64::from(rate * channels)));
            }
            _ => (),
        }
        at += 8 + length + length % 2;
    }
}

fn heard(samples: &[f64], rate: f64) -> Heard {
    #[expect(clippy::cast_precision_loss, reason = "a recording has fewer samples")]
    let count = samples.len() as f64;
    let sum: f64 = samples.iter().map(|sample| sample * sample).sum();
    Heard {
        seconds: count / rate,
        rate,
        loudness: (sum / count).sqrt(),
    }
}

/// What there is to hear in a recording of any kind, as a browser decodes it, at the rate that it was recorded with.
///
/// # Errors
/// When it is none.
pub async fn heard_by(browser: &Browser, bytes: &[u8]) -> Result<Heard> {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    let script = "const done = arguments[arguments.length - 1];
        const bytes = Uint8Array.from(atob(arguments[0]), (letter) => letter.charCodeAt(0));
        new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes.buffer).then((sound) => {
            const samples = sound.getChannelData(0);
            let sum = 0;
            for (const sample of samples) sum += sample * sample;
            done({ seconds: sound.duration, rate: sound.sampleRate, loudness: Math.sqrt(sum / samples.length) });
        }, (error) => done(String(error)))";
    let told = browser
        .driver()
        .execute_async(script, vec![json!(text)])
        .await?;
    told.convert()
        .with_context(|| format!("no sound: {:?}", told.json()))
}
