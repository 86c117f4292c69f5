"""`ref:exemplar`: asks everything that matters, answers the counterpart, closes with the scenario's exemplar."""

from __future__ import annotations

from simulator.library.condition import Ordered, parse_condition, walk
from simulator.library.scenario import Fact, Finding
from simulator.library.vocabulary import CriterionKind, Role, Task, Tier
from simulator.models.reference.scene import END, Scene, counterpart_words, own_words
from simulator.models.subject import SubjectRequest
from simulator.text.language import Language
from simulator.text.pattern import plain

_QUESTIONS_PER_TURN = 2
_QUESTIONS_PER_TURN_FOR_A_RECORD = 3
_MOST_ATTEMPTS = 5

_FIRST = {
    (
        Role.PATIENT,
        Language.EN,
    ): "Hello, I'm glad you got in touch. Can you tell me a bit more about what's been happening?",
    (Role.PATIENT, Language.ZH): "您好，您别着急，慢慢说。能再详细说说具体是什么情况吗？",
    (
        Role.CAREGIVER,
        Language.EN,
    ): "Hello, I'm glad you got in touch. Can you tell me a bit more about what's been happening?",
    (Role.CAREGIVER, Language.ZH): "您好，您别着急，慢慢说。能再详细说说孩子是什么情况吗？",
    (Role.CLINICIAN, Language.EN): "Thanks for asking. Can you tell me more about the patient first?",
    (Role.CLINICIAN, Language.ZH): "好的，能先详细介绍一下患者的情况吗？",
}
_EMPATHY = {
    Language.EN: "I know this may be hard to talk about; it stays confidential, and it helps me keep things safe.",
    Language.ZH: "这个问题可能有点私人，您放心，我们会保密，了解清楚是为了判断得更安全。",
}
_ORDER = {Language.EN: "I'd like to order: {names}.", Language.ZH: "请完善以下检查：{names}。"}


def _matters(scene: Scene) -> tuple[list[Fact], list[Finding]]:
    """Facts and findings that the rubric wants to be asked for, in the rubric's order."""
    wanted: list[str] = []
    for criterion in scene.rubric.criteria:
        if criterion.points < 0:
            continue
        if criterion.kind is CriterionKind.MUST_ASK and criterion.fact:
            wanted.append(criterion.fact)
        if criterion.check:
            for part in walk(parse_condition(criterion.check)):
                if isinstance(part, Ordered):
                    wanted.extend(part.findings)
    if scene.scenario.task is Task.RECORD_WRITING:
        # A record may hold only what was said, so everything that stands in the exemplar has to be asked for.
        wanted.extend(fact.id for fact in scene.scenario.facts)
        wanted.extend(finding.id for finding in scene.scenario.findings)
    facts = {fact.id: fact for fact in scene.scenario.facts}
    findings = {finding.id: finding for finding in scene.scenario.findings}
    unique = list(dict.fromkeys(wanted))
    return [facts[key] for key in unique if key in facts], [findings[key] for key in unique if key in findings]


def _beat_replies(scene: Scene, request: SubjectRequest) -> list[str]:
    """What a good clinician says to the beats in the counterpart's newest words."""
    newest = counterpart_words(request)[-1]
    said = "\n".join(own_words(request))
    replies: list[str] = []
    for beat in scene.scenario.beats:
        if beat.say.in_(scene.language) in newest and beat.exemplar is not None:
            reply = beat.exemplar.in_(scene.language)
            if reply not in said:
                replies.append(reply)
    return replies


def _asked_times(question: str, request: SubjectRequest) -> int:
    return sum(question in text for text in own_words(request))


def exemplar_reply(scene: Scene, request: SubjectRequest) -> str:
    language = scene.language
    separator = "" if language is Language.ZH else " "
    replies = _beat_replies(scene, request)
    closing = scene.scenario.exemplar.in_(language)
    if any(closing in text for text in own_words(request)):
        return separator.join(replies) + "\n" + END
    if request.turn == 1:
        return _FIRST[scene.role, language]
    told = "\n".join(counterpart_words(request))
    facts, findings = _matters(scene)
    pending = [
        (fact, fact.question.in_(language))
        for fact in facts
        if fact.question is not None
        and fact.text.in_(language) not in told
        and _asked_times(fact.question.in_(language), request) < _MOST_ATTEMPTS
    ]
    orders = [
        finding
        for finding in findings
        if finding.available
        and finding.result.in_(language) not in told
        and _asked_times(plain(finding.names.in_(language)[0]), request) == 0
    ]
    if request.turn >= scene.scenario.max_turns - len(scene.scenario.beats) - 1 or not (pending or orders):
        return separator.join([*replies, closing]).replace(separator + END, "\n" + END)
    record = scene.scenario.task is Task.RECORD_WRITING
    asking = pending[: _QUESTIONS_PER_TURN_FOR_A_RECORD if record else _QUESTIONS_PER_TURN]
    if any(fact.tier is Tier.TRUST for fact, _ in asking):
        replies.append(_EMPATHY[language])
    replies.extend(question for _, question in asking)
    if orders:
        comma = "、" if language is Language.ZH else ", "
        names = comma.join(plain(finding.names.in_(language)[0]) for finding in orders)
        replies.append(_ORDER[language].format(names=names))
    return separator.join(replies)
