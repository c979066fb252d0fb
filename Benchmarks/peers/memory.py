"""Peak memory of one forward pass of 4,096 rows, beyond weights and inputs, in a process of its own.

    python memory.py ours LIBRARY THREADS | torch LIBRARY THREADS
"""

import ctypes
import gc
import pathlib
import re
import sys

import inputs
import ours

ROWS = 4096


def status(field):
    """A field of /proc/self/status in bytes."""
    text = pathlib.Path("/proc/self/status").read_text()
    return 1024 * int(re.search(rf"^{field}:\s+(\d+)", text, re.MULTILINE)[1])


def main(side, library, threads):
    ours.load(library)
    sizes = inputs.WIKITEXT103
    hidden, target = inputs.normal((ROWS, sizes.features), 6), inputs.text_targets(ROWS, sizes.classes)
    state = sizes.weights()
    if side == "ours":
        head, output = ours.Head(state), ours.Array((ROWS,))
        del state
        call = lambda: head.forward(hidden, target, output, threads)
    else:
        import torch

        import cases

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        module = cases.torch_head(sizes, state)
        tx, tt = torch.from_numpy(hidden.numpy), torch.from_numpy(target.numpy)
        module(tx[:1], tt[:1])  # what is set up once
        call = lambda: module(tx, tt)
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # freed memory that is still resident would hide what the call takes
    pathlib.Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before = status("VmRSS")
    call()
    print(status("VmHWM") - before)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
