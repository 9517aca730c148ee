#!/usr/bin/env python3
"""Makes models of one: each has another name in its metadata and other weights in a few places.

usage: variants.py MODEL.safetensors FOLDER COUNT           FOLDER/model-00.safetensors and so on
       variants.py MODEL.safetensors FILE.safetensors --bad   its first tensors are not numbers, so that it is refused when it is read
"""
import json
import pathlib
import struct
import sys

NOT_A_NUMBER = struct.pack("<e", float("nan"))


def parts(path):
    """The header and the data of a file."""
    content = path.read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    return json.loads(content[8 : 8 + length]), bytearray(content[8 + length :])


def write(path, header, data, name):
    header["__metadata__"] = {**header.get("__metadata__", {}), "modelspec.title": name}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def half_offsets(header):
    """Where the F16 tensors begin."""
    return [entry["data_offsets"][0] for entry in header.values() if entry.get("dtype") == "F16"]


def main(source, target, count):
    header, data = parts(pathlib.Path(source))
    offsets = half_offsets(header)
    target = pathlib.Path(target)
    if count == "--bad":
        for offset in offsets:
            data[offset : offset + 2] = NOT_A_NUMBER
        write(target, header, data, "bad")
        return
    target.mkdir(parents=True, exist_ok=True)
    for number in range(int(count)):
        varied = bytearray(data)
        for offset in offsets:
            varied[offset] = number  # the low byte of a mantissa: the value stays a number
        name = f"model-{number:02}"
        write(target / f"{name}.safetensors", dict(header), varied, name)


if len(sys.argv) != 4:
    sys.exit(__doc__)
main(*sys.argv[1:])
