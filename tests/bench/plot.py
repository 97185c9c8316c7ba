"""Draws CPU and memory against the number of sites, both axes by powers of ten, with the line of "twice the sites"."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH, HEIGHT, LEFT, TOP = 640, 320, 60, 30
COLOURS = {"cpu": "#1f6feb", "memory": "#b35900"}


def draw(sizes: Mapping[int, Mapping[str, float]]) -> str:
    """An SVG; ``sizes`` has the CPU (share of a core) and the memory (MiB) of each number of sites."""
    curves = {
        "cpu": [(size, row["cpu"] * 100) for size, row in sorted(sizes.items())],
        "memory": [(size, row["memory"]) for size, row in sorted(sizes.items())],
    }
    values = [value for curve in curves.values() for _, value in curve if value > 0]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, last = math.log10(min(sizes)) - 0.1, math.log10(max(sizes)) + 0.1

    def x(size: float) -> float:
        return LEFT + (math.log10(size) - first) / (last - first) * (WIDTH - LEFT - 20)

    def y(value: float) -> float:
        share = (math.log10(max(value, 10.0**low)) - low) / (high - low)
        return HEIGHT - 40 - share * (HEIGHT - 40 - TOP)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"',
        ' font-size="12" role="img" aria-label="CPU and memory against the number of sites">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - 20}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    parts += [
        f'<text x="{x(size):.1f}" y="{HEIGHT - 20}" text-anchor="middle">{size:,}</text>' for size in sorted(sizes)
    ]
    # What twice the sites for twice the CPU would be, from the largest size down.
    size, value = curves["cpu"][-1]
    least = max(min(sizes), size * 10.0**low / value)
    parts.append(
        f'<line x1="{x(least):.1f}" y1="{y(value * least / size):.1f}" x2="{x(size):.1f}" y2="{y(value):.1f}" '
        'stroke="#888" stroke-dasharray="4 4"/>'
    )
    titles = {"cpu": "CPU, % of one core", "memory": "memory, MiB"}
    for number, (name, curve) in enumerate(curves.items()):
        points = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in curve)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="3.5" fill="{COLOURS[name]}"/>' for size, value in curve
        ]
        parts.append(f'<text x="{LEFT + 10 + 160 * number}" y="18" fill="{COLOURS[name]}">{titles[name]}</text>')
    parts.append(f'<text x="{LEFT + 330}" y="18" fill="#666">dashed: CPU in proportion to the sites</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 5}" text-anchor="middle">HTTPS sites, each at 60 s</text></svg>')
    return "\n".join(parts) + "\n"
