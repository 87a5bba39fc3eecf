"""Torch generation for looking at samples and for quick figures."""
import torch

from . import checkpoint, render
from .model import Nano


def load_model(path, ema=False, dtype=torch.float32):
    """(model, checkpoint) with the weights of a training checkpoint, rounded to bfloat16 as the export is."""
    c = checkpoint.load(path)
    model = Nano(c["conf"]["model"])
    state = {k: (v if k.endswith(("router", "bias")) else v.bfloat16().float())
             for k, v in checkpoint.weights(c, ema).items()}
    model.load_state_dict(state)
    return model.to(dtype).eval(), c


def batches(items, size):
    """Lists of at most `size` items."""
    for i in range(0, len(items), size):
        yield items[i:i + size]


@torch.no_grad()
def generate(model, tok, prompts, max_tokens=160, temperature=0.0, top_p=0.95, seed=1, images=None):
    """Continues each prompt (list of ids); returns the new ids without the end token, and whether it stopped.

    Prompts of different length run together: rows are padded on the left, and the padding is masked by docs. `images`
    are the padded pictures of all prompts, in order.
    """
    gen = torch.Generator().manual_seed(seed)
    stop = {tok.special["<|im_end|>"], tok.special["[EOS]"], tok.special["[EOT]"]}
    longest = max(map(len, prompts))
    pad = tok.special["[PAD]"]
    ids = torch.tensor([[pad] * (longest - len(p)) + list(p) for p in prompts])
    docs = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p in prompts])
    out, live = [[] for _ in prompts], [True] * len(prompts)
    caches = [{} for _ in model.layers]
    for _ in range(max_tokens):
        h = model.hidden(ids, docs, caches, images)[:, -1]
        images = None
        logits = (h @ model.head.t()).float()
        if temperature > 0:
            p, order = torch.softmax(logits / temperature, -1).sort(-1, descending=True)
            p = p.masked_fill(p.cumsum(-1) - p > top_p, 0)
            pick = order.gather(1, torch.multinomial(p, 1, generator=gen)).squeeze(1)
        else:
            pick = logits.argmax(-1)
        for r, t in enumerate(pick.tolist()):
            if live[r] and t in stop:
                live[r] = False
            elif live[r]:
                out[r].append(t)
        if not any(live):
            break
        ids = pick[:, None]
        docs = torch.cat((docs, torch.ones(len(prompts), 1, dtype=docs.dtype)), 1)
    return out, [not x for x in live]


def answer(tok, ids, thinking):
    """(thought, content) of generated ids."""
    end = tok.special["</think>"]
    if thinking:
        if end not in ids:
            return tok.decode(ids), ""
        at = ids.index(end)
        return tok.decode(ids[:at]), tok.decode(ids[at + 1:])
    return "", tok.decode(ids)


def calls(tok, ids):
    """Tool calls in generated ids: list of (name, text of the arguments), and the ids without them."""
    begin, argument, end = (tok.special["<|tool_%s|>" % n] for n in ("call_begin", "call_argument_begin", "call_end"))
    section = tok.special["<|tool_calls_section_begin|>"]
    if section not in ids:
        return [], ids
    at, found = ids.index(section), []
    rest = ids[at:]
    while begin in rest:
        rest = rest[rest.index(begin) + 1:]
        stop = rest.index(end) if end in rest else len(rest)
        part = rest[:stop]
        cut = part.index(argument) if argument in part else len(part)
        name = tok.decode(part[:cut]).strip()
        name = name[10:] if name.startswith("functions.") else name
        found.append((name.rpartition(":")[0] or name, tok.decode(part[cut + 1:])))
    return found, ids[:at]


def ask(model, tok, conversations, thinking=True, tools=None, **options):
    """Answers of several conversations: list of (thought, content, stopped)."""
    prompts = [render.prompt(tok, m, tools, thinking) for m in conversations]
    outs, stopped = generate(model, tok, prompts, **options)
    return [answer(tok, o, thinking) + (s,) for o, s in zip(outs, stopped)]
