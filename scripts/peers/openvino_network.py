"""openvino_network.py IR.xml IN.safetensors f32|bf16 RUNS: times what openvino_export.py wrote, for the shapes of IN; prints JSON.

IR.xml.inputs has the names of the inputs in order. Needs openvino and numpy alone.
"""
import json
import struct
import sys
import time

import numpy
import openvino

TYPES = {"F32": numpy.float32, "I64": numpy.int64}


def arrays(path):
    """The tensors of a safetensors file by name."""
    data = open(path, "rb").read()
    length = struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    return {name: numpy.frombuffer(data[8 + length:], TYPES[entry["dtype"]], offset=entry["data_offsets"][0],
                                   count=int(numpy.prod(entry["shape"]))).reshape(entry["shape"]) for name, entry in header.items()}


path, given, precision, runs = sys.argv[1:]
start = time.perf_counter()
core = openvino.Core()
model = core.read_model(path)
names = json.load(open(path + ".inputs"))
tensors = arrays(given)
values = [tensors[name] for name in names]
model.reshape({index: list(value.shape) for index, value in enumerate(values)})
compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"})
loaded = time.perf_counter() - start
seconds = []
for _ in range(int(runs)):
    start = time.perf_counter()
    output = compiled(values)
    seconds.append(time.perf_counter() - start)
print(json.dumps({"load_seconds": loaded, "run_seconds": seconds, "is_finite": bool(numpy.isfinite(output[0]).all())}))
