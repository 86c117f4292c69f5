# ruff: noqa: E501 - a cue list reads better unbroken
"""The mood of a sentence: does it ask, or does it make something depend on a condition?"""

from __future__ import annotations

import regex

from simulator.text.language import Language
from simulator.text.normal import fold
from simulator.text.sentences import Sentence

_EN_ASKS = regex.compile(
    r"^\W*(?:(?:ok(?:ay)?|right|so|and|now|well|thanks?(?: you)?|i see|also|next|first(?:ly)?|then|sure|alright|great|finally|"
    r"sorry|please|doctor|before (?:that|we go on|i advise))[,.!\s]+)*"
    r"(?!have (?:your|this|that|it|them|her|him|the)\b(?!.*\bbeen\b).*\b"
    r"(?:ready|to hand|with you|nearby|checked|seen|looked at|done|reviewed|assessed|examined|repeated|tested)\b)"
    r"(?:what(?:'s| (?:is|are|was|were|do|does|did|has|have|had|about|kind|type|sort|other|else|time|brings?|brought|makes?|happened|"
    r"medic\w+|symptoms|tests|dose|colour|color|can|would|will|should))\b|when(?:'s| (?:is|are|was|were|did|do|does|have|has|will))\b|"
    r"where(?:'s| (?:is|are|was|were|did|do|does|exactly))\b|which (?!is\b|are\b|means\b|can\b|may\b|was\b)\w+|who(?:'s|se)? (?!is at|are\b)\w+|"
    r"how (?:long|bad|badly|often|many|much|old|severe|high|far|about|are|is|was|were|do|does|did|have|has|would|can|come|soon|quickly)\b|"
    r"why (?:is|are|was|were|do|does|did|have|has)\b|since when\b|for how long\b|(?:do|does|did|have|has|had|are|is|was|were|will|would|could|can|any)\b"
    r"\s+(?:you|your|there|(?<!do )(?<!have )the|it|this|that|she|he|they|her|his|their|we|any|anyone|anything|i|known|recent|previous|other|past|family|allerg\w*|history|fevers?|pain)\b|"
    r"(?:tell|walk|talk) me\b|describe\b|let me know\b|"
    r"(?:can|could|would|may) (?:you|i|we)\b.*\b(?:tell|describe|explain|share|say|give|ask|know|clarify|confirm|provide)\b|"
    r"i(?:'d| would) (?:like|need|want) to (?:know|ask|hear|understand|check|clarify)\b|i need to (?:know|ask)\b|"
    r"(?:i(?:'m| am)? )?wonder(?:ing)? (?:if|whether|what|when|how)\b|provide (?:me )?(?:with )?(?:the|her|his|any|more)\b|"
    r"(?:give|share) me\b|(?:any|anything|anyone)\b(?!.*\b(?:should|must|needs?|means?|is|are|warrants?)\b))",
    regex.IGNORECASE,
)
_EN_INSTRUCTS = regex.compile(
    r"^\W*(?:(?:please|then|now|and|also|so|first)[,\s]+)*(?:have (?:your|her|his|him|the|them|this|that|it|a|an|someone|somebody)|"
    r"do (?:this|that|these|the|it|not|so|what|your))\b",
    regex.IGNORECASE,
)
"""Imperatives that begin like questions: "Have your wife call 999", "Do this now"."""
_ZH_ASKS = regex.compile(
    r"(?:[吗呢么]|没有|与否)[\s*_”」）)。]*$|^(?:[^，,]{0,12}[，,])?\s*(?:请问|请您?(?:先)?(?:说|讲|描述|告诉|介绍|提供|补充|汇报)|"
    r"(?:麻烦|能否|可否|可以|能)(?:您|你|再)?.{0,6}(?:说|讲|描述|告诉|介绍|提供|补充|汇报)|"
    r"(?:我)?(?:想|还想|需要|要|还需|还要|还得|必须)(?:再|先)?(?:了解|知道|问|确认|核实|补充|搞清楚?|弄清楚?)|请(?:您|你)?(?:再|先|务必|尽量)?(?:口述|说明|补充|告知|核实|追问|问清|逐一|依次|再查)|(?<![您你])告诉我|(?:说|讲|描述|介绍)(?:一下|说|讲)|具体[说讲]|详细[说讲])"
)
_ZH_REQUESTS = regex.compile(
    r"^[^，,]{0,12}[，,]?\s*(?:请(?:您|你)?(?:再|先|务必|尽量)?(?:口述|补充|告知|告诉我|追问|问清|逐一说|依次说)|(?<![您你])告诉我|"
    r"(?:还|仍|先|用药前|开药前|开方前)?(?:需|要|得|必须|需要)(?:先|再)?(?:补充|搞清楚?|弄清楚?|问清楚?|核实|了解)[^，。]{0,10}[:：])"
)
"""A request to be told something, which stays one whatever else the sentence holds."""
_ZH_MAY_ASK = regex.compile(
    r"多久了?$|多长时间|什么时候(?:开始|起|出现|发)|怎么(?:样|回事|不舒服|个)|哪里(?:疼|痛|不舒服)|哪儿|有没有|是不是|是否|"
    r"(?<![这那前过近好十])几(?:次|天|个|岁|点|片|毫升)(?![内后来])"
)
"""Question words that statements hold as well; without a question mark they ask only where no full stop follows."""
_ZH_ADVISES = regex.compile(
    r"如果|若|要是|一旦|万一|无论|不管|观察|注意|留意|监测|看看有没有|建议|记得|复查|务必|评估|明确|判断|排除"
)
_EN_IF = regex.compile(
    r"\b(?:if|should you|should (?:it|this|that|the|she|he|your|any)|in case|unless|were you to|whenever|in the event|"
    r"when (?:to|should you|must you) (?:call|go|see|seek|get|ring|phone|come|return|worry)|red flags?|(?:warning|danger|alarm) signs?|"
    r"any of (?:the following|these|them|this)|one of (?:the following|these)|when(?:ever)? (?:it|this|the pain|symptoms|you (?:get|feel|notice|develop)))\b(?! possible| you can\b(?!'t|not| not)| needed| necessary| at all)|\bfor\s*:|\bsigns? (?:that|which) (?:mean|need|call)\b",
    regex.IGNORECASE,
)
_EN_IF_FREE = regex.compile(
    r"\bif (?:possible|(?:you|they|she|he|we|it) can(?!'t|not| not)|needed|necessary|at all possible|you(?:'re| are) (?:happy|able|comfortable))\b",
    regex.IGNORECASE,
)
_ZH_IF = regex.compile(
    r"如果|若(?!干)|要是|一旦|万一|假如|倘若|如有|如出现|如症状|"
    r"(?:以下|下列|下面|上述|这些|任何一[种项])(?:任何|任一)?(?:的)?(?:情况|症状|表现|信号)|"
    r"(?:加重|不缓解|出现|发作|恶化|超过|不退|不好转|无好转)(?:[^，,。]{0,8})(?:时|的话|后)|的话|"
    r"^(?:再|又)?出现[^，,]{0,40}[，,]|(?:再|又)(?:出现|有|拉|吐|发|疼|痛|烧)[^。；]{0,16}?(?:就|要|请|马上|立刻|立即|赶紧|直接)|"
    r"(?:不缓解|没缓解|缓解不了|不行|没好转|不好转|不见好|不退|没好|还疼|还痛|还不好)(?:[，,])?(?:就|再|要|请|马上|立刻|立即|赶紧)|"
    r"(?:急诊|就医|就诊|120|急救)[^，。；：:]{0,4}(?:的)?(?:情况|信号|指征|情形|征象|时机)|(?:何时|什么时候|什么情况下?|哪些情况下?)[^。？?]{0,8}(?:急诊|就医|就诊|120|去医院|看医生)|"
    r"(?:急诊|就医|就诊|复诊)(?:指征|信号|警示|红旗)|(?:危险|警示|预警|红旗)(?:信号|征象|症状)"
)
_ZH_IF_NEEDED = regex.compile(r"(?:必要|有需要|需要)时[^，,。；;]*")
"""A condition that reaches its own clause and no further: "今天就诊，必要时查肝功能"."""
_OTHERWISE = regex.compile(r"\botherwise\b|否则|不然的话|要不然", regex.IGNORECASE)
"""What follows holds in the ordinary course: "if you cannot drink, go to A&E, otherwise rest at home"."""
_ZH_IF_FREE = regex.compile(r"如果(?:可以|方便|可能)|如(?:有)?可能|要是方便|方便的话|可以的话")


