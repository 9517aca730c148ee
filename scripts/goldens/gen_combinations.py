"""ResAdapter with each of its paper's companions, on the tiny models: whole pictures of a size that no model was made for.

Writes Tests/Fixtures/inference/combo_*.safetensors. The ResAdapter is that of gen_resadapter.py; the LCM-LoRA is one of random
numbers on every attention, in kohya's names, and is written beside its picture.
"""
import os, sys; sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tiny import *
import diffusers as D
from safetensors.torch import load_file

HERE = os.path.dirname(os.path.abspath(__file__))
FIXTURES = os.path.join(HERE, "../../Tests/Fixtures")
SCHEDULE = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000, steps_offset=1)
PROMPT, NEGATIVE = "a photo of an astronaut riding a horse on mars", "blurry, low quality"
SIZE = dict(height=96, width=160)
RANK, ALPHA = 4, 2.0


def low_rank(weight, lora, base):
    """up · down · alpha / rank, in the shape of the weight."""
    down, up = lora[base + ".lora_down.weight"].float(), lora[base + ".lora_up.weight"].float()
    return (up.flatten(1) @ down.flatten(1)).reshape(weight.shape) * (ALPHA / RANK)


def adapted_unet(more=None):
    """The UNet with the ResAdapter, and with another LoRA."""
    u, sd = unet("sd15_unet")
    lora = load_file(os.path.join(FIXTURES, "resadapter_sd15_unet.lora.safetensors"))
    u.load_state_dict(load_file(os.path.join(FIXTURES, "resadapter_sd15_unet.norm.safetensors")), strict=False)
    for name, module in u.named_modules():
        for part in (lora, more or {}):
            base = "lora_unet_" + name.replace(".", "_")
            if base + ".lora_down.weight" in part:
                module.weight.add_(low_rank(module.weight, part, base))
    return u


def lcm_lora():
    u, sd = unet("sd15_unet")
    lora = {}
    for name, module in u.named_modules():
        if name.split(".")[-1] in ("to_q", "to_k", "to_v") or name.endswith("to_out.0"):
            base = "lora_unet_" + name.replace(".", "_")
            out, width = module.weight.shape
            lora[base + ".lora_down.weight"] = hash_tensor(base + ".lora_down.weight", (RANK, width), "lcm").half()
            lora[base + ".lora_up.weight"] = hash_tensor(base + ".lora_up.weight", (out, RANK), "lcm").half()
            lora[base + ".alpha"] = torch.tensor(ALPHA, dtype=torch.float16)
    return lora


def pipeline(u, scheduler, cls=D.StableDiffusionPipeline, **more):
    v, _ = vae(); v.register_to_config(scaling_factor=0.18215)
    c, _ = clip_l()
    return cls(vae=v, text_encoder=c, tokenizer=tokenizer(), unet=u, scheduler=scheduler, safety_checker=None,
               feature_extractor=None, requires_safety_checker=False, **more)


def ddim():
    return D.DDIMScheduler(**SCHEDULE, clip_sample=False, set_alpha_to_one=False)


def run(name, pipe, meta, extra=None, size=SIZE, **options):
    pipe.set_progress_bar_config(disable=True)
    steps = []
    def keep(_, index, timestep, tensors):
        steps.append(tensors["latents"].clone())
        return tensors
    image = pipe(prompt=PROMPT, callback_on_step_end=keep, callback_on_step_end_tensor_inputs=["latents"],
                 output_type="np", generator=torch.Generator().manual_seed(meta["seed"]), **size, **options).images
    tensors = {f"latents.step{i}": x for i, x in enumerate(steps)}
    tensors["image"] = torch.from_numpy(np.ascontiguousarray(image)).permute(0, 3, 1, 2).contiguous()
    tensors.update(extra or {})
    if size is not SIZE:
        tensors.pop("image")  # the latents tell enough
    save(f"combo_{name}.safetensors", tensors, "gen_combinations.py", f"tiny ResAdapter picture: {name}",
         {"latents_rel_l2": 5e-4, "image_psnr_db_min": 60}, {**meta, "prompt": PROMPT})


