"""``opd-site``: everything known about one site."""

from __future__ import annotations

from board import Board, label_values
from links import EXPORTER_VARIABLE, board_links, runbook_link
from parts import Query, graph_panel, link, note_panel, over_time, prop, rows, stat_panel, steps, timeline_panel
from queries import status_codes, translated
from tables import Column, table_panel
from words import BAD, CALM, CAUTION, GOOD, NEUTRAL, STATUS_CODES, labels, mapping, status_code_labels

from opd_exporter import catalog, wording
from opd_exporter.models import Status

SITE = 'site="$site"'
_DAYS = "suffix: hari"
_GUIDES = {
    "OPDSiteDown": "Tidak dapat diakses",
    "OPDSiteCompromised": "Terindikasi disusupi",
    "OPDSiteDormant": "Tidak update",
    "OPDSiteLate": "Kurang aktif",
    "OPDSiteUndated": "Tanggal tidak terbaca",
    "OPDSiteBlocked": "Akses monitor ditolak",
    "OPDSiteSlow": "Lambat",
    "OPDCertificateExpiring": "Sertifikat segera berakhir",
}


def build() -> Board:
    """The board."""
    board = Board(
        "opd-site",
        "Situs: satu website OPD",
        "Keadaan, gangguan, kecepatan, sertifikat, dan berita satu website.",
        since="now-30d",
        variables=(
            label_values("site", "Situs", "label_values(opd_site_info, site)", several=False),
            EXPORTER_VARIABLE,
        ),
        links=board_links("opd-site"),
    )
    board.add(_status(), 0, 0, 6, 5, links=[runbook_link(alert, f"Panduan: {word}") for alert, word in _GUIDES.items()])
    board.add(_reason(), 6, 0, 6, 5)
    board.add(_since(), 12, 0, 4, 5)
    board.add(_post_age(), 16, 0, 4, 5)
    board.add(_certificate_now(), 20, 0, 4, 5)
    board.add(_about(), 0, 5, 18, 4)
    board.add(_guides(), 18, 5, 6, 9)
    board.add(_evidence(), 0, 9, 18, 5)
    board.add(_history(), 0, 14, 24, 5)
    board.add(_uptime(), 0, 19, 12, 8)
    board.add(_phases(), 12, 19, 12, 8)
    board.add(_posts(), 0, 27, 12, 8)
    board.add(_publishing(), 12, 27, 6, 8)
    board.add(_certificate(), 18, 27, 6, 8)
    return board


def _status() -> object:
    return stat_panel(
        "Keadaan",
        "Keadaan situs sekarang.",
        [Query(status_codes(SITE))],
        mappings=[status_code_labels()],
        text_mode="value",
        value_size=38,
    )


def _reason() -> object:
    worst = f"max({status_codes(SITE)})"
    coded = f"max by (reason) (opd_site_failure_info{{{SITE}}}) * on () group_left () {worst}"
    reason = translated(coded, "reason", wording.REASON_LABELS)
    none = (
        f"label_replace(0 * max(opd_site_status{{{SITE}}}) unless on () max(opd_site_failure_info{{{SITE}}}), "
        '"reason", "Tidak ada gangguan", "", "")'
    )
    return stat_panel(
        "Sebab",
        "Mengapa situs tidak dapat diakses, disusupi, atau menolak monitor.",
        [Query(f"{reason} or {none}", "{{reason}}")],
        text_mode="name",
        value_size=26,
        title_size=26,
        thresholds=steps(
            (None, NEUTRAL),
            (STATUS_CODES[Status.BLOCKED], wording.STATUS_COLOURS[Status.BLOCKED]),
            (STATUS_CODES[Status.DOWN], wording.STATUS_COLOURS[Status.DOWN]),
            (STATUS_CODES[Status.COMPROMISED], wording.STATUS_COLOURS[Status.COMPROMISED]),
        ),
    )


def _since() -> object:
    return stat_panel(
        "Sejak",
        "Saat keadaan yang sekarang dimulai (WIB).",
        [Query(f"1000 * max(opd_site_status_since_timestamp_seconds{{{SITE}}})")],
        unit="time:DD/MM/YYYY HH.mm",
        mode="none",
        value_size=24,
    )


def _post_age() -> object:
    age = f"min(opd_site_seconds_since_last_post{{{SITE}}})"
    return stat_panel(
        "Umur berita terakhir",
        "Hari sejak berita terbaru; warna menurut batas pembaruan dan batas tidak update situs ini.",
        [Query(f"floor({age} / 86400)", "hari")],
        unit=_DAYS,
        decimals=0,
        mode="none",
        value_size=38,
    )


