"""Painting on a rectangle of pixels with anti-aliased shapes, and patterns that go on at every scale.

A shape is a signed distance, positive inside; `cover` turns it into the share of a pixel. Patterns divide the plane into cells, draw in every
cell, and divide cells again; a level fades in while its cells grow from some three to seven pixels. Positions are subtracted in double precision
along the two axes, then kept in float32 relative to an object or to a cell beside the window, so a box may be as small as 2^-12 of the picture.

Axis order is (row, column) = (y, x), origin at the top left, y down. Colours are RGB in [0, 1].
"""
import math

import numpy as np

FEW, ENOUGH = 3.0, 7.0  # pixels of a cell at which its contents begin to show, and show fully


# ---------------------------------------------------------------------------------------------------------- numbers
def colour(text):
    return np.frombuffer(bytes.fromhex(text), np.uint8).astype(np.float32) / 255


def mix(a, b, w):
    return a + (b - a) * w


def clip(x, least, most):
    """np.clip, without its slow way through checks of types."""
    return np.minimum(np.maximum(x, least), most)


def smooth(a, b, x):
    """0 below a, 1 above b (or the other way round), a cubic between."""
    t = (x - a) / (b - a)
    t = clip(t, 0, 1) if isinstance(t, np.ndarray) else min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)


def cover(d, pixel):
    """Share of a pixel within a shape whose edge is at signed distance d (positive inside)."""
    t = d * (1 / pixel)
    t += 0.5
    return np.minimum(np.maximum(t, 0, out=t), 1, out=t) if isinstance(t, np.ndarray) else min(max(t, 0.0), 1.0)


def shown(pixels):
    """How much of a pattern is shown whose cells have this many pixels."""
    return float(smooth(FEW, ENOUGH, pixels))


def whole(i):
    """Integers, given as floats or integers, in 32 bits."""
    if isinstance(i, np.ndarray):
        return i if i.dtype == np.uint32 else i.astype(np.int64).astype(np.uint32)
    return np.array([int(i) & 0xFFFFFFFF], np.uint32)


def hashed(i, j, salt):
    """Mixed 32 bits of integer cells that broadcast, and a salt."""
    h = whole(i) * np.uint32(0x9E3779B1) + (whole(j) * np.uint32(0x85EBCA77) + np.uint32(salt * 0xC2B2AE3D & 0xFFFFFFFF))
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x2C1B3C6D)
    h ^= h >> np.uint32(12)
    h *= np.uint32(0x297A2D39)
    h ^= h >> np.uint32(15)
    return h


def low(h):
    """A number in [0, 1) of the lower 16 bits."""
    return (h & np.uint32(0xFFFF)).astype(np.float32) * np.float32(2**-16)


def high(h):
    """A number in [0, 1) of the upper 16 bits."""
    return (h >> np.uint32(16)).astype(np.float32) * np.float32(2**-16)


def knots(c, salt):
    """Random values in [-1, 1] at integers c (floats) and at those after them, through a table where c has few of them."""
    first, last = int(c.min()), int(c.max())
    if last - first < c.size:
        table = 2.0 * low(hashed(np.arange(first, last + 2), 0, salt)) - 1
        at = (c - first).astype(np.intp)
        return table[at], table[at + 1]
    return tuple(2.0 * low(hashed(c + k, 0, salt)) - 1 for k in (0, 1))


def ridge(t, salt):
    """Random polyline in [-1, 1] with a corner at every integer; t float64."""
    c = np.floor(t)
    a, b = knots(c, salt)
    return a + (b - a) * (t - c)


def wave(t, salt):
    """Random smooth curve in [-1, 1], level at every integer; t float64."""
    t = np.atleast_1d(t)
    c = np.floor(t)
    f = t - c
    a, b = knots(c, salt)
    return a + (b - a) * f * f * (3 - 2 * f)


