"""Momentum with orthogonal updates (Muon, Jordan 2024) for the matrices of a network, AdamW for all else.

The momentum of a weight, flattened to a matrix (outputs, inputs times kernel), is replaced by the nearest matrix whose singular values are alike
(five steps of a quintic Newton-Schulz iteration), so that rare directions are learned as fast as common ones. In several processes each makes
its share of the updates.
"""
import torch
import torch.distributed

QUINTIC = 3.4445, -4.7750, 2.0315  # singular values in (0, 1] come to lie between 0.7 and 1.2 within five steps


def orthogonal(m, steps=5):
    """The matrices m (..., rows, columns) with their singular values brought to about 1."""
    a, b, c = QUINTIC
    x = m.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.transpose(-1, -2)
    x = x / (x.float().norm(dim=(-2, -1), keepdim=True) + 1e-7).bfloat16()
    for _ in range(steps):
        s = x @ x.transpose(-1, -2)
        x = a * x + (b * s + c * (s @ s)) @ x
    return (x.transpose(-1, -2) if tall else x).float()


class Muon:
    """`network` is trained with orthogonal updates at `lr`, its first and last layer and all vectors by AdamW at `lr_adam`.

    An update has the root mean square `0.2 * lr`, as AdamW's has about, so that both rates are of one kind."""

    def __init__(self, network, lr, lr_adam, edges=(), momentum=0.95, decay=0.01, rank=0, processes=1):
        outer = {id(p) for e in edges for p in e.parameters()}
        every = list(network.parameters())
        self.matrices = [p for p in every if p.ndim > 1 and id(p) not in outer]
        inner = {id(p) for p in self.matrices}
        self.adam = torch.optim.AdamW([p for p in every if id(p) not in inner], lr=lr_adam, weight_decay=decay)
        self.lr, self.lr_adam, self.momentum, self.decay = lr, lr_adam, momentum, decay
        self.buffers = [torch.zeros_like(p) for p in self.matrices]
        self.rank, self.processes = rank, processes
        cost = [0.0] * processes  # the dearest first, each to whom has least
        order = sorted(range(len(self.matrices)), key=lambda k: -self._cost(self.matrices[k]))
        owner = {}
        for k in order:
            owner[k] = cost.index(min(cost))
            cost[owner[k]] += self._cost(self.matrices[k])
        self.owner = owner

    @staticmethod
    def _cost(p):
        return p.numel() * min(p.shape[0], p.numel() // p.shape[0])

    def zero_grad(self):
        self.adam.zero_grad(set_to_none=True)
        for p in self.matrices:
            p.grad = None

    @torch.no_grad()
    def step(self, rate=1.0):
        for group in self.adam.param_groups:
            group["lr"] = self.lr_adam * rate
        self.adam.step()
        same = {}
        for k, (p, buffer) in enumerate(zip(self.matrices, self.buffers)):
            buffer.lerp_(p.grad, 1 - self.momentum)
            if self.owner[k] == self.rank:
                m = torch.lerp(p.grad, buffer, self.momentum).flatten(1)
                same.setdefault(m.shape, []).append((k, m))
        updates = {}
        for shape, group in same.items():
            for (k, _), u in zip(group, orthogonal(torch.stack([m for _, m in group]))):
                updates[k] = u * max(shape) ** 0.5
        if self.processes > 1:
            flat = torch.cat([updates[k].flatten() if k in updates else torch.zeros(p.numel()) for k, p in enumerate(self.matrices)])
            torch.distributed.all_reduce(flat)
            at = 0
            for k, p in enumerate(self.matrices):
                updates[k] = flat[at:at + p.numel()]
                at += p.numel()
        for k, p in enumerate(self.matrices):
            p.mul_(1 - self.lr * rate * self.decay).add_(updates[k].view_as(p), alpha=-0.2 * self.lr * rate)

    def state_dict(self):
        return dict(adam=self.adam.state_dict(), buffers=self.buffers)

    def load_state_dict(self, state):
        self.adam.load_state_dict(state["adam"])
        for mine, stored in zip(self.buffers, state["buffers"]):
            mine.copy_(stored)
