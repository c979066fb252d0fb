"""AdaptiveSoftmax in this process, through ctypes: Benchmarks/PeerExports built as a dynamic library."""

import ctypes
import os

import numpy as np

_lib = None


def load(path):
    """Loads the library; to be called before any other OpenMP program is in the process."""
    global _lib
    _lib = ctypes.CDLL(path, mode=os.RTLD_NOW | os.RTLD_LOCAL | os.RTLD_DEEPBIND)
    pointer, integer, size, real = ctypes.c_void_p, ctypes.c_int32, ctypes.c_ssize_t, ctypes.c_double
    for name in ["floats", "brains", "indices", "floats_data", "brains_data", "indices_data", "linear", "head", "plain_head", "best"]:
        getattr(_lib, "peer_" + name).restype = pointer
    for name in ["limit_fma", "limit_copy", "limit_read", "best_read"]:
        getattr(_lib, "peer_" + name).restype = real
    _lib.peer_release.argtypes = [pointer]
    _lib.peer_runtime.argtypes = [ctypes.c_char_p, size]
    _lib.peer_limit_fma.argtypes = [integer]
    _lib.peer_limit_copy.argtypes = _lib.peer_limit_read.argtypes = [size, integer]


def runtime():
    text = ctypes.create_string_buffer(256)
    _lib.peer_runtime(text, len(text))
    return text.value.decode()


def team_size(threads):
    return _lib.peer_team_size(threads)


def limit(kind, threads):
    """The machine's limit now: floating-point operations or bytes a second."""
    if kind == "fma":
        return _lib.peer_limit_fma(threads)
    return getattr(_lib, "peer_limit_" + kind)(128 << 20, threads)


class Handle:
    """An object of the library's."""

    def __init__(self, pointer):
        if not pointer:
            raise RuntimeError("AdaptiveSoftmax refused; the reason is above")
        self.pointer = ctypes.c_void_p(pointer)

    def __del__(self):
        if _lib is not None:
            _lib.peer_release(self.pointer)


KINDS = {
    np.dtype(np.float32): ("floats", ctypes.c_float),
    np.dtype(np.uint16): ("brains", ctypes.c_uint16),
    np.dtype(np.int64): ("indices", ctypes.c_int64),
}


class Array:
    """One of our tensors; `numpy` is a view of its memory, which peers read and write as well. bfloat16 is uint16 to NumPy."""

    def __init__(self, shape, dtype=np.float32):
        kind, element = KINDS[np.dtype(dtype)]
        sizes = (ctypes.c_int64 * len(shape))(*shape)
        owner = Handle(getattr(_lib, "peer_" + kind)(len(shape), sizes))
        count = int(np.prod(shape))
        memory = (element * count).from_address(getattr(_lib, f"peer_{kind}_data")(owner.pointer))
        memory.owner = owner  # views of the memory keep it alive
        self.pointer = owner.pointer
        self.shape = tuple(shape)
        self.numpy = np.frombuffer(memory, dtype).reshape(shape)


def array(values):
    result = Array(values.shape, np.float32 if values.dtype == np.float32 else np.int64)
    result.numpy[...] = values
    return result


def _check(status):
    if status != 0:
        raise RuntimeError("AdaptiveSoftmax refused; the reason is above")


def softmax(x, y, dim, threads, log=False):
    function = _lib.peer_softmax if x.numpy.dtype == np.float32 else _lib.peer_softmax_brains
    _check(function(ctypes.c_bool(log), x.pointer, y.pointer, dim, threads))


def softmax_fresh(x, dim, threads, log=False):
    _check(_lib.peer_softmax_fresh(ctypes.c_bool(log), x.pointer, dim, threads))


def logsumexp(x, y, dim, threads):
    _check(_lib.peer_logsumexp(x.pointer, y.pointer, dim, threads))


class Linear(Handle):
    """A packed linear layer, weights [classes, features]."""

    def __init__(self, weight):
        super().__init__(_lib.peer_linear(weight.pointer))

    def logsumexp(self, x, y, threads):
        _check(_lib.peer_linear_logsumexp(self.pointer, x.pointer, y.pointer, threads))

    def cross_entropy(self, x, target, loss, threads):
        _check(_lib.peer_linear_cross_entropy(self.pointer, x.pointer, target.pointer, loss.pointer, threads))


class Head(Handle):
    """A packed adaptive head; `state` maps PyTorch's names to arrays of ours, or is the one matrix of a plain head."""

    def __init__(self, state, bfloat16=False):
        if isinstance(state, Array):
            super().__init__(_lib.peer_plain_head(state.pointer))
            return
        names = (ctypes.c_char_p * len(state))(*[name.encode() for name in state])
        weights = (ctypes.c_void_p * len(state))(*[weight.pointer for weight in state.values()])
        super().__init__(_lib.peer_head(len(state), names, weights, ctypes.c_bool(bfloat16)))

    def forward(self, x, target, output, threads):
        loss = ctypes.c_float()
        _check(_lib.peer_forward(self.pointer, x.pointer, target.pointer, output.pointer, ctypes.byref(loss), threads))
        return loss.value

    def log_prob(self, x, y, threads):
        _check(_lib.peer_log_prob(self.pointer, x.pointer, y.pointer, threads))

    def predict(self, x, classes, threads):
        _check(_lib.peer_predict(self.pointer, x.pointer, classes.pointer, threads))

    def top_k(self, x, k, best, threads):
        _check(_lib.peer_top_k(self.pointer, x.pointer, k, best.pointer, threads))


class Best(Handle):
    """The results of `top_k` calls of one shape."""

    def __init__(self, rows, k):
        super().__init__(_lib.peer_best())
        self.ids, self.log_probs = np.empty((rows, k), np.int64), np.empty((rows, k), np.float32)

    def read(self):
        """The class ids, the log-probabilities, and the share of the class tiles that were never computed."""
        ids, log_probs = (ctypes.c_void_p(a.ctypes.data) for a in (self.ids, self.log_probs))
        skipped = _lib.peer_best_read(self.pointer, ids, log_probs)
        return self.ids, self.log_probs, skipped
