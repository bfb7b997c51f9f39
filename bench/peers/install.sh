#!/usr/bin/env bash
# Installs the peers that senselm is measured against: bench/peers/install.sh PEER...
# They go to PEERS, or to target/peers, and are no part of this repository.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
peers="${PEERS:-$root/target/peers}"

# The version of llama.cpp is that which this Python package carries.
llama_package=llama_cpp_python
llama_version=0.3.36

usage() {
    cat <<'END'
bench/peers/install.sh PEER...   with PEER one of
  llama.cpp   built for this CPU, without AMX (6 minutes on two cores)
  wllama      llama.cpp in wasm, from the npm registry
  ort         transformers.js and ONNX Runtime web, from the npm registry, and
              what makes their models, from PyPI
  candle      its matrix product, built for wasmtime
  all         all of them
END
}

have() { command -v "$1" >/dev/null 2>&1; }
flag() { grep -qw "$1" /proc/cpuinfo 2>/dev/null && echo ON || echo OFF; }

python() {
    if [ ! -x "$peers/venv/bin/python" ]; then
        python3 -m venv "$peers/venv"
    fi
    "$peers/venv/bin/pip" install --quiet "$@"
}

llama() {
    python cmake ninja setuptools wheel flit-core scikit-build-core
    local source="$peers/src/$llama_package-$llama_version"
    if [ ! -d "$source" ]; then
        mkdir -p "$peers/src"
        "$peers/venv/bin/pip" download --quiet --no-deps --no-binary :all: --no-build-isolation \
            "llama-cpp-python==$llama_version" -d "$peers/src"
        tar -C "$peers/src" -xf "$source.tar.gz"
    fi
    PATH="$peers/venv/bin:$PATH"
    # What the CPU has, AMX apart: GCC 12 miscompiles ggml's AMX set-up.
    cmake -G Ninja -S "$source/vendor/llama.cpp" -B "$peers/build-native" \
        -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=ON -DGGML_NATIVE=OFF \
        -DGGML_SSE42="$(flag sse4_2)" -DGGML_AVX="$(flag avx)" -DGGML_AVX2="$(flag avx2)" \
        -DGGML_FMA="$(flag fma)" -DGGML_F16C="$(flag f16c)" -DGGML_BMI2="$(flag bmi2)" \
        -DGGML_AVX_VNNI="$(flag avx_vnni)" -DGGML_AVX512="$(flag avx512f)" \
        -DGGML_AVX512_VBMI="$(flag avx512vbmi)" -DGGML_AVX512_VNNI="$(flag avx512_vnni)" \
        -DGGML_AVX512_BF16="$(flag avx512_bf16)" \
        -DGGML_AMX_TILE=OFF -DGGML_AMX_INT8=OFF -DGGML_AMX_BF16=OFF \
        -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_SERVER=OFF \
        -DLLAMA_CURL=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_BUILD_UI=OFF
    ninja -C "$peers/build-native" -j2 llama llama-bench
    echo "as in llama-cpp-python $llama_version, without AMX" >"$peers/build-native/version.txt"
}

packages() {
    mkdir -p "$peers/js"
    cp "$here/package.json" "$peers/js/"
    # No install scripts: they would download programs for Node, which no page needs.
    (cd "$peers/js" && npm install --no-audit --no-fund --ignore-scripts)
}

ort() {
    packages
    python onnx==1.23.2 onnxruntime==1.31.1 safetensors==0.8.0 tokenizers==0.23.3
}

candle() {
    # From the root, whose cargo configuration turns relaxed SIMD on for wasmtime.
    (cd "$root" && cargo build --release --target wasm32-wasip2 \
        --manifest-path bench/Cargo.toml --target-dir "${CARGO_TARGET_DIR:-target}/bench-tools" \
        -p senselm-bench-candle)
}

[ $# -gt 0 ] || { usage >&2; exit 2; }
have python3 || { echo "install.sh: Python 3 is missing. Install Debian's packages python3 and python3-venv." >&2; exit 1; }
mkdir -p "$peers"
peers="$(cd "$peers" && pwd)"
for peer in "$@"; do
    case "$peer" in
        llama.cpp) llama ;;
        wllama) packages ;;
        ort) ort ;;
        candle) candle ;;
        all) llama; ort; candle ;;
        *) usage >&2; exit 2 ;;
    esac
done
