"""The codebooks of the IQ1, IQ2 and IQ3 types as tables in C, from gguf-py's packed form of them.

usage: ORACLE/bin/python make_grids.py ../../Sources/CKernels/codecs/decode
"""
import pathlib
import sys

import numpy
from gguf import quants

folder = pathlib.Path(sys.argv[1])
families = {
    "grids_iq1.c": ["IQ1_S"],
    "grids_iq2.c": ["IQ2_XXS", "IQ2_XS", "IQ2_S"],
    "grids_iq3.c": ["IQ3_XXS", "IQ3_S"],
}
# How an entry of so many places packs its codes, and the C type of a table that has a byte for each place.
widths = {8: (2, "uint64_t"), 4: (4, "uint32_t")}


def packed(kind):
    """The entries [count] of codes, the first place in the lowest bits."""
    kind.init_grid()
    grid = kind.grid.reshape(kind.grid_shape)  # [entries, places]
    codes = numpy.searchsorted(numpy.array(kind.grid_map), grid).astype(numpy.uint32)
    bits, _ = widths[grid.shape[1]]
    return (codes << (bits * numpy.arange(grid.shape[1], dtype=numpy.uint32))).sum(axis=1)


def table(name):
    kind = getattr(quants, name)
    count, places = kind.grid_shape
    macro = {"IQ3_XXS": "IQ3_XXS_ENTRY", "IQ3_S": "IQ3_S_ENTRY"}.get(name, f"{name[:3]}_ENTRY")
    entries = [f"E(0x{entry:04X})" for entry in packed(kind)]
    lines = [", ".join(entries[i : i + 9]) for i in range(0, count, 9)]
    body = ",\n".join(f"  {line}" for line in lines)
    variable = f"weft_{name.lower()}_grid"
    return f"#define E {macro}\nconst {widths[places][1]} {variable}[{count}] = {{\n{body},\n}};\n#undef E\n"


for file, names in families.items():
    head = (
        "// Made by scripts/goldens/make_grids.py.\n"
        "// Source: https://github.com/ggml-org/ggml/blob/d99724f2/src/ggml-common.h\n"
        '#include "grids.h"\n\n'
    )
    (folder / file).write_text(head + "\n".join(table(name) for name in names))
