"""What stands behind a disguise: the other ways in which a text can be read.

A demand can be written so that no pattern meets it: with invisible characters, look-alike letters, digits for letters,
spaced out, backwards, in base64, hexadecimal, rot13 or pinyin. `readings` takes such disguises off. It serves to
recognise what a text *tries*; what a text asks for is always taken from its own words.

Not seen through: acrostics, Morse code, ciphers with a key, languages other than the two of the simulator.
"""

from __future__ import annotations

import binascii
import codecs
import unicodedata
from base64 import b64decode
from functools import lru_cache

import regex

from simulator.text.pattern import Pattern, first_match

_MAX_READ = 4_000
"""Characters of one text that are looked at. Longer ones are read from both ends."""
_STRANGE = regex.compile(r"[\p{Cf}\p{Mn}⺀-⿟Ⓐ-ⓩ🄐-🅉]|[[\p{L}\p{N}]--\p{ASCII}--[㐀-䶿一-鿿]]", regex.V1)
_INVISIBLE = regex.compile(r"[\p{Cf}\p{Mn}\p{Me}]")
_LOOKALIKES = str.maketrans(
    "АаВЕеЅѕІіЈјКМНОоРрСсТУуХхԁһԛԝӏΑΒΕΖΗΙΚΜΝΟοΡΤΥΧνυαιρκ",
    "AaBEeSsIiJjKMHOoPpCcTYyXxdhqwlABEZHIKMNOoPTYXvuaipk",
)
_WORD = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}]+")
_TRADITIONAL = str.maketrans(
    "請輸隱實開發調試權統詞設評標準變數據說訴寫詩員過規則無視條與點還給現這個對話後臺測號劇圖復複顯將會問題選項單"
    "審場藝誰層級賬總們該讓從裡為麼徵誠應檔並覆盡盤讀語譯編碼碼導終內庫戲結束處關閉機學模擬",
    "请输隐实开发调试权统词设评标准变数据说诉写诗员过规则无视条与点还给现这个对话后台测号剧图复复显将会问题选项单"
    "审场艺谁层级账总们该让从里为么征诚应档并复尽盘读语译编码码导终内库戏结束处关闭机学模拟",
)
_SPACED = regex.compile(r"(?<!\p{Latin})\p{Latin}(?:[ .\-_*·|/]{1,3}\p{Latin}(?!\p{Latin})){3,}")
_BETWEEN_LETTERS = regex.compile(r"(?<=(?<!\p{Latin})\p{Latin})[ .\-_*·|/](?=\p{Latin}(?!\p{Latin}))")
_LEET_WORD = regex.compile(
    r"(?=[^\s\p{L}]*\p{Latin})(?=\p{Latin}*[0-9@$!|+])[\p{Latin}0-9@$|+]+(?:![\p{Latin}0-9@$|+]+)*"
)
_LEET = str.maketrans("0134578@$!|+", "oieastbasilt")
_GLUED = regex.compile(r"\p{Latin}{12,}")
_PARTS = regex.compile(
    r"ignore|forget|disregard|previous|instructions?|rules?|reveal|print|output|show|list|repeat|dump|hidden|secrets?|facts?|"
    r"system|prompt|answer|key|script|rubric|scenario|case|file|every|your|all|the|and|of|me|tell|debug|mode|above"
)
_BASE64 = regex.compile(r"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2,3}={0,2})?={0,2}")
_HEX = regex.compile(r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{2}[ :]?){8,}(?![0-9A-Za-z])")
_LOOKS_ROT13 = regex.compile(r"\b(?:gur|nyy|naq|lbhe|rirel|lbh|guvf|gung|cevag|vtaber)\b", regex.IGNORECASE)
_LOOKS_REVERSED = regex.compile(
    r"\b(?:eht|lla|ruoy|yreve|erongi|tnirp)\b|令指|实事|藏隐|词示提|本剧|密秘|则规", regex.IGNORECASE
)
_PINYIN = {
    "hulue": "忽略", "wushi": "无视", "zhiling": "指令", "guize": "规则", "tishici": "提示词", "xitong": "系统",
    "yincang": "隐藏", "mimi": "秘密", "shishi": "事实", "juben": "剧本", "sheding": "设定", "shuchu": "输出",
    "dayin": "打印", "suoyou": "所有", "quanbu": "全部", "biaozhun": "标准", "daan": "答案", "shuochulai": "说出来",
    "liechulai": "列出来", "binglijiaoben": "病例脚本", "gongkai": "公开",
}  # fmt: skip
_PINYIN_WORD = regex.compile("|".join(sorted(_PINYIN, key=len, reverse=True)))
_PINYIN_WORDS_AT_LEAST = 2


