"""The options that name models and their endpoints: who is tested, who judges, who helps the counterpart."""

from __future__ import annotations

from typing import Annotated

import typer

from simulator.judging.asking import CallMode, PanelRule

SubjectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--subject", "-s", metavar="WHO",
        help="Who is tested: openai:MODEL (any OpenAI-compatible endpoint), local:smollm2, local:FILE.gguf or "
        "ref:NAME. Repeat it for several. Without it: the five reference subjects.",
    ),
]  # fmt: skip
JudgeOption = Annotated[
    list[str] | None,
    typer.Option(
        "--judge", metavar="MODEL",
        help="Judges what no check decides: openai:MODEL, local:… or learned:FOLDER. Repeat it for a panel. None: "
        "unscored.",
    ),
]  # fmt: skip
JudgeCallsOption = Annotated[
    CallMode,
    typer.Option("--judge-calls", help="Ask a judge model once for each rubric, or once for each criterion."),
]
PanelOption = Annotated[
    PanelRule,
    typer.Option("--panel", help="What a critical criterion needs of a panel; any other needs a majority."),
]
BaseUrlOption = Annotated[
    str | None,
    typer.Option(
        "--base-url", metavar="URL", help="The endpoint of openai: subjects, such as http://127.0.0.1:8000/v1."
    ),
]
JudgeUrlOption = Annotated[
    str | None,
    typer.Option("--judge-base-url", metavar="URL", help="The judge's endpoint; without it that of the subjects."),
]
KeyEnvOption = Annotated[
    str,
    typer.Option("--api-key-env", metavar="VARIABLE", help="The environment variable that holds the subjects' key."),
]
JudgeKeyEnvOption = Annotated[
    str | None,
    typer.Option(
        "--judge-api-key-env", metavar="VARIABLE", help="The variable with the judge's key; else that of the subjects."
    ),
]
VoiceOption = Annotated[
    str | None,
    typer.Option(
        "--voice", metavar="MODEL",
        help="Rewords what the counterparts say, guarded: openai:MODEL or local:…. None: scripted words.",
    ),
]  # fmt: skip
VoiceUrlOption = Annotated[
    str | None,
    typer.Option("--voice-base-url", metavar="URL", help="The voice's endpoint; without it that of the subjects."),
]
VoiceKeyEnvOption = Annotated[
    str | None,
    typer.Option(
        "--voice-api-key-env", metavar="VARIABLE", help="The variable with the voice's key; else that of the subjects."
    ),
]
ListenerOption = Annotated[
    str | None,
    typer.Option(
        "--listener", metavar="MODEL",
        help="Hears the subjects after the rules, within their gates: openai:MODEL or local:…. None: the rules alone.",
    ),
]  # fmt: skip
ListenerUrlOption = Annotated[
    str | None,
    typer.Option(
        "--listener-base-url", metavar="URL", help="The listener's endpoint; without it that of the subjects."
    ),
]
ListenerKeyEnvOption = Annotated[
    str | None,
    typer.Option(
        "--listener-api-key-env", metavar="VARIABLE",
        help="The variable with the listener's key; else that of the subjects.",
    ),
]  # fmt: skip
