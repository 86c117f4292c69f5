"""What a person says of one criterion of one dialogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict

from simulator.dialogue.record import DialogueRecord
from simulator.judging.agreement.ratings import RatedItem, RatedSet, Raters
from simulator.judging.gold import groups_of
from simulator.judging.task import GradingTask
from simulator.judging.verdict import Outcome
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario


def _settled(own: Iterable[Annotation]) -> Outcome | None:
    """What the adjudicators say where they say one thing; where two differ, nothing is settled."""
    said = {each.outcome for each in own if each.adjudicates}
    if not said:
        return None
    return said.pop() if len(said) == 1 else Outcome.UNSCORED


class Annotation(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    dialogue_id: str
    criterion_id: str
    annotator: str
    rubric_sha256: str
    """Of the rubric whose words were annotated; another wording is another criterion."""
    outcome: Outcome
    """UNSCORED: the annotator could not tell."""
    adjudicates: bool = False
    """True: settles what the annotators differed on."""
    physician: bool = False
    """Whether the annotator is one, as whoever imported the sheet says."""
    turn: int | None = None
    quote: str = ""
    note: str = ""


def rated_annotations(
    annotations: Iterable[Annotation],
    records: Iterable[DialogueRecord],
    scenarios: Mapping[str, Scenario],
    rubrics: Mapping[str, Rubric],
) -> RatedSet:
    """The annotated criteria of these dialogues as items for agreement. Criteria that a rubric lacks are left out."""
    by_dialogue: dict[str, dict[str, list[Annotation]]] = {}
    for each in annotations:
        by_dialogue.setdefault(each.dialogue_id, {}).setdefault(each.criterion_id, []).append(each)
    items: list[RatedItem] = []
    tasks: list[GradingTask] = []
    for record in records:
        said = by_dialogue.get(record.id, {})
        scenario = scenarios[record.scenario_id]
        criteria = tuple(each for each in rubrics[scenario.rubric].criteria if each.id in said)
        if criteria:
            tasks.append(GradingTask.of(record, scenario, criteria))
        for criterion in criteria:
            own = said[criterion.id]
            items.append(
                RatedItem(
                    id=f"{record.id}/{criterion.id}",
                    cluster=record.id,
                    labels={each.annotator: each.outcome for each in own if not each.adjudicates},
                    adjudicated=_settled(own),
                    groups=groups_of(criterion, scenario, record.language),
                    question_id=criterion.id,
                )
            )
    everybody = [each for said in by_dialogue.values() for own in said.values() for each in own]
    raters = Raters.PHYSICIANS if everybody and all(each.physician for each in everybody) else Raters.ANNOTATORS
    return RatedSet("annotations of the run", raters, tuple(items), tuple(tasks))
