"""Who the imitation fleet imitates: the departments and sub-districts of Kabupaten Serang, and what they write about.

Names only; every address, post and fault of the demo is invented, and every page of it says so.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Department:
    """One organisation of the regency: ``sector`` picks the subjects of its posts."""

    id: str
    opd: str
    """Short display name."""
    name: str
    category: str
    sector: str


DEPARTMENTS: tuple[Department, ...] = tuple(
    Department(*row)
    for row in (
        ("setda", "Setda", "Sekretariat Daerah", "sekretariat", "umum"),
        ("setwan", "Setwan", "Sekretariat DPRD", "sekretariat", "dewan"),
        ("inspektorat", "Inspektorat", "Inspektorat", "inspektorat", "pengawasan"),
        ("dindikbud", "Dindikbud", "Dinas Pendidikan dan Kebudayaan", "dinas", "pendidikan"),
        ("dinkes", "Dinkes", "Dinas Kesehatan", "dinas", "kesehatan"),
        ("dpupr", "DPUPR", "Dinas Pekerjaan Umum dan Penataan Ruang", "dinas", "pekerjaan_umum"),
        ("dprkp", "DPRKP", "Dinas Perumahan Rakyat dan Kawasan Permukiman", "dinas", "pekerjaan_umum"),
        ("satpolpp", "Satpol PP", "Satuan Polisi Pamong Praja", "satuan", "ketertiban"),
        ("bpbd", "BPBD", "Badan Penanggulangan Bencana Daerah", "badan", "bencana"),
        ("dinsos", "Dinsos", "Dinas Sosial", "dinas", "sosial"),
        ("disnakertrans", "Disnakertrans", "Dinas Tenaga Kerja dan Transmigrasi", "dinas", "kerja"),
        ("dkpp", "DKPP", "Dinas Ketahanan Pangan dan Perikanan", "dinas", "pertanian"),
        ("dlh", "DLH", "Dinas Lingkungan Hidup", "dinas", "lingkungan"),
        ("disdukcapil", "Disdukcapil", "Dinas Kependudukan dan Pencatatan Sipil", "dinas", "kependudukan"),
        ("dpmd", "DPMD", "Dinas Pemberdayaan Masyarakat Desa", "dinas", "desa"),
        (
            "dkbp3a",
            "DKBP3A",
            "Dinas Keluarga Berencana, Pemberdayaan Perempuan dan Perlindungan Anak",
            "dinas",
            "sosial",
        ),
        ("dishub", "Dishub", "Dinas Perhubungan", "dinas", "perhubungan"),
        (
            "diskominfosatik",
            "Diskominfosatik",
            "Dinas Komunikasi, Informatika, Persandian dan Statistik",
            "dinas",
            "kominfo",
        ),
        (
            "diskoumperindag",
            "Diskoumperindag",
            "Dinas Koperasi, Usaha Mikro, Perindustrian dan Perdagangan",
            "dinas",
            "usaha",
        ),
        ("dpmptsp", "DPMPTSP", "Dinas Penanaman Modal dan Pelayanan Terpadu Satu Pintu", "dinas", "usaha"),
        ("disporapar", "Disporapar", "Dinas Kepemudaan, Olahraga dan Pariwisata", "dinas", "olahraga"),
        ("dpkd", "DPKD", "Dinas Perpustakaan dan Kearsipan Daerah", "dinas", "pendidikan"),
        ("distan", "Distan", "Dinas Pertanian", "dinas", "pertanian"),
        (
            "bapperida",
            "Bapperida",
            "Badan Perencanaan Pembangunan, Riset dan Inovasi Daerah",
            "badan",
            "umum",
        ),
        ("bkpsdm", "BKPSDM", "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", "badan", "kepegawaian"),
        ("bpkad", "BPKAD", "Badan Pengelolaan Keuangan dan Aset Daerah", "badan", "keuangan"),
        ("bapenda", "Bapenda", "Badan Pendapatan Daerah", "badan", "keuangan"),
        ("kesbangpol", "Kesbangpol", "Badan Kesatuan Bangsa dan Politik", "badan", "ketertiban"),
        ("rsdp", "RSDP", "RSUD dr. Drajat Prawiranegara", "rsud", "kesehatan"),
        ("damkar", "Damkar", "Pemadam Kebakaran", "satuan", "bencana"),
        ("kec-ciruas", "Kec. Ciruas", "Kecamatan Ciruas", "kecamatan", "desa"),
    )
)
"""The 31 of the 2020 scenario: the organisations known by name, and one sub-district."""

SUBDISTRICTS: tuple[str, ...] = (
    "Anyar",
    "Bandung",
    "Baros",
    "Binuang",
    "Bojonegara",
    "Carenang",
    "Cikande",
    "Cikeusal",
    "Cinangka",
    "Ciomas",
    "Ciruas",
    "Gunungsari",
    "Jawilan",
    "Kibin",
    "Kopo",
    "Kragilan",
    "Kramatwatu",
    "Lebak Wangi",
    "Mancak",
    "Pabuaran",
    "Padarincang",
    "Pamarayan",
    "Petir",
    "Pontang",
    "Pulo Ampel",
    "Tanara",
    "Tirtayasa",
    "Tunjung Teja",
    "Waringin Kurung",
)


def subdistrict(name: str) -> Department:
    """The office of one sub-district."""
    return Department(f"kec-{name.lower().replace(' ', '')}", f"Kec. {name}", f"Kecamatan {name}", "kecamatan", "desa")


def extra_department(number: int) -> Department:
    """An organisation beyond the named ones: the other sub-districts first, then invented village offices."""
    others = [name for name in SUBDISTRICTS if name != "Ciruas"]
    if number < len(others):
        return subdistrict(others[number])
    place = SUBDISTRICTS[number % len(SUBDISTRICTS)]
    serial = number - len(others) + 1
    return Department(f"desa-{serial:04d}", f"Desa {serial}", f"Desa Contoh {serial}, {place}", "desa", "desa")


SUBJECTS: dict[str, tuple[str, ...]] = {
    "umum": (
        "Rapat koordinasi penyusunan rencana kerja bersama {place}",
        "Forum konsultasi publik membahas layanan di {place}",
        "Kunjungan kerja tim evaluasi ke {place}",
        "Penyerahan penghargaan inovasi pelayanan untuk {place}",
        "Musyawarah perencanaan pembangunan dimulai dari {place}",
    ),
    "dewan": (
        "Reses masa sidang menyerap aspirasi warga {place}",
        "Rapat paripurna membahas rancangan peraturan daerah",
        "Audiensi warga {place} diterima di ruang rapat",
        "Komisi meninjau perbaikan jalan di {place}",
    ),
    "pengawasan": (
        "Pendampingan pengelolaan dana desa di {place}",
        "Klinik konsultasi pengawasan dibuka untuk {place}",
        "Sosialisasi pengendalian gratifikasi bagi aparatur {place}",
        "Evaluasi akuntabilitas kinerja perangkat daerah selesai",
    ),
    "pendidikan": (
        "Pelatihan guru sekolah dasar se-Kecamatan {place}",
        "Perpustakaan keliling menyapa pelajar {place}",
        "Lomba literasi pelajar tingkat kabupaten digelar",
        "Ruang kelas baru di {place} mulai dipakai",
        "Penataan arsip kantor desa di {place} rampung",
    ),
    "kesehatan": (
        "Imunisasi lengkap menjangkau balita di {place}",
        "Posyandu lansia {place} ramai dikunjungi warga",
        "Pemeriksaan kesehatan gratis hadir di {place}",
        "Layanan rawat jalan menambah jam buka pendaftaran",
        "Kader kesehatan {place} belajar mencegah stunting",
    ),
    "pekerjaan_umum": (
        "Perbaikan jalan kabupaten ruas {place} selesai tepat waktu",
        "Normalisasi saluran air di {place} dikerjakan gotong royong",
        "Rumah tidak layak huni di {place} mulai dibangun ulang",
        "Jembatan gantung penghubung {place} kembali dibuka",
    ),
    "ketertiban": (
        "Penertiban reklame tanpa izin di {place}",
        "Patroli gabungan menjaga ketertiban pasar {place}",
        "Dialog kerukunan warga digelar di {place}",
        "Penguatan wawasan kebangsaan bagi pemuda {place}",
    ),
    "bencana": (
        "Simulasi tanggap gempa di sekolah {place}",
        "Petugas memadamkan kebakaran lahan di {place}",
        "Pos siaga banjir di {place} mulai beroperasi",
        "Pelatihan relawan tangguh bencana {place}",
        "Pemeriksaan alat pemadam di gedung layanan publik",
    ),
    "sosial": (
        "Penyaluran bantuan sosial tahap lanjutan di {place}",
        "Pelayanan keluarga berencana keliling di {place}",
        "Forum anak {place} sampaikan suara untuk musrenbang",
        "Pendampingan penyandang disabilitas di {place}",
    ),
    "kerja": (
        "Bursa kerja mempertemukan pencari kerja {place}",
        "Pelatihan las dan menjahit untuk warga {place}",
        "Mediasi hubungan industrial di kawasan {place}",
        "Pembekalan calon peserta magang dari {place}",
    ),
    "pertanian": (
        "Panen raya padi di hamparan sawah {place}",
        "Bantuan benih ikan untuk pembudidaya {place}",
        "Gerakan pangan murah hadir di {place}",
        "Penyuluh mendampingi petani {place} membasmi hama",
        "Vaksinasi ternak warga {place} berjalan lancar",
    ),
    "lingkungan": (
        "Bank sampah {place} menambah jumlah nasabah",
        "Penanaman mangrove di pesisir {place}",
        "Uji kualitas air sungai di {place}",
        "Sekolah adiwiyata {place} menerima pembinaan",
    ),
    "kependudukan": (
        "Perekaman KTP elektronik keliling di {place}",
        "Layanan akta kelahiran jemput bola ke {place}",
        "Aktivasi identitas kependudukan digital bagi warga {place}",
        "Jam layanan loket ditambah menjelang akhir tahun",
    ),
    "desa": (
        "Musyawarah desa di {place} tetapkan prioritas pembangunan",
        "Badan usaha milik desa {place} panen perdana",
        "Kerja bakti warga {place} membersihkan saluran air",
        "Pelatihan operator website desa di {place}",
        "Gelar pelayanan terpadu kecamatan di {place}",
    ),
    "perhubungan": (
        "Uji kelaikan angkutan sekolah di {place}",
        "Penataan parkir di sekitar pasar {place}",
        "Pemasangan lampu penerangan jalan di {place}",
        "Ramp check bus pariwisata jelang libur panjang",
    ),
    "kominfo": (
        "Jaringan internet balai desa {place} ditingkatkan",
        "Pelajar {place} diajak kenali bahaya judi online",
        "Dinas usulkan blokir puluhan situs judi online ke kementerian",
        "Bimbingan teknis pengelola website perangkat daerah",
        "Warga {place} diminta waspada jebakan slot gacor di media sosial",
        "Rapat evaluasi website perangkat daerah digelar",
    ),
    "usaha": (
        "Pelaku usaha mikro {place} ikuti kelas foto produk",
        "Pendampingan izin usaha bagi warga {place}",
        "Pemantauan harga bahan pokok di pasar {place}",
        "Pameran produk unggulan dari {place}",
    ),
    "olahraga": (
        "Festival pantai {place} ditutup meriah",
        "Seleksi atlet pelajar digelar di {place}",
        "Pelatihan pemandu wisata lokal {place}",
        "Turnamen bola voli antardesa di {place}",
    ),
    "kepegawaian": (
        "Pelatihan dasar calon aparatur gelombang baru dibuka",
        "Penyerahan keputusan kenaikan pangkat periode ini",
        "Sosialisasi penilaian kinerja aparatur di {place}",
        "Uji kompetensi jabatan fungsional berlangsung dua hari",
    ),
    "keuangan": (
        "Pembayaran pajak bumi dan bangunan keliling di {place}",
        "Rekonsiliasi aset daerah bersama {place}",
        "Relaksasi denda pajak daerah kembali dibuka",
        "Bimbingan pengelolaan keuangan bagi bendahara {place}",
    ),
}
"""Headlines by sector; ``{place}`` becomes a sub-district."""
