"""diffusers_picture.py FOLDER f32|bf16 SIZE STEPS OUT.png: makes a picture with diffusers from a folder; prints JSON.

Euler, guided with a scale of 7.5, weights in channels_last. `step_seconds` lists the time of every step.
"""
import json
import sys
import time

started = time.perf_counter()
import diffusers
import torch

from picture_prompt import NEGATIVE, PROMPT

folder, precision, size, steps, out = sys.argv[1:]
dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[precision]
pipeline = diffusers.DiffusionPipeline.from_pretrained(folder, torch_dtype=dtype)
pipeline.scheduler = diffusers.EulerDiscreteScheduler.from_config(pipeline.scheduler.config)
pipeline.set_progress_bar_config(disable=True)
for network in (pipeline.unet, pipeline.vae):
    network.to(memory_format=torch.channels_last)
loaded = time.perf_counter()
ends = []


def note(pipeline, step, timestep, values):
    ends.append(time.perf_counter())
    return values


picture = pipeline(PROMPT, negative_prompt=NEGATIVE, num_inference_steps=int(steps), guidance_scale=7.5, height=int(size),
                   width=int(size), generator=torch.Generator().manual_seed(1), callback_on_step_end=note).images[0]
picture.save(out)
print(json.dumps({"load_seconds": loaded - started, "step_seconds": [b - a for a, b in zip([loaded] + ends, ends)],
                  "decode_seconds": time.perf_counter() - ends[-1]}))
