"""The comparisons. A case makes its inputs once and holds calls that do the same work on them: ours, and the peers'.

Both sides read the same memory. Outputs that are reused lie in memory of the same kind (ours: aligned, in huge pages).
"""

import dataclasses
from collections.abc import Callable

import numpy as np

import inputs
import ours


@dataclasses.dataclass
class Peer:
    name: str
    call: Callable
    result: Callable = None  # the peer's answer as an array, to compare with ours
    note: str = ""


@dataclasses.dataclass
class Case:
    group: str
    title: str
    limit: str  # "fma", "copy" or "read"
    amount: float  # floating-point operations or bytes of a call, as the limit counts them
    ours: Callable
    peers: list
    result: Callable = None  # our answer as an array
    tolerance: float = 1e-5  # on what is compared: probabilities, log-probabilities
    exact_share: float = None  # for class ids: the least share that must agree
    note: Callable = None  # what to say of our side, once it has run


@dataclasses.dataclass
class Setting:
    threads: int
    quick: bool
    data: str


def make(setting):
    """A builder for every group of cases; it makes their inputs, so that one's memory is free for the next."""
    quick = setting.quick
    big = not quick
    softmax_shapes = [
        ((4096, 32_000), 1, "softmax [4096, 32000]"),
        ((65_536, 1000), 1, "softmax [65536, 1000]"),
        ((1024, 267_735), 1, "softmax [1024, 267735]"),
        ((2048, 50_257), 1, "softmax [2048, 50257]"),  # GPT-2's; rows that begin anywhere in a cache line
        ((160_000, 203), 1, "softmax [160000, 203]"),
        ((1_000_000, 16), 1, "softmax [1000000, 16]"),
        ((32, 21, 512, 512), 1, "softmax2d [32, 21, 512, 512]"),
        ((4096, 4096), 0, "softmax [4096, 4096] over dim 0"),
    ]
    if quick:
        softmax_shapes = [
            ((512, 32_000), 1, "softmax [512, 32000]"),
            ((250_000, 16), 1, "softmax [250000, 16]"),
            ((2048, 2048), 0, "softmax [2048, 2048] over dim 0"),
        ]
    for shape, dim, title in softmax_shapes:
        yield lambda s=shape, d=dim, t=title: softmax(setting, s, d, t, log=False)
        yield lambda s=shape, d=dim, t=title: softmax(setting, s, d, t.replace("softmax", "log_softmax"), log=True)
    for log in (False, True):
        yield lambda g=log: softmax_brain(setting, (4096, 32_000) if big else (512, 32_000), g)
    fresh = [((4096, 32_000), "[4096, 32000]"), ((65_536, 1000), "[65536, 1000]"), ((1_000_000, 16), "[1000000, 16]")]
    for shape, title in fresh if big else [((512, 32_000), "[512, 32000]")]:
        for log in (False, True):
            yield lambda s=shape, t=title, g=log: softmax_fresh(setting, s, t, g, ours_fresh=True)
        yield lambda s=shape, t=title: softmax_fresh(setting, s, t, True, ours_fresh=False)

    yield lambda: logsumexp(setting, (4096, 32_000) if big else (512, 32_000))
    for rows, depth, classes in [(1008, 1024, 16_384)] if big else [(256, 256, 4096)]:
        yield lambda r=rows, d=depth, c=classes: sgemm(setting, r, d, c)
    for rows, depth, classes in [(4096, 512, 32_000), (1024, 1024, 100_000)] if big else [(256, 256, 8000)]:
        yield lambda r=rows, d=depth, c=classes: linear_cross_entropy(setting, r, d, c)

    heads = [inputs.WIKITEXT103, inputs.TEXT8, inputs.ONE_BILLION_WORD] if big else [inputs.TINY]
    for sizes in heads:
        yield lambda z=sizes: adaptive(setting, z)
    if setting.data:
        yield lambda: real_head(setting)
    yield lambda: plain_top_k(setting, (1_000_000, 256) if big else (20_000, 64), [1, 64, 4096] if big else [1, 64])


