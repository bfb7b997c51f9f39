"""Load the files this project writes in llama.cpp and compare its logits.

Run by hand; see README.md in this folder for what it needs.

    python check.py GOLDEN_DIR FILES_DIR [MORE.gguf ...]
"""

import ctypes
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import llama_cpp
import numpy as np

# Another CPU sums in another order than the one that made the golden logits.
SLACK = 1.25

# Where our own logits are compared: the largest difference, as a share of the
# standard deviation of the logits, which a trained model makes large. With
# quantized weights both sides round activations to 8 bits, and what is rounded
# the other way once differs from there on.
SHARE_OF_DEVIATION = {"float": 5e-3, "quantized": 6e-2}

# llama.cpp's numbers of file types (enum llama_ftype).
FILE_TYPES = {
    "f32": 0,
    "f16": 1,
    "q4_0": 2,
    "q4_1": 3,
    "q8_0": 7,
    "q5_0": 8,
    "q5_1": 9,
    "q4_k_s": 14,
    "q4_k_m": 15,
    "q5_k_s": 16,
    "q5_k_m": 17,
    "q6_k": 18,
    "bf16": 32,
}


def quiet(level, text, user_data):
    pass


QUIET = llama_cpp.llama_log_callback(quiet)


class Model:
    """One file in llama.cpp, with f32 KV cache and no flash attention."""

    def __init__(self, path):
        params = llama_cpp.llama_model_default_params()
        self.model = llama_cpp.llama_model_load_from_file(str(path).encode(), params)
        if not self.model:
            raise RuntimeError("llama.cpp does not load it")
        self.vocab = llama_cpp.llama_model_get_vocab(self.model)
        self.n_vocab = llama_cpp.llama_vocab_n_tokens(self.vocab)

    def tokenize(self, text, parse_special=True):
        data = text.encode()
        ids = (llama_cpp.llama_token * (len(data) + 8))()
        count = llama_cpp.llama_tokenize(
            self.vocab, data, len(data), ids, len(ids), False, parse_special
        )
        return list(ids[:count])

    def logits(self, ids, strict):
        """Logits of the last position of one batch."""
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = 128
        params.n_batch = 128
        params.n_threads = params.n_threads_batch = 2
        if strict:
            params.type_k = params.type_v = llama_cpp.GGML_TYPE_F32
            params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
        context = llama_cpp.llama_init_from_model(self.model, params)
        if not context:
            raise RuntimeError("llama.cpp makes no context for it")
        tokens = (llama_cpp.llama_token * len(ids))(*ids)
        batch = llama_cpp.llama_batch_get_one(tokens, len(ids))
        if llama_cpp.llama_decode(context, batch) != 0:
            raise RuntimeError("llama.cpp does not run it")
        found = llama_cpp.llama_get_logits_ith(context, -1)
        row = np.ctypeslib.as_array(
            ctypes.cast(found, ctypes.POINTER(ctypes.c_float)), (self.n_vocab,)
        ).copy()
        llama_cpp.llama_free(context)
        return row

    def close(self):
        llama_cpp.llama_model_free(self.model)


def tolerances(golden):
    """The largest difference seen between llama.cpp and PyTorch, per type."""
    text = (golden / "TOLERANCES.txt").read_text()
    rows = re.findall(
        r"^tiny (\S+) llama vs hf_deq \(([\d.e-]+),.*?strict vs hf_deq \(([\d.e-]+),",
        text,
        re.M,
    )
    return {ty: (float(usual), float(strict)) for ty, usual, strict in rows}


def compare(path, golden, prompts, allowed):
    """Against PyTorch on the same dequantized weights, and against llama.cpp."""
    ty = path.stem.split("-")[-1]
    model = Model(path)
    worst = {}
    for strict, tag in [(False, f"llama_{ty}"), (True, f"llama_f32kv_{ty}")]:
        for index, prompt in enumerate(prompts):
            ids = model.tokenize(prompt["text"])
            if ids != prompt["ids"]:
                raise RuntimeError(f"other ids for prompt {index}")
            ours = model.logits(ids, strict)
            for reference in [f"hf_deq_{ty}", tag]:
                name = golden / "tiny" / f"{reference}.p{index}.logits.f32"
                if name.exists():
                    theirs = np.fromfile(name, np.float32)
                    key = (strict, reference)
                    difference = float(np.abs(ours - theirs).max())
                    worst[key] = max(worst.get(key, 0.0), difference)
    model.close()
    good = True
    for (strict, reference), difference in sorted(worst.items()):
        limit = allowed[ty][strict] * SLACK
        verdict = "ok" if difference <= limit else "TOO FAR"
        good &= difference <= limit
        mode = "strict" if strict else "usual"
        print(
            f"  {mode:6} vs {reference:20} max |dlogit| {difference:.6f}"
            f"  (limit {limit:.6f})  {verdict}"
        )
    return good


