//! What stands beside a vocabulary in a Hugging Face folder: added tokens,
//! the names of special ones, and settings.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::error::excerpt;
use crate::files::{END_OF_TEXT, TokenizerFiles, read_json};
use crate::numbered::Numbered;
use crate::{TokenKind, TokenizeError, TokenizeWarning};

const ADDED: &str = "added_tokens.json";
const MAP: &str = "special_tokens_map.json";
const CONFIG: &str = "tokenizer_config.json";

/// The settings that hold one special token each.
const ROLES: [&str; 7] = [
    "bos_token",
    "eos_token",
    "unk_token",
    "sep_token",
    "pad_token",
    "cls_token",
    "mask_token",
];
/// The setting that holds a list of them.
const MORE: &str = "additional_special_tokens";

/// Tokenizers whose `vocab.json` and `merges.txt` are read as GPT-2's.
const CLASSES: [&str; 6] = [
    "GPT2Tokenizer",
    "GPT2TokenizerFast",
    "CodeGenTokenizer",
    "CodeGenTokenizerFast",
    "PreTrainedTokenizerFast",
    "TokenizersBackend",
];

/// Everything beside the vocabulary.
#[derive(Default)]
pub(crate) struct Beside {
    added: Vec<Added>,
    named: Vec<Named>,
    settings: Settings,
}

/// A token that was added to a vocabulary.
struct Added {
    id: u32,
    text: String,
    special: bool,
}

/// A special token and what it is named as.
struct Named {
    file: &'static str,
    role: &'static str,
    text: String,
}

/// A file that names special tokens among other settings.
#[derive(Default, Deserialize)]
struct Settings {
    #[serde(default)]
    added_tokens_decoder: Option<BTreeMap<String, Written>>,
    #[serde(default)]
    add_bos_token: Option<bool>,
    #[serde(default)]
    add_eos_token: Option<bool>,
    #[serde(default)]
    add_prefix_space: Option<bool>,
    #[serde(default)]
    tokenizer_class: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// A token as these files write it.
#[derive(Deserialize)]
pub(crate) struct Written {
    pub(crate) content: String,
    #[serde(default)]
    single_word: bool,
    #[serde(default)]
    lstrip: bool,
    #[serde(default)]
    rstrip: bool,
    #[serde(default)]
    pub(crate) special: bool,
}

impl Written {
    /// Refuses a token that takes the spaces around it, or only whole words.
    pub(crate) fn check(
        &self,
        file: &'static str,
        field: &'static str,
    ) -> Result<(), TokenizeError> {
        if self.single_word || self.lstrip || self.rstrip {
            return Err(TokenizeError::UnsupportedSetting {
                file,
                field,
                found: format!(
                    "{:?} with single_word, lstrip or rstrip",
                    excerpt(&self.content)
                ),
                expected: "none of the three",
            });
        }
        Ok(())
    }
}

impl Beside {
    pub(crate) fn read(files: &TokenizerFiles<'_>) -> Result<Self, TokenizeError> {
        let mut beside = Self::default();
        if let Some(text) = files.added_tokens_json {
            let added: BTreeMap<String, u32> = read_json(ADDED, text)?;
            beside.added = added
                .into_iter()
                .map(|(text, id)| Added {
                    id,
                    text,
                    special: false,
                })
                .collect();
        }
        if let Some(text) = files.special_tokens_map_json {
            let map: Settings = read_json(MAP, text)?;
            beside.take_names(MAP, &map.others)?;
        }
        if let Some(text) = files.tokenizer_config_json {
            let mut config: Settings = read_json(CONFIG, text)?;
            for (id, token) in config.added_tokens_decoder.take().into_iter().flatten() {
                token.check(CONFIG, "added_tokens_decoder")?;
                let id = id.parse().map_err(|_| TokenizeError::UnsupportedSetting {
                    file: CONFIG,
                    field: "an id in added_tokens_decoder",
                    found: excerpt(&id),
                    expected: "a number",
                })?;
                beside.added.push(Added {
                    id,
                    text: token.content,
                    special: token.special,
                });
            }
            beside.take_names(CONFIG, &config.others)?;
            beside.settings = config;
        }
        Ok(beside)
    }

