"""The rows of `scripts/bench pipeline`: many small models, killed runs and a manifest of 100,000 lines.

The models are those of `weft demo` in float32, 62 MB each: some with contents of their own, the others hard links to them, which
are models of their own to a pipeline. The shell loop is what people write: the three commands of weft for each model, two models at
a time by xargs, with the files between the steps removed. Loop and pipeline run in turn; both wait until their outputs are on the
disk.
"""
import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import statistics
import subprocess
import struct
import threading
import time

import workbench as wb
from workbench import Failure, say

MODEL_COUNT = 200
CONTENT_COUNT = 20
JOBS = 2
ROUNDS = 3
KILLS = 30
TASK_COUNT = 100_000
LINKS_PER_FILE = 1000
INTERVAL = 0.05  # seconds between looks at memory
# The program under the name that the loops call it by; `measure` puts it there.
WEFT = wb.WEFT

PIPELINES = {
    "one-pass": """
  plain: {convert: input, dtype: f16}
  tuned: {fuse: plain, adapters: [ADAPTER]}
  small: {quantize: tuned, type: q8_0, save: "${name}.gguf"}
""",
    "scan-fuse-verify": """
  safe:  {scan: input}
  tuned: {fuse: input, adapters: [ADAPTER], save: "${name}.safetensors"}
  proof: {verify: tuned}
""",
}
LOOPS = {
    "one-pass": """
weft convert "$1" --dtype f16 -o "$2.a.safetensors" -q
weft fuse "$2.a.safetensors" --adapter "$3" -o "$2.b.safetensors" -q
weft quantize "$2.b.safetensors" --type q8_0 -o "$2.gguf" -q
rm "$2.a.safetensors" "$2.b.safetensors"
""",
    "scan-fuse-verify": """
weft scan "$1" -q >/dev/null
weft fuse "$1" --adapter "$3" -o "$2.safetensors" -q
weft verify "$2.safetensors" --base "$1" --adapter "$3" -q >/dev/null
""",
}


