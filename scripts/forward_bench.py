"""What `scripts/bench forward` measures: one step of SD1.5's UNet, 512 x 512, batch 2, in float32.

Times are those of the step alone, without loading: weft tells its own, torch's and numpy's are taken by scripts/peers. numpy
multiplies with OpenBLAS, as weft does, so its rate for large matrices is what the processor gives.
"""
import array
import json
import random
import statistics
import struct

import workbench as wb

# One call of the UNet for one latent of 64 x 64, by torch's FlopCounterMode.
FLOP_PER_ITEM = 0.803e12
BATCH = 2
MUST = "rate / sgemm >= 0.6, time / torch <= 1.5, memory <= f32 weights + 700 MiB"


def inputs(path):
    """A safetensors file of noise for the UNet."""
    numbers = random.Random(0)
    shapes = {"sample": [BATCH, 4, 64, 64], "timestep": [BATCH], "encoder_hidden_states": [BATCH, 77, 768]}
    header, data = {}, b""
    for name, shape in shapes.items():
        count = 1
        for size in shape:
            count *= size
        values = [500.0] * count if name == "timestep" else [numbers.gauss(0, 1) for _ in range(count)]
        blob = array.array("f", values).tobytes()
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(blob)]}
        data += blob
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def measure(options, scratch):
    """Runs every program in turn; gives the report."""
    model = wb.model(options.models, "sd15.safetensors", options.peers or wb.sys.executable)
    given, out = inputs(scratch / "in.safetensors"), scratch / "out.safetensors"
    wb.warm(model)
    weft = [options.weft, "forward", model, "--component", "unet", "--inputs", given, "-o", out, "--force", "--no-sync",
            "--json", "--quiet"]
    peers = {}
    if options.peers:
        folder = wb.model(options.models, "sd15-diffusers", options.peers)
        peers = {"torch": [options.peers, wb.ROOT / "scripts/peers/torch_unet.py", folder, str(BATCH)],
                 "sgemm": [options.peers, wb.ROOT / "scripts/peers/numpy_sgemm.py"]}
    found = {name: [] for name in ("weft", *peers)}
    for _ in range(options.rounds):
        for name, command in {"weft": weft, **peers}.items():
            found[name].append(json.loads(wb.run(command)[2]))
    return report(found)


def report(found):
    """Medians, rates and their ratios."""
    def median(name, key):
        return statistics.median(run[key] for run in found[name])
    flop = FLOP_PER_ITEM * BATCH
    result = {"must": MUST, "weft": {
        "load_seconds": median("weft", "load_seconds"), "run_seconds": median("weft", "run_seconds"),
        "gflops": flop / median("weft", "run_seconds") / 1e9,
        "peak_over_weights_mib": (median("weft", "peak_memory_bytes") - median("weft", "weight_bytes")) / wb.MIB}}
    if "torch" in found:
        rate = median("sgemm", "gflops")
        result["torch"] = {"run_seconds": median("torch", "run_seconds"), "gflops": flop / median("torch", "run_seconds") / 1e9}
        result["sgemm"] = {"gflops": rate}
        result["weft"]["of_sgemm"] = result["weft"]["gflops"] / rate
        result["weft"]["of_torch_time"] = result["weft"]["run_seconds"] / result["torch"]["run_seconds"]
    return {**result, "machine": wb.machine()}


def table(result):
    """The report as a Markdown table."""
    weft = result["weft"]
    lines = ["| program | step s | GFLOP/s | load s | memory over weights MiB |", "|---|---|---|---|---|",
             f"| weft reference | {weft['run_seconds']:.2f} | {weft['gflops']:.0f} | {weft['load_seconds']:.2f} | "
             f"{weft['peak_over_weights_mib']:.0f} |"]
    if "torch" in result:
        lines += [f"| torch f32 | {result['torch']['run_seconds']:.2f} | {result['torch']['gflops']:.0f} | | |",
                  f"| OpenBLAS sgemm (numpy) | | {result['sgemm']['gflops']:.0f} | | |", "",
                  f"rate / sgemm {weft['of_sgemm']:.2f}, time / torch {weft['of_torch_time']:.2f}; must: {result['must']}"]
    return "\n".join(lines)
