# ruff: noqa: E501 - a cue list reads better unbroken
"""Whether a mention is negated: "do not take ibuprofen", "布洛芬不能吃".

In the manner of NegEx (Chapman et al., J Biomed Inform 2001): cues before and after the mention, words that only look
like cues, words that end a cue's reach, and a window; extended by comma lists ("no aspirin, naproxen or ibuprofen").
"""

from __future__ import annotations

import regex

from simulator.text.language import Language
from simulator.text.normal import fold

_EN_FALSE_CUE = (
    r"\b(?:not only|not just|no doubt|no matter|without (?:any )?(?:delay|waiting|hesitation|fail)|whether or not|"
    r"(?:do not|don't|never|not|cannot|can't|must not|mustn't|shouldn't|should not) "
    r"(?:\w+ )?(?:forget|hesitate|delay|wait|worry|panic|put off|ignore|miss|hold back|leave it|stop|skip|discontinue|"
    r"withhold|be afraid|be scared|rule out)(?:ting|ing|ed)?|not sure|not certain|if not|why not|"
    r"no later than|no longer than|not later than|no more than|not more than|not exceed|no less than|not less than)\b"
)
_EN_BEFORE = regex.compile(
    rf"(?P<skip>{_EN_FALSE_CUE})|\b(?:not|\w+n't|cannot|never|no|nor|neither|without|avoid|avoids|avoiding|avoided|"
    r"stop|stops|stopping|stopped|rather than|instead of|refrain from|hold off|unnecessary|against|skip|withhold|withholding|"
    r"discontinue|discontinuing|contraindicated|steer clear|stay away|unsafe|unsuitable)\b",
    regex.IGNORECASE,
)
_EN_END = regex.compile(
    r"\b(?:but|however|although|because|since|so|unless|until|till|before|after|then|just|if|when|while|"
    r"instead(?! of)|rather(?! than)|and (?:then |please |do |instead )?(?:call|ring|dial|go|seek|see|contact|attend|get|come|give|start|"
    r"take|use|tell|arrange|order|keep))\b",
    regex.IGNORECASE,
)
_EN_AFTER = regex.compile(
    r"^(?:\W+\w+){0,4}?\W+(?:(?:is|are|was|be|should|must|can|could|would|may|might|do|does|has|have|seems?|look|looks)"
    r"(?: (?:also|both|definitely|really|generally|probably|usually|currently))*(?:n't| not|\W+never)|cannot|\w+n't|"
    r"(?:is|are|would be|be|seems?) (?:unnecessary|contraindicated|unsafe|dangerous|off limits|out of the question|"
    r"a bad idea|best avoided|harmful|not)|(?:should|must|needs to|need to) be (?:avoided|stopped|withheld|omitted|held|skipped))\b"
    r"(?! only| just)",
    regex.IGNORECASE,
)
_ZH_BEFORE = regex.compile(
    r"(?P<skip>不(?:仅|但|只是|光|单|管|论|过|如|断|适(?!合|宜|用)|舒服|明原因|错|久|良|少|同)|"
    r"(?:不要|不用|不必|不能|不可|不该|不应|别|切勿|勿|不得)(?:再)?(?:犹豫|耽误|耽搁|拖|忘|担心|害怕|紧张|着急|等|忽视|忽略|大意|硬扛|强忍|漏|停用?|擅自停)|"
    r"没(?:事|关系|问题|准)|无论|无意|未(?:来|必|婚|成年)|[特分区性级类鉴识辨]别|别(?:的|人|处|墅)|有没有|是不是|能不能|要不要|会不会|可不可以|"
    r"不(?:超过|少于|多于|低于|高于|晚于|迟于)|不知道|不确定|不清楚)"
    r"|不要|不用|不必|不需要?|无需|无须|没必要|没有必要|不能|不可以|不可|不应该?|不该|不宜|不建议|不推荐|不主张|不支持|不得|不适合|不适宜|"
    r"别|切勿|勿|禁止|禁用|禁忌|严禁|避免|避开|停用|停服|停止|停掉|暂停|而不是|而非|不是|并非|没有|没|未|慎用|杜绝|反对|拒绝|戒|代替|替代|忌|"
    r"不(?=[吃用喝做给打去服加停考做行查开])"
)
_ZH_END = regex.compile(
    r"但|不过|而是|因为|所以|如果|一旦|请|就(?!诊|医|餐|是)|应该|应当|应(?!用)|需要|必须|要(?!求|紧)|再(?!次)|改用|换成|直接|立即|立刻|马上|尽快|尽早"
)
_ZH_AFTER = regex.compile(
    r"^[^，。；！？,;!?]{0,8}?(?:不能|不要|不可|不宜|不建议|不推荐|不应|不该|不必|不用|不需要|没必要|别(?!的|人)|禁用|禁忌|要停|先停|停掉|停用|停了|"
    r"慎用|不安全|不合适|不适合|不行|太危险|有危险|都不)(?!超过|少于|低于|高于)"
)
_EN_WINDOW = 60
_ZH_WINDOW = 20
_EN_LIST_ITEM_WORDS = 3