class Memory(threading.Thread):
    """The memory of a process and all below it, shared pages counted once, at its highest."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.ends = pid, 0, threading.Event()

    def run(self):
        while not self.ends.wait(INTERVAL):
            self.peak = max(self.peak, sum(map(self.of, self.family(self.pid))))

    def family(self, pid):
        parents = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                # The name in parentheses may hold anything.
                parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
            except OSError:
                pass
        found = [pid]
        for member in found:
            found += [child for child, parent in parents.items() if parent == member]
        return found

    def of(self, pid):
        try:
            lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            return 0
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def models(folder):
    """The small models."""
    say("making the models")
    demo = folder / "demo"
    subprocess.run([WEFT, "demo", demo], check=True, capture_output=True)
    base = folder / "base.safetensors"
    subprocess.run([WEFT, "convert", demo / "base.safetensors", "--dtype", "f32", "-o", base, "-q"], check=True)
    data = bytearray(base.read_bytes())
    (folder / "models").mkdir()
    first = []
    for number in range(MODEL_COUNT):
        path = folder / f"models/m{number:03}.safetensors"
        if number < CONTENT_COUNT:
            # The last bytes are a weight's: the lowest bits make another model of the same structure.
            data[-4] = number
            path.write_bytes(data)
            first.append(path)
        else:
            os.link(first[number % CONTENT_COUNT], path)
    return demo / "resadapter"


def pipeline(folder, name, adapter):
    """The file of a pipeline."""
    path = folder / f"{name}.yaml"
    steps = PIPELINES[name].replace("ADAPTER", str(adapter))
    path.write_text(f"version: 1\ninputs: [models/*.safetensors]\noutputs: out-{name}\nsteps:{steps}")
    return path


def timed(command, **options):
    """The seconds of a command and the most memory that it and its children held."""
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], **options)
    memory = Memory(process.pid)
    memory.start()
    code = process.wait()
    seconds = time.monotonic() - start
    memory.ends.set()
    memory.join()
    if code != 0:
        raise Failure(f"{command[0]} ended with {code}")
    return seconds, memory.peak / wb.MIB


def loop_command(folder, name, adapter):
    script = folder / f"{name}.sh"
    script.write_text(f"set -e\nexport PATH={WEFT.parent}:$PATH\n{LOOPS[name]}")
    outputs = folder / f"loop-{name}"
    shutil.rmtree(outputs, ignore_errors=True)
    outputs.mkdir()
    # Each word of a line is an argument: the model, the output without an ending, the adapter.
    words = "".join(f"{path} {outputs / path.stem} {adapter}\n" for path in sorted((folder / "models").iterdir()))
    (folder / "words").write_text(words)
    return ["xargs", "-a", folder / "words", "-n3", f"-P{JOBS}", "bash", script]


def throughput(folder, adapter, rounds, name):
    """A pipeline of many models and the same by a loop."""
    path = pipeline(folder, name, adapter)
    run = [WEFT, "pipeline", "run", path, "--jobs", JOBS, "-q"]
    rows = []
    for number in range(rounds):
        shutil.rmtree(folder / f"out-{name}", ignore_errors=True)
        os.sync()
        seconds, memory = timed(run)
        os.sync()
        loop_seconds, loop_memory = timed(loop_command(folder, name, adapter))
        rows.append((seconds, loop_seconds, memory, loop_memory))
        say(f"{name} round {number + 1}: pipeline {seconds:.1f} s, loop {loop_seconds:.1f} s")
    files = compare(folder / f"out-{name}", folder / f"loop-{name}", bytes_equal=name != "one-pass")
    again, _ = timed(run)
    for made in ("out", "loop"):
        shutil.rmtree(folder / f"{made}-{name}")
    return {
        "seconds": statistics.median(row[0] for row in rows),
        "loop_seconds": statistics.median(row[1] for row in rows),
        "throughput_percent": 100 * statistics.median(row[1] / row[0] for row in rows),
        "memory_mib": max(row[2] for row in rows), "loop_memory_mib": max(row[3] for row in rows),
        "files": files, "seconds_with_nothing_to_do": again,
    }


def compare(made, expected, bytes_equal):
    """Whether both folders have the same files; the loop rounds between its steps, so its bytes may be others."""
    files = sorted(path.name for path in expected.iterdir())
    found = sorted(path.name for path in made.iterdir() if path.name != ".weft")
    if files != found:
        raise Failure(f"{made} lacks files of {expected}")
    if not bytes_equal:
        return f"{len(files)} files"
    for name in files:
        if (made / name).read_bytes() != (expected / name).read_bytes():
            raise Failure(f"{made / name} and {expected / name} differ")
    return f"{len(files)} files, equal to the loop's"


def kill(folder, adapter):
    """Runs that are killed at random moments, and one to the end."""
    path = pipeline(folder, "one-pass", adapter)
    out = folder / "out-one-pass"
    run = [str(part) for part in (WEFT, "pipeline", "run", path, "--jobs", JOBS, "-q")]
    seed = int(time.time())
    randomness = random.Random(seed)
    for number in range(KILLS):
        process = subprocess.Popen(run, start_new_session=True)
        time.sleep(randomness.uniform(0.02, 1.5))
        # The system ends the workers of a parent that is gone; now and then all die at once, as when the power fails.
        (os.killpg if number % 2 else os.kill)(process.pid, signal.SIGKILL)
        process.wait()
    subprocess.run(run, check=True)
    twice, again = done_twice(out)
    equal = count_equal(folder, out, adapter)
    left = [path for path in out.rglob(".*") if path.name != ".weft"]
    shutil.rmtree(out)
    return {"seed": seed, "kills": KILLS, "equal_outputs": equal, "models": MODEL_COUNT, "begun_again": again,
            "done_twice": twice, "files_left_over": len(left)}


def count_equal(folder, out, adapter):
    """How many outputs are what one command of weft gives."""
    expected = []
    one = folder / "one.gguf"
    for model in sorted((folder / "models").iterdir())[:CONTENT_COUNT]:
        subprocess.run([WEFT, "fuse", model, "--adapter", adapter, "--dtype", "f16", "--quantize", "q8_0", "-o", one,
                        "-q", "--force"], check=True)
        expected.append(one.read_bytes())
    made = [out / f"m{number:03}.gguf" for number in range(MODEL_COUNT)]
    return sum(path.exists() and path.read_bytes() == expected[number % CONTENT_COUNT]
               for number, path in enumerate(made))


def done_twice(out):
    """How many tasks were begun after they were done, and how many were begun more than once."""
    done, begun, twice = set(), {}, 0
    for journal in (out / ".weft/journal").iterdir():
        for line in journal.read_text().splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue  # a worker was killed while it wrote
            task = record["task"]
            if record["event"] == "begin":
                twice += task in done
                begun[task] = begun.get(task, 0) + 1
            elif record["event"] == "end" and record["status"] == 0:
                done.add(task)
    return twice, sum(count > 1 for count in begun.values())


def manifest(folder, rounds):
    """A manifest of 100,000 lines, of whose tasks all but one in a thousand are copies of done ones."""
    big = folder / "big"
    lines = big / "m.jsonl"
    make_tiny_models(big)
    make = [usage([WEFT, "job", "make", big / "p.yaml", "-o", lines, "-q", "--force"]) for _ in range(rounds)]
    for number in range(0, TASK_COUNT, LINKS_PER_FILE):
        subprocess.run([WEFT, "job", "run", lines, "--index", str(number), "-q", "--no-sync"], check=True)
    copy_records(big)
    status = [usage([WEFT, "job", "status", lines, "--json"]) for _ in range(rounds)]
    if json.loads(status[0][2])["done"] != TASK_COUNT:
        raise Failure("job status does not see what is done")
    return {
        "tasks": TASK_COUNT, "make_seconds": statistics.median(row[0] for row in make),
        "make_memory_mib": max(row[1] for row in make),
        "status_seconds": statistics.median(row[0] for row in status),
        "status_memory_mib": max(row[1] for row in status),
    }


def tiny_name(number):
    return f"{number // LINKS_PER_FILE:03}/m{number:06}"


def make_tiny_models(big):
    """Models of one small tensor, and their pipeline."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [32, 32], "data_offsets": [0, 4096]}}).encode()
    data = struct.pack("<Q", len(header)) + header + struct.pack("<1024f", *(0.001 * i for i in range(1024)))
    for number in range(TASK_COUNT):
        path = big / f"models/{tiny_name(number)}.safetensors"
        if number % LINKS_PER_FILE == 0:
            path.parent.mkdir(parents=True)
            path.write_bytes(data)
            first = path
        else:
            os.link(first, path)
    (big / "p.yaml").write_text("""version: 1
inputs: ["models/**/*.safetensors"]
outputs: out
steps:
  small: {convert: input, dtype: f16, save: "${folder}/${name}.safetensors"}
  phone: {quantize: input, type: q8_0, save: "${folder}/${name}.gguf"}
  proof: {verify: phone}
""")


