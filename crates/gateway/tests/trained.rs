//! Committed models under wasmtime: the breathing model of its recipe, the one with
//! every operator, and the one of the normal.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gateway::{CompileCache, Program, ProgramOptions, find_guest};
use senselm_session::{Answer, LoadOptions, Session, Window};
use senselm_tests::rendered;
use senselm_tests::trained::{MOST_OFF, path, rates, sinusoid};

/// Every rate is answered, and with the text of the native session.
fn every_rate_of_breathing_is_answered() -> Result<(), Failed> {
    let file = path("breathing");
    let bytes = Arc::new(std::fs::read(&file)?);
    let mut native = Session::load(bytes, LoadOptions::default())?;
    let options = ProgramOptions {
        cache: CompileCache::Off,
        ..ProgramOptions::default()
    };
    let mut guest = Program::load(&find_guest(None)?, &file, options)?.start()?;
    for cpm in rates() {
        let window = Window {
            channels: vec![sinusoid(cpm, 0.0)],
        };
        let Answer::Number(found) = guest.answer(&window)? else {
            return Err("not a number".into());
        };
        let expected = native.number(&window)?;
        if (found.value - cpm).abs() > MOST_OFF || found.text != expected.text {
            let (found, native) = (found.text, expected.text);
            return Err(format!("{cpm}: answered {found}, natively {native}").into());
        }
    }
    Ok(())
}

/// Prompts are written as on every other host.
fn prompts_are_those_of_every_host() -> Result<(), Failed> {
    let options = ProgramOptions {
        cache: CompileCache::Off,
        ..ProgramOptions::default()
    };
    let mut guest = Program::load(&find_guest(None)?, &path("shapes"), options)?.start()?;
    let expected = std::fs::read_to_string(rendered::prompts())?;
    let mut lines = expected.lines();
    for (at, channels) in rendered::windows().into_iter().enumerate() {
        let found = guest.prompt(&Window { channels })?;
        let expected = lines.next().ok_or("too few prompts")?;
        if found != expected {
            return Err(format!("window {at}: {found:?} instead of {expected:?}").into());
        }
    }
    Ok(())
}

/// Windows are scored as on every other host.
fn scores_are_those_of_every_host() -> Result<(), Failed> {
    let options = ProgramOptions {
        cache: CompileCache::Off,
        ..ProgramOptions::default()
    };
    let mut guest = Program::load(&find_guest(None)?, &path("normal"), options)?.start()?;
    let expected = std::fs::read_to_string(rendered::scores())?;
    let mut lines = expected.lines();
    for (at, channels) in rendered::windows().into_iter().enumerate() {
        let answer = guest.answer(&Window { channels })?;
        let expected: f64 = lines.next().ok_or("too few scores")?.parse()?;
        let score = answer.anomaly().ok_or("no score")?;
        if (score - expected).abs() >= rendered::SCORE_OFF {
            return Err(format!("window {at}: {score} instead of {expected}").into());
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let built = find_guest(None).is_ok();
    if !built {
        println!("ignored: the guest is not built, run cargo xtask wasm");
    }
    let trials = vec![
        Trial::test(
            "every_rate_of_breathing_is_answered",
            every_rate_of_breathing_is_answered,
        ),
        Trial::test(
            "prompts_are_those_of_every_host",
            prompts_are_those_of_every_host,
        ),
        Trial::test(
            "scores_are_those_of_every_host",
            scores_are_those_of_every_host,
        ),
    ];
    let trials = trials.into_iter();
    let trials = trials.map(|trial| trial.with_ignored_flag(!built));
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}
