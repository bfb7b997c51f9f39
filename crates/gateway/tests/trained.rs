//! The breathing model of the committed recipe, under wasmtime.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_gateway::{CompileCache, Program, ProgramOptions, find_guest};
use senselm_session::{Answer, LoadOptions, Session, Window};
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

fn main() -> ExitCode {
    let built = find_guest(None).is_ok();
    if !built {
        println!("ignored: the guest is not built, run cargo xtask wasm");
    }
    let name = "every_rate_of_breathing_is_answered";
    let trial = Trial::test(name, every_rate_of_breathing_is_answered).with_ignored_flag(!built);
    libtest_mimic::run(&Arguments::from_args(), vec![trial]).exit_code()
}
