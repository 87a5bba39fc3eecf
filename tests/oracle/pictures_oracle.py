#!/usr/bin/env python3
"""Pictures by encoders that are not this project's, and their pixels as Kimi's preprocessing sees them. Needs Pillow.

    /usr/bin/python3 tests/oracle/pictures_oracle.py tests/data/pictures

The pixels are Pillow's own: Image.open(file).convert("RGB"), the first step of the published preprocessors. Interlaced and
16-bit PNG and top-down BMP, which Pillow does not write, are written here from the formats' specifications.
"""
import base64
import io
import json
import pathlib
import struct
import sys
import zlib

from PIL import Image, ImageCms

W, H = 37, 23


def picture(mode="RGB"):
    image = Image.new("RGBA", (W, H))
    for y in range(H):
        for x in range(W):
            image.putpixel((x, y), (x * 7 % 256, y * 11 % 256, (x + y) * 5 % 256, 255 if x > y else (x * 40) % 256))
    return image if mode == "RGBA" else image.convert("RGB").convert(mode)


def smooth():
    return Image.merge("RGB", [Image.linear_gradient("L").resize((W, H)), Image.linear_gradient("L").rotate(90).resize((W, H)), Image.new("L", (W, H), 90)])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(depth, color, interlaced, row_of, extra=b""):
    """row_of(xs, y) gives the packed pixels of columns xs of row y."""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)] if interlaced else [(0, 0, 1, 1)]
    data = b"".join(b"\0" + row_of(range(x0, W, dx), y) for x0, y0, dx, dy in passes for y in range(y0, H, dy) if x0 < W)
    head = struct.pack(">IIBBBBB", W, H, depth, color, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def bmp(bits, top_down, pixel):
    row = (W * bits // 8 + 3) // 4 * 4
    rows = [b"".join(pixel(x, y) for x in range(W)).ljust(row, b"\0") for y in range(H)]
    data = b"".join(rows if top_down else rows[::-1])
    head = struct.pack("<IiiHHIIiiII", 40, W, -H if top_down else H, 1, bits, 0, len(data), 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(data), 0, 0, 54) + head + data


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def transparent_gif():
    image = picture().quantize(16)
    image.paste(3, (5, 5, 20, 15))
    return saved(image, "GIF", transparency=3)


def files():
    rgb, rgba = picture(), picture("RGBA")
    at = rgb.load()
    exif = Image.Exif()
    exif[0x0112] = 6  # Turn by 90 degrees to the right to show it.
    frames = [Image.new("RGB", (W, H), color) for color in ((200, 10, 20), (20, 200, 10), (10, 20, 200))]
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    yield "rgb.png", saved(rgb, "PNG"), 0
    yield "grey.png", saved(rgb.convert("L"), "PNG"), 0
    yield "grey-alpha.png", saved(rgba.convert("LA"), "PNG"), 0
    yield "one-bit.png", saved(rgb.convert("1"), "PNG"), 0
    yield "rgba.png", saved(rgba, "PNG"), 0
    yield "palette.png", saved(rgb.quantize(32), "PNG"), 0
    yield "palette-transparent.png", saved(rgb.quantize(32), "PNG", transparency=bytes(range(0, 256, 8))), 0
    yield "palette-4bit.png", saved(rgb.quantize(16), "PNG", bits=4), 0
    yield "colour-key.png", saved(rgb, "PNG", transparency=at[3, 3]), 0
    yield "profile.png", saved(rgb, "PNG", icc_profile=profile), 0
    yield "gamma.png", png(8, 2, False, lambda xs, y: b"".join(bytes(at[x, y]) for x in xs), chunk(b"gAMA", struct.pack(">I", 100000))), 0
    yield "interlaced.png", png(8, 2, True, lambda xs, y: b"".join(bytes(at[x, y]) for x in xs)), 0
    yield "rgb16.png", png(16, 2, False, lambda xs, y: b"".join(struct.pack(">H", v << 8 | 77) for x in xs for v in at[x, y])), 1
    yield "grey16-interlaced.png", png(16, 0, True, lambda xs, y: b"".join(struct.pack(">H", at[x, y][0] << 8 | 77) for x in xs)), 1
    yield "baseline.jpg", saved(smooth(), "JPEG", quality=90), 3
    yield "progressive.jpg", saved(smooth(), "JPEG", quality=90, progressive=True), 3
    yield "full-colour.jpg", saved(smooth(), "JPEG", quality=95, subsampling=0), 3
    yield "grey.jpg", saved(smooth().convert("L"), "JPEG"), 3
    yield "cmyk.jpg", saved(smooth().convert("CMYK"), "JPEG", quality=95), 4
    yield "rotated.jpg", saved(smooth(), "JPEG", quality=90, exif=exif), 3
    yield "lossy.webp", saved(smooth(), "WEBP", quality=90), 3
    yield "lossless.webp", saved(rgb, "WEBP", lossless=True), 0
    yield "lossless-alpha.webp", saved(rgba, "WEBP", lossless=True, exact=True), 0
    yield "animated.webp", saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=500, lossless=True), 0
    yield "plain.gif", saved(rgb.quantize(64), "GIF"), 0
    yield "transparent.gif", transparent_gif(), 0
    yield "animated.gif", saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=500, disposal=2), 0
    yield "plain.bmp", saved(rgb, "BMP"), 0
    yield "palette.bmp", saved(rgb.quantize(200), "BMP"), 0
    yield "top-down.bmp", bmp(24, True, lambda x, y: bytes(at[x, y][::-1])), 0
    yield "top-down-32bit.bmp", bmp(32, True, lambda x, y: bytes(at[x, y][::-1]) + b"\0"), 0


def pixels(name, file):
    image = Image.open(io.BytesIO(file))
    if name == "grey16-interlaced.png":
        # Pillow clips 16-bit grey at 255, which leaves a white picture; what is meant is the high byte.
        return picture().getchannel(0).convert("RGB")
    return image.convert("RGB")


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for name, file, tolerance in files():
        seen = pixels(name, file)
        assert seen.size == (W, H), name
        (folder / name).write_bytes(file)
        entries.append(dict(name=name, tolerance=tolerance, rgb=base64.b64encode(zlib.compress(seen.tobytes(), 9)).decode()))
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    (folder / "pixels.json").write_text(f'{{"width":{W},"height":{H},"pictures":[\n{lines}\n]}}\n')


main()