def image_prompt(u):
    """The IP-Adapter of gen_parts.py on a UNet, and the tokens of a picture and of none."""
    from diffusers.models.attention_processor import IPAdapterAttnProcessor2_0
    from diffusers.models.embeddings import ImageProjection
    pixels = ((inp("combo.picture", (56, 56, 3)) + 2) * 63).clamp(0, 255).to(torch.uint8)
    mean = torch.tensor([0.48145466, 0.4578275, 0.40821073]); std = torch.tensor([0.26862954, 0.26130258, 0.27577711])
    values = ((pixels.float() / 255 - mean) / std).permute(2, 0, 1)[None]
    vision, _ = vit_h()
    projection = ImageProjection(cross_attention_dim=64, image_embed_dim=48, num_image_text_embeds=4)
    fill(projection, tag="ip", prefix="image_proj.")
    embeds = vision(values).image_embeds
    processors, index = {}, 1
    for name in u.attn_processors:
        processors[name] = u.attn_processors[name]
        if name.endswith("attn1.processor"):
            continue
        width = u.get_submodule(name[: -len(".processor")]).to_q.in_features
        p = IPAdapterAttnProcessor2_0(hidden_size=width, cross_attention_dim=64, num_tokens=(4,), scale=0.6)
        p.to_k_ip[0].weight.copy_(hash_tensor(f"ip_adapter.{index}.to_k_ip.weight", (width, 64), "ip"))
        p.to_v_ip[0].weight.copy_(hash_tensor(f"ip_adapter.{index}.to_v_ip.weight", (width, 64), "ip"))
        processors[name] = p
        index += 2
    u.set_attn_processor(processors)
    tokens = torch.cat([projection(torch.zeros_like(embeds)), projection(embeds)])
    # The pipeline passes only texts on: the tokens join them on their way in.
    forward = u.forward
    u.forward = lambda x, t, encoder_hidden_states, **more: forward(
        x, t, (encoder_hidden_states, [tokens[:, None]]), **{k: v for k, v in more.items() if k != "added_cond_kwargs"})
    return pixels


with torch.no_grad():
    run("personalised", pipeline(adapted_unet(), ddim()), {"steps": 4, "cfg": 7.5, "seed": 31, "negative": NEGATIVE},
        num_inference_steps=4, guidance_scale=7.5, negative_prompt=NEGATIVE)
    # MultiDiffusion sees windows of 64 by 64 latents, so that the picture must be larger than 512 by 512 pixels.
    run("panorama", pipeline(unet("sd15_unet")[0], ddim(), D.StableDiffusionPanoramaPipeline),
        {"steps": 2, "cfg": 7.5, "seed": 35, "negative": NEGATIVE}, size=dict(height=512, width=576),
        num_inference_steps=2, guidance_scale=7.5, negative_prompt=NEGATIVE)
    net, _ = controlnet()
    condition = inp("combo.condition", (1, 3, 96, 160), 0.25).abs().clamp(0, 1)
    run("controlnet", pipeline(adapted_unet(), ddim(), D.StableDiffusionControlNetPipeline, controlnet=net),
        {"steps": 4, "cfg": 7.5, "seed": 32, "negative": NEGATIVE, "cond_scale": 0.8}, {"in.cond01": condition},
        num_inference_steps=4, guidance_scale=7.5, negative_prompt=NEGATIVE, image=condition, controlnet_conditioning_scale=0.8)
    u = adapted_unet()
    pixels = image_prompt(u)
    run("ip_adapter", pipeline(u, ddim()), {"steps": 4, "cfg": 7.5, "seed": 33, "negative": NEGATIVE, "ip_scale": 0.6},
        {"in.picture": pixels.permute(2, 0, 1)[None].float()}, num_inference_steps=4, guidance_scale=7.5, negative_prompt=NEGATIVE)
    lora = lcm_lora()
    save("combo_lcm_lora.safetensors", lora, "gen_combinations.py", "tiny LCM-LoRA (kohya's names, F16)", {"bytes": "exact"})
    run("lcm", pipeline(adapted_unet(lora), D.LCMScheduler(**{**SCHEDULE, "steps_offset": 1})),
        {"steps": 4, "cfg": 1.5, "seed": 34, "negative": ""}, num_inference_steps=4, guidance_scale=1.5)
