"""Opens the diffusers folders that weft renders with diffusers itself, offline, and compares them with the published ones.

Usage: ORACLE/bin/python check_folder.py OUT [--cases tokenizer_cases.json] [--model NAME=CHECKPOINT=FOLDER ...]
       [--no-build] [--fixtures]
OUT gets the folders. --model takes a single-file checkpoint and a diffusers folder with the same weights, which are
linked into the rendered folder. --fixtures rewrites Tests/Fixtures/folders.json from what was checked.
"""
import argparse, hashlib, json, os, pathlib, subprocess, sys, warnings
os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
import diffusers, torch, transformers
warnings.filterwarnings("ignore"); transformers.logging.set_verbosity_error()
root = pathlib.Path(__file__).resolve().parents[2]
real = {
    "sd15": {}, "sd15-inpaint": {}, "sd2": {}, "sdxl": {}, "sdxl-refiner": {},
    "sd15-v": {"architecture": "sd15", "velocity": True, "zero_snr": True}, "sd2-v": {"architecture": "sd2", "velocity": True},
    "sdxl-v": {"architecture": "sdxl", "velocity": True, "zero_snr": True}, "sdxl-edm": {"architecture": "sdxl", "edm": True},
    "sdxl-edm-v": {"architecture": "sdxl", "edm": True, "velocity": True},
    "sd15-controlnet": {"architecture": "sd15", "alone": "controlnet"}, "sd2-controlnet": {"architecture": "sd2", "alone": "controlnet"},
    "sdxl-controlnet": {"architecture": "sdxl", "alone": "controlnet"},
}
failures = []
def check(condition, *words):
    if not condition: failures.append(" ".join(map(str, words))); print("  WRONG:", *words)
def read(path): return json.loads(path.read_text())

# What the published folders say; https://huggingface.co, the repositories in the "source" of formats/pipelines/.
down, cross = "DownBlock2D", "CrossAttnDownBlock2D"
up = lambda blocks: [b.replace("Down", "Up") for b in reversed(blocks)]
unet = dict(act_fn="silu", center_input_sample=False, downsample_padding=1, flip_sin_to_cos=True, freq_shift=0, in_channels=4,
            layers_per_block=2, mid_block_scale_factor=1, norm_eps=1e-5, norm_num_groups=32, out_channels=4, _class_name="UNet2DConditionModel")
blocks = [cross, cross, cross, down]
sd1 = dict(unet, attention_head_dim=8, block_out_channels=[320, 640, 1280, 1280], cross_attention_dim=768, sample_size=64, down_block_types=blocks, up_block_types=up(blocks))
sd2 = dict(sd1, attention_head_dim=[5, 10, 20, 20], cross_attention_dim=1024, dual_cross_attention=False, num_class_embeds=None, only_cross_attention=False, use_linear_projection=True)
xl = dict(unet, addition_embed_type="text_time", addition_embed_type_num_heads=64, addition_time_embed_dim=256, attention_head_dim=[5, 10, 20],
          block_out_channels=[320, 640, 1280], cross_attention_dim=2048, mid_block_type="UNetMidBlock2DCrossAttn", projection_class_embeddings_input_dim=2816,
          sample_size=128, transformer_layers_per_block=[1, 2, 10], use_linear_projection=True, down_block_types=[down, cross, cross], up_block_types=up([down, cross, cross]))
refiner = dict(xl, attention_head_dim=[6, 12, 24, 24], block_out_channels=[384, 768, 1536, 1536], cross_attention_dim=1280, projection_class_embeddings_input_dim=2560,
               transformer_layers_per_block=4, down_block_types=[down, cross, cross, down], up_block_types=up([down, cross, cross, down]))
vae = dict(_class_name="AutoencoderKL", act_fn="silu", block_out_channels=[128, 256, 512, 512], down_block_types=["DownEncoderBlock2D"] * 4,
           in_channels=3, latent_channels=4, layers_per_block=2, norm_num_groups=32, out_channels=3, sample_size=512, up_block_types=["UpDecoderBlock2D"] * 4)
