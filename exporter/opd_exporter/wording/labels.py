"""Indonesian words for every enumeration, with the colours of the statuses.

Labels follow the terms used by the departments themselves (the press and the evaluation meetings write "tidak update",
"kurang aktif"). Each table covers its whole enumeration; a test fails when a member is added without a label.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opd_exporter.models import Cadence, Check, Connection, Duty, Kendala, PostSource, ProbeResult, Reason, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

UNKNOWN = "tidak diketahui"
"""What stands where a value is not known: never 0, never an empty cell."""

STATUS_LABELS: Mapping[Status, str] = {
    Status.ACTIVE: "Aktif",
    Status.LATE: "Kurang aktif",
    Status.DORMANT: "Tidak update",
    Status.UNDATED: "Tanggal tidak terbaca",
    Status.DOWN: "Tidak dapat diakses",
    Status.COMPROMISED: "Terindikasi disusupi",
    Status.BLOCKED: "Akses monitor ditolak",
    Status.PENDING: "Tidak diketahui",
}
STATUS_COLOURS: Mapping[Status, str] = {
    Status.ACTIVE: "#009E73",
    Status.LATE: "#E69F00",
    Status.DORMANT: "#CC6677",
    Status.UNDATED: "#999999",
    Status.DOWN: "#D55E00",
    Status.COMPROMISED: "#882255",
    Status.BLOCKED: "#6F6F8F",
    Status.PENDING: "#BBBBBB",
}
"""The same colours on the pages, the boards and in the reports (contract, section 1)."""

REASON_LABELS: Mapping[Reason, str] = {
    Reason.DNS_NOT_FOUND: "Alamat (DNS) tidak ditemukan",
    Reason.DNS_TEMPORARY: "Server DNS tidak menjawab",
    Reason.CONNECT_REFUSED: "Koneksi ditolak server",
    Reason.CONNECT_TIMEOUT: "Server tidak menjawab",
    Reason.CONNECT_UNREACHABLE: "Server tidak terjangkau jaringan",
    Reason.CONNECT_RESET: "Koneksi diputus server",
    Reason.TLS_EXPIRED: "Sertifikat SSL kedaluwarsa",
    Reason.TLS_HOSTNAME: "Sertifikat SSL bukan untuk alamat ini",
    Reason.TLS_UNTRUSTED: "Sertifikat SSL tidak tepercaya",
    Reason.TLS_CHAIN: "Rantai sertifikat tidak lengkap",
    Reason.TLS_HANDSHAKE: "Koneksi aman (SSL) gagal dibuka",
    Reason.TIMEOUT: "Jawaban terlalu lama",
    Reason.HTTP_CLIENT_ERROR: "Halaman tidak ditemukan atau ditolak (kode 4xx)",
    Reason.HTTP_SERVER_ERROR: "Gangguan server (kode 5xx)",
    Reason.HTTP_PROTOCOL: "Jawaban server rusak",
    Reason.TOO_MANY_REDIRECTS: "Pengalihan tanpa akhir",
    Reason.LEFT_SITE: "Dialihkan ke situs lain",
    Reason.ISP_BLOCK: "Diblokir penyedia internet",
    Reason.EMPTY: "Halaman kosong",
    Reason.PARKED: "Domain terparkir",
    Reason.SUSPENDED: "Hosting ditangguhkan",
    Reason.DEFAULT_PAGE: "Halaman bawaan server",
    Reason.DIRECTORY_INDEX: "Daftar berkas, bukan website",
    Reason.DATABASE_ERROR: "Gangguan basis data",
    Reason.APPLICATION_ERROR: "Gangguan aplikasi website",
    Reason.INSTALLER: "Halaman pemasangan aplikasi",
    Reason.MAINTENANCE: "Sedang pemeliharaan",
    Reason.WAF_CHALLENGE: "Dicegat pemeriksaan firewall",
    Reason.RATE_LIMITED: "Permintaan monitor dibatasi (429)",
    Reason.FORBIDDEN_TO_MONITOR: "Akses monitor ditolak (403)",
    Reason.GAMBLING_LINKS: "Disusupi tautan judi",
    Reason.GAMBLING_POSTS: "Disusupi konten judi",
    Reason.GAMBLING_REDIRECT: "Dialihkan ke situs judi",
    Reason.GAMBLING_CLOAKED: "Konten judi tersembunyi (hanya untuk mesin pencari)",
    Reason.DEFACED: "Tampilan diubah (deface)",
}
DUTY_LABELS: Mapping[Duty, str] = {Duty.DAILY: "Harian", Duty.WEEKLY: "Mingguan", Duty.MONTHLY: "Bulanan"}
CADENCE_LABELS: Mapping[Cadence, str] = {
    Cadence.DAILY: "Harian",
    Cadence.WEEKLY: "Mingguan",
    Cadence.MONTHLY: "Bulanan",
    Cadence.NONE: "Lebih jarang dari bulanan",
}
CONNECTION_LABELS: Mapping[Connection, str] = {
    Connection.INTEGRATED: "Internet terintegrasi",
    Connection.ISP: "Penyedia sendiri (ISP)",
    Connection.BOTH: "Terintegrasi dan penyedia sendiri",
}
KENDALA_LABELS: Mapping[Kendala, str] = {
    Kendala.LUPA_AKUN: "Lupa tautan atau akun admin",
    Kendala.OPERATOR_DIGANTI: "Operator diganti",
    Kendala.TANPA_OPERATOR: "Tidak ada operator",
    Kendala.PERGANTIAN_PIMPINAN: "Pergantian pimpinan",
    Kendala.SDM_TERBATAS: "SDM terbatas",
    Kendala.INTERNET: "Internet atau kuota",
    Kendala.HOSTING: "Hosting atau anggaran",
    Kendala.GANGGUAN_SERVER: "Gangguan server",
    Kendala.PEMELIHARAAN: "Perbaikan atau pemeliharaan",
    Kendala.DIRETAS: "Diretas",
    Kendala.LAINNYA: "Lainnya",
}
SOURCE_LABELS: Mapping[PostSource, str] = {
    PostSource.WORDPRESS: "WordPress",
    PostSource.FEED: "Umpan (RSS/Atom)",
    PostSource.PAGE: "Halaman berita",
    PostSource.JSONLD: "Data terstruktur (JSON-LD)",
    PostSource.SELECTOR: "Pemilih di registri",
}
CHECK_LABELS: Mapping[Check, str] = {
    Check.PROBE: "Pemeriksaan akses",
    Check.CONTENT: "Pemeriksaan isi",
    Check.DAILY: "Pemeriksaan harian",
}
PROBE_RESULT_LABELS: Mapping[ProbeResult, str] = {
    ProbeResult.UP: "Dapat diakses",
    ProbeResult.DOWN: "Tidak dapat diakses",
    ProbeResult.BLOCKED: "Akses monitor ditolak",
    ProbeResult.UNKNOWN: "Tidak diketahui",
}

EVIDENCE_LABELS: Mapping[str, str] = {
    "body": "Isi halaman",
    "canonical": "Alamat kanonis",
    "certificate": "Sertifikat",
    "cloaking": "Tampilan berbeda",
    "deep_page": "Halaman dalam",
    "frame": "Bingkai",
    "header": "Header HTTP",
    "heading": "Judul bagian",
    "hidden_link": "Tautan tersembunyi",
    "hidden_text": "Teks tersembunyi",
    "json_ld": "Data terstruktur",
    "link": "Tautan",
    "link_text": "Teks tautan",
    "links": "Jumlah tautan",
    "meta": "Keterangan halaman",
    "post_title": "Judul berita",
    "posts": "Jumlah judul",
    "redirect": "Pengalihan",
    "script": "Skrip",
    "script_link": "Tautan dari skrip",
    "signature": "Tanda dikenal",
    "soft_404": "Halaman yang tidak ada",
    "status": "Kode jawaban",
    "text": "Teks halaman",
    "title": "Judul halaman",
    "tls": "Sertifikat",
    "transport": "Koneksi",
    "wildcard_dns": "DNS serba ada",
}
"""Kinds of evidence; an open set, unlike the enumerations."""
HIDING_LABELS: Mapping[str, str] = {
    "after_html": "setelah akhir halaman",
    "clipped": "dipotong sampai tidak terlihat",
    "display_none": "tidak ditampilkan",
    "hidden_attribute": "tidak ditampilkan",
    "off_screen": "di luar layar",
    "opacity_0": "tembus pandang",
    "same_colour": "sewarna dengan latar",
    "text_indent": "digeser ke luar layar",
    "tiny_box": "dalam kotak sekecil titik",
    "tiny_font": "huruf sekecil titik",
    "transparent": "huruf tembus pandang",
    "visibility_hidden": "tidak ditampilkan",
}
"""Ways in which a page hides what it carries (``page.hiding``)."""
_HIDING = re.compile(r" \((\w+)\)$")


def status_label(status: Status) -> str:
    """The word for a status, as on the pages and in the mails."""
    return STATUS_LABELS[status]


def status_colour(status: Status) -> str:
    """The colour of a status as ``#RRGGBB``."""
    return STATUS_COLOURS[status]


