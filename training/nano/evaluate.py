"""Quick figures in torch: python3 -m nano.evaluate [--ckpt FILE | --model DIR] [--suite NAME ...] [--limit N].

Greedy answers of the suites in training/eval, checked by the rules named in each row, and held-out losses.
"""
import argparse
import base64
import collections
import glob
import json
import os
import re
import time

import torch
import torch.nn.functional as F

from . import config, png, render
from .data import pictures
from .data.mix import pixels
from .generate import answer, calls, generate, load_model
from .tokenizer import Tokenizer


def words(text):
    """Lower-case words."""
    return re.findall(r"[a-z0-9']+", text.lower())


def sensible(text, c):
    """Length, on-topic word, no loop, proper end."""
    w = words(text)
    grams = collections.Counter(zip(w, w[1:], w[2:], w[3:]))
    topic = any(re.search(r"\b" + re.escape(a.lower()) + r"\b", text.lower()) for a in c["any"])
    return (c["min_words"] <= len(w) <= c["max_words"] and topic and text.rstrip()[-1:] in ".!?"
            and max(grams.values(), default=0) <= c["max_repeat"])


def parsed(text):
    """The JSON value of a text, or None."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def same_calls(found, wanted):
    """Same functions with the same arguments, in any order."""
    key = lambda name, args: name + json.dumps(args, sort_keys=True)  # noqa: E731
    return sorted(key(n, parsed(a)) for n, a in found) == sorted(key(c["name"], c["arguments"]) for c in wanted)


def passed_calls(check, text, found):
    """Checks about tools."""
    kind, low = check["type"], text.lower()
    if kind == "tool_name":
        return len(found) == 1 and found[0][0] == check["value"]
    if kind == "tool_call_exact":
        return same_calls(found, check["calls"])
    if kind == "no_tool_call":
        return not found and bool(text.strip())
    if kind == "asks_for":
        return not found and all(v.lower() in low for v in check["values"])
    return not found and all(v.lower() in low for v in check["values"])


def passed(check, text, stopped, found=()):
    """True when the answer meets the check."""
    kind, low = check["type"], text.lower()
    if kind in ("tool_name", "tool_call_exact", "no_tool_call", "asks_for", "tells"):
        return passed_calls(check, text, found)
    if kind == "json_object":
        return isinstance(parsed(text), dict)
    if kind == "json_fields":
        return parsed(text) == check["value"]
    if kind == "exact":
        return text.strip() == check["value"]
    if kind == "contains_all":
        return all(v.lower() in low for v in check["values"])
    if kind == "contains_any":
        return any(v.lower() in low for v in check["values"])
    if kind == "number":
        digits = re.findall(r"-?\d+(?:\.\d+)?", text.replace(",", ""))
        return bool(digits) and float(digits[-1]) == check["value"]
    if kind == "sensible":
        return stopped and sensible(text, check)
    return stopped and bool(text.strip()) and not re.search(r"<\||\[(BOS|EOS|EOT|PAD|UNK)\]|</?think>", text)


def rows(name):
    """Rows of one suite file."""
    with open(os.path.join(config.TRAINING, "eval", name + ".jsonl"), encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def with_pixels(messages):
    """The messages with their data URLs as padded pictures."""
    out = []
    for m in messages:
        if isinstance(m.get("content"), list):
            m = dict(m, content=[pictures.part(png.decode(base64.b64decode(p["image_url"]["url"].split(",", 1)[1])))
                                 if p["type"] == "image_url" else p for p in m["content"]])
        out.append(m)
    return out


def answers(model, tok, items, temperature=0.0, batch=50, longest=1400):
    """(row, thought, content, stopped, calls) of each row whose prompt is short enough, shortest prompts first."""
    ready = []
    for r in items:
        messages = with_pixels(r["messages"])
        ids = render.prompt(tok, messages, r.get("tools"), r["thinking"])
        if len(ids) <= longest:
            ready.append((ids, r, [torch.from_numpy(p) for p in pixels(messages)]))
    ready.sort(key=lambda x: len(x[0]))
    for at in range(0, len(ready), batch):
        part = ready[at:at + batch]
        outs, stopped = generate(model, tok, [p for p, _, _ in part], max(r["max_tokens"] for _, r, _ in part),
                                 temperature, images=[i for _, _, images in part for i in images])
        for (_, r, _), ids, s in zip(part, outs, stopped):
            found, ids = calls(tok, ids)
            yield (r,) + answer(tok, ids, r["thinking"] and tok.special["</think>"] in ids) + (s, found)


@torch.no_grad()
def heldout(model, tok, limit=60):
    """Mean cross entropy on held-out prose and on answers to held-out wordings."""
    sums = {"prose": [0.0, 0], "chat": [0.0, 0]}
    seen = collections.Counter()
    for row in rows("heldout"):
        kind = "text" if "text" in row else "chat"
        seen[kind] += 1
        if seen[kind] > limit:
            continue
        if "text" in row:
            ids = tok.encode(row["text"])[:512]
            keep = [1] * len(ids)
        else:
            ids, keep = render.training(tok, row["messages"], None, False)
        t = torch.tensor([ids])
        ce = F.cross_entropy(model(t)[0, :-1], t[0, 1:], reduction="none")
        mask = torch.tensor(keep[1:], dtype=torch.float32)
        total = sums["prose" if "text" in row else "chat"]
        total[0] += float((ce * mask).sum())
        total[1] += int(mask.sum())
    return {k: round(a / max(1, b), 4) for k, (a, b) in sums.items()}


def load(args):
    """(model, tokenizer, description)."""
    if args.model:
        from .export import load_exported
        return load_exported(args.model), Tokenizer.load(os.path.join(args.model, "tiktoken.model")), args.model
    model, c = load_model(args.ckpt, args.ema)
    return model, Tokenizer.load(os.path.join(os.path.dirname(args.ckpt), "tiktoken.model")), "step %d" % c["step"]


def first(items, limit):
    """The first `limit` rows of each suite; 0 means all."""
    seen, out = collections.Counter(), []
    for r in items:
        seen[r["suite"]] += 1
        if not limit or seen[r["suite"]] <= limit:
            out.append(r)
    return out


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ckpt", default=os.path.join(config.WORK, "checkpoint.pt"))
    parser.add_argument("--model")
    parser.add_argument("--ema", action="store_true")
    parser.add_argument("--suite", nargs="*")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--temperature", type=float, default=0.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out")
    parser.add_argument("--show", type=int, default=0, help="print this many failed answers of each suite")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model, tok, name = load(args)
    names = args.suite or [os.path.basename(p)[:-6] for p in sorted(glob.glob(os.path.join(
        config.TRAINING, "eval", "*.jsonl")))]
    result = {"model": name, "temperature": args.temperature, "suites": {}}
    for suite in names:
        if suite in ("heldout", "samples"):
            continue
        start, items = time.time(), rows(suite)
        right, n, shown = collections.Counter(), collections.Counter(), 0
        for r, thought, text, stopped, found in answers(model, tok, first(items, args.limit),
                                                args.temperature):
            ok = passed(r["check"], text, stopped, found)
            right[r["suite"]] += ok
            n[r["suite"]] += 1
            if not ok and shown < args.show:
                shown += 1
                said = r["messages"][-1]["content"]
                said = said[-1]["text"] if isinstance(said, list) else said
                print("  FAIL %s %r\n    (%s) %r %s\n    %s" % (r["id"], said, thought, text, found or "", r["check"]))
        for s in n:
            result["suites"][s] = {"n": n[s], "correct": right[s]}
            print("%-12s %4d of %4d  %5.1f %%  %3.0f s" % (s, right[s], n[s], 100.0 * right[s] / n[s],
                                                         time.time() - start), flush=True)
    if not args.suite or "heldout" in args.suite:
        result["heldout_loss"] = heldout(model, tok)
        print("held-out loss", result["heldout_loss"])
    if args.out:
        with open(args.out, "w", encoding="utf-8") as f:
            json.dump(result, f, indent=1)


if __name__ == "__main__":
    main()