clip = dict(architectures=["CLIPTextModel"], attention_dropout=0.0, dropout=0.0, hidden_act="quick_gelu", hidden_size=768, initializer_factor=1.0, initializer_range=0.02,
            intermediate_size=3072, layer_norm_eps=1e-5, max_position_embeddings=77, model_type="clip_text_model", num_attention_heads=12, num_hidden_layers=12,
            pad_token_id=1, projection_dim=768, vocab_size=49408)
betas = dict(beta_end=0.012, beta_schedule="scaled_linear", beta_start=0.00085, clip_sample=False, num_train_timesteps=1000, set_alpha_to_one=False, skip_prk_steps=True, steps_offset=1, trained_betas=None)
euler = dict(betas, _class_name="EulerDiscreteScheduler", interpolation_type="linear", prediction_type="epsilon", sample_max_value=1.0, timestep_spacing="leading", use_karras_sigmas=False)
big = dict(clip, architectures=["CLIPTextModelWithProjection"], hidden_act="gelu", hidden_size=1280, intermediate_size=5120, num_attention_heads=20, num_hidden_layers=32, projection_dim=1280)
xl_vae = dict(vae, force_upcast=True, sample_size=1024, scaling_factor=0.13025)
index1 = dict(_class_name="StableDiffusionPipeline", scheduler=["diffusers", "PNDMScheduler"], text_encoder=["transformers", "CLIPTextModel"],
              tokenizer=["transformers", "CLIPTokenizer"], unet=["diffusers", "UNet2DConditionModel"], vae=["diffusers", "AutoencoderKL"])
index_xl = dict(index1, _class_name="StableDiffusionXLPipeline", force_zeros_for_empty_prompt=True, add_watermarker=None, scheduler=["diffusers", "EulerDiscreteScheduler"],
                text_encoder_2=["transformers", "CLIPTextModelWithProjection"], tokenizer_2=["transformers", "CLIPTokenizer"])
published = {
    "sd15": {"unet/config.json": sd1, "vae/config.json": vae, "text_encoder/config.json": clip, "scheduler/scheduler_config.json": dict(betas, _class_name="PNDMScheduler"), "model_index.json": index1,
             "tokenizer/tokenizer_config.json": dict(add_prefix_space=False, do_lower_case=True, errors="replace", model_max_length=77, pad_token="<|endoftext|>", tokenizer_class="CLIPTokenizer")},
    "sd15-inpaint": {"unet/config.json": dict(sd1, in_channels=9), "model_index.json": dict(index1, _class_name="StableDiffusionInpaintPipeline")},
    "sd2": {"unet/config.json": sd2, "scheduler/scheduler_config.json": dict(betas, _class_name="PNDMScheduler", prediction_type="epsilon")},
    "sd2-v": {"unet/config.json": dict(sd2, sample_size=96, upcast_attention=True), "vae/config.json": dict(vae, sample_size=768),
              # The published file has a projection_dim of 512, which CLIPTextModel does not use.
              "text_encoder/config.json": dict(clip, hidden_act="gelu", hidden_size=1024, intermediate_size=4096, num_attention_heads=16, num_hidden_layers=23, projection_dim=1024),
              "scheduler/scheduler_config.json": dict(betas, _class_name="DDIMScheduler", prediction_type="v_prediction"),
              "tokenizer/tokenizer_config.json": dict(pad_token="!"), "model_index.json": dict(index1, scheduler=["diffusers", "DDIMScheduler"])},
    "sdxl": {"unet/config.json": xl, "vae/config.json": xl_vae, "text_encoder/config.json": clip, "text_encoder_2/config.json": big, "scheduler/scheduler_config.json": euler,
             "tokenizer/tokenizer_config.json": dict(pad_token="<|endoftext|>"), "tokenizer_2/tokenizer_config.json": dict(pad_token="!"), "model_index.json": index_xl},
    "sdxl-refiner": {"unet/config.json": refiner, "vae/config.json": xl_vae, "text_encoder_2/config.json": big, "scheduler/scheduler_config.json": euler,
                     "model_index.json": dict(index_xl, _class_name="StableDiffusionXLImg2ImgPipeline", force_zeros_for_empty_prompt=False, requires_aesthetics_score=True, text_encoder=[None, None], tokenizer=[None, None])},
}

