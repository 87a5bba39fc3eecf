#!/usr/bin/env python3
"""Generator of the vision goldens in tests/data/golden/vision-*: tiny random models with a tower, and what they make of pictures.

    /usr/bin/python3 tests/oracle/vision_oracle.py            # writes every case
    /usr/bin/python3 tests/oracle/vision_oracle.py vision-k25 # writes one case

Tolerances as in kimi_oracle.py: every operation's result is disturbed by up to its worst-case float32 error.
"""
import json
import os
import shutil
import sys

import numpy as np

from kimi_forward import MARGIN, Exact, Noise, forward
from kimi_oracle import BASE, round_to, shapes, write_safetensors
from vision_forward import encode, patches

PAD = 5
PATCH = 14
K25_PROJECTOR = ("mm_projector.pre_norm", "mm_projector.proj.0", "mm_projector.proj.2")
VL_PROJECTOR = ("multi_modal_projector.pre_norm", "multi_modal_projector.linear_1", "multi_modal_projector.linear_2")

# (frames, rows, columns) of patches: the smallest (a picture of 1 x 1 pixel), squares, the table's own size, wide, tall, video
STILLS = [(1, 2, 2), (1, 6, 4), (1, 8, 8), (1, 4, 10), (1, 18, 14), (1, 2, 512), (1, 512, 2)]
VIDEO = [(2, 4, 6), (3, 6, 4), (4, 2, 8)]

# name: tower, outer model_type, projector's names, stored dtype, images, cells kept per image, trials
CASES = {
    "vision-k25": (dict(hidden=24, heads=2, mlp=36, layers=2, table_rows=6, table_columns=4, frames=4), K25_PROJECTOR, "BF16", STILLS + VIDEO, 10, 8),
    "vision-kimivl": (dict(hidden=36, heads=3, mlp=20, layers=3, table_rows=8, table_columns=8, frames=1), VL_PROJECTOR, "F32", STILLS, 10, 8),
    "vision-large": (dict(hidden=32, heads=2, mlp=40, layers=1, table_rows=16, table_columns=16, frames=4), K25_PROJECTOR, "BF16", [(1, 130, 130)], 24, 1),
}


def vision_config(v, k25):
    if k25:
        return dict(
            vt_hidden_size=v["hidden"], vt_num_attention_heads=v["heads"], vt_intermediate_size=v["mlp"], vt_num_hidden_layers=v["layers"],
            patch_size=PATCH, merge_kernel_size=[2, 2], merge_type="sd2_tpool", init_pos_emb_height=v["table_rows"],
            init_pos_emb_width=v["table_columns"], init_pos_emb_time=v["frames"], pos_emb_type="divided_fixed", video_attn_type="spatial_temporal",
            mm_projector_type="patchmerger", mm_hidden_size=v["hidden"], projector_hidden_act="gelu", projector_ln_eps=1e-5,
            text_hidden_size=BASE["hidden_size"])
    return dict(
        model_type="moonvit", hidden_size=v["hidden"], num_attention_heads=v["heads"], intermediate_size=v["mlp"], num_hidden_layers=v["layers"],
        patch_size=PATCH, merge_kernel_size=[2, 2], init_pos_emb_height=v["table_rows"], init_pos_emb_width=v["table_columns"])


def tower_shapes(v):
    d, cell = v["hidden"], 4 * v["hidden"]
    linears = {"vision_tower.patch_embed.proj": (d, 3, PATCH, PATCH), v["projector"][1]: (cell, cell), v["projector"][2]: (BASE["hidden_size"], cell)}
    norms = ["vision_tower.encoder.final_layernorm", v["projector"][0]]
    for layer in range(v["layers"]):
        p = f"vision_tower.encoder.blocks.{layer}."
        linears |= {p + "wqkv": (3 * d, d), p + "wo": (d, d), p + "mlp.fc0": (v["mlp"], d), p + "mlp.fc1": (d, v["mlp"])}
        norms += [p + "norm0", p + "norm1"]
    result = {"vision_tower.patch_embed.pos_emb.weight": ((v["table_rows"], v["table_columns"], d), "table")}
    for name, shape in linears.items():
        result |= {name + ".weight": (shape, "linear"), name + ".bias": ((shape[0],), "bias")}
    for name in norms:
        result |= {name + ".weight": ((d,), "norm"), name + ".bias": ((d,), "bias")}
    return result


def random_weights(c, v, dtype, seed):
    rng = np.random.default_rng(seed)
    values, stored = {}, []
    text = {name: entry for name, entry in shapes(c).items()}
    for name, (shape, kind) in {**text, **tower_shapes(v)}.items():
        x = rng.standard_normal(shape)
        if kind == "norm":
            x = 1 + 0.2 * x
        elif kind == "bias":
            x = 0.1 * x
        elif kind in ("linear", "router"):
            x = x * 1.2 / np.sqrt(np.prod(shape[1:]))
        kept = "F32" if kind == "router" or name.endswith("correction_bias") else dtype
        values[name], data = round_to(kept, x)
        stored.append((name if name not in text else "language_model." + name, kept, shape, data))
    return values, stored


def keep(array, kept):
    """Rows spread over an array, first and last included."""
    rows = sorted({int(i) for i in np.linspace(0, len(array) - 1, min(kept, len(array)))})
    return rows, [[float(f"{value:.9g}") for value in array[row]] for row in rows]


