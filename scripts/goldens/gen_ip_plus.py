"""Small IP-Adapter plus: the tokens of a picture, what they do to a UNet, and the order of the layers in real UNets.

usage: GOLDEN_OUT=FOLDER gen_ip_plus.py writes FOLDER/ip_plus.safetensors

The projection's weights are weft-hash-v1 (tag ip_plus) under the names of diffusers; diffusers' own loader makes them of the file's
names, which are in the metadata. The layers are those of ip_adapter.safetensors (tag ip).
"""
import json
from tiny import *
from diffusers.models.attention_processor import IPAdapterAttnProcessor2_0
from diffusers.models.embeddings import IPAdapterPlusImageProjection

SHAPE = dict(embed_dims=64, output_dims=64, hidden_dims=128, depth=4, dim_head=64, heads=2, num_queries=4)
REAL = {
    "sd15": dict(cross_attention_dim=768, attention_head_dim=8),
    "sdxl": dict(
        block_out_channels=(320, 640, 1280), cross_attention_dim=2048, attention_head_dim=(5, 10, 20),
        transformer_layers_per_block=(1, 2, 10), use_linear_projection=True, addition_embed_type="text_time",
        addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"))}


def file_names(state):
    """The tensors as the published files spell them."""
    parts = {
        "ln0.": "0.norm1.", "ln1.": "0.norm2.", "attn.to_q.": "0.to_q.", "attn.to_out.0.": "0.to_out.", "ff.0.": "1.0.",
        "ff.1.net.0.proj.": "1.1.", "ff.1.net.2.": "1.3."}
    named = {}
    for name, value in state.items():
        if ".attn.to_v." in name:
            continue
        if ".attn.to_k." in name:
            named[name.replace("attn.to_k", "0.to_kv")] = torch.cat([value, state[name.replace("to_k", "to_v")]])
            continue
        for ours, theirs in parts.items():
            if name.startswith("layers.") and f".{ours}" in name:
                name = name.replace(f".{ours}", f".{theirs}", 1)
                break
        named[name] = value
    return named


def processors(unet, scale):
    """The UNet's attention processors with the layers of the adapter."""
    made, number = {}, 1
    for name, old in unet.attn_processors.items():
        if name.endswith("attn1.processor"):
            made[name] = old
            continue
        width = unet.get_submodule(name.removesuffix(".processor")).to_q.in_features
        new = IPAdapterAttnProcessor2_0(hidden_size=width, cross_attention_dim=64, num_tokens=(4,), scale=scale)
        for leaf in ("to_k_ip", "to_v_ip"):
            weight = hash_tensor(f"ip_adapter.{number}.{leaf}.weight", (width, 64), "ip")
            getattr(new, leaf)[0].weight.copy_(weight)
        made[name], number = new, number + 2
    return made


def order(config):
    """The attentions to the prompt in the order of diffusers, of a UNet of real size."""
    with torch.device("meta"):
        unet = UNet2DConditionModel(**config)
    return [n.removesuffix(".processor") for n in unet.attn_processors if n.endswith("attn2.processor")]


with torch.no_grad():
    vision, _ = vit_h()
    projection = IPAdapterPlusImageProjection(**SHAPE)
    weights = fill(projection, tag="ip_plus", prefix="image_proj.")
    state = {name.removeprefix("image_proj."): value for name, value in weights.items()}
    in_file = file_names(state)
    unet, _ = unet("sd15_unet")
    projection = unet._convert_ip_adapter_image_proj_to_diffusers(in_file).eval()
    assert all(torch.equal(value, state[name]) for name, value in projection.state_dict().items())
    pixels = inp("ip.px", (1, 3, 56, 56))
    seen = vision(pixels, output_hidden_states=True).hidden_states[-2]
    blank = vision(torch.zeros_like(pixels), output_hidden_states=True).hidden_states[-2]
    tokens = projection(seen)
    unet.set_attn_processor(processors(unet, 0.6))
    sample, context = inp("cn.x", (1, 4, 16, 16)), inp("cn.ctx", (1, 77, 64))
    out = unet(sample, torch.tensor([601]), (context, [tokens[:, None]])).sample
    double = projection.double()(seen.double())
    error = float((tokens.double() - double).norm() / double.norm())
    save(
        "ip_plus.safetensors",
        {"in.pixel_values": pixels, "in.sample": sample, "in.context": context, "out.image_tokens": tokens,
         "out.image_tokens_blank": projection.float()(blank), "out.unet": out},
        "gen_ip_plus.py", "tiny IP-Adapter plus (4 queries, scale 0.6) on tiny sd15_unet t=601",
        {"fp32_rel_l2": 2e-5, "measured_fp32_vs_fp64": error},
        {"vit": CFG["vit_h"], "weights": "weft-hash-v1 tags vit_h, ip_plus, ip",
         "weights_sha256_sorted_name_f32le": sd_hash(weights),
         "shapes": {name: list(value.shape) for name, value in weights.items()},
         "file_shapes": {f"image_proj.{name}": list(value.shape) for name, value in in_file.items()},
         "orders": {name: order(config) for name, config in REAL.items()}})
