"""Autoencoders, T2I-Adapters and tiny autoencoders that differ from the published ones in widths, sizes and parts."""
import os, sys; sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tiny import *
import torch.nn as nn

T = {}

def vae(tag, image, latent, **config):
    n = len(config["block_out_channels"])
    m = AutoencoderKL(down_block_types=("DownEncoderBlock2D",) * n, up_block_types=("UpDecoderBlock2D",) * n, **config); fill(m, tag=tag)
    T[f"{tag}.image"] = inp(f"{tag}.image", image, 0.5); T[f"{tag}.latent"] = inp(f"{tag}.latent", latent)
    T[f"{tag}.moments"] = m.encode(T[f"{tag}.image"]).latent_dist.parameters
    T[f"{tag}.decoded"] = m.decode(T[f"{tag}.latent"]).sample

def adapter(tag, image, **config):
    m = T2IAdapter(channels=(32, 64, 96, 96), num_res_blocks=2, **config); fill(m, tag=tag)
    T[f"{tag}.image"] = inp(f"{tag}.image", image, 0.5).abs()
    features = m(T[f"{tag}.image"])
    for i, x in enumerate(features): T[f"{tag}.feature.{i}"] = x
    return features

def guided_sdxl(features):
    """The fourth feature is the middle's, which no published golden shows."""
    u, _ = unet("sdxl_unet")
    T["xl.sample"] = inp("xl.sample", (1, 4, 8, 12)); T["xl.context"] = inp("xl.context", (1, 9, 160)); T["xl.text_embeds"] = inp("xl.text", (1, 96))
    T["xl.time_ids"] = torch.tensor([[64.0, 96.0, 0.0, 8.0, 64.0, 96.0]])
    T["xl.unet"] = u(T["xl.sample"], torch.tensor([333]), T["xl.context"], added_cond_kwargs={"text_embeds": T["xl.text_embeds"], "time_ids": T["xl.time_ids"]},
                     down_intrablock_additional_residuals=[f.clone() for f in features]).sample

class Block(nn.Module):
    """https://github.com/madebyollin/taesd: three convolutions; TAEF2's blocks with the fewest pixels have a branch before them."""
    def __init__(self, c, has_branch=False):
        super().__init__(); conv = lambda: nn.Conv2d(c, c, 3, padding=1)
        self.conv = nn.Sequential(conv(), nn.ReLU(), conv(), nn.ReLU(), conv())
        self.pool = nn.Sequential(nn.Conv2d(c, 4 * c, 1, bias=False), nn.GroupNorm(4, 4 * c), nn.ReLU(), nn.Conv2d(4 * c, c, 1, bias=False)) if has_branch else None
    def forward(self, x):
        if self.pool is not None: x = x + self.pool(x)
        return torch.relu(self.conv(x) + x)

class Half(nn.Module):
    def __init__(self, *layers): super().__init__(); self.layers = nn.Sequential(*layers)

class TAEF2(nn.Module):
    def __init__(self, c, latent):
        super().__init__()
        down = lambda: nn.Conv2d(c, c, 3, stride=2, padding=1, bias=False); up = lambda: (nn.Upsample(scale_factor=2), nn.Conv2d(c, c, 3, padding=1, bias=False))
        three = lambda branch=False: (Block(c, branch), Block(c, branch), Block(c, branch))
        self.encoder = Half(nn.Conv2d(3, c, 3, padding=1), Block(c), down(), *three(), down(), *three(), down(), *three(True), nn.Conv2d(c, latent, 3, padding=1))
        self.decoder = Half(nn.Conv2d(latent, c, 3, padding=1), nn.ReLU(), *three(True), *up(), *three(), *up(), *three(), *up(), Block(c), nn.Conv2d(c, 3, 3, padding=1))

with torch.no_grad():
    vae("odd", (2, 3, 44, 28), (2, 3, 9, 5), block_out_channels=(24, 40, 72), layers_per_block=1, latent_channels=3, norm_num_groups=8)
    vae("bare", (1, 3, 34, 46), (1, 16, 3, 21), block_out_channels=(32, 64), layers_per_block=3, latent_channels=16, norm_num_groups=16, use_quant_conv=False, use_post_quant_conv=False)
    adapter("grey", (2, 1, 104, 56), in_channels=1, downscale_factor=8, adapter_type="full_adapter")
    guided_sdxl(adapter("xl", (1, 3, 64, 96), in_channels=3, downscale_factor=16, adapter_type="full_adapter_xl"))
    m = TAEF2(32, 32); fill(m, tag="taef2")
    T["taef2.image"] = inp("taef2.image", (2, 3, 24, 40), 0.5); T["taef2.latent"] = inp("taef2.latent", (1, 32, 5, 3), 2)
    T["taef2.encoded"] = m.encoder.layers((T["taef2.image"] + 1) / 2); T["taef2.decoded"] = m.decoder.layers(torch.tanh(T["taef2.latent"] / 3) * 3) * 2 - 1
save("variants.safetensors", T, "gen_variants.py", "autoencoders and T2I-Adapters of other widths, sizes and parts", {"fp32_rel_l2": 2e-5})
