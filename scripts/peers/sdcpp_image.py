#!/usr/bin/env python3
"""Loads a model with stable-diffusion.cpp and makes a small image in one step.

usage: sdcpp_image.py MODEL

Prints the image's size and how many distinct grey levels it has; exits with 1 when the model does not load.
"""
import sys

from stable_diffusion_cpp import StableDiffusion


def main():
    model = StableDiffusion(model_path=sys.argv[1])
    images = model.generate_image(prompt="a boat", width=64, height=64, sample_steps=1, seed=1)
    image = images[0]
    print(f"stable-diffusion.cpp makes an image of {image.width} x {image.height}, {len(set(image.convert('L').getdata()))} grey levels")


main()
