//! The tests: those that need a device or a disk of their own need root, and
//! report themselves ignored without.

use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::io::Read as _;
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use senselm_save::{Folder, SaveError, is_stdout, save};
use tempfile::TempDir;

type Test = fn(&Path) -> Result<(), Failed>;

const TESTS: [(&str, Test); 16] = [
    ("a_new_file_has_the_mode_of_the_umask", new_file),
    ("an_existing_file_keeps_its_mode", keeps_mode),
    ("a_link_stays_and_its_target_is_replaced", link),
    ("a_link_to_nothing_makes_its_target", dangling),
    ("links_in_a_circle_are_an_error", circle),
    ("a_fifo_is_written_through", fifo),
    ("a_socket_is_refused", socket),
    ("a_folder_is_refused", folder),
    ("a_missing_folder_is_named", missing_folder),
    ("a_name_may_be_as_long_as_the_system_allows", long_name),
    ("a_neighbour_called_partial_is_left_alone", neighbour),
    ("a_pipe_by_its_descriptor_is_written_to", pipe),
    ("a_file_by_its_descriptor_is_appended_to", descriptor),
    ("only_standard_output_is_standard_output", stdout_by_name),
    (
        "what_belongs_together_is_written_whole_or_not_at_all",
        together,
    ),
    ("a_folder_made_in_vain_goes_again", made_in_vain),
];

const AS_ROOT: [(&str, Test); 5] = [
    ("a_device_is_written_through", device),
    ("a_full_device_is_an_error", full_device),
    ("an_existing_file_keeps_its_owner", keeps_owner),
    ("a_full_disk_leaves_what_was_there", full_disk),
    ("a_mount_point_is_written_in_place", mount_point),
];

const AS_NOBODY: [(&str, Test); 3] = [
    ("a_file_that_must_not_be_written_is_refused", read_only),
    ("a_folder_that_takes_no_file_is_an_error", closed_folder),
    ("a_file_in_a_closed_folder_is_written_in_place", in_place),
];

pub(crate) fn trials() -> Vec<Trial> {
    let root = fs::metadata("/proc/self").is_ok_and(|data| data.uid() == 0);
    let trial = |(name, test): (&str, Test), kind: &str, runs: bool| {
        Trial::test(name, move || {
            let folder = TempDir::new()?;
            test(folder.path())
        })
        .with_kind(kind)
        .with_ignored_flag(!runs)
    };
    let anyone = TESTS.into_iter().map(|test| trial(test, "", true));
    let as_root = AS_ROOT
        .into_iter()
        .map(|test| trial(test, if root { "" } else { "needs root" }, root));
    // Root may write everywhere: a permission says nothing.
    let as_nobody = AS_NOBODY
        .into_iter()
        .map(|test| trial(test, if root { "not as root" } else { "" }, !root));
    anyone.chain(as_root).chain(as_nobody).collect()
}

fn run<S: AsRef<OsStr>>(program: &str, arguments: &[S]) -> Result<(), Failed> {
    let output = Command::new(program).args(arguments).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    output.status.success().then_some(()).ok_or(said.into())
}

fn names(folder: &Path) -> Result<Vec<String>, Failed> {
    let mut names: Vec<String> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<_>>()?;
    names.sort();
    Ok(names)
}

fn mode(path: &Path) -> Result<u32, Failed> {
    Ok(fs::metadata(path)?.mode() & 0o7777)
}

fn new_file(folder: &Path) -> Result<(), Failed> {
    save(&folder.join("saved"), b"new")?;
    File::create(folder.join("plain"))?;
    assert_eq!(fs::read(folder.join("saved"))?, b"new");
    assert_eq!(mode(&folder.join("saved"))?, mode(&folder.join("plain"))?);
    assert_eq!(names(folder)?, ["plain", "saved"]);
    Ok(())
}

fn keeps_mode(folder: &Path) -> Result<(), Failed> {
    let file = folder.join("mine");
    for wanted in [0o600, 0o640, 0o755, 0o666] {
        fs::write(&file, "old")?;
        fs::set_permissions(&file, Permissions::from_mode(wanted))?;
        save(&file, b"new")?;
        assert_eq!(mode(&file)?, wanted);
        assert_eq!(fs::read(&file)?, b"new");
    }
    assert_eq!(names(folder)?, ["mine"]);
    Ok(())
}

