"""Trains the model against the clock: python3 -m nano.train --config c --deadline 100m [--resume].

The schedule (warm-up, stable rate, linear decay to 0) and the data phases follow progress = elapsed / deadline, so
a run always ends with a finished model. --steps N runs a fixed number of steps instead (repeatable).
"""
import argparse
import csv
import os
import time

import torch

from . import checkpoint, config, export
from .data import pictures
from .data.mix import Mix
from .data.sources import Sources
from .model import Moe, Nano, loss_sum
from .optim import Optimizer
from .rng import Rng
from .tokenizer import Tokenizer
from .vision import CellHeads, to_patches


def seconds(text):
    """'100m', '90s' or '2h' in seconds."""
    return float(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]


def rate(progress, t):
    """Learning rate at a progress in [0, 1]."""
    if progress < t["warmup"]:
        return t["peak_lr"] * (0.02 + 0.98 * progress / t["warmup"])
    if progress < t["decay_from"]:
        return t["peak_lr"]
    return t["peak_lr"] * max(0.0, (1.0 - progress) / (1.0 - t["decay_from"]))


class Run:
    """One training run."""

    def __init__(self, args):
        self.conf = config.load(args.config)
        self.t = self.conf["train"]
        self.args = args
        torch.set_num_threads(self.t["threads"])
        self.tok = Tokenizer.load(os.path.join(args.work, "tiktoken.model"))
        self.sources = Sources(config.corpus_dir(args.corpus), config.answers_dir())
        self.model = Nano(self.conf["model"]).init(self.conf["seed"]).bfloat16()
        for layer in self.model.layers:
            if isinstance(layer.mlp, Moe):
                layer.mlp.bias = layer.mlp.bias.float()
        if args.start:
            export.load_into(self.model, args.start)
        self.opt = Optimizer(self.model, self.t)
        torch.manual_seed(self.conf["seed"])
        self.cells = CellHeads(self.conf["model"]["hidden_size"], pictures.CLASSES)
        self.cells_opt = torch.optim.AdamW(self.cells.parameters(), lr=2e-3, betas=tuple(self.t["betas"]))
        self.step, self.tokens, self.elapsed, self.phase, self.counters = 0, 0, 0.0, -1, {}
        self.path = os.path.join(args.work, "checkpoint.pt")
        if args.resume and os.path.exists(self.path):
            self._resume()
        os.makedirs(args.work, exist_ok=True)
        self.log = open(os.path.join(args.work, "train.log.csv"), "a" if self.step else "w", newline="")
        self.csv = csv.writer(self.log)
        if not self.step:
            self.csv.writerow(["step", "tokens", "seconds", "phase", "loss", "cell_loss", "lr", "grad_norm", "max_load",
                               "tok_per_s"])

    def _resume(self):
        c = checkpoint.load(self.path)
        self.opt.load(c["optimizer"])
        for name, b in self.model.named_buffers():
            b.copy_(c["buffers"][name])
        for key in ("step", "tokens", "elapsed", "counters"):
            setattr(self, key, c[key])

    def save(self, path=None):
        """Writes a checkpoint."""
        checkpoint.save(path or self.path, names=self.opt.names, optimizer=self.opt.state(), conf=self.conf,
                        buffers=dict(self.model.named_buffers()), step=self.step, tokens=self.tokens,
                        elapsed=self.elapsed, counters=self.counters)

    def progress(self):
        """Share of the run that is over."""
        if self.args.steps:
            return self.step / self.args.steps
        return self.elapsed / seconds(self.args.deadline)

    def _enter(self, progress):
        """Starts the phase that belongs to the progress; hand-written rows are read again."""
        want = next(i for i, p in enumerate(self.conf["phases"]) if progress < p["until"] or i == 2)
        if want != self.phase:
            self.phase = want
            self.sources.rescan()
            phase = self.conf["phases"][want]
            self.mixes = {name: Mix(self.sources, self.tok, self.conf["data_version"], part, self.counters)
                          for name, part in phase["mixes"].items()}
            print("phase %s: %d concepts, %d questions, %d dialogs" % (
                self.conf["phases"][want]["name"], len(self.sources.concepts), len(self.sources.qa),
                len(self.sources.dialogs)), flush=True)

    def one(self, progress):
        """One optimizer step; returns (loss, gradient norm, worst expert load, learning rate)."""
        size = self.t["tokens_per_step"] * (2 if progress > self.t.get("double_from", 2) else 1)
        parts = size // self.t["tokens_per_step"]
        total = 0.0
        for _ in range(parts):
            cycle = self.conf["phases"][self.phase]["cycle"]
            mix = self.mixes[cycle[self.step % len(cycle)]]
            ids, docs, targets, weights, images = mix.batch(self.t["tokens_per_step"])
            loss, plain = loss_sum(self.model, ids, docs, targets, weights, self.t["z_loss"], images)
            (loss / parts).backward()
            total += float(plain) / parts
            self.tokens += ids.numel()
        self._practice(progress)
        lr = rate(progress, self.t)
        norm = self.opt.step(lr)
        early = self.step < self.t["bias_early_steps"]
        frozen = progress > self.t["bias_freeze_from"]
        worst = self.model.balance(0.0 if frozen else self.t["bias_rate_early" if early else "bias_rate"])
        if progress > 0.85:
            self.opt.average(self.t["ema"])
        self.step += 1
        return total, norm, worst, lr

    def _practice(self, progress):
        """The tower alone on a few pictures of one size: what lies in each cell. Adds to the gradients."""
        number = self.t["practice"][0 if progress < self.t["practice"][2] else 1]
        if not number or self.model.vision is None:
            return
        rng = Rng("practice", self.conf["data_version"], self.step)
        images, marks, counts = pictures.practice(rng, self.sources, number)
        patches = torch.stack([to_patches(torch.from_numpy(i)) for i in images])
        tokens = self.model.vision.grid(patches, images.shape[1] // 14, images.shape[2] // 14)
        marks = {k: torch.from_numpy(v) for k, v in marks.items()}
        loss = self.cells.loss(tokens, marks, torch.tensor(counts))
        (loss * self.t["practice_weight"]).backward()
        self.cells_opt.step()
        self.cells_opt.zero_grad()
        self.cell_loss = 0.95 * getattr(self, "cell_loss", float(loss)) + 0.05 * float(loss)

    def loop(self):
        """Trains until the deadline."""
        last, saved, marks = time.time(), self.elapsed, []
        while self.progress() < 1.0:
            p = self.progress()
            self._enter(p)
            tokens = self.tokens
            loss, norm, worst, lr = self.one(p)
            now = time.time()
            self.elapsed += now - last
            marks.append((loss, self.tokens - tokens, now - last))
            last = now
            if self.step % self.t["log_every"] == 0:
                mean = sum(m[0] for m in marks) / len(marks)
                speed = sum(m[1] for m in marks) / sum(m[2] for m in marks)
                row = [self.step, self.tokens, round(self.elapsed), self.conf["phases"][self.phase]["name"],
                       "%.4f" % mean, "%.4f" % getattr(self, "cell_loss", 0.0), "%.2e" % lr, "%.2f" % norm, "%.2f" % worst, round(speed)]
                self.csv.writerow(row)
                self.log.flush()
                print(*row, flush=True)
                marks = []
            if self.elapsed - saved > self.t["checkpoint_minutes"] * 60:
                saved = self.elapsed
                self.save()
        self.save()


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", default="c")
    parser.add_argument("--corpus")
    parser.add_argument("--work", default=config.WORK)
    parser.add_argument("--deadline", default="100m")
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--from", dest="start", help="folder of exported weights (with its tokenizer) to start from")
    run = Run(parser.parse_args())
    print("parameters: %.2f M" % (sum(p.numel() for p in run.model.parameters()) / 1e6), flush=True)
    run.loop()


if __name__ == "__main__":
    main()
