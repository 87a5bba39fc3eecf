"""Small pictures drawn by rule: coloured shapes, digits and words, with questions about them."""
import numpy as np

from .font import GLYPHS
from .registry import family
from .wording import with_system

COLOURS = {"red": (220, 30, 30), "green": (30, 160, 50), "blue": (40, 70, 220), "yellow": (245, 220, 40),
           "orange": (250, 140, 20), "purple": (130, 40, 170), "pink": (250, 140, 190), "brown": (125, 75, 35),
           "black": (15, 15, 15), "white": (250, 250, 250)}
SHAPES = ["circle", "square", "triangle", "star", "cross"]
PLACES = ["top left", "top", "top right", "left", "middle", "right", "bottom left", "bottom", "bottom right"]
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CELL = 28


def background(rng):
    """Name and colour of a plain ground; white and black are the common ones."""
    name = rng.weighted(["white", "black", "gray", "light blue"], [6, 2, 1, 1])
    return name, {"gray": (150, 150, 150), "light blue": (190, 220, 245)}.get(name) or COLOURS[name]


def mask(shape, size):
    """Boolean [size, size] of one shape."""
    c = (np.arange(size) + 0.5) / size * 2 - 1
    y, x = np.meshgrid(c, c, indexing="ij")
    if shape == "circle":
        return x * x + y * y <= 1
    if shape == "square":
        return np.maximum(abs(x), abs(y)) <= 0.9
    if shape == "triangle":
        return (y <= 0.9) & (abs(x) <= (y + 1) / 2)
    if shape == "cross":
        return ((abs(x) < 0.3) | (abs(y) < 0.3)) & (np.maximum(abs(x), abs(y)) <= 0.95)
    turn = np.mod(np.arctan2(x, -y), 2 * np.pi / 5)
    turn = np.minimum(turn, 2 * np.pi / 5 - turn)
    return np.hypot(x, y) * (np.cos(turn) + np.sin(turn) * 1.9) <= 1.0


def paint(image, where, y, x, colour):
    """Sets the pixels of the mask at (y, x)."""
    h, w = where.shape
    image[y:y + h, x:x + w][where] = colour


