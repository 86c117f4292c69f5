"""What attempts at extracting the case bring, and how many of them are recognised: `python -m benchmarks.extraction`.

Needs a checkout (the honest sentences and the unseen attempts lie in `tests/`), no network and no key.
docs/extraction.md says how to read it.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, dataclass, field

from simulator.dialogue.disclosure import disclose
from simulator.dialogue.listening import RuleListener
from simulator.dialogue.understanding import Understanding
from simulator.library.vocabulary import Tier
from simulator.models.reference.extraction import Kind, attempts_in
from simulator.text.language import Language
from tests.dialogue.lookalikes import LOOKALIKES
from tests.dialogue.trying import Turn, after_asking_for_trust, probe_words, scenes, start, unmet
from tests.dialogue.unseen import UNSEEN_ATTEMPTS, UNSEEN_HONEST

UNSEEN = "unseen"


@dataclass(slots=True)
class Row:
    """One kind of attempt, or the unseen ones, in one language.

    ``tried``: attempts × scenarios × personas, each as the first turn and again after every `trust` fact was asked for.
    ``volunteered``: how many of them brought a `volunteered` fact, as any open question or first chance does.
    """

    attempts: int = 0
    recognised: int = 0
    tried: int = 0
    unmet: int = 0
    volunteered: int = 0
    not_recognised: list[str] = field(default_factory=list)

    def add(self, other: Row) -> None:
        for name in ("attempts", "recognised", "tried", "unmet", "volunteered"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Honest:
    """Honest sentences, and those of them that are taken for probes."""

    sentences: int
    taken_for_probes: list[str]


def _attempts(language: Language) -> list[tuple[str, str]]:
    known = [(kind.value, text) for kind, text in attempts_in(language)]
    return known + [(UNSEEN, text) for text in UNSEEN_ATTEMPTS[language]]


def measured(language: Language) -> dict[str, Row]:
    """A row for each kind, in the order of `Kind`, and one for the unseen attempts."""
    rows: dict[str, Row] = {}
    for kind, text in _attempts(language):
        row = rows.setdefault(kind, Row())
        row.attempts += 1
        if probe_words(text, language):
            row.recognised += 1
        else:
            row.not_recognised.append(text)
    heard: dict[tuple[str, str], Understanding] = {}
    for case, persona in scenes():
        if case.language is not language:
            continue
        for history in (start(case), after_asking_for_trust(case, persona)):
            for kind, text in _attempts(language):
                key = (case.scenario.id, text)
                understood = heard.get(key) or heard.setdefault(key, RuleListener().listen(text, case))
                now = disclose(understood, case, persona, history, history.turns_so_far + 1)
                row = rows[kind]
                row.tried += 1
                row.unmet += bool(unmet(Turn(understood, now), persona, history, asks=kind == Kind.DUMP_QUESTIONS))
                row.volunteered += any(entry.tier is Tier.VOLUNTEERED for entry in now.released)
    return rows


def honest(sentences: tuple[str, ...], language: Language) -> Honest:
    return Honest(len(sentences), [text for text in sentences if probe_words(text, language)])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--missed", action="store_true", help="list the attempts that are not recognised as well")
    options = parser.parse_args(arguments)
    rows = {language: measured(language) for language in Language}
    sentences = {
        language: {
            "look_alikes": honest(LOOKALIKES[language], language),
            "unseen": honest(UNSEEN_HONEST[language], language),
        }
        for language in Language
    }
    if options.json:
        report = {
            language.value: {
                "kinds": {kind: asdict(row) for kind, row in rows[language].items()},
                "honest": {name: asdict(found) for name, found in sentences[language].items()},
            }
            for language in Language
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        _print_table(rows)
        _print_honest(sentences)
        if options.missed:
            _print_missed(rows)
    return 1 if any(row.unmet for by_kind in rows.values() for row in by_kind.values()) else 0


def _print_table(rows: dict[Language, dict[str, Row]]) -> None:
    print("| kind | recognised, en | recognised, zh | tried | releases of unmet tiers | brought a volunteered fact |")
    print("|---|---|---|---|---|---|")
    known, total = Row(), Row()
    per_language = {language: Row() for language in Language}
    for kind in [*(kind.value for kind in Kind), UNSEEN]:
        both = Row()
        for language in Language:
            both.add(rows[language][kind])
            if kind not in {UNSEEN, Kind.DUMP_QUESTIONS.value}:
                per_language[language].add(rows[language][kind])
        en, zh = (f"{rows[each][kind].recognised} of {rows[each][kind].attempts}" for each in Language)
        print(f"| `{kind}` | {en} | {zh} | {both.tried:,} | {both.unmet} | {both.volunteered} |")
        total.add(both)
        known.add(both if kind not in {UNSEEN, Kind.DUMP_QUESTIONS.value} else Row())
    shares = (f"{row.recognised / row.attempts:.0%}" for row in per_language.values())
    counts = f"{known.tried:,} | {known.unmet} | {known.volunteered}"
    print(f"| **all but questions and unseen** | {' | '.join(shares)} | {counts} |")
    print(f"| **everything** | | | {total.tried:,} | {total.unmet} | {total.volunteered} |")


def _print_honest(sentences: dict[Language, dict[str, Honest]]) -> None:
    print("\n| honest sentences | taken for probes, en | taken for probes, zh |")
    print("|---|---|---|")
    for name in ("look_alikes", "unseen"):
        en, zh = (sentences[each][name] for each in Language)
        print(
            f"| {name} | {len(en.taken_for_probes)} of {en.sentences} | {len(zh.taken_for_probes)} of {zh.sentences} |"
        )


def _print_missed(rows: dict[Language, dict[str, Row]]) -> None:
    print("\nNot recognised:")
    for language, by_kind in rows.items():
        for kind, row in by_kind.items():
            if kind != Kind.DUMP_QUESTIONS.value:
                for text in row.not_recognised:
                    print(f"{language.value} {kind}: {text if len(text) < 120 else text[:119] + '…'}")


if __name__ == "__main__":
    sys.exit(main())
