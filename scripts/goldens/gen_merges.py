"""Small merges as mergekit, sd-mecha, or numpy and scipy compute them, in float64.

usage: PYTHON gen_merges.py mergekit|mecha|numpy FOLDER
Writes FOLDER/inputs.safetensors and FOLDER/PART.safetensors; the cases stand in the metadata, as JSON. Each part runs in
the environment of its library: mergekit 0.1.5, sd-mecha 1.1.8, or that of `oracle` with scipy.
"""
import json, pathlib, struct, sys
import numpy as np

SHAPES = {"linear": (12, 20), "conv": (6, 5, 3, 3), "conv1": (7, 9, 1, 1), "vector": (23,)}
GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def make_inputs():
    """A base, three models near it, and one that is far away; all exact in float32."""
    random = np.random.default_rng(20)
    inputs = {}
    for name, shape in SHAPES.items():
        base = random.normal(0, 0.3, shape)
        models = {k: base + random.normal(0, 0.05, shape) for k in "abc"}
        models |= {"base": base, "far": random.normal(0, 0.5, shape)}
        inputs |= {f"{name}/{k}": v.astype(np.float32) for k, v in models.items()}
    return inputs


def save(path, arrays, metadata):
    """A safetensors file; names in alphabetical order."""
    header, offset, parts = {"__metadata__": metadata}, 0, []
    for name in sorted(arrays):
        data = np.ascontiguousarray(arrays[name])
        kind = {"float32": "F32", "float64": "F64"}[str(data.dtype)]
        header[name] = {"dtype": kind, "shape": list(data.shape), "data_offsets": [offset, offset + data.nbytes]}
        offset += data.nbytes
        parts.append(data.tobytes())
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def mixed(state):
    """The output of splitmix64 for a state that is one step behind."""
    with np.errstate(over="ignore"):
        z = np.asarray(state, np.uint64) + GOLDEN
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return z ^ (z >> np.uint64(31))


def draws(seed, name, model, shape):
    """weft's numbers from 0 to 1 for the elements of a tensor of one model."""
    fnv = 0xCBF29CE484222325
    for byte in f"unet/{name}.weight".encode():
        fnv = ((fnv ^ byte) * 0x100000001B3) % 2**64
    with np.errstate(over="ignore"):
        start = mixed(mixed(mixed(seed) ^ np.uint64(fnv)) + np.uint64(model))
        counters = np.arange(np.prod(shape), dtype=np.uint64) * GOLDEN
        return (mixed(start + counters) >> np.uint64(11)).astype(np.float64).reshape(shape) * 2.0**-53


class Cases:
    def __init__(self, oracle, inputs):
        self.oracle, self.inputs, self.cases, self.arrays = oracle, inputs, [], {}

    def get(self, name, key):
        return self.inputs[f"{name}/{key}"].astype(np.float64)

    def add(self, method, name, models, expected, *, base=None, options=None, each=None, tolerance=1e-12, survey=False):
        case = f"{method}/{name}/{len(self.cases)}"
        self.arrays[case] = np.asarray(expected, np.float64)
        each = each or [{} for _ in models]
        self.cases.append({
            "name": case, "method": method, "tensor": name, "models": list(models), "base": base, "options": options or {},
            "modelOptions": each, "tolerance": tolerance, "survey": survey})

    def write(self, folder, part):
        save(folder / f"{part}.safetensors", self.arrays, {
            "generator": "gen_merges.py", "oracle": self.oracle, "cases": json.dumps(self.cases)})


