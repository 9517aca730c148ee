"""sdcpp_picture.py MODEL TYPE SIZE STEPS OUT.png: makes a picture with stable-diffusion.cpp, with 2 threads; prints JSON.

TYPE is what the weights are converted to on loading (f16, q8_0), as the program's --type. Euler, guided with a scale of 7.5.
"""
import json
import sys
import time

started = time.perf_counter()
from stable_diffusion_cpp import StableDiffusion

from picture_prompt import NEGATIVE, PROMPT

path, kind, size, steps, out = sys.argv[1:]
model = StableDiffusion(model_path=path, wtype=kind, n_threads=2, vae_decode_only=True, diffusion_flash_attn=True, verbose=False)
loaded = time.perf_counter()
ends = []
picture = model.generate_image(
    prompt=PROMPT, negative_prompt=NEGATIVE, width=int(size), height=int(size), sample_steps=int(steps), sample_method="euler",
    cfg_scale=7.5, seed=1, progress_callback=lambda *_: ends.append(time.perf_counter()))[0]
picture.save(out)
print(json.dumps({"load_seconds": loaded - started, "step_seconds": [b - a for a, b in zip([loaded] + ends, ends)],
                  "decode_seconds": time.perf_counter() - (ends or [loaded])[-1]}))
