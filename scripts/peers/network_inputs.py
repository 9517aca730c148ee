"""network_inputs.py KIND SIZE BATCH OUT.safetensors: the noise that the peers are given, for weft forward."""
import sys

import networks
from safetensors.torch import save_file

kind, size, batch, out = sys.argv[1:]
save_file({name: value.contiguous() for name, value in networks.inputs(kind, int(size), int(batch)).items()}, out)
