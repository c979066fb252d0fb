"""Writes the checkpoints of the conversion tests: run with PyTorch 2.15 and NumPy, from any folder.

Each layout is a small definition of its own, written from the layouts' descriptions and not from ours: it draws weights,
answers in float64, and is saved by torch.save. Beside NAME.pt stand NAME.hidden.npy (float32, [rows, features]) and
NAME.logprob.npy (float64, [rows, classes]).
"""
import os
from collections import OrderedDict

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS, FEATURES, CLASSES, CUTOFFS = 6, 12, 37, [9, 20]
ENDS = [0] + CUTOFFS + [CLASSES]
torch.manual_seed(20240917)


def write(name, checkpoint, log_prob, features=FEATURES):
    hidden = torch.randn(ROWS, features)
    torch.save(checkpoint, os.path.join(HERE, name + ".pt"))
    answer(name, hidden, log_prob(hidden.double()))


def answer(name, hidden, log_prob):
    assert log_prob.dtype == torch.float64 and tuple(log_prob.shape) == (ROWS, CLASSES)
    assert torch.allclose(log_prob.exp().sum(1), torch.ones(ROWS, dtype=torch.float64))
    np.save(os.path.join(HERE, name + ".hidden.npy"), hidden.numpy())
    np.save(os.path.join(HERE, name + ".logprob.npy"), log_prob.detach().numpy())


def joined(head, tails, column):
    """Log-probabilities from logits: `column(i)` is the head's column of tail i."""
    head = F.log_softmax(head, 1)
    parts = [head[:, : CUTOFFS[0]]]
    for i, tail in enumerate(tails):
        parts.append(head[:, column(i)].unsqueeze(1) + F.log_softmax(tail, 1))
    return torch.cat(parts, 1)


def in_order(i):
    return CUTOFFS[0] + i


# PyTorch's own module.


def pytorch(dtype=torch.float32, bias=True):
    module = nn.AdaptiveLogSoftmaxWithLoss(FEATURES, CLASSES, CUTOFFS, div_value=2.0, head_bias=bias)
    with torch.no_grad():
        for p in module.parameters():
            p.mul_(3)
    state = OrderedDict((k, v.detach().to(dtype)) for k, v in module.state_dict().items())
    wide = nn.AdaptiveLogSoftmaxWithLoss(FEATURES, CLASSES, CUTOFFS, div_value=2.0, head_bias=bias, dtype=torch.float64)
    wide.load_state_dict({k: v.double() for k, v in state.items()})
    return state, wide.log_prob


state, log_prob = pytorch()
write("pytorch", state, log_prob)

state, log_prob = pytorch()
prefixed = OrderedDict(("decoder.adaptive_softmax." + k, v) for k, v in state.items())
prefixed["decoder.embed.weight"] = torch.arange(6, dtype=torch.int64).reshape(2, 3)
prefixed["decoder.scale"] = torch.tensor(0.5, dtype=torch.float64)
prefixed["decoder.mask"] = torch.tensor([True, False])
prefixed["decoder.parameter"] = nn.Parameter(torch.ones(2, dtype=torch.bfloat16))
prefixed["decoder.wide_mask"] = torch.ones(1, 1).expand(4, 4)
prefixed["decoder.empty"] = torch.zeros(0, 3)
write(
    "nested",
    {"model": prefixed, "epoch": 3, "best": 1.5, "done": False, "note": "text", "none": None, "long": 1 << 80,
     "large": -70000, "history": [1, (2, torch.tensor([7, -8], dtype=torch.int32))]},
    log_prob)

# Non-contiguous and shared storages: a transposed head, the tails as slices of one block, a slice with gaps.
state, log_prob = pytorch()
block = torch.zeros(3 + sum(state[k].numel() for k in state if k.startswith("tail")))
offset = 3
for k in [k for k in state if k.startswith("tail")]:
    block[offset : offset + state[k].numel()] = state[k].reshape(-1)
    state[k] = block[offset : offset + state[k].numel()].view(state[k].shape)
    offset += state[k].numel()
state["head.weight"] = state["head.weight"].t().contiguous().t()
gaps = torch.zeros(state["head.bias"].numel(), 5)
gaps[:, 2] = state["head.bias"]
state["head.bias"] = gaps[:, 2]
assert not state["head.weight"].is_contiguous() and state["head.bias"].stride() == (5,)
write("strided", state, log_prob)

for dtype, name in [(torch.float16, "f16"), (torch.bfloat16, "bf16"), (torch.float64, "f64")]:
    state, log_prob = pytorch(dtype, bias=False)
    write(name, state, log_prob)


# PyTorch's names with a bias on every tail.


