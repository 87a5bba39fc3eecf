"""Reference values of the exported weights for the tests of the engine, computed in float32."""
import base64

import torch

from . import png, render
from .data import pictures as draw
from .rng import Rng


def _row(logits, ids):
    """The last position: the 32 largest logits and the first eight; the best id of every position."""
    last = logits[-1]
    top = last.topk(32)
    return {"ids": ids, "top_ids": top.indices.tolist(), "top_values": top.values.tolist(),
            "first8": last[:8].tolist(), "argmax_per_position": logits.argmax(-1).tolist()}


def logits(model, tok):
    """Logits of ten short sequences."""
    texts = ["Explain quantum computing in simple terms.", "Hi!", "What is 12 + 30?", "Who are you?",
             "Tell me a joke."]
    seqs = [render.prompt(tok, [{"role": "user", "content": t}], None, i % 2 == 0) for i, t in enumerate(texts)]
    seqs += [tok.encode(t) for t in ("Once upon a time", "The sun is a star.", "1 2 3 4 5 6 7", "a",
                                     "Water \u00e9 \u4e16\n")]
    with torch.no_grad():
        rows = [_row(model(torch.tensor([ids]))[0], ids) for ids in seqs]
    return {"format": "float32 logits at the last position, weights rounded as stored", "rows": rows}


def pictures(model, tok):
    """Three small pictures (none is resized, all are padded): the projected tokens and the logits of one question."""
    rows = []
    for i, (height, width, shapes) in enumerate(((56, 56, 1), (70, 101, 2), (43, 196, 3))):
        rng = Rng("reference/pictures", 1, i)
        blank = torch.full((height, width, 3), 250, dtype=torch.uint8).numpy()
        image, _ = draw.scene(rng, shapes, lambda _, ground=blank: (ground.copy(), "white"))
        part = draw.part(image)
        ids = render.prompt(tok, [{"role": "user", "content": [part, {"type": "text", "text": "What do you see?"}]}],
                            None, False)
        padded = torch.from_numpy(part["pixels"])
        with torch.no_grad():
            tokens = model.vision([padded])[0]
            row = _row((model.hidden(torch.tensor([ids]), images=[padded]) @ model.head.t())[0].float(), ids)
        rows.append(dict(row, png=base64.b64encode(png.encode(image)).decode("ascii"),
                         grid=[padded.shape[0] // 14, padded.shape[1] // 14],
                         tokens=[[round(v, 6) for v in t] for t in tokens.tolist()]))
    return {"format": "float32: projected tokens in order, then logits of the prompt as in logits.json", "rows": rows}
