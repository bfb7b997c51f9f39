#!/usr/bin/env python3
"""A GPT-2 in Hugging Face's layout as an ONNX model for transformers.js.

usage: gpt2_to_onnx.py HF_FOLDER NEW_FOLDER

The graph uses ONNX Runtime's fused operators, as its own exporter does: grouped
query attention with a KV cache, layer norm with the residual sum, GELU with its
bias. Only the logits of the last tokens are computed. The weights are then
quantized to int8 by ONNX Runtime's dynamic quantization, per channel.
"""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file
from tokenizers import Tokenizer

FUSED = "com.microsoft"


class Graph:
    """Nodes and constants as they are written down."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, values):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(self, op, inputs, outputs, domain="", **attributes):
        name = f"{op}_{len(self.nodes)}"
        made = helper.make_node(op, inputs, outputs, name=name, domain=domain, **attributes)
        self.nodes.append(made)
        return outputs[0]


def embed(g, weights):
    """Token and position embeddings, [B, T, C]."""
    token = g.node("Gather", [g.constant("wte", weights["wte.weight"]), "input_ids"], ["token"])
    place = g.node("Gather", [g.constant("wpe", weights["wpe.weight"]), "position_ids"], ["place"])
    return g.node("Add", [token, place], ["embedded"])


def lengths(g):
    """What grouped query attention asks for: past lengths, and the total."""
    ones = g.node("ReduceSum", ["attention_mask", "one"], ["ones"], keepdims=0)
    last = g.node("Sub", [ones, "one"], ["last_index"])
    g.node("Cast", [last], ["past_lengths"], to=TensorProto.INT32)
    shape = g.node("Shape", ["attention_mask"], ["mask_shape"])
    total = g.node("Gather", [shape, "first"], ["total_wide"])
    g.node("Cast", [total], ["total_length"], to=TensorProto.INT32)


def linear(g, x, weights, name, out):
    """x W + b; GPT-2 keeps W as [inputs, outputs]."""
    w = g.constant(f"{name}.weight", weights[f"{name}.weight"])
    b = g.constant(f"{name}.bias", weights[f"{name}.bias"])
    return g.node("Add", [g.node("MatMul", [x, w], [f"{out}_product"]), b], [out])


def gain_and_bias(g, weights, name):
    return [g.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias")]


def block(g, weights, layer, normed, residual, heads, epsilon, following):
    """One layer. Gives the next layer's normed input, and the residual sum."""
    at = f"h.{layer}"
    qkv = linear(g, normed, weights, f"{at}.attn.c_attn", f"{at}.qkv")
    parts = [f"{at}.q", f"{at}.k", f"{at}.v"]
    g.node("Split", [qkv, "thirds"], parts, axis=-1)
    past = [f"past_key_values.{layer}.{kind}" for kind in ("key", "value")]
    present = [f"present.{layer}.{kind}" for kind in ("key", "value")]
    attended = g.node(
        "GroupQueryAttention",
        [*parts, *past, "past_lengths", "total_length"],
        [f"{at}.attended", *present],
        FUSED,
        num_heads=heads,
        kv_num_heads=heads,
        do_rotary=0,
    )
    projected = linear(g, attended, weights, f"{at}.attn.c_proj", f"{at}.projected")
    norm = gain_and_bias(g, weights, f"{at}.ln_2")
    outputs = [f"{at}.normed", "", "", f"{at}.residual"]
    add_norm(g, [residual, projected, *norm], outputs, epsilon)
    w = g.constant(f"{at}.mlp.c_fc.weight", weights[f"{at}.mlp.c_fc.weight"])
    b = g.constant(f"{at}.mlp.c_fc.bias", weights[f"{at}.mlp.c_fc.bias"])
    up = g.node("MatMul", [f"{at}.normed", w], [f"{at}.up"])
    active = g.node("FastGelu", [up, b], [f"{at}.active"], FUSED)
    down = linear(g, active, weights, f"{at}.mlp.c_proj", f"{at}.down")
    norm = gain_and_bias(g, weights, following)
    outputs = [f"{at}.out", "", "", f"{at}.sum"]
    add_norm(g, [f"{at}.residual", down, *norm], outputs, epsilon)
    return f"{at}.out", f"{at}.sum"


