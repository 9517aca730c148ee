"""A small model in every 8-bit and 4-bit form that safetensors files have, as the libraries write it, and the values that it stands for.

usage: gen_scaled.py PART FOLDER, where PART is
  torch         plain fp8, and what ComfyUI, kohya and MXFP4 files hold; needs torch 2.9.0 and comfy-kitchen 0.2.40
  bitsandbytes  NF4, FP4 and LLM.int8; needs bitsandbytes 0.50.2

FORM.safetensors is the model, FORM.expected.safetensors its weights in float32; source.safetensors is what all are made of.
The metadata of the expectation says how far a reader may be from it, relative to the largest value of the tensor.
"""
import json, pathlib, struct, sys
import numpy as np
import torch

PREFIX = "model.diffusion_model."
LINEAR = PREFIX + "middle_block.1.transformer_blocks.0.attn1.to_q"  # [48, 128]
SECOND = PREFIX + "middle_block.1.transformer_blocks.0.attn1.to_k"  # [40, 96], no whole number of tiles
CONV = PREFIX + "input_blocks.1.0.in_layers.2"  # [12, 8, 3, 3]
# In the order of the reference writer of safetensors, which keeps every tensor aligned.
KINDS = {
    torch.float32: "F32", torch.float16: "F16", torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2",
    torch.int8: "I8", torch.uint8: "U8"}
part, folder = sys.argv[1], pathlib.Path(sys.argv[2])


