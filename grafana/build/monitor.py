"""``opd-exporter``: the monitor looks at itself."""

from __future__ import annotations

from board import Board
from links import EXPORTER_VARIABLE, board_links, runbook_link, site_links
from parts import Query, graph_panel, over_time, prop, rows, stat_panel, steps_value
from queries import EXPORTERS, named
from tables import Column, table_panel
from words import BAD, CALM, CAUTION, GOOD, NEUTRAL, mapping

from opd_exporter import wording

_JOB = 'job="opd-exporter"'
_GUIDES = (
    "OPDExporterDown",
    "OPDMonitorOffline",
    "OPDMonitorBlind",
    "OPDProbesStalled",
    "OPDConfigReloadFailed",
    "OPDRuleFailures",
    "OPDNotificationsFailing",
)


def build() -> Board:
    """The board."""
    board = Board(
        "opd-exporter",
        "Monitor: kesehatan pemantau",
        "Apakah monitor sendiri berjalan: pemeriksaan, registri, aturan peringatan, dan pengiriman surel.",
        since="now-6h",
        variables=(EXPORTER_VARIABLE,),
        links=board_links("opd-exporter"),
    )
    board.add(_state(), 0, 0, 24, 4, links=[runbook_link(alert) for alert in _GUIDES])
    board.add(_lag(), 0, 4, 12, 8)
    board.add(_durations(), 12, 4, 12, 8)
    board.add(_results(), 0, 12, 8, 8)
    board.add(_in_flight(), 8, 12, 8, 8)
    board.add(_scrape(), 16, 12, 8, 8)
    board.add(_memory(), 0, 20, 8, 8)
    board.add(_processor(), 8, 20, 8, 8)
    board.add(_failures(), 16, 20, 8, 8)
    board.add(_oldest(), 0, 28, 12, 10)
    board.add(_alerts(), 12, 28, 12, 10)
    return board


def _state() -> object:
    yes_no = {"1": ("berjalan", GOOD), "0": ("berhenti", BAD), "2": ("sebagian berhenti", BAD)}
    network = {"1": ("terhubung", GOOD), "0": ("terputus", BAD), "-1": ("tidak diketahui", NEUTRAL)}
    registry = {"1": ("terbaca", GOOD), "0": ("ditolak", BAD), "-1": ("tidak diketahui", NEUTRAL)}
    panel = stat_panel(
        "Keadaan monitor",
        "Exporter menjawab Prometheus; jaringan monitor; bacaan terakhir registri; umur pemeriksaan terbaru; kapan "
        "registri terakhir terbaca; versi exporter.",
        [
            Query(EXPORTERS, "Exporter"),
            Query("min(opd_exporter_network_up) or vector(-1)", "Jaringan monitor"),
            Query("min(opd_exporter_config_last_reload_successful) or vector(-1)", "Registri"),
            Query("time() - max(opd_site_last_probe_timestamp_seconds) or vector(-1)", "Pemeriksaan terakhir"),
            Query(
                "1000 * max(opd_exporter_config_last_reload_success_timestamp_seconds) or vector(-1)",
                "Registri dibaca",
            ),
            Query("max by (version) (opd_exporter_build_info)", "Versi {{version}}"),
        ],
        text_mode="value_and_name",
        orientation="vertical",
        justify="center",
        value_size=24,
        title_size=15,
    )
    for ref, words in (("A", yes_no), ("B", network), ("C", registry)):
        panel.override_by_query(ref, [prop("mappings", [mapping(words)])])
    unknown = mapping({"-1": ("tidak ada", NEUTRAL)})
    panel.override_by_query(
        "D",
        [
            prop("unit", "suffix: detik lalu"),
            prop("decimals", 0),
            prop("mappings", [unknown]),
            prop("thresholds", steps_value((None, GOOD), (180, CAUTION), (600, BAD))),
        ],
    )
    panel.override_by_query("E", [prop("unit", "time:DD/MM/YYYY HH.mm"), prop("mappings", [unknown])])
    return panel.override_by_query("F", [prop("mappings", [mapping({"1": ("terpasang", CALM)})])])


def _quantiles(metric: str) -> list[Query]:
    rate = f"sum by (le) (rate({metric}_bucket[10m]))"
    return [over_time(f"histogram_quantile({share}, {rate})", f"{share * 100:.0f} %") for share in (0.5, 0.95, 0.99)]


def _coloured(panel: object) -> object:
    for name, colour in (("50 %", CALM), ("95 %", CAUTION), ("99 %", BAD)):
        panel.override_by_name(  # type: ignore[attr-defined]
            name, [prop("color", {"mode": "fixed", "fixedColor": colour})]
        )
    return panel


def _lag() -> object:
    return _coloured(
        graph_panel(
            "Keterlambatan jadwal",
            "Berapa lama pemeriksaan dimulai setelah waktu yang dijadwalkan. Naik: mesin kewalahan.",
            _quantiles("opd_exporter_schedule_lag_seconds"),
            unit="s",
            legend="table",
            calcs=("last", "max"),
        )
    )


def _durations() -> object:
    return _coloured(
        graph_panel(
            "Lama pemeriksaan",
            "Dari mulai satu pemeriksaan sampai keadaan situs yang baru, termasuk menunggu jawaban situs.",
            _quantiles("opd_exporter_probe_duration_seconds"),
            unit="s",
            legend="table",
            calcs=("last", "max"),
        )
    )


