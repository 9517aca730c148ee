"""openvino_picture.py TEXT.xml UNET.xml VAE.xml IDS.json f32|bf16 SIZE STEPS OUT.png: makes a picture with OpenVINO; prints JSON.

The models are what openvino_export.py wrote; they are compiled here. IDS.json has the tokens of the negative prompt and the prompt.
Euler, guided with a scale of 7.5. `step_seconds` lists the time of every step. Needs openvino and numpy alone.
"""
import json
import struct
import sys
import time
import zlib

started = time.perf_counter()
import numpy
import openvino

text, unet, vae, ids, precision, size, steps, out = sys.argv[1:]
size, steps = int(size), int(steps)
ids = numpy.array(json.load(open(ids)), numpy.int64)
shapes = {"sample": [2, 4, size // 8, size // 8], "timestep": [2], "encoder_hidden_states": [2, 77, 768],
          "latent": [1, 4, size // 8, size // 8], "input_ids": [2, 77]}
core = openvino.Core()


def compiled(path):
    """A network for the sizes of this picture."""
    model = core.read_model(path)
    model.reshape({index: shapes[name] for index, name in enumerate(json.load(open(path + ".inputs")))})
    return core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"})


def sigmas():
    """Timesteps and noise levels, "leading" as diffusers has it."""
    alphas = numpy.cumprod(1 - numpy.linspace(0.00085 ** 0.5, 0.012 ** 0.5, 1000) ** 2)
    times = numpy.arange(steps)[::-1] * (1000 // steps) + 1
    return times, numpy.append(((1 - alphas) / alphas)[times] ** 0.5, 0).astype(numpy.float32)


def png(pixels):
    """The file of `[H, W, 3]` bytes."""
    height, width, _ = pixels.shape
    rows = numpy.concatenate([numpy.zeros((height, 1), numpy.uint8), pixels.reshape(height, -1)], axis=1)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows.tobytes())) + chunk(b"IEND", b""))


networks = [compiled(path) for path in (text, unet, vae)]
loaded = time.perf_counter()
context = networks[0]([ids])[0]
times, levels = sigmas()
latent = numpy.random.default_rng(1).standard_normal((1, 4, size // 8, size // 8), numpy.float32) * (levels[0] ** 2 + 1) ** 0.5
ends = []
for time_, level, following in zip(times, levels, levels[1:]):
    scaled = (latent / (level ** 2 + 1) ** 0.5).astype(numpy.float32)
    without, guided = networks[1]([numpy.concatenate([scaled, scaled]), numpy.full(2, time_, numpy.float32), context])[0]
    latent = latent + (without + 7.5 * (guided - without)) * (following - level)
    ends.append(time.perf_counter())
image = networks[2]([(latent / 0.18215).astype(numpy.float32)])[0][0]
pixels = (numpy.clip(image.transpose(1, 2, 0) / 2 + 0.5, 0, 1) * 255).round().astype(numpy.uint8)
open(out, "wb").write(png(pixels))
print(json.dumps({"load_seconds": loaded - started, "step_seconds": [b - a for a, b in zip([loaded] + ends, ends)],
                  "decode_seconds": time.perf_counter() - ends[-1], "is_finite": bool(numpy.isfinite(latent).all())}))
