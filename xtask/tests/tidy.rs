//! The invariants of ARCHITECTURE.md hold.

#[test]
fn invariants_hold() {
    let report = xtask::tidy::check(&xtask::workspace_root()).expect("cargo and git answer");
    assert!(
        report.violations.is_empty(),
        "{}",
        report.violations.join("\n")
    );
    assert!(report.checks > 100, "only {} checks ran", report.checks);
}