def asks(sentence: Sentence, language: Language) -> bool:
    """Whether the sentence asks for something to be told. Advice that merely contains a question word does not."""
    if sentence.ends_as_question:
        return True
    text = fold(sentence.text)
    if language is Language.EN:
        return _EN_INSTRUCTS.search(text) is None and _EN_ASKS.search(text) is not None
    if _ZH_REQUESTS.search(text) is not None and not conditional(text, language):
        return True
    if _ZH_ADVISES.search(text) is not None:
        return False
    unstopped = not text.rstrip(" *_”」）)").endswith(("。", "；", ";", "！"))
    return _ZH_ASKS.search(text) is not None or (unstopped and _ZH_MAY_ASK.search(text) is not None)


def conditional(text: str, language: Language) -> bool:
    """Whether anything in the text holds only under a condition: "if it gets worse, call 999", "疼痛加重时马上去急诊"."""
    return _first_condition(text, language) is not None or (
        language is Language.ZH and _ZH_IF_NEEDED.search(fold(text)) is not None
    )


def _first_condition(text: str, language: Language) -> int | None:
    folded = fold(text)
    free, condition = (_EN_IF_FREE, _EN_IF) if language is Language.EN else (_ZH_IF_FREE, _ZH_IF)
    found = condition.search(free.sub(lambda words: " " * len(words[0]), folded))
    return found.start() if found else None


def conditional_at(text: str, start: int, end: int, language: Language) -> bool:
    """Whether ``text[start:end]``, one mention, holds only under a condition.

    A condition reaches what follows it in the sentence, and what stands before it in the same clause: in "see your GP
    this week, and if you faint, call 999" only the call depends on one.
    """
    folded = fold(text)
    if language is Language.ZH and any(
        found.start() <= start < found.end() for found in _ZH_IF_NEEDED.finditer(folded)
    ):
        return True
    first = _first_condition(text, language)
    if first is None or _OTHERWISE.search(folded, first, start) is not None:
        return False
    return first < end or regex.search(r"[,;:，；：、—–]", folded[end:first]) is None