def mergekit_cases(inputs):
    from importlib.metadata import version
    import torch
    from mergekit import sparsify
    from mergekit.merge_methods import registry
    from mergekit.merge_methods.base import TensorBatch, TensorGroup
    from mergekit.merge_methods.generalized_task_arithmetic import GeneralizedTaskArithmeticMerge
    from mergekit.merge_methods.linear import linear_merge
    from mergekit.merge_methods.model_stock import model_stock_merge_method
    from mergekit.merge_methods.slerp import slerp
    cases = Cases("mergekit " + version("mergekit"), inputs)
    tensor = lambda name, key: torch.from_numpy(cases.get(name, key))
    seed = 7

    def group(name, models):
        tensors = [tensor(name, "base")] + [tensor(name, k) for k in models]
        return TensorGroup.from_tensors(tensors, ids=["base", *models], base_index=0)

    def task(method, name, models, options, each, tolerance=1e-12):
        rule = registry.get(method.replace("-", "_"))
        assert isinstance(rule, GeneralizedTaskArithmeticMerge)
        calls = iter(range(len(models)))
        # The chances are mergekit's, the numbers that are compared with them are weft's.
        sparsify.torch.bernoulli = lambda p: torch.from_numpy(
            draws(seed, name, next(calls), SHAPES[name]).reshape(p.shape) < p.numpy()).to(p.dtype)
        parameters = {k: dict(zip(models, (e[k] for e in each))) for k in each[0]}
        expected = rule.merge_group(
            group(name, models), int8_mask=False, rescale=options.get("rescale") == "l1", normalize=options["normalize"],
            density=parameters.pop("density", None), **{"lambda": options["lambda"]}, **parameters)
        cases.add(method, name, models, expected.numpy(), base="base", options=options, each=each, tolerance=tolerance)

    for name in SHAPES:
        for share, pair in [(0.3, "ab"), (0.8, ("a", "far")), (1.2, ("b", "far"))]:
            x, y = (tensor(name, k) for k in pair)
            one = lambda v: v.reshape(1, -1)
            expected = slerp(torch.tensor([share], dtype=torch.float64), one(x), one(y)).reshape(x.shape)
            cases.add("slerp", name, pair, expected.numpy(), options={"alpha": share})
        for wise in (False, True):
            # mergekit takes the last dimension for a filter; in a convolution that is a line of taps, so here it sees rows.
            rows = [tensor(name, k) for k in ("base", *"abc")]
            rows = TensorGroup.from_tensors(
                [v.flatten(1) if v.ndim > 1 else v for v in rows], ids=["base", *"abc"], base_index=0)
            expected = model_stock_merge_method.merge_group(rows, filter_wise=wise).reshape(SHAPES[name])
            cases.add("model-stock", name, "abc", expected.numpy(), base="base", options={"filter_wise": wise})
        for weights, normalize in [((0.6, 0.3, -0.2), True), ((0.6, 0.3, -0.2), False)]:
            values = [tensor(name, k) for k in "abc"]
            batch = TensorBatch(tensors=tuple(v[None] for v in values))
            expected = linear_merge.merge_batch(
                batch, weight=torch.tensor([weights], dtype=torch.float64), normalize=normalize)[0]
            each = [{"weight": w} for w in weights]
            cases.add("sum", name, "abc", expected.numpy(), options={"normalize": normalize}, each=each)
            options = {"lambda": 0.7, "normalize": normalize}
            task("task-arithmetic", name, "abc", options, each)
            dense = [e | {"density": d} for e, d in zip(each, (0.4, 0.75, 1.0))]
            task("ties", name, "abc", options, dense)
            outliers = [e | {"density": d, "gamma": g} for e, d, g in zip(each, (0.6, 0.9, 1.0), (0.1, 0.2, 0.1))]
            task("breadcrumbs", name, "abc", options, outliers)
            task("breadcrumbs-ties", name, "abc", options, outliers)
            for rescale in ("l1", "none"):
                random = options | {"rescale": rescale, "seed": seed}
                # mergekit thins float64 in float32.
                task("dare-linear", name, "abc", random, dense, tolerance=1e-6)
                task("dare-ties", name, "abc", random, dense, tolerance=1e-6)
                ranked = [e | {"density": d, "epsilon": s} for e, d, s in zip(each, (0.4, 0.75, 0.5), (0.15, 0.2, 0.05))]
                task("della-linear", name, "abc", random, ranked, tolerance=1e-6)
                task("della", name, "abc", random, ranked, tolerance=1e-6)
    return cases


