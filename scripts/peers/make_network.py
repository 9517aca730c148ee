"""make_network.py controlnet|taesd-decoder FOLDER: a folder of diffusers with a network of random weights, float16.

The ControlNet is that of SD1.5; its outputs, which begin at zero, are random, too.
"""
import sys

import diffusers
import torch

kind, folder = sys.argv[1:]
torch.manual_seed(0)
if kind == "controlnet":
    network = diffusers.ControlNetModel(cross_attention_dim=768)
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.02)
else:
    network = diffusers.AutoencoderTiny()
network.half().save_pretrained(folder)