def _commas_en(text: str) -> list[str]:
    return regex.split(r"[,:()—–]|\s-\s", text)


def _cue_reaches_en(before: str) -> bool:
    """``before`` is the text from the start of the sentence to the mention."""
    segments = _commas_en(before)
    reach = segments[-1]
    for earlier in reversed([None, *segments[:-1]]):
        cues = [cue for cue in _EN_BEFORE.finditer(reach) if cue.group("skip") is None]
        skips = [cue.span() for cue in _EN_BEFORE.finditer(reach) if cue.group("skip") is not None]
        for cue in reversed(cues):
            between = reach[cue.end() :]
            if (
                len(between) <= _EN_WINDOW
                and not _EN_END.search(between)
                and not any(start >= cue.end() for start, _ in skips)
            ):
                return True
        if earlier is None or cues:
            return False
        words = [word for word in segments[-1].split() if word.lower() not in {"or", "and", "nor", "any", "the", "a"}]
        if len(words) > _EN_LIST_ITEM_WORDS or not _list_like(before):
            return False
        reach = earlier + "," + reach
        segments = segments[:-1] if len(segments) > 1 else segments
    return False


def _list_like(before: str) -> bool:
    """Whether the last comma of ``before`` separates list items: a short tail with no verb of its own."""
    tail = _commas_en(before)[-1].split()
    return len(tail) <= _EN_LIST_ITEM_WORDS and not any(
        word.lower() in {"you", "i", "we", "it", "call", "take", "go", "please", "see", "use", "try", "is", "give", "start",
                         "order", "get", "seek", "ring", "this", "that", "consider", "do", "should", "must"}
        for word in tail
    )  # fmt: skip


def _negated_en(sentence: str, start: int, end: int) -> bool:
    if _cue_reaches_en(sentence[:start]):
        return True
    rest = _commas_en(sentence[end:])[0]
    found = _EN_AFTER.match(rest)
    return found is not None and not _EN_END.search(rest[: found.end()])


def _negated_zh(sentence: str, start: int, end: int) -> bool:
    before = regex.split(r"[，,：:（()）—]", sentence[:start])[-1]
    live = list(_ZH_BEFORE.finditer(before))
    if live and live[-1].group("skip") is None:
        between = before[live[-1].end() :]
        if len(between) <= _ZH_WINDOW and not _ZH_END.search(between):
            return True
    found = _ZH_AFTER.match(sentence[end:])
    return found is not None and not _ZH_END.search(sentence[end : end + found.start()])


def negated(sentence: str, start: int, end: int, language: Language) -> bool:
    """Whether ``sentence[start:end]`` is negated. A cue inside the mention itself belongs to it and does not count."""
    folded = fold(sentence)
    if language is Language.EN:
        return _negated_en(folded, start, end)
    return _negated_zh(folded, start, end)


def negates_list(lead: str, language: Language) -> bool:
    """Whether a line that introduces a list negates its items: "Avoid:", "以下药物不要吃："."""
    folded = fold(lead).rstrip(" :*_")
    return negated(folded + " x", len(folded) + 1, len(folded) + 2, language) or (
        language is Language.ZH and negated(folded, 0, 0, language)
    )
