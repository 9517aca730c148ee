"""The rows of `scripts/bench merge`: merges of whole models, and recipes of several steps.

What they are compared with reads every input once and writes an output of the same size, with cat.
"""
import sys

import workbench as wb
from workbench import Contender, Row

RECIPE = """version: 1
models: {{a: {a}, b: {b}, c: {c}}}
steps:
  mixed: {{merge: weighted-sum, models: [a, b], options: {{alpha: 0.3}}}}
  moved: {{merge: add-difference, models: [mixed, b], base: c, options: {{alpha: 0.5}}}}
  scaled: {{fuse: moved, adapters: ["{resadapter}:0.7"]}}
  styled: {{fuse: scaled, adapters: ["{lora}:0.8"]}}
output: {{from: {last}, dtype: f16}}
"""


def merge_rows(options, scratch):
    """The makers of the rows about merging."""
    out, copy = scratch / "weft.safetensors", scratch / "copy.safetensors"

    def models(name):
        return wb.model(options.models, name, options.peers or sys.executable)

    def cat(inputs):
        """Reads all inputs, and writes the first."""
        return Contender("cat", ["sh", "-c", 'cp="$1"; shift; cat "$1" > "$cp"; shift; cat "$@" > /dev/null', "sh", copy,
                                 *inputs, *inputs[:1] * (len(inputs) < 2)], copy)

    def row(name, what, inputs, arguments, must, rounds=0):
        command = [options.weft, "merge", *arguments, "-o", out, "--quiet", "--no-sync"]
        return Row(name, what, inputs, [Contender("weft", command, out), cat(inputs)], must, rounds)

    def method(name, what, architecture, arguments, seeds, must, base=None, rounds=3):
        inputs = [models(f"{architecture}{seed}.safetensors") for seed in seeds]
        chosen = [word for model in inputs[:2] for word in ("--model", model)]
        if base is not None:
            chosen += ["--base", inputs[base]]
        return row(name, what, inputs, ["--method", *arguments[:1], *chosen, *arguments[1:]], must, rounds)

    def weighted_sum_sdxl():
        return method("weighted-sum-sdxl", "weighted sum of two SDXL f16, --no-sync", "sdxl",
                      ["weighted-sum", "--option", "alpha=0.4"], ["", "-seed1"], "1.3")

    def add_difference_sdxl():
        return method("add-difference-sdxl", "add difference of three SDXL f16, --no-sync", "sdxl",
                      ["add-difference", "--option", "alpha=0.5"], ["", "-seed1", "-seed2"], "1.3", base=2)

    def ties_sd15():
        inputs = [models(f"sd15{seed}.safetensors") for seed in ("", "-seed1", "-seed2")]
        return row("ties-sd15", "TIES of two SD1.5 f16 and a base, --no-sync", inputs, [
            "--method", "ties", "--model", f"{inputs[0]}:1", "--model", f"{inputs[1]}:0.5", "--base", inputs[2]], "", 3)

    def recipe(name, what, last, must):
        inputs = [models(f"sd15{seed}.safetensors") for seed in ("", "-seed1", "-seed2")]
        lora, resadapter = models("kohya-r32-sd15.safetensors"), wb.resadapter("resadapter_v2_sd1.5")
        path = scratch / f"{name}.yaml"
        text = RECIPE.format(a=inputs[0], b=inputs[1], c=inputs[2], lora=lora, resadapter=resadapter, last=last)
        steps = ["mixed", "moved", "scaled", "styled"]
        unused = steps[steps.index(last) + 1:]
        path.write_text("".join(line for line in text.splitlines(True) if line.split(":")[0].strip() not in unused))
        return inputs, path

    def recipe_of_4_steps():
        """The whole recipe beside its slowest step alone, a fuse of the LoRA."""
        inputs, path = recipe("recipe", "", "styled", "")
        lora = models("kohya-r32-sd15.safetensors")
        whole = [options.weft, "merge", path, "-o", out, "--quiet", "--no-sync"]
        step = [options.weft, "fuse", inputs[0], "--adapter", f"{lora}:0.8", "-o", copy, "--quiet", "--no-sync"]
        return Row("recipe-of-4-steps", "two merges and two fuses of SD1.5 in one pass, --no-sync", [*inputs, lora], [
            Contender("weft", whole, out), Contender("the slowest step alone (LoRA)", step, copy), cat(inputs)], "1.5 of the step")

    return [weighted_sum_sdxl, add_difference_sdxl, ties_sd15, recipe_of_4_steps]
