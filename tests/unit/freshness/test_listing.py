"""Dates beside titles: one small page a form, with the day that it says."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from opd_exporter.freshness.credibility import judge
from opd_exporter.freshness.listing import read_listing
from opd_exporter.freshness.urls import OwnHosts
from opd_exporter.models import Exchange
from opd_exporter.page import parse_page
from opd_exporter.verdict import gambling

JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 25, 10, tzinfo=JAKARTA)
HOME = "http://x.example/"

FORMS = {
    "ghost": (
        '<article class="post-card post"><a class="post-card-image-link" href="/a-b/"><img class="post-card-image" src="/content/images/2026/10/x.jpg" alt="Judul"></a><div class="post-card-content"><a class="post-card-content-link" href="/a-b/"><header class="post-card-header"><h2 class="post-card-title">Judul tulisan satu</h2></header><div class="post-card-excerpt">Isi singkat.</div></a><footer class="post-card-meta"><time class="post-card-meta-date" datetime="2026-10-28">28 Okt 2026</time><span class="post-card-meta-length">2 min read</span></footer></div></article>',
        "2026-10-28",
    ),
    "olivero": (
        '<article role="article" class="node node--type-article node--view-mode-teaser"><header class=""><h2 class="node__title"><a href="/node/2" rel="bookmark"><span>Musrenbang tingkat distrik</span></a></h2><div class="node__meta"><span>By <span>admin</span>, <span>17 November, 2026</span></span></div></header></article>',
        "2026-11-17",
    ),
    "cassiopeia": (
        '<div class="blog-item"><div class="item-content"><div class="page-header"><h2><a href="/berita/21-jembatan">Jembatan gantung kokoh</a></h2></div><dl class="article-info text-muted"><dd class="createdby">Written by Super User</dd><dd class="create"><time datetime="2026-08-03T01:15:00+00:00" itemprop="dateCreated">Created: 03 August 2026</time></dd><dd class="published"><time datetime="2026-11-19T01:15:00+00:00" itemprop="datePublished">Published: 19 November 2026</time></dd><dd class="modified"><time datetime="2026-11-24T01:15:00+00:00" itemprop="dateModified">Last Updated: 24 November 2026</time></dd><dd class="hits">Hits: 31</dd></dl></div></div>',
        "2026-11-19",
    ),
    "bludit": (
        '<article class="post"><h2 class="title"><a href="/apel-pagi">Apel pagi di halaman</a></h2><time class="published" datetime="2026-11-16 09:15:00">1 week ago</time></article>',
        "2026-11-16",
    ),
    "grav": (
        '<div class="blog-listing"><div class="card"><div class="card-header"><div class="card-title h5"><a href="/blog/panen-raya">Panen raya di sawah</a></div><span class="blog-date"><time class="dt-published" datetime="2026-11-03T09:00:00+00:00"><i class="fa fa-calendar"></i> 3 November 2026</time></span></div></div></div>',
        "2026-11-03",
    ),
    "header in card bare": (
        '<div class="grid"><div><header><h3><a href="/n/1">Rapat koordinasi bulanan</a></h3><time>3 Nov 2026</time></header></div><div><header><h3><a href="/n/2">Apel gabungan pegawai</a></h3><time>1 Nov 2026</time></header></div></div>',
        "2026-11-03",
    ),
    "weather card": (
        '<div class="card"><h4><a href="/cuaca">Prakiraan Cuaca Hari Ini</a></h4><span>25 November 2026</span></div><div class="b"><a href="/n/2-lama">Apel gabungan pegawai</a> 3 Mei 2024</div>',
        "2024-05-03",
    ),
    "price list": (
        '<div class="harga"><div class="p"><a href="/komoditas/0">Harga beras pasar induk</a><span>25 November 2026</span></div><div class="p"><a href="/komoditas/1">Harga cabai pasar induk</a><span>25 November 2026</span></div><div class="p"><a href="/komoditas/2">Harga bawang pasar induk</a><span>25 November 2026</span></div><div class="p"><a href="/komoditas/3">Harga gula pasar induk</a><span>25 November 2026</span></div><div class="p"><a href="/komoditas/4">Harga minyak pasar induk</a><span>25 November 2026</span></div></div><div class="b"><a href="/n/2-lama">Apel gabungan pegawai</a> 3 Mei 2024</div>',
        "2024-05-03",
    ),
    "price list plain": (
        '<div class="box1"><div class="p"><a href="/komoditas/0">Cabai merah satu pasar induk</a><span>25 November 2026</span></div><div class="p"><a href="/komoditas/1">Cabai merah dua pasar induk</a><span>25 November 2026</span></div><div class="p"><a href="/komoditas/2">Cabai merah tiga pasar induk</a><span>25 November 2026</span></div><div class="p"><a href="/komoditas/3">Cabai merah empat pasar induk</a><span>25 November 2026</span></div><div class="p"><a href="/komoditas/4">Cabai merah lima pasar induk</a><span>25 November 2026</span></div></div><div class="b"><a href="/n/2-lama">Apel gabungan pegawai</a> 3 Mei 2024</div>',
        "2024-05-03",
    ),
    "clock twice": (
        '<div class="top d-none"><span>Rabu, 25 November 2026</span> <a href="/pengaduan-warga">Pengaduan masyarakat daring</a></div><div class="top d-none"><span>Rabu, 25 November 2026</span> <a href="/pengaduan-warga">Pengaduan masyarakat daring</a></div><div class="b"><a href="/n/2-lama">Apel gabungan pegawai</a> 3 Mei 2024</div>',
        "2024-05-03",
    ),
    "clock with time": (
        '<div class="ptop"><span>Rabu, 25 November 2026 | 10:00:07 WIB</span> <a href="/pengaduan-warga">Pengaduan masyarakat daring</a></div><div class="b"><a href="/n/2-lama">Apel gabungan pegawai</a> 3 Mei 2024</div>',
        "2024-05-03",
    ),
    "req time on all": (
        '<div class="b"><a href="/n/2-lama">Apel gabungan pegawai</a> 25-11-2026 10:00:01</div><div class="b"><a href="/n/3-lama">Upacara gabungan pegawai</a> 25-11-2026 10:00:01</div>',
        None,
    ),
    "online ago": (
        '<div class="u">Online: 5 menit yang lalu <a href="/profil-pegawai">Profil pegawai teladan</a></div><div class="b"><a href="/n/2-lama">Apel gabungan pegawai</a> 3 Mei 2024</div>',
        "2024-05-03",
    ),
    "hero today carded": (
        '<div class="hero"><a href="/n/9-baru"><img src="/x.jpg"><h2>Pembukaan pekan olahraga</h2></a><span>25 November 2026</span></div><div class="b"><a href="/n/2-lama">Apel gabungan pegawai</a> 20 November 2026</div>',
        "2026-11-25",
    ),
    "list today 2": (
        '<ul><li><a href="/n/9-baru">Pembukaan pekan olahraga</a> 25 November 2026</li><li><a href="/n/8-baru">Pembinaan atlet pelajar</a> 25 November 2026</li><li><a href="/n/2-lama">Apel gabungan pegawai</a> 20 November 2026</li></ul>',
        "2026-11-25",
    ),
    "galeri": (
        '<h3>Galeri Foto</h3><div class="g"><a href="/galeri/12"><img src="/g.jpg" alt="Foto kegiatan senam bersama"></a><span>12 November 2026</span></div>',
        "2026-11-12",
    ),
    "table with icons": (
        '<table class="table"><tbody><tr><td width="20%"><i class="bi bi-calendar3"></i> 12 Nov 2026</td><td><a href="/pengumuman/5">Pengumuman penerimaan pegawai kontrak</a></td><td><a class="btn" href="/storage/5.pdf">Unduh</a></td></tr><tr><td><i class="bi bi-calendar3"></i> 2 Nov 2026</td><td><a href="/pengumuman/4">Pengumuman jadwal wawancara</a></td><td><a class="btn" href="/storage/4.pdf">Unduh</a></td></tr></tbody></table>',
        "2026-11-12",
    ),
    "elementor loop": (
        '<div class="elementor-widget-posts"><article class="elementor-post"><div class="elementor-post__card"><a class="elementor-post__thumbnail__link" href="/2026/11/12/a/"><img src="x.jpg"></a><div class="elementor-post__text"><h3 class="elementor-post__title"><a href="/2026/11/12/a/">Pelatihan kader kesehatan</a></h3></div><div class="elementor-post__meta-data"><span class="elementor-post-date">12 November 2026</span><span class="elementor-post-avatar">Tidak ada komentar</span></div></div></article></div>',
        "2026-11-12",
    ),
    "newsup": (
        '<div class="mg-blog-post lg back-img"><article class="bottom"><div class="mg-blog-category"><a class="newsup-categories" href="/category/berita/">Berita</a></div><h4 class="title"><a href="/a/">Pelatihan kader kesehatan</a></h4><div class="mg-blog-meta"><span class="mg-blog-date"><i class="fas fa-clock"></i><a href="/2026/11/">Nov 12, 2026</a></span><a class="auth" href="/author/admin/"><i class="fas fa-user-circle"></i>admin</a></div></article></div>',
        "2026-11-12",
    ),
    "date archive link long": (
        '<div class="p"><h4 class="title"><a href="/a-b-c/">Pelatihan kader kesehatan</a></h4><a href="/2026/11/12/" rel="bookmark">Kamis, 12 November 2026 pukul 10.00 WIB</a></div>',
        "2026-11-12",
    ),
    "archives widget": ('<h3>Arsip</h3><ul><li><a href="/2026/11/">November 2026</a> (12)</li></ul>', None),
    "related other date list": (
        '<div class="single"><h1>Profil Dinas</h1><p>Dinas dibentuk pada tanggal 24 November 2026 berdasarkan peraturan <a href="/perda-nomor-tujuh">Peraturan daerah nomor tujuh</a></p></div>',
        None,
    ),
    "pejabat": (
        '<div class="team"><h4>Kepala Dinas</h4><p>Dilantik 20 November 2026</p><a href="/profil/kepala-dinas-kesehatan">Profil lengkap kepala dinas</a></div>',
        None,
    ),
    "survey": (
        '<div class="ikm-box"><h4>Survei Kepuasan</h4><p>Periode: 1 November 2026 - 30 November 2026</p><a href="/survei-kepuasan">Isi survei kepuasan masyarakat</a></div>',
        None,
    ),
    "bmkg": (
        '<div class="gempa"><b>Gempa Terkini</b> 24 November 2026 10:22 WIB <a href="/info-gempa-terkini">Info gempa bumi terkini</a></div>',
        None,
    ),
    "fb embed": (
        '<blockquote class="fb-post"><a href="https://www.facebook.com/dinas/posts/1">Posting dinas di media sosial</a> 24 November 2026</blockquote>',
        None,
    ),
    "flipped order dt dd": (
        '<dl><dt><a href="/n/12-abc">Pelatihan kader kesehatan</a></dt><dd>12 November 2026</dd><dt><a href="/n/11-abc">Senam bersama lansia desa</a></dt><dd>1 November 2026</dd></dl>',
        "2026-11-12",
    ),
    "p siblings": (
        '<p><a href="/n/12-abc">Pelatihan kader kesehatan</a></p><p>12 November 2026</p><p>Isi ringkas kegiatan.</p><p><a href="/n/11-abc">Senam bersama lansia desa</a></p><p>1 November 2026</p><p>Isi.</p>',
        "2026-11-12",
    ),
    "h3 siblings one": (
        '<div id="berita"><h2>Berita</h2><h3><a href="/n/12-abc">Pelatihan kader kesehatan</a></h3><p>12 November 2026</p><p>Isi ringkas kegiatan.</p></div>',
        "2026-11-12",
    ),
    "nested a date": (
        '<div class="card"><a href="/n/12-abc" class="card-link"><div class="card-date"><span>12</span><span>November</span><span>2026</span></div><div class="card-title">Pelatihan kader kesehatan</div></a></div>',
        "2026-11-12",
    ),
    "text-muted meta": (
        '<div class="card mb-3"><div class="row g-0"><div class="col-md-4"><img src="/a.jpg"></div><div class="col-md-8"><div class="card-body"><h5 class="card-title">Pelatihan kader kesehatan</h5><p class="card-text">Isi.</p><p class="card-text"><small class="text-body-secondary">Kamis, 12 November 2026</small></p><a href="/n/12-abc" class="stretched-link"></a></div></div></div></div>',
        "2026-11-12",
    ),
    "read more only": (
        '<div class="item"><p><strong>Pelatihan kader kesehatan</strong></p><p>12 November 2026</p><p>Isi.</p><p><a href="/n/12-abc">Baca selengkapnya &raquo;</a></p></div>',
        "2026-11-12",
    ),
    "title attr": (
        '<div class="item"><a href="/n/12-abc" title="Pelatihan kader kesehatan tingkat desa"><img src="/a.jpg"></a><span class="tgl">12 November 2026</span></div>',
        "2026-11-12",
    ),
    "ampm": (
        '<div class="item"><a href="/n/12-abc">Pelatihan kader kesehatan</a><span>November 12, 2026 8:15 am</span></div>',
        "2026-11-12",
    ),
    "WIB no pukul": (
        '<div class="item"><a href="/n/12-abc">Pelatihan kader kesehatan</a><span>Kamis, 12/11/2026 - 08.15 WIB</span></div>',
        "2026-11-12",
    ),
    "posted ago with title": (
        '<div class="item"><a href="/n/12-abc">Pelatihan kader kesehatan</a><span title="12 November 2026 08:15">13 hari yang lalu</span></div>',
        "2026-11-12",
    ),
    "meta links": (
        '<div class="post"><h2><a href="/berita/panen-raya-padi">Panen raya padi desa</a></h2><div class="meta">Oleh: <a href="/author/pengelola-website">Pengelola Website</a> | Kategori: <a href="/c/berita-dinas-umum">Berita Dinas Umum</a> | 12 November 2026 | <a href="/berita/panen-raya-padi#respond">0 Komentar</a></div></div><div class="post"><h2><a href="/berita/tanam-cabai">Tanam cabai serentak bersama</a></h2><div class="meta">Oleh: <a href="/author/pengelola-website">Pengelola Website</a> | Kategori: <a href="/c/berita-dinas-umum">Berita Dinas Umum</a> | 2 November 2026</div></div>',
        "2026-11-12",
    ),
    "old nested tables": (
        '<table><tr><td><table><tr><td><a href="berita.php?id=5"><b>Rapat kerja tahunan pegawai</b></a></td></tr><tr><td><font size=1>Selasa, 10 November 2026 08:00:00 WIB</font></td></tr><tr><td>Isi ringkas... <a href="berita.php?id=5">[selengkapnya]</a></td></tr></table></td></tr><tr><td><table><tr><td><a href="berita.php?id=4"><b>Pelepasan purna tugas pegawai</b></a></td></tr><tr><td><font size=1>Senin, 2 November 2026 08:00:00 WIB</font></td></tr></table></td></tr></table>',
        "2026-11-10",
    ),
    "detail col": (
        '<table><tr><th>No</th><th>Judul</th><th>Tanggal</th><th></th></tr><tr><td>1</td><td>Pengumuman lelang kendaraan</td><td>12/11/2026</td><td><a href="/pengumuman/12">Detail</a></td></tr><tr><td>2</td><td>Pengumuman hasil seleksi</td><td>30/10/2026</td><td><a href="/pengumuman/11">Detail</a></td></tr></table>',
        "2026-11-12",
    ),
    "pdf newer in list": (
        '<ul><li><a href="/berita/a-b-c">Kegiatan pembinaan desa wisata</a> <span>1 Oktober 2026</span></li><li><a href="/files/surat-edaran.pdf">Surat edaran libur nasional</a> <span>20 November 2026</span></li><li><a href="/berita/d-e-f">Kegiatan pelatihan pemandu</a> <span>21 September 2026</span></li><li><a href="/files/sk.pdf">Surat keputusan kepala dinas</a> <span>22 November 2026</span></li></ul>',
        "2026-10-01",
    ),
    "agenda urls": (
        '<div class="row"><div><a href="/agenda/rapat-koordinasi">Rapat koordinasi bulanan</a> 24 November 2026</div><div><a href="/agenda/kunjungan-kerja">Kunjungan kerja komisi</a> 23 November 2026</div><div><a href="/berita/satu-dua">Penyerahan bantuan nelayan</a> 4 Mei 2025</div></div>',
        "2025-05-04",
    ),
    "short titles": (
        '<div class="item"><h4><a href="/b/1">Apel Pagi</a></h4><span>20 Nov 2026</span></div><div class="item"><h4><a href="/b/2">HUT RI ke-81</a></h4><span>17 Agu 2026</span></div>',
        "2026-11-20",
    ),
    "bootstrap last updated": (
        '<div class="card"><h5 class="card-title"><a href="/b/12-judul">Judul berita lama sekali</a></h5><p class="card-text">12 Mei 2022</p><p class="card-text"><small class="text-muted">Last updated 3 mins ago</small></p></div>',
        "2022-05-12",
    ),
    "youtube": (
        '<div class="vid"><a href="https://www.youtube.com/watch?v=1">Video profil dinas kesehatan</a><span>2 hari yang lalu</span></div><div class="n"><a href="/b/1-lama">Berita lama sekali di sini</a><span>2 Mei 2024</span></div>',
        "2024-05-02",
    ),
    "query urls": (
        '<div><a href="?module=detailberita&id=45">Penyuluhan keluarga berencana</a><br>5 November 2026 - 10:00 WIB</div><div><a href="?module=detailberita&id=44">Pemasangan akseptor massal</a><br>1 November 2026</div>',
        "2026-11-05",
    ),
    "column pelaksanaan": (
        '<table><tr><th>No</th><th>Nama Kegiatan</th><th>Tanggal Pelaksanaan</th></tr><tr><td>1</td><td><a href="/kegiatan/bimtek-aset">Bimbingan teknis aset daerah</a></td><td>24/11/2026</td></tr><tr><td>2</td><td><a href="/kegiatan/rakor">Rapat koordinasi kecamatan</a></td><td>20/11/2026</td></tr></table>',
        None,
    ),
    "kegiatan mendatang": (
        '<h3>Kegiatan Mendatang</h3><ul><li><a href="/kegiatan/jalan-sehat">Jalan sehat bersama warga</a> <b>23 November 2026</b></li><li><a href="/kegiatan/senam">Senam bersama pegawai dinas</a> <b>29 November 2026</b></li></ul>',
        None,
    ),
    "marquee list": (
        '<marquee><a href="/b/1-satu-dua">Satu dua tiga empat lima</a> (12/11/2026) | <a href="/b/2-enam">Enam tujuh delapan sembilan</a> (11/11/2026) | </marquee>',
        "2026-11-12",
    ),
    "badge br": (
        '<div class="row news"><div class="date"><b>12</b><br>Nov 2026</div><h4><a href="/n/1">Lokakarya mini puskesmas</a></h4></div><div class="row news"><div class="date"><b>01</b><br>Nov 2026</div><h4><a href="/n/2">Supervisi fasilitas kesehatan</a></h4></div>',
        "2026-11-12",
    ),
    "badge ul": (
        '<div class="post"><ul class="date"><li>12</li><li>Nov</li><li>2026</li></ul><h4><a href="/n/1">Lokakarya mini puskesmas</a></h4></div>',
        "2026-11-12",
    ),
    "month day badge": (
        '<div class="post"><span class="month">Nov</span><span class="day">12</span><span class="year">2026</span><h4><a href="/n/1">Lokakarya mini puskesmas</a></h4></div>',
        "2026-11-12",
    ),
    "year in middle": (
        '<div class="post"><time><strong>12</strong> <em>November</em>, <i>2026</i></time><h4><a href="/n/1">Lokakarya mini puskesmas</a></h4></div>',
        "2026-11-12",
    ),
    "card onclick+time": (
        '<a class="news" href="/n/12-lokakarya"><div><div class="img"></div><div><span>Berita</span><span>12 Nov 2026</span><h6>Lokakarya mini puskesmas se-kabupaten</h6></div></div></a>',
        "2026-11-12",
    ),
    "clock card with img": (
        '<div class="top"><img src="/logo.png"><a href="/profil-lengkap-dinas">Profil lengkap dinas kami</a><span>25 November 2026</span></div><div class="x"><a href="/n/1-lama">Lokakarya mini puskesmas</a> 3 Mei 2023</div>',
        "2023-05-03",
    ),
    "jam header div": (
        '<div class="container"><div class="row"><div class="col-md-6">Rabu, 25 November 2026</div><div class="col-md-6"><h1><a href="/home/index">Dinas Kesehatan Kabupaten Contoh</a></h1></div></div></div><div class="x"><a href="/n/1-lama">Lokakarya mini puskesmas</a> 3 Mei 2023</div>',
        "2023-05-03",
    ),
    "excerpt dateline": (
        '<div class="post"><h3><a href="/n/5-lama">Peresmian gedung layanan baru</a></h3><p>SERANG, 24/11/2026 - Kepala dinas meresmikan gedung layanan baru bersama jajaran dan tamu undangan dari berbagai instansi.</p></div>',
        "2026-11-24",
    ),
    "agenda dl": (
        '<h4>Agenda</h4><dl><dt>24 November 2026</dt><dd><a href="/post/rapat">Rapat koordinasi bulanan</a></dd><dt>20 November 2026</dt><dd><a href="/post/apel">Apel gabungan pegawai</a></dd></dl>',
        None,
    ),
    "td agenda title": (
        '<table><tr><td>Agenda Kegiatan</td></tr><tr><td><a href="/post/rapat">Rapat koordinasi bulanan</a><br>24 November 2026</td></tr><tr><td><a href="/post/apel">Apel gabungan pegawai</a><br>20 November 2026</td></tr></table>',
        None,
    ),
    "lelang deadline": (
        '<div class="i"><a href="/lelang/1">Lelang pembangunan gedung</a><span>Batas akhir: 24 November 2026</span></div>',
        None,
    ),
    "lowongan": (
        '<div class="i"><a href="/loker/1">Lowongan tenaga kesehatan</a><p>Diposting 1 November 2026</p><p>Ditutup 30 November 2026</p></div>',
        "2026-11-01",
    ),
    "two col": (
        '<div class="a"><p>Tanggal</p><p>12 November 2026</p><p>Judul</p><p><a href="/n/12-ab">Sosialisasi perda kawasan tanpa rokok</a></p></div>',
        "2026-11-12",
    ),
    "schema meta": (
        '<div itemscope><meta itemprop="datePublished" content="2026-11-12T08:00:00+07:00"><meta itemprop="dateModified" content="2026-11-24T08:00:00+07:00"><h3><a href="/n/12-ab">Sosialisasi perda kawasan tanpa rokok</a></h3></div>',
        "2026-11-12",
    ),
    "updated class only": (
        '<div class="hentry"><h3><a href="/n/12-ab">Sosialisasi perda kawasan tanpa rokok</a></h3><span class="date updated">12 November 2026</span></div>',
        "2026-11-12",
    ),
    "parens updated": (
        '<div><a href="/n/12-ab">Sosialisasi perda kawasan tanpa rokok</a> 24 November 2026 (diperbarui)</div>',
        None,
    ),
    "comments meta": (
        '<div class="post"><h3><a href="/n/12-ab">Sosialisasi perda kawasan</a></h3><span>3 Mei 2023</span><div class="last-comment">Komentar terakhir: 24 November 2026 oleh Budi</div></div>',
        "2023-05-03",
    ),
    "jadwal sholat with link": (
        '<div class="widget"><h4>Jadwal Sholat</h4><p>Rabu, 25 November 2026</p><a href="/jadwal-sholat-lengkap">Lihat jadwal lengkap bulan ini</a></div>',
        None,
    ),
    "rating": (
        '<div class="testi"><p>Pelayanan cepat dan ramah sekali</p><small>Ibu Ani, 24 November 2026</small><a href="/testimoni">Lihat testimoni lainnya di sini</a></div>',
        None,
    ),
    "dipublikasi": (
        '<div class="entry"><a href="/n/12-ab" title="x">Sosialisasi perda kawasan tanpa rokok</a><div>Dipublikasi pada: Kamis, 12 Nov 2026 15:30 WIB</div></div>',
        "2026-11-12",
    ),
    "views date": (
        '<div class="e"><a href="/n/12-ab">Sosialisasi perda kawasan tanpa rokok</a><div>👁 1.204 | 🗓 12-Nov-2026 | 💬 0</div></div>',
        "2026-11-12",
    ),
    "dash list": (
        '<p>- <a href="/n/12-ab">Sosialisasi perda kawasan tanpa rokok</a>, 12 November 2026<br>- <a href="/n/11-ab">Upacara bendera bulanan pegawai</a>, 1 November 2026</p>',
        "2026-11-12",
    ),
    "date first br": (
        '<div>12 November 2026<br><a href="/n/12-ab">Sosialisasi perda kawasan tanpa rokok</a><br><br>1 November 2026<br><a href="/n/11-ab">Upacara bendera bulanan pegawai</a></div>',
        "2026-11-12",
    ),
    "section h2 in agenda col": (
        '<div class="row"><div class="col"><h2>Berita</h2><div class="i"><a href="/n/1-ab">Upacara bendera bulanan pegawai</a><span>1 Mei 2024</span></div></div><div class="col"><div class="box"><div class="box-head">AGENDA</div><div class="box-body"><div class="i"><a href="/n/9-ab">Rakor lintas sektor kecamatan</a><span>24 November 2026</span></div></div></div></div></div>',
        "2024-05-01",
    ),
    "wp event class": (
        '<article class="post type-post category-event tag-agenda"><h2><a href="/n/1-ab">Upacara bendera bulanan pegawai</a></h2><time class="entry-date published updated" datetime="2026-11-10T10:00:00+07:00">10 November 2026</time></article>',
        "2026-11-10",
    ),
    "avada": (
        '<div class="fusion-post"><h4><a href="/n/1-ab">Upacara bendera bulanan pegawai</a></h4><span class="updated rich-snippet-hidden" style="display:none">2026-11-24T08:00:00+07:00</span><p>1 Mei 2024</p></div>',
        "2024-05-01",
    ),
}


def newest(body: str) -> str | None:
    """ISO day of the newest credible post on a page with ``body``."""
    html = f"<html><head><title>x</title></head><body>{body}</body></html>"
    page = parse_page(Exchange(url=HOME, final_url=HOME, started_at=0, seconds=0, status=200, body=html.encode()))
    own = OwnHosts([HOME])
    found = read_listing(page, own, NOW, JAKARTA).sightings
    posts = judge(found, NOW, own=own, gambling=gambling.is_gambling, first_days={}).posts
    return posts[0].published_at.date().isoformat() if posts else None


@pytest.mark.parametrize(("body", "expected"), FORMS.values(), ids=FORMS)
def test_reads_form(body: str, expected: str | None) -> None:
    """Each form of list gives the day of its newest post, or none."""
    assert newest(body) == expected


LIST = (
    '<div class="{area}"><h4>{heading}</h4><ul><li><a href="/b/1-a">Penyerahan bantuan kepada nelayan</a> 24 November 2026</li>'
    '<li><a href="/b/2-b">Pelatihan kelompok wanita tani</a> 23 November 2026</li></ul></div>'
)


@pytest.mark.parametrize(
    "area",
    [
        "agenda",
        "widget-event",
        "kalender-kegiatan",
        "statistik",
        "visitor-counter",
        "recent-comments",
        "komentar",
        "unduhan",
    ]
    + ["jadwal_sholat", "cuaca", "kurs", "polling", "sidebar download", "testimonial-slider", "upcoming-events"],
)
def test_area_by_class_is_refused(area: str) -> None:
    """A list under a class that names another kind of area dates no post (F2)."""
    assert newest(LIST.format(area=area, heading="")) is None


@pytest.mark.parametrize(
    "heading",
    [
        "Agenda",
        "Agenda Kegiatan",
        "AGENDA BUPATI",
        "Jadwal Kegiatan",
        "Kegiatan Mendatang",
        "Kalender",
        "Upcoming Events",
        "Event",
    ]
    + [
        "Komentar Terbaru",
        "Recent Comments",
        "Statistik Pengunjung",
        "Unduhan",
        "Dokumen Publik",
        "Produk Hukum",
        "Buku Tamu",
    ]
    + ["Hari Libur Nasional", "Jadwal Sholat"],
)
def test_area_by_heading_is_refused(heading: str) -> None:
    """A list under a heading that names another kind of area dates no post (F2)."""
    assert newest(LIST.format(area="box", heading=heading)) is None


@pytest.mark.parametrize(
    "heading",
    [
        "Berita Terkini",
        "Kabar Desa",
        "Pengumuman",
        "Berita dan Agenda",
        "Artikel",
        "Kegiatan",
        "Latest News",
        "Informasi Terbaru",
        "",
    ],
)
def test_news_heading_is_taken(heading: str) -> None:
    """The same list under a heading that names news dates its posts."""
    assert newest(LIST.format(area="box", heading=heading)) == "2026-11-24"


LABELLED = '<div class="p"><h3><a href="/b/1-a">Penyerahan bantuan kepada nelayan</a></h3><p>{label} 20 November 2026</p></div>'


@pytest.mark.parametrize(
    "label",
    [
        "Terakhir diperbarui:",
        "Terakhir diperbaharui pada",
        "Diperbarui",
        "Dimutakhirkan tanggal",
        "Update:",
        "Updated on",
        "Last updated",
        "Last modified:",
    ]
    + [
        "Login terakhir",
        "Diunggah",
        "Diunggah oleh admin pada",
        "Berlaku sampai",
        "Berlaku mulai",
        "Batas akhir",
        "Batas waktu pendaftaran:",
        "Deadline:",
    ]
    + [
        "Waktu:",
        "Waktu pelaksanaan:",
        "Tanggal pelaksanaan:",
        "Tanggal kegiatan :",
        "Ditetapkan tanggal",
        "Diundangkan",
        "Mulai",
        "Pendaftaran ditutup",
    ]
    + [
        "Hari/Tanggal :",
        "Periode",
        "Lahir",
        "Bergabung sejak",
        "Komentar terakhir",
        "Data per",
        "Perubahan terakhir:",
        "Edited",
    ],
)
def test_label_is_refused(label: str) -> None:
    """A date whose own label speaks of a change, a deadline or an event is none of publication (F3)."""
    assert newest(LABELLED.format(label=label)) is None


@pytest.mark.parametrize(
    "label",
    [
        "",
        "Diterbitkan:",
        "Dipublikasikan pada",
        "Diposting oleh admin pada",
        "Posted on",
        "Published",
        "Tanggal terbit:",
        "Tgl.",
        "Ditulis oleh Humas |",
    ]
    + ["Dikirim oleh admin pada Jumat,", "Admin -", "Berita |", "Oleh: Redaksi,", "Rilis:", "120 kali dibaca |"],
)
def test_label_is_taken(label: str) -> None:
    """A date without a label, or with one of publication, counts."""
    assert newest(LABELLED.format(label=label)) == "2026-11-20"
