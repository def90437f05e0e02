"""What every stage needs: configuration, resumable training state, pictures on disk."""
import argparse
import ast
import contextlib
import copy
import ctypes
import functools
import math
import os
import pathlib
import random
import signal
import time
import tomllib

import torch

HERE = pathlib.Path(__file__).resolve().parent
PRESETS = "cpu", "gpu"  # of config.toml


def load_config(preset, overrides=()):
    """The tables of config.toml with a preset and single overrides ("table.key=value") applied."""
    with open(HERE / "config.toml", "rb") as f:
        raw = tomllib.load(f)
    presets = {name: raw.pop(name) for name in PRESETS}
    if preset not in presets:
        raise SystemExit(f"unknown preset {preset!r}: choose one of {', '.join(PRESETS)}")
    raw["bf16"] = presets[preset].pop("bf16")
    for table, values in presets[preset].items():
        raw[table].update(values)
    for item in overrides:
        name, _, text = item.partition("=")
        table, _, key = name.partition(".")
        if table not in raw or not isinstance(raw[table], dict) or key not in raw[table]:
            raise SystemExit(f"--set {item}: there is no {name} in config.toml")
        try:
            raw[table][key] = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            raw[table][key] = {"true": True, "false": False}.get(text, text)
    return raw


def arguments(description):
    a = argparse.ArgumentParser(description=description.split("\n\n")[0])
    a.add_argument("--work", type=pathlib.Path, required=True, help="folder of all results, outside the repository")
    a.add_argument("--preset", choices=PRESETS, default="cpu")
    a.add_argument("--set", action="append", default=[], metavar="TABLE.KEY=VALUE", help="override one value")
    a.add_argument("--until", type=int, help="stop after this step instead of the configured last one")
    a.add_argument("--minutes", type=float, default=1e9, help="stop (resumable) after this much wall time")
    a.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    keep_memory()
    return a


@functools.lru_cache(1)
def _multiplies_bfloat16():
    cpu = pathlib.Path("/proc/cpuinfo")
    return cpu.exists() and "avx512_bf16" in cpu.read_text()


def half_precision(config, device):
    """Context in which networks compute in bfloat16 where the preset says so and the device multiplies such numbers."""
    if config["bf16"] and str(device).startswith("cuda"):
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
        return torch.autocast("cuda", torch.bfloat16)
    if config["bf16"] and _multiplies_bfloat16():
        return torch.autocast("cpu", torch.bfloat16)
    return contextlib.nullcontext()


def keep_memory():
    """The C library is to keep what tensors give back rather than return it to the system: a quarter of a training step otherwise goes into pages that
    are taken anew (0.71 in place of 0.95 CPU s of a UNet step of eight latents). Does nothing where it is another library."""
    thresholds = {-1: 2**31 - 1, -2: 1 << 28, -3: 1 << 30}  # M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD of malloc.h
    with contextlib.suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in thresholds.items():
            mallopt(option, value)