def reason_label(reason: Reason) -> str:
    """Why a site is down, blocked or compromised, in a few words."""
    return REASON_LABELS[reason]


def duty_label(duty: Duty) -> str:
    """How often a department must publish."""
    return DUTY_LABELS[duty]


def cadence_label(cadence: Cadence) -> str:
    """How often a department does publish."""
    return CADENCE_LABELS[cadence]


def connection_label(connection: Connection) -> str:
    """Who pays for the department's line."""
    return CONNECTION_LABELS[connection]


def kendala_label(kendala: Kendala) -> str:
    """Why a department does not publish."""
    return KENDALA_LABELS[kendala]


def source_label(source: PostSource) -> str:
    """Where a post's date was read."""
    return SOURCE_LABELS[source]


def check_label(check: Check) -> str:
    """Which of the three checks."""
    return CHECK_LABELS[check]


def probe_result_label(result: ProbeResult) -> str:
    """What one probe said."""
    return PROBE_RESULT_LABELS[result]


def evidence_label(kind: str) -> str:
    """What was seen, for a kind of evidence; one without a label reads as its own words."""
    return EVIDENCE_LABELS.get(kind) or kind.replace("_", " ")[:32].capitalize()


def evidence_place(where: str) -> str:
    """Where evidence was seen: ``https://… (off_screen)`` reads ``https://… (di luar layar)``."""
    return _HIDING.sub(lambda found: f" ({HIDING_LABELS.get(found[1], found[1])})", where)
