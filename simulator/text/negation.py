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
    r"\b(?:(?:won't|wouldn't|can't|doesn't|will not|would not|cannot) (?:really )?(?:hurt|harm|matter|do (?:any|you any|her any|him any|much|you) harm)|"
    r"no (?:real )?(?:harm|problem|issue)(?: in| with)?|(?:not|don't|can't) see (?:a|any) (?:problem|harm|reason|issue)|"
    r"no reason (?:why )?(?:you|she|he|they|not|it)(?: (?:shouldn't|should not|can't|cannot|couldn't))?|nothing wrong (?:with|in)|not a problem|not only|not just|no doubt|no matter|without (?:any )?(?:delay|waiting|hesitation|fail)|whether or not|"
    r"(?:do not|don't|never|not|cannot|can't|must not|mustn't|shouldn't|should not) "
    r"(?:\w+ )?(?:forget|hesitate|delay|wait|worry|panic|put off|ignore|miss|hold back|leave it|stop|skip|discontinue|"
    r"withhold|be (?:afraid|scared|embarrassed|ashamed|shy|alarmed|frightened|worried|concerned|nervous)|rule out)(?:ting|ing|ed)?|not sure|not certain|if not|why not|"
    r"(?:no (?:need|reason)|(?:do not|don't|does not|doesn't) (?:have|need)|needn't|need not) (?:to )?"
    r"(?:stop|avoid|skip|withhold|discontinue|hold off)(?:ping|ing)?|no reason not to|wouldn't say no|would not say no|"
    r"not that (?:you|she|he|they|i|we) (?:can't|cannot|mustn't|shouldn't|couldn't)|"
    r"no later than|no longer than|not later than|no more than|not more than|not exceed|no less than|not less than)\b"
)
_EN_BEFORE = regex.compile(
    rf"(?P<skip>{_EN_FALSE_CUE})|\b(?:(?:can't|cannot) just|not|\w+n't|cannot|never|no|nor|neither|without|avoid|avoids|avoiding|avoided|"
    r"stop|stops|stopping|stopped|rather than|instead of|refrain from|hold off|unnecessary|against|skip|withhold|withholding|"
    r"discontinue|discontinuing|contraindicated|steer clear|stay away|unsafe|unsuitable|leave out|leaving out|nobody|"
    r"little point in|too early for|(?:dangerous|risky|unwise) to|hold(?:ing)?(?! (?:on|up|out|still|a|tight|it|your|hands?)\b))\b",
    regex.IGNORECASE,
)
_EN_END = regex.compile(
    r"\b(?:but|however|although|because|since|so|unless|until|till|before|after|then|just|if|when|while|"
    r"instead(?! of)|rather(?! than)|and (?:then |please |do |instead )?(?:call|ring|dial|go|seek|see|contact|attend|get|come|give|start|"
    r"take|use|tell|arrange|order|keep))\b",
    regex.IGNORECASE,
)
_EN_IMPERATIVE = regex.compile(
    r"\b(?:you|i|we|it|he|she|they|this|that|there|call|ring|dial|phone|go|come|seek|see|contact|get|take|use|try|give|start|"
    r"order|chew|swallow|apply|keep|switch|ask|tell|arrange|book|send|check|is|are|do|please|consider|should|must|will|can)\b",
    regex.IGNORECASE,
)
_EN_PREDICATE = regex.compile(
    r"^\s+(?:is|are|was|will|would|should|can|could|may|might|must|needs?|works?|helps?|has|have)\b", regex.IGNORECASE
)
_EN_NEW_CLAUSE = regex.compile(r"\band (?:please )?(?:do not|don't|never|you|i|we|it|he|she|they)\b", regex.IGNORECASE)
_EN_AFTER = regex.compile(
    r"^(?:\W+\w+){0,4}?\W+(?:(?:is|are|was|be|should|must|can|could|would|may|might|do|does|has|have|seems?|look|looks)"
    r"(?: (?:also|both|\w+ly))*(?:n't| not|\W+never)|cannot|\w+n't|"
    r"(?:is|are|would be|be|seems?) (?:\w+ly )?(?:unnecessary|contraindicated|unsafe|dangerous|off limits|out of the question|"
    r"a bad idea|best avoided|harmful|risky|too (?:risky|dangerous|early|soon)|inappropriate|unsuitable|"
    r"pointless|useless|of no (?:use|value|help)|not)|(?:adds?|does|do) nothing|(?:should|must|needs to|need to) (?:both |all |always )?be (?:avoided|stopped|withheld|omitted|held|skipped))\b"
    r"(?! only| just| (?:really )?(?:hurt|harm|matter|do (?:any|you|her|him|much)\b|be a problem|be an issue))",
    regex.IGNORECASE,
)
_ZH_BEFORE = regex.compile(
    r"(?P<skip>不(?:仅|但|只是|光|单|管|论|过|如|断|适(?!合|宜|用)|舒服|明原因|错|久|良|少|同)|"
    r"(?:不要|不用|不必|不能|不可|不该|不应|别|切勿|勿|不得)(?:再|自行|擅自|随便|随意|轻易|突然|私自)*(?:犹豫|耽误|耽搁|拖|忘|担心|害怕|紧张|着急|等|忽视|忽略|大意|硬扛|强忍|漏|停用?)|"
    r"没(?:事|关系|问题|准)|无论|无意|未(?:来|必|婚|成年)|[特分区性级类鉴识辨]别|别(?:的|人|处|墅)|有没有|是不是|能不能|要不要|会不会|可不可以|"
    r"不(?:超过|少于|多于|低于|高于|晚于|迟于)|不知道|不确定|不清楚|"
    r"不(?:能|可|可以)?(?:完全)?(?:排除|除外)|(?:不是|并非|不能|不得|不可|不要|没有?(?:理由|道理))不(?:能|可以|可|要|用|做|吃|去|查|打)?|"
    r"(?:不必|不用|不需要|无需|没必要|没有必要)(?:避免|避开|停用?|停掉|忌|禁))"
    r"|不要|不用|不必|不需要?|无需|无须|没必要|没有必要|不能|不可以|不可|不应该?|不该|不宜|不建议|不推荐|不主张|不提倡|不赞成|不同意|不支持|不得|不适合|不适宜|"
    r"别|切勿|勿|禁止|禁用|禁忌|严禁|避免|避开|停用|停服|停止|停掉|暂停|而不是|而非|不是|并非|没有|没|未|慎用|杜绝|反对|拒绝|戒|代替|替代|忌|"
    r"不(?=[吃用喝做给打去服加停考做行查开])"
)
_ZH_END = regex.compile(
    r"但|不过|而是|因为|所以|如果|一旦|请|就(?!诊|医|餐|是)|应该|应当|应(?!用)|需要|必须|要(?!求|紧)|再(?!次)|改用|换成|直接|立即|立刻|马上|尽快|尽早|"
    r"情况下|前提下|条件下|的话|时(?=给|用|予|可|即)|可以(?!吃|用|喝)|可(?=改用|选用|予|给)|(?<=.{2})(?<!事)先(?=给|予|做|查|用|启动|开始)|(?<![饭餐睡酒术])后|然后|同时(?!服|吃|用|使)|(?<!合)并(?![非不])"
)
_ZH_GLUED = regex.compile(r"(?:(?<![要是能会好对])不|(?<![特分区性级类鉴识辨])别|勿)$")
"""A cue that touches the mention: \"可以吃\" in \"不可以吃\", \"建议\" in \"不建议\"; not \"要不要\", \"是不是\"."""
_ZH_AFTER = regex.compile(
    r"^(?P<between>[^，。；！？,;!?]{0,8}?)(?:不能|不要|不可|不宜|不建议|不推荐|不应|不该|不必|不用|不需要|没必要|别(?!的|人)|禁用|禁忌|要停|先停|停掉|停用|停了|"
    r"慎用|不安全|不合适|不适合|不行|不(?:做|查|吃|喝|开|打|考虑)(?!不)|意义不大|没用|没有用|没有?意义|无效|太危险|有危险|都不|(?:应该?|应当|要|需要?|必须|最好|尽量)(?:避免|停用))"
    r"(?!超过|少于|低于|高于|忽视|忽略|大意|放松|耽误|耽搁|拖|犹豫|忘|停|断|漏|擅自|自行停|担心|紧张|害怕)"
)
_ZH_AFTER_END = regex.compile(
    r"但|不过|而是|因为|所以|如果|请|再|改用|换成|直接|立即|立刻|马上|尽快|(?<!今|以)后|之前|期间|同时|正常|异常|阴性|阳性|结果"
)
_ZH_IN_SCOPE = regex.compile(r"^(?:再|马上|立即|立刻|直接|尽快|尽早)")
_EN_REST_OF_LIST = regex.compile(
    r"^(?:,(?=\s(?:is|are|should|must|can|would|will)\b)|(?:,(?:\s[\w-]+){1,3})*,?\s(?:and|or|nor)(?:\s[\w-]+){1,2}"
    r"(?=\s(?:is|are|was|were|should|must|can|could|would|will|may|do|does|need|have|all|both|also|cannot|\w+n't)\b))"
)
_EN_WINDOW = 60
_ZH_WINDOW = 20
_EN_LIST_ITEM_WORDS = 3


