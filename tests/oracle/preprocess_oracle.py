#!/usr/bin/env python3
"""Golden file for Kimi's picture preprocessing: tests/data/vision/preprocess.json. Needs NumPy and Pillow.

    /usr/bin/python3 tests/oracle/preprocess_oracle.py tests/data/vision/preprocess.json

Resizing is Pillow's own; sizes, padding and patch order are written from the published preprocessors of Kimi K2.5
(navit_resize_image) and Kimi-VL (rescale, patchify), not from the engine.
"""
import hashlib
import json
import math
import sys

import numpy as np
from PIL import Image

from vision_forward import pixels

PATCH, MERGE, SIDE = 14, 2, 512
CELL = PATCH * MERGE


def k25(w, h, limit=16384):
    scale = min(1.0, math.sqrt(limit / (max(1.0, w // PATCH) * max(1.0, h // PATCH))), SIDE * PATCH / w, SIDE * PATCH / h)
    scaled = [min(max(1, int(n * scale)), SIDE * PATCH) for n in (w, h)]
    return scaled, [n + (CELL - n % CELL) % CELL for n in scaled]


def kimi_vl(w, h, limit, pad):
    patches = (w // PATCH) * (h // PATCH)
    scaled = [int(n * math.sqrt(limit / patches)) for n in (w, h)] if patches > limit else [w, h]
    final = [n + (CELL - n % CELL) % CELL if pad else n - n % CELL for n in scaled]
    return (scaled, final) if max(final) // PATCH < SIDE and min(final) > 0 else (scaled, None)


def patch_bytes(w, h, seed, scaled, final):
    picture = Image.fromarray(pixels(seed, w * h * 3).astype(np.uint8).reshape(h, w, 3), "RGB").resize(scaled, Image.Resampling.BICUBIC)
    left, top = (max(0, (s - f) // 2) for s, f in zip(scaled, final))
    picture = picture.crop((left, top, left + min(scaled[0], final[0]), top + min(scaled[1], final[1])))
    canvas = Image.new("RGB", tuple(final))
    canvas.paste(picture, (0, 0))
    a = np.asarray(canvas).transpose(2, 0, 1).reshape(3, final[1] // PATCH, PATCH, final[0] // PATCH, PATCH)
    return np.ascontiguousarray(a.transpose(1, 3, 0, 2, 4)).tobytes()


def main():
    sizes = [(1, 1), (13, 14), (28, 28), (29, 27), (100, 100), (224, 224), (56, 223), (640, 480), (1024, 1024), (333, 777), (1920, 1080), (3, 2000), (2000, 3),
             (8000, 40), (40, 8000), (1900, 1900), (2400, 1700), (15000, 3), (2, 9000)]
    pictures = []
    for i, (w, h) in enumerate(sizes):
        for name, limit, pad, sized in (
                ("K25", 16384, True, k25(w, h)), ("K25", 300, True, k25(w, h, 300)), ("KimiVl", 4096, True, kimi_vl(w, h, 4096, True)),
                ("KimiVl", 150, False, kimi_vl(w, h, 150, False))):
            scaled, final = sized
            if final is None or min(scaled) < 1:
                tokens, digest = 0, ""
            else:
                tokens, digest = final[0] * final[1] // CELL // CELL, hashlib.sha256(patch_bytes(w, h, 31 + i, scaled, final)).hexdigest()
            pictures.append(dict(family=name, limit=limit, pad=pad, width=w, height=h, seed=31 + i, tokens=tokens, patches=digest))
    rng = np.random.default_rng(7)
    counts = []
    for _ in range(3000):
        w, h = (int(math.exp(rng.uniform(0, 10.5))) for _ in range(2))
        limit = int(rng.choice([16384, 4096, 1024]))
        final = k25(w, h, limit)[1]
        counts.append([w, h, limit, final[0] * final[1] // CELL // CELL])
    videos = []
    for frames, fps in ((1, 30.0), (2, 30.0), (30, 29.97), (100, 24.0), (75, 1.0), (7, 0.5), (1000, 60.0), (45, 12.5), (301, 30.0)):
        count = max(round(frames * min(2.0, fps) / fps), 1)
        chosen = np.round(np.linspace(0, frames - 1, count)).astype(int).tolist()
        stamps = []
        for start in range(0, count, 4):
            t = chosen[start] / fps
            stamps.append(f"{int(t) // 3600:02d}:{int(t) // 60 % 60:02d}:{int(t) % 60:02d}.{int(t % 1 * 1000):03d}")
        videos.append(dict(frames=frames, fps=fps, chosen=chosen, stamps=stamps))
    with open(sys.argv[1], "w") as file:
        json.dump(dict(pictures=pictures, counts=counts, videos=videos), file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
