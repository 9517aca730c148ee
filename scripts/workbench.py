"""What scripts/bench and scripts/acceptance share: where things are, the full-size models, timed runs, facts of the machine.

Python 3.9 or later, standard library only. The optional folder ../shared beside the repository holds the model maker (tools/),
the peers (tools/peers/) and the published ResAdapter weights (data/resadapter/).
"""
import contextlib
import dataclasses
import importlib.util
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
WEFT = ROOT / ".build/release/weft"
MODELS = pathlib.Path.home() / "models"
MIB = 1 << 20
FAMILIES = ["dora", "dora-input", "loha", "lokr", "oft", "boft", "glora"]


class Failure(Exception):
    """Something that ends the run; its text is for the user."""


@dataclasses.dataclass
class Contender:
    """One program in a row."""
    name: str
    command: list
    output: object = None
    environment: dict = None
    prepare: list = None  # a command before each run, which is not timed


@dataclasses.dataclass
class Row:
    """One job: weft first, then those it is compared with."""
    name: str
    what: str
    inputs: list
    contenders: list
    must: str = ""
    rounds: int = 0  # 0: what --rounds says
    sizes: bool = False  # whether the outputs' sizes are told, as shares of the first input's
    rate: bool = False  # whether bytes of output a second are told


def resadapter(name):
    """The folder of a published ResAdapter."""
    folder = SHARED / "data/resadapter" / name
    if not folder.is_dir():
        raise Failure(f"{folder} is missing: download {name} from https://huggingface.co/jiaxiangc/res-adapter into it")
    return folder


def model(folder, name, python):
    """The path of a generated model or adapter in `folder`, made when it is not there yet.

    Names: FAMILY-ARCH.safetensors for the families of scripts/make_family, ARCH[-f32|-bf16][-seedN].safetensors, the same with .ckpt or -diffusers at the end, kohya-rN-ARCH.safetensors;
    ARCH: sd15, sdxl, tiny-sd15, tiny-sdxl.
    """
    path = pathlib.Path(folder) / name
    if path.exists():
        return path
    tools = SHARED / "tools"
    stem = name.removesuffix(".safetensors").removesuffix(".ckpt")
    family, _, arch = stem.rpartition("-")
    if family in FAMILIES:
        command = [ROOT / "scripts/make_family", family, model(folder, f"{arch}.safetensors", python), path]
    elif stem.startswith("kohya-r"):
        rank, arch = stem.removeprefix("kohya-r").split("-", 1)
        command = [tools / "make_kohya_lora.py", arch, path, rank]
    else:
        layout = "diffusers" if stem.endswith("-diffusers") else "ckpt" if name.endswith(".ckpt") else "ldm"
        arch, _, seed = stem.removesuffix("-diffusers").partition("-seed")
        dtype = next((d for d in ("f32", "bf16") if arch.endswith("-" + d)), "f16")
        arch = arch.removesuffix("-" + dtype)
        command = [tools / "make_models.py", "--arch", arch, "--layout", layout, "--dtype", dtype, "--out", path,
                   "--seed", seed or "0"]
    line = " ".join(map(str, [python, *command]))
    if not tools.is_dir():
        raise Failure(f"{path} is missing, and so is the model maker: put it into {tools}, then run: {line}")
    say(f"making {path}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with scratch(path.parent) as folder:  # renamed when complete, so that a broken-off run leaves no half a model
        made = folder / name
        if subprocess.run([python, *(str(made if word is path else word) for word in command)], stdout=subprocess.DEVNULL).returncode:
            raise Failure(f"{path} could not be made by: {line}")
        made.rename(path)
    return path


def make_models_module():
    """The model maker as a module; its key maps are an implementation independent of weft's."""
    spec = importlib.util.spec_from_file_location("make_models", SHARED / "tools/make_models.py")
    if not (SHARED / "tools/make_models.py").is_file():
        raise Failure(f"{SHARED / 'tools/make_models.py'} is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(command, environment=None, accepted=(0,)):
    """Runs a command to its end: (seconds, peak resident bytes, standard output). Raises on an exit code that is not accepted."""
    command = list(map(str, command))
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env={**os.environ, **(environment or {})})
        except OSError as error:
            raise Failure(f"cannot run {command[0]}: {error.strerror}") from None
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0), err.seek(0)
        if process.returncode not in accepted:
            complaint = err.read()[-4000:].decode(errors="replace").rstrip()
            raise Failure(f"exit {process.returncode} from: {' '.join(command)}\n{complaint}")
        return seconds, usage.ru_maxrss * 1024, out.read().decode(errors="replace")


@contextlib.contextmanager
def scratch(folder):
    """A folder for outputs inside `folder`, so on its file system; removed at the end, after Ctrl-C and SIGTERM too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    path = pathlib.Path(tempfile.mkdtemp(prefix=".weft-scratch-", dir=folder))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def remove(path):
    """Removes a file or a folder; nothing happens when there is none."""
    path = pathlib.Path(path)
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def byte_count(path):
    """The bytes of a file, or of all files in a folder."""
    path = pathlib.Path(path)
    return sum(file.stat().st_size for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file())


def warm(*paths):
    """Reads files, and the files of folders, so that they are in the page cache."""
    buffer = bytearray(MIB)
    for path in map(pathlib.Path, paths):
        for file in [path] if path.is_file() else filter(pathlib.Path.is_file, path.rglob("*")):
            with open(file, "rb", buffering=0) as handle:
                while handle.readinto(buffer):
                    pass


def machine():
    """Facts that a timing depends on."""
    cpu = platform.processor() or platform.machine()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as lines:
        cpu = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), cpu)
    return {"cpu": cpu, "cores": len(os.sched_getaffinity(0)), "memory_gib": round(memory / 2**30, 1),
            "kernel": platform.release(), "python": platform.python_version()}


def file_system(folder):
    """The type of the file system that holds `folder`."""
    return run(["df", "--output=fstype", folder])[2].split()[-1]


def peer_versions(python):
    """The versions of the libraries that the interpreter `python` has, or {} when there is none or it cannot be run."""
    if not python:
        return {}
    code = ("import importlib.metadata as m\n"
            "for n in ('torch','numpy','safetensors','diffusers','transformers','peft',"
            "          'gguf','bitsandbytes','openvino','stable_diffusion_cpp_python'):\n"
            "  try: print(n, m.version(n))\n"
            "  except m.PackageNotFoundError: pass")
    try:
        return dict(line.split() for line in run([python, "-c", code])[2].splitlines())
    except Failure:
        return {}


def say(text):
    """Speaks to the user; results go to standard output."""
    print(text, file=sys.stderr, flush=True)
