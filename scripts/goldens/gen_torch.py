"""Small files as torch saves them, and the SHA-256 of every tensor's row-major bytes as torch reads them.

usage: ORACLE/bin/python gen_torch.py OUT [FILE.pth ...]
The files given in addition are only described, not copied.
"""
import argparse, collections, hashlib, io, json, pathlib, struct, sys, zipfile, zlib
import torch

out = pathlib.Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
expected = {}


def numbers(*shape, dtype=torch.float32, seed=0):
    generator = torch.Generator().manual_seed(seed)
    values = torch.randint(-100, 100, shape, generator=generator)
    return (values / 8).to(dtype) if dtype.is_floating_point else values.to(dtype)


def describe(tensor):
    tensor = tensor.detach()
    kinds = {"bfloat16": "BF16", "bool": "BOOL", "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2"}
    name = str(tensor.dtype).removeprefix("torch.")
    dtype = kinds.get(name) or name.replace("float", "F").replace("uint", "U").replace("int", "I").replace("complex", "C")
    plain = tensor.contiguous()
    data = bytes(plain.reshape(-1).view(torch.uint8).numpy().tobytes()) if plain.numel() else b""
    return {"dtype": dtype, "shape": list(tensor.shape), "sha256": hashlib.sha256(data).hexdigest()}


def note(file, tensors):
    expected[file] = {name: describe(tensor) for name, tensor in tensors.items()}


def save(file, value, tensors, **options):
    torch.save(value, out / file, **options)
    note(file, tensors)


plain = {
    "f32": numbers(3, 4, seed=1), "f16": numbers(5, dtype=torch.float16, seed=2),
    "bf16": numbers(2, 3, dtype=torch.bfloat16, seed=3), "f64": numbers(2, 2, dtype=torch.float64, seed=4),
    "i64": torch.arange(7), "i32": numbers(3, dtype=torch.int32, seed=5), "i16": numbers(3, dtype=torch.int16, seed=6),
    "i8": numbers(3, dtype=torch.int8, seed=7), "u8": torch.arange(9, dtype=torch.uint8),
    "bool": torch.tensor([True, False, True]), "f8": numbers(4, dtype=torch.float8_e4m3fn, seed=8),
    "f8b": numbers(4, dtype=torch.float8_e5m2, seed=9), "u16": torch.arange(5).to(torch.uint16),
    "c64": torch.tensor([1 + 2j, 3 - 4j]), "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3),
}
save("plain.pt", plain, plain)
legacy_types = {k: v for k, v in plain.items() if k not in ("f8", "f8b", "u16")}
save("legacy.pt", legacy_types, legacy_types, _use_new_zipfile_serialization=False)

base = numbers(6, 8, seed=10)
cube = numbers(3, 4, 5, seed=11)
views = collections.OrderedDict(
    transposed=base.t(), slice=base[1:4, 2:7], column=base[:, 3], step=base[::2, ::3], row=base[2],
    expanded=base[0].expand(4, 8), scalar_expanded=torch.tensor(1.5).expand(3, 2),
    permuted=cube.permute(2, 0, 1), swapped=cube.transpose(0, 1), diagonal=cube[0, :, :4].diagonal(),
    half=numbers(4, 6, dtype=torch.float16, seed=12).t(), bytes=torch.arange(12, dtype=torch.uint8).reshape(3, 4).t(),
    channels_last=numbers(2, 3, 4, 4, seed=13).to(memory_format=torch.channels_last))
save("views.pt", views, views)
save("views-legacy.pt", views, views, _use_new_zipfile_serialization=False)
big = numbers(200, 150, dtype=torch.float16, seed=14).t()

tied = numbers(4, seed=15)
module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
with torch.no_grad():
    for index, parameter in enumerate(module.parameters()):
        parameter.copy_(numbers(*parameter.shape, seed=20 + index))
