"""A fleet for measuring: nginx on many loopback addresses, pages of 60 KB, ECDSA certificates from a CA of its own.

Every address of 127.1.x.y is a server with a certificate of its own; a site is a folder of one of them. Names are left
out (addresses in the URLs), so that nobody pays for DNS: blackbox_exporter asks at each probe, this exporter does not.
One site in twenty shows another body at every request; the others have a feed that answers 304.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from support.pki import Pki, issue, name, new_key

if TYPE_CHECKING:
    from collections.abc import Iterator

NGINX = "/usr/sbin/nginx"
ADDRESSES = 250
PAGE_BYTES = 60_000
CHANGING = 20
"""Each so many-th site has a new body at every request."""
_TEXT = (
    "Pemerintah Kabupaten Serang terus berupaya meningkatkan pelayanan kepada masyarakat melalui kegiatan dinas yang "
    "dilaksanakan bersama seluruh perangkat daerah, kecamatan dan desa di wilayah kabupaten. "
)


@dataclass(frozen=True)
class Town:
    """Running servers."""

    plain_port: int
    secure_port: int
    ca_file: Path
    folder: Path

    def url(self, number: int, *, secure: bool) -> str:
        """The address of site ``number``; consecutive sites live on different servers."""
        scheme, port = ("https", self.secure_port) if secure else ("http", self.plain_port)
        kind = "t" if number % CHANGING == 0 else "s"
        return f"{scheme}://{address(number % ADDRESSES)}:{port}/{kind}/{number:05}/"


def address(number: int) -> str:
    """The loopback address of server ``number``."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def make_page(now: datetime) -> str:
    """A department's home page of ``PAGE_BYTES``: navigation, ten dated posts, prose, styles and a script."""
    posts = "".join(
        f'<article class="post"><h3><a href="berita/{number}-kegiatan-dinas-bersama-warga">Kegiatan dinas bersama '
        f"warga kecamatan nomor {number}</a></h3>"
        f'<time datetime="{(now - timedelta(days=number, hours=2)).isoformat(timespec="seconds")}">'
        f"{now - timedelta(days=number, hours=2):%d-%m-%Y}</time><p>{_TEXT * 2}</p></article>"
        for number in range(10)
    )
    menu = "".join(f'<li><a href="profil/{word}">{word.title()}</a></li>' for word in _TEXT.lower().split()[:20])
    style = "".join(f".kelas-{number}{{margin:{number}px;color:#00{number:04}}}" for number in range(150))
    head = (
        '<!DOCTYPE html><html lang="id"><head><meta charset="utf-8"><title>Dinas Contoh Kabupaten Serang</title>'
        '<link rel="alternate" type="application/rss+xml" title="Berita" href="feed/">'
        f"<style>{style}</style></head><body><nav><ul>{menu}</ul></nav><main><h1>Dinas Contoh</h1>{posts}<section>"
    )
    tail = f"</section></main><script>var data={list(range(800))};</script></body></html>"
    prose = f"<p>{_TEXT * 3}</p>"
    return head + prose * ((PAGE_BYTES - len(head) - len(tail)) // len(prose)) + tail


def make_feed(now: datetime) -> str:
    """The same posts as RSS."""
    items = "".join(
        f"<item><title>Kegiatan dinas bersama warga kecamatan nomor {number}</title>"
        f"<link>berita/{number}-kegiatan-dinas-bersama-warga</link>"
        f"<pubDate>{format_datetime(now - timedelta(days=number, hours=2))}</pubDate></item>"
        for number in range(10)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Dinas Contoh</title>{items}</channel></rss>'


def _certify(folder: Path) -> Path:
    """One key, and a certificate with the chain for each address; the CA's file."""
    pki, key = Pki(), new_key()
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(key_pem)
    link = pki.link.public_bytes(Encoding.PEM)
    for number in range(ADDRESSES):
        host = address(number)
        leaf = issue(name(host), key, pki.link_name, pki.link_key, hosts=(host,))
        (folder / f"{number}.pem").write_bytes(leaf.public_bytes(Encoding.PEM) + link)
    shutil.copy(pki.ca_file, folder / "ca.pem")
    shutil.rmtree(pki.directory)
    return folder / "ca.pem"


_HEAD = """
daemon off; worker_processes 1; worker_rlimit_nofile 65536; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
{user}
events {{ worker_connections 16384; }}
http {{
  access_log off; types {{ text/html html; application/rss+xml xml; }} default_type text/html; etag on;
  ssl_certificate_key {folder}/key.pem; ssl_session_tickets off; ssl_session_cache off; ssl_protocols TLSv1.3;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; root {folder}; charset utf-8; open_file_cache max=99;
"""
_SERVER = """
  server {{ listen {host}:{plain} backlog=4096; listen {host}:{secure} ssl backlog=4096;
    ssl_certificate {folder}/{number}.pem;
    location ~ ^/[st]/[0-9]+/feed/$ {{ try_files /feed.xml =404; }}
    location ~ ^/s/[0-9]+/$ {{ try_files /page.html =404; }}
    location ~ ^/t/[0-9]+/$ {{ ssi on; try_files /changing.html =404; }}
    location / {{ return 404; }} }}
"""


@contextlib.contextmanager
def open_town() -> Iterator[Town]:
    """Run the servers; they and their folder are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-town-") as name_of_folder:
        folder = Path(name_of_folder)
        folder.chmod(0o755)
        now = datetime.now(UTC).replace(microsecond=0)
        page = make_page(now)
        (folder / "page.html").write_text(page, "utf-8")
        (folder / "changing.html").write_text(
            page.replace("</main>", '<i><!--# echo var="request_id" --></i></main>'), "utf-8"
        )
        (folder / "feed.xml").write_text(make_feed(now), "utf-8")
        ca_file = _certify(folder)
        plain, secure = _free_everywhere(), _free_everywhere()
        user = "user root;" if Path("/proc/self").stat().st_uid == 0 else ""
        config = _HEAD.format(folder=folder, user=user) + "".join(
            _SERVER.format(host=address(number), plain=plain, secure=secure, folder=folder, number=number)
            for number in range(ADDRESSES)
        )
        (folder / "nginx.conf").write_text(config + "}\n", "utf-8")
        process = subprocess.Popen([NGINX, "-c", folder / "nginx.conf", "-p", folder, "-e", folder / "error.log"])
        try:
            _wait_for(address(0), plain, process, folder)
            yield Town(plain, secure, ca_file, folder)
        finally:
            process.terminate()
            process.wait(20)


def _free_everywhere() -> int:
    """A port that is free on every address of this machine."""
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        return int(probe.getsockname()[1])


def _wait_for(host: str, port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection((host, port), 1).close()
        except OSError:
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError((folder / "error.log").read_text("utf-8")[-2_000:]) from None
            time.sleep(0.05)
        else:
            return
