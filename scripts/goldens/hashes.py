#!/usr/bin/env python3
"""Prints what `weft hash` must say of a safetensors file, computed with Python's hashlib alone.

usage: hashes.py [FILE]
Without FILE it is the model of Tests/WeftTransformTests/Hash/HashedModel.swift, whose expected values are from here.
"""
import hashlib
import json
import sys

MODEL = [
    ("blocks.0.weight", (2600, 2048), "F32"), ("blocks.1.weight", (64, 32), "F16"), ("blocks.1.bias", (31,), "BF16"),
    ("empty", (0, 4), "F32"), ("scalar", (), "F32"), ("näme\nwith a line feed", (5,), "F16"),
    ("blocks.2.weight", (513, 511), "F16"),
]


def hashes(data):
    start = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:start])
    total = hashlib.sha256(b"weft-content-v1\n")
    for name in sorted(header.keys() - {"__metadata__"}, key=str.encode):
        dtype, shape, (begin, end) = (header[name][key] for key in ("dtype", "shape", "data_offsets"))
        digest = hashlib.sha256(data[start + begin:start + end]).hexdigest()
        shape = ",".join(map(str, shape))
        total.update(f"{digest} {dtype} [{shape}] {len(name.encode())}:{name}\n".encode())
    whole, content = (hashlib.sha256(part).hexdigest() for part in (data, data[start:]))
    return {
        "sha256": whole, "autov1": hashlib.sha256(data[0x100000:0x110000]).hexdigest()[:8], "autov2": whole[:10],
        "autov3": content[:12], "data_sha256": content, "content": total.hexdigest()}


def model():
    import torch
    from common import hash_tensor
    dtypes = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
    header, data = {}, b""
    for name, shape, dtype in MODEL:
        kind = None if len(shape) > 1 else "bias"
        values = hash_tensor(name, shape, "hashes", kind).to(dtypes[dtype]).reshape(-1)
        begin = len(data)
        data += values.view(torch.uint8).numpy().tobytes()
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return len(text).to_bytes(8, "little") + text + data


if __name__ == "__main__":
    found = open(sys.argv[1], "rb").read() if len(sys.argv) > 1 else model()
    for key, value in hashes(found).items():
        print(f"{key:13}{value}")
