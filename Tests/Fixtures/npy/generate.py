"""Writes the .npy files beside it with NumPy and ml_dtypes; run by hand: python3 generate.py"""

import io
import pathlib

import ml_dtypes
import numpy as np

here = pathlib.Path(__file__).parent
grid = np.arange(6).reshape(2, 3)


def save(name, array, version=None):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, version=version)
    (here / f"{name}.npy").write_bytes(buffer.getvalue())


save("f4", (grid / 4).astype("<f4"))
save("f4_fortran", np.asfortranarray((grid / 4).astype("<f4")))
save("f8_big", (grid / 4).astype(">f8"))
save("f2", (grid / 4).astype("<f2"))
save("bf16", (grid / 4).astype(ml_dtypes.bfloat16))
save("i8", grid.astype("<i8"))
save("u1", grid.astype("u1"))
save("b1", grid % 2 == 0)
save("scalar", np.array(2.5, "<f4"))
save("vector", np.arange(5, dtype="<i4"))
save("empty", np.zeros((0, 4), "<f4"))
save("v2", (grid / 4).astype("<f4"), (2, 0))
save("v3", (grid / 4).astype("<f4"), (3, 0))
