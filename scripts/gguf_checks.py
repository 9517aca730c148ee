"""What scripts/acceptance-quantize asks of GGUF files: gguf-py's bytes and values, stable-diffusion.cpp's file, ComfyUI-GGUF's rules.

Every function raises Failure with the tensors and blocks that differ, or gives a few words for the line of the case.
"""
import collections
import re

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Type

from workbench import Failure

SHOWN = 4
PREFIX = "model.diffusion_model."
# https://github.com/city96/ComfyUI-GGUF/blob/795e4515/loader.py and tools/convert.py
COMFY_ARCHITECTURES = {"flux", "sd1", "sdxl", "sd3", "aura", "hidream", "cosmos", "ltxv", "hyvid", "wan", "lumina2", "qwen_image"}
COMFY_TORCH_TYPES = {"Q8_0", "Q5_1", "Q5_0", "Q4_1", "Q4_0", "Q6_K", "Q5_K", "Q4_K", "Q3_K", "Q2_K", "IQ4_NL", "IQ4_XS", "BF16", "F16", "F32"}
COMFY_KEYS = {  # the names by which its converter knows an architecture, and those of diffusers that it refuses
    "sd1": ["input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight", "input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight",
            "output_blocks.8.1.transformer_blocks.0.attn2.to_k.weight"],
    "sdxl": ["label_emb.0.0.weight", "input_blocks.4.1.transformer_blocks.1.attn2.to_k.weight"],
}
COMFY_BANNED = re.compile(r"(down_blocks|up_blocks|mid_block)\.")
COMFY_KEPT = re.compile(r"class_embedding\.|time_embedding\.|add_embedding\.|time_embed\.|label_emb\.|conv_in\.|conv_out\.|^input_blocks\.0\.0\.weight$|^out\.2\.weight$")


class Differences:
    """Collects what differs, and tells it at the end."""

    def __init__(self):
        self.lines, self.count, self.blocks, self.all_blocks = [], 0, 0, 0

    def add(self, line):
        self.count += 1
        self.lines += [line] * (len(self.lines) < SHOWN)

    def compare(self, name, kind, found, wanted):
        """Bytes block by block."""
        size = gguf.GGML_QUANT_SIZES[kind][1]
        found, wanted = (np.ascontiguousarray(data).reshape(-1).view(np.uint8) for data in (found, wanted))
        if found.size != wanted.size:
            return self.add(f"{name} ({kind.name}): {found.size} bytes instead of {wanted.size}")
        self.all_blocks += found.size // size
        if np.array_equal(found, wanted):
            return None
        differing = np.flatnonzero((found != wanted).reshape(-1, size).any(axis=1))
        self.blocks += len(differing)
        first = slice(differing[0] * size, (differing[0] + 1) * size)
        return self.add(f"{name} ({kind.name}): {len(differing)} of {found.size // size} blocks differ, first block {differing[0]}: "
                        f"{found[first].tobytes().hex()} instead of {wanted[first].tobytes().hex()}")

    def judge(self):
        if self.count:
            more = [f"and {self.count - len(self.lines)} more"] if self.count > len(self.lines) else []
            share = [f"{self.blocks} of {self.all_blocks} blocks differ"] if self.blocks else []
            raise Failure("\n      ".join([f"{self.count} differences", *share, *self.lines, *more]))


def opened(path):
    """The tensors of a file by name, in its order, and its metadata, as gguf-py reads them."""
    reader = gguf.GGUFReader(path)
    return {tensor.name: tensor for tensor in reader.tensors}, reader.fields


def source_of(name, source):
    """The source's name of a tensor: files for ComfyUI-GGUF leave the prefix of the UNet out."""
    return name if name in source else PREFIX + name


def shape(tensor):
    """The shape in torch's order."""
    return [int(length) for length in reversed(tensor.shape)]


def writable(kind):
    """Whether gguf-py can encode the type."""
    traits = gguf.quants._type_traits.get(kind)
    return kind in (Type.F32, Type.F16) or traits is not None and "quantize_blocks" in traits.__dict__


def judge_encoding(tensors, source, values):
    """Every tensor of a type that gguf-py can write has the bytes that it writes; `values(name)` gives the source as float32."""
    differences, kinds = Differences(), collections.Counter()
    for name, tensor in tensors.items():
        if not writable(tensor.tensor_type):
            continue
        original = source_of(name, source)
        if original not in source:
            differences.add(f"{name} is no tensor of the source")
            continue
        kinds[tensor.tensor_type.name] += 1
        wanted = gguf.quants.quantize(values(original).reshape(shape(tensor)), tensor.tensor_type)
        differences.compare(name, tensor.tensor_type, tensor.data, wanted)
    differences.judge()
    return "bytes equal (" + ", ".join(f"{count} {kind}" for kind, count in kinds.items()) + ")"


