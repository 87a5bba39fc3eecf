#!/usr/bin/env python3
"""Reference forward pass of the Kimi text model in NumPy float64, and generator of the golden files in tests/data/golden.

Written from the published architecture (DeepSeek-V3 multi-head latent attention and mixture of experts, YaRN), not from
the C# engine. Everything here is as plain as possible: one token at a time where that is clearest, no caching, no tiling.

    /usr/bin/python3 tests/oracle/kimi_oracle.py            # writes every case
    /usr/bin/python3 tests/oracle/kimi_oracle.py yarn-fast  # writes one case

A case's tolerance is derived by perturbation: every operation's result is disturbed by up to the worst-case rounding
error of a float32 implementation (docs/numerics.md, "Tolerance of logits"), which gives the logits' sensitivity.
"""
import json
import os
import shutil
import sys

import numpy as np

from kimi_forward import MARGIN, TRIALS, Noise, forward


# ---------------------------------------------------------------------------------------------- checkpoints


def round_to(dtype, x):
    """Rounds to a stored format; returns (values as float64, bytes)."""
    x = x.astype(np.float32)
    if dtype == "F32":
        return x.astype(np.float64), x.astype("<f4").tobytes()
    if dtype == "F16":
        half = x.astype("<f2")
        return half.astype(np.float64), half.tobytes()
    bits = x.view(np.uint32).astype(np.uint64)
    upper = ((bits + 0x7FFF + ((bits >> np.uint64(16)) & np.uint64(1))) >> np.uint64(16)).astype("<u2")
    return (upper.astype(np.uint32) << 16).view(np.float32).astype(np.float64), upper.tobytes()


