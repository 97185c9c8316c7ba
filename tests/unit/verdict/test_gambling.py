"""The vocabulary: what is injected, what is news about it, and what only sounds like it."""

from __future__ import annotations

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from opd_exporter.verdict import gambling
from opd_exporter.verdict.vocabulary import SECTIONS, VocabularyError, load_vocabulary, parse_vocabulary

INJECTED = [
    "SITUS SLOT GACOR RESMI - RTP LIVE TERTINGGI HARI INI", "slot gacor hari ini", "Slot88", "slot777 login", "Daftar Slot Online",
    "rtp live slot", "RTP Slot Pragmatic", "togel online resmi", "Bandar Togel Hongkong", "toto macau 4d", "Link alternatif togel",
    "slot depo 10k", "depo 10k", "deposit pulsa tanpa potongan", "bonus new member 100", "New Member 100%", "scatter hitam", "mahjong ways 2",
    "pola gacor maxwin", "situs gampang menang", "gampang maxwin", "bocoran slot malam ini", "akun pro kamboja", "Akun Pro Thailand",
    "server thailand super gacor", "slot zeus", "gates of olympus", "starlight princess 1000", "sweet bonanza", "sbobet", "SBOBET88 link",
    "bandarqq", "DominoQQ online", "pkv games", "poker online terpercaya", "judi slot online terpercaya", "agen judi bola online", "live casino online",
    "sabung ayam online", "sv388", "joker123", "mix parlay bola", "keluaran hk malam ini", "prediksi sgp", "live draw sdy", "data hk 2026",
    "slot gacor anti blokir", "Slot Gacor Anti Rungkad", "sl0t g4cor", "sl0t g4c0r", "s1ot gacor", "s l o t  g a c o r", "S.L.O.T G.A.C.O.R",
    "slot-gacor", "slotgacor", "slot_gacor_maxwin", "sl\u200bot ga\u200bcor", "\uff33\uff2c\uff2f\uff34 \uff27\uff21\uff23\uff2f\uff32", "\U0001d5e6\U0001d5f9\U0001d5fc\U0001d601 \U0001d5da\U0001d5ee\U0001d5f0\U0001d5fc\U0001d5ff",
    "\u0455l\u043et g\u0430c\u043er", "slot&#32;gacor", "s&#108;ot g&#97;cor", "slot\u00a0gacor", "สล็อตเว็บตรง", "บาคาร่า", "แทงบอลออนไลน์", "澳门新葡京", "老虎机", "百家乐", "オンラインカジノ",
    "ブランドコピー 激安", "카지노사이트", "онлайн казино", "игровые автоматы", "Nhà cái uy tín", "cá cược bóng đá", "deneme bonusu veren siteler",
    "canlı bahis", "best online casinos", "free spins no deposit bonus", "buy viagra online", "cheap cialis", "payday loans", "crypto casino", "1xbet",
]  # fmt: skip
NEWS = [
    "Dinas usulkan blokir 120 situs judi online ke kementerian", "Pelajar diajak kenali bahaya judi online", "Polisi tangkap bandar togel di pasar",
    "Diskominfo bersihkan halaman “slot gacor” di laman sekolah", "Waspada situs slot gacor menyusup ke laman desa", "Cegah judi slot online, dinas gelar sosialisasi",
    "Dampak judi slot bagi keluarga", "ASN terlibat judi slot online disanksi", "Satpol PP razia warung togel", "Kominfo putus akses 500 situs togel, slot88 ditutup",
    "Korban pinjol dan slot gacor mengadu", "Stop judi slot online sekarang juga", "Hindari jebakan bonus new member", "Literasi digital: mengenali ciri situs slot gacor",
    "CSIRT tangani peretasan laman dinas yang disisipi sbobet", "Selebgram promosikan situs slot gacor diperiksa", "Pecandu slot gacor jalani konseling",
    "Tersangka admin situs togel online dibekuk", "Lawan judol: slot gacor hanya janji palsu", "Bupati larang ASN main slot online",
]  # fmt: skip
INNOCENT = [
    "Slot waktu konsultasi tersedia", "Penataan slot parkir pasar induk", "Bapak Toto Sugiarto dilantik", "Jackpot undian Bank Daerah", "Bonus atlet PON cair",
    "Deposito bank daerah naik", "Slot antrean online paspor dibuka", "Ambil slot online perekaman KTP", "Pilih slot waktu kunjungan", "Slot hari ini sudah penuh",
    "Kinerja gacor, Disdukcapil raih penghargaan", "Lomba burung gacor", "Komputer dengan dua slot memori", "Server kabupaten ditingkatkan", "Prediksi cuaca akhir tahun",
    "Timnas tidak gampang menang", "Slot dana desa tahap dua", "Rapat koordinasi", "Data HKI daerah", "Kuota slot peserta pelatihan", "Mudah menang lelang",
    "Judi online", "Jadwal slot penerbangan haji", "Pertandingan bola voli antar desa", "Login pegawai", "Daftar slot kunjungan rutan", "Visi & Misi", "B.P.K.A.D", "",
    "Togean tujuan wisata", "Totok Hariyanto", "Pelayanan S.K.C.K online", "Bonus demografi", "Kasino Hadi dan Dono", "Poker face", "Sosialisasi bahaya 4D",
]  # fmt: skip


