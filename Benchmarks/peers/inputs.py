"""Inputs: the published heads and a folder with a real one, rows and targets, the same on every run."""

import dataclasses
import pathlib

import numpy as np

import ours


def normal(shape, seed=1):
    """Normal random numbers in one of our tensors; a few million, repeated."""
    drawn = np.random.default_rng(seed).standard_normal(min(1 << 22, int(np.prod(shape))), dtype=np.float32)
    result = ours.Array(shape)
    flat = result.numpy.reshape(-1)
    for start in range(0, flat.size, drawn.size):
        flat[start : start + drawn.size] = drawn[: flat.size - start]
    return result


def text_targets(rows, classes, seed=2):
    """Class ids as texts have them: log-uniform, so that class c is drawn about as often as 1 / (c + 1)."""
    u = np.random.default_rng(seed).random(rows)
    return ours.array(np.minimum(np.exp(u * np.log(classes + 1)).astype(np.int64), classes) - 1)


@dataclasses.dataclass
class Sizes:
    """The sizes of an adaptive head."""

    name: str
    features: int
    classes: int
    cutoffs: list
    widths: list

    @classmethod
    def published(cls, name, features, classes, cutoffs, div=4):
        return cls(name, features, classes, cutoffs, [features // div ** (i + 1) for i in range(len(cutoffs))])

    @property
    def head_size(self):
        return self.cutoffs[0] + len(self.cutoffs)

    def tail_size(self, i):
        return (self.cutoffs + [self.classes])[i + 1] - self.cutoffs[i]

    def head_flops(self):
        return 2 * self.features * self.head_size

    def tail_flops(self, i):
        return 2 * self.widths[i] * (self.features + self.tail_size(i))

    def flops(self, targets):
        """What scoring these targets takes at least: the head for every row, and the tail that a rare target is in."""
        bands = np.searchsorted(np.array(self.cutoffs), targets, side="right")
        tails = sum(int((bands == i + 1).sum()) * self.tail_flops(i) for i in range(len(self.cutoffs)))
        return len(targets) * self.head_flops() + tails

    def flops_of_all(self, rows):
        """What every log-probability of these rows takes."""
        return rows * (self.head_flops() + sum(self.tail_flops(i) for i in range(len(self.cutoffs))))

    def weights(self, seed=3):
        """A state dict of our tensors: uniform, as PyTorch initialises linear layers."""
        rng = np.random.default_rng(seed)

        def layer(rows, columns):
            weight = ours.Array((rows, columns))
            rng.random(out=weight.numpy, dtype=np.float32)
            bound = columns**-0.5
            weight.numpy[...] = weight.numpy * (2 * bound) - bound
            return weight

        state = {"head.weight": layer(self.head_size, self.features)}
        for i, width in enumerate(self.widths):
            state[f"tail.{i}.0.weight"] = layer(width, self.features)
            state[f"tail.{i}.1.weight"] = layer(self.tail_size(i), width)
        return state


TEXT8 = Sizes.published("Text8", 512, 44_000, [2_000, 10_000])
WIKITEXT103 = Sizes.published("WikiText-103", 1024, 267_735, [20_000, 60_000, 200_000])
ONE_BILLION_WORD = Sizes.published("One Billion Word", 1024, 793_470, [60_000, 100_000, 640_000])
TINY = Sizes.published("tiny", 256, 8_000, [1_000, 4_000])


def real(folder):
    """The sizes, state dict, hidden rows and targets of a folder: head.safetensors, hidden.npy, targets.npy."""
    from safetensors.numpy import load_file

    folder = pathlib.Path(folder)
    loaded = {name: values.astype(np.float32) for name, values in load_file(folder / "head.safetensors").items()}
    order = sorted(loaded, key=lambda name: (not name.startswith("head."), not name.endswith("weight"), name))
    state = {name: ours.array(loaded[name]) for name in order}
    tails = sum(name.endswith(".1.weight") for name in loaded)
    cutoffs = [loaded["head.weight"].shape[0] - tails]
    for i in range(tails):
        cutoffs.append(cutoffs[-1] + loaded[f"tail.{i}.1.weight"].shape[0])
    widths = [loaded[f"tail.{i}.0.weight"].shape[0] for i in range(tails)]
    sizes = Sizes("real head", loaded["head.weight"].shape[1], cutoffs[-1], cutoffs[:-1], widths)
    hidden = np.load(folder / "hidden.npy").astype(np.float32)
    targets = np.load(folder / "targets.npy").astype(np.int64)
    return sizes, state, hidden, targets
