"""Parts of a page whose dates are not publication dates, by class, id, heading and label, in Indonesian and English."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from opd_exporter.freshness.credibility import Refusal
from opd_exporter.freshness.words import split_words

if TYPE_CHECKING:
    from opd_exporter.page import Block

_TOKENS: Final = re.compile(r"[a-z0-9]+")
_ICON: Final = re.compile(
    r"(?:^|(?<=\s))(?:fas?|far|fab|bi|ti|las?|icon|icofont|glyphicon|mdi|bx|ri|feather|lni|flaticon|dashicons)(?:-[\w-]+)?(?=\s|$)"
)
_BY_TOKEN: Final = {
    Refusal.AGENDA: """
        agenda agendas event events kalender calendar jadwal schedule acara countdown eventlist upcoming
        mendatang
    """,
    Refusal.CLOCK: """
        jam clock tanggalan digitalclock digclock jamdigital servertime server today hijriah hijriyah
        hijri currentdate datenow nowdate livedate tanggalhari topdate
    """,
    Refusal.VISITORS: """
        statistik statistics statistic stats visitor visitors pengunjung counter hitcounter hits histats
        kunjungan
    """,
    Refusal.COMMENT: """
        komentar comment comments commentlist testi testimoni testimonial testimonials bukutamu guestbook
        recentcomments shoutbox disqus aduan pengaduan saran reviews ulasan lastpost lastposts topiclist forabg
    """,
    Refusal.WIDGET: """
        sholat shalat salat solat prayer imsak imsakiyah cuaca weather bmkg kurs exchange currency polling
        poll survey ikm harga komoditas login signin newsletter subscribe tweet tweets twitter facebook
        instagram youtube infobencana gempa
    """,
    Refusal.DOWNLOAD: """
        unduh unduhan download downloads berkas dokumen document documents regulasi peraturan jdih
        produkhukum lampiran attachment attachments arsipdokumen dip
    """,
}
_TOPICS: Final = frozenset({Refusal.VISITORS, Refusal.WIDGET})
"""Areas whose words are also topics: an office of statistics publishes news about statistics."""
_NEWS_TOKENS: Final = frozenset({"berita", "kabar", "artikel", "news", "warta"})
_NEWS_ABOUT: Final = re.compile(r"\W*(?:berita|kabar|artikel|news|warta)\b")
_TOKEN_AREAS: Final = {token: refusal for refusal, words in _BY_TOKEN.items() for token in words.split()}
_EDGE_TOKENS: Final = frozenset(
    split_words(
        """
        footer header topbar navbar nav menu breadcrumb breadcrumbs masthead copyright footerbottom
        headertop toolbar navigation sitefooter siteheader kaki kepala bottom-bar top-header
        """
    )
)
_SUBHEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "h6"})
"""Heads of a part, whatever they are called (``date-header`` of Blogger): never the head of the page."""
_PARTS: Final = frozenset(
    split_words(
        """
        entry post article card item page section panel widget box content title news berita artikel block
        media list blog
        """
    )
)
"""Beside these, "header" and "footer" name a part of an item, not of the page."""
_TERMS: Final = re.compile(
    r"(?:^|(?<=\s))(?:\S*[:\[]\S*|-?(?:pointer-events|touch-action|table-(?:header|footer|row|column)-group|counter-(?:reset|set)"
    r"|user-select|scroll-\w+|will-change|appearance|cursor|content|order|col-span|row-span|self|place)-\S+)(?=\s|$)"
    r"|(?:^|(?<=\s))(?:category|tag|kategori|cat|term|label|post_tag|postid|page|format)-[\w-]+(?=\s|$)"
)
"""Classes that say nothing of the place: utilities of style sheets (with a variant before a colon, a value in square
brackets, or named after a CSS property), and WordPress's names of categories and tags."""
_HEADINGS: Final = (
    (
        Refusal.COMMENT,
        re.compile(
            r"\b(?:komentar|comments?|buku tamu|testimoni\w*|kata mereka|tanggapan|diskusi|pengaduan|aduan"
            r"|kritik|saran|aspirasi|permohonan (?:informasi|data|warga)|permintaan (?:informasi|data)"
            r"|usulan warga|laporan warga|reviews|ulasan (?:terbaru|terkini|pelanggan|pengunjung|produk|pembeli))\b"
        ),
    ),
    (
        Refusal.CHANGE_LIST,
        re.compile(
            r"\b(?:perubahan (?:terakhir|terbaru|terkini|halaman)|suntingan ter\w+|last (?:changes|edits)"
            r"|recent(?:ly)? (?:changes?|changed|updated|edited|modified)"
            r"|(?:baru|terakhir)(?: saja)? (?:diperbarui|diubah|disunting|dimutakhirkan))\b"
        ),
    ),
    (
        Refusal.AGENDA,
        re.compile(
            r"\b(?:agenda|events?|acara|kalender|calendar|jadwal|upcoming|mendatang|akan datang|hitung mundur"
            r"|countdown|hari (?:libur|besar|penting)"
            r"|tanggal penting|event terdekat|cuti bersama|save the date)\b"
        ),
    ),
    (
        Refusal.VISITORS,
        re.compile(
            r"\b(?:statistik|statistics|pengunjung|visitors?|kunjungan|hit counter|jumlah akses|traffic"
            r"|(?:user|users|tamu|anggota|who'?s|sedang) online|online (?:users?|visitors?))\b"
        ),
    ),
    (
        Refusal.WIDGET,
        re.compile(
            r"\b(?:(?:waktu |jadwal )?(?:sholat|shalat|salat|solat|imsak\w*)|cuaca|weather|gempa|kurs|valuta"
            r"|harga (?:pangan|komoditas|bahan|pasar|emas)"
            r"|info harga|polling|jajak pendapat|survei|survey|login|jam (?:layanan|kerja|pelayanan"
            r"|operasional|buka)|ulang tahun"
            r"|indeks kepuasan|kualitas udara|twitter|facebook|instagram|media sosial)\b"
        ),
    ),
    (
        Refusal.DOWNLOAD,
        re.compile(
            r"\b(?:(?:di|meng|peng)?unduh\w*|downloads?|berkas|dokumen|documents?|regulasi|produk hukum"
            r"|peraturan|perundang\w*"
            r"|jdih|arsip dokumen|laporan keuangan"
            r"|lakip|renstra|formulir|surat edaran|sop|standar operasional)\b"
        ),
    ),
    (Refusal.CLOCK, re.compile(r"^(?:jam|waktu|tanggal|hari ini|clock|today)\b.{0,12}$")),
)
_COMING: Final = re.compile(r"\b(?:mendatang|akan datang|upcoming|terdekat|countdown|hitung mundur)\b")
_NEWS_HEADING: Final = re.compile(
    r"\b(?:berita|kabar|warta|news|artikel|article|informasi|info|posts?|tulisan|blog|rilis|pengumuman|kegiatan|liputan|publikasi|terbaru"
    r"|terkini|latest|recent)\b"
)
UPDATED_LABEL: Final = re.compile(
    r"(?<![a-z])(?:(?:di|mem)? ?per?ba(?:ha)?r(?:ui|uan|ukan)|pembaha?ruan|dimutakhirkan|pemutakhiran|mutakhir"
    r"|di ?ubah|perubahan|updated?|up ?date"
    r"|modified|edited|diedit|disunting|revisi|revised|login terakhir|last (?:login|edit|change|seen|updated?|modified)"
    r"|terakhir (?:login|masuk|online|diakses))"
    r"(?: (?:pada|on|at|oleh|by|tanggal|tgl|terakhir|data|by \w+|oleh \w+))*\W{0,4}(?:\w{0,12}\W{0,3})?$"
)
OTHER_LABEL: Final = re.compile(
    r"(?<![a-z])(?:diunggah|di ?upload|uploaded|berlaku|expired?|kada?luarsa|kedaluwarsa|(?:batas|tenggat)(?: (?:akhir"
    r"|waktu|pendaftaran|lamaran|pengumpulan|penerimaan|pengajuan|pengiriman|usulan|penawaran))*|deadline|due(?: date)?"
    r"|ditutup|penutupan"
    r"|tutup|dibuka|pembukaan|pelaksanaan|dilaksanakan|diselenggarakan|diadakan|mulai|selesai|dimulai|berakhir|sampai|hingga|s/d|ditetapkan|penetapan"
    r"|diundangkan|pengundangan|lahir|ttl|tmt|periode|jatuh tempo|dijadwalkan|dikomentari|komentar|waktu(?: "
    r"pelaksanaan| kegiatan| acara)?|acara"
    r"|tanggal (?:acara|kegiatan|data|pengukuran|pencatatan|permohonan"
    r"|berakhir|lahir|surat|dokumen|kejadian)|tempat(?: dan|/) ?(?:tanggal|waktu)"
    r"|pendaftaran|registrasi|sejak|per tanggal|data per"
    r"|kondisi|posisi|data (?:terakhir|terbaru|terkini)|as of|per"
    r"|status|valid|until|starts?|ends?|starting|when|event date|bergabung|dilantik|pelantikan"
    r"|menjabat|wafat|didirikan|dibentuk|joined|member since"
    r"|hari/tanggal|hari / tanggal)"
    r"(?: (?:pada|on|at|tanggal|tgl|hari|pelaksanaan|kegiatan|acara|terakhir|mulai|tetap|pendaftaran|jam|pukul"
    r"|dengan|per|jabatan|pangkat|golongan|gol|cpns|pns|eselon|pensiun|oleh \w+|by \w+))*\W{0,5}$"
)
MADE_LABEL: Final = re.compile(r"\b(?:dibuat|created|ditulis|written)\b")
"""Weaker than "published": a text may wait for months between the two."""
PUBLISHED_LABEL: Final = re.compile(
    r"(?:diterbitkan|terbit|tanggal terbit|dipublikasikan|dipublish|publikasi|published|publish|posted|posting"
    r"|diposting|diposkan|dipos|ditulis"
    r"|dirilis|rilis|released|submitted|dikirim|written|tayang|ditayangkan|dimuat|dibuat|created|tgl|tanggal|date)\b"
)


