"""Reference forward pass of MoonViT and MoonViT-3D with their projectors in NumPy float64; see vision_oracle.py.

Written from the published description of Kimi-VL and Kimi K2.5, not from the engine: no slices, no tiles, no shared code with it.
"""
import math

import numpy as np

from kimi_forward import U, Exact, linear

ROWS_AT_A_TIME = 512


def pixels(seed, count):
    """Bytes of a made-up picture: an integer hash of the index, the same in the C# tests."""
    mask = np.uint64(0xFFFFFFFF)
    x = (np.arange(count, dtype=np.uint64) + np.uint64(seed)) * np.uint64(0x9E3779B1) & mask
    x = ((x ^ (x >> np.uint64(15))) * np.uint64(0x85EBCA77)) & mask
    return ((x ^ (x >> np.uint64(13))) & mask) >> np.uint64(24)


def patches(seed, frames, rows, columns, width):
    values = pixels(seed, frames * rows * columns * width).astype(np.float32)
    half = np.float32(0.5)
    return ((values / np.float32(255) - half) / half).astype(np.float64).reshape(-1, width)


def biased(noise, w, name, x):
    y = linear(noise, w[name + ".weight"].reshape(w[name + ".weight"].shape[0], -1), x) + w[name + ".bias"]
    return noise(y, U * np.abs(y))


def layer_norm(noise, x, w, name, eps):
    mean = x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True) + eps)
    scaled = (x - mean) / deviation * w[name + ".weight"]
    y = scaled + w[name + ".bias"]
    chain = noise.chain(x.shape[-1])
    shift = chain * np.abs(x).mean(axis=-1, keepdims=True) + 2 * U * (np.abs(x) + np.abs(mean))
    return noise(y, shift / deviation * np.abs(w[name + ".weight"]) + (chain / 2 + 6 * U) * np.abs(scaled) + U * np.abs(y))


def gelu_tanh(noise, x):
    inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)
    y = 0.5 * x * (1 + np.tanh(inner))
    return noise(y, (10 + 16 * np.abs(inner)) * U * np.abs(y))


def gelu_erf(noise, x):
    y = 0.5 * x * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))
    return noise(y, U * np.abs(y))


def cubic(d):
    d, a = abs(d), -0.75
    if d <= 1:
        return (a + 2) * d ** 3 - (a + 3) * d ** 2 + 1
    return a * d ** 3 - 5 * a * d ** 2 + 8 * a * d - 4 * a if d < 2 else 0.0


def stretch(count, to):
    """[to, count]: what each place of a stretched line takes from each entry of the table."""
    matrix = np.zeros((to, count))
    for i in range(to):
        center = (i + 0.5) * count / to - 0.5
        first = math.floor(center) - 1
        for k in range(first, first + 4):
            matrix[i, min(max(k, 0), count - 1)] += cubic(center - k)
    return matrix


def positions(noise, v, w, rows, columns):
    table = w["vision_tower.patch_embed.pos_emb.weight"]
    if table.shape[:2] == (rows, columns):
        return table.reshape(rows * columns, -1)
    down, across = stretch(v["table_rows"], rows), stretch(v["table_columns"], columns)
    value = np.einsum("yr,rcd,xc->yxd", down, table, across)
    size = np.einsum("yr,rcd,xc->yxd", np.abs(down), np.abs(table), np.abs(across))
    return noise(value, 20 * U * size).reshape(rows * columns, -1)


def waves(frames, width):
    omega = 10000.0 ** (-np.arange(width // 2) / (width // 2))
    angle = np.arange(frames)[:, None] * omega[None, :]
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


def rotate(noise, x, frames, rows, columns):
    """x[patches, heads, width]: pair 2i turns by column * theta_i, pair 2i + 1 by row * theta_i."""
    width = x.shape[-1]
    theta = 10000.0 ** (-4.0 * np.arange(width // 4) / width)
    y, c = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    angle = np.stack([c.ravel()[:, None] * theta, y.ravel()[:, None] * theta], axis=-1).reshape(rows * columns, -1)
    angle = np.tile(angle, (frames, 1))[:, None, :]
    a, b = x[..., 0::2], x[..., 1::2]
    turned = np.empty_like(x)
    turned[..., 0::2] = a * np.cos(angle) - b * np.sin(angle)
    turned[..., 1::2] = a * np.sin(angle) + b * np.cos(angle)
    return noise(turned, np.repeat(4 * U * (np.abs(a) + np.abs(b)), 2, axis=-1))


def attend(noise, q, k, v):
    """Every row sees every key. q, k, v[patches, width] of one head."""
    count, result = len(k), np.empty_like(q)
    for start in range(0, len(q), ROWS_AT_A_TIME):
        scores = linear(noise, k, q[start : start + ROWS_AT_A_TIME]) / math.sqrt(q.shape[1])
        top = scores.max(axis=1, keepdims=True)
        shifted = scores - top
        weights = np.exp(shifted)
        weights = noise(weights, weights * (6 * U + 3 * U * (np.abs(shifted) + np.abs(scores))))
        weights = weights / weights.sum(axis=1, keepdims=True)
        result[start : start + ROWS_AT_A_TIME] = noise(weights @ v, noise.chain(4.2 * count) * (weights @ np.abs(v)))
    return result


def add(noise, x, y):
    return noise(x + y, U * np.abs(x + y))


def tower(noise, v, w, x, frames, rows, columns):
    heads, width = v["heads"], v["hidden"]
    for layer in range(v["layers"]):
        p = f"vision_tower.encoder.blocks.{layer}."
        qkv = biased(noise, w, p + "wqkv", layer_norm(noise, x, w, p + "norm0", 1e-5)).reshape(len(x), 3, heads, width // heads)
        q, k = (rotate(noise, qkv[:, i], frames, rows, columns) for i in (0, 1))
        mixed = np.concatenate([attend(noise, q[:, h], k[:, h], qkv[:, 2, h]) for h in range(heads)], axis=1)
        x = add(noise, x, biased(noise, w, p + "wo", mixed))
        up = gelu_tanh(noise, biased(noise, w, p + "mlp.fc0", layer_norm(noise, x, w, p + "norm1", 1e-5)))
        x = add(noise, x, biased(noise, w, p + "mlp.fc1", up))
    return layer_norm(noise, x, w, "vision_tower.encoder.final_layernorm", 1e-5)


def encode(v, w, image, noise=Exact()):
    """Embeddings [tokens, text width] of patches[frames * rows * columns, 588]."""
    frames, rows, columns, values = image
    x = biased(noise, w, "vision_tower.patch_embed.proj", values)
    x = add(noise, x, np.tile(positions(noise, v, w, rows, columns), (frames, 1)))
    if frames > 1:
        x = add(noise, x, np.repeat(waves(frames, v["hidden"]), rows * columns, axis=0))
    x = tower(noise, v, w, x, frames, rows, columns)
    x = x.reshape(frames, rows * columns, -1).mean(axis=0)
    x = noise(x, (frames > 1) * frames * U * np.abs(x))
    names = v["projector"]
    x = layer_norm(noise, x, w, names[0], 1e-5)
    cells = x.reshape(rows // 2, 2, columns // 2, 2, -1).transpose(0, 2, 1, 3, 4).reshape(rows * columns // 4, -1)
    return biased(noise, w, names[2], gelu_erf(noise, biased(noise, w, names[1], cells)))