def runs(path):
    """It loads, and gives a finite logit for every token."""
    model = Model(path)
    ids = model.tokenize("Reading 12.5 °C, 3 bar")
    # llama.cpp aborts where a position has no embedding.
    ids = ids[: llama_cpp.llama_model_n_ctx_train(model.model)]
    row = model.logits(ids, False)
    finite = bool(np.isfinite(row).all())
    print(f"  {model.n_vocab} tokens, logits std {row.std():.4f}" + ("" if finite else " NOT FINITE"))
    model.close()
    return finite


def program(senselm, *words):
    """What the program prints with --json."""
    command = [senselm, *map(str, words), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def same_logits(path, senselm, scratch):
    """The program gives llama.cpp's ids and, for the same ids, its logits."""
    model = Model(path)
    text = "Reading 12.5 °C, 3 bar, pump"
    ids = program(senselm, "tokenize", "--model", path, text)["ids"]
    good = ids == model.tokenize(text, parse_special=False)
    print("  the same ids" if good else "  OTHER IDS")
    types = {tensor["type"] for tensor in program(senselm, "inspect", path)["tensors"]}
    kind = "float" if types <= {"F32", "F16", "BF16"} else "quantized"
    context = min(llama_cpp.llama_model_n_ctx_train(model.model), 128)
    draw = np.random.default_rng(1)
    out = scratch / "logits.f32"
    for length in sorted({1, 2, context // 4, context // 2, context - 1, context}):
        ids = draw.integers(0, model.n_vocab, length).tolist()
        program(senselm, "logits", "--model", path, "--ids", ",".join(map(str, ids)), "-o", out)
        ours = np.fromfile(out, np.float32)
        for strict in [False, True]:
            theirs = model.logits(ids, strict)
            difference = float(np.abs(ours - theirs).max())
            limit = SHARE_OF_DEVIATION[kind] * float(theirs.std())
            fine = difference <= limit
            good &= fine
            mode = "strict" if strict else "usual"
            print(
                f"  {mode:6} {length:3} ids, max |dlogit| {difference:.6f} of a deviation of"
                f" {theirs.std():.3f}  (limit {limit:.6f})  {'ok' if fine else 'TOO FAR'}"
            )
    model.close()
    return good


def same_bytes(path, scratch):
    """llama.cpp's own quantizer makes the same file of the same F32 weights."""
    kind, preset, ty = path.stem.split("-")
    source = path.with_name(f"random-{preset}-f32.gguf")
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = FILE_TYPES[ty]
    params.nthread = 2
    made = scratch / path.name
    failed = llama_cpp.llama_model_quantize(
        str(source).encode(), str(made).encode(), ctypes.byref(params)
    )
    if failed:
        raise RuntimeError("llama.cpp does not quantize its source")
    ours, theirs = path.read_bytes(), made.read_bytes()
    made.unlink()
    differing = sum(a != b for a, b in zip(ours, theirs)) + abs(len(ours) - len(theirs))
    print(f"  {differing} of {len(theirs)} bytes differ from what llama.cpp writes")
    return differing == 0


def prompts_of(golden):
    stated = json.loads((golden / "tiny" / "golden.json").read_text())
    return [
        {"text": text, "ids": ids}
        for text, ids in zip(stated["prompts"], stated["ids"])
    ]


def main():
    golden, files, *more = map(pathlib.Path, sys.argv[1:])
    llama_cpp.llama_log_set(QUIET, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    prompts, allowed = prompts_of(golden), tolerances(golden)
    scratch = pathlib.Path(tempfile.mkdtemp())
    senselm = os.environ.get("SENSELM_BIN")
    bad = []
    for path in sorted(files.glob("*.gguf")) + more:
        print(path.name)
        try:
            if path.stem.startswith("quantized"):
                good = same_bytes(path, scratch)
            elif path.stem.startswith("random") or path in more:
                good = runs(path)
                if senselm and path in more:
                    good &= same_logits(path, senselm, scratch)
            else:
                good = compare(path, golden, prompts, allowed)
        except RuntimeError as error:
            print(f"  {error}")
            good = False
        if not good:
            bad.append(path.name)
    print(f"{len(bad)} bad: {', '.join(bad)}" if bad else "all good")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