def shapes(c):
    """Every tensor of the text model: name to (shape, kind)."""
    d, heads = c["hidden_size"], c["num_attention_heads"]
    nope, rope, value, rank = c["qk_nope_head_dim"], c["qk_rope_head_dim"], c["v_head_dim"], c["kv_lora_rank"]
    result = {"model.embed_tokens.weight": ((c["vocab_size"], d), "embed"), "model.norm.weight": ((d,), "norm")}
    if not c["tie_word_embeddings"]:
        result["lm_head.weight"] = ((c["vocab_size"], d), "linear")

    def feed_forward(prefix, width):
        result[prefix + "gate_proj.weight"] = ((width, d), "linear")
        result[prefix + "up_proj.weight"] = ((width, d), "linear")
        result[prefix + "down_proj.weight"] = ((d, width), "linear")

    for layer in range(c["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        a = p + "self_attn."
        result[p + "input_layernorm.weight"] = ((d,), "norm")
        result[p + "post_attention_layernorm.weight"] = ((d,), "norm")
        if c.get("q_lora_rank"):
            result[a + "q_a_proj.weight"] = ((c["q_lora_rank"], d), "linear")
            result[a + "q_a_layernorm.weight"] = ((c["q_lora_rank"],), "norm")
            result[a + "q_b_proj.weight"] = ((heads * (nope + rope), c["q_lora_rank"]), "linear")
        else:
            result[a + "q_proj.weight"] = ((heads * (nope + rope), d), "linear")
        result[a + "kv_a_proj_with_mqa.weight"] = ((rank + rope, d), "linear")
        result[a + "kv_a_layernorm.weight"] = ((rank,), "norm")
        result[a + "kv_b_proj.weight"] = ((heads * (nope + value), rank), "linear")
        result[a + "o_proj.weight"] = ((d, heads * value), "linear")
        if c["n_routed_experts"] and layer >= c["first_k_dense_replace"] and layer % c["moe_layer_freq"] == 0:
            result[p + "mlp.gate.weight"] = ((c["n_routed_experts"], d), "router")
            if c["topk_method"] == "noaux_tc":
                result[p + "mlp.gate.e_score_correction_bias"] = ((c["n_routed_experts"],), "bias")
            for e in range(c["n_routed_experts"]):
                feed_forward(f"{p}mlp.experts.{e}.", c["moe_intermediate_size"])
            if c["n_shared_experts"]:
                feed_forward(p + "mlp.shared_experts.", c["n_shared_experts"] * c["moe_intermediate_size"])
        else:
            feed_forward(p + "mlp.", c["intermediate_size"])
    return result


def random_weights(c, dtype, seed):
    """Returns (float64 weights by name, [(name, dtype, shape, bytes)])."""
    rng = np.random.default_rng(seed)
    values, stored = {}, []
    for name, (shape, kind) in shapes(c).items():
        x = rng.standard_normal(shape)
        if kind == "norm":
            x = 1 + 0.2 * x
        elif kind == "bias":
            x = 0.1 * x
        elif kind != "embed":
            x = x * 1.2 / np.sqrt(shape[-1])
        kept = "F32" if kind in ("bias", "router") and dtype == "BF16" else dtype
        values[name], data = round_to(kept, x)
        stored.append((name, kept, shape, data))
    return values, stored


def write_safetensors(path, tensors):
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, dtype, shape, data in tensors:
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [offset, offset + len(data)]}
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, _, _, data in tensors:
            file.write(data)


# ---------------------------------------------------------------------------------------------------- cases

BASE = dict(
    architectures=["DeepseekV3ForCausalLM"], model_type="deepseek_v3", hidden_act="silu", attention_bias=False, torch_dtype="bfloat16",
    vocab_size=61, hidden_size=40, num_hidden_layers=3, num_attention_heads=3, num_key_value_heads=3, q_lora_rank=None, kv_lora_rank=20,
    qk_nope_head_dim=12, qk_rope_head_dim=8, v_head_dim=10, intermediate_size=52, moe_intermediate_size=14, n_routed_experts=6,
    num_experts_per_tok=2, n_shared_experts=1, first_k_dense_replace=1, moe_layer_freq=1, scoring_func="sigmoid", topk_method="noaux_tc",
    n_group=1, topk_group=1, norm_topk_prob=True, routed_scaling_factor=1.6, rms_norm_eps=1e-5, rope_theta=50000.0, rope_scaling=None,
    max_position_embeddings=4096, tie_word_embeddings=False, num_nextn_predict_layers=0, bos_token_id=1, eos_token_id=2, pad_token_id=0,
)


def yarn(factor, fast, slow, mscale=1.0, mscale_all_dim=1.0, original=64):
    return dict(type="yarn", factor=factor, beta_fast=fast, beta_slow=slow, mscale=mscale, mscale_all_dim=mscale_all_dim,
                original_max_position_embeddings=original)


# name: (changes to BASE, stored dtype, file layout)
CASES = {
    "plain-q": (dict(), "BF16", "plain"),
    "yarn-fast": (dict(model_type="kimi_k2", moe_intermediate_size=11, q_lora_rank=24, qk_rope_head_dim=32, rope_theta=1000.0, eos_token_id=[2, 3],
                       rope_scaling=yarn(64.0, 32.0, 1.0, original=4096)), "BF16", "plain"),
    "yarn-slow": (dict(model_type="kimi_k2", q_lora_rank=24, qk_rope_head_dim=16, rope_theta=100.0,
                       rope_scaling=yarn(32.0, 1.0, 1.0)), "BF16", "plain"),
    "yarn-mscale": (dict(qk_rope_head_dim=16, rope_scaling=yarn(8.0, 4.0, 1.0, mscale=0.7, mscale_all_dim=0.4)), "BF16", "rope_parameters"),
    "shared-two": (dict(n_shared_experts=2, first_k_dense_replace=2, q_lora_rank=16, torch_dtype="float16"), "F16", "plain"),
    "groups": (dict(hidden_size=36, moe_intermediate_size=10, n_routed_experts=8, n_group=2, topk_group=1, moe_layer_freq=2, num_hidden_layers=4, first_k_dense_replace=0), "BF16", "plain"),
    "tied-raw": (dict(tie_word_embeddings=True, moe_intermediate_size=10, norm_topk_prob=False, num_hidden_layers=2, torch_dtype="float32"), "F32", "plain"),
    "softmax-greedy": (dict(scoring_func="softmax", topk_method="greedy", n_shared_experts=0), "BF16", "bare"),
    "nested-split": (dict(model_type="kimi_k2", num_hidden_layers=2, q_lora_rank=24, v_head_dim=16, qk_rope_head_dim=16, kv_lora_rank=32,
                          rope_scaling=yarn(4.0, 32.0, 1.0)), "BF16", "nested"),
    "dense-only": (dict(n_routed_experts=None, num_hidden_layers=2), "BF16", "plain"),
}


def file_config(c, layout):
    if layout == "rope_parameters":
        c = dict(c)
        scaling = dict(c.pop("rope_scaling"))
        c["rope_parameters"] = dict(rope_type=scaling.pop("type"), rope_theta=c.pop("rope_theta"), **scaling)
        c["dtype"] = c.pop("torch_dtype")
    if layout == "nested":
        return dict(architectures=["KimiK25ForConditionalGeneration"], model_type="kimi_k25", bos_token_id=1, eos_token_id=2, pad_token_id=0,
                    dtype="bfloat16", ignore_index=-100, media_placeholder_token_id=5, tie_word_embeddings=False,
                    use_unified_vision_chunk=True, video_placeholder="<|kimi_k25_video_placeholder|>", text_config=c)
    return c


def write_model(folder, c, stored, layout):
    with open(os.path.join(folder, "config.json"), "w") as file:
        json.dump(file_config(c, layout), file, indent=1)
        file.write("\n")
    if layout == "bare":
        stored = [("language_model." + (n[len("model."):] if n.startswith("model.") else n), t, s, b) for n, t, s, b in stored]
    if layout != "nested":
        write_safetensors(os.path.join(folder, "model.safetensors"), stored)
        return
    stored = [("language_model." + n, t, s, b) for n, t, s, b in stored]
    stored.append(("language_model.model.layers.0.self_attn.rotary_emb.inv_freq", "F32", (2,), b"\0" * 8))
    stored.append(("language_model.model.layers.2.eh_proj.weight", "BF16", (2, 2), b"\0" * 8))
    stored.append(("vision_tower.patch_embed.proj.weight", "BF16", (2, 3), b"\0" * 12))
    stored.append(("mm_projector.proj.0.weight", "BF16", (2,), b"\0" * 4))
    half = len(stored) // 2
    parts = {"model-00001-of-00002.safetensors": stored[:half], "model-00002-of-00002.safetensors": stored[half:]}
    for name, tensors in parts.items():
        write_safetensors(os.path.join(folder, name), tensors)
    index = dict(metadata=dict(total_size=sum(len(t[3]) for t in stored)), weight_map={t[0]: n for n, tensors in parts.items() for t in tensors})
    with open(os.path.join(folder, "model.safetensors.index.json"), "w") as file:
        json.dump(index, file, separators=(",", ":"))


def pick_ids(c, w, length, seed):
    """Random ids whose expert choices are all clear, so that rounding cannot swap an expert."""
    for attempt in range(400):
        rng = np.random.default_rng([seed, attempt])
        ids = rng.integers(0, c["vocab_size"], length)
        margins = []
        logits = forward(c, w, ids, margins=margins)
        if not margins or min(margins) > MARGIN:
            return ids, logits, min(margins) if margins else None
    raise SystemExit("no sequence with clear expert choices found")


def generate(root, name, seed):
    changes, dtype, layout = CASES[name]
    c = {**BASE, **changes}
    folder = os.path.join(root, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    w, stored = random_weights(c, dtype, seed)
    write_model(folder, c, stored, layout)
    sequences, tolerance, gap, least = [], {False: 0.0, True: 0.0}, 0.0, 1.0
    for length in (5, 37, 131):
        ids, logits, margin = pick_ids(c, w, length, seed + length)
        least = min(least, margin or 1.0)
        gap = max(gap, np.abs(forward(c, w, ids, absorbed=True) - logits).max())
        for trial in range(2 * TRIALS):
            double_sums = trial % 4 >= 2
            disturbed = forward(c, w, ids, Noise([seed, length, trial], double_sums), absorbed=trial % 2 == 1)
            tolerance[double_sums] = max(tolerance[double_sums], np.abs(disturbed - logits).max())
        positions = [p for p in (0, 1, 4, 15, 16, 36, 63, 64, 65, 127, 128, 130) if p < length]
        sequences.append(dict(ids=ids.tolist(), positions=positions, logits=[[float(f"{v:.9g}") for v in logits[p]] for p in positions]))
    if gap > 1e-11:
        raise SystemExit(f"{name}: plain and absorbed form differ by {gap}")
    with open(os.path.join(folder, "golden.json"), "w") as file:
        limits = dict(tolerance=float(f"{4 * tolerance[False]:.3g}"), double_sum_tolerance=float(f"{4 * tolerance[True]:.3g}"))
        json.dump(dict(**limits, sequences=sequences), file, separators=(",", ":"))
        file.write("\n")
    with open(os.path.join(folder, "PROVENANCE.md"), "w") as file:
        file.write(f"""# {name}

Random weights, made for this project; no third-party data. Licence: MIT, as the repository.

- Command: `/usr/bin/python3 tests/oracle/kimi_oracle.py {name}`
- Seed: {seed}; NumPy {np.__version__}, float64
- Stored as {dtype}, layout `{layout}`
- `golden.json`: logits at the listed positions; `tolerance` = 4 × the largest change of a logit over {TRIALS} disturbed runs per
  sequence (every operation disturbed by its float32 error bound, see docs/numerics.md); `double_sum_tolerance` the same for
  kernels that sum in double
- Smallest gap between a chosen and a rejected expert: {least:.2g}
- Plain against absorbed attention in float64: {gap:.1g}
""")
    size = sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder))
    print(f"{name}: tolerance {4 * tolerance[False]:.2e} / {4 * tolerance[True]:.2e}, largest logit {np.abs(logits).max():.1f}, margin {least:.1e}, {size} bytes")


def main():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "golden")
    names = sys.argv[1:] or list(CASES)
    for name in names:
        generate(root, name, 20261123 + list(CASES).index(name))


if __name__ == "__main__":
    main()
