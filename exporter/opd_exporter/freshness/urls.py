"""What an address alone tells: whose it is, whether it is a post, and the day that some of them hold."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from opd_exporter.freshness.words import split_words

if TYPE_CHECKING:
    from collections.abc import Iterable

_DAY = re.compile(r"/((?:19|20)\d{2})[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)")
_MONTH = re.compile(r"/((?:19|20)\d{2})/(\d{1,2})/")
_FILES: Final = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|7z|gz|tar|jpe?g|png|gif|webp|svg|ico|bmp|mp4|mp3|avi|mkv|apk|csv|txt|xml|json|css|js|odt|ods|exe|iso)$",
    re.IGNORECASE,
)
_NOT_POSTS: Final = re.compile(
    r"/(?:category|categories|kategori|tags?|label|labels|topik|topics?|authors?|penulis|users?|pengguna|page/\d+|halaman-ke|search|cari|login"
    r"|logout|register|masuk|daftar-akun|wp-admin|wp-login\.php|wp-content|wp-includes|wp-json|admin|administrator|dashboard|feed|rss"
    r"|comments?|komentar|profil|profile|peraturan|produk-?hukum|jdih|regulasi|dokumen|cart|download|downloads|unduh|unduhan|agenda|events?|kalender|calendar|jadwal|sitemap|cdn-cgi|berkas|formulir|permohonan|aspirasi|aduan|pengaduan|buku-?tamu|viewtopic|viewforum|showthread|showtopic|forum/(?:topi[ck]|thread)s?)(?:/|$|\?|\.)",
    re.IGNORECASE,
)
_AGENDA: Final = re.compile(
    r"[/=](?:agenda|events?|kalender|calendar|jadwal|acara)(?:/|$|\?|\.|&|-kegiatan)", re.IGNORECASE
)
_SERVICES: Final = re.compile(
    r"/(?:(?:absensi|presensi|antrean|antrian|laporan-?warga|pejabat|direktori-?pegawai)(?:/|$|\?|\.)"
    r"|(?:katalog|lapak|toko|products?|shop|store)/)",
    re.IGNORECASE,
)
"""Attendance, queues, goods: they change daily whether or not anybody writes."""
_DOCUMENTS: Final = re.compile(
    r"/(?:peraturan|produk-?hukum|jdih|regulasi|dokumen|downloads?|unduhan?|berkas|formulir)/", re.IGNORECASE
)
_NOT_POST_QUERY: Final = re.compile(
    r"^(?:(?:cat|category|kategori|tag|author|s|q|search|cari|post_type|feed|lang|m|sort|order|filter|view)=[^&]*"
    r"|(?:paged?|hal|halaman|start|limitstart|offset)=\d*)$"
)
_WIKI_TOOLS: Final = re.compile(
    r"[?&;](?:action=(?:edit|history|info|raw|delete|purge|protect|watch|submit|diff|login)\b|oldid=|diff=|rev=\d|redlink=1"
    r"|do=(?:edit|recent|revisions|index|login|media|backlink|diff|subscribe|export_|profile|register))"
    r"|[/=](?:\w{1,20}_)?(?:special|istimewa|khusus|user|pengguna|talk|pembicaraan|file|berkas|template|templat|help|bantuan"
    r"|mediawiki|category|kategori|module|modul)(?:_talk)?:[^/]",
    re.IGNORECASE,
)
"""Tools of a wiki: versions, editing, and the namespaces that hold no articles."""
_UPLOADS: Final = re.compile(
    r"/(?:uploads?|wp-content|storage|assets?|media|images?|img|files?|foto|static)/", re.IGNORECASE
)
_NAVIGATION_WORDS: Final = frozenset(
    split_words(
        """
        beranda home index profil profile kontak contact hubungi-kami visi-misi visi-dan-misi sejarah
        struktur-organisasi layanan ppid galeri gallery berita news artikel blog pengumuman informasi kabar
        tentang about tentang-kami faq sitemap peta-situs privacy statistik testimoni pengaduan survei
        sitemap peta-situs kebijakan-privasi disclaimer tugas-pokok tugas-dan-fungsi tupoksi standar-
        pelayanan regulasi video foto sambutan
        """
    )
)


@lru_cache(maxsize=8192)
def url_host(url: str) -> str:
    """Host name in lower case without ``www.``; empty when there is none."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return host.removeprefix("www.")


