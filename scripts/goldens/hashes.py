#!/usr/bin/env python3
"""Prints what `weft hash` must say of a safetensors file, computed with Python's hashlib alone.

usage: hashes.py FILE
The expected values in Tests/WeftTransformTests/Hash/ModelHashesTests.swift are from here.
"""
import hashlib
import json
import sys


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


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        for key, value in hashes(file.read()).items():
            print(f"{key:13}{value}")
