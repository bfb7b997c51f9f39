"""Makes `tiny.gguf`, a random model of Llama's shape, and `logits.f32`, what
transformers computes with it: the logits of every position, little-endian,
row after row.

    python make.py [FOLDER]     # torch 2.15.0, transformers 5.23.0, gguf

The file is as llama.cpp's converter writes one: rows of queries and keys are in
the order in which neighbours are rotated together.
"""

import pathlib
import sys

import gguf
import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
IDS = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 31, 0, 23]

config = LlamaConfig(
    vocab_size=32,
    hidden_size=16,
    intermediate_size=24,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
    rms_norm_eps=1e-3,
    rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
    tie_word_embeddings=False,
    initializer_range=0.3,
    attn_implementation="eager",
)
torch.manual_seed(7)
model = LlamaForCausalLM(config).eval()
with torch.no_grad():
    for name, value in model.named_parameters():
        if "norm" in name:
            value.add_(0.3 * torch.randn_like(value))
    logits = model(torch.tensor([IDS])).logits[0]
logits.numpy().astype("<f4").tofile(FOLDER / "logits.f32")

NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
}


def renamed(name):
    stem, suffix = name.rsplit(".", 1)
    if stem.startswith("model.layers."):
        layer, stem = stem.removeprefix("model.layers.").split(".", 1)
        return f"blk.{layer}.{NAMES[stem]}.{suffix}"
    return f"{NAMES[stem]}.{suffix}"


def interleaved(weight, heads):
    """Halves of a head beside each other instead of one behind the other."""
    rows, columns = weight.shape
    halves = weight.reshape(heads, 2, rows // heads // 2, columns)
    return np.ascontiguousarray(halves.swapaxes(1, 2)).reshape(rows, columns)


writer = gguf.GGUFWriter(FOLDER / "tiny.gguf", "llama")
writer.add_block_count(config.num_hidden_layers)
writer.add_context_length(config.max_position_embeddings)
writer.add_embedding_length(config.hidden_size)
writer.add_feed_forward_length(config.intermediate_size)
writer.add_head_count(config.num_attention_heads)
writer.add_head_count_kv(config.num_key_value_heads)
writer.add_layer_norm_rms_eps(config.rms_norm_eps)
writer.add_rope_freq_base(10000.0)
for name, value in model.state_dict().items():
    weight = value.numpy().astype(np.float32)
    if "q_proj" in name:
        weight = interleaved(weight, config.num_attention_heads)
    if "k_proj" in name:
        weight = interleaved(weight, config.num_key_value_heads)
    writer.add_tensor(renamed(name), weight)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
print("largest logit", float(logits.abs().max()), "deviation", float(logits.std()))
