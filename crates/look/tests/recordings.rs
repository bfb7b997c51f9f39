//! What is seen in recordings by other people.

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Failed, Trial};
use senselm_look::{Group, Options, Role, Seen, look};
use senselm_sensor::{FrontEnd, Layout, Task};

/// Folder, channels, rows to learn from, labels, group.
const EXPECTED: [(&str, usize, u64, usize, &str); 12] = [
    ("gesture", 4, 501, 3, "window"),
    ("localisation", 8, 280, 3, "window"),
    ("breathing", 1, 8, 0, "window"),
    ("occupancy", 5, 10_808, 2, "stretch"),
    ("shoulder", 6, 166_904, 7, "subject"),
    ("panel/GunPoint", 1, 50, 2, "window"),
    ("panel/BasicMotions", 6, 40, 4, "window"),
    ("panel/ArrowHead", 1, 36, 3, "window"),
    ("panel/OSULeaf", 1, 200, 6, "window"),
    ("panel/PickupGestureWiimoteZ", 1, 50, 10, "window"),
    ("anomaly/bleeding", 1, 1_200, 0, "stretch"),
    ("anomaly/ecg", 1, 10_000, 0, "stretch"),
];

/// Where recordings are, as in the other crates' tests, whose crate brings a whole
/// runtime along.
fn data_dir() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let named = std::env::var_os("SENSELM_DATA").map(PathBuf::from);
    let mut folders = named.into_iter().chain([beside]);
    folders.find_map(|folder| Some(folder.join("data")).filter(|data| data.is_dir()))
}

fn main() {
    let arguments = Arguments::from_args();
    let data = data_dir();
    if data.is_none() {
        println!("ignored: no recordings: set SENSELM_DATA to the folder that holds data/");
    }
    let trials = EXPECTED.map(|expected| {
        let folder = data.clone().unwrap_or_default();
        let trial = Trial::test(expected.0, move || holds(&folder, expected));
        trial.with_ignored_flag(data.is_none())
    });
    libtest_mimic::run(&arguments, trials.into()).exit();
}

fn holds(
    data: &Path,
    (folder, channels, rows, labels, group): (&str, usize, u64, usize, &str),
) -> Result<(), Failed> {
    let seen = look(&[data.join(folder)], &Options::default())?;
    let found = (
        seen.channels.len(),
        seen.rows,
        seen.task.as_ref().map_or(0, |t| t.labels().len()),
    );
    if found != (channels, rows, labels) || seen.group.name() != group {
        return Err(format!("{found:?} {:?}\n{seen}", seen.group).into());
    }
    let number = matches!(seen.task, Some(Task::Number { .. }));
    if number != (folder == "breathing") {
        return Err(format!("{:?}", seen.task).into());
    }
    if seen.is_stream() && seen.rate_hz.is_none() {
        return Err("no rate".into());
    }
    windows(&seen)
}

/// Windows are read, each with its answer, and none crosses a person.
fn windows(seen: &Seen) -> Result<(), Failed> {
    let windows = seen.windows(&FrontEnd::new(seen.front_end())?, Role::Train)?;
    let each = matches!(seen.layout, Layout::Cells { .. } | Layout::Rows { .. });
    let trained = seen.files.iter().filter(|file| file.role == Role::Train);
    let rows: u64 = trained.map(|file| file.rows).sum();
    if windows.records.is_empty() || (each && windows.records.len() as u64 != rows) {
        return Err(format!("{} windows of {rows} rows", windows.records.len()).into());
    }
    let answered = windows
        .records
        .iter()
        .filter(|record| record.truth.is_some())
        .count();
    let all = if seen.task.is_some() {
        windows.records.len()
    } else {
        0
    };
    if answered != all || windows.group.len() != windows.records.len() {
        return Err(format!("{answered} answers of {all}").into());
    }
    if matches!(seen.group, Group::Column { .. }) && windows.groups.len() < 2 {
        return Err(format!("{:?}", windows.groups).into());
    }
    Ok(())
}
