"""The vocabulary of gambling injection, and the words that tell an injected phrase from news about fighting it.

One weak word (*slot*, *judi online*, *jackpot*, *toto*) means nothing: departments write about them. A strong phrase is
one that no department uses of itself. Beside a warning word (*blokir*, *bahaya*, *polisi*...) even a strong phrase is a
quotation. Sources of the phrases: reports of injected pages on go.id and ac.id hosts, and public detector lists; see
``docs/accuracy.md``.

Injected text is often disguised; ``normalise`` undoes what costs little: entities, compatibility forms, zero-width
characters, look-alike letters, digits for letters, letters set apart.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TEXT = 2_000
"""Characters of one text (a title, an anchor, a sentence) that are looked at."""

_SEP = r"[\s._\-+|/]{0,3}"

# Phrases that no department uses of itself. "~" stands for an optional separator: "slot gacor", "slotgacor", "slot-gacor".
_STRONG = (
    # slot
    r"slot~(?:gacor|online|88|77|777|99|138|4d|5000|thailand|vietnam|kamboja|server|depo|deposit|pulsa|dana|qris|zeus"
    r"|olympus|pragmatic|maxwin|terpercaya|terbaik|tergacor|terbaru|viral|anti|bet|jp|mania|hoki|mahjong|pg|joker|demo"
    r"|resmi|luar|maxbet|deluxe|casino|gratis|uang|bonus|rtp|hari~ini|dewa|jackpot|mudah|gampang|toto|togel|game)\b",
    r"(?:situs|agen|bandar|judi|judol|bocoran|pola|game|permainan|main|bermain|togel|casino|rtp|jackpot|akun~pro|id~pro"
    r"|provider|mesin)~slot\b",
    r"(?:situs|link|pola|bocoran|info|jam|agen|game|server|akun|slot)~(?:ter)?gacor\b",
    r"\bgacor~(?:hari~ini|maxwin|slot|parah|banget~maxwin|77|88|777|x500|terpercaya|malam~ini)",
    r"\b(?:daftar|link)~slot~(?:gacor|online|dana|qris|pulsa|terbaru|terpercaya|resmi|maxwin|88)\b",
    r"\brtp~(?:live|slot|gacor|tertinggi|hari~ini|pragmatic|akurat|terbaru)\b",
    # lotteries
    r"\btogel\b|\btogel(?:up|in|ers|mania|online|hk|sgp|sdy|cc|\d{1,4})",
    r"\btoto~(?:macau|4d|togel|slot|hk|sgp|sdy|hongkong|singapore|sydney|wuhan|kl|12|88|online|jitu)\b",
    r"\b(?:bandar|agen|situs|bo|link|keluaran|pengeluaran|prediksi|result|live~draw|data|paito|angka~main|syair)"
    r"~(?:toto|togel|hk|sgp|sdy|hongkong~(?:pools|hari~ini|malam~ini)|sydney~pools|macau|4d)\b",
    r"\b(?:live~draw|livedraw)~(?:hk|sgp|sdy|macau|togel|hongkong|singapore|sydney)\b",
    r"\bdata~(?:hk|sgp|sdy)~(?:lotto|pools|terbaru|20\d\d)\b|\bangka~jitu~(?:hk|sgp|sdy|togel|hari~ini)\b",
    # how the games are praised
    r"\bmaxwin\b|\bmax~win~(?:slot|hari~ini|x\d+)\b|\bscatter~(?:hitam|naga|mahjong|emas|gacor|pink|wild)\b",
    r"\bmahjong~(?:ways?|wins?~\d|slot)\b",
    r"\bgampang~(?:menang|maxwin|jp|jackpot|bocor|scatter|jebol)\b|\bmudah~(?:maxwin|jp|jackpot|scatter)\b",
    r"\b(?:anti~)rungkad?t?\b|\bjp~paus\b|\bsensational~(?:jackpot|win)\b|\bjackpot~(?:paus|maxwin|slot|terbesar~slot)\b",
    r"\bdepo(?:sit)?~(?:\d{1,3}~?k|\d{1,3}~?(?:rb|ribu)~(?:slot|bonus|gacor|via)|(?:pulsa|qris|dana|gopay|ovo|linkaja)"
    r"~(?:tanpa~potongan|10k|5k|gacor|slot|bonus|24~jam))\b|\bdepo~(?:pulsa|qris|dana|gopay|ovo)\b",
    r"\bbonus~new~member\b|\bnew~member~(?:50|100|200)(?:~?%)?\b|\bbonus~(?:deposit|depo)~\d{2,3}\b",
    r"\bbonus~(?:scatter|rollingan|cashback~slot|turnover|freespin|free~spin)\b|\bto~(?:rendah|kecil)~slot\b",
    r"\bserver~(?:thailand|kamboja|myanmar|vietnam|filipina)~(?:super|gacor|slot|resmi|no~?1|terbaik|asli|maxwin|vip)\b",
    r"\b(?:akun|id)~pro~(?:kamboja|thailand|rusia|jepang|myanmar|malaysia|filipina|platinum|slot|gacor|vvip|hongkong)\b",
    r"\bslot\w*~(?:server|akun|akun~pro)~(?:thailand|kamboja|luar|rusia|jepang|pro)\b",
    # makers, games and houses
    r"\bsbo(?:bet|\d{2,3})\w*|\bbandarqq\w*|\bdomino(?:~?qq|99)\w*|\bpkv~games?\b|\bpoker~?(?:qq|online|idn|88)\w*",
    r"\bidn~?(?:poker|slot|play|toto)\b|\bqq~?(?:online|slot|poker|pulsa)\w*|\bceme~(?:online|keliling)\b|\bmax(?:bet88|bet~slot)\b",
    r"\bgates?~of~(?:olympus|gatot~?kaca)\b|\bstarlight~princess\b|\bsweet~bonanza\b|\bwild~west~gold\b|\bwild~bandito\b",
    r"\b(?:lucky~neko|spaceman~(?:slot|pragmatic)|sugar~rush~slot|aztec~gems|mahjong~ways|koi~gate|zeus~slot|slot~zeus)\b",
    r"\bpragmatic~play\b|\bpg~?soft\b|\bspadegaming\b|\bhabanero~slot|\bjoker~?(?:123|gaming|388)\b|\bcq9~(?:slot|gaming)\b",
    r"\b(?:sv|s|ws|ga|sabung)~?(?:388|1288|168)~sabung|\bsabung~ayam~(?:online|live|sv388|ws168)\b|\bsv388\b|\bs128~(?:apk|login|sabung)",
    r"\b(?:situs|agen|bandar|link)~(?:judi|taruhan|casino|kasino|poker|bola|togel|baccarat)~(?:slot|online|bola|resmi"
    r"|terpercaya|terbaik|terbesar|gacor|deposit|sbobet|24~jam)\b",
    r"\bjudi~(?:slot|bola|casino|poker|online)~(?:online|terpercaya|terbaik|resmi|gacor|terbesar|deposit|24~jam|sbobet|parlay)\b",
    r"\b(?:mix~parlay|parlay~(?:bola|online|gacor)|taruhan~bola~online|bandar~bola~(?:online|terpercaya|resmi))\b",
    r"\b(?:live|online)~(?:casino|kasino|baccarat|roulette)\b|\b(?:casino|kasino|baccarat|roulette|blackjack)~(?:online|live"
    r"|terpercaya|resmi|bonus)\b",
    r"\b(?:link~alternatif|login|daftar)~(?:slot|togel|toto|sbobet|judi|casino|poker|gacor|maxwin)\b"
    r"(?!~(?:waktu|parkir|antre|antrian|antrean|jadwal|kunjungan|layanan|vaksin|konsultasi))",
    r"\b(?:anti|tanpa|bebas)~(?:nawala|blokir|internet~positif)\b~(?:slot|togel|judi|gacor|maxwin|login|daftar)",
    # the same trade in English, and the pharmacy, loan and replica spam that comes through the same holes
    r"\b(?:free~spins?|no~deposit~bonus|welcome~bonus~casino|real~money~(?:slots?|casino)|best~(?:online~)?(?:casinos?|slots))\b",
    r"\b(?:online|crypto|bitcoin|mobile)~(?:casinos?|slots|gambling|betting)\b|\bsports?~betting~(?:site|odds|online|app)s?\b",
    r"\b(?:buy|cheap|order|generic|discount)~(?:viagra|cialis|levitra|sildenafil|tadalafil|xanax|tramadol|phentermine|ambien"
    r"|modafinil|ozempic)\b|\b(?:viagra|cialis|levitra)~(?:online|generic|for~sale|without|cheap|price|pills?)\b",
    r"\b(?:payday~loans?|essay~writing~service|replica~(?:watches|rolex|handbags)|louis~vuitton~outlet|cheap~jerseys)\b",
    r"\b(?:1xbet|22bet|mostbet|pin~?up~casino|melbet|betwinner|parimatch|casibom|jojobet)\b",
    # Turkish and Vietnamese, as written
    r"\b(?:deneme~bonusu|bahis~siteleri|canli~bahis|casino~siteleri|kacak~bahis|slot~siteleri)\b",
    r"\b(?:nha~cai~(?:uy~tin|hang~dau|so~1)|ca~cuoc~(?:bong~da|the~thao)|no~hu~(?:doi~thuong|online)|da~ga~truc~tiep"
    r"|tai~xiu~online|xo~so~(?:mien|kubet)|game~bai~doi~thuong|lo~de~online)\b",
)  # fmt: skip

# In scripts other than Latin: plain substrings, nothing a department writes.
_FOREIGN = (
    "博彩", "赌场", "賭場", "老虎机", "老虎機", "百家乐", "百家樂", "六合彩", "时时彩", "真人娱乐", "真人視訊", "体育投注", "棋牌游戏",
    "澳门新葡", "娱乐城", "彩票平台", "线上赌", "カジノ", "スロット", "激安", "送料無料", "偽物", "スーパーコピー", "ブランドコピー", "最安値",
    "สล็อต", "บาคาร่า", "คาสิโน", "แทงบอล", "พนันออนไลน์", "เว็บพนัน", "หวยออนไลน์", "เครดิตฟรี", "카지노", "토토사이트", "바카라", "먹튀",
    "онлайн казино", "казино онлайн", "игровые автоматы", "ставки на спорт", "букмекер",
)  # fmt: skip

# Words beside which a phrase is a quotation: news, warnings, campaigns, police reports.
_WARNING = re.compile(
    r"\b(?:(?:mem|di|ter|pem)?blokir\w*|(?:mem)?bahaya\w*|\w*berantas\w*|cegah|mencegah|pencegah\w*|dicegah"
    r"|(?:di|men|ber)?sosialisasi\w*|stop|setop|waspada\w*|mewaspadai|konseling|pecandu\w*|kecandu\w*|adiksi"
    r"|(?:di|pe|men|ter)?n?t?angkap(?:an|i|nya)?|tangkal|menangkal|larang|dilarang|melarang|larangan|(?:meng|di)?edukasi\w*"
    r"|ungkap|diungkap|mengungkap|pengungkapan|tertib|penertiban|menertibkan|ditertibkan|hapus|dihapus|menghapus|penghapusan"
    r"|bersihkan|membersihkan|dibersihkan|pembersihan|penipu\w*|menipu|tertipu|jebak\w*|menjebak|terjebak|polisi|polres\w*"
    r"|polda|polsek|polri|bareskrim|kejaksaan|kejari|pengadilan|hakim|tersangka|terdakwa|razia\w*|merazia|dirazia|korban"
    r"|dampak|berdampak|perangi|memerangi|diperangi|lawan|melawan|satgas|sanksi|disanksi|pidana|hukum|hukuman|kasus|pelaku"
    r"|ancam\w*|mengancam|tolak|menolak|jauhi|menjauhi|hindari|menghindari|(?:meng|di)?(?:h)?imbau\w*|literasi|ilegal|tindak"
    r"|ditindak|menindak|penindakan|darurat|rehabilitasi|susupi|disusupi|menyusupi|menyusup|penyusupan|sisipan|disisipi|retas|diretas"
    r"|meretas|peretas\w*|serangan|diserang|laporkan|melaporkan|dilaporkan|aduan|pengaduan|modus|deklarasi|terjerat|menjerat"
    r"|marak\w*|gerebek|digerebek|menggerebek|penggerebekan|ringkus|meringkus|diringkus|bekuk|dibekuk|amankan|mengamankan"
    r"|diamankan|pulihkan|memulihkan|dipulihkan|pemulihan|(?:me)?(?:n)?tangani|ditangani|penanganan|tutup|ditutup|menutup|penutupan|take"
    r"~?down|kominfo|komdigi|kemkomdigi|kemenkominfo|diskominfo\w*|bssn|csirt|ppatk|ojk|judol|promosikan|selebgram|influencer"
    r"|(?:me|di|pe)?musnahkan|kerugian|merugikan|rugi|kenali|mengenali|ciri(?:~ciri)?|fenomena|opini|mengapa|gara~gara|akibat"
    r"|ketagihan|bunuh~diri|perceraian|cerai|terlibat|keterlibatan|dipecat|pecat|oknum|asn|pegawai|pakta~integritas|anti~judi"
    r"|bebas~judi|tanpa~judi|pemberantasan|penyuluhan|penyalahgunaan|patroli|siber|sindikat|bongkar|membongkar|dibongkar"
    r"|jaringan|kampanye|ajak|mengajak|imunisasi|vaksinasi|warning|beware|illegal|scams?|arrest(?:ed|s)?|crackdown|hacked|fight)\b"
    .replace("~", r"[\s\-]{0,2}")
)  # fmt: skip

# What injected texts say of themselves with warning words: taken out before the warning words are looked for.
_BOAST = re.compile(
    r"\b(?:anti|tanpa|bebas|no|dijamin~(?:anti|tanpa|bebas)|bukan)~(?:blokir|nawala|penipuan|tipu|rungkad?t?|rugi|internet~positif|ribet|hack)"
    r"\b|\b(?:resmi~berlisensi|jaringan~stabil|lawan~(?:bot|robot)|hukum~legal|stop~(?:bingung|kalah)|jebakan~batman)\b".replace(
        "~", r"[\s\-]{0,2}"
    )
)

# "slot" of time, parking, queues and hardware.
_SERVICE = re.compile(
    r"\bslot~(?:waktu|parkir|jadwal|antre\w*|antri\w*|kunjungan|layanan|vaksin\w*|peserta|kuota|jam|memori|ram|pcie?|sim|kartu"
    r"|ekspansi|tersedia|kosong|penerbangan|iklan|siaran|frekuensi|konsultasi|pendaftaran|online~(?:antre\w*|antri\w*|pendaftaran"
    r"|konsultasi|layanan|paspor|kunjungan))\b|\b(?:pengaturan|ketersediaan|penambahan|pemesanan|pilih|memilih)~slot\b".replace(
        "~", r"[\s\-]{0,2}"
    )
)

_STRONG_PATTERN = re.compile("|".join(_STRONG).replace("~", _SEP))
# Cheap look before the expensive pattern: every strong phrase holds one of these.
_HINTS = (
    "slot", "gacor", "rtp", "togel", "toto", "maxwin", "max win", "max-win", "max bet", "maxbet", "scatter", "mahjong", "gampang", "mudah",
    "rungka", "jp", "jackpot", "depo", "bonus", "member", "akun", "id pro", "id-pro", "sbo", "qq", "domino", "pkv", "poker", "ceme", "olymp",
    "gatot", "starlight", "bonanza", "wild", "neko", "spaceman", "sugar", "aztec", "koi", "pragmatic", "pgsoft", "pg soft", "pg-soft", "spade",
    "habanero", "joker", "cq9", "sabung", "sv388", "s128", "judi", "taruhan", "casino", "kasino", "baccarat", "roulette", "parlay", "bola",
    "alternatif", "nawala", "positif", "spin", "bett", "gambl", "viagra", "cialis", "levitra", "sildenafil", "tadalafil", "xanax", "tramadol",
    "phentermine", "ambien", "modafinil", "ozempic", "payday", "essay", "replica", "vuitton", "jerseys", "1xbet", "22bet", "mostbet", "pinup",
    "pin-up", "pin up", "melbet", "betwinner", "parimatch", "casibom", "jojobet", "bahis", "cuoc", "nha cai", "no hu", "da ga", "tai xiu",
    "game bai", "lo de", "xo so", "draw", "hk", "sgp", "sdy", "server", "real money", "best online", "deneme", "paito", "jitu", "blackjack",
    "idn", "sensational", "login", "syair", "macau",
)  # fmt: skip

_LONG_TEXT_HINTS = (
    "slot", "sl0t", "gacor", "g4cor", "rtp", "togel", "toto", "maxwin", "scatter", "mahjong", "casino", "kasino", "poker", "sbobet", "domino",
    "baccarat", "taruhan", "viagra", "cialis", "betting", "bahis", "judi",
)  # fmt: skip
_ZERO_WIDTH = dict.fromkeys(
    [0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
     *range(0x2060, 0x2065), 0xFE0E, 0xFE0F, 0xFEFF]
)  # fmt: skip
_LOOK_ALIKE = str.maketrans(
    "авекмнорстухіјѕԁԛԝɡαβεικνορτυχγℓ",
    "abekmhopctyxijsdqwgabeiknoptuxyl",
)
_LEET = str.maketrans("014357@$!", "oiaestasi")
_LEET_L = str.maketrans("014357@$!", "olaestasl")
_TYPOGRAPHY = str.maketrans("\u00a0\u2018\u2019\u201c\u201d\u2013\u2014\u2022\u00a9\u00ae\u00b7\u2026\u203a\u00bb\u00ab", " ''\"\"--   .. >>")
_DISGUISED = re.compile(r"[a-z][0134570@$!][a-z]|\b\w[\s._\-*+|]\w[\s._\-*+|]\w[\s._\-*+|]\w\b|&[#a-z]")
_ODD_LETTERS = re.compile("[\u0370-\u04ff\u200b-\u200f\u2060-\u2064\ufeff\uff01-\uff5e\U0001d400-\U0001d7ff]")
_MIXED_TOKEN = re.compile(r"(?=\w*[a-z])(?=[\w@$!]*[0134570@$!])[\w@$!]{3,}")
_SPACED = re.compile(r"\b\w(?:[\s._\-*+|]\w){3,}\b")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Match:
    """A strong phrase in a text that does not warn of it."""

    phrase: str
    """The phrase, normalised."""
    text: str
    """The text around it, shortened: the excerpt for the evidence."""


def normalise(text: str) -> str:
    """``text`` in lower case with its disguises undone (not digits for letters: see ``find``)."""
    text = text[:MAX_TEXT]
    if "&" in text:
        text = html.unescape(text)
    if not text.isascii():
        text = text.translate(_TYPOGRAPHY)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_ZERO_WIDTH)
        text = text.replace("đ", "d").replace("ı", "i")
        text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char) or char > "\u0e00")
        text = unicodedata.normalize("NFC", text).casefold().translate(_LOOK_ALIKE)
    return _SPACE.sub(" ", text.lower()).strip()


def _variants(text: str) -> list[str]:
    """``text`` (normalised) as it may have been meant: letters set apart joined, digits read as letters."""
    found = [text]
    if _SPACED.search(text):
        found.append(_SPACED.sub(lambda run: re.sub(r"[\s._\-*+|]", "", run.group()), text))
    for base in tuple(found):
        if _MIXED_TOKEN.search(base):
            found.extend(
                _MIXED_TOKEN.sub(lambda token, table=table: token.group().translate(table), base)  # type: ignore[misc]
                for table in (_LEET, _LEET_L)
            )
    return found


def suspects(texts: Sequence[str]) -> list[int]:
    """Positions of the texts that are worth giving to ``find``: one cheap look at all of them together."""
    joined = "\n".join(texts).lower()
    if "-" in joined:
        joined = joined.replace("-", " ")
    hints = [hint for hint in _HINTS if hint in joined]
    foreign = not joined.isascii() and (_ODD_LETTERS.search(joined) is not None or any(phrase in joined for phrase in _FOREIGN))
    disguised = _DISGUISED.search(joined) is not None
    if not hints and not foreign and not disguised:
        return []
    found = []
    for position, text in enumerate(texts):
        lower = text.lower().replace("-", " ")
        if (
            any(hint in lower for hint in hints)
            or (disguised and _DISGUISED.search(lower))
            or (foreign and not lower.isascii())
        ):
            found.append(position)
    return found


def is_warning(text: str) -> bool:
    """Whether ``text`` speaks of gambling as something to fight, report or punish."""
    return _is_warning(normalise(text))


def _is_warning(normalised: str) -> bool:
    return _WARNING.search(_BOAST.sub(" ", normalised)) is not None


def strong_phrases(text: str) -> tuple[str, ...]:
    """Every distinct strong phrase in ``text``, warning or not, in the order met."""
    return _strong(normalise(text))


def _has_hint(text: str) -> bool:
    return any(hint in text for hint in _HINTS)


def _strong(normalised: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for variant in _variants(normalised):
        if not _has_hint(variant):
            continue
        kept = _SERVICE.sub(" ", variant) if "slot" in variant else variant
        for match in _STRONG_PATTERN.finditer(kept):
            found.setdefault(match.group().strip())
        if found:
            break
    if not normalised.isascii():
        for phrase in _FOREIGN:
            if phrase in normalised:
                found.setdefault(phrase)
    return tuple(found)


@lru_cache(maxsize=8_192)
def find(text: str) -> Match | None:
    """The first strong phrase of ``text`` (a title, an anchor, a sentence), unless the text warns of gambling."""
    if text.isascii():
        lower = text[:MAX_TEXT].lower()
        if not _has_hint(lower) and not _DISGUISED.search(lower):
            return None
    normalised = normalise(text)
    phrases = _strong(normalised)
    if not phrases and not normalised.isascii():
        # Look-alike letters were folded to Latin; Cyrillic and Greek words are looked for as they stand.
        plain = text[:MAX_TEXT].lower()
        phrases = tuple(phrase for phrase in _FOREIGN if phrase in plain)
    if not phrases or _is_warning(normalised):
        return None
    return Match(phrases[0], excerpt(text, phrases[0]))


def may_hold_phrase(text: str) -> bool:
    """A cheap look at a long text: whether it is worth reading sentence by sentence."""
    lower = text.lower()
    if any(word in lower for word in _LONG_TEXT_HINTS):
        return True
    return not text.isascii() and (_ODD_LETTERS.search(text) is not None or any(phrase in lower for phrase in _FOREIGN))


def count_warnings(text: str) -> int:
    """How many warning words a long text holds."""
    return sum(1 for _ in _WARNING.finditer(_BOAST.sub(" ", text.lower())))


def is_gambling(text: str) -> bool:
    """Whether ``text`` advertises gambling (or other injected trade) rather than reports on it."""
    return find(text) is not None


def excerpt(text: str, phrase: str, width: int = 120) -> str:
    """At most ``width`` printable characters of ``text`` around ``phrase``."""
    flat = "".join(char for char in _SPACE.sub(" ", html.unescape(text[:MAX_TEXT])).strip() if char.isprintable())
    at = max(0, flat.lower().find(phrase[:12]))
    start = max(0, min(at - width // 3, len(flat) - width))
    return flat[start : start + width]


# Words in the name of a host. A weak one (toto, bet, jp, 88) says nothing alone: TOTO is also a maker of taps.
_HOST_STRONG = re.compile(
    r"slot(?!waktu|parkir|jadwal|machinecanyon)|gacor|togel|maxwin|(?<!anti)(?<!stop)(?<!tolak)(?<!lawan)judi(?!cial|th|ana)|casino|kasino"
    r"|sbobet|sbo\d|bandarqq|domino(?:qq|99)|pokerqq|poker(?:online|88|idn)|pkvgames|scatter|mahjong(?:way|win|slot|\d)|jackpot|jpslot|rtp(?:live|slot|[-.])"
    r"|(?:^|[.-])rtp|depo\d+k?|depo(?:pulsa|dana|qris)|toto(?:macau|4d|togel|slot|hk|sgp|sdy|\d{2,})|\d?4dtoto|(?:^|[.-])\w*4d(?:\.|-|$)|zeus\d+|olympus\d+|starlightprincess"
    r"|hoki\d+|cuan\d+|dewa(?:slot|poker|qq|\d{2,})|(?:m|w|fb|bk|mega|raja|sultan|ratu|king|dewa|naga|macan|garuda|mpo|qq|ug|idn|pg)(?:88|77|777|99|138|388|4d)(?=\D|$)"
    r"|bet(?:88|77|365|win|ting|\d{2,})|(?:1x|22|most|mel|bola|super|mega)bet(?=\W|\d|$)|joker(?:123|388)|sv388|s128|ws168|pragmatic(?:play|\d|slot)|pgsoft|livedraw|bocoran|gampangmenang"
    r"|rungkad|sabungayam|parlay|taruhan|viagra|cialis|levitra|replicawatch"
)


@lru_cache(maxsize=4_096)
def host_word(host: str) -> str | None:
    """The gambling word in a host's name, or ``None``; names under go.id, ac.id and the like never count."""
    name = host.lower().rstrip(".").removeprefix("www.")
    if re.search(r"(?:^|\.)(?:go|ac|sch|mil|desa)\.id$", name):
        return None
    match = _HOST_STRONG.search(name)
    return match.group().strip(".-") if match else None
