"""What the prober says of a failed exchange, as an Indonesian sentence.

The prober speaks short English (``connect: ECONNREFUSED``), which suits a log. People read a sentence; the prober's own
words stay beside it as "rincian teknis", since they are what a hosting provider asks for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opd_exporter.models import Reason
from opd_exporter.wording.labels import reason_label

if TYPE_CHECKING:
    from collections.abc import Sequence

UNNAMED = "Koneksi ke website gagal"
"""For words of a version of the prober that this table does not know."""
_BROKEN = "Jawaban server tidak mengikuti aturan HTTP"
_NOT_HTTP = "Jawaban server bukan jawaban website (HTTP)"
_PROXY = "Perantara (proxy) tidak meneruskan permintaan"
_SSL_CUT = "Server memutus koneksi saat koneksi aman (SSL) dibuka"
_SENTENCES: Sequence[tuple[str, str]] = (
    (r"connect: ECONNREFUSED", "Server menolak koneksi"),
    (r"connect: ETIMEDOUT", "Server tidak tersambung dalam batas waktu"),
    (r"connect: (?:ECONNRESET|ECONNABORTED|EPIPE)", "Server memutus koneksi"),
    (r"connect: .*", "Jaringan ke server tidak terjangkau"),
    (r"no connection in (?P<seconds>[\d.]+) s", "Server tidak tersambung dalam {seconds} detik"),
    (r"no answer", "Server tersambung tetapi tidak menjawab"),
    (r"the headers did not end", "Jawaban server terhenti sebelum halaman dikirim"),
    (r"the body did not end, (?P<number>\d+) bytes so far", "Halaman terhenti setelah {number} byte"),
    (r"the answer is not HTTP/1|the status line is not HTTP", _NOT_HTTP),
    (r"interim answer .* out of place|status code .* does not exist", _BROKEN),
    (r"more than \S+ header lines|headers longer than .*", _BROKEN),
    (r"several different content lengths|(?:chunked|the content) encoding is broken", _BROKEN),
    (r"connection lost before the (?:body|answer): .*", "Koneksi terputus sebelum halaman diterima"),
    (r"TLS ended before the answer: .*", "Server memutus koneksi aman (SSL) sebelum menjawab"),
    (r"the server closed the connection without an answer", "Server menutup koneksi tanpa menjawab"),
    (r"no DNS answer(?: in .*)?", "Server DNS tidak menjawab"),
    (r"the name has no address", "Nama alamat tidak mempunyai alamat IP di DNS"),
    (r"DNS \S+: Domain name not found", "Nama alamat tidak ditemukan di DNS"),
    (r"DNS \S+: DNS server returned answer with no data", "Nama alamat tidak mempunyai alamat IP di DNS"),
    (r"DNS \S+: .*", "Server DNS tidak memberi jawaban yang dapat dipakai"),
    (r"redirects in a loop", "Pengalihan berputar kembali ke alamat semula"),
    (r"more than (?P<number>\d+) redirects", "Lebih dari {number} pengalihan berturut-turut"),
    (r"redirect refused: \S* URL", "Pengalihan menuju alamat yang bukan website"),
    (r"redirect refused: .*forbidden address.*", "Pengalihan menuju alamat jaringan dalam"),
    (r"redirect refused: .*", "Pengalihan tidak diikuti"),
    (r".*forbidden address.*", "Alamat website menunjuk ke jaringan dalam"),
    (r"the redirect leads to no URL", "Pengalihan menuju alamat yang tidak sah"),
    (r"the proxy.*", _PROXY),
    (r"the server speaks no HTTP/1\.1", "Server tidak melayani HTTP/1.1"),
    (r"TLS handshake: .*", "Koneksi aman (SSL) gagal dibuka"),
    (r"the TLS handshake did not end", "Koneksi aman (SSL) tidak selesai dibuka"),
    (r"the server closed the connection in the TLS handshake|connection reset in the TLS handshake", _SSL_CUT),
    (r"the server closed the connection.*", "Server menutup koneksi di tengah jawaban"),
)
_PATTERNS = tuple((re.compile(pattern), sentence) for pattern, sentence in _SENTENCES)


def evidence_text(kind: str, text: str) -> str:
    """What was seen, to be read: a sentence for the prober's words, a page's own words as they are."""
    if text in Reason.__members__.values():
        return reason_label(Reason(text))
    if kind == "transport":
        return next((_filled(found, sentence) for found, sentence in _matches(text)), UNNAMED)
    if kind == "tls" and text.startswith("CN="):
        return "untuk " + text.removeprefix("CN=").replace(" penerbit ", ", penerbit ", 1)
    return text.replace(" -> ", " → ")


def technical_detail(kind: str, text: str) -> str:
    """The prober's own words where ``evidence_text`` says them in a sentence; else nothing."""
    return text if kind == "transport" and text not in Reason.__members__.values() else ""


def evidence_in_short(kind: str, text: str, length: int) -> str:
    """Sentence and technical detail in one text of at most ``length`` characters; the detail goes first.

    Mails show it without the kind, so what a certificate says begins with the word.
    """
    sentence, detail = evidence_text(kind, text), technical_detail(kind, text)
    if kind == "tls" and sentence.startswith("untuk "):
        sentence = f"Sertifikat {sentence}"
    both = f"{sentence} ({detail})"
    return both if detail and len(both) <= length else sentence


def _matches(text: str) -> list[tuple[re.Match[str], str]]:
    return [(found, sentence) for pattern, sentence in _PATTERNS if (found := pattern.fullmatch(text))]


def _filled(found: re.Match[str], sentence: str) -> str:
    # Figures keep their digits; only the point of a fraction becomes the Indonesian comma.
    return sentence.format(**{name: value.replace(".", ",") for name, value in found.groupdict().items()})
