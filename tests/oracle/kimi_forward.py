"""Reference forward pass of the Kimi text model in NumPy float64; see kimi_oracle.py."""
import numpy as np

U = 2.0 ** -24  # unit roundoff of float32
TRIALS = 12
MARGIN = 2e-4  # smallest accepted gap between a chosen and a rejected expert


class Exact:
    """Operations without disturbance."""

    def chain(self, width):
        return 0.0

    def __call__(self, value, bound):
        return value


class Noise:
    """Adds to every result a uniform disturbance of the size of its error bound."""

    def __init__(self, seed, double_sums):
        self.rng = np.random.default_rng(seed)
        self.double_sums = double_sums

    def chain(self, width):
        """Bound on the roundings of a sum of `width` terms, relative to the sum of their magnitudes.

        float32 sums: a lane takes at least every fourth term, then the lane tree and the tail. Double sums: the result is
        rounded once (attention: once per tile of 64 keys).
        """
        return (2 + width / 64) * U if self.double_sums else (np.ceil(width / 4) + 20) * U

    def __call__(self, value, bound):
        return value + self.rng.uniform(-1, 1, np.shape(value)) * bound


def linear(noise, weight, x):
    value = x @ weight.T
    if getattr(noise, "double_sums", False):
        return noise(value, U * np.abs(value))
    return noise(value, noise.chain(weight.shape[1]) * (np.abs(x) @ np.abs(weight).T))


def rms_norm(noise, x, weight, eps):
    y = x / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + eps) * weight
    return noise(y, (noise.chain(x.shape[-1]) / 2 + 4 * U) * np.abs(y))


def silu_product(noise, gate, up):
    y = gate / (1 + np.exp(-gate)) * up
    return noise(y, (8 * U + 2 * U * np.abs(gate)) * np.abs(y))


def magnitude(factor, a):
    return 1.0 if factor <= 1 else 0.1 * a * np.log(factor) + 1.0


