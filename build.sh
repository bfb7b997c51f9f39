#!/usr/bin/env bash
# The two commands of senselm. Chores live in xtask; this only chains them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'END'
./build.sh run [--once]   build, answer a bundled recording in the terminal, then
                          serve the page at http://127.0.0.1:8787
                          (--once stops after the terminal part)
./build.sh test [STAGE...]  every check, or only the stages that are named:
    lint      formatting, clippy, the invariants of ARCHITECTURE.md, licences
    web       the wasm builds, the npm package and the page: lint, types, sizes
    gpu       models and the program on a GPU, in software where there is none
    rust      every Rust test, the guest under wasmtime included
    arm       kernels, formats, front end and sessions on aarch64, under qemu
    browser   headless Chromium
./build.sh soak NAME      a chore that takes longer than a test may; its figures
                          go to docs/soak (--list says which there are)
./build.sh bench [...]    measure senselm beside every peer that is installed,
                          natively, in wasmtime and in Chromium (--help says more)

The first run compiles everything: about 10 minutes for `run` and less than 60 is meant for
`test` on two cores, which prints what each stage took and what was skipped.
END
}

say() { printf '\n==> %s\n' "$*"; }
die() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Installs Debian packages where this user may, and says what to do where not.
debian_install() {
    local sudo=""
    [ "$(id -u)" = 0 ] || sudo="sudo -n"
    have apt-get && { [ -z "$sudo" ] || $sudo true 2>/dev/null; } || return 1
    say "Installing $* with apt-get"
    $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "$@" >/dev/null
}

need_rust() {
    have cargo || die "Rust is missing. Install rustup from https://rustup.rs and run this again."
    have cc || debian_install gcc libc6-dev || die "A C compiler is missing. Install one, for example: apt-get install gcc libc6-dev"
    # rust-toolchain.toml pins the version; rustup fetches what it names.
    rustup target add wasm32-unknown-unknown wasm32-wasip2 >/dev/null 2>&1 ||
        die "The wasm targets are missing. Run: rustup target add wasm32-unknown-unknown wasm32-wasip2"
}

need_node() {
    have node || die "Node 20 or newer is missing. Install it and run this again."
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] ||
        die "Node 20 or newer is needed; this is $(node --version)."
    if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
        say "Installing npm packages (under a minute)"
        npm ci --no-audit --no-fund
    fi
}

need_chromium() {
    have chromium && return
    debian_install chromium && return
    echo "build.sh: Chromium is missing and could not be installed: the browser tests will report themselves skipped. Install Debian's package chromium to run them." >&2
}

# A broker for the tests. Debian starts one when it installs it, which is left
# alone: the tests start their own, on ports of this machine that are free.
need_mosquitto() {
    { have mosquitto || [ -x /usr/sbin/mosquitto ]; } && return
    debian_install mosquitto && return
    echo "build.sh: mosquitto is missing and could not be installed: the tests of MQTT will report themselves skipped. Install Debian's package mosquitto to run them." >&2
}

