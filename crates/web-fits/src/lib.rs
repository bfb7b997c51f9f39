//! Whether data is of the kind that a model was trained on, for JavaScript, as a module
//! of its own: the runtime answers windows, and this looks at them.
//!
//! Windows cross as typed arrays; what a recording states and what is said of it as
//! JSON, with the names that `senselm check --json` has. No rule is here.

use senselm_sensor::{
    Fits, Gathered, NamedChannel, Profile, Reason, Recent, Stated, Told, Verdict, Window,
};
use serde::Serialize;
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

/// The most channels of a model.
const MAX_CHANNELS: usize = 4096;

/// The windows of a recording, or the latest ones of a stream.
#[wasm_bindgen]
pub struct Windows {
    profile: Option<Profile>,
    channels: usize,
    gathered: Coming,
}

/// Whether all windows count, or the latest ones.
enum Coming {
    All(Gathered),
    Lately(Recent),
}

/// What is said of some windows, in figures and in words.
#[derive(Serialize)]
struct Said<'a> {
    verdict: Verdict,
    windows: u64,
    reasons: Vec<Told<'a>>,
}

#[wasm_bindgen]
impl Windows {
    /// None so far, for a model with these channels and the profile of its file;
    /// `lately` for a stream, of which only the latest windows count.
    ///
    /// # Errors
    /// Where the profile is none of these channels.
    #[wasm_bindgen(constructor)]
    pub fn new(
        names: Vec<String>,
        units: Vec<String>,
        profile: Option<String>,
        lately: bool,
    ) -> Result<Self, JsError> {
        if names.len() != units.len() || names.len() > MAX_CHANNELS {
            return Err(JsError::new("every channel has a name and a unit"));
        }
        let known = names.iter().map(String::as_str);
        let profile = profile.map(|text| Profile::of_channels(known, &text));
        let profile = profile
            .transpose()
            .map_err(|_| JsError::new("the profile of the model's file is damaged"))?;
        let channels = names.len();
        let named = names.into_iter().zip(units);
        let gathered = Gathered::of_channels(
            named
                .map(|(name, unit)| NamedChannel { name, unit })
                .collect(),
        );
        Ok(Self {
            profile,
            channels,
            gathered: match lately {
                true => Coming::Lately(Recent::new(gathered)),
                false => Coming::All(gathered),
            },
        })
    }

    /// Takes a window: the samples of its channels one behind the other, NaN where one
    /// is missing, and how many each channel has. `span_s` is the time from its first
    /// reading to its last in seconds, or NaN.
    ///
    /// # Errors
    /// Where there are more or fewer samples than the lengths say.
    pub fn push(&mut self, samples: &[f64], lengths: &[u32], span_s: f64) -> Result<(), JsError> {
        let mut rest = samples;
        let mut channels = Vec::with_capacity(lengths.len());
        for &length in lengths {
            let Some((channel, behind)) = rest.split_at_checked(length as usize) else {
                return Err(JsError::new("there are fewer samples than the lengths say"));
            };
            channels.push(channel.to_vec());
            rest = behind;
        }
        if !rest.is_empty() || channels.len() != self.channels {
            return Err(JsError::new("a window has samples for each channel"));
        }
        let window = Window { channels };
        match &mut self.gathered {
            Coming::All(gathered) => gathered.push(&window),
            Coming::Lately(recent) => recent.push(&window, Some(span_s)),
        }
        Ok(())
    }

    /// Whether the windows fit, as JSON; `stated` is what the recording states, as JSON.
    ///
    /// # Errors
    /// Where `stated` has another shape.
    pub fn fits(&self, stated: &str) -> Result<String, JsError> {
        let stated: Stated = serde_json::from_str(stated)?;
        let fits = match (&self.profile, &self.gathered) {
            (Some(profile), Coming::All(gathered)) => gathered.fits(profile, &stated),
            (Some(profile), Coming::Lately(recent)) => recent.fits(profile),
            (None, Coming::All(gathered)) => Fits::unknown(gathered.windows()),
            (None, Coming::Lately(recent)) => Fits::unknown(recent.windows()),
        };
        Ok(serde_json::to_string(&Said {
            verdict: fits.verdict,
            windows: fits.windows,
            reasons: fits.reasons.iter().map(Reason::told).collect(),
        })?)
    }
}
