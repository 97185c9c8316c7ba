"""``opd-wall``: one screen of 1920 x 1080, read from five metres, with nothing to touch.

Everything asks whether the monitor is still looking: once nothing was probed for ten minutes the panels say
"Tidak ada data" in grey instead of what was true then.
"""

from __future__ import annotations

from board import Board
from grafana_foundation_sdk.models import dashboard as model
from parts import Query, prop, rows, stat_panel, steps, steps_value
from queries import (
    EXPORTERS,
    NAMES,
    PROBES_FRESH,
    SINCE,
    count_of,
    fleet_sites,
    fresh,
    named,
    numbered,
    spelled_age,
    status_codes,
    translated,
)
from words import (
    BAD,
    CAUTION,
    GOOD,
    NEUTRAL,
    NO_DATA,
    NO_VALUE,
    QUIET,
    SHORT_REASONS,
    SHORT_STATUS,
    mapping,
    null_mapping,
    status_code_labels,
)

from opd_exporter import wording
from opd_exporter.models import Status

LISTED = 5
"""Lines of troubles: all by name where they fit, else one name less and a line that counts the rest."""
TILE_COLUMNS = 6
BLANK = "\N{BRAILLE PATTERN BLANK}"
"""Text that is there and not seen: the last column is filled up with empty tiles, so that the rows stand in line."""
EMPTY = "#181B1F"
COMPROMISED_RANK = 1e10
"""Above every Unix time: the compromised come before the down, and each of them newest first."""

_COUNTS = (Status.COMPROMISED, Status.DORMANT, Status.LATE)
_IN_TROUBLE = 'max by (site) (opd_site_status{status=~"down|compromised"} == 1)'
_TROUBLES = f"max by (site, reason) (opd_site_failure_info) and on (site) {_IN_TROUBLE}"


def build() -> Board:
    """The board."""
    board = Board(
        "opd-wall",
        "Dinding: Website OPD",
        "Layar ruang operasi: berapa website aktif, apa yang terganggu, dan apakah monitor sendiri masih melihat.",
        since="now-1h",
        refresh="15s",
        wall=True,
    )
    board.add(_headline(), 0, 0, 6, 6)
    board.add(_down(), 6, 0, 4, 6)
    board.add(_counts(), 10, 0, 14, 6)
    board.add(_troubles(), 0, 6, 24, 10)
    for column in range(TILE_COLUMNS):
        board.add(_tiles(column), 4 * column, 16, 4, 9)
    board.add(_health(), 0, 25, 24, 2)
    return board


def _headline() -> object:
    total = numbered(fleet_sites(), "jumlah")
    active = fleet_sites('{status="active"}') + f" * on () group_left (jumlah) {total}"
    return stat_panel(
        "",
        "Website yang dapat dibuka dan beritanya masih dalam batas pembaruan, dari semua website di registri. "
        "Abu-abu: tidak ada pemeriksaan baru selama sepuluh menit.",
        [Query(fresh(active), "Aktif dari {{jumlah}} website")],
        no_value=NO_VALUE,
        text_mode="value_and_name",
        value_size=130,
        title_size=36,
        thresholds=steps((None, QUIET), (1, GOOD)),
        justify="center",
    )


def _down() -> object:
    return stat_panel(
        "",
        "Website yang tidak dapat dibaca warga: tidak menjawab, galat, atau halaman yang bukan website itu.",
        [Query(count_of(Status.DOWN), wording.STATUS_LABELS[Status.DOWN])],
        no_value=NO_VALUE,
        text_mode="value_and_name",
        value_size=130,
        title_size=29,
        thresholds=steps((None, QUIET), (1, BAD)),
        justify="center",
    )


def _counts() -> object:
    left = "max by (site) (opd_site_tls_not_after_timestamp_seconds) - time()"
    ending = f"({left}) > 0 < on (site) max by (site) (opd_site_certificate_limit_seconds)"
    unknown = f"{Status.UNDATED}|{Status.BLOCKED}|{Status.PENDING}"
    panel = stat_panel(
        "",
        "Jumlah website menurut keadaan. Belum dinilai: tanggal tidak terbaca, akses monitor ditolak, atau tidak "
        "diketahui. SSL berakhir: sertifikat yang berakhir dalam batas peringatan registri.",
        [
            *(Query(count_of(status), SHORT_STATUS[status]) for status in _COUNTS),
            Query(count_of(unknown), "Belum dinilai"),
            Query(fresh(f"count({ending}) or vector(0)"), "SSL berakhir"),
        ],
        text_mode="value_and_name",
        value_size=96,
        title_size=28,
        justify="center",
        orientation="vertical",
    )
    colours = [*(wording.STATUS_COLOURS[status] for status in _COUNTS), NEUTRAL, CAUTION]
    for place, colour in enumerate(colours):
        panel.override_by_query("ABCDE"[place], [prop("thresholds", steps_value((None, QUIET), (1, colour)))])
    return panel


