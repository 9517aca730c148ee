"""Small adapters of every family on three layers, and what they make of the layers' weights, in float64.

usage: gen_families.py DIR        (Tests/Fixtures/families)

base.safetensors holds the weights (and biases) of the layers; every value fits F16 and BF16, so one expectation holds for a
base of any type. NAME.safetensors holds an adapter under `adapter.` and, for every layer and strength, samples of the changed
weight: `expected.LAYER.STRENGTH`, element i * STRIDE mod count. The numbers come from LyCORIS' functional forms and forward
passes and from PEFT where they are right, computed in float64, and otherwise from the formulas in numpy; where a library
drops to float32 on the way the formula is used and checked against the library.
"""
import copy
import math
import sys

import numpy as np
import torch
from torch import nn

import common

torch.set_default_dtype(torch.float64)
OUT = sys.argv[1]
STRENGTHS = [-1.0, 0.0, 0.5, 1.0]
SAMPLES, STRIDE = 96, 7919
LAYERS = {
    "linear": ("down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k", (32, 64)),
    "conv1": ("down_blocks.0.attentions.0.proj_in", (32, 32, 1, 1)),
    "conv3": ("down_blocks.0.resnets.0.conv1", (32, 32, 3, 3)),
}
RANK = 4
random = np.random.default_rng(20240302)


def grid(shape, step, limit=255):
    """Whole multiples of a step, which 8 bits of precision hold."""
    return torch.from_numpy(random.integers(-limit, limit + 1, shape) * step)


def factor(*shape):
    return grid(shape, 2.0 ** -8)


BASE = {name: grid(shape, 2.0 ** -12) for name, (_, shape) in LAYERS.items()}
BIAS = {name: grid((32,), 2.0 ** -12) for name in ("conv1", "conv3")}


