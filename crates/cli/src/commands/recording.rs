//! What the commands that read a recording have in common.

use anyhow::Result;
use clap::{Args, ValueEnum};
use senselm_decode::{Encoding, Unknown};
use senselm_readings::rows::Delimiter;
use senselm_readings::{Decimal, HeaderLine, Problem, TimeForm, Told};
use senselm_sensor::{
    BadRow, BadRows, CsvOptions, Dataset, SensorError, Task, Truth, Truths, Warning,
};
use senselm_session::{AnswerLine, SessionError};

use super::inspect::is_simulated;
use crate::diagnostics::note;
use crate::exit::{Exit, UsageError};
use crate::input::{Input, InputError};
use crate::runtime::Runtime;

/// What to do with a row that cannot be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Policy {
    /// Leave it out, say so, and exit with 4
    #[default]
    Skip,
    /// Stop at the first one and exit with 3
    Fail,
}

/// Says on standard error where a model knows simulated data only.
pub(super) fn say_simulated(runtime: &Runtime) {
    if is_simulated(runtime.info().card.as_ref()) {
        note!("this model was trained on simulated data");
    }
}

/// What somebody knows about how a recording is written. Without it, it is read
/// where only one reading is possible.
#[derive(Args, Clone, Copy, Debug, Default)]
pub(crate) struct ToldArgs {
    /// What stands between fields: comma, semicolon, tab, pipe or space
    #[arg(long, value_name = "NAME", value_parser = delimiter)]
    delimiter: Option<Delimiter>,
    /// What stands before decimals: point or comma
    #[arg(long, value_name = "NAME", value_parser = decimal)]
    decimal: Option<Decimal>,
    /// How times are written: s, ms, us, ns, min, h, days, ymd, dmy, mdy or clock
    #[arg(long, value_name = "FORM", value_parser = times)]
    times: Option<TimeForm>,
    /// The line that names the columns, from 1, or none
    #[arg(long, value_name = "LINE|none", value_parser = header_line)]
    header_line: Option<HeaderLine>,
    /// Readings a second, where the times do not say it rightly
    #[arg(long, value_name = "HZ", value_parser = rate)]
    rate: Option<f64>,
    /// The encoding, such as windows-1252, where it is neither UTF-8 nor UTF-16
    #[arg(long, value_name = "NAME", value_parser = senselm_decode::encoding)]
    encoding: Option<&'static Encoding>,
}

fn delimiter(name: &str) -> Result<Delimiter, String> {
    Delimiter::from_name(name)
        .ok_or_else(|| "must be comma, semicolon, tab, pipe or space".to_owned())
}

fn decimal(name: &str) -> Result<Decimal, String> {
    Decimal::from_name(name).ok_or_else(|| "must be point or comma".to_owned())
}

fn times(name: &str) -> Result<TimeForm, String> {
    TimeForm::from_name(name).ok_or_else(|| {
        let names = TimeForm::ALL.map(TimeForm::name).join(", ");
        format!("must be one of {names}")
    })
}

fn header_line(text: &str) -> Result<HeaderLine, String> {
    match text.parse() {
        Ok(line @ 1..) => Ok(HeaderLine::Line(line)),
        _ if text == "none" => Ok(HeaderLine::Nowhere),
        _ => Err("must be the number of a line, from 1, or none".to_owned()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 && f64::is_finite(rate) => Ok(rate),
        _ => Err("must be a number above 0".to_owned()),
    }
}

impl ToldArgs {
    /// Without the encoding, as the rules of reading take it.
    pub(crate) fn told(&self) -> Told {
        Told {
            delimiter: self.delimiter,
            decimal: self.decimal,
            times: self.times,
            header_line: self.header_line,
            rate_hz: self.rate,
        }
    }

    /// The encoding, where one was said.
    pub(crate) fn encoding(&self) -> Option<&'static Encoding> {
        self.encoding
    }

    /// The rate of windows that come as JSON: how a CSV file is written is not
    /// asked about them.
    pub(crate) fn rate_of_windows(&self) -> Result<Option<f64>, UsageError> {
        let of_csv = [
            ("--delimiter", self.delimiter.is_some()),
            ("--decimal", self.decimal.is_some()),
            ("--times", self.times.is_some()),
            ("--header-line", self.header_line.is_some()),
            ("--encoding", self.encoding.is_some()),
        ];
        match of_csv.iter().find(|(_, said)| *said) {
            Some((option, _)) => Err(UsageError(format!(
                "{option} says how a CSV file is written; windows are lines of JSON in UTF-8"
            ))),
            None => Ok(self.rate),
        }
    }

    /// The text of an input; standard error hears of another encoding than
    /// UTF-8.
    pub(crate) fn text(&self, input: &Input) -> Result<Vec<u8>> {
        let decoded = senselm_decode::decode(input.read()?, self.encoding);
        let decoded = decoded.map_err(|problem| InputError::Undecided {
            path: input.to_string(),
            problem: problem.to_string(),
            ask: match problem {
                Unknown::Encoding => "; say --encoding, such as --encoding windows-1251".to_owned(),
                _ => String::new(),
            },
        })?;
        if let (Some(encoding), None) = (decoded.encoding, self.encoding) {
            note!("{input}: read as {encoding}");
        }
        Ok(decoded.text)
    }
}

