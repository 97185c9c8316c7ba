"""Why a site has its status, and what helps, in sentences that a department can act on.

No blame, and "terindikasi" until a person has confirmed an intrusion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opd_exporter.models import Reason, Status
from opd_exporter.wording import format_age, format_duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opd_exporter.state import SiteState

EXPLANATIONS: Mapping[Reason, tuple[str, str]] = {
    Reason.DNS_NOT_FOUND: (
        "Nama alamat website ini tidak ditemukan di DNS.",
        "Mohon periksa catatan DNS dan masa berlaku domain pada pengelola domain.",
    ),
    Reason.DNS_TEMPORARY: (
        "Server DNS untuk alamat ini tidak menjawab.",
        "Mohon periksa server DNS (name server) domain ini.",
    ),
    Reason.CONNECT_REFUSED: (
        "Server ditemukan tetapi menolak koneksi; layanan web di server itu kemungkinan mati.",
        "Mohon nyalakan kembali layanan web di server.",
    ),
    Reason.CONNECT_TIMEOUT: (
        "Server tidak menjawab sama sekali.",
        "Mohon periksa apakah server hidup dan firewall mengizinkan akses.",
    ),
    Reason.CONNECT_UNREACHABLE: (
        "Jaringan menuju server terputus.",
        "Mohon periksa jaringan atau penyedia hosting.",
    ),
    Reason.CONNECT_RESET: (
        "Server memutus koneksi sebelum mengirim halaman.",
        "Mohon periksa layanan web dan firewall di server.",
    ),
    Reason.TLS_EXPIRED: (
        "Sertifikat SSL sudah kedaluwarsa sehingga browser menolak membuka website.",
        "Mohon perbarui sertifikat SSL.",
    ),
    Reason.TLS_HOSTNAME: (
        "Sertifikat SSL diterbitkan untuk alamat lain sehingga browser menolak membuka website.",
        "Mohon pasang sertifikat yang memuat alamat website ini.",
    ),
    Reason.TLS_UNTRUSTED: (
        "Sertifikat SSL tidak dikenal browser sehingga website ditolak.",
        "Mohon pasang sertifikat dari penerbit yang tepercaya.",
    ),
    Reason.TLS_CHAIN: (
        "Rantai sertifikat SSL tidak dapat dibangun sehingga browser menolak website.",
        "Mohon pasang sertifikat beserta sertifikat perantaranya.",
    ),
    Reason.TLS_HANDSHAKE: (
        "Koneksi aman (SSL) gagal dibuka.",
        "Mohon periksa pengaturan SSL di server.",
    ),
    Reason.TIMEOUT: (
        "Server menerima koneksi tetapi tidak selesai menjawab dalam batas waktu.",
        "Mohon periksa beban server dan basis data.",
    ),
    Reason.HTTP_CLIENT_ERROR: (
        "Server menjawab dengan kode kesalahan 4xx: halaman depan tidak ada atau ditolak.",
        "Mohon periksa halaman depan dan pengaturan akses website.",
    ),
    Reason.HTTP_SERVER_ERROR: (
        "Server menjawab dengan kode kesalahan 5xx: aplikasi website gagal.",
        "Mohon periksa catatan kesalahan (log) aplikasi.",
    ),
    Reason.HTTP_PROTOCOL: (
        "Jawaban server rusak dan tidak dapat dibaca browser.",
        "Mohon periksa layanan web atau perantara (proxy) di server.",
    ),
    Reason.TOO_MANY_REDIRECTS: (
        "Website mengalihkan pengunjung berputar-putar tanpa sampai ke halaman.",
        "Mohon periksa aturan pengalihan (http ke https, www).",
    ),
    Reason.LEFT_SITE: (
        "Alamat ini mengalihkan pengunjung ke situs lain.",
        "Bila memang pindah, mohon perbarui alamat di registri; bila tidak, periksa aturan pengalihan.",
    ),
    Reason.ISP_BLOCK: (
        "Penyedia internet menampilkan halaman blokir, bukan website.",
        "Mohon ajukan normalisasi alamat ini kepada penyedia internet.",
    ),
    Reason.EMPTY: ("Halaman depan kosong.", "Mohon periksa aplikasi dan tema website."),
    Reason.PARKED: (
        "Alamat ini menampilkan halaman parkir domain.",
        "Mohon perpanjang domain dan arahkan kembali ke server website.",
    ),
    Reason.SUSPENDED: (
        "Hosting website ditangguhkan oleh penyedia.",
        "Mohon selesaikan kewajiban kepada penyedia hosting.",
    ),
    Reason.DEFAULT_PAGE: (
        "Server menampilkan halaman bawaan, bukan website.",
        "Mohon pasang kembali berkas website atau perbaiki pengaturan virtual host.",
    ),
    Reason.DIRECTORY_INDEX: (
        "Server menampilkan daftar berkas, bukan website.",
        "Mohon pasang kembali halaman depan dan tutup daftar berkas.",
    ),
    Reason.DATABASE_ERROR: (
        "Website tidak dapat terhubung ke basis datanya.",
        "Mohon periksa layanan basis data dan kata sandinya.",
    ),
    Reason.APPLICATION_ERROR: (
        "Aplikasi website menampilkan pesan kesalahan.",
        "Mohon periksa catatan kesalahan (log) aplikasi.",
    ),
    Reason.INSTALLER: (
        "Alamat ini menampilkan halaman pemasangan aplikasi, yang dapat diambil alih siapa saja.",
        "Mohon segera selesaikan pemasangan atau tutup halaman itu.",
    ),
    Reason.MAINTENANCE: (
        "Website menampilkan halaman pemeliharaan.",
        "Bila pemeliharaan sudah selesai, mohon buka kembali website.",
    ),
    Reason.WAF_CHALLENGE: (
        "Firewall meminta pemeriksaan browser; monitor tidak sampai ke website.",
        "Mohon izinkan alamat monitor pada firewall.",
    ),
    Reason.RATE_LIMITED: (
        "Server membatasi jumlah permintaan monitor.",
        "Mohon izinkan alamat monitor atau perpanjang jeda pemeriksaan.",
    ),
    Reason.FORBIDDEN_TO_MONITOR: (
        "Server menolak monitor (403), belum tentu menolak warga.",
        "Mohon izinkan alamat monitor pada firewall.",
    ),
    Reason.GAMBLING_LINKS: (
        "Halaman memuat tautan yang terindikasi judi.",
        (
            "Mohon jangan menghapus apa pun dulu: simpan salinan berkas dan catatan server, ganti semua kata sandi, "
            "lalu bersihkan bersama tim keamanan."
        ),
    ),
    Reason.GAMBLING_POSTS: (
        "Ada tulisan yang terindikasi promosi judi di website ini.",
        (
            "Mohon simpan salinan berkas dan basis data dulu, lalu cabut tulisan itu, periksa akun admin, "
            "dan ganti semua kata sandi."
        ),
    ),
    Reason.GAMBLING_REDIRECT: (
        "Pengunjung dialihkan ke situs yang terindikasi judi.",
        (
            "Mohon simpan salinan berkas dan catatan server, tutup sementara website, cari berkas sisipan, "
            "lalu ganti semua kata sandi."
        ),
    ),
    Reason.GAMBLING_CLOAKED: (
        "Mesin pencari disuguhi konten yang terindikasi judi, sedangkan warga melihat halaman biasa.",
        (
            "Mohon simpan salinan berkas dan catatan server, cari berkas sisipan, ganti semua kata sandi, "
            "lalu minta penghapusan hasil pencarian."
        ),
    ),
    Reason.DEFACED: (
        "Tampilan website terindikasi diubah pihak lain.",
        (
            "Mohon simpan salinan berkas dan catatan server, tutup sementara website, pulihkan dari cadangan, "
            "lalu ganti semua kata sandi."
        ),
    ),
}


RUNBOOKS: Mapping[Status, str] = {
    Status.DOWN: "OPDSiteDown",
    Status.COMPROMISED: "OPDSiteCompromised",
    Status.DORMANT: "OPDSiteDormant",
    Status.LATE: "OPDSiteLate",
    Status.UNDATED: "OPDSiteUndated",
    Status.BLOCKED: "OPDSiteBlocked",
}
"""The runbook that says what to do about a status."""


def explain(state: SiteState, now: float) -> tuple[str, str]:
    """What the status means for this site, and the step that helps (empty when there is none)."""
    if state.reason is not None:
        return EXPLANATIONS[state.reason]
    if state.status is Status.PENDING:
        if state.site.url is None:
            return "Alamat website belum diisi di registri.", "Mohon isi alamat (url) situs ini di sites.yml."
        return "Belum ada hasil pemeriksaan yang dapat dipakai; monitor belum atau sedang tidak terhubung.", ""
    return _explain_dates(state, now)


def _explain_dates(state: SiteState, now: float) -> tuple[str, str]:
    post = state.publishing.last_post
    age = format_age(max(0.0, now - post.published_at.timestamp())) if post is not None else ""
    limit = format_duration(state.freshness_limit) if state.freshness_limit > 0 else "yang belum dihitung"
    dormant = format_duration(state.site.dormant_after)
    meanings = {
        Status.ACTIVE: (f"Website dapat dibaca warga; berita terakhir terbit {age}, dalam batas {limit}.", ""),
        Status.LATE: (
            f"Website dapat dibaca, tetapi berita terakhir terbit {age}; batasnya {limit}.",
            "Mohon terbitkan berita atau pengumuman baru.",
        ),
        Status.DORMANT: (
            f"Website dapat dibaca, tetapi berita terakhir terbit {age}, melewati {dormant}.",
            "Mohon isi kendala dan tindak lanjut, lalu terbitkan berita baru.",
        ),
        Status.UNDATED: (
            "Website dapat dibaca, tetapi tidak ada tanggal berita yang dapat dipercaya.",
            "Mohon tampilkan tanggal terbit pada daftar berita, atau isi news_url di registri.",
        ),
    }
    return meanings.get(state.status, ("Keadaan website tidak diketahui.", ""))
