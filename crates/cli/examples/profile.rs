//! Writes the profile of its training into a model that was trained before files had
//! one. Nothing else of the file changes: the tensors are byte for byte as they were.
//!
//! `cargo run -p senselm-cli --no-default-features --example profile -- MODEL TRAIN.csv VALIDATION.csv OUT`,
//! and for a model of simulated pumps, by the settings of its recipe,
//! `... -- MODEL simulate:SEED:WINDOWS simulate:SEED:WINDOWS OUT`.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use senselm_gguf::{Gguf, Writer, keys};
use senselm_sensor::{BadRows, Layout, Profile, Quantiles, Source, Stated, Validation, Window};
use senselm_session::{Answer, LoadOptions, Session};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, train, validation, out] = arguments.as_slice() else {
        bail!("usage: profile MODEL TRAIN VALIDATION OUT");
    };
    let bytes = std::fs::read(model).context(model.clone())?;
    let mut session = Session::load(Arc::new(bytes.clone()), LoadOptions::default())?;
    let (windows, stated) = recording(&session, train)?;
    let front_end = session.front_end().context("a sensor model")?;
    let profile = Profile::gather(front_end, &windows, &stated);
    let mut profile = profile.context("windows to train on")?;
    let (windows, _) = recording(&session, validation)?;
    profile.validation = Some(taken(&mut session, &windows)?);
    std::fs::write(out, with_profile(&bytes, &profile)?)?;
    Ok(())
}

/// The windows with a right answer, and what their recording states.
fn recording(session: &Session, from: &str) -> Result<(Vec<Window>, Stated)> {
    if let Some(settings) = from.strip_prefix("simulate:") {
        let (seed, count) = settings.split_once(':').context("SEED:WINDOWS")?;
        let windows = simulated(session, seed.parse()?, count.parse()?)?;
        return Ok((windows, Stated::default()));
    }
    let text = std::fs::read(Path::new(from)).context(from.to_owned())?;
    let dataset = session.read_csv(&text, BadRows::Skip)?;
    let labelled = dataset.records.into_iter().filter(|r| r.truth.is_some());
    Ok((labelled.map(|r| r.window).collect(), dataset.stated))
}

/// Windows of simulated pumps, with the channels that the model reads.
fn simulated(session: &Session, seed: u64, count: u32) -> Result<Vec<Window>> {
    let front_end = session.front_end().context("a sensor model")?;
    let Layout::Stream { length, .. } = &front_end.spec().layout else {
        bail!("the pump is a stream");
    };
    let places = front_end.channels().iter().map(|channel| {
        let mut known = senselm_simulate::CHANNELS.iter();
        let place = known.position(|known| channel.source == Source::Name(known.name.into()));
        place.with_context(|| format!("the pump has no {}", channel.name))
    });
    let places = places.collect::<Result<Vec<usize>>>()?;
    let windows = senselm_simulate::windows(seed, count, u32::try_from(*length)?, None);
    let chosen = windows.into_iter().map(|record| Window {
        channels: places
            .iter()
            .filter_map(|&at| record.window.channels.get(at).cloned())
            .collect(),
    });
    Ok(chosen.collect())
}

/// How the model takes windows.
fn taken(session: &mut Session, windows: &[Window]) -> Result<Validation> {
    let (mut certain, mut anomalous) = (Vec::new(), Vec::new());
    for answer in session.answer_all(windows)? {
        let answer = answer?;
        anomalous.extend(answer.anomaly());
        if let Answer::Classification(answer) = answer {
            certain.push(answer.probability);
        }
    }
    Ok(Validation {
        windows: windows.len() as u64,
        certainty: Quantiles::of(&certain),
        anomaly: Quantiles::of(&anomalous),
    })
}

fn with_profile(bytes: &[u8], profile: &Profile) -> Result<Vec<u8>> {
    let file = Gguf::parse(bytes)?;
    let mut writer = Writer::of(&file)?;
    writer.set(keys::SENSELM_SCHEMA_VERSION, keys::SCHEMA_VERSION)?;
    writer.set(keys::SENSELM_PROFILE, profile.to_json())?;
    Ok(writer.to_bytes()?)
}
