//! Which scripts and styles of the built dashboard are fetched when.
//!
//! The page names what it starts with, and the bundler lists for every part that
//! is loaded later which files come with it; no bundler runs here.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, ensure};

/// Files that are fetched together, as paths from the built folder.
pub(super) type Files = BTreeSet<String>;

/// The dashboard, as a browser fetches it.
pub(super) struct Page {
    /// What every visit fetches.
    pub(super) first: Files,
    /// What else is fetched when a part is opened, by the part's name. Views end
    /// in `View`.
    pub(super) parts: Vec<(String, Files)>,
}

impl Page {
    /// Reads the page that was built into `folder`.
    ///
    /// # Errors
    /// When a file is missing, or the bundler writes its lists in another way.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let html = read(&folder.join("index.html"))?;
        let first: Files = attributes(&html)
            .filter_map(|address| address.strip_prefix("./"))
            .filter(|path| is_fetched(path))
            .map(Into::into)
            .collect();
        ensure!(!first.is_empty(), "index.html names no scripts");
        let mut parts = Vec::new();
        for entry in std::fs::read_dir(folder.join("assets"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "js") {
                parts.extend(parts_of(&read(&path)?)?);
            }
        }
        ensure!(!parts.is_empty(), "no part of the page is loaded later");
        for (_, files) in &mut parts {
            files.retain(|file| !first.contains(file));
        }
        parts.sort();
        parts.dedup();
        Ok(Self { first, parts })
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("{} is missing: run npm run build", path.display()))
}

fn is_fetched(path: &str) -> bool {
    let extension = Path::new(path).extension();
    extension.is_some_and(|extension| extension == "js" || extension == "css")
}

/// The values of `src` and `href` in a page.
fn attributes(html: &str) -> impl Iterator<Item = &str> {
    let values = |name: &'static str| {
        html.split(name)
            .skip(1)
            .filter_map(|behind| behind.split('"').next())
    };
    values("src=\"").chain(values("href=\""))
}

/// The parts that a script loads later, each with the files that come with it.
fn parts_of(script: &str) -> anyhow::Result<Vec<(String, Files)>> {
    let mut parts = Vec::new();
    for behind in script.split("import(`./").skip(1) {
        let (file, rest) = behind.split_once('`').context("an import without an end")?;
        let mut files = Files::from([format!("assets/{file}")]);
        if let Some(listed) = rest.strip_prefix("),__vite__mapDeps([") {
            let (indices, _) = listed.split_once(']').context("a list without an end")?;
            let all = listed_files(script)?;
            for index in indices.split(',').filter(|index| !index.is_empty()) {
                let index: usize = index.parse().context("no index of a file")?;
                let file = all.get(index).context("no such file in the list")?;
                files.insert(format!("assets/{file}"));
            }
        }
        parts.push((name(file).into(), files));
    }
    Ok(parts)
}

/// The name of a file before the hash that the bundler gives it, in whose eight
/// letters a hyphen may be.
fn name(file: &str) -> &str {
    const HASH: usize = "-CG-z1PdI".len();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let end = stem.len().saturating_sub(HASH);
    match stem.get(end..) {
        Some(hash) if end > 0 && hash.starts_with('-') => stem.get(..end).unwrap_or(stem),
        _ => stem,
    }
}

/// The files that a script's lists refer to.
fn listed_files(script: &str) -> anyhow::Result<Vec<&str>> {
    let lists = script
        .split_once("m.f=[")
        .and_then(|(_, list)| list.split_once(']'));
    let (list, _) = lists.context("a script refers to a list of files that it has not")?;
    let files = list.split(',').map(|file| file.trim_matches('"'));
    files
        .map(|file| file.strip_prefix("./").context("a file beside no script"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_no_name_whatever_its_letters() {
        for (file, expected) in [
            ("mqtt-ObiOskU2.js", "mqtt"),
            ("mqtt-CG-z1PdI.js", "mqtt"),
            ("reader.worker-C-V2w1sK.js", "reader.worker"),
            ("theme.js", "theme"),
            ("-CG-z1PdI.js", "-CG-z1PdI"),
        ] {
            assert_eq!(name(file), expected);
        }
    }

    #[test]
    fn a_part_comes_with_its_list() {
        let script = r#"const __vite__mapDeps=(i,m=0,d=(m.f||(m.f=["./AView-1_-a.js","./b-2.css"])))=>i;
            x(()=>import(`./AView-1_-a.js`),__vite__mapDeps([0,1]),import.meta.url);
            import(`./ar-ObiOskU2.js`)"#;
        let parts = parts_of(script).expect("lists are read");
        let expected = |files: &[&str]| files.iter().map(|file| (*file).into()).collect::<Files>();
        assert_eq!(
            parts[0].1,
            expected(&["assets/AView-1_-a.js", "assets/b-2.css"])
        );
        assert_eq!(
            parts[1],
            ("ar".into(), expected(&["assets/ar-ObiOskU2.js"]))
        );
    }

    #[test]
    fn a_list_that_is_not_there_is_an_error() {
        assert!(parts_of("import(`./a-1.js`),__vite__mapDeps([0])").is_err());
    }
}
