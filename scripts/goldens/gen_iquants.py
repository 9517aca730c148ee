"""Random blocks of the types that quants.safetensors lacks, and their values.

usage: ORACLE/bin/python gen_iquants.py ../../Tests/Fixtures/iquants.safetensors
The values are gguf-py's, and by ggml's formulas in numpy for the four types that it does not decode.
"""
import sys

import numpy
from gguf import GGMLQuantizationType, quants
from gguf.constants import GGML_QUANT_SIZES
from safetensors.numpy import save_file

COUNT = 16
CODEBOOKS = ["IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S"]
# Where the upper byte of the scale is, if not at 1; without its bit 0x40 the scale is finite.
UPPER_BYTES = {"IQ1_M": 55, "Q8_K": 3}


def half(blocks):
    """The scale [blocks, 1] in the first two bytes."""
    return blocks[:, :2].copy().view(numpy.float16).astype(numpy.float32)


def codes(blocks, width):
    """The codes of so many bits [blocks, elements], side by side from the lowest bit."""
    shifts = numpy.arange(0, 8, width, dtype=numpy.uint8)
    each = blocks[:, 2:, None] >> shifts & (1 << width) - 1  # [blocks, bytes, codes]
    return each.reshape(len(blocks), -1).astype(numpy.float32)


# Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-quants.c
# Per type: the size of a block, and its values.
FORMULAS = {
    "Q1_0": (18, lambda b: half(b) * (2 * codes(b, 1) - 1)),
    "Q2_0": (18, lambda b: half(b) * (codes(b, 2) - 1)),
    "Q8_1": (36, lambda b: half(b) * b[:, 4:].view(numpy.int8).astype(numpy.float32)),
    "Q8_K": (
        292,
        lambda b: b[:, :4].copy().view(numpy.float32)
        * b[:, 4:260].view(numpy.int8).astype(numpy.float32),
    ),
}


def random_blocks(name, size):
    blocks = generator.integers(0, 256, (COUNT, size), dtype=numpy.uint8)
    blocks[:, UPPER_BYTES.get(name, 1)] &= 0xBF
    return blocks


generator = numpy.random.default_rng(20261125)
tensors = {}
for name in CODEBOOKS:
    kind = GGMLQuantizationType[name]
    tensors[f"blocks.{name}"] = random_blocks(name, GGML_QUANT_SIZES[kind][1])
    tensors[f"values.{name}"] = quants.dequantize(tensors[f"blocks.{name}"], kind)
for name, (size, formula) in FORMULAS.items():
    tensors[f"blocks.{name}"] = random_blocks(name, size)
    tensors[f"values.{name}"] = formula(tensors[f"blocks.{name}"])
for name, values in tensors.items():
    assert values.dtype == numpy.uint8 or values.dtype == numpy.float32 and numpy.isfinite(values).all(), name
about = "random blocks and their values: gguf 0.19 dequantisation, numpy for Q1_0, Q2_0, Q8_1 and Q8_K"
save_file(tensors, sys.argv[1], {"about": about})