def _commas_en(text: str) -> list[str]:
    return regex.split(r"[,:()—–→]|\s-\s", text)


def _cue_reaches_en(before: str, mention: str, rest: str) -> bool:
    """``before`` and ``rest`` are what stands before and after the mention, within its clause."""
    segments = _commas_en(before)
    reach = segments[-1]
    for at in range(len(segments) - 1, -1, -1):
        cues = [cue for cue in _EN_BEFORE.finditer(reach) if cue.group("skip") is None]
        skips = [cue.start() for cue in _EN_BEFORE.finditer(reach) if cue.group("skip") is not None]
        for cue in reversed(cues):
            between = reach[cue.end() :]
            end = _EN_END.search(between + mention)
            if (
                len(between) <= _EN_WINDOW
                and (end is None or end.start() >= len(between))
                and not any(start >= cue.end() for start in skips)
            ):
                return True
        newest = at == len(segments) - 1
        item = segments[at] + (mention if newest else "")
        if cues or at == 0 or not _list_item(item, rest if newest else "", of=len(segments[at].split())):
            return False
        reach = segments[at - 1] + "," + reach
    return False


def _list_item(item: str, rest: str, *, of: int) -> bool:
    """Whether ``item``, ``of`` words before its mention, continues a list, and is no clause with a verb of its own."""
    if of > _EN_LIST_ITEM_WORDS + 1 or _EN_PREDICATE.match(rest):
        return False
    continues = regex.match(r"\s*n?or\b", item, regex.IGNORECASE) is not None
    return continues or _EN_IMPERATIVE.search(item) is None or regex.search(r",\s*n?or\b", rest) is not None


