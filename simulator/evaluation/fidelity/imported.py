"""A scenario out of nothing but facts: a case that brings a text and a category for each, and no triggers."""

from __future__ import annotations

from simulator.evaluation.fidelity.labelled import Consultation
from simulator.library.base import LocalList, LocalText
from simulator.library.provenance import Provenance, Source
from simulator.library.scenario import AnswerKey, Counterpart, Fact, Scenario
from simulator.library.vocabulary import Role, Sex, Task, Tier, Topic, Track
from simulator.text.language import Language

_INVITED = frozenset({Topic.COMPLAINT, Topic.ONSET, Topic.DURATION})
"""What a patient tells when asked openly: the complaint, and since when."""


def fact_id(place: int) -> str:
    """The id, in the scenario, of the consultation's fact at ``place``: its own id may be no slug."""
    return f"fact-{place}"


def as_scenario(consultation: Consultation) -> Scenario:
    """The consultation's patient as a case that can be listened for. Its facts carry no patterns of their own."""

    def text(words: str) -> LocalText:
        return LocalText(en=words) if consultation.lang is Language.EN else LocalText(zh=words)

    nothing = text("–")
    return Scenario(
        id="imported",
        version=1,
        title=nothing,
        track=Track.SMARTSERV,
        task=Task.TRIAGE,
        specialty="unknown",
        languages=(consultation.lang,),
        brief=nothing,
        counterpart=Counterpart(role=Role.PATIENT, age=0, sex=Sex.FEMALE, personas=("plain-spoken",)),
        opening=nothing,
        facts=tuple(
            Fact(
                id=fact_id(place),
                topic=fact.topic,
                tier=Tier.VOLUNTEERED if fact.topic in _INVITED else Tier.ASKED,
                polarity=fact.polarity,
                text=text(fact.text),
            )
            for place, fact in enumerate(consultation.facts)
        ),
        answer_key=AnswerKey(diagnosis=LocalList(), summary=nothing),
        exemplar=nothing,
        rubric="none",
        provenance=Provenance(
            author="imported",
            machine_assisted=False,
            sources=(Source(title=consultation.id, publisher="imported", year=2000),),
        ),
    )
