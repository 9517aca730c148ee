"""The rows of `scripts/bench forward`: one call of a network by weft, torch and OpenVINO, beside the rate of matrix products.

A row is a network at a size. Each program runs in a process of its own and in turn, round after round; a process loads, then calls
the network some times, the first of which warms up and counts apart. Times are those of the call alone and told by the programs;
medians are over the rounds. Rates are shares of torch's product of the same precision, which is measured in every round, too.
"""
import dataclasses
import json
import os
import pathlib
import statistics

import workbench as wb
from workbench import Failure, say

ROUNDS = 3
PEERS = wb.ROOT / "scripts/peers"


@dataclasses.dataclass
class Network:
    """A row: what is called, and how much work that is."""
    name: str
    kind: str  # as scripts/peers/networks.py names it
    component: str  # as `weft forward` names it
    model: str
    size: int
    batch: int
    flop: float  # of the whole batch, by torch's FlopCounterMode
    what: str
    exports: bool = False  # whether OpenVINO takes part: its export takes minutes
    runs: int = 3  # in a process, the first included


NETWORKS = [
    Network("unet-512", "unet", "unet", "sd15-diffusers", 512, 2, 2 * 0.8033e12, "SD1.5 UNet, 512 × 512, batch 2", True),
    Network("unet-256", "unet", "unet", "sd15-diffusers", 256, 2, 2 * 0.1801e12, "SD1.5 UNet, 256 × 256, batch 2", True, 6),
    Network("vae-512", "vae-decoder", "vae-decoder", "sd15-diffusers", 512, 1, 2.5145e12, "VAE decoder, 512 × 512", True),
    Network("vae-1024", "vae-decoder", "vae-decoder", "sd15-diffusers", 1024, 1, 10.470e12, "VAE decoder, 1024 × 1024", True),
    Network("text-encoder", "text-encoder", "text-encoder", "sd15-diffusers", 0, 2, 2 * 13.3e9, "CLIP-L, batch 2", runs=15),
    Network("text-encoder-2", "text-encoder-2", "text-encoder-2", "sdxl-diffusers", 0, 2, 2 * 97.9e9, "OpenCLIP-bigG, batch 2", runs=8),
    Network("taesd-512", "taesd-decoder", "taesd-decoder", "taesd", 512, 1, 0.1414e12, "TAESD decoder, 512 × 512", runs=8),
    Network("controlnet-512", "controlnet", "controlnet", "controlnet-sd15", 512, 2, 2 * 0.283e12, "ControlNet of SD1.5, 512 × 512, batch 2"),
    Network("sdxl-1024", "sdxl-unet", "unet", "sdxl-diffusers", 1024, 2, 2 * 6.761e12, "SDXL UNet, 1024 × 1024, batch 2"),
]
# What runs when no row is named.
USUAL = ["unet-512", "unet-256"]


@dataclasses.dataclass
class Program:
    """What is timed: a command that prints JSON, and the product that its rate is compared with."""
    name: str
    command: list
    roof: str


def names():
    """The names of the rows."""
    return [network.name for network in NETWORKS]


def measure(options, scratch):
    """Measures the wanted rows one after the other and gives the report of each as soon as it is there."""
    if not options.peers:
        raise Failure("forward needs --peers, an interpreter with torch and diffusers")
    wanted = options.only or USUAL
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        raise Failure(f"no row {', '.join(unknown)}; there are {', '.join(names())}")
    for network in NETWORKS:
        if network.name in wanted:
            say(f"{network.name}: {network.what}")
            yield row(network, options, scratch)


def row(network, options, scratch):
    """All programs of a row in turn; gives the report."""
    model, given = folder(network, options), scratch / f"{network.name}.safetensors"
    wb.run([options.peers, PEERS / "network_inputs.py", network.kind, network.size, network.batch, given])
    wb.warm(model)
    programs = torch_programs(network, model, options) + openvino_programs(network, model, given, options)
    programs += weft_programs(network, model, given, options, scratch)
    roofs = {kind: [] for kind in ("f32", "bf16", "int8", "sgemm")}
    found = {program.name: [] for program in programs}
    absent = {}
    for number in range(options.rounds or ROUNDS):
        for kind in roofs:
            roofs[kind].append(json.loads(wb.run([options.peers, PEERS / "gemm.py", kind])[2])["gops"])
        for program in programs:
            if program.name not in absent:
                say(f"  round {number + 1}: {program.name}")
                run(program, found[program.name], absent)
    return report(network, programs, roofs, found, absent) | {
        "machine": wb.machine(), "load_average": os.getloadavg()[0],
        "peers": wb.peer_versions(options.peers) | wb.peer_versions(options.openvino)}


def run(program, results, absent):
    """Runs a program once; one that cannot run is noted and left out from then on."""
    try:
        _, peak, output = wb.run(program.command)
    except Failure as failure:
        absent[program.name] = str(failure).splitlines()[-1]
        say(f"  {program.name} does not run: {absent[program.name]}")
        return
    results.append(json.loads(output) | {"peak": peak})


def folder(network, options):
    """The folder of the network's model, made when it is not there yet."""
    path = pathlib.Path(options.models) / network.model
    if network.kind not in ("taesd-decoder", "controlnet"):
        return wb.model(options.models, network.model, options.peers)
    if not path.exists():
        say(f"making {path}")
        wb.run([options.peers, PEERS / "make_network.py", network.kind, path])
    return path


def torch_programs(network, model, options):
    return [Program(f"torch {precision} {layout.replace('_', ' ')}", [
        options.peers, PEERS / "torch_network.py", network.kind, model, network.size, network.batch, precision, layout, network.runs], precision)
        for precision, layout in (("f32", "nchw"), ("f32", "channels_last"), ("bf16", "channels_last"))]