def canvas(rng, low=4, high=16):
    """(image, name of the ground): sides of 43 to 224 pixels, most of them multiples of 14, not of 28."""
    side = rng.range(low, high)
    other = side if rng.chance(0.6) else rng.range(low, high)
    name, colour = background(rng)
    cut = (rng.below(14), rng.below(14)) if rng.chance(0.3) else (0, 0)
    image = np.empty((side * 14 - cut[0], other * 14 - cut[1], 3), np.uint8)
    image[:] = colour
    if rng.chance(0.2):
        noise = np.random.RandomState(rng.below(1 << 31)).randint(-12, 13, image.shape)
        image = np.clip(image.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    return image, name


def padded(image):
    """Black added right and below up to multiples of 28, as the server does."""
    h, w = image.shape[:2]
    return np.pad(image, ((0, -h % CELL), (0, -w % CELL), (0, 0)))


def place(image, y, x):
    """Index of the ninth of the picture that holds a point."""
    h, w = image.shape[:2]
    return min(2, int(y * 3 / h)) * 3 + min(2, int(x * 3 / w))


def scene(rng, count, canvas_of=None):
    """(image, objects): shapes that do not touch, in reading order; an object is (shape, colour, y, x) of its centre."""
    image, ground = (canvas_of or canvas)(rng)
    h, w = image.shape[:2]
    boxes, objects = [], []
    pool = [c for c in COLOURS if c != ground]
    for _ in range(count * 8):
        if len(objects) == count:
            break
        most = max(18, min(h, w) // (2 if count < 3 else 3))
        size = rng.range(16, min(most, 64))
        y, x = rng.below(h - size + 1), rng.below(w - size + 1)
        if any(y < b + e + 3 and b < y + size + 3 and x < a + e + 3 and a < x + size + 3 for b, a, e in boxes):
            continue
        shape, colour = rng.choice(SHAPES), rng.choice(pool)
        paint(image, mask(shape, size), y, x, COLOURS[colour])
        boxes.append((y, x, size))
        objects.append((shape, colour, y + size / 2, x + size / 2))
    objects.sort(key=lambda o: (int(o[2] // CELL), o[3]))
    return image, objects


def write(rng, text):
    """(image, objects) of printed characters, each about one cell wide; a single one may be larger."""
    scale = rng.range(3, 4) if len(text) > 1 else rng.range(3, 7)
    wide = 6 * scale
    image, ground = canvas(rng)
    need_w, need_h = len(text) * wide + 8, 8 * scale + 8
    h, w = max(image.shape[0], need_h), max(image.shape[1], need_w)
    h, w = -(-h // 14) * 14, -(-w // 14) * 14
    base = image[0, 0].copy()
    image = np.empty((h, w, 3), np.uint8)
    image[:] = base
    dark = ground not in ("black",)
    colour = rng.choice(["black", "blue", "red"] if dark else ["white", "yellow"])
    y, x = rng.below(h - need_h + 1) + 4, rng.below(w - need_w + 1) + 4
    objects = []
    for i, ch in enumerate(text):
        glyph = np.kron(GLYPHS[ch], np.ones((scale, scale), bool)).astype(bool)
        paint(image, glyph, y, x + i * wide, COLOURS[colour])
        objects.append((ch, colour, y + 3.5 * scale, x + i * wide + 2.5 * scale))
    return image, objects


CLASSES = {"shape": len(SHAPES) + 1, "colour": len(COLOURS) + 1, "place": 10, "character": len(CHARACTERS) + 1}


def labels(image, objects):
    """name -> [cells] class of the object centred in each cell of the padded picture (0: none)."""
    h, w = (-(-image.shape[0] // CELL)), (-(-image.shape[1] // CELL))
    out = {name: np.zeros((h, w), np.int64) for name in CLASSES}
    for what, colour, y, x in objects:
        at = int(y // CELL), int(x // CELL)
        if what in SHAPES:
            out["shape"][at] = SHAPES.index(what) + 1
        else:
            out["character"][at] = CHARACTERS.index(what) + 1
        out["colour"][at] = list(COLOURS).index(colour) + 1
        out["place"][at] = place(image, y, x) + 1
    return {name: v.flatten() for name, v in out.items()}


def a(text):
    """The text behind its article."""
    return ("an " if text[0] in "aeio" else "a ") + text


def listed(parts):
    """'x', 'x and y', 'x, y and z'."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def describe(objects):
    """The objects in reading order."""
    return listed([a("%s %s" % (o[1], o[0])) for o in objects])


ASK = {
    "shape": ["What shape is this?", "What shape is in the picture?", "Which shape do you see?", "Name the shape.",
              "What is the shape in the image?"],
    "colour": ["What color is the {s}?", "Which color does the {s} have?", "What is the color of the {s}?",
               "Tell me the color of the {s}."],
    "count": ["How many shapes are there?", "How many shapes do you see?", "Count the shapes.",
              "How many objects are in the picture?"],
    "where": ["Where is the {s}?", "In which part of the picture is the {s}?", "Where do you see the {s}?"],
    "what": ["What do you see?", "Describe the picture.", "What is in this image?", "Describe this image.",
             "What is in the picture?"],
    "json": ["List the shapes as JSON.", "Give me the shapes as a JSON list.", "Answer with a JSON list of the shapes."],
    "yes": ["Is there a {c} {s}?", "Do you see a {c} {s}?", "Is there a {c} {s} in the picture?"],
    "digit": ["Which digit is this?", "What digit do you see?", "What number is this?", "Read the number.",
              "Which number is in the picture?"],
    "word": ["What does it say?", "Read the word.", "Which word do you see?", "What is written here?"],
}
ASK_RESERVED = {
    "shape": ["Tell me which shape is shown."], "colour": ["Say the color of the {s}."],
    "count": ["Tell me the number of shapes."], "where": ["Tell me where the {s} is."],
    "digit": ["Tell me which digit is shown."], "word": ["Tell me the word in the picture."],
    "what": ["Tell me what is in the picture."],
}


def question(rng, image, objects, kind, ask=ASK):
    """(question, answer, thought) about a scene, or None when the kind does not fit."""
    seen = "I see %s." % describe(objects)
    names = [o[0] for o in objects]
    single = [o for o in objects if names.count(o[0]) == 1]
    if kind == "what":
        return rng.choice(ask["what"]), seen, "I will name the shapes."
    if kind == "count":
        n = len(objects)
        return rng.choice(ask["count"]), "There %s %s shape%s." % (
            "is" if n == 1 else "are", NUMBERS[n], "" if n == 1 else "s"), seen + " That makes %s." % NUMBERS[n]
    if kind == "json":
        rows = ",".join('{"color":"%s","shape":"%s"}' % (o[1], o[0]) for o in objects)
        return rng.choice(ask["json"]), "[%s]" % rows, seen
    if kind == "yes":
        o = rng.choice(objects)
        c, s = (o[1], o[0]) if rng.chance(0.5) else (rng.choice(list(COLOURS)), rng.choice(SHAPES))
        there = any(o[:2] == (s, c) for o in objects)
        return rng.choice(ask["yes"]).format(c=c, s=s), (
            "Yes, there is a %s %s." if there else "No, there is no %s %s.") % (c, s), seen
    if kind == "shape":
        return None if len(objects) > 1 else (
            rng.choice(ask["shape"]), "It is %s." % a(objects[0][0]), seen)
    if not single:
        return None
    o = rng.choice(single)
    if kind == "colour":
        return rng.choice(ask["colour"]).format(s=o[0]), "The %s is %s." % (o[0], o[1]), seen
    spot = PLACES[place(image, o[2], o[3])]
    return rng.choice(ask["where"]).format(s=o[0]), "The %s is %s." % (
        o[0], "in the middle" if spot == "middle" else "at the " + spot if " " in spot or spot in ("top", "bottom")
        else "on the " + spot), seen


def part(image):
    """Content part with the pixels; the renderer needs the number of tokens."""
    full = padded(image)
    return {"type": "image_url", "pixels": full, "tokens": full.shape[0] // CELL * (full.shape[1] // CELL)}


def text_scene(sources, rng):
    """(image, objects, kind, text) of one digit, a number, or a short word."""
    x = rng.unit()
    if x < 0.55:
        text, kind = str(rng.below(10)), "digit"
    elif x < 0.75:
        text, kind = str(rng.range(10, 999)), "digit"
    else:
        text, kind = rng.choice(sources.short_words).upper(), "word"
    image, objects = write(rng, text)
    return image, objects, kind, text


@family("pictures")
def pictures(sources, rng):
    """One picture and one to four questions about it."""
    if rng.chance(0.45):
        image, objects, kind, text = text_scene(sources, rng)
        answer = ("The number is %s." if kind == "digit" and len(text) > 1 else "It is the digit %s."
                  if kind == "digit" else 'It says "%s".') % text
        turns = [(rng.choice(ASK[kind]), answer, "I read %s." % " ".join(text))]
    else:
        count = rng.weighted([1, 2, 3, 4, 5, 6, 7], [38, 22, 14, 9, 7, 3, 2])
        image, objects = scene(rng, count)
        if not objects:
            return None
        kinds = rng.shuffled(["what", "count", "colour", "colour", "where", "yes", "shape", "json"])
        turns = [t for t in (question(rng, image, objects, k) for k in kinds[:rng.range(2, 5)]) if t]
        if not turns:
            return None
    messages = []
    for i, (q, answer, thought) in enumerate(turns):
        content = [part(image), {"type": "text", "text": q}] if i == 0 else q
        messages += [{"role": "user", "content": content},
                     {"role": "assistant", "content": answer, "reasoning_content": thought}]
    if rng.chance(0.15):
        messages[0]["content"].reverse()
    return {"messages": with_system(rng, messages), "thinking": rng.chance(0.5)}


def practice(rng, sources, number):
    """(pixels, objects-labels, counts) of `number` pictures of one size, for the cell heads."""
    side, other = rng.range(4, 12), rng.range(4, 12)
    other = other if rng.chance(0.5) else side

    def fixed(r):
        name, colour = background(r)
        image = np.empty((side * 14, other * 14, 3), np.uint8)
        image[:] = colour
        if r.chance(0.2):
            noise = np.random.RandomState(r.below(1 << 31)).randint(-12, 13, image.shape)
            image = np.clip(image.astype(np.int16) + noise, 0, 255).astype(np.uint8)
        return image, name

    images, marks, counts = [], [], []
    for _ in range(number):
        if rng.chance(0.55):
            image, objects = letters(rng, fixed)
        else:
            image, objects = scene(rng, rng.range(1, 7), fixed)
        images.append(padded(image))
        marks.append(labels(image, objects))
        counts.append(min(10, len(objects)))
    return np.stack(images), {k: np.stack([m[k] for m in marks]) for k in CLASSES}, counts


def letters(rng, fixed):
    """Scattered characters on a ground of fixed size."""
    image, ground = fixed(rng)
    h, w = image.shape[:2]
    objects = []
    colours = ["black", "blue", "red"] if ground != "black" else ["white", "yellow"]
    scale = rng.range(3, 5)
    wide, tall = 6 * scale, 8 * scale
    for y in range(rng.below(max(1, h - tall)), h - tall, tall + 6):
        x = rng.below(wide)
        while x + wide < w and rng.chance(0.75):
            ch, colour = CHARACTERS[rng.below(10 if rng.chance(0.5) else 36)], rng.choice(colours)
            paint(image, np.kron(GLYPHS[ch], np.ones((scale, scale), bool)).astype(bool), y, x, COLOURS[colour])
            objects.append((ch, colour, y + 3.5 * scale, x + 2.5 * scale))
            x += wide
    return image, objects
