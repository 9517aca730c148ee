"""The networks that the peers run, as torch has them: what loads each from a folder, and noise that goes in.

`load(kind, folder, dtype)` gives a module that takes the values of `inputs(kind, size, batch)` in order.
"""
import json
import pathlib

import torch

CONTEXT = {"unet": 768, "sdxl-unet": 2048, "controlnet": 768}


def load(kind, folder, dtype):
    """The network of a folder of diffusers, ready to be called with its inputs in order."""
    import diffusers
    folder = pathlib.Path(folder)

    def part(of, name):
        return of.from_pretrained(folder / name, torch_dtype=dtype).eval()

    if kind == "unet":
        return Call(part(diffusers.UNet2DConditionModel, "unet"), lambda net, x, t, c: net(x, t, c, return_dict=False)[0])
    if kind == "sdxl-unet":
        return Call(part(diffusers.UNet2DConditionModel, "unet"), lambda net, x, t, c, pooled, ids: net(
            x, t, c, added_cond_kwargs={"text_embeds": pooled, "time_ids": ids}, return_dict=False)[0])
    if kind == "vae-decoder":
        return Call(part(diffusers.AutoencoderKL, "vae"), lambda net, z: net.decode(z, return_dict=False)[0])
    if kind == "taesd-decoder":
        return Call(part(diffusers.AutoencoderTiny, ""), lambda net, z: net.decode(z, return_dict=False)[0])
    if kind == "controlnet":
        return Call(part(diffusers.ControlNetModel, ""), lambda net, x, t, c, hint: net(x, t, c, hint, return_dict=False)[0][0])
    return text_encoder(folder / kind.replace("-", "_"), dtype)


def text_encoder(folder, dtype):
    """CLIP's text model, of whichever kind the folder says."""
    import transformers
    kind = getattr(transformers, json.loads((folder / "config.json").read_text())["architectures"][0])
    return Call(kind.from_pretrained(folder, dtype=dtype).eval(), lambda net, ids: net(ids, output_hidden_states=True)[0])


class Call(torch.nn.Module):
    """A network whose call takes tensors and gives one."""

    def __init__(self, network, call):
        super().__init__()
        self.network, self.call = network, call

    def forward(self, *inputs):
        return self.call(self.network, *inputs)


def inputs(kind, size, batch):
    """Noise for a network by the names of `weft forward`, for pictures of `size` pixels."""
    torch.manual_seed(0)
    side = size // 8
    if kind.startswith("text-encoder"):
        ids = torch.randint(0, 49406, (batch, 77))
        ids[:, 0], ids[:, 40:] = 49406, 49407
        return {"input_ids": ids}
    if kind.endswith("-decoder"):
        return {"latent": torch.randn(batch, 4, side, side)}
    found = {"sample": torch.randn(batch, 4, side, side), "timestep": torch.full((batch,), 500.0),
             "encoder_hidden_states": torch.randn(batch, 77, CONTEXT[kind])}
    if kind == "sdxl-unet":
        found |= {"text_embeds": torch.randn(batch, 1280), "time_ids": torch.tensor([[size, size, 0.0, 0, size, size]] * batch)}
    if kind == "controlnet":
        found["controlnet_cond"] = torch.rand(batch, 3, size, size)
    return found
