"""The rows of `scripts/bench picture`: whole pictures, from the command to the written file, by weft and other programs.

A row is a model at a size. Each program is a process of its own that loads, reads the prompt, takes the steps, decodes and writes a
PNG; what OpenVINO's compiler does is part of it, its export is not. Programs run in turn, round after round; medians are over the
rounds. What would take too long makes fewer steps: it runs with two numbers of steps, and the row tells what the rest would take at
the pace of those between.
"""
import dataclasses
import json
import os
import pathlib
import statistics
import sys

import forward_bench
import workbench as wb
from workbench import Failure, say

ROUNDS = 1
STEPS = 20
FEW = (1, 3)
sys.path.insert(0, str(forward_bench.PEERS))
from picture_prompt import NEGATIVE, PROMPT  # noqa: E402


@dataclasses.dataclass
class Picture:
    """A row: a model and a size."""
    name: str
    model: str
    size: int
    what: str
    is_whole: bool = True  # whether weft makes every step
    peers: bool = True


PICTURES = [
    Picture("txt2img-512", "sd15", 512, "SD1.5, 512 × 512"),
    Picture("sd15-1024", "sd15", 1024, "SD1.5, 1024 × 1024", False, False),
    Picture("sdxl-1024", "sdxl", 1024, "SDXL, 1024 × 1024", False, False),
]


@dataclasses.dataclass
class Program:
    """What is timed: a command for a number of steps."""
    name: str
    command: object
    is_whole: bool = True


def names():
    """The names of the rows."""
    return [picture.name for picture in PICTURES]


def measure(options, scratch):
    """Measures the wanted rows one after the other and gives the report of each as soon as it is there."""
    wanted = options.only or ["txt2img-512"]
    unknown = [name for name in wanted if name not in names()]
    if unknown:
        raise Failure(f"no row {', '.join(unknown)}; there are {', '.join(names())}")
    for picture in PICTURES:
        if picture.name in wanted:
            say(f"{picture.name}: {picture.what}")
            yield row(picture, options, scratch)


def row(picture, options, scratch):
    """All programs of a row in turn; gives the report."""
    programs = weft_programs(picture, options, scratch)
    if picture.peers and options.peers:
        programs += torch_programs(picture, options, scratch) + openvino_programs(picture, options, scratch)
        programs += sdcpp_programs(picture, options, scratch)
    programs = [program for program in programs if any(word in program.name for word in options.programs or [""])]
    found, absent = {program.name: [] for program in programs}, {}
    for number in range(options.rounds or ROUNDS):
        for program in programs:
            if program.name not in absent:
                say(f"  round {number + 1}: {program.name}")
                run(program, found[program.name], absent)
    return {"name": picture.name, "what": picture.what, "steps": STEPS, "absent": absent,
            "programs": [summary(program, found[program.name]) for program in programs if found[program.name]],
            "machine": wb.machine(),
            "peers": wb.peer_versions(options.peers) | wb.peer_versions(options.openvino) | wb.peer_versions(options.sdcpp)}


def run(program, results, absent):
    """Runs a program once for all steps, or for few; one that cannot run is noted and left out from then on."""
    runs = []
    for steps in (STEPS,) if program.is_whole else FEW:
        before = os.getloadavg()[0], os.times()
        try:
            seconds, peak, output = wb.run(program.command(steps))
        except Failure as failure:
            absent[program.name] = str(failure).splitlines()[-1]
            say(f"  {program.name} does not run: {absent[program.name]}")
            return
        after = os.times()
        busy = after.children_user + after.children_system - before[1].children_user - before[1].children_system
        runs.append({"steps": steps, "seconds": seconds, "processor_seconds": busy, "peak": peak,
                     "load_average": [before[0], os.getloadavg()[0]], "told": told(output)})
    results.append(runs)


def told(output):
    """What a program says of its own run, where it says it in JSON."""
    try:
        return json.loads(output)
    except ValueError:
        return None


def summary(program, rounds):
    """Medians of the rounds, for all steps."""
    def whole(runs, key):
        first, last = runs[0], runs[-1]
        if first is last:
            return first[key]
        pace = (last[key] - first[key]) / (last["steps"] - first["steps"])
        return last[key] + pace * (STEPS - last["steps"])

    def middle(key):
        return statistics.median(whole(runs, key) for runs in rounds)
    return {"name": program.name, "seconds": middle("seconds"), "processor_seconds": middle("processor_seconds"),
            "step_seconds": statistics.median(step(runs) for runs in rounds), "is_extrapolated": not program.is_whole,
            "peak_memory_bytes": max(run["peak"] for runs in rounds for run in runs), "rounds": rounds}


