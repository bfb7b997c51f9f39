//! What a name leads to, one test for each kind; nodes are made in folders of
//! the tests, and nothing outside them is written to.

#[cfg(unix)]
mod unix;

#[cfg(unix)]
fn main() {
    let arguments = libtest_mimic::Arguments::from_args();
    libtest_mimic::run(&arguments, unix::trials()).exit();
}

#[cfg(not(unix))]
fn main() {}