def mecha_cases(inputs):
    from importlib.metadata import version
    import torch
    from sd_mecha.extensions.builtin.merge_methods import cosine, linear, ties
    cases = Cases("sd-mecha " + version("sd-mecha"), inputs)
    tensor = lambda name, key: torch.from_numpy(cases.get(name, key))
    number = lambda value: torch.tensor(value, dtype=torch.float64)
    for name in SHAPES:
        for share, pair in [(0.3, "ab"), (0.8, ("a", "far"))]:
            expected = linear.slerp.__wrapped__(*(tensor(name, k) for k in pair), alpha=number(share))
            cases.add("slerp-norm", name, pair, expected.numpy(), options={"alpha": share}, tolerance=1e-10)
        a, b, base = (tensor(name, k) for k in ("a", "b", "base"))
        mask = linear.train_difference_mask.__wrapped__(a, b, base, alpha=number(0.8))
        cases.add("train-difference", name, "ab", (a + mask * (b - base)).numpy(), base="base", options={"alpha": 0.8})
        for models in (["a", "b", "c"], ["a", "b", "c", "far"], ["a", "far"]):
            # The peer starts its weights in the models' type, so float64 throughout.
            expected = ties.geometric_median.__wrapped__(*(tensor(name, k) for k in models))
            cases.add(
                "geometric-median", name, models, expected.numpy(), options={"iterations": 100, "tolerance": 0},
                tolerance=1e-7)
        for method, rule in [("cosine-a", cosine.add_cosine_a), ("cosine-b", cosine.add_cosine_b)]:
            for pair, alpha in [("ab", 0.5), (("a", "far"), 0.0), (("a", "far"), -0.3)]:
                expected = rule.__wrapped__(*(tensor(name, k) for k in pair), alpha=number(alpha))
                cases.add(method, name, pair, expected.numpy(), options={"alpha": alpha, "scope": "tensor"})
    return cases


def cosine_cases(cases):
    """Supermerger's global variant, written anew from its formulas."""
    def parts(a, b):
        """The cosines along the first dimension, the whole's, and the whole's of the columns' directions."""
        length = lambda x: np.sqrt((x * x).sum(0))
        columns = (a * b).sum(0) / (length(a) * length(b))
        whole = (a * b).sum() / (np.linalg.norm(a) * np.linalg.norm(b))
        x, y = a / length(a), b / length(b)
        return columns, whole, (x * y).sum() / (np.linalg.norm(x) * np.linalg.norm(y))

    for method in ("cosine-a", "cosine-b"):
        pair = ("a", "far")
        similar = []
        for name in SHAPES:
            columns, whole, _ = parts(*(cases.get(name, k) for k in pair))
            similar.append(np.ravel(columns if method == "cosine-a" else (columns + whole) / 2))
        similar = np.concatenate(similar)
        similar = similar[similar >= np.percentile(similar, 1, method="midpoint")]
        similar = similar[similar <= np.percentile(similar, 99, method="midpoint")]
        for name in SHAPES:
            a, b = (cases.get(name, k) for k in pair)
            columns, whole, directions = parts(a, b)
            mixed_ = (columns + (directions if method == "cosine-a" else whole)) / 2
            stretched = (mixed_ - similar.min()) / (similar.max() - similar.min())
            share = np.clip(stretched - 0.2, 0, 1)
            cases.add(method, name, pair, b * (1 - share) + a * share, options={"alpha": 0.2, "scope": "model"}, survey=True)


