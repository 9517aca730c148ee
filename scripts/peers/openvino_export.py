"""openvino_export.py KIND FOLDER SIZE BATCH OUT.xml [SITE]: writes OpenVINO's form of a network with weights of float16; minutes.

SITE is a folder of packages where openvino is, when the interpreter with torch does not have it.
"""
import json
import sys

import networks
import torch

sys.path += sys.argv[6:]
import openvino

kind, folder, size, batch, out = sys.argv[1:6]
inputs = networks.inputs(kind, int(size), int(batch))
with torch.no_grad():
    model = openvino.convert_model(networks.load(kind, folder, torch.float32), example_input=tuple(inputs.values()))
openvino.save_model(model, out, compress_to_fp16=True)
with open(out + ".inputs", "w") as names:
    json.dump(list(inputs), names)
