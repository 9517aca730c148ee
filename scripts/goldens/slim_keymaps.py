"""Writes Tests/Fixtures/keymaps.json from the keymaps.json.gz that gen_ldm.py makes.

Each model is a list of lines `layout name|canonical path|layout shape|canonical shape`, prefixes left out;
a field starts with the number of characters that it shares with the line before, and a colon.
Also micro_sd15.json: the names, dtypes and shapes of micro_sd15_ldm.safetensors, one a line.
Usage: slim_keymaps.py FOLDER, where FOLDER has both files of the generator.
"""
import gzip, json, os, struct, sys
source = sys.argv[1]
target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Tests/Fixtures")
real = json.load(gzip.open(os.path.join(source, "keymaps.json.gz")))["real"]
shape = lambda s: "x".join(map(str, s))
def coded(rows):
    last, lines = [""] * 4, []
    for row in rows:
        fields = row.split("|")
        shared = [len(os.path.commonprefix(pair)) for pair in zip(fields, last)]
        lines.append("|".join(f"{n}:{f[n:]}" for n, f in zip(shared, fields))); last = fields
    return lines
out = {}
for name, entry in real.items():
    if "map" in entry:
        rows = []
        for row in entry["map"]:
            layout = row[0].split(".", 2)[2] if name.endswith(".unet") else row[0].split(".", 1)[1]
            rows.append("|".join([layout, row[1], shape(row[3] if len(row) > 3 else row[2]), shape(row[2])]))
    elif "openclip" in entry:
        rows = []
        for layout, (dims, (*parts, step)) in entry["openclip"].items():
            for part in parts:
                rows.append("|".join([layout, part, shape(dims), shape(entry["hf"][part])]))
    else:
        rows = ["|".join([k, k, shape(v), shape(v)]) for k, v in entry["hf"].items()]
    out[name] = {"parameters": entry["params"], "rows": coded(rows)}
with open(os.path.join(target, "keymaps.json"), "w") as f:
    json.dump({"source": "scripts/goldens/slim_keymaps.py", "models": out}, f, indent=0, separators=(",", ":")); f.write("\n")
with open(os.path.join(source, "micro_sd15_ldm.safetensors"), "rb") as f:
    header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
rows = ["|".join([k, v["dtype"], shape(v["shape"])]) for k, v in header.items() if k != "__metadata__"]
with open(os.path.join(target, "micro_sd15.json"), "w") as f:
    json.dump({"source": "scripts/goldens/slim_keymaps.py", "rows": rows}, f, indent=0, separators=(",", ":")); f.write("\n")
