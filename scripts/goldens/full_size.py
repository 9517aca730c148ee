#!/usr/bin/env python3
"""Compares `weft forward` with diffusers and transformers in float32 on full-size models of random weights.

usage: ORACLE/bin/python scripts/goldens/full_size.py [--models DIR] [--weft PATH] [--arch sd15|sdxl]... [--only COMPONENT]... [--size 512]

Models are made on first use, which takes minutes and some GB of disk. Prints a Markdown table of relative L2 errors; exit code 1
when one is over 1e-4. One network at a time is in memory: SDXL's UNet takes 11 GB on either side.
"""
import argparse
import gc
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import torch
import workbench as wb
from safetensors.torch import load_file, save_file

LIMIT = 1e-4


def noise(name, *shape):
    """Normal values that follow from a name."""
    seed = int.from_bytes(name.encode(), "little") % (1 << 31)
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def unet(folder, size):
    from diffusers import UNet2DConditionModel
    model = UNet2DConditionModel.from_pretrained(folder / "unet", torch_dtype=torch.float32)
    inputs = {"sample": noise("sample", 2, 4, size // 8, size // 8), "timestep": torch.tensor([601.0, 21.0]),
              "encoder_hidden_states": noise("context", 2, 77, model.config.cross_attention_dim)}
    added = {}
    if model.config.addition_embed_type == "text_time":
        width = model.config.projection_class_embeddings_input_dim - 6 * model.config.addition_time_embed_dim
        added = {"text_embeds": noise("pooled", 2, width),
                 "time_ids": torch.tensor([[size, size, 0, 0, size, size]] * 2, dtype=torch.float32)}
    return {**inputs, **added}, lambda: {"sample": model(
        inputs["sample"], inputs["timestep"], inputs["encoder_hidden_states"],
        added_cond_kwargs=added or None).sample}


def vae(folder):
    from diffusers import AutoencoderKL
    return AutoencoderKL.from_pretrained(folder / "vae", torch_dtype=torch.float32)


def vae_encoder(folder, size):
    model, inputs = vae(folder), {"image": noise("image", 1, 3, size, size).mul(0.5).clamp(-1, 1)}
    return inputs, lambda: {"moments": model.encode(inputs["image"]).latent_dist.parameters}


def vae_decoder(folder, size):
    model, inputs = vae(folder), {"latent": noise("latent", 1, 4, size // 8, size // 8)}
    return inputs, lambda: {"image": model.decode(inputs["latent"]).sample}


def text_encoder(name):
    def make(folder, _):
        import transformers
        config = json.loads((folder / name / "config.json").read_text())
        kind = getattr(transformers, config["architectures"][0])
        model = kind.from_pretrained(folder / name, dtype=torch.float32)
        ids = torch.randint(0, 49406, (2, 77), generator=torch.Generator().manual_seed(5))
        ids[:, 0], ids[0, 20:], ids[1, 60:] = 49406, 49407, 49407

        def run():
            found = model(ids, output_hidden_states=True)
            states = {f"hidden_states.{i}": state for i, state in enumerate(found.hidden_states)}
            embeds = {"text_embeds": found.text_embeds} if "text_embeds" in found else {"pooled": found.pooler_output}
            return {"last_hidden_state": found.last_hidden_state, **embeds, **states}
        return {"input_ids": ids}, run
    return make


COMPONENTS = {"unet": unet, "vae-encoder": vae_encoder, "vae-decoder": vae_decoder,
              "text-encoder": text_encoder("text_encoder"), "text-encoder-2": text_encoder("text_encoder_2")}


def relative_l2(found, expected):
    found, expected = found.double(), expected.double()
    return float((found - expected).norm() / expected.norm())


def compare(options, arch, component, folder, scratch):
    """The relative L2 error of each output of a component, and weft's report."""
    inputs, run = COMPONENTS[component](folder, options.size)
    with torch.no_grad():
        expected = {name: value.clone() for name, value in run().items()}
    del run
    gc.collect()
    given, out = scratch / "in.safetensors", scratch / "out.safetensors"
    save_file({name: value.contiguous() for name, value in inputs.items()}, given)
    report = json.loads(wb.run([options.weft, "forward", folder, "--component", component, "--inputs", given, "-o", out,
                                "--force", "--no-sync", "--json", "--quiet"])[2])
    found = load_file(out)
    return {name: relative_l2(found[name], value) for name, value in expected.items()}, report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=pathlib.Path, default=wb.MODELS, help="folder of the models (default: %(default)s)")
    parser.add_argument("--weft", default=wb.WEFT, help="the program (default: .build/release/weft)")
    parser.add_argument("--arch", action="append", choices=["sd15", "sdxl"], help="this architecture only; may be given again")
    parser.add_argument("--only", action="append", choices=COMPONENTS, help="this component only; may be given again")
    parser.add_argument("--size", type=int, default=512, help="the pixels of pictures, a multiple of 64 (default: 512)")
    options = parser.parse_args()
    options.models.mkdir(parents=True, exist_ok=True)
    worst = 0.0
    print("| model | component | worst output | relative L2 | load s | run s | peak MiB |\n|---|---|---|---|---|---|---|")
    with wb.scratch(options.models) as scratch:
        for arch in options.arch or ["sd15", "sdxl"]:
            folder = wb.model(options.models, f"{arch}-diffusers", sys.executable)
            for component in options.only or COMPONENTS:
                if not (folder / component.replace("-", "_").replace("vae_encoder", "vae").replace("vae_decoder", "vae")).is_dir():
                    continue
                errors, report = compare(options, arch, component, folder, scratch)
                name = max(errors, key=errors.get)
                worst = max(worst, errors[name])
                print(f"| {arch} | {component} | {name} | {errors[name]:.2e} | {report['load_seconds']:.2f} | "
                      f"{report['run_seconds'][0]:.2f} | {report['peak_memory_bytes'] / wb.MIB:.0f} |", flush=True)
    if not worst <= LIMIT:
        sys.exit(f"an output is off by more than {LIMIT}")


if __name__ == "__main__":
    try:
        main()
    except wb.Failure as failure:
        sys.exit(f"full_size: {failure}")
