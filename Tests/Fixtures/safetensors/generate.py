"""Writes mixed.safetensors beside it with safetensors 0.8.0, NumPy and ml_dtypes; run by hand: python3 generate.py"""

import pathlib

import ml_dtypes
import numpy as np
from safetensors.numpy import save_file

grid = np.arange(6).reshape(2, 3)
types = ["bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64"]
types += ["float16", "float32", "float64"]
tensors = {name: grid.astype(name) for name in types}
tensors["bfloat16"] = grid.astype(ml_dtypes.bfloat16)
tensors["scalar"] = np.array(2.5, "float32")
tensors["empty"] = np.zeros((2, 0), "float32")
tensors['na"me\n\\\u00e9\x01'] = np.array([1.5], "float32")
save_file(tensors, pathlib.Path(__file__).parent / "mixed.safetensors", metadata={"format": "np"})
