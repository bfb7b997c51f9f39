//! The models of the committed recipes.

#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::sync::Arc;

use senselm_gguf::{Gguf, keys};
use senselm_sensor::{FrontEnd, Task};
use senselm_session::{LoadOptions, Session, Window};
use senselm_tests::trained::{MOST_BYTES, MOST_OFF, RECIPES, path, rates, sinusoid};

fn load(recipe: &str) -> Session {
    let bytes = std::fs::read(path(recipe)).unwrap();
    Session::load(Arc::new(bytes), LoadOptions::default()).unwrap()
}

#[test]
fn every_rate_of_breathing_is_answered() {
    let mut session = load("breathing");
    let mut wrong = Vec::new();
    for cpm in rates() {
        for eighth in 0..8 {
            let window = Window {
                channels: vec![sinusoid(cpm, f64::from(eighth) / 8.0)],
            };
            let number = session.number(&window).unwrap();
            if (number.value - cpm).abs() > MOST_OFF {
                wrong.push((cpm, eighth, number.text));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "rate, eighth of a cycle, answer: {wrong:?}"
    );
}

/// What the page says is what the file does, field by field: the shape of the
/// specification puts defaults and numbers into one form.
#[test]
fn the_bundled_model_asks_as_the_page_says() {
    let root = senselm_tests::workspace_root();
    let page = std::fs::read_to_string(root.join("docs/front-end.md")).unwrap();
    let (_, block) = page.split_once("```json pump\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let page: serde_json::Value = serde_json::from_str(block).unwrap();
    let bytes = std::fs::read(root.join("models/pump.gguf")).unwrap();
    let session = Session::load(Arc::new(bytes), LoadOptions::default()).unwrap();
    let front_end = FrontEnd::from_json(&page["front_end"].to_string()).unwrap();
    assert_eq!(session.front_end().unwrap().spec(), front_end.spec());
    let task = Task::from_json(&page["task"].to_string()).unwrap();
    assert_eq!(session.task(), Some(&task));
}

/// Whatever of the specification is read another way, files that there are keep their
/// meaning and what is written of it its form.
#[test]
fn what_models_say_is_written_back_byte_for_byte() {
    let root = senselm_tests::workspace_root();
    let mut read = 0;
    for folder in ["models", "tests/models"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "gguf") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let gguf = Gguf::parse(&bytes).unwrap();
            let text = |key| gguf.metadata().str(key).unwrap();
            let front_end = FrontEnd::from_json(text(keys::SENSELM_FRONT_END)).unwrap();
            let written = serde_json::to_string(front_end.spec()).unwrap();
            assert_eq!(written, text(keys::SENSELM_FRONT_END), "{path:?}");
            let task = Task::from_json(text(keys::SENSELM_TASK)).unwrap();
            assert_eq!(task.to_json(), text(keys::SENSELM_TASK), "{path:?}");
            read += 1;
        }
    }
    assert!(read >= RECIPES.len(), "{read} models");
}

#[test]
fn trained_models_are_small_and_complete() {
    for (recipe, _) in RECIPES {
        let bytes = std::fs::metadata(path(recipe)).unwrap().len();
        assert!(bytes <= MOST_BYTES, "{recipe}: {bytes} bytes");
        let session = load(recipe);
        assert_eq!(session.info().name.as_deref(), Some(recipe));
        assert!(session.task().is_some() && session.info().metrics.is_some());
    }
}