@pytest.mark.parametrize("text", INJECTED)
def test_an_advertisement_is_found(text):
    """A strong phrase is found through every disguise, with an excerpt of the text as it stood."""
    match = gambling.find(text)
    assert match is not None
    assert match.phrase
    assert match.text


@pytest.mark.parametrize("text", NEWS)
def test_news_about_gambling_is_not_an_advertisement(text):
    """A warning word beside the phrase makes it a quotation."""
    assert not gambling.is_gambling(text)
    assert gambling.is_warning(text)


@pytest.mark.parametrize("text", INNOCENT)
def test_words_that_only_sound_alike(text):
    """Slots of time, people called Toto, songbirds and raffles are no gambling."""
    assert gambling.find(text) is None


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("maxwin-contoh.example", True), ("slot88-h.example", True), ("www.rtpslot.example", True), ("togel-c.example", True),
        ("situs-dewa88.example", True), ("raja777.example", True), ("sbobet.example", True), ("login-judi.example", True), ("usaha4d.example", True),
        ("dinkes.go.id", False), ("slot.serangkab.go.id", False), ("antijudi.example", False), ("bandarlampung.example", False),
        ("toto.co.id", False), ("totolink.net", False), ("judicial.example", False), ("alphabet.example", False), ("parkirslotwaktu.example", False),
        ("tibet.example", False), ("example.com", False),
    ],
)  # fmt: skip
def test_hosts(host, found):
    """A host is gambling by its name only when the name leaves no doubt, and never under go.id."""
    assert (gambling.host_word(host) is not None) is found


def test_suspects_are_all_that_find_finds():
    """The cheap look over many texts never loses one that the full look would find."""
    texts = INJECTED + NEWS + INNOCENT
    worth = set(gambling.suspects(texts))
    assert {position for position, text in enumerate(texts) if gambling.find(text)} <= worth
    for position, text in enumerate(INJECTED):
        assert gambling.suspects([text]) == [0], position


def test_warnings_in_a_boast_do_not_excuse():
    """``anti blokir`` is what injected titles say of themselves."""
    assert gambling.is_gambling("Slot Gacor Anti Blokir Tanpa Penipuan")


@given(st.text(max_size=300))
def test_any_text_is_looked_at_without_error(text):
    """No text raises, and none costs more than a moment."""
    started = time.perf_counter()
    gambling.find(text)
    gambling.suspects([text])
    gambling.host_word(text)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "unit",
    ["s.", "slot ", "a0", "  ", "<a", "\u200b", "слот", "gampang menang ", "situs-", "tidak x x gampang ", "s l o t "],
)
def test_long_texts_cost_bounded_time(unit):
    """A megabyte of any pattern's favourite prefix is cut before it is looked at."""
    started = time.perf_counter()
    gambling.find(unit * (1_000_000 // len(unit)))
    gambling.suspects([unit * 1_000] * 50)
    assert time.perf_counter() - started < 3


def test_the_vocabulary_is_complete():
    """Every section is there and every strong phrase holds a hint, or the cheap look would hide it."""
    assert set(load_vocabulary()) == set(SECTIONS)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"strong": ["("]}, "strong"),
        ({"warning": []}, "list of texts"),
        ({"host": ["a", "a"]}, "twice"),
        ({"lain": ["x"]}, "sections"),
    ],
)
def test_a_faulty_vocabulary_is_refused(change, complaint):
    """Loading names the section and what is wrong with it."""
    sections = {name: ["x"] for name in SECTIONS} | change
    with pytest.raises(VocabularyError, match=complaint):
        parse_vocabulary(yaml.safe_dump(sections))