def openvino_programs(network, model, given, options):
    """OpenVINO in its own environment, with the network that torch's environment exports once."""
    if not (options.openvino and network.exports):
        return []
    path = exported(network.kind, model, network.size, network.batch, options)
    return [Program(f"OpenVINO {precision}", [
        options.openvino, PEERS / "openvino_network.py", path, given, precision, network.runs], precision) for precision in ("f32", "bf16")]


def exported(kind, model, size, batch, options):
    """OpenVINO's form of a network of a folder; made when it is not there yet."""
    path = pathlib.Path(options.models) / f"openvino/{kind}-{model.name}.xml"
    if not path.exists():
        say(f"exporting {path}, which takes minutes")
        path.parent.mkdir(exist_ok=True)
        site = next((options.openvino.parent.parent / "lib").glob("python*/site-packages"))
        with wb.scratch(path.parent) as made:  # moved when complete, so that a broken-off run leaves no half a network
            wb.run([options.peers, PEERS / "openvino_export.py", kind, model, size, batch, made / path.name, site])
            for file in sorted(made.iterdir(), reverse=True):
                file.rename(path.parent / file.name)
    return path


def weft_programs(network, model, given, options, scratch):
    """weft's backends and precisions, int8 with what it finds of its own inputs, and a UNet of Q4_K that stays so."""
    def program(name, model, roof, *flags):
        return Program(f"weft {name}", [
            options.weft, "forward", model, "--component", network.component, "--inputs", given, "-o", scratch / "out.safetensors",
            "--force", "--no-sync", "--json", "--quiet", "--repeat", network.runs, *flags], roof)

    def fast(precision, *flags, name="", of=model):
        return program(f"fast {precision}{name}", of, precision, "--backend", "fast", "--precision", precision, *flags)

    found = [program("reference f32", model, "sgemm"), fast("f32"), fast("bf16")]
    if network.model == "sd15-diffusers" and network.kind == "unet":
        found.append(fast("int8", "--calibration", calibrated(model, options)))
    if network.model == "sd15-diffusers" and network.kind == "unet":
        small = quantized(model, options)
        found.append(fast("bf16", "--weights", "keep", name=", Q4_K kept", of=small))
    return found


def calibrated(model, options):
    """What int8 needs to know of a folder's UNet; made when it is not there yet, which takes minutes."""
    path = model.with_name(f"{model.name}-int8.json")
    if not path.exists():
        wb.run([options.weft, "calibrate", model, "-o", path, "--size", "256x256", "--samples", "8", "--backend", "fast",
                "--precision", "bf16", "--no-sync", "--quiet"])
    return path


def quantized(model, options):
    """The UNet of a folder as a GGUF file of Q4_K, convolutions, too; made when it is not there yet."""
    path = model.with_name(f"{model.name}-unet-q4_k.gguf")
    if not path.exists():
        wb.run([options.weft, "quantize", model, "-o", path, "--type", "q4_k", "--for", "comfyui", "--quiet", "--no-sync"])
    return path


def report(network, programs, roofs, found, absent):
    """Medians of the rounds; the roof of a precision is the largest of the medians of its sizes."""
    best = {kind: max(statistics.median(one[size] for one in rounds) for size in rounds[0]) for kind, rounds in roofs.items()}

    def summary(program):
        runs = found[program.name]
        seconds = statistics.median(value for run in runs for value in run["run_seconds"][1:])
        rate = network.flop / seconds / 1e9
        return {"name": program.name, "run_seconds": seconds, "gops": rate, "of_roof": rate / best[program.roof], "roof": program.roof,
                "first_run_seconds": statistics.median(run["run_seconds"][0] for run in runs),
                "load_seconds": statistics.median(run["load_seconds"] for run in runs),
                "peak_memory_bytes": max(run["peak"] for run in runs), "rounds": runs}
    return {"name": network.name, "what": network.what, "flop": network.flop, "roofs": best, "products": roofs, "absent": absent,
            "programs": [summary(program) for program in programs if found[program.name]]}


def table(result):
    """The report as a Markdown table, with the times of weft as shares of torch's and OpenVINO's best of the same precision."""
    yield f"{result['what']}, {result['flop'] / 1e12:.3f} TFLOP; products: " + ", ".join(
        f"{kind} {rate:.0f}" for kind, rate in result["roofs"].items()) + " G/s"
    yield ""
    yield "| program | a call | G/s | of the product's rate | / best torch | / OpenVINO | first call | load | peak memory |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for program in result["programs"]:
        seconds = program["run_seconds"]
        yield (f"| {program['name']} | {seconds:.3f} s | {program['gops']:.0f} | {program['of_roof']:.0%} | "
               f"{against(result, program, 'torch')} | {against(result, program, 'OpenVINO')} | "
               f"{program['first_run_seconds']:.3f} s | {program['load_seconds']:.2f} s | {program['peak_memory_bytes'] / wb.MIB:.0f} MiB |")
    for name, reason in result["absent"].items():
        yield f"\n{name} does not run: {reason}"


def against(result, program, peer):
    """The time of one of weft's rows as a share of the best of a peer's in its precision, int8's of bf16; empty for what is none."""
    precision = "bf16" if program["roof"] == "int8" else program["roof"].replace("sgemm", "f32")
    times = [other["run_seconds"] for other in result["programs"] if other["name"].startswith(peer) and other["roof"] == precision]
    return f"{program['run_seconds'] / min(times):.2f}" if times and program["name"].startswith("weft") else ""
