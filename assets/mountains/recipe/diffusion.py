"""The diffusion process (velocity prediction, betas linear from 0.0015 to 0.0195 over 1000 steps) and its DDIM sampler."""
import torch

STEPS = 1000
ALPHAS_CUMPROD = torch.cumprod(1 - torch.linspace(0.0015, 0.0195, STEPS, dtype=torch.float64), 0)


def noised(z, t, noise):
    """z_t and the velocity target sqrt(a)·noise − sqrt(1−a)·z."""
    a = ALPHAS_CUMPROD.to(z.device)[t][:, None, None, None]
    root, rest = a.sqrt().float(), (1 - a).sqrt().float()
    return root * z + rest * noise, root * noise - rest * z


@torch.no_grad()
def sample(network, shape, steps=50, eta=1.0, seed=0, device="cpu", context=None, empty=None, guidance=1.0):
    """DDIM. network(z, t, context) -> velocity; context (N,k,d) or None; empty: context without a prompt, for guidance."""
    g = torch.Generator().manual_seed(seed)
    stride = next(i for i in range(1, STEPS) if -(-STEPS // i) == steps)
    kept = torch.arange(0, STEPS, stride)
    alphas = ALPHAS_CUMPROD[kept]
    before = torch.cat([torch.ones(1, dtype=torch.float64), alphas[:-1]])
    x = torch.randn(shape, generator=g).to(device)
    for k in reversed(range(len(kept))):
        a, b = float(alphas[k]), float(before[k])
        t = torch.full((shape[0],), int(kept[k]), device=device)
        v = network(x, t, context)
        if context is not None and guidance != 1.0:
            u = network(x, t, empty.expand_as(context))
            v = u + guidance * (v - u)
        x0 = a**0.5 * x - (1 - a) ** 0.5 * v
        epsilon = (x / a**0.5 - x0) / (1 / a - 1) ** 0.5
        sigma = eta * ((1 - b) / (1 - a)) ** 0.5 * (1 - a / b) ** 0.5
        n = torch.randn(shape, generator=g).to(device)
        x = x0 * b**0.5 + max(1 - b - sigma**2, 0.0) ** 0.5 * epsilon + (sigma * n if k else 0)
    return x
