"""The text model: DeepSeek-V3 / Kimi K2 architecture at small size.

Shapes use T tokens (all rows joined), d hidden, H heads, N/P/V head parts (nope, rope, value), E experts, F width.
Weights are stored [out, in]; experts are stacked [E, F, d] and [E, d, F].
"""
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.checkpoint import checkpoint

from .vision import Vision


class RmsNormFunction(torch.autograd.Function):
    """y = w * x / sqrt(mean(x^2) + eps) in float32, result in bfloat16 or float32 as asked."""

    @staticmethod
    def forward(ctx, x, w, eps, dtype):
        x = x.float()
        r = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)
        n = x * r
        ctx.save_for_backward(n, r, w)
        return (n * w.float()).to(dtype)

    @staticmethod
    def backward(ctx, g):
        n, r, w = ctx.saved_tensors
        g = g.float()
        gw = (g * n).sum(tuple(range(g.dim() - 1)))
        g = g * w.float()
        gx = (g - n * (g * n).mean(-1, keepdim=True)) * r
        return gx, gw.to(w.dtype), None, None


def rope_tables(length, dim, theta):
    """cos, sin [length, dim/2] in float32; angles in float64."""
    inv = theta ** (-torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    angle = torch.arange(length, dtype=torch.float64)[:, None] * inv[None]
    return angle.cos().float(), angle.sin().float()


def rotate(x, cos, sin):
    """Interleaved rotation: pair i is elements (2i, 2i+1). x [R, L, h, P], cos/sin [L, 1, P/2]."""
    a, b = x[..., 0::2], x[..., 1::2]
    return torch.stack((a * cos - b * sin, a * sin + b * cos), dim=-1).flatten(-2)


class Attention(nn.Module):
    """Multi-head latent attention in its plain form."""

    def __init__(self, c):
        super().__init__()
        d, h = c["hidden_size"], c["num_attention_heads"]
        self.h, self.n, self.p, self.v = h, c["qk_nope_head_dim"], c["qk_rope_head_dim"], c["v_head_dim"]
        self.r, self.eps = c["kv_lora_rank"], c["rms_norm_eps"]
        self.q_a = nn.Parameter(torch.empty(c["q_lora_rank"], d))
        self.q_norm = nn.Parameter(torch.ones(c["q_lora_rank"]))
        self.q_b = nn.Parameter(torch.empty(h * (self.n + self.p), c["q_lora_rank"]))
        self.kv_a = nn.Parameter(torch.empty(self.r + self.p, d))
        self.kv_norm = nn.Parameter(torch.ones(self.r))
        self.kv_b = nn.Parameter(torch.empty(h * (self.n + self.v), self.r))
        self.o = nn.Parameter(torch.empty(d, h * self.v))

    def forward(self, x, cos, sin, mask, cache=None):
        """x [R, L, d]; mask [R, 1, L, S] additive; cache: dict of earlier keys and values; returns [R, L, d]."""
        rows, length, _ = x.shape
        cq = RmsNormFunction.apply(x @ self.q_a.t(), self.q_norm, self.eps, x.dtype)
        q = (cq @ self.q_b.t()).view(rows, length, self.h, self.n + self.p)
        ckv = x @ self.kv_a.t()
        latent = RmsNormFunction.apply(ckv[..., :self.r], self.kv_norm, self.eps, x.dtype)
        kv = (latent @ self.kv_b.t()).view(rows, length, self.h, self.n + self.v)
        k_pe = rotate(ckv[..., None, self.r:], cos, sin).expand(-1, -1, self.h, -1)
        q = torch.cat((q[..., :self.n], rotate(q[..., self.n:], cos, sin)), -1)
        k, v = torch.cat((kv[..., :self.n], k_pe), -1), kv[..., self.n:]
        k, v = k.transpose(1, 2), v.transpose(1, 2)
        if cache is not None:
            k, v = self._cached(cache, k, v)
        q = q.transpose(1, 2) * (self.n + self.p) ** -0.5
        scores = q @ k.transpose(2, 3)
        p = torch.softmax(scores + mask, -1)
        out = p @ v
        return out.transpose(1, 2).reshape(rows, length, self.h * self.v) @ self.o.t()

    @staticmethod
    def _cached(cache, k, v):
        """Appends keys and values [R, h, L, .] to the buffers of the cache and returns all of them."""
        at = cache.get("n", 0)
        end = at + k.shape[2]
        if not at or end > cache["k"].shape[2]:
            for name, x in (("k", k), ("v", v)):
                grown = x.new_empty(*x.shape[:2], end + 256, x.shape[3])
                if at:
                    grown[:, :, :at] = cache[name][:, :, :at]
                cache[name] = grown
        cache["k"][:, :, at:end], cache["v"][:, :, at:end], cache["n"] = k, v, end
        return cache["k"][:, :, :end], cache["v"][:, :, :end]


class Dense(nn.Module):
    """SwiGLU block of the first layer and of the shared expert."""

    def __init__(self, d, width):
        super().__init__()
        self.gate = nn.Parameter(torch.empty(width, d))
        self.up = nn.Parameter(torch.empty(width, d))
        self.down = nn.Parameter(torch.empty(d, width))

    def forward(self, x):
        """x [T, d] -> [T, d]."""
        return (F.silu(x @ self.gate.t()) * (x @ self.up.t())) @ self.down.t()


class Moe(nn.Module):
    """Sigmoid router with selection bias (noaux_tc), top-K experts, one shared expert."""

    def __init__(self, c):
        super().__init__()
        d, f, e = c["hidden_size"], c["moe_intermediate_size"], c["n_routed_experts"]
        self.k, self.scale = c["num_experts_per_tok"], c["routed_scaling_factor"]
        self.router = nn.Parameter(torch.empty(e, d))
        self.register_buffer("bias", torch.zeros(e))
        self.gate = nn.Parameter(torch.empty(e, f, d))
        self.up = nn.Parameter(torch.empty(e, f, d))
        self.down = nn.Parameter(torch.empty(e, d, f))
        self.shared = Dense(d, f * c["n_shared_experts"])
        self.load = None

    def forward(self, x):
        """x [T, d] -> [T, d]; the load of each expert is kept in self.load."""
        scores = torch.sigmoid(x.float() @ self.router.float().t())
        chosen = (scores.detach() + self.bias).topk(self.k, -1).indices
        weights = scores.gather(1, chosen)
        weights = weights / (weights.sum(-1, keepdim=True) + 1e-20) * self.scale
        flat = chosen.flatten()
        order = flat.argsort()
        counts = torch.bincount(flat, minlength=self.bias.numel())
        self.load = counts.float()
        token = torch.div(order, self.k, rounding_mode="floor")
        picked = x[token].split(counts.tolist())
        gates, ups, downs = self.gate.unbind(0), self.up.unbind(0), self.down.unbind(0)
        out = []
        for e, part in enumerate(picked):
            out.append((F.silu(part @ gates[e].t()) * (part @ ups[e].t())) @ downs[e].t())
        out = torch.cat(out) * weights.flatten()[order].unsqueeze(-1).to(x.dtype)
        return self.shared(x).index_add(0, token, out)


class Layer(nn.Module):
    """Pre-norm attention and feed-forward block."""

    def __init__(self, c, index):
        super().__init__()
        self.eps = c["rms_norm_eps"]
        self.norm1 = nn.Parameter(torch.ones(c["hidden_size"]))
        self.attn = Attention(c)
        self.norm2 = nn.Parameter(torch.ones(c["hidden_size"]))
        dense = index < c["first_k_dense_replace"]
        self.mlp = Dense(c["hidden_size"], c["intermediate_size"]) if dense else Moe(c)

    def forward(self, x, cos, sin, mask, dtype, cache=None):
        """x [R, L, d] float32 residual stream."""
        x = x + self.attn(RmsNormFunction.apply(x, self.norm1, self.eps, dtype), cos, sin, mask, cache)
        y = RmsNormFunction.apply(x, self.norm2, self.eps, dtype)
        return x + self.mlp(y.flatten(0, 1)).view_as(x)


class Nano(nn.Module):
    """Embedding, layers, final norm, untied head."""

    def __init__(self, c):
        super().__init__()
        self.c = c
        self.embed = nn.Parameter(torch.empty(c["vocab_size"], c["hidden_size"]))
        self.layers = nn.ModuleList(Layer(c, i) for i in range(c["num_hidden_layers"]))
        self.norm = nn.Parameter(torch.ones(c["hidden_size"]))
        self.head = nn.Parameter(torch.empty(c["vocab_size"], c["hidden_size"]))
        self.vision = Vision(c["vision"], c["hidden_size"]) if c.get("vision") else None
        self.pad = c["vocab_size"] - 256 + 21
        self.tables = {}

    def init(self, seed):
        """Normal 0.02; output projections of attention and feed-forward times 1/sqrt(2 * layers)."""
        gen = torch.Generator().manual_seed(seed)
        out = 0.02 / math.sqrt(2 * self.c["num_hidden_layers"])
        for name, p in self.named_parameters():
            if p.dim() > 1:
                std = out if name.endswith(("attn.o", ".down", ".wo", ".fc1")) else 0.02
                p.data.normal_(0, std, generator=gen)
        return self

    def rope(self, length, dtype):
        """cos, sin [L, 1, P/2] in the compute type."""
        key = (length, dtype)
        if key not in self.tables:
            cos, sin = rope_tables(length, self.c["qk_rope_head_dim"], self.c["rope_theta"])
            self.tables[key] = (cos[:, None].to(dtype), sin[:, None].to(dtype))
        return self.tables[key]

    def _embed(self, ids, images):
        """Residual stream [R, L, d] float32; the rows of media_pad come from the pictures, in order."""
        x = F.embedding(ids, self.embed).float()
        if images:
            features = torch.cat(self.vision(images)).float()
            x = x.masked_scatter((ids == self.pad)[..., None].expand_as(x), features)
        return x

    def hidden(self, ids, docs=None, caches=None, images=None):
        """ids [R, L]; docs [R, L] conversation numbers (attention stays inside one); returns [R, L, d].

        With caches (one dict a layer) only the new ids pass through: docs is [R, S] of all S positions so far and
        the L ids are the last ones. Rows of 2,048 and more are recomputed in the backward pass to save memory. `images`
        are the padded pictures of the new ids, in order.
        """
        dtype = self.embed.dtype
        length = ids.shape[1]
        total = docs.shape[1] if docs is not None else length
        cos, sin = self.rope(total, dtype)
        cos, sin = cos[total - length:], sin[total - length:]
        at = torch.arange(total)
        allowed = (at <= at[total - length:, None])[None]
        if docs is not None:
            allowed = allowed & (docs[:, total - length:, None] == docs[:, None, :])
        mask = torch.zeros(allowed.shape, dtype=dtype).masked_fill_(~allowed, -30000.0)[:, None]
        x = self._embed(ids, images)
        spare = length >= 2048 and torch.is_grad_enabled()
        for i, layer in enumerate(self.layers):
            if spare:
                x = checkpoint(layer, x, cos, sin, mask, dtype, use_reentrant=False)
            else:
                x = layer(x, cos, sin, mask, dtype, caches[i] if caches else None)
        return RmsNormFunction.apply(x, self.norm, self.c["rms_norm_eps"], dtype)

    def forward(self, ids, docs=None):
        """Logits [R, L, vocab] float32."""
        return (self.hidden(ids, docs) @ self.head.t()).float()

    def balance(self, rate):
        """Moves each selection bias towards even load; returns the largest max/mean load."""
        worst = 1.0
        for layer in self.layers:
            if isinstance(layer.mlp, Moe) and layer.mlp.load is not None:
                load = layer.mlp.load
                layer.mlp.bias += rate * torch.sign(load.mean() - load)
                worst = max(worst, float(load.max() / load.mean()))
        return worst


def loss_sum(model, ids, docs, targets, weights, z_loss, images=None):
    """Weighted mean cross entropy over positions with weight > 0 (only those pass the head).

    ids, docs, targets [R, L]; weights [R, L]. Returns (loss to minimise, plain mean cross entropy).
    """
    h = model.hidden(ids, docs, None, images).flatten(0, 1)
    keep = weights.flatten().nonzero().squeeze(1)
    logits = (h[keep] @ model.head.t()).float()
    w = weights.flatten()[keep]
    w = w / w.sum()
    lse = logits.logsumexp(-1)
    ce = lse - logits.gather(1, targets.flatten()[keep, None]).squeeze(1)
    plain = (ce * w).sum()
    return plain + z_loss * (lse.pow(2) * w).sum(), plain.detach()
