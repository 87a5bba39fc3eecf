"""Writes and reads the safetensors container (u64 header length, JSON header, raw little-endian data)."""
import json
import struct

import numpy as np
import torch

NAMES = {torch.float32: "F32", torch.bfloat16: "BF16"}


def raw(tensor):
    """Little-endian bytes of a contiguous tensor."""
    tensor = tensor.contiguous()
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().astype("<i2").tobytes()
    return tensor.numpy().astype("<f4").tobytes()


def save(path, tensors, metadata):
    """Writes name -> tensor (BF16 or F32) in the given order, data aligned to 8 bytes."""
    header, at = {"__metadata__": metadata}, 0
    for name, t in tensors.items():
        size = t.numel() * t.element_size()
        header[name] = {"dtype": NAMES[t.dtype], "shape": list(t.shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            f.write(raw(t))


def load(path):
    """Name -> tensor."""
    with open(path, "rb") as f:
        size = struct.unpack("<Q", f.read(8))[0]
        header = json.loads(f.read(size))
        data = f.read()
    out = {}
    for name, e in header.items():
        if name == "__metadata__":
            continue
        begin, end = e["data_offsets"]
        part = data[begin:end]
        if e["dtype"] == "BF16":
            t = torch.from_numpy(np.frombuffer(part, dtype="<i2").copy()).view(torch.bfloat16)
        else:
            t = torch.from_numpy(np.frombuffer(part, dtype="<f4").copy())
        out[name] = t.view(e["shape"])
    return out
