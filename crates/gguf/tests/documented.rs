//! The names of the keys and the page that documents them are kept together.

#[test]
fn every_key_is_documented() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/file-format.md");
    let page = std::fs::read_to_string(page).expect("docs/file-format.md");
    let source = include_str!("../src/keys.rs");
    let keys: Vec<&str> = source
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| text.contains('.') && !text.ends_with('.'))
        .collect();
    assert!(keys.len() > 25, "the keys are found in the source");
    for key in keys {
        assert!(page.contains(&format!("| `{key}` |")), "{key} is missing");
    }
}