def write_atomically(path, write):
    """write(temporary path), then force to disk and rename, so that a crash never leaves half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    write(temporary)
    with open(temporary, "rb") as f:
        os.fsync(f.fileno())
    os.replace(temporary, path)


def save_png(path, image):
    """image: (3, H, W) in [-1, 1]; truncated to bytes as the official sample script does."""
    from PIL import Image

    v = (image.float().cpu() * 0.5 + 0.5).clamp(0, 1).permute(1, 2, 0).numpy()
    write_atomically(pathlib.Path(path), lambda p: Image.fromarray((v * 255).astype("uint8")).save(p, "PNG"))


def sheet(images, columns):
    """Pictures (N, 3, H, W) side by side: (3, rows*H, columns*W)."""
    n, c, h, w = images.shape
    rows = -(-n // columns)
    padded = torch.cat([images, -torch.ones(rows * columns - n, c, h, w)])
    return padded.view(rows, columns, c, h, w).permute(2, 0, 3, 1, 4).reshape(c, rows * h, columns * w)


def to_signed(bytes_hwc, device):
    """uint8 (..., H, W, 3) array to float (..., 3, H, W) in [-1, 1]."""
    t = torch.as_tensor(bytes_hwc, device=device).movedim(-1, -3)
    return t.float().div_(127.5).sub_(1)


class Average:
    """Exponential moving average of parameters, warmed up: rate min(rate, (1+n)/(10+n))."""

    def __init__(self, model, rate):
        self.model, self.rate, self.steps = copy.deepcopy(model).eval().requires_grad_(False), rate, 0

    @torch.no_grad()
    def update(self, model):
        self.steps += 1
        rate = min(self.rate, (1 + self.steps) / (10 + self.steps))
        for mine, other in zip(self.model.parameters(), model.parameters()):
            mine.lerp_(other, 1 - rate)


class Run:
    """A resumable training loop: state on disk every few minutes, a log line now and then, clean stop on SIGTERM.

    parts: name -> object with state_dict/load_state_dict. Random numbers come from a generator seeded by the step, so
    that a resumed run draws what an uninterrupted one would have drawn.
    """

    def __init__(self, stage, a, last_step, parts, averages=(), save_minutes=4.0):
        self.folder, self.stage, self.parts, self.averages = a.work / stage, stage, parts, dict(averages)
        self.last_step, self.step, self.samples, self.seconds, self.cpu = a.until or last_step, 0, 0, 0.0, 0.0
        self.deadline, self.save_every = time.time() + 60 * a.minutes, 60 * save_minutes
        self.values, self.counts, self.stopping, self.writes = {}, {}, False, True
        path = self.folder / "state.pt"
        if path.exists():
            s = torch.load(path, map_location="cpu")  # each part moves its own to where it belongs
            for name, part in parts.items():
                part.load_state_dict(s["parts"][name])
            for name, average in self.averages.items():
                average.model.load_state_dict(s["averages"][name])
                average.steps = s["average_steps"][name]
            self.step, self.samples, self.seconds, self.cpu = s["step"], s["samples"], s["seconds"], s.get("cpu", 0.0)
            self.say(f"resumed at step {self.step}, {self.samples} samples, {self.cpu / 3600:.2f} CPU hours")
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, *_):
        self.stopping = True

    def save(self):
        if not self.writes:
            return
        state = dict(
            step=self.step, samples=self.samples, seconds=self.seconds, cpu=self.cpu,
            parts={n: p.state_dict() for n, p in self.parts.items()},
            averages={n: v.model.state_dict() for n, v in self.averages.items()},
            average_steps={n: v.steps for n, v in self.averages.items()})
        write_atomically(self.folder / "state.pt", lambda p: torch.save(state, p))

    def steps(self):
        """Yields (step, random.Random of that step) until the last step, the deadline or a signal; saves in between."""
        saved = time.time()
        while self.step < self.last_step and not self.stopping:
            begun, begun_cpu = time.time(), time.process_time()
            torch.manual_seed(self.step * 1_000_003 + 17)
            yield self.step, random.Random(self.step)
            self.step += 1
            self.seconds += time.time() - begun
            self.stopping = self.stopping or time.time() > self.deadline
            self.cpu += time.process_time() - begun_cpu
            if time.time() - saved > self.save_every:
                self.save()
                saved = time.time()
        self.save()
        self.say(f"stopped at step {self.step} of {self.last_step}, {self.samples} samples, "
                 f"{self.cpu / 3600:.2f} CPU hours in {self.seconds / 3600:.2f} hours")

    @property
    def finished(self):
        return self.step >= self.last_step

    def note(self, **values):
        for k, v in values.items():
            self.values[k] = self.values.get(k, 0.0) + float(v)
            self.counts[k] = self.counts.get(k, 0) + 1

    def say(self, text):
        if not self.writes:
            return
        line = f"{time.strftime('%H:%M:%S')} {self.stage} {text}"
        print(line, flush=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "log.txt", "a") as f:
            f.write(line + "\n")

    def log(self):
        """Writes the means of all noted values since the last call."""
        shown = " ".join(f"{k} {v / self.counts[k]:.4f}" for k, v in self.values.items())
        self.say(f"step {self.step} samples {self.samples} {shown} ({self.cpu / max(self.samples, 1):.3f} CPU s/sample)")
        self.values, self.counts = {}, {}


def rate_at(step, steps, warmup, final):
    """Share of the learning rate: linear warm-up, flat half, cosine to `final` over the second half."""
    if step < warmup:
        return (step + 1) / warmup
    x = min(max((step / steps - 0.5) / 0.5, 0.0), 1.0)
    return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * x))
