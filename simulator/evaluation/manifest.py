"""What a run is made of: enough to play it again, and to know what must not be compared."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator

from simulator.judging.asking import CallMode, PanelRule
from simulator.judging.panel import panel_name
from simulator.models.endpoint import DEFAULT_RETRIES
from simulator.models.sources import subject_name
from simulator.text.language import Language


class Settings(BaseModel):
    """What was asked for on the command line; the names of keys' variables, never a key. A resume may change some."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subjects: tuple[str, ...]
    judges: tuple[str, ...] = ()
    """Who judges what no check decides; two or more are a panel, none leaves it unscored."""
    judge_calls: CallMode = CallMode.RUBRIC
    panel_rule: PanelRule = PanelRule.UNANIMOUS
    """What a critical criterion needs of a panel."""
    base_url: str | None = None
    """The address that subjects without one of their own use; None: the environment's, or OpenAI's."""
    judge_base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    judge_api_key_env: str = "OPENAI_API_KEY"
    voice: str | None = None
    """The model that rewords what the counterparts say; None: scripted words alone."""
    voice_base_url: str | None = None
    voice_api_key_env: str = "OPENAI_API_KEY"
    listener: str | None = None
    """The model that hears the subjects after the rules; None: the rules alone."""
    listener_base_url: str | None = None
    listener_api_key_env: str = "OPENAI_API_KEY"
    seed: int = 0
    epochs: int = 1
    concurrency: int = 8
    max_turns: int | None = None
    """Turns of the subject after which a dialogue is cut; None: what each scenario says."""
    temperature: float | None = None
    max_tokens: int | None = None
    timeout_s: float = 120.0
    """Seconds for one attempt at a call."""
    max_retries: int = DEFAULT_RETRIES
    """Attempts after the first one, where a call fails in a way that may pass."""
    price: tuple[float, float] | None = None
    """US dollars per million prompt and completion tokens of the subjects; None: not known."""
    max_total_tokens: int | None = None
    """Tokens that the run may use in all; None: no limit."""

    @model_validator(mode="before")
    @classmethod
    def _one_judge_of_old(cls, given: object) -> object:
        """Runs made before there were panels name one `judge`, or None."""
        if isinstance(given, dict) and "judge" in given:
            given = dict(given)
            judge = given.pop("judge")
            given.setdefault("judges", [judge] if judge else [])
        return given

    @property
    def judge(self) -> str | None:
        """The judge's name as verdicts and reports carry it, a panel's members joined; None: nobody judges."""
        return panel_name([subject_name(judge) for judge in self.judges]) or None


class ContentHash(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    """`scenario`, `persona` or `rubric`."""
    id: str
    sha256: str


class Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    run_id: str
    created: str
    """UTC, ISO 8601."""
    version: str
    """Of this software."""
    python: str
    settings: Settings
    languages: tuple[Language, ...]
    content: tuple[ContentHash, ...]
    """Everything that was used, by hash; the texts themselves are stored in the run as well."""
    review: dict[str, str]
    """Scenario id → review status; every report repeats it."""
    adaptations: tuple[str, ...] = ()
    """What was asked for and not sent, since an endpoint does not take it (a seed, a temperature): a line each."""
