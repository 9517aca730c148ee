"""What gen_sched.py leaves out: diffusers' schedulers in other variants, with an odd number of steps and begun in the
middle (steps_more.safetensors), and torchsde's Brownian paths as BrownianTreeNoiseSampler asks for them (brownian.safetensors)."""
import os, sys; sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from common import *
import diffusers as D, inspect, torchsde
BASE = dict(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", num_train_timesteps=1000)
C = inp("sched.c", (1, 4, 8, 8)); X = inp("sched.x", (1, 4, 8, 8))
def model(x, t): y = 0.9 * x + C * (float(t) / 1000.0); return y / (1 + y.abs())
V = dict(prediction_type="v_prediction"); LEAD = dict(timestep_spacing="leading", steps_offset=1); N = 7
DPM, UNI = "DPMSolverMultistepScheduler", "UniPCMultistepScheduler"
L = [("pndm.vpred", "PNDMScheduler", dict(LEAD, skip_prk_steps=True, **V), 0),
     ("pndm.one", "PNDMScheduler", dict(LEAD, skip_prk_steps=True), 0, 1), ("pndm.two", "PNDMScheduler", dict(LEAD, skip_prk_steps=True), 0, 2),
     ("deis.o3", "DEISMultistepScheduler", dict(LEAD, solver_order=3), 0), ("deis.karras", "DEISMultistepScheduler", dict(LEAD, use_karras_sigmas=True), 0),
     ("deis.vpred", "DEISMultistepScheduler", dict(LEAD, **V), 0),
     ("unipc.karras.sigma_min", UNI, dict(LEAD, use_karras_sigmas=True, final_sigmas_type="sigma_min", solver_order=1), 0),
     ("unipc.bh1.sigma_min", UNI, dict(LEAD, solver_type="bh1", final_sigmas_type="sigma_min"), 0),
     ("unipc.o3.sigma_min", UNI, dict(LEAD, solver_order=3, final_sigmas_type="sigma_min", lower_order_final=False), 0),
     ("unipc.vpred", UNI, dict(LEAD, **V), 0),
     ("dpmpp2m_sde.heun", DPM, dict(LEAD, algorithm_type="sde-dpmsolver++", solver_type="heun"), 0),
     ("dpmpp2m_sde.sigma_min", DPM, dict(LEAD, algorithm_type="sde-dpmsolver++", final_sigmas_type="sigma_min"), 0),
     ("dpmpp1", DPM, dict(LEAD, solver_order=1), 0), ("dpmpp2m.odd.lu", DPM, dict(LEAD, use_lu_lambdas=True), 0),
     ("dpmpp3m.sigma_min.full", DPM, dict(LEAD, solver_order=3, final_sigmas_type="sigma_min", lower_order_final=False), 0),
     ("dpmpp2s.odd", "DPMSolverSinglestepScheduler", {}, 0), ("dpmpp2s.heun.karras", "DPMSolverSinglestepScheduler", dict(solver_type="heun", use_karras_sigmas=True), 0),
     ("sa.karras", "SASolverScheduler", dict(LEAD, use_karras_sigmas=True), 0), ("sa.leading", "SASolverScheduler", LEAD, 0),
     ("heun.vpred", "HeunDiscreteScheduler", dict(LEAD, **V), 0), ("lms.vpred", "LMSDiscreteScheduler", dict(LEAD, **V), 0),
     ("dpm2.vpred", "KDPM2DiscreteScheduler", dict(LEAD, **V), 0), ("dpm2a.vpred", "KDPM2AncestralDiscreteScheduler", dict(LEAD, **V), 0),
     ("ddpm.vpred", "DDPMScheduler", dict(LEAD, clip_sample=False, **V), 0), ("ddpm.trailing", "DDPMScheduler", dict(timestep_spacing="trailing", clip_sample=False), 0),
     ("lcm.vpred", "LCMScheduler", V, 0), ("tcd.vpred", "TCDScheduler", V, 0), ("lcm.25", "LCMScheduler", dict(original_inference_steps=25), 0),
     ("euler.trailing.karras", "EulerDiscreteScheduler", dict(timestep_spacing="trailing", use_karras_sigmas=True), 0),
     ("euler.sigma_min", "EulerDiscreteScheduler", dict(LEAD, final_sigmas_type="sigma_min"), 0),
     ("ddim.cosine", "DDIMScheduler", dict(LEAD, beta_schedule="squaredcos_cap_v2", clip_sample=False), 0),
     ("ddim.clip", "DDIMScheduler", dict(LEAD, clip_sample=True, clip_sample_range=1.5), 0), ("ddim.clean", "DDIMScheduler", dict(LEAD, clip_sample=False), 0),
     ("ddim.from3", "DDIMScheduler", dict(LEAD, clip_sample=False, set_alpha_to_one=False), 3), ("euler.from3", "EulerDiscreteScheduler", LEAD, 3),
     ("euler_a.from3", "EulerAncestralDiscreteScheduler", LEAD, 3), ("dpmpp2m.from3", DPM, LEAD, 3), ("dpmpp3m.from2", DPM, dict(LEAD, solver_order=3), 2),
     ("unipc.from3", UNI, LEAD, 3), ("deis.from3", "DEISMultistepScheduler", LEAD, 3), ("ddpm.from3", "DDPMScheduler", dict(LEAD, clip_sample=False), 3)]
T = {"x_T_unit": X, "c": C}; info = {}
for name, cls, kw, first, *count in L:
    n = count[0] if count else N
    K = getattr(D, cls); ps = inspect.signature(K.__init__).parameters
    s = K(**{k: v for k, v in {**BASE, **kw}.items() if k in ps}); s.set_timesteps(n)
    if first and hasattr(s, "set_begin_index"): s.set_begin_index(first)
    g = torch.Generator().manual_seed(n); extra = {"generator": g} if "generator" in inspect.signature(s.step).parameters else {}
    x = X * s.init_noise_sigma; calls = []
    for t in s.timesteps[first:]:
        calls.append(float(t)); x = s.step(model(s.scale_model_input(x, t), t), t, x, **extra).prev_sample
    assert torch.isfinite(x).all(), name
    k = f"{name}.n{n}"; T[k + ".timesteps"] = torch.tensor(calls, dtype=torch.float64).float(); T[k + ".traj"] = x
    info[k] = {"class": cls, "kwargs": kw, "init_noise_sigma": float(s.init_noise_sigma), "calls": len(calls), "first": first, "traj": "last"}
save("steps_more.safetensors", T, "gen_sampling.py", "as schedulers.safetensors; first = the step at which it begins", {"timesteps": "exact (float32)", "traj_abs": 2e-4, "traj_rel_l2": 1e-5}, {"base": BASE, "entries": info})

B = {}
for seed in (0, 7, 2**40 + 3):
    low, high = 0.0291675, 14.614647
    for name, size in (("small", (1, 4, 2, 1)), ("latent", (1, 4, 8, 8))):
        tree = torchsde.BrownianInterval(t0=torch.tensor(low), t1=torch.tensor(high), size=size, dtype=torch.float32, device="cpu", entropy=seed, tol=1e-6, pool_size=24, halfway_tree=True)
        for i, (a, b) in enumerate(((0.5, 1.25), (1.25, 9.0), (low, high), (14.0, 14.614647), (0.0291675, 0.03), (3.3333333, 3.3333353), (0.75, 1.0))):
            B[f"seed{seed}.{name}.{i}"] = tree(torch.tensor(a), torch.tensor(b))
save("brownian.safetensors", B, "gen_sampling.py", "increments W(b)-W(a) of BrownianInterval(halfway_tree, pool_size 24, tol 1e-6) on [0.0291675, 14.614647], the queries of the script in order", {"abs": 2e-6})
