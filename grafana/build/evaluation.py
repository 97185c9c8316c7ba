"""``opd-evaluation``: what the evaluation meeting needs, over months instead of minutes."""

from __future__ import annotations

from board import Board
from links import EXPORTER_VARIABLE, board_links, site_links
from parts import Query, graph_panel, note_panel, over_time, prop, rows, stat_panel, steps, steps_value
from queries import NAMES, fleet_sites, named
from tables import Column, table_panel
from words import (
    BAD,
    CALM,
    CAUTION,
    GOOD,
    NEUTRAL,
    NO_VALUE,
    QUIET,
    SEVERITY,
    SHORT_REASONS,
    labels,
    mapping,
    status_labels,
)

from opd_exporter import wording
from opd_exporter.models import Status

_NOT_ACTIVE = (Status.LATE, Status.DORMANT, Status.DOWN, Status.COMPROMISED)
_UNKNOWN = (Status.UNDATED, Status.BLOCKED, Status.PENDING)
_DUTY_RANK = {"daily": 1, "weekly": 2, "monthly": 3}
_CADENCE_RANK = {"daily": 1, "weekly": 2, "monthly": 3, "none": 4}


def build() -> Board:
    """The board."""
    board = Board(
        "opd-evaluation",
        "Evaluasi website OPD",
        "Bahan Rapat Evaluasi Website OPD: keaktifan, irama pembaruan terhadap kewajiban, peringkat, sambungan "
        "internet, kendala dan tindak lanjut.",
        since="now-90d",
        refresh="15m",
        variables=(EXPORTER_VARIABLE,),
        links=board_links("opd-evaluation"),
    )
    board.add(_share(), 0, 0, 6, 5)
    board.add(_split(), 6, 0, 18, 5)
    board.add(_months(), 0, 5, 16, 11)
    board.add(_documents(), 16, 5, 8, 11)
    board.add(_cadence(), 0, 16, 14, 20)
    board.add(_ranking(), 14, 16, 10, 20)
    board.add(_connections(), 0, 36, 12, 9)
    board.add(_kendala(), 12, 36, 12, 9)
    board.add(_follow_up(), 0, 45, 24, 11)
    return board


def _sum(statuses: tuple[Status, ...]) -> str:
    pattern = "|".join(statuses)
    return fleet_sites(f'{{status=~"{pattern}"}}')


def _share() -> object:
    return stat_panel(
        "Capaian: website aktif",
        "Bagian website yang dapat dibuka dan diperbarui dalam batasnya, dari semua website di registri. "
        "Target: semua.",
        [Query(f"{_sum((Status.ACTIVE,))} / {_sum(SEVERITY)}")],
        unit="percentunit",
        decimals=0,
        no_value=NO_VALUE,
        value_size=64,
        thresholds=steps((None, BAD), (0.5, CAUTION), (0.9, GOOD)),
    )


def _split() -> object:
    groups = (
        ("Aktif", (Status.ACTIVE,), GOOD),
        ("Tidak aktif", _NOT_ACTIVE, BAD),
        *((wording.STATUS_LABELS[status], (status,), wording.STATUS_COLOURS[status]) for status in _NOT_ACTIVE),
        ("Belum dapat dinilai", _UNKNOWN, NEUTRAL),
    )
    panel = stat_panel(
        "Aktif, tidak aktif menurut jenisnya, dan belum dapat dinilai",
        "Tidak aktif = kurang aktif + tidak update + tidak dapat diakses + terindikasi disusupi. Belum dapat dinilai = "
        "tanggal tidak terbaca + akses monitor ditolak + tidak diketahui.",
        [Query(_sum(statuses), label) for label, statuses, _colour in groups],
        text_mode="value_and_name",
        orientation="vertical",
        justify="center",
        value_size=56,
        title_size=17,
    )
    for place, (_label, _statuses, colour) in enumerate(groups):
        panel.override_by_query("ABCDEFG"[place], [prop("thresholds", steps_value((None, QUIET), (1, colour)))])
    return panel