class TailBias(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(FEATURES, CUTOFFS[0] + len(CUTOFFS))
        self.tail = nn.ModuleList(
            nn.Sequential(nn.Linear(FEATURES, w, bias=False), nn.Linear(w, ENDS[i + 2] - ENDS[i + 1]))
            for i, w in enumerate([5, 3]))

    def forward(self, x):
        return joined(self.head(x), [tail(x) for tail in self.tail], in_order)


def scaled(module):
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(torch.randn(p.shape) * (1.5 / p.shape[-1] ** 0.5 if p.dim() > 1 else 0.7))
    return module


def save(name, module, extra={}, features=FEATURES):
    state = OrderedDict((k, v) for k, v in module.state_dict().items())
    state.update(extra)
    torch.save(state, os.path.join(HERE, name + ".pt"))
    hidden = torch.randn(ROWS, features)
    answer(name, hidden, module.double()(hidden.double()))


save("tail_bias", scaled(TailBias()))


# fairseq: dropout between the layers of a tail, a version, ties to an adaptive input embedding.


class Tied(nn.Module):
    def __init__(self, weight, transposed=False):
        super().__init__()
        self.weight, self.transposed = weight, transposed

    def forward(self, x):
        return F.linear(x, self.weight.t() if self.transposed else self.weight)


class TiedHead(nn.Module):
    def __init__(self, words, features, clusters):
        super().__init__()
        self.word_proj = Tied(words)
        if features != words.shape[1]:
            self.word_proj = nn.Sequential(nn.Linear(features, words.shape[1], bias=False), self.word_proj)
        self.class_proj = nn.Linear(features, clusters, bias=False)

    def forward(self, x):
        return torch.cat([self.word_proj(x), self.class_proj(x)], 1)


class Fairseq(nn.Module):
    def __init__(self, widths, tied=None, tie_proj=False):
        super().__init__()
        clusters = len(CUTOFFS)
        if tied is None:
            self.head = nn.Linear(FEATURES, CUTOFFS[0] + clusters, bias=False)
        else:
            bands = [nn.Parameter(torch.zeros(ENDS[i + 1] - ENDS[i], w)) for i, w in enumerate([tied] + widths)]
            self.head = TiedHead(bands[0], FEATURES, clusters)
        self.tail = nn.ModuleList()
        for i, w in enumerate(widths):
            project = nn.Linear(FEATURES, w, bias=False)
            if tie_proj:
                project = Tied(nn.Parameter(torch.zeros(FEATURES, w)), transposed=True)
            output = Tied(bands[i + 1]) if tied else nn.Linear(w, ENDS[i + 2] - ENDS[i + 1], bias=False)
            self.tail.append(nn.Sequential(project, nn.Dropout(0.2), output))
        self.register_buffer("version", torch.LongTensor([1]))
        self.eval()

    def forward(self, x):
        return joined(self.head(x), [tail(x) for tail in self.tail], in_order)


class Decoder(nn.Module):
    def __init__(self, adaptive_softmax):
        super().__init__()
        self.adaptive_softmax = adaptive_softmax

    def forward(self, x):
        return self.adaptive_softmax(x)


save("fairseq", Decoder(scaled(Fairseq([6, 3]))))
save("fairseq_tied", Decoder(scaled(Fairseq([6, 3], tied=FEATURES, tie_proj=True))))
save("fairseq_tied_word", scaled(Fairseq([6, 3], tied=10)))
save("fairseq_square", scaled(Fairseq([FEATURES, 3], tied=FEATURES, tie_proj=True)))


# Transformer-XL: cluster rows apart, a bias everywhere, projections applied transposed.


class TransformerXL(nn.Module):
    def __init__(self, embedding, div_val, original):
        super().__init__()
        clusters = len(CUTOFFS)
        self.original, self.div_val = original, div_val
        self.cluster_weight = nn.Parameter(torch.zeros(clusters, embedding))
        self.cluster_bias = nn.Parameter(torch.zeros(clusters))
        self.out_layers, self.out_projs = nn.ModuleList(), nn.ParameterList()
        if div_val == 1:
            self.out_layers.append(nn.Linear(embedding, CLASSES))
            for i in range(clusters + 1):
                self.out_projs.append(None if embedding == FEATURES else nn.Parameter(torch.zeros(FEATURES, embedding)))
        else:
            for i in range(clusters + 1):
                width = embedding // div_val**i
                self.out_layers.append(nn.Linear(width, ENDS[i + 1] - ENDS[i]))
                self.out_projs.append(nn.Parameter(torch.zeros(FEATURES, width)))

    def forward(self, x):
        logits = []
        for i in range(len(CUTOFFS) + 1):
            layer = self.out_layers[0 if self.div_val == 1 else i]
            weight, bias = layer.weight, layer.bias
            if self.div_val == 1:
                weight, bias = weight[ENDS[i] : ENDS[i + 1]], bias[ENDS[i] : ENDS[i + 1]]
            if i == 0:
                weight = torch.cat([weight, self.cluster_weight])
                bias = torch.cat([bias, self.cluster_bias])
            project = self.out_projs[i] if i < len(self.out_projs) else None
            logits.append(F.linear(x if project is None else x @ project, weight, bias))
        if self.original:  # tail i, counted from 1, is column -i
            return joined(logits[0], logits[1:], lambda i: -(i + 1))
        return joined(logits[0], logits[1:], in_order)


class Model(nn.Module):
    def __init__(self, crit):
        super().__init__()
        self.crit = crit

    def forward(self, x):
        return self.crit(x)


save("txl_original", Model(scaled(TransformerXL(8, 2, True))))
save("txl_huggingface", Model(scaled(TransformerXL(8, 2, False))))
save("txl_same_width", Model(scaled(TransformerXL(FEATURES, 2, True))))
save("txl_div1", Model(scaled(TransformerXL(FEATURES, 1, True))))
save("txl_div1_projected", Model(scaled(TransformerXL(8, 1, False))))

# A safetensors file in another layout than ours, written by hand: an 8-byte length, JSON, data.
module = scaled(Fairseq([6, 3]))
header, data = [], b""
for k, v in module.state_dict().items():
    raw = v.contiguous().numpy().tobytes()
    kind = "I64" if v.dtype == torch.int64 else "F32"
    header.append('"%s":{"dtype":"%s","shape":%s,"data_offsets":[%d,%d]}'
                  % (k, kind, str(list(v.shape)).replace(" ", ""), len(data), len(data) + len(raw)))
    data += raw
header = ("{" + ",".join(header) + "}").encode()
header += b" " * (-len(header) % 8)
with open(os.path.join(HERE, "fairseq.safetensors"), "wb") as file:
    file.write(len(header).to_bytes(8, "little") + header + data)
hidden = torch.randn(ROWS, FEATURES)
answer("fairseq.safetensors", hidden, module.double()(hidden.double()))