def judge_decoding(tensors, decoded):
    """Every tensor has the float32 values that gguf-py decodes; `decoded(name)` gives weft's."""
    differences, count = Differences(), 0
    for name, tensor in tensors.items():
        if tensor.tensor_type.name.startswith(("I8", "I16", "I32", "I64", "F64")):
            continue
        wanted = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
        found = decoded(name).astype(np.float32).reshape(-1)
        wanted = np.ascontiguousarray(wanted, np.float32).reshape(-1)
        if found.size != wanted.size:
            differences.add(f"{name} ({tensor.tensor_type.name}): {found.size} values instead of {wanted.size}")
            continue
        unequal = np.flatnonzero(found.view(np.uint32) != wanted.view(np.uint32))
        count += 1
        if len(unequal):
            first = unequal[0]
            differences.add(f"{name} ({tensor.tensor_type.name}): {len(unequal)} of {found.size} values differ, first at {first} "
                            f"(block {first // gguf.GGML_QUANT_SIZES[tensor.tensor_type][0]}): {found[first]!r} instead of {wanted[first]!r}")
    differences.judge()
    return f"{count} tensors decode equal"


def judge_same_tensors(found, wanted):
    """Two files have the same tensors with the same types, shapes and bytes.

    The order is told and not judged: stable-diffusion.cpp's threads race for the names, so two of its runs may differ in it.
    """
    differences = Differences()
    for words, names in (("is missing", wanted.keys() - found.keys()), ("is too many", found.keys() - wanted.keys())):
        for name in sorted(names):
            tensor = wanted.get(name) or found[name]
            differences.add(f"{name} ({tensor.tensor_type.name} {shape(tensor)}) {words}")
    common = [name for name in found if name in wanted]
    swapped = sum(a != b for a, b in zip(common, (name for name in wanted if name in found)))
    for name in common:
        a, b = found[name], wanted[name]
        if a.tensor_type != b.tensor_type or shape(a) != shape(b):
            differences.add(f"{name}: {a.tensor_type.name} {shape(a)} instead of {b.tensor_type.name} {shape(b)}")
        else:
            differences.compare(name, a.tensor_type, a.data, b.data)
    differences.judge()
    kinds = collections.Counter(tensor.tensor_type.name for tensor in found.values())
    order = f"{swapped} in another place" if swapped else "in equal order"
    return "equal tensors (" + ", ".join(f"{count} {kind}" for kind, count in kinds.items()) + f"), {order}"


def judge_comfyui(tensors, fields, source):
    """What ComfyUI-GGUF's loader asks, what its converter would have chosen, and that its loader gives the source's shapes."""
    differences = Differences()
    architecture = fields["general.architecture"].contents() if "general.architecture" in fields else None
    if architecture not in COMFY_ARCHITECTURES:
        raise Failure(f"general.architecture is {architecture}")
    packed = any(tensor.tensor_type not in (Type.F32, Type.F16, Type.BF16) for tensor in tensors.values())
    for key in ["general.file_type", *["general.quantization_version"] * packed]:
        if key not in fields or fields[key].types != [gguf.GGUFValueType.UINT32]:
            differences.add(f"{key} is missing or no UINT32")
    for name in COMFY_KEYS.get(architecture, []):
        if name not in tensors:
            differences.add(f"{name} is missing, by which {architecture} is known")
    reshaped, slow = 0, 0
    for name, tensor in tensors.items():
        if name.startswith(PREFIX) or COMFY_BANNED.match(name) or len(name) > 127:
            differences.add(f"{name} is a name that ComfyUI-GGUF does not read")
        seen, field = shape(tensor), fields.get(f"comfy.gguf.orig_shape.{name}")
        if field is not None:
            reshaped += 1
            if field.types != [gguf.GGUFValueType.ARRAY, gguf.GGUFValueType.INT32]:
                differences.add(f"{name}: orig_shape has the type {[kind.name for kind in field.types]}")
            seen = [int(length) for length in field.contents()]
        kept = list(source[PREFIX + name].shape) if PREFIX + name in source else None
        if seen != kept:
            differences.add(f"{name}: the loader gives the shape {seen} instead of {kept}")
        quantized = tensor.tensor_type not in (Type.F32, Type.F16, Type.BF16)
        slow += tensor.tensor_type.name not in COMFY_TORCH_TYPES
        if quantized and (len(shape(tensor)) != 2 or COMFY_KEPT.search(name)):
            differences.add(f"{name} is {tensor.tensor_type.name}, which its llama-quantize would have kept")
    for key in fields:
        if key.startswith("comfy.gguf.orig_shape.") and key.removeprefix("comfy.gguf.orig_shape.") not in tensors:
            differences.add(f"{key} belongs to no tensor")
    missing = {name for name in source if name.startswith(PREFIX)} - {PREFIX + name for name in tensors}
    for name in sorted(missing):
        differences.add(f"{name} is missing")
    differences.judge()
    return f"ComfyUI-GGUF's rules hold ({architecture}, {reshaped} reshaped" + (f", {slow} decoded by numpy)" if slow else ")")