def ragged(t, pixel, salt, gain=0.5, levels=18):
    """Sum of polylines, each twice as fine; those finer than pixels (in units of t) are left out."""
    out, amplitude, f = np.zeros_like(t), 1.0, 1.0
    for k in range(levels):
        w = float(smooth(1.2, 3.0, 1 / (pixel * f)))
        if w <= 0:
            break
        out += amplitude * w * ridge(t * f + 0.37 * k, salt + 101 * k)
        amplitude, f = amplitude * gain, f * 2.07
    return out


def teeth(t, pixel, salt, rise=0.7):
    """Leaning triangles of random height in [0, 1], one between integers; t float64."""
    fade = smooth(1.5, 4.0, 1 / pixel)
    if fade <= 0:
        return np.zeros_like(t)
    c = np.floor(t)
    f = t - c
    h = hashed(c, 0, salt)
    top = 0.25 + 0.5 * low(h)
    v = (1 - rise + rise * high(h)) * np.minimum(f / top, (1 - f) / (1 - top))
    return v * fade


# ---------------------------------------------------------------------------------------------------------- window
class Window:
    """Pixels to paint: x and y of their centres (float64; y may run upwards, as in a mirror), pixel side s, colours and owners."""

    __slots__ = ("x", "y", "s", "rgb", "owner")

    def __init__(self, x, y, s, rgb, owner):
        self.x, self.y, self.s, self.rgb, self.owner = x, y, s, rgb, owner

    def cut(self, x0, y0, x1, y1):
        """The part within a rectangle, a pixel more on each side; None where there is nothing."""
        m = self.s
        a, b = np.searchsorted(self.x, (x0 - m, x1 + m))
        if self.y[0] <= self.y[-1]:
            c, d = np.searchsorted(self.y, (y0 - m, y1 + m))
        else:
            c, d = np.searchsorted(-self.y, (-y1 - m, -y0 + m))
        if a >= b or c >= d:
            return None
        return Window(self.x[a:b], self.y[c:d], m, self.rgb[:, c:d, a:b], None if self.owner is None else self.owner[c:d, a:b])

    def mirror(self, level):
        """The part below a level, seeing what is above it upside down."""
        below = self.cut(-9, level, 9, 9) if self.y[0] <= self.y[-1] else None
        if below is None:
            return None
        return Window(below.x, 2 * level - below.y, self.s, below.rgb, below.owner)

    @property
    def span(self):
        return max(self.x[-1] - self.x[0], abs(self.y[-1] - self.y[0])) + self.s

    def axes(self, cx, cy, scale):
        """Coordinates (1, W) and (H, 1) about a place in units of scale, and the side of a pixel in them."""
        u = ((self.x - cx) / scale).astype(np.float32)[None, :]
        v = ((self.y - cy) / scale).astype(np.float32)[:, None]
        return u, v, self.s / scale

    def cells(self, ox, oy, cell, angle=0.0, aspect=1.0):
        """Lattice coordinates float32 (broadcasting to (H, W)) relative to whole cells i0, j0; aspect: width of a cell over its height."""
        xc, yc = self.x[len(self.x) // 2], self.y[len(self.y) // 2]
        c, s = math.cos(angle), math.sin(angle)
        out = []
        for a, b, unit in ((c, s, cell * aspect), (-s, c, cell)):
            whole = (a * (xc - ox) + b * (yc - oy)) / unit
            first = math.floor(whole)
            w = (a / unit * (self.x - xc) + (whole - first)).astype(np.float32)[None, :] if a or not b else np.float32(whole - first)
            if b:
                w = w + (b / unit * (self.y - yc)).astype(np.float32)[:, None]
            out += [w, first]
        return out[0], out[2], out[1], out[3]

    def over(self, rgb, a, label=None):
        """Paints a colour (three numbers or arrays) with coverage a."""
        if isinstance(a, np.ndarray):
            if a.size == 0 or a.max() <= 0:
                return
        elif a <= 0:
            return
        for c in range(3):
            channel = self.rgb[c]
            t = rgb[c] - channel
            t *= a
            channel += t
        if label is not None and self.owner is not None:
            self.owner[np.broadcast_to(a > 0.5, self.owner.shape)] = label

    def tint(self, field):
        """Multiplies all colours by 1 + field."""
        self.rgb *= 1 + field


def blend(a, b, t):
    """Three arrays between two colours."""
    return [a[c] + (b[c] - a[c]) * t for c in range(3)]


# ---------------------------------------------------------------------------------------------------------- shapes
def disc(u, v, r):
    return r - np.sqrt(u * u + v * v)


def bar(u, v, half_u, half_v):
    """A rectangle about the origin."""
    return np.minimum(half_u - np.abs(u), half_v - np.abs(v))


def stroke(u, v, x0, y0, x1, y1, r0, r1=None):
    """A straight stroke between two points, its half width going from r0 to r1."""
    dx, dy = x1 - x0, y1 - y0
    t = ((u - x0) * dx + (v - y0) * dy) * (1 / max(dx * dx + dy * dy, 1e-12))
    t = clip(t, 0, 1)
    a, b = u - x0 - t * dx, v - y0 - t * dy
    return (r0 if r1 is None else r0 + (r1 - r0) * t) - np.sqrt(a * a + b * b)


def polygon(u, v, *points):
    """A convex polygon, its corners clockwise as seen."""
    d = None
    for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1]):
        n = math.hypot(x1 - x0, y1 - y0)
        e = (v - y0) * ((x1 - x0) / n) - (u - x0) * ((y1 - y0) / n)
        d = e if d is None else np.minimum(d, e)
    return d