fn link(folder: &Path) -> Result<(), Failed> {
    fs::create_dir(folder.join("deep"))?;
    fs::write(folder.join("deep/real"), "old")?;
    symlink("deep/real", folder.join("first"))?;
    symlink(folder.join("first"), folder.join("second"))?;
    save(&folder.join("second"), b"new")?;
    assert!(fs::symlink_metadata(folder.join("second"))?.is_symlink());
    assert!(fs::symlink_metadata(folder.join("first"))?.is_symlink());
    assert!(fs::symlink_metadata(folder.join("deep/real"))?.is_file());
    assert_eq!(fs::read(folder.join("deep/real"))?, b"new");
    Ok(())
}

fn dangling(folder: &Path) -> Result<(), Failed> {
    fs::create_dir(folder.join("deep"))?;
    symlink("deep/to-be", folder.join("link"))?;
    save(&folder.join("link"), b"new")?;
    assert!(fs::symlink_metadata(folder.join("link"))?.is_symlink());
    assert_eq!(fs::read(folder.join("deep/to-be"))?, b"new");
    symlink("nowhere/to-be", folder.join("lost"))?;
    let lost = save(&folder.join("lost"), b"new");
    assert!(matches!(lost, Err(SaveError::NoFolder { .. })), "{lost:?}");
    Ok(())
}

fn circle(folder: &Path) -> Result<(), Failed> {
    symlink("there", folder.join("here"))?;
    symlink("here", folder.join("there"))?;
    let found = save(&folder.join("here"), b"new");
    assert!(matches!(found, Err(SaveError::Write { .. })), "{found:?}");
    assert_eq!(names(folder)?, ["here", "there"]);
    Ok(())
}

fn fifo(folder: &Path) -> Result<(), Failed> {
    let fifo = folder.join("fifo");
    run("mkfifo", &[&fifo])?;
    let reads = fifo.clone();
    let reader = std::thread::spawn(move || fs::read(reads));
    save(&fifo, &[7; 100_000])?;
    let read = reader.join().map_err(|_| "the reader panicked")??;
    assert_eq!(read, [7; 100_000]);
    assert!(fs::symlink_metadata(&fifo)?.file_type().is_fifo());
    Ok(())
}

fn socket(folder: &Path) -> Result<(), Failed> {
    let socket = folder.join("socket");
    let _listens = UnixListener::bind(&socket)?;
    let found = save(&socket, b"new");
    assert!(matches!(found, Err(SaveError::Socket { .. })), "{found:?}");
    assert!(fs::symlink_metadata(&socket)?.file_type().is_socket());
    Ok(())
}

fn folder(folder: &Path) -> Result<(), Failed> {
    symlink(".", folder.join("link"))?;
    for name in ["", "link", "to-be/", "."] {
        let found = save(&folder.join(name), b"new");
        let refused = matches!(found, Err(SaveError::IsFolder { .. }));
        assert!(refused, "{name}: {found:?}");
    }
    assert_eq!(names(folder)?, ["link"]);
    Ok(())
}

fn missing_folder(folder: &Path) -> Result<(), Failed> {
    let Err(error) = save(&folder.join("nowhere/file"), b"new") else {
        return Err("it was written".into());
    };
    assert!(matches!(error, SaveError::NoFolder { .. }), "{error:?}");
    assert!(error.to_string().contains("nowhere"), "{error}");
    fs::write(folder.join("file"), "old")?;
    assert!(save(&folder.join("file/file"), b"new").is_err());
    assert!(save(Path::new(""), b"new").is_err());
    Ok(())
}

fn long_name(folder: &Path) -> Result<(), Failed> {
    let file = folder.join("n".repeat(255));
    save(&file, b"new")?;
    save(&file, b"newer")?;
    assert_eq!(fs::read(&file)?, b"newer");
    Ok(())
}