def module(layer):
    """A torch layer with the base's weight."""
    weight = BASE[layer]
    if weight.dim() == 2:
        result = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    else:
        size = weight.shape[2]
        result = nn.Conv2d(weight.shape[1], weight.shape[0], size, padding=size // 2, bias=False)
    result.weight.data.copy_(weight)
    return result


def stem(layer, prefix="lora_unet_"):
    return prefix + LAYERS[layer][0].replace(".", "_")


def linear(delta):
    """W + m * delta, for every strength."""
    return lambda weight, m: weight + m * delta


class Fixture:
    """An adapter and the weights that it makes."""

    def __init__(self, name, about):
        self.name, self.about, self.tensors = name, about, {}

    def add(self, layer, parts, changed, spelling=None, dtype=torch.float16):
        """`changed(weight, m)` is the weight at strength m."""
        spelling = spelling or stem(layer)
        for suffix, value in parts.items():
            if not isinstance(value, torch.Tensor):
                value = torch.tensor(float(value))
            if value.is_floating_point():
                narrow = value.to(dtype if value.dim() else torch.float32)
                assert torch.equal(narrow.double(), value), (self.name, layer, suffix)
                value = narrow
            self.tensors[f"adapter.{spelling}.{suffix}"] = value
        for m in STRENGTHS:
            result = changed(BASE[layer], m).reshape(-1)
            index = torch.arange(SAMPLES) * STRIDE % result.numel()
            self.tensors[f"expected.{layer}.{m:g}"] = result[index]

    def save(self):
        common.write_st(f"{OUT}/{self.name}.safetensors", self.tensors, {"about": self.about})


# -- low-rank families

def spatial(layer):
    return tuple(BASE[layer].shape[2:])


def ones(layer):
    return (1,) * len(spatial(layer))


def lora_parts(layer, alpha=2.0):
    o, i = BASE[layer].shape[:2]
    return {"lora_up.weight": factor(o, RANK, *ones(layer)),
            "lora_down.weight": factor(RANK, i, *spatial(layer)), "alpha": alpha}


def lora_delta(parts, layer, scale=None):
    from lycoris.functional import locon
    gamma = parts["alpha"] / RANK if scale is None else scale
    delta = locon.diff_weight(
        parts["lora_down.weight"], parts["lora_up.weight"], parts.get("lora_mid.weight"), gamma=gamma,
        backend="torch")
    return delta.reshape(BASE[layer].shape)


def tucker_parts(layer, alpha=2.0):
    o, i = BASE[layer].shape[:2]
    return {"lora_up.weight": factor(o, RANK, 1, 1), "lora_down.weight": factor(RANK, i, 1, 1),
            "lora_mid.weight": factor(RANK, RANK, *spatial(layer)), "alpha": alpha}


def loha_parts(layer, alpha=2.0):
    o, i = BASE[layer].shape[:2]
    columns = BASE[layer][0].numel()
    return {"hada_w1_a": factor(o, RANK), "hada_w1_b": factor(RANK, columns),
            "hada_w2_a": factor(o, RANK), "hada_w2_b": factor(RANK, columns), "alpha": alpha}


def loha_tucker_parts(layer, alpha=2.0):
    o, i = BASE[layer].shape[:2]
    return {"hada_w1_a": factor(RANK, o), "hada_w1_b": factor(RANK, i),
            "hada_w2_a": factor(RANK, o), "hada_w2_b": factor(RANK, i),
            "hada_t1": factor(RANK, RANK, *spatial(layer)),
            "hada_t2": factor(RANK, RANK, *spatial(layer)), "alpha": alpha}


def loha_delta(parts, layer):
    from lycoris.functional import loha
    delta = loha.diff_weight(
        *[parts.get("hada_" + key) for key in ("w1_b", "w1_a", "w2_b", "w2_a", "t1", "t2")],
        gamma=torch.tensor(parts["alpha"] / RANK), backend="torch")
    return delta.reshape(BASE[layer].shape)


def lokr_parts(layer, w1, w2, alpha=2.0):
    """w1 and w2 are full or low; w2 may be tucker."""
    o, i = BASE[layer].shape[:2]
    a, c = 4, 8 if i == 64 else 4
    b, d = o // a, i // c
    parts = {"alpha": alpha}
    if w1 == "full":
        parts["lokr_w1"] = factor(a, c)
    else:
        parts |= {"lokr_w1_a": factor(a, RANK), "lokr_w1_b": factor(RANK, c)}
    if w2 == "full":
        parts["lokr_w2"] = factor(b, d, *spatial(layer))
    elif w2 == "low":
        parts |= {"lokr_w2_a": factor(b, RANK),
                  "lokr_w2_b": factor(RANK, d * math.prod(spatial(layer)))}
    else:
        parts |= {"lokr_w2_a": factor(RANK, b), "lokr_w2_b": factor(RANK, d),
                  "lokr_t2": factor(RANK, RANK, *spatial(layer))}
    return parts


def lokr_delta(parts, layer):
    """The functional form takes alpha and divides it by w2_a's second dimension, which is no rank where there is a core;
    and it takes w2_b with the kernel's dimensions."""
    from lycoris.functional import lokr
    get = lambda key: parts.get("lokr_" + key)
    w2_b = get("w2_b")
    if w2_b is not None and get("t2") is None and spatial(layer):
        w2_b = w2_b.reshape(RANK, -1, *spatial(layer))
    full = get("w1") is not None and get("w2") is not None
    divisor = get("w2_a").shape[1] if get("t2") is not None else RANK
    delta = lokr.diff_weight(
        get("w1"), get("w1_a"), get("w1_b"), get("w2"), get("w2_a"), w2_b, get("t2"),
        gamma=1.0 if full else parts["alpha"] * divisor / RANK, backend="torch")
    return delta.reshape(BASE[layer].shape)


def save_linear(name, about, layers, parts_of, delta_of):
    fixture = Fixture(name, about)
    for layer in layers:
        parts = parts_of(layer)
        fixture.add(layer, parts, linear(delta_of(parts, layer)))
    fixture.save()


# -- DoRA

def dora(delta, scale, on_output):
    """The magnitude of W + delta per row or input channel, by LyCORIS at strength 1, and the strength over all of it."""
    from lycoris.functional.general import weight_decompose

    def changed(weight, m):
        whole = weight_decompose(weight + delta, scale, 1, on_output, backend="torch")
        return weight + m * (whole - weight)
    return changed


def magnitude(layer, on_output):
    weight = BASE[layer]
    shape = [1] * weight.dim()
    axis = 0 if on_output else 1
    shape[axis] = weight.shape[axis]
    return grid(shape, 2.0 ** -8, 127).abs() + 2.0 ** -8


def save_dora(name, about, layers, parts_of, delta_of, on_output):
    fixture = Fixture(name, about)
    for layer in layers:
        parts = parts_of(layer)
        scale = magnitude(layer, on_output)
        fixture.add(layer, parts | {"dora_scale": scale}, dora(delta_of(parts, layer), scale, on_output))
    fixture.save()


def save_peft(name, about, bias=False, **options):
    """PEFT's own layers; the strength is weft's, outside of everything that PEFT does."""
    from peft import LoraConfig, inject_adapter_in_model
    fixture = Fixture(name, about)
    for layer in LAYERS:
        if bias and layer == "linear":
            continue
        holder = nn.Sequential()
        holder.add_module("layer", module(layer))
        if bias:
            holder.layer.bias = nn.Parameter(BIAS[layer].clone())
        config = LoraConfig(r=RANK, lora_alpha=6, target_modules=["layer"], lora_bias=bias, **options)
        model = inject_adapter_in_model(config, holder)
        state = {k: v for k, v in model.state_dict().items() if "lora_" in k}
        parts = {}
        with torch.no_grad():
            for key, value in state.items():
                suffix = key.removeprefix("layer.").replace(".default", "")
                if "magnitude" in key:
                    value.copy_(grid(value.shape, 2.0 ** -8, 127).abs() + 2.0 ** -8)
                    suffix = "lora_magnitude_vector"
                else:
                    value.copy_(factor(*value.shape))
                parts[suffix] = value.clone()
            merged = copy.deepcopy(model.layer)
            merged.merge(safe_merge=True)
        whole = merged.get_base_layer().weight.data
        spelling = f"base_model.model.{LAYERS[layer][0]}"
        fixture.add(layer, parts, lambda weight, m: weight + m * (whole - weight), spelling)
        if bias:
            delta = merged.get_base_layer().bias.data - BIAS[layer]
            for m in STRENGTHS:
                fixture.tensors[f"expected.{layer}.bias.{m:g}"] = BIAS[layer] + m * delta
    fixture.save()


# -- GLoRA and (IA)^3

def save_glora_new():
    from lycoris.modules.glora import _glora_weight
    for name, tucker in (("glora", False), ("glora-tucker", True)):
        fixture = Fixture(name, "LyCORIS' glora module in float64")
        for layer in LAYERS if not tucker else ["conv1", "conv3"]:
            o, i = BASE[layer].shape[:2]
            one = ones(layer)
            parts = {"a1.weight": factor(i, RANK, *one), "a2.weight": factor(RANK, i, *one),
                     "b1.weight": factor(o, RANK, *one),
                     "b2.weight": factor(RANK, i, *(one if tucker else spatial(layer))), "alpha": 2.0}
            bm = factor(RANK, RANK, *spatial(layer)) if tucker else None
            delta = _glora_weight(
                BASE[layer], parts["a1.weight"], parts["a2.weight"], parts["b1.weight"],
                parts["b2.weight"], bm, parts["alpha"] / RANK)
            if tucker:
                parts["bm.weight"] = bm
            fixture.add(layer, parts, linear(delta))
        fixture.save()


def save_glora_old():
    """W + m s (W A2 A1 + B2 B1), for which no library's forward pass is left; numpy."""
    fixture = Fixture("glora-old", "the formula of the first GLoRA files in numpy")
    for layer in LAYERS:
        o, i = BASE[layer].shape[:2]
        one = ones(layer)
        # The old files put r first in a1 and b1; only for linear layers and 1x1 kernels is B a plain product.
        parts = {"a1.weight": factor(RANK, i, *one), "a2.weight": factor(i, RANK, *one),
                 "b1.weight": factor(RANK, i, *spatial(layer)), "b2.weight": factor(o, RANK, *one),
                 "alpha": 2.0}
        flat = {key: value.numpy().reshape(value.shape[0], -1) for key, value in parts.items()
                if key != "alpha"}
        weight = BASE[layer].numpy()
        mixed = np.einsum("oi...,ij->oj...", weight, flat["a2.weight"] @ flat["a1.weight"])
        product = (flat["b2.weight"] @ flat["b1.weight"]).reshape(weight.shape)
        delta = torch.from_numpy((mixed + product) * (parts["alpha"] / RANK))
        fixture.add(layer, parts, linear(delta))
    fixture.save()


def save_ia3():
    from lycoris.modules.ia3 import _ia3_weight
    for name, on_input in (("ia3-output", 0), ("ia3-input", 1)):
        fixture = Fixture(name, "the formula, checked against LyCORIS' ia3 module")
        for layer in LAYERS:
            weight = BASE[layer]
            count = weight.shape[1 if on_input else 0]
            value = factor(count) if weight.dim() == 2 else factor(1, count, 1, 1)

            def changed(weight, m, value=value):
                shape = [1] * weight.dim()
                shape[1 if on_input else 0] = -1
                return weight * (1 + m * value.reshape(shape))
            assert torch.equal(changed(weight, 1.0), _ia3_weight(weight, value, on_input, 1.0, False))
            fixture.add(layer, {"weight": value, "on_input": torch.tensor(on_input)}, changed)
        fixture.save()


# -- rotations

def cayley(blocks, constraint):
    """LyCORIS' get_r, which inverts in float32, in float64."""
    from lycoris.functional.diag_oft import get_r
    q = blocks - blocks.transpose(-1, -2)
    if constraint:
        norm = torch.linalg.vector_norm(q) + 1e-8
        if norm > constraint:
            q = q * constraint / norm
    eye = torch.eye(blocks.shape[-1])
    r = (eye + q) @ torch.linalg.inv(eye - q)
    assert torch.allclose(r.float(), get_r(blocks.float(), eye.float(), constraint), atol=1e-5)
    return r


def oft_changed(blocks, rescale, constraint, r=None):
    r = cayley(blocks, constraint) if r is None else r
    eye = torch.eye(r.shape[-1])

    def changed(weight, m):
        if m == 0:
            return weight
        rows = weight.reshape(r.shape[0], r.shape[1], -1)
        turned = torch.einsum("knm,knc->kmc", eye + m * (r - eye), rows).reshape(weight.shape)
        return turned if rescale is None else turned * rescale
    return changed


def save_oft():
    from lycoris.functional import diag_oft
    options = {"oft": (0, False, "lora_unet_"), "oft-constraint": (2.0 ** -6, True, "lora_unet_"),
               "oft-kohya": (2.0 ** -5, False, "oft_unet_")}
    for name, (alpha, rescaled, prefix) in options.items():
        fixture = Fixture(name, "R-blend in float64, checked against LyCORIS at strength 1")
        for layer in LAYERS:
            weight = BASE[layer]
            blocks = factor(4, 8, 8) if prefix == "oft_unet_" else factor(8, 4, 4)
            shape = (32,) + (1,) * (weight.dim() - 1)
            rescale = 1 + grid(shape, 2.0 ** -8, 63) if rescaled else None
            changed = oft_changed(blocks, rescale, alpha * 32)
            single = [part if part is None else part.float() for part in (weight, blocks, rescale)]
            torch.set_default_dtype(torch.float32)
            whole = single[0] + diag_oft.diff_weight(*single, constraint=alpha * 32, backend="torch")
            torch.set_default_dtype(torch.float64)
            assert torch.allclose(changed(weight, 1.0).float(), whole, atol=1e-5)
            parts = {"oft_blocks": blocks, "alpha": alpha}
            if rescaled:
                parts["rescale"] = rescale
            fixture.add(layer, parts, changed, stem(layer, prefix))
        fixture.save()
    fixture = Fixture("oft-diag", "blocks that are R already (the first LyCORIS files), in numpy")
    for layer in LAYERS:
        r = torch.eye(8) + factor(4, 8, 8)
        fixture.add(layer, {"oft_diag": r, "alpha": 1.0}, oft_changed(None, None, 0, r))
    fixture.save()


def save_boft():
    """BOFT with the strength in every factor; the functional form rounds to float32 in the inverse alone."""
    from lycoris.functional import boft
    for name, alpha, rescaled in (("boft", 0, False), ("boft-constraint", 2.0 ** -6, True)):
        fixture = Fixture(name, "LyCORIS' boft.diff_weight with a float64 inverse")
        for layer in LAYERS:
            weight = BASE[layer]
            blocks = factor(4, 8, 4, 4)
            shape = (32,) + (1,) * (weight.dim() - 1)
            rescale = 1 + grid(shape, 2.0 ** -8, 63) if rescaled else None
            original = boft.get_r
            boft.get_r = lambda b, eye, constraint: cayley(b, constraint)
            results = {
                m: weight + boft.diff_weight(
                    weight, blocks, rescale, constraint=alpha * 32, scale=m, backend="torch")
                for m in STRENGTHS}
            boft.get_r = original
            results[0.0] = weight
            parts = {"oft_blocks": blocks, "alpha": alpha}
            if rescaled:
                parts["rescale"] = rescale
            fixture.add(layer, parts, lambda weight, m: results[m])
        fixture.save()


# -- the rest

def save_sparse():
    fixture = Fixture("sparse", "a low-rank product and a sparse remainder in numpy")
    for layer in LAYERS:
        parts = lora_parts(layer)
        rows, columns = 32, BASE[layer][0].numel()
        flat = np.sort(random.choice(rows * columns, 40, replace=False))
        values = factor(40)
        remainder = torch.zeros(rows * columns)
        remainder[torch.from_numpy(flat)] = values
        indices = torch.from_numpy(np.stack([flat // columns, flat % columns]).astype(np.int16))
        delta = lora_delta(parts, layer) + remainder.reshape(BASE[layer].shape) * parts["alpha"] / RANK
        parts |= {"bias_indices": indices, "bias_values": values,
                  "bias_size": torch.tensor([rows, columns], dtype=torch.int16)}
        fixture.add(layer, parts, linear(delta))
    fixture.save()


def save_tlora():
    """P diag(l) Q against the base's own leading part, by LyCORIS' module."""
    from lycoris.modules.tlora import TLoraModule
    fixture = Fixture("tlora", "LyCORIS' tlora module; its SVD in float64")
    for layer in ("linear", "conv1"):
        origin = module(layer)
        float_of = torch.Tensor.float
        torch.Tensor.float = torch.Tensor.double
        part = TLoraModule("x", origin, lora_dim=RANK, alpha=2.0)
        torch.Tensor.float = float_of
        parts = {"q_layer.weight": factor(*part.q_layer.weight.shape),
                 "p_layer.weight": factor(*part.p_layer.weight.shape),
                 "lambda_layer": factor(1, RANK), "alpha": 2.0}
        with torch.no_grad():
            part.q_layer.weight.copy_(parts["q_layer.weight"])
            part.p_layer.weight.copy_(parts["p_layer.weight"])
            part.lambda_layer.copy_(parts["lambda_layer"])
            delta = part.get_diff_weight(shape=BASE[layer].shape)[0]
        fixture.add(layer, parts, linear(delta))
    fixture.save()


def main():
    base = {f"{path}.weight": BASE[name].bfloat16() for name, (path, _) in LAYERS.items()}
    base |= {f"{LAYERS[name][0]}.bias": value.bfloat16() for name, value in BIAS.items()}
    common.write_st(f"{OUT}/base.safetensors", base, {"about": "the layers that the adapters change"})
    every, convolutions = list(LAYERS), ["conv1", "conv3"]
    save_linear("lora", "LyCORIS functional.locon", every, lora_parts, lora_delta)
    save_linear("locon-tucker", "LyCORIS functional.locon", convolutions, tucker_parts, lora_delta)
    save_linear("loha", "LyCORIS functional.loha", every, loha_parts, loha_delta)
    save_linear("loha-tucker", "LyCORIS functional.loha", convolutions, loha_tucker_parts, loha_delta)
    kinds = {"lokr": ("full", "full"), "lokr-low": ("full", "low"), "lokr-both": ("low", "low"),
             "lokr-left": ("low", "full"), "lokr-tucker": ("full", "tucker")}
    for name, (w1, w2) in kinds.items():
        layers = convolutions if w2 == "tucker" else every
        save_linear(name, "LyCORIS functional.lokr", layers,
                    lambda layer: lokr_parts(layer, w1, w2), lokr_delta)
    for side, on_output in (("output", True), ("input", False)):
        about = "LyCORIS' weight_decompose at strength 1, the strength over the whole"
        save_dora(f"dora-{side}", about, every, lora_parts, lora_delta, on_output)
        save_dora(f"dora-tucker-{side}", about, convolutions, tucker_parts, lora_delta, on_output)
        save_dora(f"dora-loha-{side}", about, every, loha_parts, loha_delta, on_output)
        save_dora(f"dora-lokr-{side}", about, every, lambda layer: lokr_parts(layer, "full", "low"),
                  lokr_delta, on_output)
    save_peft("peft-dora", "PEFT's DoRA layers", use_dora=True)
    save_peft("peft-rslora", "PEFT's rank-stabilised layers", use_rslora=True)
    save_peft("peft-bias", "PEFT's layers with lora_bias", bias=True)
    save_glora_new()
    save_glora_old()
    save_ia3()
    save_oft()
    save_boft()
    save_sparse()
    save_tlora()


main()