# ---------------------------------------------------------------------------------------------------------- patterns
def slabs(win, ox, oy, cell, salt, angle=0.3, aspect=2.2, levels=9, masonry=True):
    """Stone split into slabs, and these again: shade about [-1, 1], mean 0, and cracks in [0, 1]; (H, W) or 0 where nothing shows.

    Masonry has joints about every stone; grown rock has layers, and cracks across few of them."""
    shade, crack = 0.0, 0.0
    if shown(cell / win.s) <= 0:
        return shade, crack
    u, v, i0, j0 = win.cells(ox, oy, cell, angle, aspect)
    eu, ev, parent, amount = win.s / (cell * aspect), win.s / cell, np.zeros((1, 1), np.uint32), 0.8
    for k in range(levels):
        w = shown(1 / ev)
        if w <= 0:
            break
        j = np.floor(v)
        fv = v - j
        row = hashed(j.astype(np.int32) + j0, parent, salt + k)
        wide = 0.75 + 0.9 * low(row)
        uu = u * wide + (7.0 * high(row) + (fv - 0.5) * (low(row * np.uint32(2654435761)) - 0.5))
        i = np.floor(uu)
        fu = uu - i
        parent = hashed(i.astype(np.int32) + (i0 if k == 0 else 0), row, salt)
        across, along = np.minimum(fu, 1 - fu), np.minimum(fv, 1 - fv)
        if not masonry:
            across, along = across + (high(parent) > 0.3), along + (low(row) > 0.6)
        d = np.minimum(across * (ev / eu), along)
        inside = clip(d * (1 / ev), 0, 1)
        shade = shade + (low(parent) - 0.5) * inside * (amount * w)
        gap = 0.022
        crack = np.maximum(crack, clip((gap - d) * (1 / ev) + 0.5, 0, 1) * (w * min(1.0, 2.5 * gap / ev)))
        u, v, eu, ev, amount = fu * 3, fv * 2.6, eu * 3.6, ev * 2.6, amount * 0.85
        i0 = j0 = 0
    return shade, crack