    fn take_names(
        &mut self,
        file: &'static str,
        settings: &BTreeMap<String, Value>,
    ) -> Result<(), TokenizeError> {
        for role in ROLES {
            if let Some(value) = settings.get(role).filter(|value| !value.is_null()) {
                let text = written(file, role, value)?;
                self.named.push(Named { file, role, text });
            }
        }
        let more = settings.get(MORE).and_then(Value::as_array);
        for value in more.into_iter().flatten() {
            let text = written(file, MORE, value)?;
            self.named.push(Named {
                file,
                role: MORE,
                text,
            });
        }
        Ok(())
    }

    /// Refuses settings by which `vocab.json` and `merges.txt` mean something
    /// else than GPT-2's. A `tokenizer.json` says itself what it means.
    pub(crate) fn check_class(&self) -> Result<(), TokenizeError> {
        let class = self.settings.tokenizer_class.as_deref();
        match class.filter(|class| !CLASSES.contains(class)) {
            Some(class) => Err(TokenizeError::UnsupportedSetting {
                file: CONFIG,
                field: "tokenizer_class",
                found: excerpt(&class),
                expected: "GPT2Tokenizer",
            }),
            None => Ok(()),
        }
    }

    /// Refuses the space that some models have put in front of every text.
    pub(crate) fn check_prefix_space(&self) -> Result<(), TokenizeError> {
        if self.settings.add_prefix_space == Some(true) {
            return Err(TokenizeError::UnsupportedSetting {
                file: CONFIG,
                field: "add_prefix_space",
                found: true.to_string(),
                expected: "false",
            });
        }
        Ok(())
    }

    /// Whether a beginning is put in front of every text, where it is said.
    pub(crate) fn adds_bos(&self) -> Option<bool> {
        self.settings.add_bos_token
    }

    /// Whether an end is put behind every text.
    pub(crate) fn adds_eos(&self) -> bool {
        self.settings.add_eos_token == Some(true)
    }

    /// Adds the added tokens, and marks the special ones.
    ///
    /// # Errors
    /// As [`Numbered::add`].
    pub(crate) fn add_to(
        &self,
        tokens: &mut Numbered,
    ) -> Result<Vec<TokenizeWarning>, TokenizeError> {
        for added in &self.added {
            let kind = if added.special || added.text == END_OF_TEXT {
                TokenKind::Control
            } else {
                TokenKind::UserDefined
            };
            tokens.add(added.id, &added.text, kind)?;
        }
        let mut without_id = Vec::new();
        for named in &self.named {
            match tokens.id(&named.text) {
                Some(id) => tokens.add(id, &named.text, TokenKind::Control)?,
                None => {
                    let warning = TokenizeWarning::NoId {
                        name: named.role.to_owned(),
                        token: excerpt(&named.text),
                    };
                    if !without_id.contains(&warning) {
                        without_id.push(warning);
                    }
                }
            }
        }
        Ok(without_id)
    }

    /// The token that is named as `role`, where it has an id.
    ///
    /// # Errors
    /// [`TokenizeError::Disagree`] where two files name different ones.
    pub(crate) fn named(
        &self,
        role: &'static str,
        tokens: &Numbered,
    ) -> Result<Option<u32>, TokenizeError> {
        let mut named = self.named.iter().filter(|named| named.role == role);
        let Some(first) = named.next() else {
            return Ok(None);
        };
        match named.find(|second| second.text != first.text) {
            Some(second) => Err(TokenizeError::Disagree {
                what: role,
                first_file: first.file,
                first: excerpt(&first.text),
                second_file: second.file,
                second: excerpt(&second.text),
            }),
            None => Ok(tokens.id(&first.text)),
        }
    }
}

/// The text of a token that is a string, or an object with its `content`.
fn written(
    file: &'static str,
    field: &'static str,
    value: &Value,
) -> Result<String, TokenizeError> {
    if let Value::String(text) = value {
        return Ok(text.clone());
    }
    let token = Written::deserialize(value).map_err(|_| TokenizeError::UnsupportedSetting {
        file,
        field,
        found: excerpt(value),
        expected: "a token",
    })?;
    token.check(file, field)?;
    Ok(token.content)
}
