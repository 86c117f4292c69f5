"""`python -m benchmarks.listening.cost`: CPU of one `listen` and `disclose` for a case of 40 facts.

The turns are those of the held-out consultations and, for more of them, of the practice ones; each is heard once, so
that nothing is found in a cache that a dialogue would not find there.
"""

from __future__ import annotations

import statistics
import time

from benchmarks.listening.corpus import FOLDER
from simulator.dialogue.case import prepare
from simulator.dialogue.disclosure import History, disclose
from simulator.dialogue.listening import RuleListener
from simulator.dialogue.understanding import SoFar
from simulator.evaluation.fidelity.audit import FORTHCOMING
from simulator.evaluation.fidelity.imported import as_scenario, fact_id
from simulator.evaluation.fidelity.labelled import Consultation, read_consultations
from simulator.text.language import Language

N_FACTS = 40
MOST_TURNS = 1_000


def _times(consultation: Consultation) -> list[float]:
    """Milliseconds of CPU for each turn of a consultation that is cut to 40 facts."""
    kept = {fact.id: fact_id(place) for place, fact in enumerate(consultation.facts[:N_FACTS])}
    case = prepare(
        as_scenario(consultation.model_copy(update={"facts": consultation.facts[:N_FACTS]})), consultation.lang
    )
    assert case.match_index  # prepared once for a case, not for a turn
    listener = RuleListener()
    found: list[float] = []
    for turn, told in consultation.played():
        so_far = SoFar(
            question=told.question,
            reply=told.reply,
            told=tuple(kept[each] for each in told.told if each in kept),
            told_last=tuple(kept[each] for each in told.told_last if each in kept),
        )
        begun = time.process_time_ns()
        heard = listener.listen(turn.question, case, so_far)
        disclose(heard, case, FORTHCOMING, History(), turn=1)
        found.append((time.process_time_ns() - begun) / 1e6)
    return found


def main() -> None:
    for language in Language:
        files = (f"held-out-{language.value}.jsonl", f"practice-{language.value}.jsonl")
        consultations = [each for file in files for each in read_consultations(FOLDER / file)]
        suitable = [each for each in consultations if len(each.facts) >= N_FACTS]
        _times(suitable[0])  # loads the lexicon and the weights
        times: list[float] = []
        for consultation in suitable[1:]:
            times += _times(consultation)
            if len(times) >= MOST_TURNS:
                break
        deciles = statistics.quantiles(times, n=10)
        print(
            f"{language.value}: {len(times)} turns, {N_FACTS} facts: median {statistics.median(times):.2f} ms of CPU, "
            f"90 % under {deciles[8]:.2f} ms"
        )


if __name__ == "__main__":
    main()
