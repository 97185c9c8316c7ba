"""The words and colours of the boards, from the exporter's own tables, and value mappings made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana_foundation_sdk.models import dashboard as model

from opd_exporter import wording
from opd_exporter.models import Reason, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_DATA = "Tidak ada data"
"""What a panel says when there is nothing to show."""
NO_VALUE = "–"
"""What a cell of a table shows when the value is not known; the panel's description says so."""

NEUTRAL = "#6C6C78"
"""Of things that are neither good nor bad, and of everything that is not known."""
QUIET = "#33353D"
"""Of a count that is zero: there, and not asking for attention."""
GOOD = wording.STATUS_COLOURS[Status.ACTIVE]
CAUTION = wording.STATUS_COLOURS[Status.LATE]
BAD = wording.STATUS_COLOURS[Status.DOWN]
CALM = "#0072B2"
"""Of plain measurements; of the same colour-blind safe set as the statuses."""

SEVERITY: tuple[Status, ...] = (
    Status.COMPROMISED,
    Status.DOWN,
    Status.DORMANT,
    Status.LATE,
    Status.UNDATED,
    Status.BLOCKED,
    Status.PENDING,
    Status.ACTIVE,
)
"""Worst first; the code of a status in queries is its place from the end (active 1 ... compromised 8)."""
STATUS_CODES: Mapping[Status, int] = {status: len(SEVERITY) - place for place, status in enumerate(SEVERITY)}

SHORT_STATUS: Mapping[Status, str] = {
    Status.ACTIVE: "Aktif",
    Status.LATE: "Kurang aktif",
    Status.DORMANT: "Tidak update",
    Status.UNDATED: "Tanpa tanggal",
    Status.DOWN: "Gangguan",
    Status.COMPROMISED: "Disusupi",
    Status.BLOCKED: "Monitor ditolak",
    Status.PENDING: "Tidak diketahui",
}
"""Where a tile has no room for the whole label."""

SHORT_REASONS: Mapping[Reason, str] = {
    Reason.DNS_NOT_FOUND: "Alamat tidak ditemukan",
    Reason.DNS_TEMPORARY: "DNS tidak menjawab",
    Reason.CONNECT_REFUSED: "Koneksi ditolak",
    Reason.CONNECT_TIMEOUT: "Server tidak menjawab",
    Reason.CONNECT_UNREACHABLE: "Server tak terjangkau",
    Reason.CONNECT_RESET: "Koneksi diputus",
    Reason.TLS_EXPIRED: "Sertifikat kedaluwarsa",
    Reason.TLS_HOSTNAME: "Sertifikat salah alamat",
    Reason.TLS_UNTRUSTED: "Sertifikat tak tepercaya",
    Reason.TLS_CHAIN: "Rantai SSL tak lengkap",
    Reason.TLS_HANDSHAKE: "Koneksi SSL gagal",
    Reason.TIMEOUT: "Jawaban terlalu lama",
    Reason.HTTP_CLIENT_ERROR: "Galat halaman (4xx)",
    Reason.HTTP_SERVER_ERROR: "Gangguan server (5xx)",
    Reason.HTTP_PROTOCOL: "Jawaban server rusak",
    Reason.TOO_MANY_REDIRECTS: "Pengalihan tanpa akhir",
    Reason.LEFT_SITE: "Dialihkan ke situs lain",
    Reason.ISP_BLOCK: "Diblokir penyedia",
    Reason.EMPTY: "Halaman kosong",
    Reason.PARKED: "Domain terparkir",
    Reason.SUSPENDED: "Hosting ditangguhkan",
    Reason.DEFAULT_PAGE: "Halaman bawaan server",
    Reason.DIRECTORY_INDEX: "Daftar berkas",
    Reason.DATABASE_ERROR: "Gangguan basis data",
    Reason.APPLICATION_ERROR: "Gangguan aplikasi",
    Reason.INSTALLER: "Halaman pemasangan",
    Reason.MAINTENANCE: "Sedang pemeliharaan",
    Reason.WAF_CHALLENGE: "Dicegat firewall",
    Reason.RATE_LIMITED: "Monitor dibatasi (429)",
    Reason.FORBIDDEN_TO_MONITOR: "Monitor ditolak (403)",
    Reason.GAMBLING_LINKS: "Disusupi tautan judi",
    Reason.GAMBLING_POSTS: "Disusupi konten judi",
    Reason.GAMBLING_REDIRECT: "Dialihkan ke situs judi",
    Reason.GAMBLING_CLOAKED: "Konten judi tersembunyi",
    Reason.DEFACED: "Tampilan diubah",
}
"""Of at most 24 letters: what still fits beside a name on the wall."""


def mapping(texts: Mapping[str, tuple[str, str | None]]) -> model.ValueMap:
    """A value mapping: raw value -> (text, colour or none)."""
    return model.ValueMap(
        options={
            raw: model.ValueMappingResult(text=text, color=colour, index=index)
            for index, (raw, (text, colour)) in enumerate(texts.items())
        }
    )


def null_mapping(text: str = NO_VALUE, colour: str | None = None) -> model.SpecialValueMap:
    """What null and NaN are shown as."""
    return model.SpecialValueMap(
        options=model.DashboardSpecialValueMapOptions(
            match=model.SpecialValueMatch.NULL_AND_NAN, result=model.ValueMappingResult(text=text, color=colour)
        )
    )


def labels(table: Mapping[str, str]) -> model.ValueMap:
    """Raw label values -> Indonesian labels."""
    return mapping({str(raw): (text, None) for raw, text in table.items()})


def status_labels() -> model.ValueMap:
    """Status words -> labels and colours."""
    return mapping(
        {str(status): (wording.STATUS_LABELS[status], wording.STATUS_COLOURS[status]) for status in SEVERITY}
    )


def status_code_labels(table: Mapping[Status, str] = wording.STATUS_LABELS) -> model.ValueMap:
    """Codes of ``STATUS_CODES`` -> labels and colours."""
    return mapping({str(STATUS_CODES[status]): (table[status], wording.STATUS_COLOURS[status]) for status in SEVERITY})