def save(name, tensors, metadata=None):
    """A safetensors file."""
    header, offset, parts = {"__metadata__": metadata} if metadata else {}, 0, []
    order = list(KINDS)
    for key in sorted(tensors, key=lambda key: (order.index(tensors[key].dtype), key)):
        value = tensors[key].detach().contiguous()
        data = value.reshape(-1).view(torch.uint8).numpy().tobytes()
        header[key] = {"dtype": KINDS[value.dtype], "shape": list(value.shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
        parts.append(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    (folder / (name + ".safetensors")).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def save_form(name, tensors, expected, tool, tolerance=0.0, metadata=None):
    save(name, tensors, metadata)
    expected = {key + ".weight": value.float() for key, value in expected.items()}
    save(name + ".expected", expected, {"tolerance": repr(tolerance), "tool": tool})


def source():
    """Weights that float16 holds, with rows of many sizes, an outlier, and blocks of zeros."""
    random = np.random.default_rng(17)
    weights = {}
    for name, shape in ((LINEAR, (48, 128)), (SECOND, (40, 96)), (CONV, (12, 8, 3, 3))):
        values = random.normal(0, 0.04, shape) * np.exp2(random.integers(-6, 3, (shape[0],) + (1,) * (len(shape) - 1)))
        weights[name] = values.astype(np.float16)
    weights[LINEAR][3, 32:96] = 0
    weights[LINEAR][7] = 0
    weights[LINEAR][11, 5] = 2.5
    weights[LINEAR][13, 64:] *= np.float16(2**-9)
    return {name: torch.from_numpy(values) for name, values in weights.items()}


def around(weights, quantised):
    """The tensors that stay as they are."""
    kept = {name + ".weight": value for name, value in weights.items() if name not in quantised}
    return kept | {LINEAR + ".bias": weights[LINEAR][:, 0].clone()}


def configuration(**entries):
    return torch.tensor(list(json.dumps(entries).encode()), dtype=torch.uint8)


def plain_forms(weights):
    for dtype, name in ((torch.float8_e4m3fn, "fp8_e4m3fn"), (torch.float8_e5m2, "fp8_e5m2")):
        cast = {key: value.to(dtype) for key, value in weights.items()}
        save_form(name, {key + ".weight": value for key, value in cast.items()}, cast, "torch " + torch.__version__)


def comfy_fp8(kitchen, weights):
    for dtype, name in ((torch.float8_e4m3fn, "float8_e4m3fn"), (torch.float8_e5m2, "float8_e5m2")):
        old, new, expected, layers = {}, {}, {CONV: weights[CONV]}, {}
        for key in (LINEAR, SECOND):
            value = weights[key].float()
            scale = torch.amax(value.abs()).to(torch.float32) / torch.finfo(dtype).max
            codes = kitchen.quantize_per_tensor_fp8(value.clone(), scale, dtype)
            expected[key] = kitchen.dequantize_per_tensor_fp8(codes, scale, torch.float32)
            new |= {key + ".weight": codes, key + ".weight_scale": scale}
            old |= {key + ".weight": codes, key + ".scale_weight": scale}
            layers[key] = {"format": name}
        layers[SECOND]["full_precision_matrix_mult"] = True
        kept, tool = around(weights, (LINEAR, SECOND)), "comfy-kitchen 0.2.40"
        marks = {key + ".comfy_quant": configuration(**value) for key, value in layers.items()}
        inputs = {LINEAR + ".input_scale": torch.tensor(0.125)}
        save_form("comfy_quant_" + name, new | marks | inputs | kept, expected, tool)
        metadata = {"_quantization_metadata": json.dumps({"format_version": "1.0", "layers": layers})}
        save_form("comfy_metadata_" + name, new | kept, expected, tool, metadata=metadata)
        old |= {PREFIX + "scaled_fp8": torch.zeros(2 if name.endswith("e5m2") else 0).to(dtype)}
        old |= {LINEAR + ".scale_input": torch.tensor(1.0)}
        save_form("comfy_scaled_" + name, old | kept, expected, tool)


def comfy_int8(kitchen, weights):
    def form(name, quantise, read, tolerance=0.0, **more):
        tensors, expected = around(weights, (LINEAR, SECOND)), {CONV: weights[CONV]}
        for key in (LINEAR, SECOND):
            codes, scale = quantise(weights[key].float())
            tensors |= {key + ".weight": codes, key + ".weight_scale": scale}
            tensors[key + ".comfy_quant"] = configuration(format="int8_tensorwise", **more)
            expected[key] = read(codes, scale)
        save_form(name, tensors, expected, "comfy-kitchen 0.2.40", tolerance)

    form("comfy_int8_tensor", kitchen.quantize_int8_tensorwise, kitchen.dequantize_int8_simple)
    form("comfy_int8_row", kitchen.quantize_int8_rowwise, kitchen.dequantize_int8_simple)
    # The library's product of matrices rounds its sums in float32.
    form("comfy_int8_convrot", lambda w: kitchen.quantize_int8_convrot_weight(w, 16),
         lambda q, s: kitchen.dequantize_int8_convrot_weight(q, s, 16), 1e-6, convrot=True, convrot_groupsize=16)


def comfy_blocks(kitchen, weights):
    """NVFP4 and MXFP8: rows and columns are padded, the scales stand in tiles."""
    for name in ("nvfp4", "mxfp8"):
        tensors, expected = around(weights, (LINEAR, SECOND)), {CONV: weights[CONV]}
        for key in (LINEAR, SECOND):
            value = weights[key].float()
            rows, columns = value.shape
            if name == "nvfp4":
                scale = (torch.amax(value.abs()) / (448.0 * 6.0)).to(torch.float32)
                codes, blocks = kitchen.quantize_nvfp4(value, scale, pad_16x=True)
                tensors[key + ".weight_scale_2"] = scale
                read = kitchen.dequantize_nvfp4(codes, scale, blocks, torch.float32)
            else:
                codes, blocks = kitchen.quantize_mxfp8(value, pad_32x=True)
                read = kitchen.dequantize_mxfp8(codes, blocks, torch.float32)
            # Files hold the scales of MXFP8 as U8, which is what safetensors' own readers know.
            tensors[key + ".weight_scale"] = blocks if name == "nvfp4" else blocks.view(torch.uint8)
            tensors |= {key + ".weight": codes, key + ".comfy_quant": configuration(format=name)}
            expected[key] = read[:rows, :columns]
        save_form("comfy_" + name, tensors, expected, "comfy-kitchen 0.2.40")


def kohya(weights):
    """Scales by tensor, row or block of 32, from the formulas of kohya's fp8_optimization_utils.py."""
    greatest = 448.0
    for mode in ("tensor", "row", "block"):
        tensors, expected = around(weights, tuple(weights)), {}
        for key, weight in weights.items():
            value = weight.float()
            by = "tensor" if value.ndim != 2 else mode
            shaped = value.view(value.shape[0], -1, 32) if by == "block" else value
            largest = shaped.abs().max() if by == "tensor" else shaped.abs().max(dim=-1, keepdim=True).values
            scale = torch.clamp(largest / greatest, min=1e-8)
            codes = torch.div(shaped, scale).nan_to_num_(0.0).clamp_(-greatest, greatest).to(torch.float8_e4m3fn)
            tensors |= {key + ".weight": codes.view(value.shape), key + ".scale_weight": scale}
            expected[key] = (codes.float() * scale).view(value.shape)
        save_form("kohya_" + mode, tensors, expected, "numpy")


def mxfp4(kitchen, weights):
    """Blocks of 32 with a power of two by the OCP rule; names and order of halves as in gpt-oss."""
    from comfy_kitchen.float_utils import _f32_to_floatx_unpacked, _floatx_unpacked_to_f32, pack_uint4
    tensors, expected = around(weights, (LINEAR, SECOND)), {CONV: weights[CONV]}
    for key in (LINEAR, SECOND):
        blocks = weights[key].float().view(weights[key].shape[0], -1, 32)
        exponent = (blocks.abs().amax(-1).view(torch.int32) >> 23) - 127 - 2
        codes = torch.clamp(exponent + 127, 0, 254).to(torch.uint8)
        scale = torch.exp2(codes.double() - 127).float().unsqueeze(-1)
        halves = _f32_to_floatx_unpacked(blocks / scale, 2, 1)
        tensors |= {key + ".weight_blocks": pack_uint4(halves, hi_first=False), key + ".weight_scales": codes}
        expected[key] = (_floatx_unpacked_to_f32(halves, 2, 1) * scale).view(weights[key].shape)
    save_form("mxfp4", tensors, expected, "comfy-kitchen 0.2.40 for the halves, the OCP rule for the powers")


def rounding():
    """Values around every line between two codes of a type, and the codes that torch gives them."""
    dtypes = (torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float8_e8m0fnu)
    tensors = {}
    for dtype in dtypes:
        name = str(dtype).removeprefix("torch.")
        exact = torch.arange(256, dtype=torch.uint8).view(dtype).to(torch.float32)
        exact = torch.unique(exact[torch.isfinite(exact)]).numpy()
        lines = (exact[1:].astype(np.float64) + exact[:-1]) / 2
        lines = np.concatenate([lines, [2 * lines[-1], 1.5 * exact[-1], 1.25 * exact[-1], -1.5 * exact[-1]]])
        with np.errstate(over="ignore"): middle = lines.astype(np.float32)
        inputs = [exact, middle, np.nextafter(middle, np.float32(np.inf)), np.nextafter(middle, np.float32(-np.inf))]
        special = np.array([0, 0x80000000, 1, 0x7F7FFFFF, 0xFF7FFFFF, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000, 0x7F800001], np.uint32)
        values = torch.from_numpy(np.concatenate(inputs + [special.view(np.float32)]))
        tensors |= {name + ".values": values, name + ".codes": values.to(dtype).view(torch.uint8)}
    save("rounding", tensors, {"tool": "torch " + torch.__version__})


def bitsandbytes(weights):
    import bitsandbytes as bnb
    tool = "bitsandbytes " + bnb.__version__
    for name, kind, nested in (("nf4", "nf4", False), ("nf4_nested", "nf4", True), ("fp4", "fp4", False)):
        tensors, expected = around(weights, (LINEAR, SECOND)), {CONV: weights[CONV]}
        for key in (LINEAR, SECOND):
            rows, columns = weights[key].shape
            layer = bnb.nn.Linear4bit(columns, rows, bias=False, quant_type=kind, compress_statistics=nested)
            layer.weight.data = weights[key].clone()
            layer.weight.bnb_quantized = False
            layer.weight = layer.weight._quantize("cpu")
            tensors |= {key + "." + k: v for k, v in layer.state_dict().items()}
            state = bnb.functional.QuantState.from_dict(
                {k.removeprefix("weight."): v.clone() for k, v in layer.state_dict().items() if k != "weight"}, "cpu")
            # As one row: given rows that are no whole number of blocks, the library's own loop for processors reads
            # other scales than it wrote.
            state.dtype, state.shape = torch.float32, torch.Size([rows * columns])
            expected[key] = bnb.functional.dequantize_4bit(layer.weight.data, state).view(rows, columns)
        save_form("bnb_" + name, tensors, expected, tool)
    tensors, expected = around(weights, (LINEAR, SECOND)), {CONV: weights[CONV]}
    for key in (LINEAR, SECOND):
        rows, columns = weights[key].shape
        layer = bnb.nn.Linear8bitLt(columns, rows, bias=False, has_fp16_weights=False)
        layer.weight.data = weights[key].clone()
        layer.weight = layer.weight._quantize("cpu")
        tensors |= {key + "." + k: v for k, v in layer.state_dict().items()}
        expected[key] = bnb.functional.int8_vectorwise_dequant(layer.weight.data, layer.weight.SCB)
    # The library multiplies by 1/127 after the scale, which rounds twice.
    save_form("bnb_int8", tensors, expected, tool, 2.4e-7)


folder.mkdir(parents=True, exist_ok=True)
weights = source()
if part == "bitsandbytes":
    bitsandbytes(weights)
else:
    import comfy_kitchen.backends.eager.quantization as kitchen
    save("source", {name + ".weight": value for name, value in weights.items()}, {"generator": "gen_scaled.py"})
    plain_forms(weights)
    comfy_fp8(kitchen, weights)
    comfy_int8(kitchen, weights)
    comfy_blocks(kitchen, weights)
    kohya(weights)
    mxfp4(kitchen, weights)
    rounding()