def softmax(setting, shape, dim, title, log):
    import jax
    import torch

    threads = setting.threads
    x, y, theirs = inputs.normal(shape), ours.Array(shape), ours.Array(shape)
    tx, ty = torch.from_numpy(x.numpy), torch.from_numpy(theirs.numpy)
    function = torch.log_softmax if log else torch.softmax
    peers = [Peer("PyTorch", lambda: function(tx, dim, out=ty), lambda: theirs.numpy)]
    peers.append(onnx_softmax(x, theirs, dim, threads, log))
    jax_function = jax.jit(jax.nn.log_softmax if log else jax.nn.softmax, static_argnames="axis")
    jx = jax.numpy.asarray(x.numpy)
    peers.append(
        Peer(
            "JAX",
            lambda: jax_function(jx, axis=dim).block_until_ready(),
            lambda: np.asarray(jax_function(jx, axis=dim)),
            "fresh output: JAX has no other",
        )
    )
    if not log:
        peers.append(Peer("NumPy", lambda: numpy_softmax(x.numpy, theirs.numpy, dim), lambda: theirs.numpy, "one thread"))
    call = lambda: ours.softmax(x, y, dim, threads, log)
    bytes_moved = 2 * 4 * float(np.prod(shape))
    return [Case("softmax", title, "copy", bytes_moved, call, peers, lambda: y.numpy, 2e-5 if log else 1e-6)]


def softmax_brain(setting, shape, log):
    """bfloat16 in and out."""
    import torch

    x, y, theirs = (ours.Array(shape, np.uint16) for _ in range(3))
    x.numpy[...] = inputs.normal(shape).numpy.view(np.uint16)[..., 1::2]  # the upper halves
    tx, ty = (torch.from_numpy(a.numpy).view(torch.bfloat16) for a in (x, theirs))
    wide = lambda a: (a.numpy.astype(np.uint32) << 16).view(np.float32)
    function = torch.log_softmax if log else torch.softmax
    peers = [Peer("PyTorch", lambda: function(tx, 1, out=ty), lambda: wide(theirs))]
    call = lambda: ours.softmax(x, y, 1, setting.threads, log)
    title = f"{'log_softmax' if log else 'softmax'} {list(shape)} bfloat16"
    bytes_moved = 2 * 2 * float(np.prod(shape))
    return [Case("softmax", title, "copy", bytes_moved, call, peers, lambda: wide(y), 0.07 if log else 1e-5)]


def softmax_fresh(setting, shape, title, log, ours_fresh):
    import torch

    threads, dim = setting.threads, len(shape) - 1
    x, y = inputs.normal(shape), ours.Array(shape)

    def result():  # a fresh output is dropped by its call: the same into one that stays
        ours.softmax(x, y, dim, threads, log)
        return y.numpy

    tx = torch.from_numpy(x.numpy)
    function = torch.log_softmax if log else torch.softmax
    peers = [Peer("PyTorch", lambda: function(tx, dim), lambda: function(tx, dim).numpy())]
    name = "log_softmax" if log else "softmax"
    if ours_fresh:
        call = lambda: ours.softmax_fresh(x, dim, threads, log)
        title = f"{name} {title}, fresh outputs"
    else:
        call = lambda: ours.softmax(x, y, dim, threads, log)
        title = f"{name} {title}, into: against a fresh output"
    return [Case("fresh outputs", title, "copy", 2 * 4 * float(np.prod(shape)), call, peers, result, 2e-5 if log else 1e-6)]


def numpy_softmax(x, y, axis):
    np.subtract(x, x.max(axis=axis, keepdims=True), out=y)
    np.exp(y, out=y)
    np.divide(y, y.sum(axis=axis, keepdims=True), out=y)


