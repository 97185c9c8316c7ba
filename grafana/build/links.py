"""Where the boards lead: to each other, to the exporter's pages, to runbooks."""

from __future__ import annotations

from typing import Any

from board import constant
from parts import EXPORTER_URL, link

EXPORTER_VARIABLE = constant("exporter", EXPORTER_URL)
"""``${exporter}`` in links: the address of the exporter's pages."""

BOARDS = {
    "opd-wall": "Dinding",
    "opd-fleet": "Armada",
    "opd-site": "Situs",
    "opd-evaluation": "Evaluasi",
    "opd-exporter": "Monitor",
}


def board_links(own: str) -> list[dict[str, Any]]:
    """Links at the top of a board: the other boards, and the exporter's own pages."""
    found = [
        link(title, f"/d/{uid}" + ("?kiosk" if uid == "opd-wall" else ""))
        for uid, title in BOARDS.items()
        if uid != own
    ]
    found.append(link("Halaman monitor", "${exporter}/", new_tab=True))
    found.append(link("Laporan evaluasi", "${exporter}/report", new_tab=True))
    return found


def site_links() -> tuple[dict[str, Any], ...]:
    """Links of a cell that holds a site's id."""
    return (
        link("Papan situs ini", "/d/opd-site?var-site=${__value.raw}"),
        link("Halaman situs di monitor", "${exporter}/sites/${__value.raw}", new_tab=True),
    )


def runbook_link(alert: str, title: str = "") -> dict[str, Any]:
    """Link to what to do about an alert."""
    return link(title or f"Panduan: {alert}", f"${{exporter}}/runbooks/{alert}", new_tab=True)
