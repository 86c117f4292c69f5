"""Where and with what a benchmark ran: without it no number means anything."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("clinsim", "langgraph", "langchain-core", "openai", "httpx2", "pydantic", "regex")
_QUIET_LOAD_PER_CORE = 0.5


@dataclass(frozen=True, slots=True)
class Machine:
    at: str
    """UTC, ISO 8601."""
    cpu: str
    cpu_count: int
    """Cores that this process may use."""
    load_average: tuple[float, float, float]
    """Over 1, 5 and 15 minutes, when this was asked."""
    revision: str | None
    """The commit that was measured, `-dirty` with changes that are in none; None outside a checkout."""
    python: str
    platform: str
    packages: dict[str, str]

    @property
    def busy(self) -> bool:
        """Whether others worked when this was asked: wall times then say little, and CPU times are inflated."""
        return self.load_average[0] > _QUIET_LOAD_PER_CORE * self.cpu_count


def this_machine() -> Machine:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    one, five, fifteen = os.getloadavg()
    return Machine(
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        cpu=_cpu_name(),
        cpu_count=cores,
        load_average=(round(one, 2), round(five, 2), round(fifteen, 2)),
        revision=_revision(),
        python=platform.python_version(),
        platform=platform.platform(terse=True),
        packages={name: found for name in _PACKAGES if (found := _version(name)) is not None},
    )


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _revision() -> str | None:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=10"]
    try:
        found = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return found.stdout.strip() or None


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