def slice_cases(cases):
    random = np.random.default_rng(21)
    wide = {"wide/a": random.normal(0, 1, (2, 104)), "wide/b": random.normal(0, 1, (2, 104)),
            "wide4/a": random.normal(0, 1, (2, 102, 2, 1)), "wide4/b": random.normal(0, 1, (2, 102, 2, 1))}
    cases.inputs |= {k: v.astype(np.float32) for k, v in wide.items()}
    for method in ("tensor", "tensor2"):
        for name in [*SHAPES, "wide", "wide4"]:
            for alpha, beta in [(0.3, 0.2), (0.5, 0.75), (0.0, 0.3), (1.0, 0.0)]:
                a, b = cases.get(name, "a"), cases.get(name, "b")
                axis = 1 if method == "tensor2" and a.ndim > 1 and a.shape[1] > 100 else 0
                count = a.shape[axis]
                inner = alpha + beta <= 1
                outside, inside = (a, b) if inner else (b, a)
                start, end = (beta, alpha + beta) if inner else (alpha + beta - 1, beta)
                result = outside.copy()
                part = (slice(None),) * axis + (slice(int(count * start), int(count * end)),)
                result[part] = inside[part]
                cases.add(method, name, "ab", result, options={"alpha": alpha, "beta": beta}, tolerance=0)


def inverse_cases(cases):
    """DARE and DELLA as the papers rescale: each element is divided by its chance to be kept."""
    weights, densities, epsilons, seed = (0.6, 0.3), (0.4, 0.75), (0.15, 0.2), 2**53 - 1
    for name, shape in SHAPES.items():
        base = cases.get(name, "base")
        for method in ("dare-linear", "della-linear"):
            total = np.zeros(shape)
            for model, key in enumerate("ab"):
                delta = cases.get(name, key) - base
                chance = np.full(shape, densities[model])
                if method == "della-linear":
                    rows = np.abs(delta.reshape(1, -1) if delta.ndim < 2 else delta)
                    ranks = rows.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
                    share = ranks / (rows.shape[1] - 1)
                    chance = (densities[model] - epsilons[model] + share * 2 * epsilons[model]).reshape(shape)
                kept = draws(seed, name, model, shape) < chance
                total += weights[model] * np.where(kept, delta / chance, 0)
            each = [{"weight": w, "density": d} | ({"epsilon": e} if method == "della-linear" else {})
                    for w, d, e in zip(weights, densities, epsilons)]
            cases.add(method, name, "ab", base + 0.9 * total, base="base", each=each, options={
                "lambda": 0.9, "normalize": False, "rescale": "inverse", "seed": seed})


def numpy_cases(inputs):
    import scipy
    from scipy import ndimage
    cases = Cases(f"numpy {np.__version__}, scipy {scipy.__version__}", inputs)
    for name in SHAPES:
        a, b, c, base = (cases.get(name, k) for k in ("a", "b", "c", "base"))
        for alpha in (-0.5, 0.0, 0.3, 1.0):
            cases.add("weighted-sum", name, "ab", (1 - alpha) * a + alpha * b, options={"alpha": alpha})
            cases.add("add-difference", name, "ab", a + alpha * (b - base), base="base", options={"alpha": alpha})
            both = {"alpha": alpha, "beta": 0.45}
            cases.add("triple", name, "abc", (1 - alpha - 0.45) * a + alpha * b + 0.45 * c, options=both)
            cases.add("twice", name, "abc", 0.55 * ((1 - alpha) * a + alpha * b) + 0.45 * c, options=both)
            smooth = ndimage.gaussian_filter(ndimage.median_filter(b - base, size=3), sigma=1)
            cases.add("smooth-add", name, "ab", a + alpha * smooth, base="base", options={"alpha": alpha})
    cosine_cases(cases)
    slice_cases(cases)
    inverse_cases(cases)
    return cases


part, folder = sys.argv[1], pathlib.Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
inputs = make_inputs()
cases = {"mergekit": mergekit_cases, "mecha": mecha_cases, "numpy": numpy_cases}[part](inputs)
cases.write(folder, part)
if part == "numpy":
    save(folder / "inputs.safetensors", inputs, {"generator": "gen_merges.py"})
print(part, len(cases.cases), "cases")
