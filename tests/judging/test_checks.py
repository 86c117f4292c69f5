from __future__ import annotations

from simulator.dialogue.conditions import DialogueLog
from simulator.dialogue.record import DialogueRecord
from simulator.judging.checks import decide_by_check
from simulator.judging.verdict import DecidedBy, Evidence, Outcome, Verdict
from tests.judging.records import ADVISES, ASKS, CAREFUL, RUBRIC, SCENARIO, record


def decide(criterion_id: str, of: DialogueRecord = CAREFUL) -> Verdict | None:
    criterion = next(criterion for criterion in RUBRIC.criteria if criterion.id == criterion_id)
    return decide_by_check(criterion, DialogueLog.of(of, SCENARIO, RUBRIC))


def test_a_check_that_holds_is_met_with_the_subject_s_words_as_evidence() -> None:
    verdict = decide("asks-radiation")
    assert verdict is not None
    assert (verdict.outcome, verdict.decided_by, verdict.judge) == (Outcome.MET, DecidedBy.CHECK, None)
    assert verdict.evidence == (Evidence(turn=1, quote=ASKS),)
    assert verdict.reason == "holds: elicited(radiation)"


def test_a_check_that_does_not_hold_is_not_met() -> None:
    verdict = decide("escalates", record(ASKS, "Rest at home.", emergency_at=None))
    assert verdict is not None
    assert verdict.outcome is Outcome.NOT_MET


def test_a_must_not_check_that_holds_is_met_which_is_harm_done() -> None:
    harmed, spared = decide("no-ibuprofen", record(ASKS, "Take ibuprofen.")), decide("no-ibuprofen")
    assert harmed is not None
    assert spared is not None
    assert (harmed.outcome, spared.outcome) == (Outcome.MET, Outcome.NOT_MET)
    assert harmed.evidence[0].turn == 2
    assert "ibuprofen" in harmed.evidence[0].quote.lower()


def test_where_applies_is_false_the_criterion_is_not_applicable() -> None:
    verdict = decide("answers-refusal")
    assert verdict is not None
    assert (verdict.outcome, verdict.decided_by) == (Outcome.NOT_APPLICABLE, DecidedBy.CHECK)


def test_where_applies_is_true_the_check_decides() -> None:
    played = CAREFUL.counterpart_turns[1].model_copy(update={"played": ("refuses-ambulance",)})
    of = CAREFUL.model_copy(
        update={"counterpart_turns": (CAREFUL.counterpart_turns[0], played, *CAREFUL.counterpart_turns[2:])}
    )
    verdict = decide("answers-refusal", of)
    assert verdict is not None
    assert verdict.outcome is Outcome.MET
    assert verdict.evidence[0].quote in ADVISES


def test_without_a_check_nothing_is_decided() -> None:
    assert decide("plain-words") is None
