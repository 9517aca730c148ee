"""torch_unet.py FOLDER BATCH: the seconds of a step of a diffusers folder's UNet in float32 at 64 x 64, after one that warms up, as JSON."""
import json
import sys
import time

import torch
from diffusers import UNet2DConditionModel

folder, batch = sys.argv[1], int(sys.argv[2])
unet = UNet2DConditionModel.from_pretrained(folder, subfolder="unet", torch_dtype=torch.float32)
with torch.no_grad():
    inputs = (torch.randn(batch, 4, 64, 64), torch.full((batch,), 500), torch.randn(batch, 77, unet.config.cross_attention_dim))
    for _ in range(2):
        start = time.perf_counter()
        unet(*inputs)
        seconds = time.perf_counter() - start
print(json.dumps({"run_seconds": seconds}))