def _troubles() -> object:
    rank = f'{SINCE} + on (site) {COMPROMISED_RANK:.0f} * max by (site) (opd_site_status{{status="compromised"}})'
    age = spelled_age(f"(time() - {SINCE})")
    vector = (
        f"({rank}) * on (site) group_left (reason) ({_TROUBLES}) * on (site) group_left (lama) {age} "
        f"* on (site) group_left (opd) {NAMES}"
    )
    count = f"count({_IN_TROUBLE})"
    best = f"topk({LISTED}, {vector})"
    listed = translated(
        f"({best} and on () {count} <= {LISTED}) or topk({LISTED - 1}, {best})", "reason", SHORT_REASONS
    )
    lines = f'label_join({listed}, "baris", "  ·  ", "opd", "reason", "lama")'
    more = numbered(f"{count} - {LISTED - 1} > 1")
    more = f'label_replace(-1 * {more}, "baris", "dan $1 website lain", "n", "(.*)")'
    calm = f"0 * group(opd_fleet_sites) unless on () {count}"
    calm = f'label_replace({calm}, "baris", "Tidak ada gangguan", "", "")'
    blind = f"vector(-2) unless {PROBES_FRESH}"
    blind = f'label_replace({blind}, "baris", "Monitor berhenti: keadaan tidak diketahui", "", "")'
    return stat_panel(
        "",
        f"Website yang tidak dapat diakses atau terindikasi disusupi: yang disusupi lebih dulu, lalu gangguan terbaru "
        f"di atas; paling banyak {LISTED} baris. Kanan: sudah berapa lama.",
        [Query(f"sort_desc({fresh(f'({lines} or {more} or {calm})')} or {blind})", "{{baris}}")],
        text_mode="name",
        value_size=64,
        title_size=64,
        orientation="horizontal",
        thresholds=steps(
            (None, NEUTRAL),
            (0, GOOD),
            (1, wording.STATUS_COLOURS[Status.DOWN]),
            (COMPROMISED_RANK, wording.STATUS_COLOURS[Status.COMPROMISED]),
        ),
    )


def _tiles(column: int) -> object:
    """One sixth of the tiles, by name: Grafana alone would make so narrow tiles of sixty that no name fits."""
    sites = f'label_replace({named(status_codes())}, "urut", "0$1", "opd", "(.*)")'
    missing = f"({TILE_COLUMNS} - count({NAMES}) % {TILE_COLUMNS}) % {TILE_COLUMNS}"
    fillers = " or ".join(
        f'label_replace(label_replace(0 * ({missing} >= {place}), "opd", "{BLANK}", "", ""), '
        f'"urut", "1{place}", "", "")'
        for place in range(1, TILE_COLUMNS)
    )
    panel = stat_panel(
        "",
        f"Satu ubin untuk setiap OPD dengan keadaannya sekarang, urut nama dari atas ke bawah; kolom {column + 1} "
        f"dari {TILE_COLUMNS}.",
        [rows(fresh(f"{sites} or {fillers}"))],
        text_mode="value_and_name",
        mappings=[status_code_labels(SHORT_STATUS), mapping({"0": (BLANK, EMPTY)})],
        title_size=19,
        value_size=18,
        per_row="/^Value$/",
        orientation="horizontal",
        wide=True,
    )
    begin, end = (bound / TILE_COLUMNS - 1e-6 for bound in (column, column + 1))
    between = {"id": "between", "options": {"from": round(begin, 6), "to": round(end, 6)}}
    index = {"mode": "index", "alias": "bagian", "index": {"asPercentile": True}, "replaceFields": False}
    for name, options in (
        ("sortBy", {"sort": [{"field": "urut"}]}),
        ("calculateField", index),
        ("filterByValue", {"type": "include", "match": "all", "filters": [{"fieldName": "bagian", "config": between}]}),
        (
            "organize",
            {
                "excludeByName": dict.fromkeys(("Time", "site", "urut", "bagian"), True),
                "indexByName": {},
                "renameByName": {},
            },
        ),
    ):
        panel.with_transformation(model.DataTransformerConfig(id_val=name, options=options))
    return panel


def _health() -> object:
    newest = "time() - max(opd_site_last_probe_timestamp_seconds)"
    panel = stat_panel(
        "",
        "Keadaan monitor sendiri: umur pemeriksaan terbaru, jaringan monitor, dan apakah exporter menjawab Prometheus. "
        "Bila ada yang merah, angka di atas tidak lagi menggambarkan keadaan sekarang.",
        [
            Query(f"{newest} or vector(-1)", "Pemeriksaan terakhir"),
            Query("min(opd_exporter_network_up) or vector(-1)", "Jaringan monitor"),
            Query(EXPORTERS, "Monitor"),
        ],
        text_mode="value_and_name",
        value_size=34,
        title_size=26,
        wide=True,
        orientation="vertical",
        justify="center",
    )
    panel.override_by_query(
        "A",
        [
            prop("unit", "suffix: detik lalu"),
            prop("decimals", 0),
            prop("mappings", [mapping({"-1": ("tidak ada", BAD)}), null_mapping(NO_DATA, BAD)]),
            prop("thresholds", steps_value((None, GOOD), (180, CAUTION), (600, BAD))),
        ],
    )
    words = {"1": ("terhubung", GOOD), "0": ("terputus", BAD), "-1": ("tidak diketahui", BAD)}
    panel.override_by_query("B", [prop("mappings", [mapping(words), null_mapping(NO_DATA, BAD)])])
    words = {"1": ("berjalan", GOOD), "0": ("berhenti", BAD), "2": ("sebagian berhenti", BAD)}
    panel.override_by_query("C", [prop("mappings", [mapping(words), null_mapping(NO_DATA, BAD)])])
    return panel
