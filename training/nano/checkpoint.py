"""Training checkpoints: one file, written beside the old one and then renamed."""
import os

import torch


def save(path, **parts):
    """Writes the parts atomically."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.save(parts, path + ".tmp")
    os.replace(path + ".tmp", path)


def load(path):
    """Reads a checkpoint to CPU memory."""
    return torch.load(path, map_location="cpu")


def weights(ckpt, ema=False):
    """Name -> float32 tensor of the masters (or of their average), plus the router biases."""
    opt = ckpt["optimizer"]
    values = opt["ema"] if ema and opt["ema"] is not None else opt["master"]
    out = dict(zip(ckpt["names"], values))
    out.update(ckpt["buffers"])
    return out