def copy_records(big):
    """Records and outputs of all tasks, like those of the first of every thousand."""
    journal = next((big / "out/.weft/journal").iterdir())
    records = {}
    for line in journal.read_text().splitlines():
        records.setdefault(json.loads(line)["task"], []).append(line)

    def task(number):
        return hashlib.sha256(f"models/{tiny_name(number)}.safetensors".encode()).hexdigest()[:16]

    with journal.open("a") as file:
        for number in range(TASK_COUNT):
            first = number - number % LINKS_PER_FILE
            if number == first:
                continue
            for ending in (".safetensors", ".gguf"):
                os.link(big / f"out/{tiny_name(first)}{ending}", big / f"out/{tiny_name(number)}{ending}")
            for line in records[task(first)]:
                line = line.replace(task(first), task(number)).replace(tiny_name(first), tiny_name(number))
                file.write(line + "\n")


def usage(command):
    """Seconds, most memory and output of a command."""
    start = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, code, used = os.wait4(process.pid, 0)
    if code != 0:
        raise Failure(f"{command[1:3]} ended with {code}")
    return time.monotonic() - start, used.ru_maxrss / 1024, output


NAMES = [*PIPELINES, "kill", "manifest"]


def names():
    return NAMES


def measure(options, scratch):
    """The rows that are wanted, one after the other."""
    global WEFT
    WEFT = scratch / "bin/weft"
    WEFT.parent.mkdir()
    WEFT.symlink_to(pathlib.Path(options.weft).resolve())
    wanted = [name for name in NAMES if not options.only or name in options.only]
    adapter = models(scratch) if set(wanted) - {"manifest"} else None
    for name in wanted:
        if name == "kill":
            result = kill(scratch, adapter)
        elif name == "manifest":
            result = manifest(scratch, options.rounds or ROUNDS)
        else:
            result = throughput(scratch, adapter, options.rounds or ROUNDS, name)
        yield {"name": name} | result | wb.machine()


def table(result):
    """A row in words, with what it must be."""
    name = result["name"]
    if name == "kill":
        return [f"{name}: {result['kills']} times; {result['equal_outputs']} of {result['models']} outputs complete and equal to "
                f"weft fuse's (must: all); {result['begun_again']} tasks were in flight and begun again, "
                f"{result['done_twice']} done twice (must: 0), {result['files_left_over']} files left over (must: 0)"]
    if name == "manifest":
        return [f"{name}: {result['tasks']} tasks; job make {result['make_seconds']:.2f} s (must: 10), "
                f"{result['make_memory_mib']:.0f} MiB (must: 256); job status {result['status_seconds']:.2f} s (must: 2), "
                f"{result['status_memory_mib']:.0f} MiB (must: 256)"]
    return [f"{name}: {MODEL_COUNT} models, pipeline {result['seconds']:.1f} s, shell loop {result['loop_seconds']:.1f} s: "
            f"{result['throughput_percent']:.0f} % of the loop's throughput (must: 90); {result['memory_mib']:.0f} MiB in all "
            f"(must: 512), loop {result['loop_memory_mib']:.0f}; {result['files']}; again with nothing to do "
            f"{result['seconds_with_nothing_to_do']:.2f} s"]