@lru_cache(maxsize=4096)
def url_key(url: str) -> str:
    """The same page under one name: no scheme, ``www.``, fragment, trailing slash or tracking parameters."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.netloc or "").lower().removeprefix("www.")
        path = unquote(parts.path).rstrip("/") or "/"
        query = "&".join(sorted(p for p in parts.query.split("&") if p and not p.startswith(("utm_", "fbclid", "amp"))))
    except ValueError:
        return url
    return f"{host}{path}" + (f"?{query}" if query else "")


def base_of(url: str) -> str:
    """``url`` with at least the path ``/``, so that relative addresses join to it."""
    parts = urlsplit(url)
    return url if parts.path else f"{parts.scheme}://{parts.netloc}/"


class OwnHosts:
    """Whether an address belongs to the site: its own host names and those that the registry allows."""

    def __init__(self, urls: Iterable[str | None], allowed: Iterable[str] = ()) -> None:
        self.hosts = {url_host(url) for url in urls if url} | {host.lower().removeprefix("www.") for host in allowed}
        self.hosts.discard("")

    def __call__(self, url: str) -> bool:
        """True for an absolute URL of the site, and for a relative one."""
        host = url_host(url)
        return host in self.hosts or (not host and not url.startswith(("mailto:", "javascript:", "tel:", "data:")))


def is_file_url(url: str) -> bool:
    """Whether the address is a document, picture or archive."""
    return bool(_FILES.search(urlsplit(url).path)) if url else False


def is_document_url(url: str) -> bool:
    """Whether the address is a document, or names an entry of a list of documents or regulations."""
    return is_file_url(url) or bool(_DOCUMENTS.search(url))


def is_agenda_url(url: str) -> bool:
    """Whether the address names an entry of an agenda."""
    return bool(_AGENDA.search(url.split("://", 1)[-1].partition("/")[2].join(("/", ""))))


def is_service_url(url: str) -> bool:
    """Whether the address names something that a service shows day by day: a queue, attendance, goods for sale."""
    return _SERVICES.search(urlsplit(url).path) is not None


def is_tool_url(url: str) -> bool:
    """Whether the address is a tool of a wiki (a version, a form, a page of changes), not an article."""
    return _WIKI_TOOLS.search(url.split("://", 1)[-1]) is not None


@lru_cache(maxsize=8192)
def is_post_url(url: str) -> bool:
    """Whether the address can be a single post: not the home page, a category, a file, a login or an agenda."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"}:
        return False
    path = parts.path.rstrip("/")
    if (not path or path in {"/index.php", "/index.html"}) and not parts.query:
        return False
    if _FILES.search(path) or _NOT_POSTS.search(path + "/") or _SERVICES.search(path) or is_tool_url(url):
        return False
    if parts.query and _NOT_POST_QUERY.match(parts.query):
        return False
    return not is_comment_url(url)


def is_comment_url(url: str) -> bool:
    """Whether the address leads to what visitors wrote below a post: its date is the comment's."""
    return url.partition("#")[2].lower().startswith(("comment", "respond", "komentar", "disqus"))


@lru_cache(maxsize=8192)
def is_section_url(url: str) -> bool:
    """Whether the last part of the path is a usual menu word: a section, not a post."""
    parts = urlsplit(url)
    segments = [segment for segment in parts.path.lower().split("/") if segment]
    return not parts.query and bool(segments) and len(segments) <= 2 and segments[-1].split(".")[0] in _NAVIGATION_WORDS


def url_day(url: str) -> date | None:
    """The day that a permalink such as ``/2026/11/24/judul`` holds (day 28 for ``/2026/11/``); never of an upload."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    if _UPLOADS.search(path):
        return None
    found = _DAY.search(path)
    try:
        if found:
            return date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
        found = _MONTH.search(path)
        if found:
            return date(int(found.group(1)), int(found.group(2)), 28)
    except ValueError:
        return None
    return None


def url_exact_day(url: str) -> date | None:
    """The day of a permalink that holds year, month and day followed by a name, else ``None``."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    found = _DAY.search(path)
    if found is None or _UPLOADS.search(path) or len(path) - found.end() < 4:
        return None
    try:
        return date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    except ValueError:
        return None