def add_norm(g, inputs, outputs, epsilon):
    g.node("SkipLayerNormalization", inputs, outputs, FUSED, epsilon=epsilon)


def build(config, weights):
    layers, heads, width = config["n_layer"], config["n_head"], config["n_embd"]
    vocab, epsilon = config["vocab_size"], config["layer_norm_epsilon"]
    g = Graph()
    g.constant("one", np.array([1], np.int64))
    g.constant("zero", np.array([0], np.int64))
    g.constant("first", np.array(1, np.int64))
    g.constant("end", np.array([2**62], np.int64))
    g.constant("thirds", np.array([width] * 3, np.int64))
    residual = embed(g, weights)
    lengths(g)
    norm = gain_and_bias(g, weights, "h.0.ln_1")
    normed = g.node("LayerNormalization", [residual, *norm], ["normed"], epsilon=epsilon, axis=-1)
    for layer in range(layers):
        following = f"h.{layer + 1}.ln_1" if layer + 1 < layers else "ln_f"
        normed, residual = block(g, weights, layer, normed, residual, heads, epsilon, following)
    keep = g.node("Neg", ["num_logits_to_keep"], ["keep_from"])
    keep = g.node("Unsqueeze", [keep, "zero"], ["keep_from_row"])
    kept = g.node("Slice", [normed, keep, "end", "one"], ["kept"])
    g.node("MatMul", [kept, g.constant("head", weights["wte.weight"].T)], ["logits"])

    def value(name, dimensions, kind=TensorProto.INT64):
        return helper.make_tensor_value_info(name, kind, dimensions)

    # transformers.js knows the dimensions of an empty cache by these names.
    inputs = [
        value("input_ids", ["batch_size", "sequence_length"]),
        value("attention_mask", ["batch_size", "total_sequence_length"]),
        value("position_ids", ["batch_size", "sequence_length"]),
        value("num_logits_to_keep", []),
    ]
    outputs = [value("logits", ["batch_size", "num_logits", vocab], TensorProto.FLOAT)]
    for layer in range(layers):
        for kind in ("key", "value"):
            cache = ["batch_size", heads, "past_sequence_length", width // heads]
            inputs.append(value(f"past_key_values.{layer}.{kind}", cache, TensorProto.FLOAT))
            cache = ["batch_size", heads, "total_sequence_length", width // heads]
            outputs.append(value(f"present.{layer}.{kind}", cache, TensorProto.FLOAT))
    graph = helper.make_graph(g.nodes, "gpt2", inputs, outputs, g.constants)
    opsets = [helper.make_opsetid("", 18), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def describe(source, out, config):
    """What transformers.js reads beside the model."""
    end = "<|endoftext|>"
    ends = {"bos_token_id": config["vocab_size"] - 1, "eos_token_id": config["vocab_size"] - 1}
    files = {
        "config.json": {"model_type": "gpt2", **config, **ends},
        "generation_config.json": ends,
        "tokenizer_config.json": {
            "tokenizer_class": "GPT2Tokenizer",
            "bos_token": end,
            "eos_token": end,
            "unk_token": end,
            "model_max_length": config["n_positions"],
            "add_prefix_space": False,
        },
    }
    for name, content in files.items():
        (out / name).write_text(json.dumps(content, indent=1))
    shutil.copy(source / "tokenizer.json", out)
    Tokenizer.from_file(str(out / "tokenizer.json"))


def main():
    source, out = (Path(word) for word in sys.argv[1:3])
    config = json.loads((source / "config.json").read_text())
    loaded = load_file(source / "model.safetensors")
    weights = {name.removeprefix("transformer."): array for name, array in loaded.items()}
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    floats = out / "onnx/model.onnx"
    onnx.save(build(config, weights), floats)
    quantize_dynamic(
        floats,
        out / "onnx/model_quantized.onnx",
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )
    describe(source, out, config)


if __name__ == "__main__":
    main()