def _negated_en(sentence: str, start: int, end: int) -> bool:
    before = regex.split(r"[;→]", sentence[:start])[-1]
    rest = sentence[end:].split(";", maxsplit=1)[0]
    if _cue_reaches_en(before, sentence[start:end], rest):
        return True
    more = _EN_REST_OF_LIST.match(rest)
    if more is not None and _EN_IMPERATIVE.search(more.group()) is None:
        rest = rest[more.end() :]
    rest = _commas_en(rest)[0]
    found = _EN_AFTER.match(rest)
    if found is None:
        return False
    reached = rest[: found.end()]
    return _EN_END.search(reached) is None and _EN_NEW_CLAUSE.search(reached) is None


def _negated_zh(sentence: str, start: int, end: int) -> bool:
    before = regex.split(r"[，,：:（()）—→]", sentence[:start])[-1]
    live = list(_ZH_BEFORE.finditer(before))
    skipped = bool(live) and live[-1].group("skip") is not None and live[-1].end() == len(before)
    if _ZH_GLUED.search(before) and not skipped:
        return True
    if live and live[-1].group("skip") is None:
        between = _ZH_IN_SCOPE.sub("", before[live[-1].end() :])
        if len(between) <= _ZH_WINDOW and not _ZH_END.search(between):
            return True
    found = _ZH_AFTER.match(sentence[end:])
    return found is not None and not _ZH_AFTER_END.search(found["between"])


def negated(sentence: str, start: int, end: int, language: Language) -> bool:
    """Whether ``sentence[start:end]`` is negated. A cue inside the mention itself belongs to it and does not count."""
    folded = fold(sentence)
    if language is Language.EN:
        return _negated_en(folded, start, end)
    return _negated_zh(folded, start, end)


_ZH_NEGATING_LEAD = regex.compile(
    r"(?:不要|不能|不可以?|不宜|不得|别|切勿|禁止|严禁|禁用|忌|避免|停用|停掉|慎用|不建议|不推荐)(?:再|自行|同时)?"
    r"(?:吃|用|服用?|使用|做|给|碰|喝|接触|进食|合用|以下|下列|这些|下面|$)|(?:禁忌|禁用)[^，,]{0,4}$|(?:不需要|不用|无需|无须|不必|没必要)(?:做|查|吃|用|服用)?$"
)
_LEAD_CLAUSES = regex.compile(r"[，,。；;.!！？?]")


def negates_list(lead: str, language: Language) -> bool:
    """Whether a line that introduces a list negates its items: "Avoid:", "以下药物不要吃：".

    Only its last clause speaks of the list: "Don't panic, do this:" and "别慌，按我说的做：" negate nothing.
    """
    clause = _LEAD_CLAUSES.split(fold(lead).rstrip(" :*_#"))[-1]
    if language is Language.ZH:
        return _ZH_NEGATING_LEAD.search(clause) is not None
    return negated(clause + " x", len(clause) + 1, len(clause) + 2, language)
