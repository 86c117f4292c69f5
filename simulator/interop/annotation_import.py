"""Filled annotation sheets, read strictly: every fault is named with its row, and nothing is taken over until all
read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.errors import MissingExtraError, UsageError
from simulator.interop.annotation_book import RATE
from simulator.interop.annotation_export import WORDS, BlindingKey
from simulator.judging.annotation import Annotation
from simulator.judging.verdict import Outcome

_MEANINGS = {
    **{word: outcome for words in WORDS.values() for outcome, word in words.items()},
    **{outcome.value: outcome for outcome in Outcome},
    "cannot_tell": Outcome.UNSCORED,
    "n/a": Outcome.NOT_APPLICABLE,
    "true": Outcome.MET,
    "false": Outcome.NOT_MET,
}
_SHOWN_FAULTS = 15
_TURN_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Imported:
    annotations: tuple[Annotation, ...]
    n_rows: int
    n_empty: int
    """Rows without a verdict, which are left as they were."""


def read_sheet(path: Path, key: BlindingKey, annotator: str, *, physician: bool) -> Imported:
    """The annotations of one filled sheet, `.xlsx` or `.jsonl`. Raises UsageError (all faults), MissingExtraError."""
    rows = list(_book_rows(path) if path.suffix.lower() == ".xlsx" else _jsonl_rows(path))
    faults: list[str] = []
    found: dict[str, Annotation] = {}
    n_empty = 0
    for place, row in rows:
        code = _text(row.get("row"))
        if code not in key.rows:
            faults.append(f"{place}: the key knows no row `{code}`" if code else f"{place}: the row has no code")
            continue
        said = " ".join(_text(row.get("verdict")).lower().split())
        if not said:
            n_empty += 1
            continue
        turn = _text(row.get("turn")).removesuffix(".0")
        if said not in _MEANINGS:
            faults.append(f"{place}: “{said[:40]}” is no verdict: yes, no, does not apply or cannot tell")
        elif turn and not (turn.isdecimal() and len(turn) <= _TURN_DIGITS):
            faults.append(f"{place}: “{turn[:20]}” is no turn")
        elif code in found:
            faults.append(f"{place}: row {code} is there twice")
        else:
            origin = key.rows[code]
            found[code] = Annotation(
                dialogue_id=origin.dialogue_id,
                criterion_id=origin.criterion_id,
                rubric_sha256=origin.rubric_sha256,
                annotator=annotator,
                outcome=_MEANINGS[said],
                adjudicates=key.adjudication,
                physician=physician,
                turn=int(turn) if turn else None,
                quote=_text(row.get("quote")),
                note=_text(row.get("note")),
            )
    if not rows:
        faults.append("there is no row to rate in it")
    if faults:
        more = f"\n  … and {len(faults) - _SHOWN_FAULTS} more" if len(faults) > _SHOWN_FAULTS else ""
        listed = "\n  ".join(faults[:_SHOWN_FAULTS])
        raise UsageError(
            f"the sheet does not read, and nothing of it was taken over:\n  {listed}{more}",
            where=str(path),
            fix="mend these rows and import it again",
        )
    return Imported(tuple(found.values()), len(rows), n_empty)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _jsonl_rows(path: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the sheet does not read: {error}", where=str(path)) from None
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"no JSON: {error}", where=f"{path}:{number}") from None
        if not isinstance(value, dict):
            raise UsageError("no JSON object", where=f"{path}:{number}")
        if value.get("kind") == "rating":
            yield f"line {number}", value


def _book_rows(path: Path) -> Iterator[tuple[str, Mapping[str, object]]]:
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("judge", needed_for="reading spreadsheets") from None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = book[RATE]
        sheet.reset_dimensions()  # some programs write a wrong extent
        cells = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    except KeyError:
        raise UsageError(f"the workbook has no sheet “{RATE}”", where=str(path)) from None
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise UsageError(f"the workbook does not read: {error}", where=str(path)) from None
    names = [_text(name).lower() for name in cells[0]] if cells else []
    for wanted in ("row", "verdict"):
        if wanted not in names:
            raise UsageError(f"sheet “{RATE}” has no column “{wanted}”", where=str(path), fix="restore the first row")
    for number, row in enumerate(cells[1:], start=2):
        if any(_text(cell) for cell in row):
            yield f"row {number}", dict(zip(names, row, strict=False))