def step(runs):
    """A step after the first: what the program says, or what more steps took longer."""
    if len(runs) > 1:
        return (runs[-1]["seconds"] - runs[0]["seconds"]) / (runs[-1]["steps"] - runs[0]["steps"])
    steps = (runs[0]["told"] or {}).get("step_seconds") or [float("nan")]
    return statistics.median(steps[1:] or steps)


def weft_programs(picture, options, scratch):
    """weft's fast backend in its precisions."""
    model = wb.model(options.models, f"{picture.model}.safetensors", options.peers or sys.executable)
    wb.warm(model)

    def program(precision):
        return Program(f"weft {precision}", lambda steps: [
            options.weft, "txt2img", model, "--prompt", PROMPT, "--negative", NEGATIVE, "--steps", steps, "--sampler", "euler",
            "--cfg-scale", "7.5", "--seed", "1", "--width", picture.size, "--height", picture.size, "--backend", "fast",
            "--precision", precision, "-o", scratch / "weft.png", "--force", "--quiet", "--json"], picture.is_whole)
    return [program(precision) for precision in ("bf16", "f32")]


def folder(picture, options):
    """The folder of diffusers that the peers load."""
    path = wb.model(options.models, f"{picture.model}-diffusers", options.peers)
    wb.warm(path)
    return path


def torch_programs(picture, options, scratch):
    path = folder(picture, options)

    def program(precision):
        return Program(f"diffusers {precision}", lambda steps: [
            options.peers, forward_bench.PEERS / "diffusers_picture.py", path, precision, picture.size, steps, scratch / "torch.png"])
    return [program(precision) for precision in ("bf16", "f32")]


def openvino_programs(picture, options, scratch):
    """OpenVINO in its own environment, with networks that torch's environment exports once."""
    if not options.openvino:
        return []
    path, ids = folder(picture, options), scratch / "ids.json"
    wb.run([options.peers, forward_bench.PEERS / "prompt_ids.py", path, ids])
    networks = [forward_bench.exported(kind, path, picture.size, batch, options)
                for kind, batch in (("text-encoder", 2), ("unet", 2), ("vae-decoder", 1))]
    wb.warm(*(network.with_suffix(".bin") for network in networks))
    return [Program("OpenVINO bf16", lambda steps: [
        options.openvino, forward_bench.PEERS / "openvino_picture.py", *networks, ids, "bf16", picture.size, steps, scratch / "ov.png"])]


def sdcpp_programs(picture, options, scratch):
    """stable-diffusion.cpp, which takes a minute and more a step."""
    if not options.sdcpp:
        return []
    model = wb.model(options.models, f"{picture.model}.safetensors", options.peers)

    def program(kind):
        return Program(f"stable-diffusion.cpp {kind}", lambda steps: [
            options.sdcpp, forward_bench.PEERS / "sdcpp_picture.py", model, kind, picture.size, steps, scratch / "sd.png"], False)
    return [program(kind) for kind in ("f16", "q8_0")]


def table(result):
    """The report as a Markdown table."""
    yield f"{result['what']}, {result['steps']} steps of Euler, guided; from the command to the file"
    yield ""
    yield "| program | total | a step | weft bf16 / it | peak memory | processor time | load |"
    yield "|---|---|---|---|---|---|---|"
    own = next((program["seconds"] for program in result["programs"] if program["name"] == "weft bf16"), None)
    for program in result["programs"]:
        loads = [load for runs in program["rounds"] for run in runs for load in run["load_average"]]
        steps = " and ".join(str(run["steps"]) for run in program["rounds"][0])
        note = f" (from {steps} steps)" if program["is_extrapolated"] else ""
        ratio = f"{own / program['seconds']:.2f}" if own and program["name"] != "weft bf16" else ""
        yield (f"| {program['name']}{note} | {program['seconds']:.1f} s | {program['step_seconds']:.2f} s | {ratio} | "
               f"{program['peak_memory_bytes'] / wb.MIB:.0f} MiB | {program['processor_seconds']:.0f} s | {min(loads):.1f} to {max(loads):.1f} |")
    for name, reason in result["absent"].items():
        yield f"\n{name} does not run: {reason}"
