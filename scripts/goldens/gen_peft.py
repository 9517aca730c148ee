"""A LoRA as PEFT saves it, a folder a component, with ranks and alphas by pattern and rank-stabilised; and the weights that PEFT merges it to."""
import json, os, sys; sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tiny import *
from peft import LoraConfig, get_peft_model
OUT = sys.argv[1]
BLOCK = "down_blocks.0.attentions.0.transformer_blocks.0."
TARGETS = [BLOCK + "attn1.to_q", BLOCK + "attn2.to_k", "down_blocks.0.attentions.0.proj_in", "up_blocks.3.attentions.2.proj_in"]
@torch.no_grad()
def go(stabilised):
    u, _ = unet("sd15_unet")
    config = LoraConfig(
        r=4, lora_alpha=6, target_modules=TARGETS, use_rslora=stabilised,
        rank_pattern={"attn2.to_k": 3, "^down_blocks.0.attentions.0.proj_in": 2, "nowhere": 9},
        alpha_pattern={"attn2.to_k": 1.5, "attn.*.to_q": 5, "to_q": 100})
    model = get_peft_model(u, config)
    for name, value in model.named_parameters():
        if "lora_" in name: value.copy_(hash_tensor(name, value.shape, "peft"))
    folder = os.path.join(OUT, "stabilised" if stabilised else "plain")
    model.save_pretrained(os.path.join(folder, "unet"))
    path = os.path.join(folder, "unet", "adapter_config.json")
    settings = json.load(open(path)); settings["target_modules"].sort()
    json.dump(settings, open(path, "w"), indent=2, sort_keys=True)
    os.remove(os.path.join(folder, "unet", "README.md"))
    merged = model.merge_and_unload()
    write_st(os.path.join(folder, "merged.safetensors"), {t + ".weight": merged.get_submodule(t).weight for t in TARGETS}, {"generator": "gen_peft.py"})
for stabilised in (False, True): go(stabilised)
