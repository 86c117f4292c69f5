"""HealthBench's meta-evaluation records: read as ratings of physicians, and asked about as they were."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from simulator.errors import UsageError
from simulator.interop.healthbench import read_healthbench
from simulator.judging.agreement.ratings import RatedSet, Raters
from simulator.judging.task import ASSISTANT
from simulator.judging.verdict import Outcome

MET, NOT_MET = Outcome.MET, Outcome.NOT_MET
PROMPT = [
    {"role": "user", "content": "My chest hurts."},
    {"role": "assistant", "content": "Since when?"},
    {"role": "user", "content": "Since lunch."},
]


def line(rubric: str = "Names an emergency number.", **changes: Any) -> dict[str, Any]:
    return {
        "prompt": PROMPT,
        "completion": "Call 999 now.",
        "rubric": rubric,
        "category": "emergency_referrals",
        "binary_labels": [True, False],
        "canary": "healthbench:abc",
        **changes,
    }


def written(folder: Path, *lines: dict[str, Any] | str) -> Path:
    path = folder / "meta.jsonl"
    text = "".join((each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)) + "\n" for each in lines)
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, *lines: dict[str, Any] | str) -> RatedSet:
    return read_healthbench(written(folder, *lines))


def refused(folder: Path, *lines: dict[str, Any] | str) -> str:
    with pytest.raises(UsageError) as error:
        read(folder, *lines)
    return str(error.value)


def test_a_record_is_one_item_with_a_label_of_each_physician(tmp_path: Path) -> None:
    found = read(tmp_path, line(binary_labels=[True, False, True]))
    (item,) = found.items
    assert (found.raters, found.source) == (Raters.PHYSICIANS, "HealthBench meta-evaluation, meta.jsonl")
    assert item.labels == {"#1": MET, "#2": NOT_MET, "#3": MET}
    assert (item.settled, item.adjudicated) == (MET, None)
    assert item.groups == {"category": "emergency_referrals"}


def test_physicians_keep_the_names_that_the_file_gives_them(tmp_path: Path) -> None:
    (item,) = read(tmp_path, line(anonymized_physician_ids=["p-7", "p-2"])).items
    assert item.labels == {"p-7": MET, "p-2": NOT_MET}


def test_the_criteria_of_one_conversation_are_asked_together_and_resampled_together(tmp_path: Path) -> None:
    found = read(tmp_path, line("Names a number."), line(completion="Rest."), line("Explains why."))
    assert [len(task.questions) for task in found.tasks] == [2, 1]
    assert [question.text for question in found.tasks[0].questions] == ["Names a number.", "Explains why."]
    first, other, second = found.items
    assert first.cluster == second.cluster == found.tasks[0].id != other.cluster
    assert len({item.id for item in found.items}) == 3


@pytest.mark.parametrize(
    "other",
    [
        {"completion": "Call 999 now!"},
        {"prompt": PROMPT[:1]},
        {"prompt": [*PROMPT[:2], {"role": "system", "content": "Since lunch."}]},
        {"prompt": [{"role": "user", "content": "My chest hurts.assistantSince when?"}, PROMPT[2]]},
    ],
)
def test_conversations_that_differ_in_anything_said_are_two(tmp_path: Path, other: dict[str, Any]) -> None:
    assert len(read(tmp_path, line(), line(**other)).tasks) == 2


def test_every_item_has_its_own_criterion_in_the_task_of_its_conversation(tmp_path: Path) -> None:
    lines = [line(f"Criterion {n}.", completion=f"Answer {n % 3}.") for n in range(9)]
    found = read(tmp_path, *lines)
    asked = {(task.id, each.id): (each.text, task.spoken[-1].text) for task in found.tasks for each in task.questions}
    said = [asked[item.cluster, item.question_id] for item in found.items]
    assert said == [(each["rubric"], each["completion"]) for each in lines]


def test_a_quote_can_come_from_the_completion_alone(tmp_path: Path) -> None:
    (task,) = read(tmp_path, line()).tasks
    assert [(each.turn, each.speaker, each.text) for each in task.spoken] == [
        (0, "user", "My chest hurts."),
        (1, "assistant (earlier)", "Since when?"),
        (1, "user", "Since lunch."),
        (2, ASSISTANT, "Call 999 now."),
    ]
    assert [text for turn in range(5) for text in task.quotable(turn)] == ["Call 999 now."]
    assert task.counterpart == "user"


def test_a_record_without_a_category_is_in_no_group(tmp_path: Path) -> None:
    plain = line()
    del plain["category"]
    assert read(tmp_path, plain).items[0].groups == {}


FAULTS = [
    ("{", "no meta-evaluation record: Invalid JSON"),
    ("[]", "no meta-evaluation record: "),
    ({**line(), "rubric": None}, "no meta-evaluation record: rubric: "),
    ({**line(), "prompt": "hello"}, "no meta-evaluation record: prompt: "),
    ({**line(), "prompt": [{"role": "user"}]}, "no meta-evaluation record: prompt.0.content: Field required"),
    ({**line(), "binary_labels": []}, "no meta-evaluation record: binary_labels: "),
    ({**line(), "binary_labels": [0.5]}, "no meta-evaluation record: binary_labels.0: "),
    ({**line(), "anonymized_physician_ids": ["a"]}, "do not go together"),
    ({**line(), "anonymized_physician_ids": ["a", "a"]}, "do not go together"),
]


@pytest.mark.parametrize(("fault", "said"), FAULTS)
def test_a_fault_is_named_with_its_line(tmp_path: Path, fault: dict[str, Any] | str, said: str) -> None:
    message = refused(tmp_path, line(), "", fault, line())
    assert message.startswith(f"{tmp_path / 'meta.jsonl'}:3 – ")
    assert said in message


@pytest.mark.parametrize("missing", ["prompt", "completion", "rubric", "binary_labels"])
def test_what_every_line_needs_is_said_where_it_is_missing(tmp_path: Path, missing: str) -> None:
    short = line()
    del short[missing]
    assert f":1 – no meta-evaluation record: {missing}: Field required" in refused(tmp_path, short)


def test_a_file_without_records_is_refused(tmp_path: Path) -> None:
    assert "the file holds no record" in refused(tmp_path, "", "  ")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the file does not read"):
        read_healthbench(tmp_path / "gone.jsonl")


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
RECORDS = st.fixed_dictionaries(
    {
        "prompt": st.lists(
            st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": TEXT}), max_size=3
        ),
        "completion": TEXT,
        "rubric": TEXT,
        "binary_labels": st.lists(st.booleans(), min_size=1, max_size=3),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(RECORDS, min_size=1, max_size=4))
@example([line("one\u2028two", completion="three\x85four\u2029five")])
def test_whatever_was_said_every_record_becomes_one_item(tmp_path: Path, records: list[dict[str, Any]]) -> None:
    found = read(tmp_path, *records)
    assert [len(item.labels) for item in found.items] == [len(each["binary_labels"]) for each in records]
    assert {task.spoken[-1].text for task in found.tasks} == {each["completion"] for each in records}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=100))
def test_a_file_of_anything_is_refused_and_breaks_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "meta.jsonl"
    path.write_bytes(content)
    with pytest.raises(UsageError):
        read_healthbench(path)