def golden_image(v, w, image, seed, kept, trials):
    frames, rows, columns = image
    values = (frames, rows, columns, patches(seed, frames, rows, columns, 3 * PATCH * PATCH))
    exact = encode(v, w, values)
    tolerance = {False: 0.0, True: 0.0}
    for trial in range(2 * trials):
        double_sums = trial % 2 == 1
        disturbed = encode(v, w, values, Noise([seed, trial], double_sums))
        tolerance[double_sums] = max(tolerance[double_sums], np.abs(disturbed - exact).max())
    cells, embeddings = keep(exact, kept)
    factor = 4 if trials > 1 else 8
    print(f"  {frames} x {rows} x {columns}: {factor * tolerance[False]:.1e} / {factor * tolerance[True]:.1e}, largest {np.abs(exact).max():.1f}", flush=True)
    return values, dict(
        seed=seed, frames=frames, rows=rows, columns=columns, tolerance=float(f"{factor * tolerance[False]:.3g}"),
        double_sum_tolerance=float(f"{factor * tolerance[True]:.3g}"), cells=cells, embeddings=embeddings)


def golden_sequence(c, v, w, images, seed):
    """A prompt with two pictures between words: logits of every fifth position."""
    def run(ids, noise, margins=None):
        embedded = [encode(v, w, image, noise) for image in images]
        places = [3, 3 + len(embedded[0]) + 4]
        return forward(c, w, ids, noise=noise, margins=margins, media=list(zip(places, embedded))), places

    counts = [image[1] * image[2] // 4 for image in images]
    for attempt in range(400):
        rng = np.random.default_rng([seed, attempt])
        words = [int(i) for i in rng.integers(PAD + 1, c["vocab_size"], 16)]
        ids = words[:3] + [PAD] * counts[0] + words[3:7] + [PAD] * counts[1] + words[7:]
        margins = []
        logits, places = run(np.array(ids), Exact(), margins)
        if min(margins) > MARGIN:
            break
    else:
        raise SystemExit("no prompt with clear expert choices found")
    tolerance = {False: 0.0, True: 0.0}
    for trial in range(16):
        disturbed, _ = run(np.array(ids), Noise([seed, 1000 + trial], trial % 2 == 1))
        tolerance[trial % 2 == 1] = max(tolerance[trial % 2 == 1], np.abs(disturbed - logits).max())
    kept = list(range(0, len(ids), 5)) + [len(ids) - 1]
    print(f"  prompt of {len(ids)}: {4 * tolerance[False]:.1e} / {4 * tolerance[True]:.1e}", flush=True)
    return dict(
        ids=ids, places=places, tolerance=float(f"{4 * tolerance[False]:.3g}"), double_sum_tolerance=float(f"{4 * tolerance[True]:.3g}"),
        positions=kept, logits=[[float(f"{value:.9g}") for value in logits[p]] for p in kept])


def generate(root, name, seed):
    v, projector, dtype, images, kept, trials = CASES[name]
    v = dict(v, projector=projector)
    k25 = projector is K25_PROJECTOR
    c = dict(BASE, model_type="kimi_k2" if k25 else "deepseek_v3", num_hidden_layers=2)
    folder = os.path.join(root, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    print(name, flush=True)
    w, stored = random_weights(c, v, dtype, seed)
    outer = dict(model_type="kimi_k25" if k25 else "kimi_vl", bos_token_id=1, eos_token_id=2, pad_token_id=0, dtype="bfloat16",
                 media_placeholder_token_id=PAD, text_config=c, vision_config=vision_config(v, k25))
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(outer, file, indent=1)
        file.write("\n")
    write_safetensors(os.path.join(folder, "model.safetensors"), stored)
    results = [golden_image(v, w, image, seed + 7 * i, kept, trials) for i, image in enumerate(images)]
    # Pictures of two by three and of four by four media tokens.
    sequences = [golden_sequence(c, v, w, [results[1][0], results[2][0]], seed)] if trials > 1 else []
    with open(os.path.join(folder, "golden.json"), "w") as file:
        json.dump(dict(images=[result for _, result in results], sequences=sequences), file, separators=(",", ":"))
        file.write("\n")
    with open(os.path.join(folder, "PROVENANCE.md"), "w") as file:
        file.write(f"""# {name}

Random weights and made-up pictures, made for this project; no third-party data. Licence: MIT, as the repository.

- Made by: `/usr/bin/python3 tests/oracle/vision_oracle.py {name}` (NumPy {np.__version__}, seed {seed})
- Stored as {dtype}; a picture is a grid of patches whose bytes come from an integer hash of `seed` (`pixels` in vision_forward.py)
- `embeddings`: NumPy float64, of the cells listed; `tolerance`: {4 if trials > 1 else 8} x the largest change in {trials} disturbed runs (every operation disturbed
  by its float32 error bound, see docs/numerics.md); `double_sum_tolerance` the same for kernels that sum in double
- `sequences`: logits of a prompt with pictures 1 and 2 at `places`
""")


def main():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "golden")
    for name in sys.argv[1:] or list(CASES):
        generate(root, name, 20261124 + 100 * list(CASES).index(name))


if __name__ == "__main__":
    main()
