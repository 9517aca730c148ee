"""gemm.py f32|bf16|int8|sgemm: the rates of products of matrices of the sizes that networks have, in 1e9 operations a second, as JSON.

f32, bf16 and int8 are torch's, sgemm is that of OpenBLAS through numpy. Each rate is that of the median of five products.
"""
import json
import statistics
import sys
import time

# Rows, columns and inner size: a large square, then what UNets of SD1.5 multiply.
SIZES = [(3072, 3072, 3072), (8192, 320, 2880), (2048, 640, 5760), (512, 1280, 11520), (512, 10240, 1280)]


def rate(rows, columns, inner, product):
    product()
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        product()
        seconds.append(time.perf_counter() - start)
    return 2 * rows * columns * inner / statistics.median(seconds) / 1e9


def product(kind, rows, columns, inner):
    """A call that multiplies once."""
    if kind == "sgemm":
        import numpy
        random = numpy.random.default_rng(0)
        one, other = (random.standard_normal(shape, dtype=numpy.float32) for shape in ((rows, inner), (inner, columns)))
        return lambda: one @ other
    import torch
    if kind == "int8":
        one, other = (torch.randint(-127, 127, shape, dtype=torch.int8) for shape in ((rows, inner), (columns, inner)))
        return lambda: torch._int_mm(one, other.t())
    one, other = torch.randn(rows, inner), torch.randn(columns, inner)
    if kind == "f32":
        return lambda: torch.mm(one, other.t())
    one, other = one.bfloat16(), other.bfloat16()
    return lambda: torch.nn.functional.linear(one, other)


print(json.dumps({"gops": {"x".join(map(str, size)): rate(*size, product(sys.argv[1], *size)) for size in SIZES}}))
