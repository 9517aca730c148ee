#!/usr/bin/env python3
"""usage: slim_quants.py QUANTS.safetensors OUT.safetensors

Keeps the first 16 of the 64 rows, which hold every kind of row once, of the reference bytes of ggml's quantisers.
"""
import sys

from safetensors import safe_open
from safetensors.numpy import save_file

source, target = sys.argv[1:]
with safe_open(source, "np") as file:
    tensors = {name: file.get_tensor(name) for name in file.keys()}
    about = file.metadata()["about"]
kept = {
    name: values if name == "in.imatrix" else values[:16].copy()
    for name, values in tensors.items()
}
save_file(kept, target, {"about": about})
