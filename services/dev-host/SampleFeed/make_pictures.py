#!/usr/bin/env python3
"""Draws the pictures of the sample feed into ./pictures; every shape is our own and stands for nothing real.

Integer arithmetic and a fixed generator make the pixels the same on every machine; another zlib may pack them into other bytes.
The altered copies are what a re-poster does (brighter, smaller, a mark in the corner): they must stay within PDQ distance 31 of
their original, and the benign pictures must not come near any of them.
"""
import pathlib
import struct
import zlib

WIDTH, HEIGHT = 256, 192
FOLDER = pathlib.Path(__file__).resolve().parent / "pictures"


def random_stream(seed):
    """splitmix64."""
    mask = (1 << 64) - 1
    state = seed & mask
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)


class Canvas:
    """RGB pixels, 8 bits each, with the few strokes that the pictures need."""

    def __init__(self, width, height):
        self.width, self.height = width, height
        self.rows = [[(0, 0, 0)] * width for _ in range(height)]

    def gradient(self, top, bottom, slant=0):
        span = self.height + abs(slant)
        for y in range(self.height):
            for x in range(self.width):
                t = y + slant * x // self.width + (-slant if slant < 0 else 0)
                self.rows[y][x] = tuple(a + (b - a) * t // span for a, b in zip(top, bottom))

    def where(self, inside, colour):
        for y in range(self.height):
            row = self.rows[y]
            for x in range(self.width):
                if inside(x, y):
                    row[x] = colour

    def box(self, left, top, width, height, colour):
        self.where(lambda x, y: left <= x < left + width and top <= y < top + height, colour)

    def disc(self, cx, cy, radius, colour):
        self.where(lambda x, y: (x - cx) ** 2 + (y - cy) ** 2 <= radius * radius, colour)

    def ring(self, cx, cy, outer, inner, colour):
        self.where(lambda x, y: inner * inner <= (x - cx) ** 2 + (y - cy) ** 2 <= outer * outer, colour)

    def polygon(self, points, colour):
        edges = list(zip(points, points[1:] + points[:1]))

        def inside(x, y):
            odd = False
            for (x1, y1), (x2, y2) in edges:
                if (y1 > y) != (y2 > y):
                    # x < x1 + (y - y1) * (x2 - x1) / (y2 - y1), without a division
                    side = (x - x1) * (y2 - y1) - (y - y1) * (x2 - x1)
                    odd ^= side < 0 if y2 > y1 else side > 0
            return odd

        self.where(inside, colour)

    def grain(self, seed, strength):
        """Noise on every ninth pixel, so that the picture is not flat and still packs small."""
        noise = random_stream(seed)
        for y in range(0, self.height, 3):
            for x in range(0, self.width, 3):
                n = next(noise) % (2 * strength + 1) - strength
                self.rows[y][x] = tuple(min(255, max(0, c + n)) for c in self.rows[y][x])

    def copy(self):
        other = Canvas(self.width, self.height)
        other.rows = [row[:] for row in self.rows]
        return other

    def brighter(self, by):
        other = self.copy()
        other.rows = [[tuple(min(255, c + by) for c in p) for p in row] for row in self.rows]
        return other

    def resized(self, width, height):
        """Area average."""
        other = Canvas(width, height)
        for y in range(height):
            y1, y2 = y * self.height // height, max(y * self.height // height + 1, (y + 1) * self.height // height)
            for x in range(width):
                x1, x2 = x * self.width // width, max(x * self.width // width + 1, (x + 1) * self.width // width)
                cells = [p for row in self.rows[y1:y2] for p in row[x1:x2]]
                other.rows[y][x] = tuple(sum(c) // len(cells) for c in zip(*cells))
        return other

    def watermarked(self):
        other = self.copy()
        left, top = self.width - 40, self.height - 16
        for i in range(4):
            other.box(left + 9 * i, top, 6, 10, (235, 235, 235))
        return other

    def save(self, name):
        packed = bytearray()
        before = bytes(3 * self.width)
        for row in self.rows:
            line = bytes(c for p in row for c in p)
            # Filter 2 (Up) suits vertical gradients and flat shapes.
            packed.append(2)
            packed += bytes((a - b) & 255 for a, b in zip(line, before))
            before = line

        def chunk(kind, data):
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(packed), 9)) + chunk(b"IEND", b"")
        (FOLDER / name).write_bytes(png)
        print(f"{name}: {self.width}x{self.height}, {len(png)} bytes")


def fraud_flyer():
    """A loud flyer: rays, a coin, an arrow that only goes up, bars where the small print would be."""
    c = Canvas(WIDTH, HEIGHT)
    c.gradient((120, 10, 20), (30, 0, 60), 40)
    for i in range(7):
        c.polygon([(64, 70), (64 + 44 * i - 90, -40), (64 + 44 * i - 66, -40)], (200, 120, 20))
    c.disc(64, 70, 46, (250, 205, 40))
    c.ring(64, 70, 38, 33, (160, 100, 0))
    c.box(60, 46, 8, 48, (160, 100, 0))
    c.box(48, 56, 32, 6, (160, 100, 0))
    c.box(48, 78, 32, 6, (160, 100, 0))
    c.polygon([(120, 130), (170, 84), (188, 102), (226, 56), (212, 44), (248, 28), (246, 68), (236, 64), (190, 122), (172, 104), (130, 142)],
              (60, 230, 90))
    for i, width in enumerate((212, 150, 188, 96)):
        c.box(20, 148 + 10 * i, width, 6, (245, 245, 245) if i % 2 == 0 else (250, 205, 40))
    c.grain(101, 10)
    return c


