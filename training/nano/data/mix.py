"""Turns samples of the families into packed training rows, in a fixed order."""
import torch

from .. import render
from .registry import make
from .wording import normal, reserved_wording


def pixels(messages):
    """The pictures of a conversation, padded, in order."""
    return [p["pixels"] for m in messages if isinstance(m.get("content"), list)
            for p in m["content"] if "pixels" in p]


class Mix:
    """Endless stream of batches of one mix: rows of one length, families by share.

    Families are served by token share (largest deficit first). Rows hold whole conversations; docs gives each its
    number, so attention stays inside it.
    """

    def __init__(self, sources, tok, version, phase, counters):
        self.sources, self.tok, self.version = sources, tok, version
        self.row, self.prompt_loss = phase["row"], phase.get("prompt_loss", 0.0)
        whole = sum(phase["mix"].values())
        self.shares = {f: share / whole for f, share in phase["mix"].items()}
        self.done = {f: 0.0 for f in self.shares}
        self.counters = counters
        self.pool = []

    def _family(self):
        total = sum(self.done.values()) + 1.0
        return max(self.shares, key=lambda f: self.shares[f] * total - self.done[f])

    def _encode(self, sample):
        """(ids, weights, pictures): weight of position t is the loss weight of predicting ids[t]."""
        if "text" in sample:
            ids = self.tok.encode(sample["text"])[:self.row]
            return ids, [0.0] + [1.0] * (len(ids) - 1), []
        ids, kinds = render.training(self.tok, sample["messages"], sample.get("tools"), sample["thinking"])
        low = self.prompt_loss
        return ids, [0.0] + [1.0 if k else low for k in kinds[1:]], pixels(sample["messages"])

    def _reserved(self, text):
        """True for a question that is kept for evaluation."""
        return normal(text) in self.sources.reserved or reserved_wording(text)

    def next_sample(self):
        """Next sample that fits a row and asks nothing reserved."""
        while True:
            f = self._family()
            i = self.counters.get(f, 0)
            self.counters[f] = i + 1
            sample = make(f, self.sources, self.version, i)
            if sample is None:
                continue
            if any(m["role"] == "user" and isinstance(m["content"], str) and self._reserved(m["content"])
                   for m in sample.get("messages", ())):
                continue
            ids, weights, images = self._encode(sample)
            if len(ids) > self.row or len(ids) < 4:
                self.done[f] += 0.02
                continue
            self.done[f] += len(ids)
            return ids, weights, images

    def _row(self):
        """One packed row: the next sample, then always the longest waiting sample that fits."""
        ids, weights, docs, images, n = [], [], [], [], 0
        while True:
            while len(self.pool) < 48:
                self.pool.append(self.next_sample())
            space = self.row - len(ids)
            if not ids:
                pick = 0
            else:
                fits = [(len(s[0]), -j) for j, s in enumerate(self.pool) if len(s[0]) <= space]
                if not fits:
                    break
                pick = -max(fits)[1]
            a, w, p = self.pool.pop(pick)
            images += p
            n += 1
            ids += a
            weights += w
            docs += [n] * len(a)
        pad = self.row - len(ids)
        return ids + [self.tok.special["[PAD]"]] * pad, weights + [0.0] * pad, docs + [0] * pad, images

    def batch(self, tokens):
        """ids, docs, targets, weights, each [R, row], and the pictures in order; targets and weights belong to the
        next token."""
        rows = [self._row() for _ in range(max(1, tokens // self.row))]
        ids = torch.tensor([r[0] for r in rows])
        weights = torch.tensor([r[1] for r in rows])
        docs = torch.tensor([r[2] for r in rows])
        targets = torch.cat((ids[:, 1:], ids[:, :1]), 1)
        shifted = torch.cat((weights[:, 1:], torch.zeros(len(rows), 1)), 1)
        return ids, docs, targets, shifted, [torch.from_numpy(p) for r in rows for p in r[3]]


def check(sources, version, families, n=200):
    """sha256 over n samples of each family: two machines with the same sources print the same lines."""
    import hashlib
    import json
    for f in families:
        h = hashlib.sha256()
        for i in range(n):
            h.update(json.dumps(make(f, sources, version, i), sort_keys=True, default=lambda a: a.tolist()).encode())
        yield f, h.hexdigest()