def _results() -> object:
    panel = graph_panel(
        "Pemeriksaan per menit",
        "Menurut hasilnya: dapat diakses, tidak dapat diakses, ditolak, tidak diketahui.",
        [over_time("60 * sum by (result) (rate(opd_site_probes_total[10m]))", "{{result}}")],
        unit="none",
        stacked=True,
        decimals=0,
    )
    colours = {"up": GOOD, "down": BAD, "blocked": "#6F6F8F", "unknown": NEUTRAL}
    for result, label in wording.PROBE_RESULT_LABELS.items():
        panel.override_by_name(
            str(result),
            [prop("displayName", label), prop("color", {"mode": "fixed", "fixedColor": colours[str(result)]})],
        )
    return panel


def _in_flight() -> object:
    return _plain(
        graph_panel(
            "Pemeriksaan yang sedang berjalan",
            "Berapa pemeriksaan berlangsung bersamaan pada saat Prometheus bertanya.",
            [over_time("sum(opd_exporter_probes_in_flight)", "Berjalan")],
            unit="none",
            legend="hidden",
            decimals=0,
        ),
        "Berjalan",
    )


def _scrape() -> object:
    return _plain(
        graph_panel(
            "Waktu pengambilan metrik",
            "Berapa lama exporter menjawab Prometheus. Batasnya 10 detik.",
            [over_time(f"max(scrape_duration_seconds{{{_JOB}}})", "Pengambilan")],
            unit="s",
            legend="hidden",
        ),
        "Pengambilan",
    )


def _memory() -> object:
    return _plain(
        graph_panel(
            "Memori exporter",
            "Memori yang dipakai proses exporter.",
            [over_time(f"max(process_resident_memory_bytes{{{_JOB}}})", "Memori")],
            unit="bytes",
            legend="hidden",
        ),
        "Memori",
    )


def _processor() -> object:
    return _plain(
        graph_panel(
            "Prosesor exporter",
            "Bagian dari satu inti prosesor yang dipakai proses exporter.",
            [over_time(f"max(rate(process_cpu_seconds_total{{{_JOB}}}[10m]))", "Prosesor")],
            unit="percentunit",
            legend="hidden",
        ),
        "Prosesor",
    )


def _plain(panel: object, name: str) -> object:
    return panel.override_by_name(  # type: ignore[attr-defined]
        name, [prop("color", {"mode": "fixed", "fixedColor": CALM})]
    )


def _failures() -> object:
    panel = graph_panel(
        "Kegagalan aturan dan pengiriman",
        "Aturan Prometheus yang gagal dihitung, dan surel atau panggilan yang gagal dikirim Alertmanager, per lima "
        "menit. Harus nol.",
        [
            over_time("sum(increase(prometheus_rule_evaluation_failures_total[5m]))", "Aturan gagal"),
            over_time("sum(increase(alertmanager_notifications_failed_total[5m]))", "Pengiriman gagal"),
            over_time("sum(increase(prometheus_notifications_dropped_total[5m]))", "Peringatan hilang"),
        ],
        unit="none",
        decimals=0,
    )
    for name, colour in (("Aturan gagal", BAD), ("Pengiriman gagal", CAUTION), ("Peringatan hilang", "#CC79A7")):
        panel.override_by_name(name, [prop("color", {"mode": "fixed", "fixedColor": colour})])
    return panel


def _oldest() -> object:
    return table_panel(
        "Pemeriksaan paling lama",
        "Sepuluh situs yang paling lama tidak diperiksa, dan umur pemeriksaan isinya.",
        [
            rows(f"topk(10, {named('time() - min by (site) (opd_site_last_probe_timestamp_seconds)')})"),
            rows(
                "(time() - min by (site) (opd_site_last_content_check_timestamp_seconds)) and on (site) "
                "topk(10, time() - min by (site) (opd_site_last_probe_timestamp_seconds))"
            ),
        ],
        [
            Column("site", "Situs", 160, links=site_links()),
            Column("opd", "OPD", 200),
            Column("Value #A", "Pemeriksaan", 160, unit="suffix: detik lalu", decimals=0),
            Column("Value #B", "Pemeriksaan isi", unit="suffix: detik lalu", decimals=0),
        ],
        sort_by="Pemeriksaan",
        descending=True,
    )


def _alerts() -> object:
    alertstate = mapping({"firing": ("menyala", BAD), "pending": ("menunggu", CAUTION)})
    severity = mapping(
        {
            "critical": ("gawat", BAD),
            "warning": ("peringatan", CAUTION),
            "info": ("catatan", NEUTRAL),
            "none": ("–", None),
        }
    )
    return table_panel(
        "Peringatan sekarang",
        "Peringatan Prometheus yang sedang menyala atau menunggu. Watchdog selalu menyala: tandanya rantai peringatan "
        "hidup.",
        [rows("max by (alertname, severity, alertstate, site) (ALERTS)")],
        [
            Column(
                "alertname",
                "Peringatan",
                240,
                links=({"title": "Panduan", "url": "${exporter}/runbooks/${__value.raw}", "targetBlank": True},),
            ),
            Column("site", "Situs", 160),
            Column("severity", "Tingkat", 120, mappings=(severity,), look="text"),
            Column("alertstate", "Keadaan", mappings=(alertstate,), look="text"),
        ],
        hide=("Value",),
        sort_by="Peringatan",
    )
