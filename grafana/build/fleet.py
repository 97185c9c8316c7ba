"""``opd-fleet``: every site in one table, and how the fleet and its answers went over time."""

from __future__ import annotations

from board import Board, choice, label_values
from links import EXPORTER_VARIABLE, board_links, site_links
from parts import Query, graph_panel, over_time, prop, rows, stat_panel, steps_value, timeline_panel
from queries import named, status_codes
from tables import Column, table_panel
from words import BAD, CALM, CAUTION, GOOD, QUIET, SEVERITY, SHORT_REASONS, labels, status_code_labels, status_labels

from opd_exporter import wording

FILTERED = (
    '(group by (site) (opd_site_info{category=~"$category", duty=~"$duty"}) '
    'and on (site) (max by (site, status) (opd_site_status{status=~"$status"}) == 1))'
)
"""1 for each site that the three filters let through."""


def build() -> Board:
    """The board."""
    board = Board(
        "opd-fleet",
        "Armada: semua website OPD",
        "Keadaan setiap website sekarang, dengan saringan, dan perjalanannya dari waktu ke waktu.",
        since="now-7d",
        variables=(
            label_values("category", "Kategori", "label_values(opd_site_info, category)"),
            choice("status", "Keadaan", [(status, wording.STATUS_LABELS[status]) for status in SEVERITY[::-1]]),
            choice("duty", "Kewajiban", wording.DUTY_LABELS.items()),
            EXPORTER_VARIABLE,
        ),
        links=board_links("opd-fleet"),
    )
    board.add(_counts(), 0, 0, 24, 4)
    board.add(_table(), 0, 4, 24, 19)
    board.add(_status_over_time(), 0, 23, 9, 10)
    board.add(_response(), 9, 23, 8, 10)
    board.add(_reasons(), 17, 23, 7, 10)
    board.add(_timeline(), 0, 33, 24, 26)
    return board


def _shown(vector: str) -> str:
    return f"({vector}) and on (site) {FILTERED}"


def _counts() -> object:
    panel = stat_panel(
        "Jumlah website menurut keadaan",
        "Website yang lolos saringan di atas, menurut keadaannya sekarang. Setiap website dihitung sekali.",
        [
            Query(
                f'count((max by (site) (opd_site_status{{status="{status}"}}) == 1) and on (site) {FILTERED}) '
                f"or 0 * group(opd_fleet_sites)",
                wording.STATUS_LABELS[status],
            )
            for status in SEVERITY[::-1]
        ],
        text_mode="value_and_name",
        orientation="vertical",
        justify="center",
        value_size=40,
        title_size=16,
    )
    for place, status in enumerate(SEVERITY[::-1]):
        colour = wording.STATUS_COLOURS[status]
        panel.override_by_query("ABCDEFGH"[place], [prop("thresholds", steps_value((None, QUIET), (1, colour)))])
    return panel


