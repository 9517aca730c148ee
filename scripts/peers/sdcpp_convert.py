#!/usr/bin/env python3
"""Converts a model with stable-diffusion.cpp's own `convert`, through its Python package.

usage: sdcpp_convert.py IN OUT.gguf TYPE

TYPE is a type's name as ggml spells it, in any case: q8_0, q4_k, iq4_nl. The number of threads is the library's choice, one for each
physical core; it takes tensors in turn and gives each to one thread. Names stay as they are.
"""
import os
import sys

import stable_diffusion_cpp.stable_diffusion_cpp as sdcpp

TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q4_1": 3, "q5_0": 6, "q5_1": 7, "q8_0": 8, "q2_k": 10, "q3_k": 11, "q4_k": 12, "q5_k": 13,
         "q6_k": 14, "iq4_nl": 20, "iq4_xs": 23, "bf16": 30, "tq1_0": 34, "tq2_0": 35, "mxfp4": 39}


def main():
    if len(sys.argv) != 4 or sys.argv[3].lower() not in TYPES:
        sys.exit(__doc__)
    source, output, kind = sys.argv[1], sys.argv[2], TYPES[sys.argv[3].lower()]
    done = sdcpp.convert(os.fsencode(source), b"", os.fsencode(output), kind, b"", False)
    sys.exit(0 if done else f"stable-diffusion.cpp cannot convert {source}")


main()
