"""`ref:silent`: empty politeness, turn after turn."""

from __future__ import annotations

from simulator.models.reference.scene import Scene
from simulator.models.subject import SubjectRequest
from simulator.text.language import Language

_LINES = {
    Language.EN: ("I see. Thank you for telling me.", "Thank you, I appreciate that.", "Of course. Thank you."),
    Language.ZH: ("好的，谢谢您告诉我。", "嗯，我知道了，谢谢。", "好的，谢谢。"),
}


def silent_reply(scene: Scene, request: SubjectRequest) -> str:
    lines = _LINES[scene.language]
    return lines[(request.turn - 1) % len(lines)]