save("tied.pt", {"a.weight": tied, "b.weight": tied}, {"a.weight": tied, "b.weight": tied})
save("parameters.pt", dict(module.named_parameters()), dict(module.named_parameters()))
save("module-state.pt", module.state_dict(), module.state_dict())
save("module.pt", module, module.state_dict())
state = {"model.diffusion_model.w": numbers(2, 2, seed=30), "model_ema.w": numbers(2, 2, seed=31)}
save("lightning.ckpt", {
    "epoch": 3, "global_step": 470000, "pytorch-lightning_version": "1.4.2", "state_dict": state,
    "optimizer_states": [{"state": {0: {"step": 1, "exp_avg": numbers(2, seed=32)}}, "param_groups": [{"lr": 1e-4}]}],
    "lr_schedulers": [], "callbacks": {argparse.Namespace: {"monitor": "val"}}, "hparams_name": "h"}, state)
save("ema.pth", {"params": {"w": numbers(2, seed=33)}, "params_ema": {"w": numbers(2, seed=34)}}, {"w": numbers(2, seed=34)})
vector = torch.nn.Parameter(numbers(2, 8, seed=35))
save("embedding.pt", {
    "string_to_token": {"*": torch.tensor(265)}, "string_to_param": torch.nn.ParameterDict({"*": vector}),
    "name": "style", "step": 499, "sd_checkpoint": None}, {"string_to_param.*": vector})
nested = {"image_proj": {"proj.weight": numbers(2, 3, seed=36)}, "ip_adapter": {"1.to_k_ip.weight": numbers(3, seed=37)},
          "list": [numbers(1, seed=38), numbers(1, seed=39)]}
save("nested.bin", nested, {
    "image_proj.proj.weight": nested["image_proj"]["proj.weight"], "list.0": nested["list"][0], "list.1": nested["list"][1],
    "ip_adapter.1.to_k_ip.weight": nested["ip_adapter"]["1.to_k_ip.weight"]})


def repack(source, target, method, edit=lambda name, data: data, drop=(), wide=False):
    """The members of a torch file, packed again by Python's zipfile."""
    with zipfile.ZipFile(out / source) as old, zipfile.ZipFile(out / target, "w", method) as new:
        for name in old.namelist():
            if name.split("/", 1)[1] in drop:
                continue
            entry = zipfile.ZipInfo(name)
            entry.compress_type = method
            with new.open(entry, "w", force_zip64=wide) as stream:
                stream.write(edit(name, old.read(name)))


repack("views.pt", "deflated.pt", zipfile.ZIP_DEFLATED)
note("deflated.pt", views)
repack("plain.pt", "wide.pt", zipfile.ZIP_STORED, wide=True, drop=["byteorder", ".format_version", ".storage_alignment", ".data/serialization_id"])
note("wide.pt", plain)

# Big-endian files, by reversing every number: torch itself can only write them on such a machine.
pairs = {"f32": base.t(), "f16": plain["f16"], "i64": plain["i64"], "u8": plain["u8"]}
torch.save(pairs, out / "little.pt")
widths = {"0": 4, "1": 2, "2": 8, "3": 1}


def swap(data, width):
    return b"".join(data[i:i + width][::-1] for i in range(0, len(data), width))


def big_endian(name, data):
    record = name.split("/", 1)[1]
    if record == "byteorder":
        return b"big"
    return swap(data, widths[record[5:]]) if record.startswith("data/") else data


repack("little.pt", "big-endian.pt", zipfile.ZIP_STORED, big_endian)
note("big-endian.pt", pairs)
(out / "little.pt").unlink()

if len(sys.argv) > 2:
    real = {}
    for path in map(pathlib.Path, sys.argv[2:]):
        loaded = torch.load(path, weights_only=True, map_location="cpu")
        real[path.name] = {name: describe(tensor) for name, tensor in loaded.items()}
    (out / "real.json").write_text(json.dumps(real, indent=0) + "\n")
(out / "expected.json").write_text(json.dumps(expected, indent=0) + "\n")
print(sum(p.stat().st_size for p in out.iterdir()), "bytes in", out)