def _table() -> object:
    queries = [
        f"group by (site, opd, duty, url) (opd_site_info) and on (site) {FILTERED}",
        _shown("max by (site, status) (opd_site_status == 1)"),
        _shown("max by (site, reason) (opd_site_failure_info)"),
        _shown("1000 * max by (site) (opd_site_status_since_timestamp_seconds)"),
        _shown("max by (site) (opd_site_response_seconds)"),
        _shown('max by (site) (opd_site_uptime_ratio{window="30d"})'),
        _shown("1000 * max by (site) (opd_site_last_post_timestamp_seconds)"),
        _shown("floor(min by (site) (opd_site_seconds_since_last_post) / 86400)"),
        _shown("max by (site, cadence) (opd_site_cadence_info)"),
        _shown("floor((min by (site) (opd_site_tls_not_after_timestamp_seconds) - time()) / 86400)"),
    ]
    days = "suffix: hari"
    return table_panel(
        "Semua website",
        "Satu baris untuk setiap website; klik kode situs untuk papannya, alamat untuk websitenya. Tanda – berarti "
        "tidak diketahui atau tidak ada. Uptime dihitung dari penyimpanan monitor; waktu yang tidak diketahui tidak "
        "ikut dihitung. Irama: yang terukur dari jeda terpanjang antara hari terbit.",
        [rows(query) for query in queries],
        [
            Column("site", "Situs", 140, links=site_links()),
            Column("opd", "OPD", 150),
            Column("status", "Keadaan", 180, mappings=(status_labels(),), look="background"),
            Column("reason", "Sebab", 250, mappings=(labels(SHORT_REASONS),)),
            Column("Value #D", "Sejak", 130, unit="time:DD/MM/YYYY HH.mm"),
            Column("Value #E", "Respons", 85, unit="s", decimals=2),
            Column(
                "Value #F",
                "Uptime 30 hari",
                115,
                unit="percentunit",
                decimals=1,
                look="text",
                thresholds=steps_value((None, BAD), (0.95, CAUTION), (0.99, GOOD)),
            ),
            Column("Value #G", "Berita terakhir", 115, unit="time:DD/MM/YYYY"),
            Column("Value #H", "Umur berita", 105, unit=days, decimals=0),
            Column("duty", "Kewajiban", 95, mappings=(labels(wording.DUTY_LABELS),)),
            Column("cadence", "Irama terukur", 185, mappings=(labels(wording.CADENCE_LABELS),)),
            Column(
                "Value #J",
                "Sertifikat",
                95,
                unit=days,
                decimals=0,
                look="text",
                thresholds=steps_value((None, BAD), (0, CAUTION), (14, "text")),
            ),
            Column("url", "Alamat", links=({"title": "Buka website", "url": "${__value.raw}", "targetBlank": True},)),
        ],
        hide=("Value #A", "Value #B", "Value #C", "Value #I"),
        sort_by="OPD",
    )


def _status_over_time() -> object:
    panel = graph_panel(
        "Keadaan armada dari waktu ke waktu",
        "Jumlah website yang lolos saringan menurut keadaannya pada waktu itu. Celah: monitor tidak berjalan.",
        [
            over_time(
                'count by (status) (max by (site, status) (opd_site_status{status=~"$status"}) == 1 and on (site) '
                'group by (site) (opd_site_info{category=~"$category", duty=~"$duty"}))',
                "{{status}}",
            )
        ],
        unit="none",
        stacked=True,
        decimals=0,
    )
    for status in SEVERITY:
        panel.override_by_name(
            str(status),
            [
                prop("displayName", wording.STATUS_LABELS[status]),
                prop("color", {"mode": "fixed", "fixedColor": wording.STATUS_COLOURS[status]}),
            ],
        )
    return panel


def _response() -> object:
    vector = f"max by (site) (opd_site_response_seconds) and on (site) {FILTERED}"
    panel = graph_panel(
        "Waktu respons",
        "Persentil waktu respons semua website yang lolos saringan: separuh website lebih cepat daripada garis 50 %, "
        "satu dari dua puluh lebih lambat daripada garis 95 %.",
        [over_time(f"quantile({share}, {vector})", f"{share * 100:.0f} %") for share in (0.5, 0.9, 0.95)],
        unit="s",
        legend="table",
        calcs=("last", "max"),
    )
    for name, colour in (("50 %", CALM), ("90 %", CAUTION), ("95 %", BAD)):
        panel.override_by_name(name, [prop("color", {"mode": "fixed", "fixedColor": colour})])
    return panel


def _reasons() -> object:
    counted = f"count by (reason) (max by (site, reason) (opd_site_failure_info) and on (site) {FILTERED})"
    none = f'label_replace(0 * group(opd_fleet_sites) unless on () ({counted}), "reason", "Tidak ada gangguan", "", "")'
    return table_panel(
        "Sebab gangguan sekarang",
        "Berapa website yang tidak dapat diakses, ditolak firewall, atau disusupi, menurut sebabnya.",
        [rows(f"{counted} or {none}")],
        [
            Column("reason", "Sebab", 240, mappings=(labels(SHORT_REASONS),)),
            Column("Value", "Website", decimals=0, look="gauge", gauge=(0, 10), thresholds=steps_value((None, CALM))),
        ],
        sort_by="Website",
        descending=True,
    )


def _timeline() -> object:
    return timeline_panel(
        "Riwayat keadaan setiap website",
        "Satu baris untuk setiap website yang lolos saringan; warna menurut keadaannya. Celah: monitor tidak berjalan.",
        [over_time(named(f"({status_codes()}) and on (site) {FILTERED}"), "{{opd}}")],
        mappings=[status_code_labels()],
    )