def emblem():
    """An invented emblem: a broken ring, a triangle and three bars on a dark flag."""
    c = Canvas(WIDTH, HEIGHT)
    c.gradient((18, 18, 22), (70, 12, 16), -30)
    c.ring(128, 92, 80, 62, (225, 220, 205))
    c.polygon([(128, 92), (230, 20), (250, 80)], (26, 16, 20))
    c.polygon([(128, 30), (84, 128), (172, 128)], (190, 30, 30))
    c.polygon([(128, 62), (106, 114), (150, 114)], (20, 18, 22))
    for i in range(3):
        c.polygon([(30 + 74 * i, 178), (46 + 74 * i, 150), (86 + 74 * i, 150), (70 + 74 * i, 178)], (225, 220, 205))
    c.box(14, 12, 30, 30, (190, 30, 30))
    c.grain(202, 8)
    return c


def known_abuse_stand_in():
    """Nothing but tiles: it stands for a picture that must never be shown, so it shows nothing."""
    c = Canvas(WIDTH, HEIGHT)
    tone = random_stream(303)
    for row in range(6):
        for column in range(8):
            g = 20 + next(tone) % 216
            c.box(column * 32, row * 32, 32, 32, (g, 255 - g, (g * 3 // 2) % 256))
    c.disc(88, 60, 34, (240, 240, 240))
    c.disc(196, 132, 42, (16, 16, 16))
    c.grain(304, 12)
    return c


def bay():
    """First light over water."""
    c = Canvas(WIDTH, HEIGHT)
    c.gradient((36, 52, 110), (250, 170, 110))
    c.disc(178, 84, 26, (255, 240, 190))
    c.polygon([(0, 110), (40, 70), (78, 96), (120, 58), (160, 112), (160, 118), (0, 118)], (40, 38, 60))
    for i in range(12):
        c.box(0, 116 + 7 * i, WIDTH, 4, (30 + 8 * i, 60 + 5 * i, 120 + 3 * i))
        c.box(150 - 5 * i, 117 + 7 * i, 56 + 9 * i, 2, (255, 214, 150))
    c.polygon([(44, 150), (96, 150), (86, 164), (54, 164)], (20, 16, 22))
    c.polygon([(68, 148), (68, 100), (98, 146)], (240, 236, 226))
    c.grain(405, 8)
    return c


def dunes():
    """Sand in the morning, seen from above."""
    c = Canvas(WIDTH, HEIGHT)
    c.gradient((240, 200, 140), (150, 90, 50), 60)
    for i in range(6):
        y = 14 + 32 * i
        c.polygon([(0, y + 20), (50, y - 4), (104, y + 14), (170, y - 8), (256, y + 12), (256, y + 20), (168, y + 6), (100, y + 26), (52, y + 8),
                   (0, y + 30)], (96, 52, 34) if i % 2 else (252, 226, 178))
    c.disc(214, 34, 14, (60, 40, 34))
    c.disc(32, 168, 10, (60, 40, 34))
    c.grain(506, 8)
    return c


def sale_flyer():
    """An honest shop's flyer: loud as well, and yet another picture."""
    c = Canvas(WIDTH, HEIGHT)
    c.gradient((245, 240, 220), (190, 225, 215), -50)
    c.disc(192, 66, 50, (210, 60, 80))
    for i in range(5):
        c.ring(192, 66, 46 - 9 * i, 42 - 9 * i, (250, 230, 220))
    c.polygon([(232, 88), (252, 150), (236, 156), (214, 108)], (120, 130, 60))
    for i, width in enumerate((120, 92, 108)):
        c.box(16, 22 + 30 * i, width, 18, (40, 70, 90))
    c.box(0, 132, WIDTH, 12, (40, 70, 90))
    for i in range(8):
        c.polygon([(8 + 32 * i, 192), (24 + 32 * i, 156), (40 + 32 * i, 192)], (230, 150, 40) if i % 2 else (120, 130, 60))
    c.grain(607, 8)
    return c


def main():
    FOLDER.mkdir(exist_ok=True)
    flyer, flag, tiles = fraud_flyer(), emblem(), known_abuse_stand_in()
    flyer.save("bank-fraud.png")
    flyer.brighter(14).save("fraud-brighter.png")
    flyer.resized(200, 150).save("fraud-resized.png")
    flyer.watermarked().save("fraud-watermark.png")
    flag.save("bank-emblem.png")
    flag.brighter(16).save("emblem-brighter.png")
    flag.watermarked().save("emblem-watermark.png")
    tiles.save("bank-known-abuse.png")
    tiles.brighter(12).save("known-abuse-brighter.png")
    tiles.resized(208, 156).save("known-abuse-resized.png")
    bay().save("benign-bay.png")
    dunes().save("benign-dunes.png")
    sale_flyer().save("benign-sale.png")


if __name__ == "__main__":
    main()