def shards(win, ox, oy, cell, salt, angle=0.5, levels=8, step=2.7):
    """Triangles of light and shadow, one in a cell at every level: about [-1, 1], mean 0; 0 where nothing shows."""
    out = 0.0
    for k in range(levels):
        w = shown(cell / win.s)
        if w <= 0:
            break
        u, v, i0, j0 = win.cells(ox, oy, cell, angle + 0.9 * k, 0.8)
        i, j = np.floor(u), np.floor(v)
        u, v = u - i, v - j
        i, j = i.astype(np.int32) + i0, j.astype(np.int32) + j0
        h, g = hashed(i, j, salt + k), hashed(j, i, salt + 57 + k)
        a, b, c, d = low(h), high(h), low(g), high(g)
        x0, y0, x1, y1, x2, y2 = 0.05 + 0.4 * a, 0.05 + 0.3 * b, 0.6 + 0.37 * c, 0.1 + 0.5 * a, 0.2 + 0.6 * d, 0.65 + 0.32 * c
        e0 = (x1 - x0) * (v - y0) - (y1 - y0) * (u - x0)
        e1 = (x2 - x1) * (v - y1) - (y2 - y1) * (u - x1)
        e2 = (x0 - x2) * (v - y2) - (y0 - y2) * (u - x2)
        inside = clip(np.minimum(np.minimum(e0, e1), e2) * (1.6 * cell / win.s) + 0.5, 0, 1)
        out = out + inside * ((2 * b - 1) * (w * 0.9**k))
        cell, angle = cell / step, angle + 1.1
    return out


def lenses(win, ox, oy, cell, salt, angle=0.0, aspect=5.0, share=0.6, bend=0.25, levels=7, step=2.9):
    """Flat lens-shaped strokes, one in a cell at every level: values in [-1, 1], 0 where nothing shows."""
    out = 0.0
    for k in range(levels):
        w = shown(cell / win.s)
        if w <= 0:
            break
        u, v, i0, j0 = win.cells(ox, oy, cell, angle + 0.03 * k, aspect)
        j = np.floor(v)
        v, j = v - j, j.astype(np.int32) + j0
        row = hashed(j, 0, salt + k)
        u = u + 5 * low(row)
        i = np.floor(u)
        u, h = 2 * (u - i) - 1, hashed(i.astype(np.int32) + i0, row, salt + k)
        r, q = low(h), high(h)
        bow = u * u
        thick = (0.06 + 0.2 * q) * (1 - bow)
        inside = clip((thick - np.abs(v - 0.5 + bend * (r - 0.5) * (1 - 2 * bow))) * (cell / win.s) + 0.5, 0, 1)
        inside *= clip(thick * (2.5 * cell / win.s), 0, 1)
        out = out + inside * np.where(r < share * 0.5, 1.0, np.where(r < share, -1.0, 0.0)).astype(np.float32) * w * 0.85**k
        cell /= step
    return out


def blades(win, ox, oy, cell, salt, share=0.75, levels=7, step=2.9):
    """Tufts of grass, one in a cell at every level: values in [-1, 1] (light and dark blades), 0 where nothing shows."""
    out = 0.0
    for k in range(levels):
        w = shown(cell / win.s)
        if w <= 0:
            break
        u, v, i0, j0 = win.cells(ox, oy, cell, 0.0, 1.0)
        j = np.floor(v)
        v, j = v - j, j.astype(np.int32) + j0
        row = hashed(j, 0, salt + k)
        u = u + 5 * low(row)
        i = np.floor(u)
        u, h = u - i, hashed(i.astype(np.int32) + i0, row, salt + k)
        r, q = low(h), high(h)
        there = (r < share).astype(np.float32) * w
        size = 0.62 + 0.38 * low(h * np.uint32(2654435761))
        ground = 0.97 - (1 - size) * high(h * np.uint32(2654435761))
        for b, (foot, lean, length, sign) in enumerate(((0.44, -0.22, 0.6, 1), (0.56, 0.2, 0.75, -1), (0.5, 0.04, 0.9, 1), (0.6, 0.33, 0.45, 1))):
            t = (ground - v) / (length * size)
            side = u - (foot + 0.2 * (q - 0.5)) - (lean + 0.25 * (r - 0.5)) * size * t * t
            d = np.minimum(0.045 * size * (1 - t) - np.abs(side), ground - v)
            a = clip(d * (cell / win.s) + 0.5, 0, 1) * there
            out = out + (sign * (0.9 if b != 1 else 0.7) - out) * a
        cell /= step
    return out