def onnx_softmax(x, y, dim, threads, log):
    """ONNX Runtime's operator on bound input and output."""
    import onnx
    import onnxruntime

    kind, shape = onnx.TensorProto.FLOAT, list(x.shape)
    value = lambda name: onnx.helper.make_tensor_value_info(name, kind, shape)
    node = onnx.helper.make_node("LogSoftmax" if log else "Softmax", ["x"], ["y"], axis=dim)
    graph = onnx.helper.make_graph([node], "softmax", [value("x")], [value("y")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    binding = session.io_binding()
    binding.bind_input("x", "cpu", 0, np.float32, shape, x.numpy.ctypes.data)
    binding.bind_output("y", "cpu", 0, np.float32, shape, y.numpy.ctypes.data)
    return Peer("ONNX Runtime", lambda: session.run_with_iobinding(binding), lambda: y.numpy)


def logsumexp(setting, shape):
    import torch

    x, y, theirs = inputs.normal(shape), ours.Array(shape[:1]), ours.Array(shape[:1])
    tx, ty = torch.from_numpy(x.numpy), torch.from_numpy(theirs.numpy)
    peers = [Peer("PyTorch", lambda: torch.logsumexp(tx, 1, out=ty), lambda: theirs.numpy)]
    call = lambda: ours.logsumexp(x, y, 1, setting.threads)
    return [Case("softmax", f"logsumexp {list(shape)}", "read", 4 * float(np.prod(shape)), call, peers, lambda: y.numpy)]


def sgemm(setting, rows, depth, classes):
    """Ours with its log-sum-exp against the product alone."""
    import torch

    hidden, weight = inputs.normal((rows, depth), 4), inputs.normal((classes, depth), 5)
    weight.numpy[...] *= depth**-0.5
    layer, y = ours.Linear(weight), ours.Array((rows,))
    logits = ours.Array((rows, classes))
    th, tw, tl = (torch.from_numpy(a.numpy) for a in (hidden, weight, logits))
    peers = [Peer("PyTorch", lambda: torch.mm(th, tw.T, out=tl), lambda: torch.logsumexp(tl, 1).numpy(), "torch.mm alone")]
    title = f"linear + log-sum-exp {rows} x {depth} x {classes}, against torch.mm alone"
    call = lambda: layer.logsumexp(hidden, y, setting.threads)
    return [Case("linear", title, "fma", 2.0 * rows * depth * classes, call, peers, lambda: y.numpy, 2e-5)]


def linear_cross_entropy(setting, rows, depth, classes):
    import torch
    from torch.nn import functional

    hidden, weight = inputs.normal((rows, depth), 4), inputs.normal((classes, depth), 5)
    weight.numpy[...] *= depth**-0.5
    target, layer, loss = inputs.text_targets(rows, classes), ours.Linear(weight), ours.Array(())
    logits = ours.Array((rows, classes))
    th, tw, tl, tt = (torch.from_numpy(a.numpy) for a in (hidden, weight, logits, target))

    def unfused():
        torch.mm(th, tw.T, out=tl)
        return functional.cross_entropy(tl, tt)

    fresh = lambda: functional.cross_entropy(th @ tw.T, tt)
    peers = [
        Peer("PyTorch", unfused, lambda: unfused().numpy(), "cross_entropy(mm(x, W.T, out=))"),
        Peer("PyTorch, as written", fresh, lambda: fresh().numpy(), "cross_entropy(x @ W.T)"),
    ]
    if hasattr(functional, "linear_cross_entropy"):
        fused = lambda: functional.linear_cross_entropy(th, tw, tt)
        peers.append(Peer("PyTorch, linear_cross_entropy", fused, lambda: fused().numpy()))
    call = lambda: layer.cross_entropy(hidden, target, loss, setting.threads)
    title = f"linear_cross_entropy {rows} x {depth} x {classes}"
    return [Case("linear", title, "fma", 2.0 * rows * depth * classes, call, peers, lambda: loss.numpy, 2e-5)]


def torch_head(sizes, state):
    """PyTorch's module on the same weights, in the same memory."""
    import torch

    with torch.device("meta"):
        module = torch.nn.AdaptiveLogSoftmaxWithLoss(
            sizes.features, sizes.classes, sizes.cutoffs, head_bias="head.bias" in state
        )
        for tail, width, i in zip(module.tail, sizes.widths, range(len(sizes.widths))):
            tail[0] = torch.nn.Linear(sizes.features, width, bias=False)
            tail[1] = torch.nn.Linear(width, sizes.tail_size(i), bias=False)
    weights = {name: torch.from_numpy(weight.numpy) for name, weight in state.items()}
    module.load_state_dict(weights, assign=True)
    return module.eval()


def forward_case(setting, sizes, head, module, hidden, target, title, group):
    import torch

    rows = hidden.shape[0]
    output = ours.Array((rows,))
    tx, tt = torch.from_numpy(hidden.numpy), torch.from_numpy(target.numpy)
    peers = [Peer("PyTorch", lambda: module(tx, tt), lambda: module(tx, tt).output.numpy())]
    call = lambda: head.forward(hidden, target, output, setting.threads)
    if rows == 1:
        limit, amount = "read", 2 * sizes.flops(target.numpy)  # four bytes of weights for two operations
    else:
        limit, amount = "fma", float(sizes.flops(target.numpy))
    return Case(group, title, limit, amount, call, peers, lambda: output.numpy, 5e-5)


def log_prob_case(setting, sizes, head, module, hidden, title, group):
    import torch

    rows = hidden.shape[0]
    result = ours.Array((rows, sizes.classes))
    tx = torch.from_numpy(hidden.numpy)
    theirs = lambda: module.log_prob(tx)
    peers = [Peer("PyTorch", theirs, lambda: theirs().numpy(), "fresh output: PyTorch has no other")]
    call = lambda: head.log_prob(hidden, result, setting.threads)
    return Case(group, title, "fma", float(sizes.flops_of_all(rows)), call, peers, lambda: result.numpy, 5e-5)


def predict_case(setting, sizes, head, module, hidden, title, group):
    import torch

    rows = hidden.shape[0]
    result = ours.Array((rows,), np.int64)
    tx = torch.from_numpy(hidden.numpy)
    peers = [Peer("PyTorch", lambda: module.predict(tx), lambda: module.predict(tx).numpy())]
    call = lambda: head.predict(hidden, result, setting.threads)
    amount = float(sizes.flops_of_all(rows))
    # Of classes that nearly tie, either side's roundings may choose another.
    return Case(group, title, "fma", amount, call, peers, lambda: result.numpy, exact_share=0.999)


def top_k_case(setting, head, module, hidden, k, title, group, amount):
    import torch

    best = ours.Best(hidden.shape[0], k)
    tx = torch.from_numpy(hidden.numpy)
    theirs = lambda: torch.topk(module.log_prob(tx), k)
    # Values, not ids: where two classes are as probable, neither order is wrong.
    peers = [Peer("PyTorch", theirs, lambda: theirs().values.numpy(), "topk(log_prob)")]
    call = lambda: head.top_k(hidden, k, best, setting.threads)
    skipped = lambda: f"{best.read()[2]:.0%} of the class tiles skipped"
    return Case(group, title, "fma", amount, call, peers, lambda: best.read()[1], 5e-5, note=skipped)


def bfloat16_case(setting, sizes, narrow, module, hidden, target, title):
    """The same row with weights held in bfloat16, against PyTorch's float32 head."""
    import torch

    output = ours.Array((1,))
    tx, tt = torch.from_numpy(hidden.numpy), torch.from_numpy(target.numpy)
    peers = [Peer("PyTorch", lambda: module(tx, tt), lambda: module(tx, tt).output.numpy(), "float32 weights")]
    call = lambda: narrow.forward(hidden, target, output, setting.threads)
    amount = float(sizes.flops(target.numpy))  # two bytes of weights for two operations
    return Case("adaptive", title, "read", amount, call, peers, lambda: output.numpy, 0.05)


def plain_top_k(setting, shape, every):
    """The 10 best of a plain head: FAISS ranks by inner product alone, ours gives log-probabilities as well."""
    import faiss
    import torch

    classes, features = shape
    faiss.omp_set_num_threads(setting.threads)
    weight = inputs.normal(shape, 5)
    # The numbers repeat: each row has a length of its own, or rows would tie and both orders be right.
    weight.numpy[...] *= np.random.default_rng(9).uniform(0.9, 1.1, (classes, 1)).astype(np.float32)
    index = faiss.IndexFlatIP(features)
    index.add(weight.numpy)
    head, cases = ours.Head(weight), []
    for rows in every:
        hidden, best, k = inputs.normal((rows, features), 8), ours.Best(rows, 10), 10
        tw, tx = torch.from_numpy(weight.numpy), torch.from_numpy(hidden.numpy)
        search = lambda x=hidden: index.search(x.numpy, k)
        peers = [Peer("FAISS", search, lambda x=hidden: index.search(x.numpy, k)[1], "IndexFlatIP: inner products alone")]
        if rows <= 64:
            theirs = lambda x=tx: torch.topk(torch.log_softmax(x @ tw.T, 1), k)
            peers.append(Peer("PyTorch", theirs, lambda f=theirs: f().indices.numpy(), "topk(log_softmax(x @ W.T))"))
        call = lambda x=hidden, b=best: head.top_k(x, k, b, setting.threads)
        limit = "read" if rows == 1 else "fma"
        amount = (4.0 if rows == 1 else 2.0 * rows) * classes * features
        title = f"top-10, plain head {features} x {classes}, N = {rows}"
        cases.append(Case("top-k", title, limit, amount, call, peers, lambda b=best: b.read()[0], exact_share=0.99))
    return cases


def adaptive(setting, sizes):
    state = sizes.weights()
    head, module = ours.Head(state), torch_head(sizes, state)
    every, few = ([4096, 1024, 64, 1], [64, 256]) if not setting.quick else ([512, 64, 1], [64])
    cases = []
    for rows in every:
        hidden, target = inputs.normal((rows, sizes.features), 6), inputs.text_targets(rows, sizes.classes)
        if rows == 1:
            target.numpy[...] = sizes.cutoffs[0] // 2
        title = f"forward, {sizes.name}, N = {rows}"
        cases.append(forward_case(setting, sizes, head, module, hidden, target, title, "adaptive"))
        if rows == 1:
            narrow, title = ours.Head(state, bfloat16=True), title + ", bfloat16 weights"
            cases.append(bfloat16_case(setting, sizes, narrow, module, hidden, target, title))
    for rows in few:
        hidden = inputs.normal((rows, sizes.features), 7)
        cases.append(log_prob_case(setting, sizes, head, module, hidden, f"log_prob, {sizes.name}, N = {rows}", "adaptive"))
    hidden = inputs.normal((64, sizes.features), 7)
    cases.append(predict_case(setting, sizes, head, module, hidden, f"predict, {sizes.name}, N = 64", "adaptive"))
    flops = float(sizes.flops_of_all(64))
    title = f"top-10, {sizes.name}, random rows, N = 64"
    cases.append(top_k_case(setting, head, module, hidden, 10, title, "top-k", flops))
    return cases


def real_head(setting):
    sizes, state, rows, targets = inputs.real(setting.data)
    head, module = ours.Head(state), torch_head(sizes, state)
    hidden, target = ours.array(rows), ours.array(targets)
    name = f"{sizes.features} x {sizes.classes}"
    some = ours.array(rows[: 256 if setting.quick else 2048])
    title = lambda what, n: f"{what}, real head {name}, {n} rows"
    narrow, scores = ours.Head(state, bfloat16=True), ours.Array((len(rows),))
    losses = lambda: [h.forward(hidden, target, scores, setting.threads) for h in (head, narrow)]
    cost = forward_case(setting, sizes, narrow, module, hidden, target, title("forward", len(rows)), "real head")
    cost.title += ", bfloat16 weights"
    cost.tolerance = 0.5
    cost.note = lambda: "loss {:.6f} with float32 weights, {:.6f} with bfloat16".format(*losses())
    ranked = [ours.array(rows[:n]) for n in ([64] if setting.quick else [64, 4096]) if n <= len(rows)]
    return [
        forward_case(setting, sizes, head, module, hidden, target, title("forward", len(rows)), "real head"),
        cost,
        log_prob_case(setting, sizes, head, module, some, title("log_prob", some.shape[0]), "real head"),
        predict_case(setting, sizes, head, module, hidden, title("predict", len(rows)), "real head"),
    ] + [
        top_k_case(setting, head, module, x, 10, title("top-10", len(x.numpy)), "top-k", float(sizes.flops_of_all(len(x.numpy))))
        for x in ranked
    ]