def frequencies(c):
    width = c["qk_rope_head_dim"]
    i = np.arange(width // 2)
    f = c["rope_theta"] ** (-2.0 * i / width)
    s = c.get("rope_scaling")
    if not s:
        return f, 1.0
    original, factor = s["original_max_position_embeddings"], s["factor"]

    def corner(turns):
        return width * np.log(original / (2 * np.pi * turns)) / (2 * np.log(c["rope_theta"]))

    low = max(np.floor(corner(s["beta_fast"])), 0)
    high = min(np.ceil(corner(s["beta_slow"])), width - 1)
    if low == high:
        high += 0.001
    r = np.clip((i - low) / (high - low), 0, 1)
    return f * ((1 - r) + r / factor), magnitude(factor, s["mscale"]) / magnitude(factor, s["mscale_all_dim"])


def rotate(noise, x, positions, c):
    """Interleaved pairs (2i, 2i+1). x[..., tokens, width]."""
    f, scale = frequencies(c)
    angle = positions[:, None] * f[None, :]
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    a, b = x[..., 0::2], x[..., 1::2]
    y = np.empty_like(x)
    y[..., 0::2] = a * cos - b * sin
    y[..., 1::2] = a * sin + b * cos
    bound = 4 * U * (np.abs(a) + np.abs(b)) * scale
    return noise(y, np.repeat(bound, 2, axis=-1))


def softmax_scale(c):
    s = c.get("rope_scaling")
    m = magnitude(s["factor"], s["mscale_all_dim"]) if s and s["mscale_all_dim"] else 1.0
    return m * m / np.sqrt(c["qk_nope_head_dim"] + c["qk_rope_head_dim"])


def attend(noise, scores, values):
    """Causal softmax of scores[t, s], then the weighted sum of values[s, v]."""
    count = scores.shape[0]
    scores = np.where(np.tril(np.ones((count, count), bool)), scores, -np.inf)
    shifted = scores - scores.max(axis=1, keepdims=True)
    size = np.where(np.isfinite(shifted), np.abs(shifted) + np.abs(np.where(np.isfinite(scores), scores, 0)), 0)
    weights = np.exp(shifted)
    weights = noise(weights, weights * (6 * U + 3 * U * size))
    keys = np.arange(1, count + 1)[:, None]
    weights = weights / weights.sum(axis=1, keepdims=True)
    return noise(weights @ values, noise.chain(4.2 * keys) * (weights @ np.abs(values)))


def attention(noise, c, w, p, x, positions, absorbed):
    heads, nope, rope, value, rank = (c["num_attention_heads"], c["qk_nope_head_dim"], c["qk_rope_head_dim"], c["v_head_dim"], c["kv_lora_rank"])
    eps = c["rms_norm_eps"]
    if c.get("q_lora_rank"):
        q = linear(noise, w[p + "q_b_proj.weight"], rms_norm(noise, linear(noise, w[p + "q_a_proj.weight"], x), w[p + "q_a_layernorm.weight"], eps))
    else:
        q = linear(noise, w[p + "q_proj.weight"], x)
    q = q.reshape(len(x), heads, nope + rope).transpose(1, 0, 2)
    latent = linear(noise, w[p + "kv_a_proj_with_mqa.weight"], x)
    cached = rms_norm(noise, latent[:, :rank], w[p + "kv_a_layernorm.weight"], eps)
    k_pe = rotate(noise, latent[:, rank:], positions, c)
    q_pe = rotate(noise, q[..., nope:], positions, c)
    up = w[p + "kv_b_proj.weight"].reshape(heads, nope + value, rank)
    outputs = []
    for h in range(heads):
        w_uk, w_uv = up[h, :nope], up[h, nope:]
        if absorbed:
            query = np.concatenate([linear(noise, w_uk.T, q[h, :, :nope]), q_pe[h]], axis=1)
            scores = linear(noise, np.concatenate([cached, k_pe], axis=1), query) * softmax_scale(c)
            outputs.append(linear(noise, w_uv, attend(noise, scores, cached)))
        else:
            query = np.concatenate([q[h, :, :nope], q_pe[h]], axis=1)
            keys = np.concatenate([linear(noise, w_uk, cached), k_pe], axis=1)
            scores = linear(noise, keys, query) * softmax_scale(c)
            outputs.append(attend(noise, scores, linear(noise, w_uv, cached)))
    return linear(noise, w[p + "o_proj.weight"], np.concatenate(outputs, axis=1))


def mlp(noise, w, p, x):
    gate, up = linear(noise, w[p + "gate_proj.weight"], x), linear(noise, w[p + "up_proj.weight"], x)
    return linear(noise, w[p + "down_proj.weight"], silu_product(noise, gate, up))


def choose(c, scores, bias, margins):
    """Expert indices of one token, best first."""
    ranking = scores + (bias if bias is not None else 0)
    groups = c["n_group"]
    if c["topk_group"] < groups:
        parts = ranking.reshape(groups, -1)
        totals = np.sort(parts, axis=1)[:, -2:].sum(axis=1)
        order = np.argsort(-totals, kind="stable")
        margins.append(totals[order[c["topk_group"] - 1]] - totals[order[c["topk_group"]]])
        kept = np.full(groups, False)
        kept[order[: c["topk_group"]]] = True
        ranking = np.where(np.repeat(kept, parts.shape[1]), ranking, -np.inf)
    order = np.argsort(-ranking, kind="stable")
    k = c["num_experts_per_tok"]
    if k < len(order):
        margins.append(ranking[order[k - 1]] - ranking[order[k]])
    return order[:k]


def moe(noise, c, w, p, x, margins):
    logits = linear(noise, w[p + "gate.weight"], x)
    bias = w.get(p + "gate.e_score_correction_bias")
    result = np.zeros_like(x)
    for t, g in enumerate(logits):
        if c["scoring_func"] == "sigmoid":
            scores = 1 / (1 + np.exp(-g))
        else:
            scores = np.exp(g - g.max())
            scores /= scores.sum()
        chosen = choose(c, scores, bias, margins)
        weights = scores[chosen]
        if c["norm_topk_prob"]:
            weights = weights / (weights.sum() + 1e-20)
        weights = weights * c["routed_scaling_factor"]
        for e, weight in zip(chosen, weights):
            part = weight * mlp(noise, w, f"{p}experts.{e}.", x[t : t + 1])[0]
            result[t] = noise(result[t] + part, U * (np.abs(result[t]) + 3 * np.abs(part)))
    if c["n_shared_experts"]:
        result = result + mlp(noise, w, p + "shared_experts.", x)
    return noise(result, 2 * U * np.abs(result))


def forward(c, w, ids, noise=Exact(), absorbed=False, margins=None, media=()):
    """Logits of every position, float64 [tokens, vocabulary]; media: (position, embeddings) that replace token embeddings."""
    margins = [] if margins is None else margins
    positions = np.arange(len(ids), dtype=float)
    x = w["model.embed_tokens.weight"][ids]
    for position, embeddings in media:
        x[position : position + len(embeddings)] = embeddings
    for layer in range(c["num_hidden_layers"]):
        p = f"model.layers.{layer}."
        normed = rms_norm(noise, x, w[p + "input_layernorm.weight"], c["rms_norm_eps"])
        x = x + attention(noise, c, w, p + "self_attn.", normed, positions, absorbed)
        x = noise(x, U * np.abs(x))
        normed = rms_norm(noise, x, w[p + "post_attention_layernorm.weight"], c["rms_norm_eps"])
        sparse = c["n_routed_experts"] and layer >= c["first_k_dense_replace"] and layer % c["moe_layer_freq"] == 0
        x = x + (moe(noise, c, w, p + "mlp.", normed, margins) if sparse else mlp(noise, w, p + "mlp.", normed))
        x = noise(x, U * np.abs(x))
    head = w["model.embed_tokens.weight"] if c["tie_word_embeddings"] else w["lm_head.weight"]
    return linear(noise, head, rms_norm(noise, x, w["model.norm.weight"], c["rms_norm_eps"]))
