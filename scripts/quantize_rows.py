"""The rows of `scripts/bench quantize`: types of GGUF and 8-bit floats, beside cp, stable-diffusion.cpp and torch.

A row of cp writes the whole model in its own names, as weft does when no reader is named; a row `unet-...` writes what ComfyUI-GGUF
reads, the UNet alone with every convolution quantised, which is the most to encode. Rows `sdcpp-...` have stable-diffusion.cpp's
rules and bytes on both sides, so that both quantise the same tensors. stable-diffusion.cpp uses a thread for each physical core.
"""
import pathlib
import sys

import workbench as wb
from workbench import Contender, Failure, Row

SMALL = {"q8_0": "1.3 / 1.0", "q4_0": "2 / 1.2", "q5_0": "2 / 1.2", "iq4_nl": "2 / 1.2"}
WIDE = ["q2_k", "q3_k", "q4_k", "q5_k", "q6_k"]
FLOATS = ["fp8_e4m3", "fp8_scaled"]
DECODED = ["q8_0", "q4_0", "iq4_nl", "q4_k", "q6_k"]


def quantize_rows(options, scratch):
    """The makers of the rows about quantising."""
    copy = scratch / "copy.safetensors"

    def models(name):
        return wb.model(options.models, name, options.peers or sys.executable)

    def output(kind):
        return scratch / ("weft.safetensors" if kind.startswith("fp8") else "weft.gguf")

    def quantize(base, kind, *flags, out=None):
        return [options.weft, "quantize", base, "--type", kind, "-o", out or output(kind), "--quiet", "--no-sync", *flags]

    def named(name, maker):
        maker.__name__ = name.replace("-", "_")
        return maker

    def against_cp(kind, must, *flags, architecture="sd15", prefix="", note=""):
        name = f"{prefix}{kind.replace('_', '-')}-{architecture}"

        def maker():
            base = models(f"{architecture}.safetensors")
            return Row(name, f"{architecture.upper()} f16 to {kind}{note}, --no-sync", [base], [
                Contender("weft", quantize(base, kind, *flags), output(kind)),
                Contender("cp", ["cp", base, copy], copy)], must, 3 if architecture == "sdxl" else 0)
        return named(name, maker)

    def unet(kind, must):
        return against_cp(kind, must, "--for", "comfyui", prefix="unet-", note=", the UNet for ComfyUI-GGUF")

    def against_sdcpp(kind, must):
        name = f"sdcpp-{kind.replace('_', '-')}-sd15"

        def maker():
            base, other = models("sd15.safetensors"), scratch / "sdcpp.gguf"
            return Row(name, f"SD15 f16 to {kind} as stable-diffusion.cpp does, --no-sync", [base], [
                Contender("weft", quantize(base, kind, "--recipe", "sdcpp", "--for", "sdcpp"), output(kind)),
                Contender("stable-diffusion.cpp convert", [options.sdcpp, wb.ROOT / "scripts/peers/sdcpp_convert.py", base, other, kind], other),
                Contender("cp", ["cp", base, copy], copy)], must, 3)
        return named(name, maker)

    def fused(kind):
        """A ResAdapter fused on the way beside quantising alone."""
        name = f"fuse-{kind.replace('_', '-')}-sd15"

        def maker():
            base, adapter = models("sd15.safetensors"), wb.resadapter("resadapter_v2_sd1.5")
            fuse = [options.weft, "fuse", base, "--adapter", adapter, "--quantize", kind, "-o", output(kind), "--quiet", "--no-sync"]
            alone = scratch / f"alone{output(kind).suffix}"
            return Row(name, f"ResAdapter v2 into SD15 f16 and to {kind} in one pass, --no-sync", [base, adapter], [
                Contender("weft", fuse, output(kind)),
                Contender("weft quantize alone", quantize(base, kind, out=alone), alone),
                Contender("cp", ["cp", base, copy], copy)], "1.1 of quantising")
        return named(name, maker)

    def decoded(kind):
        """Back to f16: cp copies a file of the output's size."""
        name = f"decode-{kind.replace('_', '-')}-sd15"

        def maker():
            base, packed, plain = models("sd15.safetensors"), scratch / f"{kind}.gguf", scratch / "decoded.safetensors"
            wb.run(quantize(base, kind, "--for", "comfyui", out=packed))
            out = scratch / "weft.safetensors"
            decode = [options.weft, "convert", packed, "--dtype", "f16", "--quiet", "--no-sync", "-o"]
            if not plain.exists():
                wb.run([*decode, plain])
            return Row(name, f"SD15's UNet from {kind} to f16, --no-sync", [packed, plain], [
                Contender("weft", [*decode, out], out),
                Contender("cp of the output", ["cp", plain, copy], copy),
                Contender("weft --threads 1", [*decode, out, "--threads", "1"], out)], "2 GB/s a core", rate=True)
        return named(name, maker)

    def peers_fp8_sd15():
        base, script = models("sd15.safetensors"), wb.SHARED / "tools/peers/b_fp8.py"
        if not script.is_file():
            raise Failure(f"the peer {script} is missing")
        return Row("peers-fp8-sd15", "every tensor of SD15 f16 to fp8_e4m3, --no-sync", [base], [
            Contender("weft", quantize(base, "fp8_e4m3", "--rule", "*=fp8_e4m3"), output("fp8_e4m3")),
            Contender("torch load + cast + save", [options.peers, script, base, copy], copy)], "", 3)

    makers = [against_cp(kind, must) for kind, must in SMALL.items()]
    makers += [unet(kind, must) for kind, must in SMALL.items()]
    makers += [against_cp(kind, "") for kind in WIDE] + [unet(kind, "") for kind in WIDE]
    makers += [against_cp(kind, "1.3 / 1.0") for kind in FLOATS]
    makers += [fused("q8_0"), fused("q4_k"), *map(decoded, DECODED)]
    makers += [against_cp(kind, "1.3 / 1.0", architecture="sdxl") for kind in ["q8_0", *FLOATS]]
    if options.sdcpp:
        makers += [against_sdcpp(kind, "") for kind in ("q8_0", "q4_0")] + [against_sdcpp(kind, "0.20 / 0.083") for kind in WIDE]
    return makers + ([peers_fp8_sd15] if options.peers else [])


def sibling(python, name):
    """The interpreter of the environment DIR-NAME beside DIR of `python`, or None."""
    if not python:
        return None
    folder = pathlib.Path(python).parent.parent
    found = folder.with_name(f"{folder.name}-{name}") / "bin/python"
    return found if found.is_file() else None
