#!/usr/bin/env python3
"""What mergekit makes of its configurations: the value of every parameter for some tensors of every model.

usage: PYTHON gen_mergekit.py       rewrites Tests/Fixtures/recipes/mergekit.json from the files in mergekit/ beside it;
                                    PYTHON has mergekit (commit a6e4028)
"""
import json
import pathlib

import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge_methods import registry
from mergekit.merge_methods.base import ParameterScope
from mergekit.parameter_resolver import resolve_parameter

fixtures = pathlib.Path(__file__).resolve().parent.parent.parent / "Tests/Fixtures/recipes"
BLOCK = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0"
TENSORS = [f"{BLOCK}.attn1.to_q.weight", f"{BLOCK}.attn2.to_k.weight", f"{BLOCK}.ff.net.2.bias", "first_stage_model.x"]


def value(spec, sources, tensor):
    """The value of a parameter for a tensor, or nothing where mergekit asks for one."""
    try:
        return resolve_parameter(spec, sources, tensor_name=tensor, t=0.5)
    except (ValueError, RuntimeError, KeyError):
        return None


def expected(config):
    spec = registry.get(config.merge_method).spec
    base = config.base_model
    shared = [p for p in spec.parameters if p.scope == ParameterScope.SHARED]
    own = [p for p in spec.parameters if p.scope != ParameterScope.SHARED]
    models = [m for m in config.models if m.model != base or config.merge_method in ("linear", "slerp")]
    if config.merge_method == "slerp":  # t goes from the base to the other
        models.sort(key=lambda m: m.model != base)
    return {
        "method": config.merge_method,
        "base": str(base) if base else None,
        "dtype": config.out_dtype or config.dtype,
        "tensors": TENSORS,
        "shared": {p.name: [value(p, [config.parameters], t) for t in TENSORS] for p in shared},
        "models": [
            {"model": str(m.model),
             "own": {p.name: [value(p, [m.parameters, config.parameters], t) for t in TENSORS] for p in own}}
            for m in models
        ],
    }


result = {
    path.name: expected(MergeConfiguration.model_validate(yaml.safe_load(path.read_text())))
    for path in sorted((fixtures / "mergekit").glob("*.yml"))
}
rows = ",\n".join(f" {json.dumps(name)}: {json.dumps(value)}" for name, value in result.items())
(fixtures / "mergekit.json").write_text("{\n" + rows + "\n}\n")