# A Vulkan driver in software, so that a machine without a GPU tests the GPU too.
need_vulkan() {
    ls /usr/share/vulkan/icd.d/*.json >/dev/null 2>&1 && return
    debian_install mesa-vulkan-drivers && return
    echo "build.sh: no Vulkan driver was found and none could be installed: the GPU tests will report themselves ignored. Install Debian's package mesa-vulkan-drivers to run them." >&2
}

# Packages that compile for aarch64 and run there, under qemu.
need_arm() {
    rustup target add aarch64-unknown-linux-gnu >/dev/null 2>&1 ||
        die "The aarch64 target is missing. Run: rustup target add aarch64-unknown-linux-gnu"
    { have aarch64-linux-gnu-gcc && have qemu-aarch64-static; } ||
        debian_install gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static
}

# Every stage names the whole workspace, never one package with -p: cargo then
# wants the same features of other people's crates everywhere and compiles each
# of them once. `--test` and `--bin` say what of it is built.
GPU=(--features senselm-gpt/gpu,senselm-session/gpu,senselm-cli/gpu)

# The chores. `cargo xtask` is -p xtask.
xtask() {
    cargo build --locked --quiet --workspace --bin xtask
    "${CARGO_TARGET_DIR:-target}/debug/xtask" "$@"
}

build_page() {
    say "Building the wasm modules and the page (about 4 minutes the first time)"
    xtask wasm
    npm run --silent build
}

# The measuring programs are a workspace of their own, see bench/Cargo.toml. Its
# lock file takes up what the product's crates newly depend on, so no --locked.
bench_cargo() {
    local command=$1
    shift
    cargo "$command" --manifest-path bench/Cargo.toml \
        --target-dir "${CARGO_TARGET_DIR:-target}/bench-tools" "$@"
}

check_bench() {
    cargo fmt --manifest-path bench/Cargo.toml --all --check
    bench_cargo clippy --all-targets -p senselm-bench-timing -p senselm-bench-matvec \
        -p senselm-bench-roofline -- -D warnings
    bench_cargo test --quiet -p senselm-bench-timing
}

# Whether the words of a benchmark ask for no measurement.
measures_nothing() {
    local word
    for word in "$@"; do
        case "$word" in --from | --from=* | --list | --help) return 0 ;; esac
    done
    return 1
}

bench() {
    need_node
    if ! measures_nothing "$@"; then
        need_rust
        need_chromium
        local features=()
        case " $* " in
            *" gpu "* | *"=gpu "*)
                need_vulkan
                features=(--features senselm-cli/gpu)
                ;;
        esac
        say "Building what is measured (about 10 minutes the first time)"
        # Both at once: cargo then compiles wasmtime only once.
        cargo build --locked --release -p senselm-cli -p senselm-gateway \
            "${features[@]}" --bin senselm --example wasi_command
        bench_cargo build --release -p senselm-bench-roofline
        bench_cargo build --release --target wasm32-wasip2 \
            -p senselm-bench-matvec -p senselm-bench-roofline
        build_page
    fi
    node bench/main.mjs "$@"
}

run() {
    local once=${1:-}
    [ -z "$once" ] || [ "$once" = --once ] || { usage >&2; exit 2; }
    need_rust
    say "Building the senselm program (about 8 minutes the first time, seconds later)"
    cargo build --locked --release -p senselm-cli
    say "Answering a bundled recording of a SIMULATED pump with models/pump.gguf"
    target/release/senselm answer --model models/pump.gguf --input examples/pump.csv
    [ -z "$once" ] || return 0
    need_node
    build_page
    say "Serving http://127.0.0.1:8787 (Ctrl-C stops)"
    exec npm run --silent preview --workspace www
}

# Says so in a form that the table at the end finds.
skipped() { printf 'skipped: %s\n' "$*"; }

stage_lint() {
    need_rust
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets -- -D warnings
    cargo clippy --locked --workspace --all-targets "${GPU[@]}" -- -D warnings
    check_bench
    # Fuzzing wants another compiler; that the targets compile does not.
    cargo check --locked --quiet --manifest-path fuzz/Cargo.toml \
        --target-dir "${CARGO_TARGET_DIR:-target}/fuzz"
    xtask tidy
    if have cargo-deny; then
        cargo deny check
    else
        skipped "licences and advisories: cargo-deny is not installed (cargo install cargo-deny)"
    fi
}

stage_web() {
    need_rust
    need_node
    build_page
    npm run --silent lint
    npm run --silent types
    # Prints the sizes, and holds them to their budgets.
    cargo test --locked --workspace --test bundles
    npm test --silent --workspace senselm-bench
}

stage_gpu() {
    need_rust
    need_vulkan
    # Neither training nor wasmtime is built for this.
    cargo test --locked --workspace --no-default-features "${GPU[@]}" --test gpu
}

stage_rust() {
    need_rust
    need_vulkan
    ran web || xtask wasm guest
    cargo test --locked --workspace
    xtask soak training --short
    xtask soak training-step --short
    xtask soak csv --short
    xtask soak anomaly --short
    xtask soak panel --short
    xtask soak regret --short
}

# Functional: what speed aarch64 has, qemu does not tell. The first processor
# has every extension, the second neither dot products nor binary16.
stage_arm() {
    need_rust
    if ! need_arm; then
        skipped "aarch64: gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user-static could not be installed"
        return
    fi
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
    local runner="qemu-aarch64-static -L /usr/aarch64-linux-gnu -cpu"
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="$runner max" \
        cargo test --locked --target aarch64-unknown-linux-gnu \
        -p senselm-kernels -p senselm-quant -p senselm-gguf -p senselm-sensor -p senselm-session
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="$runner cortex-a53" \
        cargo test --locked --target aarch64-unknown-linux-gnu -p senselm-kernels
}

stage_browser() {
    need_rust
    need_node
    need_chromium
    need_mosquitto
    ran web || build_page
    # The tests compare with the program; as the stage rust builds it.
    cargo build --locked --workspace --bin senselm
    npm test --silent --workspace senselm-browser-tests
    xtask soak browser-repeat --short
}

STAGES="lint web gpu rust arm browser"
RAN=""

# Whether a stage has run already, in this run.
ran() { [[ " $RAN " == *" $1 "* ]]; }

minutes() { awk -v seconds="$1" 'BEGIN { printf "%.1f", seconds / 60 }'; }

# Runs the stages that are named, or all, always in the order of STAGES. Their
# output is kept, so that the table can say what was skipped.
test() {
    local wanted="${*:-$STAGES}" stage begin code=0
    for stage in $wanted; do
        [[ " $STAGES " == *" $stage "* ]] || { usage >&2; exit 2; }
    done
    local logs="${CARGO_TARGET_DIR:-target}/stages"
    rm -rf "$logs" && mkdir -p "$logs"
    for stage in $STAGES; do
        [[ " $wanted " == *" $stage "* ]] || continue
        if [ "$code" != 0 ]; then
            printf '%s\t-\t-\n' "$stage" >>"$logs/stages.tsv"
            continue
        fi
        say "Stage $stage"
        begin=$SECONDS
        # A pipe, and no condition: within a condition errors would not end it.
        set +e
        (set -e; "stage_$stage") 2>&1 | tee "$logs/$stage.log"
        code=${PIPESTATUS[0]}
        set -e
        say "Stage $stage took $(minutes $((SECONDS - begin))) minutes"
        printf '%s\t%s\t%s\n' "$stage" $((SECONDS - begin)) "$code" >>"$logs/stages.tsv"
        RAN="$RAN $stage"
    done
    say "Stages"
    xtask stages "$logs" || [ "$code" != 0 ]
    [ "$code" = 0 ] || die "a stage failed"
    [ $# != 0 ] || say "All checks passed"
}

soak() {
    need_rust
    case "${1:-}" in
        "" | --list) xtask soak --list; return ;;
        browser-repeat | live-rate | page-tasks)
            need_node
            need_chromium
            need_mosquitto
            build_page
            # The tests compare with the program of the stage rust.
            cargo build --locked --workspace --bin senselm
            ;;
        *)
            if [[ " $* " == *" --short "* ]]; then
                cargo build --locked --workspace --bin senselm
                cargo build --locked -p senselm-train --example pace
            else
                cargo build --locked --release -p senselm-cli
                cargo build --locked --release -p senselm-train --example pace
            fi
            ;;
    esac
    xtask soak "$@"
}

case "${1:-}" in
    run | test | bench | soak) "$@" ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
esac