def _certificate_now() -> object:
    return stat_panel(
        "Sisa sertifikat",
        "Hari sampai sertifikat SSL situs berakhir; negatif bila sudah berakhir. Tidak ada data: tanpa HTTPS.",
        [Query(f"floor((min(opd_site_tls_not_after_timestamp_seconds{{{SITE}}}) - time()) / 86400)")],
        unit=_DAYS,
        decimals=0,
        mode="value",
        value_size=38,
        thresholds=steps((None, BAD), (0, CAUTION), (14, GOOD)),
    )


def _about() -> object:
    return table_panel(
        "Tentang situs",
        "Keterangan dari registri, alamat server terakhir, dan angka pemeriksaan terakhir.",
        [
            rows(f"group by (site, name, url, duty, connection) (opd_site_info{{{SITE}}})"),
            rows(f"max by (site, address) (opd_site_address_info{{{SITE}}})"),
            rows(f"max by (site, source) (opd_site_last_post_info{{{SITE}}})"),
            rows(f"max by (site) (opd_site_response_seconds{{{SITE}}})"),
            rows(f'max by (site) (opd_site_uptime_ratio{{{SITE}, window="30d"}})'),
        ],
        [
            Column(
                "site",
                "Situs",
                120,
                links=(link("Halaman situs di monitor", "${exporter}/sites/${__value.raw}", new_tab=True),),
            ),
            Column("name", "Nama", 315),
            Column("url", "Alamat", 230, links=(link("Buka website", "${__value.raw}", new_tab=True),)),
            Column("duty", "Kewajiban", 90, mappings=(labels(wording.DUTY_LABELS),)),
            Column("connection", "Sambungan", 160, mappings=(labels(wording.CONNECTION_LABELS),)),
            Column("source", "Tanggal dari", 130, mappings=(labels(wording.SOURCE_LABELS),)),
            Column("address", "Server", 105),
            Column("Value #D", "Respons", 85, unit="s", decimals=2),
            Column("Value #E", "Uptime 30 hari", unit="percentunit", decimals=1),
        ],
        hide=("Value #A", "Value #B", "Value #C"),
    )


def _evidence() -> object:
    nothing = f"0 * max(opd_site_status{{{SITE}}}) unless on () max(opd_site_evidence_info{{{SITE}}})"
    words = "Tidak ada bukti gangguan"
    return table_panel(
        "Bukti",
        "Apa yang dilihat monitor sehingga situs dinyatakan tidak dapat diakses atau terindikasi disusupi. Kosong bila "
        "tidak ada gangguan.",
        [
            rows(
                f"max by (kind, text) (opd_site_evidence_info{{{SITE}}}) "
                f'or label_replace(label_replace({nothing}, "kind", "–", "", ""), "text", "{words}", "", "")'
            )
        ],
        [Column("kind", "Jenis", 260, mappings=(labels(wording.EVIDENCE_LABELS),)), Column("text", "Yang dilihat")],
        hide=("Value",),
    )


def _guides() -> object:
    lines = [f"- [{word}](${{exporter}}/runbooks/{alert})" for alert, word in _GUIDES.items()]
    return note_panel(
        "Panduan dan tautan",
        "Panduan menangani setiap gangguan, dan halaman situs ini di monitor.",
        "\n".join(
            [
                "[**Halaman situs ini di monitor**](${exporter}/sites/${site})",
                "",
                "Bila terganggu, ikuti panduan:",
                *lines,
            ]
        ),
    )


def _history() -> object:
    return timeline_panel(
        "Riwayat keadaan",
        "Keadaan situs dari waktu ke waktu. Celah: monitor tidak berjalan.",
        [over_time(status_codes(SITE), "{{site}}")],
        mappings=[status_code_labels()],
        row_height=0.7,
    )


def _uptime() -> object:
    panel = graph_panel(
        "Uptime per hari",
        "Bagian dari 24 jam terakhir sebelum setiap titik ketika situs dapat diakses, satu batang per hari, dari "
        "penyimpanan monitor. Waktu yang tidak diketahui tidak ikut dihitung.",
        [over_time(f'max(opd_site_uptime_ratio{{{SITE}, window="1d"}})', "Dapat diakses")],
        unit="percentunit",
        draw="bars",
        legend="hidden",
        maximum=1,
        decimals=0,
    )
    return panel.interval("1d").override_by_name(
        "Dapat diakses", [prop("color", {"mode": "fixed", "fixedColor": CALM})]
    )