@lru_cache(maxsize=4096)
def _tokens(words: str) -> tuple[str, ...]:
    return tuple(_TOKENS.findall(_TERMS.sub(" ", _ICON.sub(" ", words))))


@lru_cache(maxsize=4096)
def area_of_words(words: str) -> Refusal | None:
    """The kind of area that an element's class, id or role names, or ``None``."""
    if not words:
        return None
    for token in _tokens(words):
        refusal = _TOKEN_AREAS.get(token)
        if refusal is not None:
            about = refusal in _TOPICS and not _NEWS_TOKENS.isdisjoint(_tokens(words))
            return None if about else refusal
    return None


def is_edge(block: Block) -> bool:
    """Whether the element is the head, the foot or the menu of the page (not of an article in it)."""
    if block.tag in _SUBHEADINGS or (block.tag in {"header", "footer"} and _in_article(block)):
        return False
    if block.tag in {"footer", "nav"}:
        return not _PARTS.intersection(_tokens(block.words))
    tokens = _tokens(block.words) if block.words else ()
    if block.tag == "header" and not tokens:
        inside = block.parent is not None and block.parent.tag in {"article", "section", "main", "li"}
        return not inside and next(block.element.iter("h2", "h3", "h4", "h5", "h6"), None) is None
    return bool(tokens) and not _EDGE_TOKENS.isdisjoint(tokens) and _PARTS.isdisjoint(tokens)


