"""How judges are asked, as the command line and a run's settings name it."""

from __future__ import annotations

from enum import StrEnum


class CallMode(StrEnum):
    """How a judge model is asked about a dialogue. docs/judging.md has what each costs and how they differ."""

    RUBRIC = "rubric"
    """All that is left in one call; in two where some of it needs the answer key and some does not."""
    CRITERION = "criterion"
    """One call for each criterion: dearer, and no criterion's answer can colour another's."""


class PanelRule(StrEnum):
    """What a critical criterion needs. Any other needs a majority."""

    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