def _phases() -> object:
    names = {"dns": "DNS", "connect": "Sambungan", "tls": "SSL", "wait": "Menunggu server", "transfer": "Unduhan"}
    colours = ("#56B4E9", "#0072B2", "#CC79A7", "#E69F00", "#009E73")
    panel = graph_panel(
        "Waktu respons menurut tahap",
        "Lama setiap tahap pemeriksaan terakhir, ditumpuk; jumlahnya adalah waktu respons.",
        [over_time(f"max by (phase) (opd_site_phase_seconds{{{SITE}}})", "{{phase}}")],
        unit="s",
        stacked=True,
    )
    for phase, colour in zip(catalog.PHASES, colours, strict=True):
        panel.override_by_name(
            phase, [prop("displayName", names[phase]), prop("color", {"mode": "fixed", "fixedColor": colour})]
        )
    return panel


def _posts() -> object:
    panel = graph_panel(
        "Umur berita terakhir",
        "Hari sejak berita terbaru; garis turun ke nol setiap kali situs menerbitkan berita. Di atas garis batas situs "
        "kurang aktif, di atas garis tidak update situs dianggap tidak update.",
        [
            over_time(f"min(opd_site_seconds_since_last_post{{{SITE}}}) / 86400", "Umur berita terakhir"),
            over_time(f"max(opd_site_freshness_limit_seconds{{{SITE}}}) / 86400", "Batas pembaruan"),
            over_time(f"max(opd_site_dormant_limit_seconds{{{SITE}}}) / 86400", "Batas tidak update"),
        ],
        unit=_DAYS,
        decimals=0,
    )
    limits = (
        ("Umur berita terakhir", CALM, None),
        ("Batas pembaruan", CAUTION, {"fill": "dash", "dash": [10, 10]}),
        ("Batas tidak update", wording.STATUS_COLOURS[Status.DORMANT], {"fill": "dash", "dash": [10, 10]}),
    )
    for name, colour, style in limits:
        properties = [prop("color", {"mode": "fixed", "fixedColor": colour})]
        if style:
            properties += [prop("custom.lineStyle", style), prop("custom.fillOpacity", 0)]
        panel.override_by_name(name, properties)
    return panel


def _publishing() -> object:
    return stat_panel(
        "Hari terbit dan jeda",
        "Berapa hari yang berbeda memuat berita baru, dan jeda terpanjang dalam 90 hari (termasuk jeda sampai kini). "
        "Belum diketahui: situs belum cukup lama diamati.",
        [
            Query(f'max(opd_site_publishing_dates{{{SITE}, window="30d"}}) or vector(-1)', "Hari terbit, 30 hari"),
            Query(f'max(opd_site_publishing_dates{{{SITE}, window="90d"}}) or vector(-1)', "Hari terbit, 90 hari"),
            Query(f"max(opd_site_longest_gap_seconds{{{SITE}}}) / 86400 or vector(-1)", "Jeda terpanjang"),
        ],
        unit=_DAYS,
        decimals=0,
        mode="none",
        mappings=[mapping({"-1": ("belum diketahui", None)})],
        text_mode="value_and_name",
        orientation="horizontal",
        wide=True,
        value_size=30,
        title_size=17,
    )


def _certificate() -> object:
    panel = graph_panel(
        "Sisa sertifikat",
        "Hari sampai sertifikat berakhir, dan batas peringatannya. Naik saat sertifikat diperbarui.",
        [
            over_time(f"(min(opd_site_tls_not_after_timestamp_seconds{{{SITE}}}) - time()) / 86400", "Sisa"),
            over_time(f"max(opd_site_certificate_limit_seconds{{{SITE}}}) / 86400", "Batas peringatan"),
        ],
        unit=_DAYS,
        decimals=0,
        minimum=None,
    )
    panel.override_by_name("Sisa", [prop("color", {"mode": "fixed", "fixedColor": CALM})])
    return panel.override_by_name(
        "Batas peringatan",
        [
            prop("color", {"mode": "fixed", "fixedColor": CAUTION}),
            prop("custom.lineStyle", {"fill": "dash", "dash": [10, 10]}),
            prop("custom.fillOpacity", 0),
        ],
    )
