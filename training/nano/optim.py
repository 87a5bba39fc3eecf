"""Muon for the inner matrices, AdamW for embeddings, head, router and vectors; fp32 masters, bf16 working copy."""
import torch


def orthogonalise(g, steps):
    """Newton-Schulz iteration in bfloat16 (Jordan 2024). g [B, m, n] -> same shape, singular values near 1."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.bfloat16()
    flip = x.shape[1] > x.shape[2]
    if flip:
        x = x.transpose(1, 2)
    x = x / (x.float().pow(2).sum((1, 2), keepdim=True).sqrt() + 1e-7).bfloat16()
    for _ in range(steps):
        s = x @ x.transpose(1, 2)
        x = a * x + (b * s + c * (s @ s)) @ x
    return x.transpose(1, 2) if flip else x


class Optimizer:
    """Keeps fp32 masters of a bf16 model and writes the rounded weights back after each step."""

    def __init__(self, model, conf):
        self.conf = conf
        self.model = model
        self.names = [n for n, _ in model.named_parameters()]
        self.params = [p for _, p in model.named_parameters()]
        self.master = [p.detach().float().clone() for p in self.params]
        self.muon, self.adam = [], []
        for i, (n, p) in enumerate(zip(self.names, self.params)):
            inner = p.dim() > 1 and (n.startswith("layers") and not n.endswith("router")
                                     or n.startswith(("vision.blocks", "vision.proj")))
            (self.muon if inner and conf.get("muon", True) else self.adam).append(i)
        self.m = [torch.zeros_like(p) for p in self.master]
        self.v = {i: torch.zeros_like(self.master[i]) for i in self.adam}
        self.steps = 0
        self.ema = None

    def step(self, lr):
        """One update; returns the global gradient norm."""
        grads = [(torch.zeros_like(p) if p.grad is None else p.grad).float() for p in self.params]
        norm = torch.sqrt(sum(g.pow(2).sum() for g in grads))
        factor = min(1.0, self.conf["clip"] / (float(norm) + 1e-6))
        self.steps += 1
        self._adam(grads, lr, factor)
        self._muon(grads, lr)
        with torch.no_grad():
            for p, w in zip(self.params, self.master):
                p.copy_(w)
                p.grad = None
        return float(norm)

    def _adam(self, grads, lr, factor):
        b1, b2 = self.conf["betas"]
        c1, c2 = 1 - b1 ** self.steps, 1 - b2 ** self.steps
        for i in self.adam:
            g, w = grads[i] * factor, self.master[i]
            self.m[i].mul_(b1).add_(g, alpha=1 - b1)
            self.v[i].mul_(b2).addcmul_(g, g, value=1 - b2)
            if w.dim() > 1:
                w.mul_(1 - lr * self.conf["weight_decay"])
            w.addcdiv_(self.m[i], (self.v[i] / c2).sqrt().add_(1e-8), value=-lr / c1)

    def _muon(self, grads, lr):
        mu, groups = self.conf["momentum"], {}
        for i in self.muon:
            g = grads[i]
            self.m[i].mul_(mu).add_(g, alpha=1 - mu)
            u = g * (1 - mu) + self.m[i] * mu
            u = u if u.dim() == 3 else u.unsqueeze(0)
            groups.setdefault(tuple(u.shape[1:]), []).append((i, u))
        for shape, items in groups.items():
            o = orthogonalise(torch.cat([u for _, u in items]), self.conf["newton_schulz_steps"]).float()
            scale, at = 0.2 * max(shape) ** 0.5, 0
            for i, u in items:
                w = self.master[i]
                part = o[at:at + u.shape[0]].view_as(w)
                at += u.shape[0]
                w.mul_(1 - lr * self.conf["weight_decay"]).add_(part, alpha=-lr * scale)

    def average(self, rate):
        """Exponential moving average of the masters."""
        if self.ema is None:
            self.ema = [w.clone() for w in self.master]
        for e, w in zip(self.ema, self.master):
            e.lerp_(w, 1 - rate)

    def state(self):
        """Everything a resumed run needs."""
        return {"master": self.master, "m": self.m, "v": self.v, "steps": self.steps, "ema": self.ema}

    def load(self, state):
        """Restores state()."""
        for key in ("master", "m", "v", "steps", "ema"):
            setattr(self, key, state[key])
        with torch.no_grad():
            for p, w in zip(self.params, self.master):
                p.copy_(w)
