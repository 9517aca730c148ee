"""torch_network.py KIND FOLDER SIZE BATCH f32|bf16 nchw|channels_last RUNS: times a network of torch; prints JSON.

KIND is one of networks.py. `run_seconds` lists every run, the first too, which warms up.
"""
import json
import sys
import time

import networks
import torch

kind, folder, size, batch, precision, layout, runs = sys.argv[1:]
dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[precision]
order = {"nchw": torch.contiguous_format, "channels_last": torch.channels_last}[layout]


def placed(tensor):
    """A tensor as the network is given it."""
    tensor = tensor.to(dtype) if tensor.is_floating_point() else tensor
    return tensor.to(memory_format=order) if tensor.dim() == 4 else tensor


with torch.no_grad():
    start = time.perf_counter()
    network = networks.load(kind, folder, dtype).to(memory_format=order)
    loaded = time.perf_counter() - start
    values = [placed(value) for value in networks.inputs(kind, int(size), int(batch)).values()]
    seconds = []
    for _ in range(int(runs)):
        start = time.perf_counter()
        output = network(*values)
        seconds.append(time.perf_counter() - start)
print(json.dumps({"load_seconds": loaded, "run_seconds": seconds, "is_finite": bool(torch.isfinite(output.float()).all())}))
