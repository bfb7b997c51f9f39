#!/usr/bin/env bash
# The two commands of senselm. Chores live in xtask; this only chains them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'END'
./build.sh run [--once]   build, answer a bundled recording in the terminal, then
                          serve the page at http://127.0.0.1:8787
                          (--once stops after the terminal part)
./build.sh test           every check: formatting, lints, Rust tests, the wasm
                          builds, the web packages, headless Chromium
./build.sh bench [...]    measure senselm beside every peer that is installed,
                          natively, in wasmtime and in Chromium (--help says more)

The first run compiles everything: about 10 minutes for `run` and 30 for `test`
on two cores. Later ones take a minute and five.
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

# What can run on a GPU, with the feature that makes it do so and nothing else.
gpu() {
    local command=$1
    shift
    cargo "$command" --locked -p senselm-gpt -p senselm-session -p senselm-cli \
        --no-default-features --features senselm-gpt/gpu,senselm-session/gpu,senselm-cli/gpu "$@"
}

build_page() {
    say "Building the wasm modules and the page (about 4 minutes the first time)"
    cargo xtask wasm
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

test() {
    [ $# = 0 ] || { usage >&2; exit 2; }
    need_rust
    need_node
    need_chromium
    need_mosquitto
    need_vulkan
    say "Formatting and lints"
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets -- -D warnings
    gpu clippy --all-targets -- -D warnings
    check_bench
    build_page
    say "Rust tests"
    # The GPU's first: the browser's tests run the program that is built last.
    gpu test --test gpu
    cargo test --locked --workspace
    say "Invariants and sizes"
    cargo xtask tidy
    cargo xtask sizes
    if have cargo-deny; then
        cargo deny check
    else
        echo "cargo-deny is not installed: licences and advisories were not checked (cargo install cargo-deny)"
    fi
    say "Web packages: format, lint, types"
    npm run --silent lint
    npm run --silent types
    say "The benchmark's own tests"
    npm test --silent --workspace senselm-bench
    say "Browser tests"
    npm test --silent --workspace senselm-browser-tests
    say "All checks passed"
}

case "${1:-}" in
    run | test | bench) "$@" ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
esac