def render(out, models, build):
    requests = [dict({"architecture": n}, **r, out=str(out / n)) for n, r in real.items()] + [dict(checkpoint=c, out=str(out / n)) for n, c, _ in models]
    (out / "requests.json").write_text(json.dumps(requests))
    if build:
        subprocess.run(["swift", "test", "-c", "release", "--disable-testable-imports", "--filter", "FolderRequests"], cwd=root, check=True,
                       env=dict(os.environ, WEFT_FOLDER_REQUESTS=str(out / "requests.json")), stdout=subprocess.DEVNULL)

def module(folder, name, library, cls):
    with torch.device("meta"):
        if library == "diffusers":
            c = getattr(diffusers, cls); return c.from_config(c.load_config(folder / name, local_files_only=True))
        c = getattr(transformers, cls); return c(c.config_class.from_pretrained(folder / name))

def shapes(model):
    result = {k: list(v.shape) for k, v in model.state_dict().items() if not k.endswith("position_ids")}
    if isinstance(model, transformers.PreTrainedModel):
        result = {k if k.startswith(("text_model.", "text_projection.")) else "text_model." + k: v for k, v in result.items()}
    return result

def check_folder(folder, name):
    index, tensors = read(folder / "model_index.json"), read(folder / "tensors.json")
    check(hasattr(diffusers, index["_class_name"]), name, index["_class_name"])
    for part, entry in index.items():
        if not isinstance(entry, list) or entry[0] is None: continue
        if part == "scheduler": getattr(diffusers, entry[1]).from_pretrained(folder, subfolder="scheduler", local_files_only=True); continue
        if part.startswith("tokenizer"): continue
        have = shapes(module(folder, part, *entry))
        want = {k.split("/", 1)[1]: v for k, v in tensors.items() if k.startswith(part + "/")}
        if name.startswith("sd2") and part == "text_encoder": want = {k: v for k, v in want.items() if ".layers.23." not in k and "projection" not in k.split(".")[0]}
        check(have == want, name, part, "tensors differ:", sorted(set(have) ^ set(want))[:4], [k for k in have if k in want and have[k] != want[k]][:4])
        print(f"  {name}/{part}: {len(have)} tensors, {sum(torch.Size(v).numel() for v in have.values())} parameters")
    for path, values in published.get(name, {}).items():
        mine = read(folder / path)
        for key, value in values.items(): check(key in mine and mine[key] == value, name, path, key, mine.get(key), "published:", value)

def check_controlnet(folder, unet, name):
    # A ControlNet has the tensors of the way down of its UNet, and its own for the hint and the outputs.
    with torch.device("meta"): have = shapes(diffusers.ControlNetModel.from_config(diffusers.ControlNetModel.load_config(folder, local_files_only=True)))
    want = {k[5:]: v for k, v in read(unet / "tensors.json").items() if k.startswith(("unet/conv_in", "unet/time_e", "unet/add_e", "unet/down_", "unet/mid_"))}
    rest = {k: v for k, v in have.items() if not k.startswith("controlnet_")}
    check(rest == want, name, "tensors differ:", sorted(set(rest) ^ set(want))[:4])
    check(have["controlnet_cond_embedding.conv_in.weight"] == [16, 3, 3, 3] and have["controlnet_cond_embedding.conv_out.weight"][1] == 256, name, "hint")
    print(f"  {name}: {len(have)} tensors, {sum(torch.Size(v).numel() for v in have.values())} parameters")

