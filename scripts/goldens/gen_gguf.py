"""Small GGUF files as gguf-py writes them, one as stable-diffusion.cpp does, importance matrices, and what gguf-py reads.

usage: ORACLE/bin/python gen_gguf.py OUT
"""
import hashlib, json, pathlib, struct, sys
import numpy as np
from gguf import GGMLQuantizationType as Type, GGUFReader, GGUFWriter, GGUFValueType as Value
from gguf.constants import GGML_QUANT_SIZES

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)


def pattern(count, seed):
    return ((np.arange(count, dtype=np.int64) * 37 + seed * 11) % 251).astype(np.uint8)


def blocks(dtype, rows, columns, seed):
    """Rows of a type, as bytes of which gguf-py makes the shape."""
    per_block, size = GGML_QUANT_SIZES[dtype]
    return pattern(rows * columns // per_block * size, seed).reshape(rows, -1)


def finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


# Every type of value and of tensor, and an alignment of its own.
writer = GGUFWriter(out / "types.gguf", "weft-test")
writer.add_custom_alignment(64)
writer.add_uint8("value.uint8", 255)
writer.add_int8("value.int8", -128)
writer.add_uint16("value.uint16", 65535)
writer.add_int16("value.int16", -32768)
writer.add_uint32("value.uint32", 2**32 - 1)
writer.add_int32("value.int32", -(2**31))
writer.add_float32("value.float32", 0.1)
writer.add_uint64("value.uint64", 2**64 - 1)
writer.add_int64("value.int64", -(2**63))
writer.add_float64("value.float64", 1e-300)
writer.add_bool("value.true", True)
writer.add_bool("value.false", False)
writer.add_string("value.string", "Grüße \"\\\n\U0001F600")
arrays = {
    Value.UINT8: [0, 255], Value.INT8: [-128, 127], Value.UINT16: [0, 65535], Value.INT16: [-32768, 1],
    Value.UINT32: [0, 2**32 - 1], Value.INT32: [-1, 2], Value.FLOAT32: [0.5, -2.0], Value.BOOL: [True, False, True],
    Value.STRING: ["a", "", "längere Zeile"], Value.UINT64: [2**64 - 1], Value.INT64: [-(2**63)],
    Value.FLOAT64: [0.1, 2.0],
}
for kind, values in arrays.items():
    writer.add_key_value(f"array.{kind.name.lower()}", values, Value.ARRAY, sub_type=kind)
writer.add_array("array.long", list(range(1000)))
# gguf-py gives blocks of Q8_1 40 bytes; ggml's, which no file holds, have 36.
for index, dtype in enumerate(dtype for dtype in Type if dtype != Type.Q8_1):
    writer.add_tensor(f"t.{dtype.name}", blocks(dtype, 3, 512, index), raw_dtype=dtype)
writer.add_tensor("shape.vector", np.arange(5, dtype=np.float32))
writer.add_tensor("shape.four", np.arange(2 * 3 * 4 * 5, dtype=np.int16).reshape(2, 3, 4, 5))
writer.add_tensor("shape.five", np.arange(2 * 3 * 4, dtype=np.float32).reshape(2, 1, 3, 1, 4))
finish(writer)

# As ComfyUI-GGUF's convert.py and its patched llama-quantize leave a model.
writer = GGUFWriter(None, "sd1")
writer.add_quantization_version(2)
writer.add_file_type(2)
writer.add_array("comfy.gguf.orig_shape.input_blocks.0.0.weight", [32, 4, 3, 4])
writer.add_tensor("input_blocks.0.0.weight", blocks(Type.Q4_0, 6, 256, 1), raw_dtype=Type.Q4_0)
writer.add_tensor("input_blocks.0.0.bias", np.linspace(-1, 1, 7, dtype=np.float32))
writer.add_tensor("out.2.weight", blocks(Type.BF16, 2, 9, 2), raw_dtype=Type.BF16)
writer.open_output_file(out / "comfy.gguf")
finish(writer)


def text(value):
    return struct.pack("<Q", len(value)) + value.encode()


# As stable-diffusion.cpp's converter writes: no keys, and nothing behind the last tensor.
header = b"GGUF" + struct.pack("<IQQ", 3, 2, 0)
header += text("first_stage_model.a.weight") + struct.pack("<IQQIQ", 2, 32, 2, Type.Q8_0, 0)
header += text("model.diffusion_model.a.bias") + struct.pack("<IQIQ", 1, 3, Type.F32, 96)
data = bytes(blocks(Type.Q8_0, 2, 32, 3).reshape(-1))
header += bytes(-len(header) % 32)
(out / "sdcpp.gguf").write_bytes(header + data + bytes(96 - len(data)) + np.arange(3, dtype=np.float32).tobytes())

# Importance matrices of both kinds. Layout: https://github.com/ggml-org/llama.cpp/blob/006e7ef9/tools/imatrix/imatrix.cpp
sums = {"blk.0.weight": (np.array([[2, 4, 6, 8]], np.float32), [2]), "experts": (np.arange(6, dtype=np.float32).reshape(3, 2), [4, 0, 1])}
writer = GGUFWriter(out / "imatrix.gguf", "")
writer.add_type("imatrix")
writer.add_array("imatrix.datasets", ["wiki.txt"])
writer.add_uint32("imatrix.chunk_count", 3)
writer.add_uint32("imatrix.chunk_size", 512)
for name, (values, counts) in sums.items():
    writer.add_tensor(name + ".in_sum2", values)
    writer.add_tensor(name + ".counts", np.array(counts, np.float32).reshape(-1, 1))
finish(writer)


def legacy(entries, tail):
    data = struct.pack("<i", len(entries))
    for name, calls, values in entries:
        data += struct.pack("<i", len(name)) + name.encode() + struct.pack("<ii", calls, len(values))
        data += np.array(values, np.float32).tobytes()
    return data + tail


(out / "imatrix.dat").write_bytes(legacy(
    [("blk.0.weight", 2, [2, 4, 6, 8]), ("blk.1.weight", 3, [1, 0.5]), ("raw", 0, [0.25])],
    struct.pack("<ii", 3, 8) + b"wiki.txt"))


def described(path):
    reader = GGUFReader(path)
    fields = {}
    for name, field in reader.fields.items():
        if not name.startswith("GGUF."):
            fields[name] = {"types": [kind.name for kind in field.types[:2]], "value": field.contents()}
    tensors = [{
        "name": t.name, "dtype": t.tensor_type.name, "shape": [int(n) for n in reversed(t.shape)],
        "offset": int(t.data_offset), "sha256": hashlib.sha256(np.ascontiguousarray(t.data).tobytes()).hexdigest(),
    } for t in reader.tensors]
    return {"fields": fields, "tensors": tensors}


expected = {path.name: described(path) for path in sorted(out.glob("*.gguf"))}
(out / "expected.json").write_text(json.dumps(expected, indent=0, ensure_ascii=True) + "\n")
print(sum(p.stat().st_size for p in out.iterdir()), "bytes in", out)
