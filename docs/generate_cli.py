"""Writes docs/cli.md from the command line itself: `python docs/generate_cli.py`. A test holds the page to it."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from simulator import errors
from simulator.cli.main import app

PAGE = Path(__file__).with_name("cli.md")
_WIDTH = 100
_TREE_LINE = re.compile(r"^[│├└─ ]*(?P<name>[A-Z]\w+) +(?:exit code +)?(?P<code>\d+) *(?P<meaning>.*)$", re.M)

_HEAD = """\
# The command line

<!-- Written by docs/generate_cli.py. Change the verbs, or that script, and run it again. -->

`clinsim` (or `python -m simulator`) has one verb for each thing that is done with cases and runs. What they have in
common:

- Data goes to stdout, everything else (progress, warnings, errors, the place of the results) to stderr.
- With `--json` a verb prints the same content as JSON, with the keys of [results.md](results.md). Rates are fractions
  from 0 to 1, times seconds, money US dollars. Where nothing was measured there is `null`, never a zero.
- A progress bar appears only where stderr is a terminal; nothing ever waits for an answer where stdin is none.
- Runs lie in `runs/` under the current folder, or where `--runs` or `CLINSIM_RUNS` says. A run is named by its id, by
  the beginning of its id, or by its folder.
- Keys of endpoints come from the environment (`OPENAI_API_KEY`, or the variable that `--api-key-env` names). They are
  stored nowhere. An address with a password or a query in it is refused, since it would be.

"""

_CODES = """\
## Exit codes

| code | error | meaning |
|---|---|---|
| 0 | | everything that was asked for was done |
"""

_TAIL = """
Errors with the same code as the kind above them are the finer kinds of it. An error is told on stderr in three parts:
what happened, where, and, after an arrow, what to do:

```
error: runs/20261123-004501-3f9a – stopped with 12 of 200 dialogues done
  → continue with: clinsim run --resume runs/20261123-004501-3f9a
```

An error with code 1 that names a Python exception is a defect of the program: `CLINSIM_TRACEBACK=1` shows where it
happened.

## Stopping and going on

Ctrl-C and SIGTERM stop a run within a moment; it ends with 130. What was stored stays: every finished dialogue, and
every answer of an endpoint, each committed before anything uses it. `clinsim run --resume RUN` goes on from there, also
after `kill -9`, a full disk or a lost connection: finished dialogues are not played again, and the answers that the run
holds are replayed from its journal instead of being paid for again. Only a call whose answer was on its way at the
moment of a kill is made anew, with the same idempotency key: at most one for each dialogue that was being played.

A resumed run keeps its plan, its models and its judge. `--concurrency`, `--timeout`, `--retries`, `--price` and
`--token-budget` may be given anew and hold from then on; any other option beside `--resume` is refused.
"""


def page() -> str:
    """The whole page, the same for the same command line."""
    verbs = [command.name or "" for command in app.registered_commands]
    parts = [_HEAD, "## The verbs\n\n", _block(_help()), "\n"]
    for verb in verbs:
        parts += [f"### clinsim {verb}\n\n", _block(_help(verb)), "\n"]
    return "".join([*parts, _CODES, *_code_rows(), _TAIL])


def _help(*words: str) -> str:
    ran = CliRunner().invoke(
        app, [*words, "--help"], prog_name="clinsim", terminal_width=_WIDTH, max_content_width=_WIDTH,
        env={"CLINSIM_RUNS": None},
    )  # fmt: skip
    return "\n".join(line.rstrip() for line in ran.stdout.splitlines())


def _block(text: str) -> str:
    return f"```\n{text.strip()}\n```\n"


def _code_rows() -> list[str]:
    """A row for each kind of error, from the tree in the docstring of simulator.errors."""
    found = list(_TREE_LINE.finditer(errors.__doc__ or ""))
    for line in found:
        assert getattr(errors, line["name"]).exit_code == int(line["code"]), f"{line['name']} in the tree"
    return [f"| {line['code']} | {line['name']} | {line['meaning'] or 'anything else'} |\n" for line in found]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