def _in_article(block: Block) -> bool:
    parent = block.parent
    for _ in range(3):
        if parent is None:
            return False
        if parent.tag == "article":
            return True
        parent = parent.parent
    return False


def is_modified(words: str) -> bool:
    """Whether an element's own class or itemprop says that its date is a change."""
    tokens = set(_TOKENS.findall(words))
    if tokens & {"published", "datepublished", "created", "publish"}:
        return False
    return bool(
        tokens
        & {
            "modified",
            "datemodified",
            "updated",
            "lastmod",
            "lastupdate",
            "lastupdated",
            "diperbarui",
            "expired",
            "deadline",
        }
    )


@lru_cache(maxsize=2048)
def area_of_heading(text: str) -> Refusal | None:
    """The kind of area that a heading announces, or ``None``. "Berita dan Agenda" announces news."""
    lowered = text.lower()
    for refusal, pattern in _HEADINGS:
        if pattern.search(lowered):
            if refusal is Refusal.AGENDA and _COMING.search(lowered):
                return refusal
            if refusal in {Refusal.AGENDA, Refusal.DOWNLOAD} and _NEWS_HEADING.search(lowered):
                return (
                    None
                    if not lowered.startswith(("agenda", "jadwal", "kalender", "unduh", "download", "event"))
                    else refusal
                )
            if refusal in _TOPICS and _NEWS_ABOUT.match(lowered):
                return None
            return refusal
    return None


def label_refusal(before: str) -> Refusal | None:
    """What the words straight before a date say of it; ``None`` when they do not speak against it."""
    tail = before[-60:].lower()
    if UPDATED_LABEL.search(tail):
        return Refusal.UPDATED_LABEL
    if OTHER_LABEL.search(tail):
        return Refusal.OTHER_LABEL
    return None