/// What an option would decide, as the end of a sentence.
pub(crate) fn ask(problem: &Problem) -> String {
    let choices = problem.choices();
    let options = choices
        .iter()
        .map(|(setting, value)| format!("--{} {value}", setting.replace('_', "-")));
    match options.collect::<Vec<_>>().join(" or ") {
        options if options.is_empty() => options,
        options => format!("; say {options}"),
    }
}

/// Reads a recording with the model's front end and says on standard error
/// what was not as expected.
pub(super) fn read(
    runtime: &Runtime,
    input: &Input,
    policy: Policy,
    told: &ToldArgs,
) -> Result<Dataset> {
    read_but(runtime, input, policy, told, None)
}

/// As [`read`], and one warning is as it should be.
pub(super) fn read_but(
    runtime: &Runtime,
    input: &Input,
    policy: Policy,
    told: &ToldArgs,
    usual: Option<&Warning>,
) -> Result<Dataset> {
    let options = CsvOptions {
        bad_rows: match policy {
            Policy::Skip => BadRows::Skip,
            Policy::Fail => BadRows::Fail,
        },
        truths: Truths::Optional,
        told: told.told(),
    };
    let text = told.text(input)?;
    let mut dataset = match runtime.read_csv(&text, &options) {
        Ok(dataset) => dataset,
        Err(error) => return Err(undecided(input, error)),
    };
    dataset.warnings.retain(|warning| Some(warning) != usual);
    for warning in &dataset.warnings {
        note!("{input}: {warning}");
    }
    for bad in &dataset.bad {
        note!("{input}: left out: {bad}");
    }
    Ok(dataset)
}

/// Checks the rate that windows are said to have.
pub(super) fn check_rate(runtime: &Runtime, input: &Input, rate_hz: Option<f64>) -> Result<()> {
    let front_end = runtime.session().front_end();
    match (front_end, rate_hz) {
        (Some(front_end), Some(rate_hz)) => front_end
            .check_rate(rate_hz)
            .map_err(|error| undecided(input, error.into())),
        _ => Ok(()),
    }
}

/// The error of a recording, with the options that would decide.
pub(super) fn undecided(input: &Input, error: SessionError) -> anyhow::Error {
    let ask = match &error {
        SessionError::Sensor(SensorError::Table(Problem::OtherRate { expected_hz, .. })) => {
            format!("; say --rate {expected_hz} if the readings are those of the model")
        }
        SessionError::Sensor(SensorError::Table(problem)) => ask(problem),
        _ => String::new(),
    };
    if ask.is_empty() {
        return anyhow::Error::new(error).context(input.to_string());
    }
    InputError::Undecided {
        path: input.to_string(),
        problem: error.to_string(),
        ask,
    }
    .into()
}

/// The exit code for a recording that was worked through.
pub(super) fn exit(bad: &[BadRow]) -> Exit {
    if bad.is_empty() {
        Exit::Done
    } else {
        Exit::Partial
    }
}

/// A truth as a model would write it.
pub(super) fn truth_text(task: &Task, truth: &Truth) -> String {
    AnswerLine::truth_text(task, truth)
}