def _months() -> object:
    panel = graph_panel(
        "Keadaan website dari hari ke hari",
        "Jumlah website menurut keadaannya, satu batang per hari. Celah: monitor tidak berjalan.",
        [over_time("sum by (status) (max by (shard, status) (opd_fleet_sites))", "{{status}}")],
        unit="none",
        stacked=True,
        draw="bars",
        decimals=0,
    ).interval("1d")
    for status in SEVERITY:
        panel.override_by_name(
            str(status),
            [
                prop("displayName", wording.STATUS_LABELS[status]),
                prop("color", {"mode": "fixed", "fixedColor": wording.STATUS_COLOURS[status]}),
            ],
        )
    return panel


_DOCUMENTS = """\
**Unduh laporan bulan ini**

- [Laporan Hasil Evaluasi](${exporter}/report)
- [Lembar kerja (XLSX)](${exporter}/report.xlsx)
- [Data (CSV)](${exporter}/report.csv)

**Cara membaca**

- *Aktif*: dapat dibuka dan beritanya dalam batas kewajiban (harian 3 hari kerja, mingguan 10 hari, bulanan 40 hari).
- *Irama terukur* menghitung hari terbit, bukan jumlah berita: dua puluh berita dalam satu sore adalah satu hari terbit.
- *Kendala* dan *tindak lanjut* diisi di registri (`sites.yml`).
"""


def _documents() -> object:
    return note_panel(
        "Bahan rapat", "Laporan bulanan dari penyimpanan monitor, dan cara membaca papan ini.", _DOCUMENTS
    )


def _rank_of(metric: str, label: str, ranks: dict[str, int]) -> str:
    parts = (f'max by (site) ({metric}{{{label}="{word}"}}) * {rank}' for word, rank in ranks.items())
    return "(" + " or ".join(parts) + ")"


def _cadence() -> object:
    fulfilled = (
        f"{_rank_of('opd_site_cadence_info', 'cadence', _CADENCE_RANK)} "
        f"<= bool on (site) {_rank_of('opd_site_info', 'duty', _DUTY_RANK)}"
    )
    verdicts = {"1": ("Terpenuhi", GOOD), "0": ("Belum", CAUTION)}
    return table_panel(
        "Irama pembaruan terhadap kewajiban",
        "Irama terukur: yang paling ketat yang batasnya tidak dilampaui oleh jeda terpanjang antara hari terbit dalam "
        "90 hari. Tanda –: belum cukup lama diamati, atau tanggal tidak terbaca.",
        [
            rows("group by (site, opd, duty) (opd_site_info)"),
            rows("max by (site, cadence) (opd_site_cadence_info)"),
            rows(fulfilled),
            rows("floor(max by (site) (opd_site_longest_gap_seconds) / 86400)"),
            rows("1000 * max by (site) (opd_site_last_post_timestamp_seconds)"),
        ],
        [
            Column("site", "Situs", 140, links=site_links()),
            Column("opd", "OPD", 170),
            Column("duty", "Kewajiban", 105, mappings=(labels(wording.DUTY_LABELS),)),
            Column("cadence", "Irama terukur", 200, mappings=(labels(wording.CADENCE_LABELS),)),
            Column("Value #C", "Kewajiban terpenuhi", 165, mappings=(mapping(verdicts),), look="background"),
            Column("Value #D", "Jeda terpanjang", 150, unit="suffix: hari", decimals=0),
            Column("Value #E", "Berita terakhir", unit="time:DD/MM/YYYY"),
        ],
        hide=("Value #A", "Value #B"),
        sort_by="Jeda terpanjang",
        descending=True,
    )


