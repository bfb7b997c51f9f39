//! The sections of a recipe behind its data, as TOML with comments that say why.

use std::fmt::Write;

use senselm_sensor::{
    Encode, FeatureKind, FeatureWrite, Layout, Missing, ResampleMethod, Scale, Source, Task,
};

use super::front_end::MISSING;
use super::toml::{of_layout, of_source, quoted};
use crate::seen::Seen;
use crate::show::short;

impl Seen {
    pub(super) fn front_end_text(&self, text: &mut String) {
        let spec = self.front_end();
        let _ = writeln!(text, "[front_end]\ntemplate = {}", quoted(&spec.template));
        match &spec.layout {
            Layout::Stream { length, .. } if self.sizes.len() > 1 => {
                let others = self.sizes.iter().filter(|size| size.length != *length);
                let others = others.map(|size| format!("{} every {}", size.length, size.stride));
                let others: Vec<String> = others.collect();
                let _ = writeln!(text, "# Worth a try as well: {}.", others.join(", "));
            }
            Layout::Cells { .. } | Layout::SideBySide { .. } => {
                let _ = writeln!(
                    text,
                    "# Lengths are those that were seen, with some to spare where they differ."
                );
            }
            _ => {}
        }
        let _ = writeln!(text, "layout = {}", of_layout(&spec.layout));
        for (channel, seen) in spec.channels.iter().zip(&self.channels) {
            let _ = writeln!(text, "\n[[front_end.channels]]");
            let _ = writeln!(text, "name = {}", quoted(&channel.name));
            if !channel.unit.is_empty() {
                let _ = writeln!(text, "unit = {}", quoted(&channel.unit));
            }
            let _ = writeln!(text, "source = {}", of_source(&channel.source));
            if let Some(rate) = channel.sample_rate_hz {
                let _ = writeln!(text, "sample_rate_hz = {rate:?}");
            }
            if !channel.missing_values.is_empty() {
                let codes = channel
                    .missing_values
                    .iter()
                    .map(|code| format!("{code:?}"));
                let codes = codes.collect::<Vec<_>>().join(", ");
                let _ = writeln!(text, "# Stand for a missing sample, as you said.");
                let _ = writeln!(text, "missing_values = [{codes}]");
            }
            let missing = match &channel.missing {
                Missing::Symbol { .. } => {
                    format!("{{ kind = \"symbol\", text = {} }}", quoted(MISSING))
                }
                _ => format!("{{ kind = \"interpolate\", empty = {} }}", quoted(MISSING)),
            };
            let _ = writeln!(text, "missing = {missing}");
            if let [step] = channel.resample.as_slice() {
                let method = match step.method {
                    ResampleMethod::Mean => "mean",
                    ResampleMethod::Linear => "linear",
                };
                let points = step.points;
                let _ = writeln!(
                    text,
                    "resample = [{{ points = {points}, method = \"{method}\" }}]"
                );
            }
            if let Scale::Global { min, max } = channel.scale {
                let quantiles = &seen.quantiles;
                let (low, high) = (short(quantiles.min), short(quantiles.max));
                let _ = writeln!(
                    text,
                    "# All but a hundredth at each end of {low} to {high}."
                );
                let _ = writeln!(
                    text,
                    "scale = {{ kind = \"global\", min = {min:?}, max = {max:?} }}"
                );
            }
            if let Some(Encode::Levels {
                count, alphabet, ..
            }) = &channel.encode
            {
                let alphabet = quoted(alphabet.as_deref().unwrap_or_default());
                let _ = writeln!(
                    text,
                    "encode = {{ kind = \"levels\", count = {count}, alphabet = {alphabet} }}"
                );
            }
            if channel.features.is_empty() {
                continue;
            }
            let _ = writeln!(text, "features = [");
            for feature in &channel.features {
                let kind = if feature.of == (FeatureKind::Mean {}) {
                    "mean"
                } else {
                    "std"
                };
                if let FeatureWrite::Levels {
                    count,
                    alphabet,
                    min,
                    max,
                } = &feature.write
                {
                    let alphabet = quoted(alphabet.as_deref().unwrap_or_default());
                    let _ = writeln!(
                        text,
                        "    {{ name = \"{kind}\", of = {{ kind = \"{kind}\" }}, write = {{ kind = \"levels\", count = {count}, alphabet = {alphabet}, min = {min:?}, max = {max:?} }} }},"
                    );
                }
            }
            let _ = writeln!(text, "]");
        }
        text.push('\n');
    }

    pub(super) fn task_text(&self, text: &mut String) {
        let column = |source: &Source| match of_source(source) {
            column if column == "\"output\"" => String::new(),
            column => format!("column = {column}\n"),
        };
        match &self.task {
            Some(Task::Classify {
                labels,
                label_values,
                column: source,
                ..
            }) => {
                let labels: Vec<String> = labels.iter().map(|label| quoted(label)).collect();
                let _ = writeln!(
                    text,
                    "[task]\nkind = \"classify\"\nlabels = [{}]",
                    labels.join(", ")
                );
                if !label_values.is_empty() {
                    let values = label_values.iter();
                    let values =
                        values.map(|(from, to)| format!("{} = {}", quoted(from), quoted(to)));
                    let values: Vec<String> = values.collect();
                    let _ = writeln!(text, "# Other spellings of the same numbers.");
                    let _ = writeln!(text, "label_values = {{ {} }}", values.join(", "));
                }
                text.push_str(&column(source));
            }
            Some(Task::Number {
                min,
                max,
                decimals,
                width,
                unit,
                column: source,
            }) => {
                let _ = writeln!(text, "# A tenth wider on each side than what was seen.");
                let _ = writeln!(
                    text,
                    "[task]\nkind = \"number\"\nmin = {min:?}\nmax = {max:?}\ndecimals = {decimals}\nwidth = {width}\nunit = {}",
                    quoted(unit)
                );
                text.push_str(&column(source));
            }
            Some(Task::Generate { .. } | Task::Anomaly(_)) | None => {
                let _ = writeln!(
                    text,
                    "# No [task]: there are no answers to learn. What is normal here is learned by `senselm fit`, which\n# finds the numbers of a task of kind \"anomaly\"."
                );
            }
        }
        text.push('\n');
    }

    pub(super) fn model_text(&self, text: &mut String) {
        let _ = write!(
            text,
            "\
[model]
layers = 2
heads = 4
width = 64
initial = {{ position_waves = 0.1, ordered_levels = 0.1 }}

# A default that suits hundreds of windows.
[train]
steps = 600
batch = 32
learning_rate = 2e-3
warmup = 50
ema = 0.98
dropout = 0.1
window_loss = 0.25
evaluate_every = 200

[augment]
noise = 0.005

[export]
type = \"F16\"

[card]
data = {}
",
            quoted(&self.files_named())
        );
    }

    fn files_named(&self) -> String {
        let named = |file: &crate::SeenFile| {
            let name = file.path.file_name().unwrap_or(file.path.as_os_str());
            name.to_string_lossy().into_owned()
        };
        let names: Vec<String> = self.files.iter().take(3).map(named).collect();
        match self.files.len().saturating_sub(3) {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }
}
