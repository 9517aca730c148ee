"""epsilon_errors.py FOLDER --weft PATH [--size 256] [--steps 20] [--every 5] [--calibration FILE]: how wrong predictions in bf16
and int8 are along a path of f32, for weft and for torch; prints a Markdown table.

torch denoises in f32 from noise, guided with a scale of 7.5, for two prompts. At every n-th step each program predicts from the very
inputs of that step: the latent of the f32 path, the timestep and the prompt. An error is the relative L2 distance between a
program's prediction and its own in f32, for the guided prediction that the sampler takes and for the two that it is made of.
"""
import argparse
import pathlib
import statistics
import subprocess
import tempfile

import diffusers
import torch
from safetensors.torch import load_file, save_file

from picture_prompt import NEGATIVE, PROMPT

PROMPTS = [PROMPT, "a watercolour of a lighthouse in a storm"]
SCALE = 7.5


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--weft", required=True)
    parser.add_argument("--size", type=int, default=256)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--every", type=int, default=5)
    parser.add_argument("--calibration")
    options = parser.parse_args()
    with torch.no_grad():
        steps, inputs = path(options)
        torch_f32, torch_bf16 = predictions(options.folder, inputs, torch.float32), predictions(options.folder, inputs, torch.bfloat16)
    weft = {precision: weft_predictions(options, inputs, precision) for precision in ["f32", "bf16"] + ["int8"] * bool(options.calibration)}
    columns = {"torch bf16": errors(torch_bf16, torch_f32)}
    columns |= {f"weft {name}": errors(found, weft["f32"]) for name, found in weft.items() if name != "f32"}
    columns["weft f32 and torch f32"] = errors(weft["f32"], torch_f32)
    table(steps, columns)


def path(options):
    """The steps and the inputs of the network at them: for every step and prompt a row without the prompt and one with it."""
    pipeline = diffusers.StableDiffusionPipeline.from_pretrained(options.folder, torch_dtype=torch.float32)
    scheduler = diffusers.EulerDiscreteScheduler.from_config(pipeline.scheduler.config)
    scheduler.set_timesteps(options.steps)
    words, without = pipeline.encode_prompt(PROMPTS, "cpu", 1, True, negative_prompt=[NEGATIVE] * len(PROMPTS))
    side = options.size // 8
    latents = torch.randn(len(PROMPTS), 4, side, side, generator=torch.Generator().manual_seed(1)) * scheduler.init_noise_sigma
    context, rows, steps = torch.stack([without, words], 1).flatten(0, 1), [], []
    for index, timestep in enumerate(scheduler.timesteps):
        sample = scheduler.scale_model_input(latents, timestep).repeat_interleave(2, 0)
        if index % options.every == 0 or index == options.steps - 1:
            rows.append((sample, timestep.float().expand(len(sample)), context))
            steps += [index] * len(PROMPTS)
        latents = scheduler.step(guided(pipeline.unet(sample, timestep, context).sample), timestep, latents).prev_sample
    names = ("sample", "timestep", "encoder_hidden_states")
    return steps, {name: torch.cat(values).contiguous() for name, values in zip(names, zip(*rows))}


def guided(epsilon):
    """The prediction of each pair of rows, guided."""
    without, words = epsilon[::2], epsilon[1::2]
    return without + SCALE * (words - without)


def predictions(folder, inputs, dtype):
    """torch's predictions, a pair of rows at a time."""
    unet = diffusers.UNet2DConditionModel.from_pretrained(folder, subfolder="unet", torch_dtype=dtype)
    found = [unet(sample.to(dtype), timestep, context.to(dtype)).sample.float()
             for sample, timestep, context in zip(*(inputs[name].split(2) for name in ("sample", "timestep", "encoder_hidden_states")))]
    return torch.cat(found)


def weft_predictions(options, inputs, precision):
    """weft's predictions, a pair of rows at a time."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        pairs = zip(*(inputs[name].split(2) for name in inputs))
        for pair in pairs:
            save_file({name: value.contiguous() for name, value in zip(inputs, pair)}, scratch / "in.safetensors")
            command = [options.weft, "forward", options.folder, "--component", "unet", "--inputs", scratch / "in.safetensors", "-o",
                       scratch / "out.safetensors", "--backend", "fast", "--precision", precision, "--force", "--no-sync", "--quiet"]
            if precision == "int8":
                command += ["--calibration", options.calibration]
            subprocess.run(list(map(str, command)), check=True)
            found.append(load_file(scratch / "out.safetensors")["sample"])
    return torch.cat(found)


def errors(found, expected):
    """The relative L2 distance of each guided prediction, and of each single one."""
    def distance(a, b):
        a, b = a.double(), b.double()
        return ((a - b).flatten(1).norm(dim=1) / b.flatten(1).norm(dim=1)).tolist()
    return distance(guided(found), guided(expected)), distance(found, expected)


def table(steps, columns):
    print("| step | " + " | ".join(f"{name}, guided | single" for name in columns) + " |")
    print("|---|" + "---|" * (2 * len(columns)))
    for index, step in enumerate(steps):
        cells = (f"{both[index]:.2e} | {statistics.mean(single[2 * index:2 * index + 2]):.2e}" for both, single in columns.values())
        print(f"| {step + 1} | " + " | ".join(cells) + " |")
    means = (f"{statistics.mean(both):.2e} | {statistics.mean(single):.2e}" for both, single in columns.values())
    print("| mean | " + " | ".join(means) + " |")


main()
