#!/usr/bin/env python3
"""Says whether bitsandbytes makes the same codes and scales of a model as a quantised file has, and decodes it to the same values.

usage: bitsandbytes_check.py SOURCE.safetensors QUANTISED.safetensors DECODED.safetensors

DECODED is what weft makes of QUANTISED. Needs bitsandbytes and torch; reads safetensors itself, which that environment may lack.
Prints one line; exits with 1 where something differs.
"""
import json
import sys

import bitsandbytes.functional as bnb
import torch

TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "U8": torch.uint8, "I8": torch.int8, "I64": torch.int64,
         "I32": torch.int32}
MARK = ".quant_state.bitsandbytes__"


class File:
    """A safetensors file, tensor by tensor."""

    def __init__(self, path):
        self.file = open(path, "rb")
        length = int.from_bytes(self.file.read(8), "little")
        self.entries, self.start = json.loads(self.file.read(length)), 8 + length
        self.entries.pop("__metadata__", None)

    def __getitem__(self, name):
        entry = self.entries[name]
        begin, end = entry["data_offsets"]
        self.file.seek(self.start + begin)
        data = bytearray(self.file.read(end - begin))
        return torch.frombuffer(data, dtype=TYPES[entry["dtype"]]).reshape(entry["shape"]) if data else torch.empty(entry["shape"], dtype=TYPES[entry["dtype"]])


def difference(name, what, found, wanted):
    """A line when two tensors differ, else nothing."""
    if found.shape != wanted.shape or found.dtype != wanted.dtype:
        return [f"{name}: {what} are {found.dtype} {list(found.shape)} instead of {wanted.dtype} {list(wanted.shape)}"]
    unequal = (found != wanted).reshape(-1).nonzero().reshape(-1)
    if not len(unequal):
        return []
    first = int(unequal[0])
    return [f"{name}: {len(unequal)} of {found.numel()} {what} differ, first at {first}: "
            f"{found.reshape(-1)[first].item()!r} instead of {wanted.reshape(-1)[first].item()!r}"]


def four_bits(source, packed, decoded, name):
    parts = {key.removeprefix(name + "."): packed[key] for key in packed.entries if key.startswith(name + ".")}
    kind = next(key for key in parts if key.startswith(MARK[1:])).removeprefix(MARK[1:])
    weight = source[name]
    codes, own = bnb.quantize_4bit(weight, blocksize=64, quant_type=kind, compress_statistics=False)
    state = bnb.QuantState.from_dict(dict(parts), device=torch.device("cpu"))
    lines = difference(name, "bytes of codes", packed[name], codes) + difference(name, "scales", state.absmax, own.absmax)
    lines += difference(name, "levels", state.code, own.code)
    if state.shape != weight.shape:
        lines.append(f"{name}: the state's shape is {state.shape} instead of {weight.shape}")
    values = unpacked(packed[name], state)
    lines += difference(name, "values", decoded[name].to(values.dtype), values)
    if weight.shape[-1] % 64 == 0:  # bitsandbytes' kernel for processors takes wrong scales where a row ends inside a block
        lines += difference(name, "values", decoded[name].to(values.dtype), bnb.dequantize_4bit(packed[name], state))
    return lines


def unpacked(codes, state):
    """The values by the formula of bitsandbytes' default backend: a code's level times its block's scale, in float32."""
    codes = codes.reshape(-1)
    codes = torch.stack([codes >> 4, codes & 15], dim=1).reshape(-1)[:state.shape.numel()].long()
    scales = state.absmax.repeat_interleave(state.blocksize)[:len(codes)]
    return (state.code[codes] * scales).reshape(state.shape).to(state.dtype)


def eight_bits(source, packed, decoded, name):
    stem, weight = name.removesuffix(".weight"), source[name]
    codes, scales, _ = bnb.int8_vectorwise_quant(weight.to(torch.float16))  # as Linear8bitLt casts what it is given
    lines = difference(name, "codes", packed[name], codes) + difference(name, "scales", packed[stem + ".SCB"], scales)
    values = bnb.int8_vectorwise_dequant(packed[name], packed[stem + ".SCB"])
    return lines + difference(name, "values", decoded[name].to(values.dtype), values)


def main():
    source, packed, decoded = map(File, sys.argv[1:4])
    four = [name.split(MARK)[0] for name in packed.entries if MARK in name]
    eight = [name.removesuffix(".SCB") + ".weight" for name in packed.entries if name.endswith(".SCB")]
    lines = [line for name in four for line in four_bits(source, packed, decoded, name)]
    lines += [line for name in eight for line in eight_bits(source, packed, decoded, name)]
    if lines or not four + eight:
        sys.exit("\n      ".join([f"{len(lines)} differences in {len(four + eight)} tensors", *lines[:6]]))
    print(f"bitsandbytes has equal codes, scales and values in {len(four + eight)} tensors")


main()
