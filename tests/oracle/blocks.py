"""Golden file for the block encoders: tests/data/blocks/quantized.bin.

Written in numpy from the definitions of the formats, not from the engine. Run with a python3 that has numpy:
    python3 tests/oracle/blocks.py tests/data/blocks/quantized.bin
Layout, little-endian: u32 row count, then per row f32[32] and the blocks Q8_0, Q4_0, Q4_1, Q5_0, Q5_1 of that row.
"""
import sys
import numpy as np

f4 = np.float32


def half(x):
    return np.asarray(x, f4).astype("<f2").tobytes()


def pack(codes):
    return (codes[:16] | (codes[16:] << 4)).astype(np.uint8).tobytes()


def fifth(codes):
    return int(sum(int(c >> 4) << k for k, c in enumerate(codes))).to_bytes(4, "little")


def inverse(d):
    return f4(0) if d == 0 else f4(1) / d


def q8_0(x):
    d = np.abs(x).max() / f4(127)
    scaled = x * inverse(d)
    codes = np.copysign(np.floor(np.abs(scaled.astype(np.float64)) + 0.5), scaled).astype(np.int8)
    return half(d) + codes.tobytes()


def signed(x, levels):
    d = x[np.abs(x).argmax()] / f4(-levels)
    codes = np.trunc(x.astype(np.float64) * np.float64(inverse(d)) + (levels + 0.5)).astype(np.int64).clip(0, 2 * levels - 1)
    return d, codes


def ranged(x, steps):
    d = (x.max() - x.min()) / f4(steps)
    codes = np.trunc((x - x.min()) * inverse(d) + f4(0.5)).astype(np.int64).clip(0, steps)
    return d, x.min(), codes


def q4_0(x):
    d, c = signed(x, 8)
    return half(d) + pack(c)


def q4_1(x):
    d, m, c = ranged(x, 15)
    return half(d) + half(m) + pack(c)


def q5_0(x):
    d, c = signed(x, 16)
    return half(d) + fifth(c) + pack(c & 15)


def q5_1(x):
    d, m, c = ranged(x, 31)
    return half(d) + half(m) + fifth(c) + pack(c & 15)


rng = np.random.default_rng(20)
rows = [np.zeros(32, f4), np.full(32, -0.75, f4), np.linspace(-1, 1, 32, dtype=f4), np.eye(1, 32, 9, dtype=f4)[0] * f4(-3)]
rows += [(rng.standard_normal(32) * s).astype(f4) for s in (1e-6, 1e-3, 0.02, 1, 50, 3000) for _ in range(20)]
with open(sys.argv[1], "wb") as out:
    out.write(len(rows).to_bytes(4, "little"))
    for row in rows:
        out.write(row.astype("<f4").tobytes())
        for encode in (q8_0, q4_0, q4_1, q5_0, q5_1):
            out.write(encode(row))
