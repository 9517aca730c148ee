"""What goes into the layers of a small UNet, by torch's hooks in float64: sums of squares and largest magnitudes."""
import os, sys; sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tiny import *

LAYERS = {
    "sd15_unet": [
        "conv_in", "time_embedding.linear_1", "down_blocks.0.downsamplers.0.conv", "down_blocks.1.resnets.0.conv_shortcut",
        "down_blocks.0.attentions.0.proj_in", "down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q",
        "mid_block.attentions.0.transformer_blocks.0.attn2.to_k", "mid_block.attentions.0.transformer_blocks.0.ff.net.2",
        "up_blocks.0.upsamplers.0.conv", "up_blocks.3.resnets.2.conv1", "up_blocks.3.resnets.2.time_emb_proj", "conv_out",
    ],
    "sdxl_unet": ["add_embedding.linear_1", "down_blocks.1.attentions.0.proj_in", "conv_out"],
}

def squares(module, x):
    """The sums that each weight of a row meets, and of how many numbers."""
    if isinstance(module, torch.nn.Linear):
        rows = x.reshape(-1, x.shape[-1])
    else:
        rows = torch.nn.functional.unfold(x, module.kernel_size, padding=module.padding, stride=module.stride)
        rows = rows.transpose(1, 2).reshape(-1, rows.shape[1])
    return (rows ** 2).sum(0), rows.shape[0]

@torch.no_grad()
def go(name, tensors):
    m, _ = unet(name); m = m.double(); modules = dict(m.named_modules())
    def watch(path):
        def hook(module, args):
            x = args[0].double(); sums, count = squares(module, x)
            tensors[f"{name}/{path}"] = torch.cat([sums, torch.tensor([count, x.abs().max()], dtype=torch.float64)])
        modules[path].register_forward_pre_hook(hook)
    for path in LAYERS[name]: watch(path)
    context = m.config.cross_attention_dim
    kw = {}
    if "sdxl" in name:
        kw = {"added_cond_kwargs": {"text_embeds": inp(name + ".pool", (2, 96)).double(),
                                    "time_ids": torch.tensor([[1024., 768, 0, 0, 1024, 768], [512, 512, 8, 16, 1024, 1024]]).double()}}
    m(inp(name + ".x", (2, 4, 16, 16)).double(), torch.tensor([981, 17]), inp(name + ".ctx", (2, 77, context)).double(), **kw)

tensors = {}
for name in LAYERS: go(name, tensors)
save("energies.safetensors", tensors, "gen_energies.py",
     "for layers of sd15_unet and sdxl_unet, run as gen_unet.py runs them: sums of squares, then their count and the largest magnitude", {})