fn neighbour(folder: &Path) -> Result<(), Failed> {
    fs::write(folder.join("file.partial"), "mine")?;
    save(&folder.join("file"), b"new")?;
    assert_eq!(fs::read(folder.join("file.partial"))?, b"mine");
    assert_eq!(names(folder)?, ["file", "file.partial"]);
    Ok(())
}

fn pipe(_: &Path) -> Result<(), Failed> {
    let (mut reader, writer) = std::io::pipe()?;
    let name = format!("/dev/fd/{}", writer.as_raw_fd());
    save(Path::new(&name), b"through")?;
    drop(writer);
    let mut read = String::new();
    reader.read_to_string(&mut read)?;
    assert_eq!(read, "through");
    assert!(save(Path::new("/dev/fd/98765"), b"new").is_err());
    Ok(())
}

fn descriptor(folder: &Path) -> Result<(), Failed> {
    fs::write(folder.join("log"), "before\n")?;
    let log = File::options().append(true).open(folder.join("log"))?;
    let inode = log.metadata()?.ino();
    let name = format!("/dev/fd/{}", log.as_raw_fd());
    symlink(&name, folder.join("link"))?;
    save(Path::new(&name), b"one\n")?;
    save(&folder.join("link"), b"two\n")?;
    assert_eq!(fs::read(folder.join("log"))?, b"before\none\ntwo\n");
    assert_eq!(fs::metadata(folder.join("log"))?.ino(), inode);
    Ok(())
}

fn stdout_by_name(folder: &Path) -> Result<(), Failed> {
    symlink("/dev/stdout", folder.join("link"))?;
    for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        assert!(is_stdout(Path::new(name)), "{name}");
    }
    assert!(is_stdout(&folder.join("link")));
    let (_reader, writer) = std::io::pipe()?;
    let other = format!("/dev/fd/{}", writer.as_raw_fd());
    for name in ["stdout", "1", "/dev/null", "/dev/fd/98765", &other] {
        assert!(!is_stdout(Path::new(name)), "{name}");
    }
    Ok(())
}

fn together(folder: &Path) -> Result<(), Failed> {
    let results = Folder::create(&folder.join("out"))?;
    results.save_all(&[("one", b"1"), ("two", b"2")])?;
    fs::create_dir(results.path().join("three"))?;
    let found = results.save_all(&[("one", b"3"), ("new", b"3"), ("three", b"3")]);
    assert!(
        matches!(found, Err(SaveError::IsFolder { .. })),
        "{found:?}"
    );
    assert_eq!(fs::read(results.path().join("one"))?, b"1");
    assert_eq!(names(results.path())?, ["one", "three", "two"]);
    Ok(())
}

fn made_in_vain(folder: &Path) -> Result<(), Failed> {
    drop(Folder::create(&folder.join("a/b/c"))?);
    assert_eq!(names(folder)?, Vec::<String>::new());
    let kept = Folder::create(&folder.join("d/e"))?;
    kept.save_all(&[("file", b"")])?;
    drop(kept);
    assert_eq!(names(&folder.join("d/e"))?, ["file"]);
    fs::create_dir(folder.join("empty"))?;
    drop(Folder::create(&folder.join("empty"))?);
    assert!(folder.join("empty").is_dir());
    fs::write(folder.join("file"), "")?;
    for name in ["file", "file/below"] {
        let found = Folder::create(&folder.join(name));
        assert!(
            matches!(found, Err(SaveError::NotFolder { .. })),
            "{found:?}"
        );
    }
    Ok(())
}

fn device(folder: &Path) -> Result<(), Failed> {
    let null = folder.join("null");
    run(
        "mknod",
        &[
            null.as_os_str(),
            OsStr::new("c"),
            OsStr::new("1"),
            OsStr::new("3"),
        ],
    )?;
    symlink("null", folder.join("link"))?;
    for name in [&null, &folder.join("link")] {
        save(name, b"gone")?;
        assert!(fs::symlink_metadata(&null)?.file_type().is_char_device());
    }
    assert_eq!(names(folder)?, ["link", "null"]);
    Ok(())
}

