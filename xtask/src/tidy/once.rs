//! What stands once: lists that decide what something is or means, of which a
//! second one would drift away.

use super::Report;

/// A list and the one file that has it.
struct List {
    /// What is in it.
    what: &'static str,
    /// Entries that nothing else is called by.
    entries: &'static [&'static str],
    /// Whether an entry may be one word of a text, as in `blk.0.ffn_up.weight`.
    in_words: bool,
    /// Where it stands, and files of types that a test compares with it.
    homes: &'static [&'static str],
}

const LISTS: &[List] = &[
    List {
        what: "the name of a tensor",
        entries: &[
            "attn_norm",
            "attn_output",
            "attn_qkv",
            "c_attn",
            "c_fc",
            "c_proj",
            "ffn_down",
            "ffn_norm",
            "ffn_up",
            "lm_head",
            "ln_1",
            "ln_2",
            "ln_f",
            "output_norm",
            "position_embd",
            "token_embd",
            "wpe",
            "wte",
        ],
        in_words: true,
        homes: &["crates/arch/src/kind.rs"],
    },
    List {
        what: "a word for a missing value",
        entries: &[
            "#n/a",
            "#name?",
            "(null)",
            "1.#",
            "1.#qnan",
            "n/a",
            "no data",
            "nodata",
            "not available",
            "overrange",
            "unavailable",
        ],
        in_words: false,
        homes: &["crates/readings/src/missing.rs"],
    },
    List {
        what: "a form of times",
        entries: &["dmy", "mdy", "ymd"],
        in_words: false,
        homes: &["crates/readings/src/time.rs", "www/src/sources/format.ts"],
    },
    List {
        what: "a unit of times",
        entries: &["micros", "millis", "msec", "nanos", "nsec", "usec"],
        in_words: false,
        homes: &["crates/readings/src/time/form.rs"],
    },
];

/// The largest sizes of a model.
const BOUNDS: &[&str] = &["MAX_LAYERS", "MAX_CONTEXT", "MAX_FF_WIDTH", "MAX_VOCAB"];

/// Where they are.
const BOUNDS_HOME: &str = "crates/arch/src/config.rs";

/// Where sources of the product are.
const PRODUCT: &[&str] = &["crates/", "web/src/", "www/src/"];

/// Checks a source of the product; its tests may name whatever they look for.
pub(super) fn check(path: &str, text: &str, report: &mut Report) {
    let is_source = [".rs", ".ts", ".svelte"]
        .iter()
        .any(|end| path.ends_with(end));
    let is_product = PRODUCT.iter().any(|start| path.starts_with(start));
    let is_test = path.ends_with("tests.rs")
        || ["/tests/", "/benches/", "/examples/"]
            .iter()
            .any(|part| path.contains(part));
    if !is_source || !is_product || is_test {
        return;
    }
    let code = text.lines().take_while(|line| *line != "#[cfg(test)]");
    let found = code.enumerate().find_map(|(index, line)| {
        let code = line.split("//").next().unwrap_or_default();
        let (what, entry, home) = second(path, code)?;
        Some((index + 1, what, entry, home))
    });
    report.check(found.is_none(), || {
        let (line, what, entry, home) = found.unwrap_or_default();
        format!("{path}:{line}: {entry} is {what}: {home} has the one list")
    });
}

/// What of a list a line says outside of its home.
fn second(path: &str, code: &str) -> Option<(&'static str, &'static str, &'static str)> {
    let of_list = LISTS
        .iter()
        .filter(|list| !list.homes.contains(&path))
        .find_map(|list| {
            let entry = list
                .entries
                .iter()
                .find(|entry| list.is_said(code, entry))?;
            Some((list.what, *entry, list.homes[0]))
        });
    let of_bounds = || {
        let is_declared = |name: &&&str| code.contains(&format!("const {name}:"));
        let name = BOUNDS.iter().find(is_declared)?;
        (path != BOUNDS_HOME).then_some(("a bound of models", *name, BOUNDS_HOME))
    };
    of_list.or_else(of_bounds)
}

impl List {
    /// Whether a text in a line of code is an entry, or has it in it.
    fn is_said(&self, code: &str, entry: &str) -> bool {
        code.split('"').skip(1).step_by(2).any(|text| {
            let mut words = text.split(['.', ' ', '{', '}']);
            text.eq_ignore_ascii_case(entry) || self.in_words && words.any(|word| word == entry)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(path: &str, text: &str) -> usize {
        let mut report = Report::default();
        check(path, text, &mut report);
        report.violations.len()
    }

    #[test]
    fn a_second_list_is_found() {
        for (path, text) in [
            (
                "crates/convert/src/names.rs",
                "let x = \"blk.{i}.ffn_up.weight\";\n",
            ),
            ("crates/session/src/lib.rs", "[\"nan\", \"N/A\"]\n"),
            (
                "www/src/batch/guess.ts",
                "  const words = [\"unavailable\"];\n",
            ),
            ("web/src/times.ts", "case \"dmy\":\n"),
            (
                "crates/train/src/model.rs",
                "const MAX_LAYERS: usize = 4;\n",
            ),
        ] {
            assert_eq!(violations(path, text), 1, "{path}");
        }
    }

    #[test]
    fn homes_tests_and_code_may_say_it() {
        let named = "let x = \"blk.0.ffn_up.weight\";\n";
        assert_eq!(violations("crates/arch/src/kind.rs", named), 0);
        assert_eq!(violations("crates/gpt/tests/model.rs", named), 0);
        assert_eq!(violations("xtask/src/tidy/once.rs", named), 0);
        let tests = format!("#[cfg(test)]\nmod tests {{ {named} }}");
        assert_eq!(violations("crates/gpt/src/load.rs", &tests), 0);
        let field = "let x = &mut layer.ffn_up; // as in \"ffn_up\"\n";
        assert_eq!(violations("crates/train/src/model/lora.rs", field), 0);
        let sentence = "format!(\"the answer is unavailable\")\n";
        assert_eq!(violations("crates/cli/src/main.rs", sentence), 0);
    }
}