def bare(text: str) -> str:
    """``text`` without invisible characters and accents, in plain letters, its traditional characters simplified.

    Only the characters that demands are made of are simplified. Look-alike letters count as Latin where they fill a
    word with Latin ones, or fill it alone.
    """
    if _STRANGE.search(text):
        plain = "".join(
            unicodedata.normalize("NFKD", each) if _STRANGE.match(each) else each
            for each in unicodedata.normalize("NFC", text)
        )
        text = _WORD.sub(_in_latin, _INVISIBLE.sub("", plain))
    return text.translate(_TRADITIONAL)


def _in_latin(word: regex.Match[str]) -> str:
    folded = word[0].translate(_LOOKALIKES)
    return folded if folded.isascii() else word[0]


def _closed_up(text: str) -> str:
    """Letters that stand apart, put together: "i g n o r e   a l l", "r.u.l.e.s"; glued words taken apart again."""
    if not _SPACED.search(text):
        return text
    return _GLUED.sub(_taken_apart, _BETWEEN_LETTERS.sub("", text))


def _taken_apart(word: regex.Match[str]) -> str:
    parts = _PARTS.findall(word[0].lower())
    return " ".join(parts) if sum(map(len, parts)) == len(word[0]) else word[0]


def _in_letters(text: str) -> str:
    """Digits and signs inside words, read as the letters they stand for: "1gn0r3 4ll rul3$"."""
    return _LEET_WORD.sub(lambda word: word[0].translate(_LEET), text)


def _as_text(raw: bytes) -> str | None:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(each.isprintable() or each.isspace() for each in text) else None


def _from_base64(token: regex.Match[str]) -> str:
    letters = token[0].rstrip("=")
    try:
        raw = b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except binascii.Error:
        return token[0]
    return _as_text(raw) or token[0]


def _from_hex(token: regex.Match[str]) -> str:
    return _as_text(bytes.fromhex(regex.sub(r"[ :]", "", token[0]))) or token[0]


def _from_pinyin(text: str) -> str:
    run = regex.sub(r"[^a-z]", "", text.lower())
    found = _PINYIN_WORD.findall(run)
    return "".join(_PINYIN[word] for word in found) if len(set(found)) >= _PINYIN_WORDS_AT_LEAST else text


@lru_cache(maxsize=4_096)
def readings(text: str) -> tuple[str, ...]:
    """``text`` as it stands, then the other ways of reading it; each once. Most texts can be read in one way only."""
    if len(text) > _MAX_READ:
        half = _MAX_READ // 2
        return tuple(dict.fromkeys((text, *readings(text[:half]), *readings(text[-half:]))))
    plain = bare(text)
    closed = _closed_up(plain)
    found = [
        text,
        plain,
        closed,
        _in_letters(closed),
        _BASE64.sub(_from_base64, plain),
        _HEX.sub(_from_hex, plain),
        _from_pinyin(plain),
    ]
    if _LOOKS_ROT13.search(plain):
        found.append(codecs.decode(plain, "rot13"))
    if _LOOKS_REVERSED.search(plain):
        found.append(plain[::-1])
    return tuple(dict.fromkeys(found))


def found_behind(patterns: tuple[Pattern, ...], text: str) -> str:
    """The words that the first pattern meets in the first reading of ``text`` that any pattern meets; empty for none.

    They are verbatim where they stand in the text itself, and otherwise as they read without the disguise.
    """
    for reading in readings(text):
        if (found := first_match(patterns, reading)) is not None:
            return found[1].text
    return ""