fn full_device(folder: &Path) -> Result<(), Failed> {
    let full = folder.join("full");
    run(
        "mknod",
        &[
            full.as_os_str(),
            OsStr::new("c"),
            OsStr::new("1"),
            OsStr::new("7"),
        ],
    )?;
    let found = save(&full, b"new");
    assert!(matches!(found, Err(SaveError::Write { .. })), "{found:?}");
    assert!(fs::symlink_metadata(&full)?.file_type().is_char_device());
    Ok(())
}

fn keeps_owner(folder: &Path) -> Result<(), Failed> {
    let file = folder.join("theirs");
    fs::write(&file, "old")?;
    std::os::unix::fs::chown(&file, Some(12_345), Some(54_321))?;
    fs::set_permissions(&file, Permissions::from_mode(0o460))?;
    save(&file, b"new")?;
    let data = fs::metadata(&file)?;
    assert_eq!((data.uid(), data.gid()), (12_345, 54_321));
    assert_eq!(mode(&file)?, 0o460);
    assert_eq!(fs::read(&file)?, b"new");
    Ok(())
}

/// A disk, mounted for as long as this lives.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    fn mount(at: &'a Path, size: &str) -> Result<Self, Failed> {
        let options = ["-t", "tmpfs", "-o", size, "tmpfs"].map(OsStr::new);
        run("mount", &[&options[..], &[at.as_os_str()]].concat())?;
        Ok(Self(at))
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = run("umount", &[self.0]);
    }
}

fn full_disk(folder: &Path) -> Result<(), Failed> {
    let disk = Disk::mount(folder, "size=64k")?;
    let file = folder.join("file");
    save(&file, b"good")?;
    for name in ["file", "other"] {
        let found = save(&folder.join(name), &[7; 200_000]);
        assert!(matches!(found, Err(SaveError::Write { .. })), "{found:?}");
        assert_eq!(fs::read(&file)?, b"good");
        assert_eq!(names(folder)?, ["file"]);
    }
    let results = Folder::create(&folder.join("out/deep"))?;
    let some = [7; 20_000];
    let files: Vec<(&str, &[u8])> = ["a", "b", "c", "d"].map(|name| (name, &some[..])).into();
    assert!(results.save_all(&files).is_err());
    drop(results);
    assert_eq!(names(folder)?, ["file"]);
    drop(disk);
    Ok(())
}

fn mount_point(folder: &Path) -> Result<(), Failed> {
    fs::write(folder.join("outside"), "old and long")?;
    fs::write(folder.join("inside"), "")?;
    let (outside, inside) = (folder.join("outside"), folder.join("inside"));
    run(
        "mount",
        &[
            OsStr::new("--bind"),
            outside.as_os_str(),
            inside.as_os_str(),
        ],
    )?;
    let saved = save(&inside, b"new");
    run("umount", &[&inside])?;
    saved?;
    assert_eq!(fs::read(&outside)?, b"new");
    assert_eq!(names(folder)?, ["inside", "outside"]);
    Ok(())
}

fn read_only(folder: &Path) -> Result<(), Failed> {
    let file = folder.join("file");
    fs::write(&file, "old")?;
    fs::set_permissions(&file, Permissions::from_mode(0o444))?;
    let found = save(&file, b"new");
    assert!(
        matches!(found, Err(SaveError::ReadOnly { .. })),
        "{found:?}"
    );
    assert_eq!(fs::read(&file)?, b"old");
    Ok(())
}

fn closed_folder(folder: &Path) -> Result<(), Failed> {
    let closed = folder.join("closed");
    fs::create_dir(&closed)?;
    fs::set_permissions(&closed, Permissions::from_mode(0o555))?;
    let found = save(&closed.join("file"), b"new");
    assert!(matches!(found, Err(SaveError::Write { .. })), "{found:?}");
    Ok(())
}

fn in_place(folder: &Path) -> Result<(), Failed> {
    let closed = folder.join("closed");
    fs::create_dir(&closed)?;
    fs::write(closed.join("file"), "old and long")?;
    fs::set_permissions(&closed, Permissions::from_mode(0o555))?;
    let saved = save(&closed.join("file"), b"new");
    fs::set_permissions(&closed, Permissions::from_mode(0o755))?;
    saved?;
    assert_eq!(fs::read(closed.join("file"))?, b"new");
    assert_eq!(names(&closed)?, ["file"]);
    Ok(())
}
