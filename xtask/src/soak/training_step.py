"""How long steps of training take in PyTorch: the step of `senselm_train::pace`.

    python training_step.py LAYERS HEADS WIDTH VOCABULARY CONTEXT BATCH TOKENS COUNTED DROPOUT STEPS

One thread, float32, eager, fused AdamW. Prints milliseconds, one a line; the
steps are taken twice, with attention as products and as PyTorch's own function.
"""

import math
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

*sizes, dropout, steps = sys.argv[1:]
LAYERS, HEADS, WIDTH, VOCABULARY, CONTEXT, BATCH, TOKENS, COUNTED = map(int, sizes)
DROPOUT, STEPS = float(dropout), int(steps)
EMA = 0.98


class Block(nn.Module):
    def __init__(self, own_attention):
        super().__init__()
        self.own_attention = own_attention
        self.attention_norm, self.ffn_norm = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.output = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x, later):
        parts = self.qkv(self.attention_norm(x)).view(BATCH, TOKENS, 3, HEADS, -1)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        if self.own_attention:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            scores = (q @ k.transpose(-2, -1)) * (1 / math.sqrt(WIDTH // HEADS))
            y = scores.masked_fill(later, float("-inf")).softmax(-1) @ v
        y = self.output(y.transpose(1, 2).reshape(BATCH, TOKENS, WIDTH))
        x = x + F.dropout(y, DROPOUT)
        y = self.down(F.gelu(self.up(self.ffn_norm(x)), approximate="tanh"))
        return x + F.dropout(y, DROPOUT)


class Gpt(nn.Module):
    def __init__(self, own_attention):
        super().__init__()
        self.tokens = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList(Block(own_attention) for _ in range(LAYERS))
        self.norm = nn.LayerNorm(WIDTH)

    def forward(self, ids, rows, later):
        x = F.dropout(self.tokens(ids) + self.positions.weight[:TOKENS], DROPOUT)
        for block in self.blocks:
            x = block(x, later)
        x = self.norm(x.view(-1, WIDTH).index_select(0, rows))
        return x @ self.tokens.weight.T


def measure(own_attention):
    torch.manual_seed(1)
    model = Gpt(own_attention)
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.dim() > 1], "weight_decay": 0.1},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98), fused=True)
    average = [p.detach().clone() for p in parameters]
    later = torch.ones(TOKENS, TOKENS, dtype=torch.bool).triu(1)
    ids = torch.randint(0, VOCABULARY, (BATCH, TOKENS))
    last = torch.arange(TOKENS - COUNTED, TOKENS)
    rows = torch.cat([last + index * TOKENS for index in range(BATCH)])
    targets = torch.randint(0, VOCABULARY, (len(rows),))
    weights = torch.full((len(rows),), 1 / len(rows))
    for _ in range(STEPS):
        begun = time.perf_counter()
        losses = F.cross_entropy(model(ids, rows, later), targets, reduction="none")
        loss = (losses * weights).sum()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        torch._foreach_lerp_(average, [p.detach() for p in parameters], 1 - EMA)
        loss.item()
        print((time.perf_counter() - begun) * 1e3)


torch.set_num_threads(1)
for own_attention in (False, True):
    measure(own_attention)
