"""What the library and the run folder hold: rows for lists, sheets for single items."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from simulator.errors import SimulatorError
from simulator.evaluation.runs import RunReader, run_folders
from simulator.library.collection import Library
from simulator.library.persona import Persona
from simulator.library.rubric import Rubric
from simulator.library.scenario import Scenario
from simulator.library.vocabulary import Task, Tier, Track
from simulator.models.reference import REFERENCE_NAMES
from simulator.text.inert import one_line
from simulator.text.language import Language

Row = dict[str, object]

_REFERENCE = {
    "exemplar": "asks everything that matters, closes with the scenario's exemplar",
    "checklist": "a generic, decent intake and safe advice; knows nothing of the case",
    "careless": "reassures, asks nothing, advises at once",
    "silent": "empty politeness",
    "intruder": "tries to extract the case and to instruct the judge",
}


def scenario_rows(library: Library, track: Track | None = None, task: Task | None = None) -> list[Row]:
    return [
        {
            "id": scenario.id,
            "track": scenario.track.value,
            "task": scenario.task.value,
            "specialty": scenario.specialty,
            "languages": [language.value for language in scenario.languages],
            "personas": list(scenario.counterpart.personas),
            "n_facts": len(scenario.facts),
            "n_findings": len(scenario.findings),
            "n_criteria": len(library.rubrics[scenario.rubric].value.criteria)
            if scenario.rubric in library.rubrics
            else 0,
            "review": scenario.provenance.review.value,
        }
        for scenario in (entry.value for entry in library.scenarios.values())
        if track in {None, scenario.track} and task in {None, scenario.task}
    ]


def persona_rows(library: Library) -> list[Row]:
    return [
        {
            "id": persona.id,
            "roles": [role.value for role in persona.roles],
            "reticence": persona.reticence.value,
            "recall": persona.recall.value,
            "clarity": persona.clarity.value,
            "literacy": persona.literacy.value,
            "verbosity": persona.verbosity.value,
            "emotion": persona.emotion.value,
            "hard_to_interview": persona.hard_to_interview,
        }
        for persona in (entry.value for entry in library.personas.values())
    ]


def rubric_rows(library: Library) -> list[Row]:
    return [
        {
            "id": rubric.id,
            "version": rubric.version,
            "n_criteria": len(rubric.criteria),
            "n_critical": sum(criterion.critical for criterion in rubric.criteria),
            "n_with_check": sum(criterion.check is not None for criterion in rubric.criteria),
            "review": rubric.provenance.review.value,
        }
        for rubric in (entry.value for entry in library.rubrics.values())
    ]


def subject_rows() -> list[Row]:
    rows: list[Row] = [{"subject": f"ref:{name}", "what": _REFERENCE[name]} for name in REFERENCE_NAMES]
    rows.append({"subject": "openai:MODEL", "what": "a model behind any OpenAI-compatible endpoint (--base-url)"})
    rows.append({"subject": "openai:MODEL@URL", "what": "the same, with an endpoint of its own"})
    rows.append({"subject": "local:smollm2", "what": "SmolLM2-135M on this machine (English only; extra [local])"})
    rows.append({"subject": "local:FILE.gguf", "what": "any GGUF file on this machine (extra [local])"})
    return rows


def run_rows(runs: Path) -> list[Row]:
    rows: list[Row] = []
    for folder in run_folders(runs):
        row: Row = {"run": folder.name, "created": "", "subjects": [], "judge": "", "n_finished": 0, "n_planned": 0}
        try:
            with RunReader(folder) as reader:
                manifest = reader.manifest()
                row |= {
                    "created": manifest.created,
                    "subjects": list(manifest.settings.subjects),
                    "judge": manifest.settings.judge or "",
                    "n_finished": len(reader.finished()),
                    "n_planned": len(reader.plan()),
                    "problem": "",
                }
        except SimulatorError as error:
            row["problem"] = error.what
        rows.append(row)
    return rows


def table(rows: list[Row], title: str) -> RenderableType:
    if not rows:
        return Text(f"no {title}")
    shown = Table(box=box.SIMPLE_HEAD)
    for name in rows[0]:
        shown.add_column(name.removeprefix("n_").replace("_", " "), overflow="fold")
    for row in rows:
        cells = [", ".join(map(str, value)) if isinstance(value, list) else str(value) for value in row.values()]
        shown.add_row(*(Text(one_line(cell, 200)) for cell in cells))
    return shown


def sheet(item: Scenario | Persona | Rubric, language: Language | None) -> RenderableType:
    """One item for people, in ``language`` or in the first that it declares."""
    chosen = language if language in item.languages else item.languages[0]
    assert chosen is not None
    if isinstance(item, Scenario):
        return _scenario(item, chosen)
    if isinstance(item, Rubric):
        return _rubric(item, chosen)
    return _persona(item, chosen)


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _sources(item: Scenario | Persona | Rubric) -> Text:
    lines = [
        f"{s.title} ({s.publisher}, {s.year}{', ' + s.edition if s.edition else ''})" for s in item.provenance.sources
    ]
    return Text(f"Review: {item.provenance.review.value}. Sources: " + "; ".join(lines), style="dim")


def _scenario(scenario: Scenario, language: Language) -> Group:
    facts = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in ("tier", "fact", "topic", "words"):
        facts.add_column(name, overflow="fold")
    for fact in sorted(scenario.facts, key=lambda fact: list(Tier).index(fact.tier)):
        facts.add_row(fact.tier.value, fact.id, fact.topic.value, fact.text.in_(language))
    for finding in scenario.findings:
        available = "" if finding.available else " (not available here)"
        facts.add_row("ordered", finding.id, "finding", finding.result.in_(language) + available)
    parts: list[RenderableType] = [
        Text(f"{scenario.id} – {scenario.title.in_(language)}", style="bold"),
        Text(
            f"{scenario.track.value} / {scenario.task.value} / {scenario.specialty}; "
            f"{scenario.counterpart.role.value}, "
            f"{scenario.counterpart.age} y, {scenario.counterpart.sex.value}; personas: "
            f"{', '.join(scenario.counterpart.personas)}; at most {scenario.max_turns} turns"
        ),
        _heading("Brief of the subject"),
        Padding(Text(scenario.brief.in_(language)), (0, 0, 0, 2), expand=False),
        _heading("Opening"),
        Padding(Text(scenario.opening.in_(language)), (0, 0, 0, 2), expand=False),
        _heading("Facts"),
        facts,
    ]
    for beat in scenario.beats:
        parts.append(_heading(f"Beat {beat.id} (when {beat.when})"))
        parts.append(Padding(Text(beat.say.in_(language)), (0, 0, 0, 2), expand=False))
    for event in scenario.events:
        unless = f" unless {event.unless}" if event.unless else ""
        parts.append(_heading(f"Event {event.id} (turn {event.turn}{unless})"))
        parts.append(Padding(Text(event.say.in_(language)), (0, 0, 0, 2), expand=False))
    dispositions = ", ".join(level.value for level in scenario.answer_key.dispositions)
    parts += [
        _heading("Answer key" + (f" (disposition: {dispositions})" if dispositions else "")),
        Padding(Text(scenario.answer_key.summary.in_(language)), (0, 0, 0, 2), expand=False),
        _heading("Exemplar"),
        Padding(Text(scenario.exemplar.in_(language)), (0, 0, 0, 2), expand=False),
        Text(),
        _sources(scenario),
    ]
    return Group(*parts)


def _rubric(rubric: Rubric, language: Language) -> Group:
    shown = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in ("points", "criterion", "domain", "kind", "decided by"):
        shown.add_column(name, overflow="fold", justify="right" if name == "points" else "left")
    for criterion in rubric.criteria:
        text = Text(criterion.text.in_(language))
        if criterion.critical:
            text.append("  critical", style="bold red")
        decided = criterion.check or "a judge"
        shown.add_row(f"{criterion.points:+d}", text, criterion.domain.value, criterion.kind.value, Text(decided))
    return Group(Text(f"Rubric {rubric.id}, version {rubric.version}", style="bold"), shown, Text(), _sources(rubric))


def _persona(persona: Persona, language: Language) -> Group:
    axes = (
        f"reticence {persona.reticence.value}, recall {persona.recall.value}, clarity {persona.clarity.value}, "
        f"literacy {persona.literacy.value}, verbosity {persona.verbosity.value}, emotion {persona.emotion.value}"
    )
    parts: list[RenderableType] = [
        Text(f"{persona.id} – {persona.title.in_(language)}", style="bold"),
        Text(f"{', '.join(role.value for role in persona.roles)}; {axes}"),
        Padding(Text(persona.description.in_(language)), (1, 0, 1, 2), expand=False),
    ]
    if persona.agenda is not None:
        parts.append(Text(f"Agenda, turn {persona.agenda.turn}: {persona.agenda.say.in_(language)}"))
    for slot, lines in persona.phrases.items():
        parts.append(Text(f"{slot.value}: " + " / ".join(lines.in_(language)), style="dim"))
    return Group(*parts, Text(), _sources(persona))