def check_tokenizer(folder, cases):
    t = transformers.CLIPTokenizer.from_pretrained(folder, local_files_only=True)
    vocabulary = read(folder / "vocab.json"); order = sorted(vocabulary, key=vocabulary.get)
    check(hashlib.sha256("\n".join(order).encode()).hexdigest() == cases["vocab_sha256_of_newline_joined"], folder, "vocabulary")
    # Sizes of the published files: vocab.json of every published folder, merges.txt likewise.
    check((folder / "vocab.json").stat().st_size == 1059962, folder, "vocab.json has", (folder / "vocab.json").stat().st_size, "bytes")
    check((folder / "merges.txt").stat().st_size == 524619, folder, "merges.txt")
    pad = t.convert_tokens_to_ids(t.pad_token); marks = 0
    for case in cases["cases"]:
        # With "!" as a padding token, transformers takes every "!" of a text for it, in published folders too.
        if pad == 0 and "!" in case["text"]: marks += 1; continue
        check(t(case["text"], add_special_tokens=False)["input_ids"] == case["hf"], folder, repr(case["text"])[:60])
        want = case["hf77"]
        if pad == 0: want = padded(case["hf"])
        check(t(case["text"], padding="max_length", max_length=77, truncation=True)["input_ids"] == want, folder, "padded", repr(case["text"])[:60])
    print(f"  {folder}: {len(cases['cases']) - marks} texts, {len(t)} tokens, pad {pad}")

def padded(ids):
    ids = [49406] + ids[:75] + [49407]
    return ids + [0] * (77 - len(ids))

def run(folder, weights, name):
    for part in weights.iterdir():
        for file in part.glob("*.safetensors") if part.is_dir() else []:
            link = folder / part.name / file.name
            if not link.exists(): link.symlink_to(file.resolve())
    index = read(folder / "model_index.json")
    for part, entry in index.items():
        if isinstance(entry, list) and entry[1] in ("UNet2DConditionModel", "AutoencoderKL", "CLIPTextModel", "CLIPTextModelWithProjection"):
            _, info = getattr(sys.modules[entry[0]], entry[1]).from_pretrained(folder / part, local_files_only=True, output_loading_info=True)
            check(not any(info[k] for k in ("missing_keys", "unexpected_keys", "mismatched_keys")), name, part, {k: list(v)[:3] for k, v in info.items()})
    pipe = diffusers.DiffusionPipeline.from_pretrained(folder, local_files_only=True, torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    image = pipe("a cat", num_inference_steps=1, height=64, width=64, output_type="np", generator=torch.manual_seed(0)).images
    check(type(pipe).__name__ == index["_class_name"] and image.shape == (1, 64, 64, 3) and bool((image == image).all()), name, "one step gives", image.shape)
    print(f"  {name}: {type(pipe).__name__} ran one step, mean {image.mean():.4f}")

def write_fixtures(out):
    files = {n: {p.relative_to(out / n).as_posix(): read(p) for p in sorted((out / n).rglob("*.json")) if p.name not in ("vocab.json", "tensors.json")} for n in real}
    with open(root / "Tests/Fixtures/folders.json", "w") as f:
        f.write('{"source": "scripts/goldens/check_folder.py",\n"folders": {\n')
        f.write(",\n".join(f'"{n}": {{\n' + ",\n".join(f"{json.dumps(p)}: {json.dumps(v, sort_keys=True)}" for p, v in folder.items()) + "}" for n, folder in files.items()))
        f.write("}}\n")

parser = argparse.ArgumentParser()
parser.add_argument("out", type=pathlib.Path); parser.add_argument("--cases", type=pathlib.Path); parser.add_argument("--model", action="append", default=[])
parser.add_argument("--no-build", action="store_true"); parser.add_argument("--fixtures", action="store_true")
a = parser.parse_args()
out = a.out.resolve(); out.mkdir(parents=True, exist_ok=True)
models = [m.split("=") for m in a.model]
render(out, models, not a.no_build)
for name, request in real.items():
    if "alone" in request: check_controlnet(out / name, out / request["architecture"], name)
    else: check_folder(out / name, name)
for name, _, weights in models: check_folder(out / name, name); run(out / name, pathlib.Path(weights), name)
if a.cases:
    for folder in ("sd15/tokenizer", "sd2/tokenizer", "sdxl/tokenizer", "sdxl/tokenizer_2"): check_tokenizer(out / folder, read(a.cases))
if not failures and a.fixtures: write_fixtures(out)
print(f"{len(failures)} wrong" if failures else "all folders open and agree")
sys.exit(1 if failures else 0)
