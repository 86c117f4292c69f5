"""Everything that can go wrong, in one tree.

SimulatorError                 exit code 1
├── UsageError                 2   the command line asks for something that cannot be
├── LibraryError               3   a scenario, persona or rubric file is wrong
│   └── UnknownIdError         3   an id that nothing in the library carries
├── EndpointError              4   a model endpoint cannot be used
│   ├── EndpointUnreachable    4   nothing answers at that address
│   ├── EndpointRejected       4   it answers, and refuses (unknown model, bad request)
│   ├── MissingKeyError        4   the key is absent from the environment, or not accepted
│   └── EndpointFailed         4   it timed out or failed after every retry
├── StoreError                 5   a run folder cannot be read or written
│   ├── DiskFullError          5   no room left; what was stored stays readable
│   └── RunNotFoundError       5   no run of that name
├── MissingExtraError          6   an optional dependency is not installed
├── IncompleteRunError         7   the run ended with dialogues that could not be played or judged
└── InterruptedRunError      130   stopped by the user; it can be resumed

Every error says what happened, where, and what to do. The CLI prints these three on stderr, without a traceback, and
exits with the code above (also in docs/cli.md).
"""

from __future__ import annotations

from typing import ClassVar


class SimulatorError(Exception):
    """The root. ``what`` happened, ``where`` (a file:line:column, an endpoint, a run) and what to do (``fix``)."""

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str | None = None, fix: str | None = None) -> None:
        self.what = what
        self.where = where
        self.fix = fix
        super().__init__(self.render())

    def render(self) -> str:
        """The whole error as plain text: ``where – what`` and, on a line of its own, what to do."""
        head = f"{self.where} – {self.what}" if self.where else self.what
        return f"{head}\n  → {self.fix}" if self.fix else head


class UsageError(SimulatorError):
    exit_code = 2


class LibraryError(SimulatorError):
    """One or more files of the library are wrong; ``problems`` holds a rendered line for each."""

    exit_code = 3

    def __init__(
        self, what: str, *, where: str | None = None, fix: str | None = None, problems: tuple[str, ...] = ()
    ) -> None:
        self.problems = problems
        super().__init__(what, where=where, fix=fix)

    def render(self) -> str:
        return "\n".join([super().render(), *self.problems])


class UnknownIdError(LibraryError):
    pass


class EndpointError(SimulatorError):
    exit_code = 4


class EndpointUnreachable(EndpointError):
    pass


class EndpointRejected(EndpointError):
    pass


class MissingKeyError(EndpointError):
    pass


class EndpointFailed(EndpointError):
    pass


class StoreError(SimulatorError):
    exit_code = 5


class DiskFullError(StoreError):
    pass


class RunNotFoundError(StoreError):
    pass


_TARGETS = {"local": "local", "judge": "setup", "train": "training"}
"""Extra → what `make` calls its installation in a checkout."""


class MissingExtraError(SimulatorError):
    exit_code = 6

    def __init__(self, extra: str, *, needed_for: str, then: str = "") -> None:
        """``then``: a further command that the extra alone does not cover."""
        install = f"pip install 'clinsim[{extra}]'" + (f" && {then}" if then else "")
        super().__init__(
            f"{needed_for} needs the optional dependencies [{extra}], which are not installed",
            fix=f"{install}  (in a checkout: make {_TARGETS.get(extra, extra)})",
        )


class IncompleteRunError(SimulatorError):
    exit_code = 7


class InterruptedRunError(SimulatorError):
    exit_code = 130