def _ranking() -> object:
    return table_panel(
        "Peringkat: hari terbit dalam 90 hari",
        "Berapa hari yang berbeda memuat berita baru, terbanyak di atas, dan keadaan website sekarang.",
        [
            rows(named('max by (site) (opd_site_publishing_dates{window="90d"})')),
            rows("max by (site, status) (opd_site_status == 1)"),
            rows(f"group by (site, opd) ({NAMES})"),
        ],
        [
            Column("opd", "OPD", 170),
            Column("Value #A", "Hari terbit", look="gauge", gauge=(0, 90), thresholds=steps_value((None, CALM))),
            Column("status", "Keadaan", 190, mappings=(status_labels(),), look="background"),
        ],
        hide=("site", "Value #B", "Value #C"),
        sort_by="Hari terbit",
        descending=True,
    )


def _connections() -> object:
    joined = "group by (site, connection) (opd_site_info)"

    def joining(how: str, vector: str) -> str:
        return f"{how} by (connection) (({vector}) * on (site) group_left (connection) {joined})"

    return table_panel(
        "Program internet terpadu",
        "Website menurut sambungan internet kantornya: terpadu, penyedia sendiri, atau keduanya (kantor yang membayar "
        "dua kali). Jumlah, yang aktif, dan rata-rata uptime 30 hari.",
        [
            rows(f"count by (connection) ({joined})"),
            rows(joining("sum", 'max by (site) (opd_site_status{status="active"})')),
            rows(joining("avg", 'max by (site) (opd_site_uptime_ratio{window="30d"})')),
        ],
        [
            Column("connection", "Sambungan", 260, mappings=(labels(wording.CONNECTION_LABELS),)),
            Column("Value #A", "Website", 110, decimals=0),
            Column("Value #B", "Aktif", 110, decimals=0),
            Column("Value #C", "Uptime 30 hari (rata-rata)", unit="percentunit", decimals=1),
        ],
        sort_by="Website",
        descending=True,
        cell_height="md",
    )


def _kendala() -> object:
    counted = "count by (kendala) (max by (site, kendala) (opd_site_kendala_info))"
    none = f'label_replace(0 * group(opd_fleet_sites) unless on () ({counted}), "kendala", "Belum ada kendala", "", "")'
    return table_panel(
        "Kendala",
        "Sebab yang dicatat pengelola di registri (note.kendala), menurut jumlah website.",
        [rows(f"{counted} or {none}")],
        [
            Column("kendala", "Kendala", 300, mappings=(labels(wording.KENDALA_LABELS),)),
            Column("Value", "Website", decimals=0, look="gauge", gauge=(0, 10), thresholds=steps_value((None, CALM))),
        ],
        sort_by="Website",
        descending=True,
    )


def _follow_up() -> object:
    troubled = 'max by (site, status) (opd_site_status{status=~"late|dormant|down|compromised"} == 1)'
    wanted = f"on (site) (max by (site) ({troubled}) or max by (site) (opd_site_kendala_info))"
    return table_panel(
        "Tindak lanjut",
        "Website yang tidak aktif atau punya kendala tercatat. Tindak lanjut, penanggung jawab dan batas waktunya ada "
        "di halaman situs pada monitor (klik kode situs). Tanda – pada kendala: belum diisi di registri.",
        [
            rows(f"group by (site, opd, name) (opd_site_info) and {wanted}"),
            rows(f"max by (site, status) (opd_site_status == 1) and {wanted}"),
            rows("max by (site, reason) (opd_site_failure_info) and " + wanted),
            rows("max by (site, kendala) (opd_site_kendala_info)"),
            rows(f"1000 * max by (site) (opd_site_status_since_timestamp_seconds) and {wanted}"),
        ],
        [
            Column("site", "Situs", 150, links=site_links()),
            Column("opd", "OPD", 170),
            Column("name", "Nama", 420),
            Column("status", "Keadaan", 200, mappings=(status_labels(),), look="background"),
            Column("reason", "Sebab", 300, mappings=(labels(SHORT_REASONS),)),
            Column("kendala", "Kendala", 240, mappings=(labels(wording.KENDALA_LABELS),)),
            Column("Value #E", "Sejak", unit="time:DD/MM/YYYY HH.mm"),
        ],
        hide=("Value #A", "Value #B", "Value #C", "Value #D"),
        sort_by="Keadaan",
    )
