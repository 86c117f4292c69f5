"""The gold set from its parts, and what the checks make of it.

python -m benchmarks.judging.gold build DRAFTS      # replies and two annotators' labels → gold/*.jsonl
python -m benchmarks.judging.gold stale [--renew]   # dialogues that are now answered otherwise
python -m benchmarks.judging.gold checks            # how often checks agree, and every disagreement
"""

from __future__ import annotations

import argparse
import asyncio
import json
from difflib import unified_diff
from pathlib import Path

from ruamel.yaml import YAML

from simulator.dialogue.playing import DialogueSpec
from simulator.judging.gold import (
    GoldCase,
    GoldDialogue,
    GoldVerdict,
    checks_against_gold,
    play_gold,
    read_gold,
    replayed,
)
from simulator.judging.quotes import find_quote
from simulator.judging.verdict import Outcome
from simulator.library.collection import Library, read_library
from simulator.library.location import default_roots
from simulator.text.language import Language

FOLDER = Path(__file__).parent / "gold"
"""One file for each scenario."""


def cases_of(library: Library, *paths: Path) -> tuple[GoldCase, ...]:
    return asyncio.run(play_gold(read_gold(*(paths or (FOLDER,))), library))


def _build(drafts: Path, library: Library) -> None:
    """Drafts: SCENARIO.yaml with the replies, SCENARIO.labels-X.yaml of each annotator, SCENARIO.settled.yaml."""
    yaml = YAML(typ="safe")
    for path in sorted(drafts.glob("*.yaml")):
        if "." in path.stem:
            continue
        labels = {
            f"project-{number}": yaml.load(file)
            for number, file in enumerate(sorted(drafts.glob(f"{path.stem}.labels-*.yaml")), start=1)
        }
        settled_file = drafts / f"{path.stem}.settled.yaml"
        settled = (yaml.load(settled_file) or {}) if settled_file.is_file() else {}
        lines = [
            _draft(item, path.stem, labels, settled.get(item["id"], {}), library)
            for item in yaml.load(path)["dialogues"]
        ]
        (FOLDER / f"{path.stem}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _draft(item: dict, scenario_id: str, labels: dict, settled: dict, library: Library) -> str:  # type: ignore[type-arg]
    from simulator.models.reference import reference_source

    language, scenario = Language(item["language"]), library.scenario(scenario_id)
    rubric = library.rubric(scenario.rubric)
    subject = item.get("subject", "authored")
    spec = DialogueSpec(subject, scenario_id, item["persona"], language, 1, 1)
    turns = [turn.strip() for turn in item.get("turns", [])]
    if subject.startswith("ref:"):
        from simulator.dialogue.playing import play

        source = reference_source(subject.removeprefix("ref:")).for_dialogue(scenario, rubric, language)
        record = asyncio.run(play(spec, scenario, library.persona(item["persona"]), source))
        turns = [turn.text for turn in record.subject_turns]
    record = asyncio.run(replayed(spec, scenario, library.persona(item["persona"]), turns))
    own_turns = {turn.turn: turn.text for turn in record.subject_turns}
    verdicts = {}
    for criterion in rubric.criteria:
        given = {name: said[item["id"]][criterion.id] for name, said in labels.items()}
        chosen = settled.get(criterion.id)
        outcomes = {name: _outcome(each) for name, each in given.items()}
        if chosen is None:
            if len(set(outcomes.values())) != 1:
                raise SystemExit(f"{scenario_id} {item['id']} {criterion.id}: not settled: {given}")
            chosen = next(iter(given.values()))
        outcome = _outcome(chosen)
        turn, quote = (chosen[1], chosen[2]) if outcome is Outcome.MET else (None, None)
        if outcome is Outcome.MET:
            found = find_quote(str(quote), own_turns.get(turn, ""))
            if not found:
                raise SystemExit(f"{scenario_id} {item['id']} {criterion.id}: quote not in turn {turn}: {quote}")
            quote = " … ".join(found)
        note = str(chosen[3]) if len(chosen) > 3 and chosen[3] else ""
        verdicts[criterion.id] = GoldVerdict(outcome=outcome, turn=turn, quote=quote, labels=outcomes, note=note)
    number = item["id"].removeprefix(f"{language.value}-")
    gold = GoldDialogue(
        id=f"{scenario_id}/{item['id']}",
        scenario=scenario_id,
        persona=item["persona"],
        language=language,
        subject=subject,
        variation=item["variation"],
        pair=f"{scenario_id}/{number}" if subject == "authored" else None,
        subject_turns=tuple(turn.text for turn in record.subject_turns),
        counterpart_turns=tuple(turn.text for turn in record.counterpart_turns),
        verdicts=verdicts,
    )
    return _line(gold)


def _outcome(label: list) -> Outcome:  # type: ignore[type-arg]
    return Outcome.UNSCORED if label[0] == "cannot_tell" else Outcome(label[0])


def _line(gold: GoldDialogue) -> str:
    return json.dumps(gold.model_dump(mode="json", exclude_defaults=True), ensure_ascii=False)


def _stale(library: Library, *, renew: bool) -> None:
    for file in sorted(FOLDER.glob("*.jsonl")):
        cases = cases_of(library, file)
        for case in cases:
            if case.is_current:
                continue
            now = [turn.text for turn in case.record.counterpart_turns]
            print("\n".join(unified_diff(case.gold.counterpart_turns, now, case.gold.id, "now", lineterm="", n=0)))
        if renew:
            renewed = [
                case.gold.model_copy(
                    update={
                        "subject_turns": tuple(turn.text for turn in case.record.subject_turns),
                        "counterpart_turns": tuple(turn.text for turn in case.record.counterpart_turns),
                    }
                )
                for case in cases
            ]
            file.write_text("\n".join(map(_line, renewed)) + "\n", encoding="utf-8")


def _checks(library: Library) -> None:
    found = checks_against_gold(cases_of(library))
    for item in found.disagreements:
        print(f"{item.item_id}: check {item.first.value}, gold {item.second.value}")
        print(f"    check: {item.why_first}\n    gold:  {item.why_second}")
    print(f"{found.agreement}\n{found.n_compared} compared, {found.n_undecided} unsettled")
    for dimension in ("language", "kind", "scenario"):
        for value, estimate in found.by_group[dimension].items():
            print(f"  {dimension} {value}: {estimate.mean:.3f} of {estimate.n}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("build").add_argument("drafts", type=Path)
    verbs.add_parser("stale").add_argument("--renew", action="store_true")
    verbs.add_parser("checks")
    given = parser.parse_args()
    library = read_library(default_roots())
    if given.verb == "build":
        FOLDER.mkdir(exist_ok=True)
        _build(given.drafts, library)
    elif given.verb == "stale":
        _stale(library, renew=given.renew)
    else:
        _checks(library)


if __name__ == "__main__":
    main()
