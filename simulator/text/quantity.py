# ruff: noqa: E501 - a list of units and cues reads better unbroken
"""Numbers with their units, read from words and digits alike: "three days", "3 days", 三天, 两周, "162 over 98", 38.5.

Every quantity is a value in a *dimension*: times in hours, masses in milligrams, volumes in millilitres, lengths in
centimetres, a clock time in hours from 0 to 12, and a score, which is the first number of "six out of ten". A number
beside anything else, or nothing, has the dimension "" and is compared by its value alone.

What is no number here: "one" and "two" without a unit (the blue one, the two of us), 一 in 一下, 一点, 一直, ordinals,
and vague amounts ("a few days", 几天, 十来年 counts as 十年).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from simulator.text.language import Language
from simulator.text.normal import fold

_SAME_BY_ROUNDING = 0.08
"""Two times or masses in different units are the same up to this: eight weeks and two months."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """``value`` in the unit of ``dimension``; ``unit``: as it was written, in one spelling; ``words``: verbatim."""

    value: float
    dimension: str
    unit: str
    words: str
    start: int
    end: int

    @property
    def single(self) -> bool:
        """One of something, in words or digits."""
        return _bare(self) == 1

    @property
    def small(self) -> bool:
        """At most two of something: language says that in too many ways ("twice", "a couple", 两次) to insist on one."""
        return (_bare(self) <= 2 and self.dimension in {"", "times"}) or self.single

    def same_as(self, other: Quantity) -> bool:
        """Whether both can mean the same. A bare number means whatever the other one does."""
        if self.dimension and other.dimension and self.dimension == other.dimension and self.unit != other.unit:
            return abs(self.value - other.value) <= _SAME_BY_ROUNDING * max(self.value, other.value)
        if self.dimension == other.dimension:
            return self.value == other.value
        return (not self.dimension or not other.dimension) and _bare(self) == _bare(other)


def _bare(quantity: Quantity) -> float:
    """The number as it was written."""
    factor = _FACTORS.get(quantity.unit, ("", 1.0))[1]
    return round(quantity.value / factor, 6)


_FACTORS: dict[str, tuple[str, float]] = {
    "second": ("time", 1 / 3600), "minute": ("time", 1 / 60), "hour": ("time", 1.0), "day": ("time", 24.0),
    "night": ("time", 24.0), "week": ("time", 168.0), "fortnight": ("time", 336.0), "month": ("time", 720.0),
    "year": ("time", 8760.0), "mcg": ("mass", 0.001), "mg": ("mass", 1.0), "g": ("mass", 1000.0),
    "jin": ("mass", 500_000.0), "kg": ("mass", 1_000_000.0), "ml": ("volume", 1.0), "l": ("volume", 1000.0),
    "mm": ("length", 0.1), "cm": ("length", 1.0), "m": ("length", 100.0), "clock": ("clock", 1.0),
    "score": ("score", 1.0), "times": ("times", 1.0),
}  # fmt: skip

_EN_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_EN_VALUE = {word: value for value, word in enumerate(_EN_ONES)} | {
    word: 10 * at for at, word in enumerate(_EN_TENS, start=2)
}
_EN_VALUE["nought"] = 0
_EN_WORD = (
    rf"(?:(?:a |one |two |three )?hundred(?: and)?(?:[ -](?:{'|'.join(_EN_TENS)})?(?:[ -]?(?:{'|'.join(_EN_ONES)}))?)?|"
    rf"(?:{'|'.join(_EN_TENS)})(?:[ -](?:{'|'.join(_EN_ONES[1:10])}))?|{'|'.join(reversed(_EN_ONES))}|nought|"
    r"(?:a )?dozen|half an?|a couple of|an? half)"
)
_EN_UNITS = (
    (r"seconds?|secs?", "second"), (r"minutes?|mins?", "minute"), (r"hours?|hrs?", "hour"), (r"days?", "day"),
    (r"nights?", "night"), (r"weeks?", "week"), (r"fortnights?", "fortnight"), (r"months?", "month"),
    (r"years?|yrs?", "year"), (r"micrograms?|mcg|µg|μg", "mcg"), (r"milligrams?|mg", "mg"), (r"grams?|g", "g"),
    (r"kilos?|kilograms?|kg", "kg"), (r"mls?|millilit(?:re|er)s?", "ml"), (r"lit(?:re|er)s?|l", "l"),
    (r"mm|millimet(?:re|er)s?", "mm"), (r"cm|centimet(?:re|er)s?", "cm"),
    (r"o'clock|a\.?m\b\.?|p\.?m\b\.?|in the (?:morning|afternoon|evening|night)|last night|this morning|yesterday evening",
     "clock"),
    (r"(?:out of|on a scale of) (?:ten|10)|/ ?10\b(?!\d)", "score"), (r"times", "times"),
)  # fmt: skip
_EN_UNIT = "|".join(f"(?P<u{at}>{source})" for at, (source, _) in enumerate(_EN_UNITS))
_EN_NUMBER = regex.compile(
    rf"(?P<at>\bat (?:about |around )?)?(?<![\w.])(?P<n>\d+(?:[.,]\d+)*|{_EN_WORD}(?![a-z])|an?(?= (?:hour|week|month|year|fortnight)\b)|(?:last|past|the)(?= fortnight\b))"
    rf"(?![\d]|\.\d)(?P<half> and a half)?(?:[ -]?(?:{_EN_UNIT})(?![\p{{L}}]))?",
    regex.IGNORECASE,
)
_EN_RANGE = regex.compile(r"^\s?(?:to|or|-|–)\s?$")
_EN_TWICE = regex.compile(r"\b(?P<n>once|twice)\b(?! upon)", regex.IGNORECASE)
_EN_SCALE = regex.compile(
    r"(?:out of|scale of|from nought to|from zero to) (?:one to |nought to |zero to |1 to )?$", regex.IGNORECASE
)

_ZH_DIGIT = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_ZH_UNITS = (
    (r"秒钟?", "second"), (r"分钟", "minute"), (r"个?(?:小时|钟头)", "hour"), (r"天|日(?!常)", "day"),
    (r"个?(?:晚上?|夜)", "night"), (r"个?(?:星期|礼拜)|周(?!围|径|岁)", "week"), (r"个来?月", "month"), (r"年|周?岁", "year"),
    (r"微克|μg|µg", "mcg"), (r"毫克|mg", "mg"), (r"公斤|千克|kg", "kg"), (r"克|g(?!/)", "g"), (r"斤", "jin"),
    (r"毫升|m[lL]", "ml"), (r"升|L(?![a-zA-Z])", "l"), (r"厘米|公分|cm", "cm"), (r"毫米|mm(?!ol|Hg)", "mm"),
    (r"点(?:钟|多|来钟|左右)?", "clock"), (r"分(?!钟|之)", "score"), (r"[次回趟]", "times"),
)  # fmt: skip
_ZH_UNIT = "|".join(f"(?P<u{at}>{source})" for at, (source, _) in enumerate(_ZH_UNITS))
_ZH_NUMBER = regex.compile(
    r"(?<![\d.A-Za-z])(?P<n>\d+(?:\.\d+)?|[零〇一二两俩三四五六七八九十百]+|半)"
    rf"(?![\d]|\.\d)(?P<tenth>度\d(?!\d))?(?P<about>[来多几])?(?P<half>个半(?=月|小时|钟头|星期))?"
    rf"\s?(?:{_ZH_UNIT}|(?P<count>[片粒颗支根包袋口杯勺瓶层块盒下针楼])|(?P<ge>个))?"
)
_ZH_SCALE = regex.compile(r"(?:满分|总分)(?:是|为)?$")
_ZH_SCALE_AFTER = regex.compile(r"^(?:里|制|满分|当中|之中|得)")
_ZH_OF_DAY = regex.compile(r"(?:半夜|凌晨|下午|中午|早上|夜里|晚上|昨晚|今早|上午)$")
_ZH_NEIGHBOURS = frozenset(f"{a}{b}" for a, b in pairwise("一二三四五六七八九")) | {"两三", "一两"}
"""Two digits side by side that mean either: 七八年, 两三个小时."""
_ZH_NO_NUMBER = regex.compile(
    r"^(?:一(?:[下点直些样般起向旦定切边带共律并面块会儿旁阵时开早晚路口身层家天到晚]|个(?!半|月|小时|钟头|星期|礼拜|晚)|$)|半(?:天[^前]|边|夜|点)|十分(?!里|制)|万一|千万|两边|两侧|一[^\p{Han}]?$)"
)


def _english_value(words: str) -> float | None:
    text = words.lower()
    if text[0].isdigit():
        plain = regex.sub(r",(?=\d{3}\b)", "", text).replace(",", ".")
        return float(plain) if plain.count(".") <= 1 else None
    if text in {"a", "an", "last", "past", "the"}:
        return 1.0
    if "half" in text:
        return 0.5
    if "couple" in text:
        return 2.0
    if "dozen" in text:
        return 12.0
    total = 0
    for word in regex.split(r"[ -]", text):
        if word == "hundred":
            total = max(total, 1) * 100
        elif word in _EN_VALUE:
            total += _EN_VALUE[word]
        elif word == "a":
            total = max(total, 1)
    return float(total)


def _chinese_value(words: str) -> float:
    if words[0].isdigit():
        return float(words)
    if words == "半":
        return 0.5
    total, digit, hundreds = 0, 0, False
    for char in words:
        if char == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif char == "百":
            total, digit, hundreds = total + (digit or 1) * 100, 0, True
        else:
            digit = digit * 10 + _ZH_DIGIT[char] if digit and not total else _ZH_DIGIT[char]
    if hundreds and words[-2] == "百":
        digit *= 10  # 一百二 is 120
    return float(total + digit)


def _unit(found: regex.Match[str], units: tuple[tuple[str, str], ...]) -> str:
    return next((name for at, (_, name) in enumerate(units) if found[f"u{at}"] is not None), "")


def _made(value: float, unit: str, words: str, start: int, end: int) -> Quantity:
    dimension, factor = _FACTORS.get(unit, ("", 1.0))
    if unit == "clock":
        value = value % 12
    return Quantity(round(value * factor, 6), dimension, unit, words, start, end)


def _english(text: str) -> list[Quantity]:
    made: list[Quantity] = []
    for found in _EN_NUMBER.finditer(text):
        word, unit = found["n"].lower(), _unit(found, _EN_UNITS)
        value = _english_value(word)
        if value is None or _EN_SCALE.search(text[: found.start()]):
            continue
        if word in {"a", "an", "last", "past", "the"} and not (
            "fortnight" in found.group()
            or regex.match(r"[\w ]{0,12}\b(?:ago|or so|back)\b", text[found.end() :])
            or regex.search(r"\b(?:for|about|around|within|over)\s(?:the\s)?$", text[: found.start()])
        ):
            continue  # "three times a week" is no span of a week
        if found["at"] and not unit and value <= 12:
            unit = "clock"
        if not unit and not word[0].isdigit() and value <= 2:
            continue
        made.append(_made(value + (0.5 if found["half"] else 0), unit, found.group(), found.start("n"), found.end()))
    made += [
        _made({"once": 1, "twice": 2}[found["n"].lower()], "times", found.group(), *found.span())
        for found in _EN_TWICE.finditer(text)
    ]
    return _with_shared_units(made, text, _EN_RANGE)


_ZH_RANGE = regex.compile(r"^(?:到|至|-|–|~|～|、|或)?$")


def _chinese(text: str) -> list[Quantity]:
    made: list[Quantity] = []
    for found in _ZH_NUMBER.finditer(text):
        word, unit = found["n"], _unit(found, _ZH_UNITS)
        rest = text[found.start() :]
        at_one = unit == "clock" and _ZH_OF_DAY.search(text[: found.start()]) is not None
        if not word[0].isdigit() and not at_one and _ZH_NO_NUMBER.match(rest):
            continue
        if unit == "score" and (_ZH_SCALE.search(text[: found.start()]) or _ZH_SCALE_AFTER.match(text[found.end() :])):
            continue
        end = found.end()
        if word in _ZH_NEIGHBOURS:
            made += [_made(_chinese_value(each), unit, word + unit, found.start(), end) for each in word]
            continue
        value = _chinese_value(word)
        if found["tenth"]:
            value += int(found["tenth"][1:]) / 10
        if found["half"]:
            value += 0.5
            ahead = regex.match(r"月|小时|钟头|星期", text[end:])
            unit = {"月": "month", "星期": "week"}.get(ahead[0], "hour") if ahead else unit
            end += len(ahead[0]) if ahead else 0
        ranges = regex.match(r"[到至][一二三四五六七八九十\d]", text[end:]) is not None
        if found["ge"] and not word[0].isdigit() and not found["half"]:
            continue  # 两个 alone counts things, not amounts
        if (
            not unit
            and not word[0].isdigit()
            and (value < 3 if found["count"] or ranges else len(word) < 2 or value < 11)
        ):
            continue
        made.append(_made(value, unit, text[found.start() : end], found.start(), end))
    return _with_shared_units(made, text, _ZH_RANGE)


def _with_shared_units(made: list[Quantity], text: str, between: regex.Pattern[str]) -> list[Quantity]:
    """In "six to eight weeks" the first number has the unit of the second."""
    made.sort(key=lambda quantity: quantity.start)
    for at in range(len(made) - 2, -1, -1):
        first, second = made[at], made[at + 1]
        if not first.unit and second.unit and between.match(text[first.end : second.start]):
            made[at] = _made(first.value, second.unit, first.words, first.start, first.end)
    return made


@lru_cache(maxsize=4_096)
def quantities(text: str, language: Language) -> tuple[Quantity, ...]:
    """The quantities in ``text``, in order. Spans are those of ``text``."""
    folded = fold(text)
    return tuple(_english(folded) if language is Language.EN else _chinese(folded))
