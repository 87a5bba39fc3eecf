"""The vision tower and projector: MoonViT-3D as in Kimi K2.5, at small size, for single images.

Shapes use B images of one grid, h x w patches, c channels of the tower, d hidden of the text model.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn

PATCH = 14


def to_patches(image):
    """uint8 [H, W, 3] with sides that are multiples of 28 -> float [h * w, 588] in order channel, row, column."""
    height, width, _ = image.shape
    x = (image.float() / 255.0 - 0.5) / 0.5
    x = x.view(height // PATCH, PATCH, width // PATCH, PATCH, 3)
    return x.permute(0, 2, 4, 1, 3).reshape(-1, 3 * PATCH * PATCH)


def layer_norm(x, w, b, eps=1e-5):
    """LayerNorm in float32; the result has the type of the weights."""
    return F.layer_norm(x.float(), (x.shape[-1],), w.float(), b.float(), eps).to(w.dtype)


def rope_2d(h, w, dim):
    """cos, sin [h * w, dim / 2]: even pairs turn by the column, odd pairs by the row."""
    theta = 10000.0 ** (-torch.arange(0, dim, 4, dtype=torch.float64) / dim)
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    angle = torch.stack((x.flatten()[:, None] * theta, y.flatten()[:, None] * theta), -1).flatten(1)
    return angle.cos().float(), angle.sin().float()


def rotate(x, cos, sin):
    """Pairs of neighbours, in float32. x [B, n, heads, dim]; cos, sin [n, 1, dim / 2]."""
    a, b = x[..., 0::2].float(), x[..., 1::2].float()
    return torch.stack((a * cos - b * sin, a * sin + b * cos), -1).flatten(-2).to(x.dtype)


class Block(nn.Module):
    """Pre-norm attention over one image, then a tanh-GELU feed-forward."""

    def __init__(self, c):
        super().__init__()
        d, f = c["vt_hidden_size"], c["vt_intermediate_size"]
        self.heads = c["vt_num_attention_heads"]
        for name, shape in (("wqkv", (3 * d, d)), ("wo", (d, d)), ("fc0", (f, d)), ("fc1", (d, f))):
            setattr(self, name, nn.Parameter(torch.empty(shape)))
            setattr(self, name + "_b", nn.Parameter(torch.zeros(shape[0])))
        for name in ("norm0", "norm1"):
            setattr(self, name, nn.Parameter(torch.ones(d)))
            setattr(self, name + "_b", nn.Parameter(torch.zeros(d)))

    def forward(self, x, cos, sin):
        """x [B, n, c] float32 -> same."""
        b, n, d = x.shape
        y = layer_norm(x, self.norm0, self.norm0_b)
        q, k, v = (y @ self.wqkv.t() + self.wqkv_b).view(b, n, 3, self.heads, -1).unbind(2)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        scores = q.permute(0, 2, 1, 3) @ k.permute(0, 2, 3, 1) * (d // self.heads) ** -0.5
        y = (torch.softmax(scores.float(), -1).to(v.dtype) @ v.transpose(1, 2)).transpose(1, 2).reshape(b, n, d)
        x = x + y @ self.wo.t() + self.wo_b
        y = layer_norm(x, self.norm1, self.norm1_b) @ self.fc0.t() + self.fc0_b
        y = 0.5 * y * (1 + torch.tanh(math.sqrt(2 / math.pi) * (y + 0.044715 * y * y * y)))
        return x + y @ self.fc1.t() + self.fc1_b


class Vision(nn.Module):
    """Patch embedding, blocks, final norm, 2 x 2 merge and projector."""

    def __init__(self, c, d):
        super().__init__()
        t, m = c["vt_hidden_size"], 4 * c["vt_hidden_size"]
        self.patch = nn.Parameter(torch.empty(t, 3 * PATCH * PATCH))
        self.patch_b = nn.Parameter(torch.zeros(t))
        self.pos = nn.Parameter(torch.empty(c["init_pos_emb_height"], c["init_pos_emb_width"], t))
        self.blocks = nn.ModuleList(Block(c) for _ in range(c["vt_num_hidden_layers"]))
        self.final = nn.Parameter(torch.ones(t))
        self.final_b = nn.Parameter(torch.zeros(t))
        self.pre = nn.Parameter(torch.ones(t))
        self.pre_b = nn.Parameter(torch.zeros(t))
        self.proj0 = nn.Parameter(torch.empty(m, m))
        self.proj0_b = nn.Parameter(torch.zeros(m))
        self.proj2 = nn.Parameter(torch.empty(d, m))
        self.proj2_b = nn.Parameter(torch.zeros(d))
        self.head_dim = t // c["vt_num_attention_heads"]
        self.tables = {}

    def _positions(self, h, w):
        """The learned table at the size of the grid: bicubic (a = -0.75), no antialiasing. [h * w, c]."""
        table = self.pos.float()
        if tuple(table.shape[:2]) != (h, w):
            table = F.interpolate(table.permute(2, 0, 1)[None], size=(h, w), mode="bicubic",
                                  align_corners=False)[0].permute(1, 2, 0)
        return table.reshape(h * w, -1)

    def grid(self, patches, h, w):
        """patches [B, h * w, 588] -> projected tokens [B, h * w / 4, d] in the compute type."""
        dtype = self.patch.dtype
        if (h, w) not in self.tables:
            cos, sin = rope_2d(h, w, self.head_dim)
            self.tables[h, w] = (cos[:, None], sin[:, None])
        cos, sin = self.tables[h, w]
        x = (patches.to(dtype) @ self.patch.t() + self.patch_b).float() + self._positions(h, w)
        for block in self.blocks:
            x = block(x, cos, sin)
        x = layer_norm(x, self.final, self.final_b)
        b, _, c = x.shape
        x = layer_norm(x, self.pre, self.pre_b)
        x = x.view(b, h // 2, 2, w // 2, 2, c).permute(0, 1, 3, 2, 4, 5).reshape(b, -1, 4 * c)
        return F.gelu(x @ self.proj0.t() + self.proj0_b) @ self.proj2.t() + self.proj2_b

    def forward(self, images):
        """List of uint8 [H, W, 3] tensors -> list of [tokens, d]; images of one size pass together."""
        groups, out = {}, [None] * len(images)
        for i, image in enumerate(images):
            groups.setdefault(tuple(image.shape[:2]), []).append(i)
        for (height, width), members in groups.items():
            patches = torch.stack([to_patches(images[i]) for i in members])
            for i, tokens in zip(members, self.grid(patches, height // PATCH, width // PATCH)):
                out[i] = tokens
        return out


class CellHeads(nn.Module):
    """Helpers of the training only: what lies in the middle of each 28 x 28 cell, read from the projected tokens.

    They make the tower learn from every cell of many pictures; they are not part of the exported model.
    """

    def __init__(self, d, classes):
        super().__init__()
        self.heads = nn.ModuleDict({name: nn.Linear(d, n) for name, n in classes.items()})
        self.count = nn.Linear(d, 11)

    def loss(self, tokens, labels, counts):
        """tokens [B, n, d]; labels name -> [B, n]; counts [B]; mean of the cross entropies."""
        x = tokens.float()
        total = F.cross_entropy(self.count(x.mean(1) * 4), counts)
        for name, head in self.heads.items():
            y = labels[name].flatten()
            weight = torch.where(y > 0, 1.0, 0.2)
            ce = F.cross_entropy(head(x).flatten(0, 1), y, reduction="none")
            total = total + (ce * weight).sum() / weight.sum()
        return total / (1 + len(self.heads))
