"""Reading the answers of different servers."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.models.subject import ReplyStatus, Usage
from tests.models.conftest import HELLO, OpenModel
from tests.models.fake_server import FakeServer, Reply, chat, reply

OK, EMPTY, CUT_OFF, REFUSED = ReplyStatus.OK, ReplyStatus.EMPTY, ReplyStatus.CUT_OFF, ReplyStatus.REFUSED


@pytest.mark.parametrize(
    ("answer", "text", "status", "reasoning"),
    [
        (chat("Drink."), "Drink.", OK, None),
        (chat("Drink.", reasoning_content="hm"), "Drink.", OK, "hm"),
        (chat("Drink.", reasoning="hm"), "Drink.", OK, "hm"),
        (chat("Drink.", reasoning={"effort": "low"}), "Drink.", OK, None),
        (chat("<think>hm</think>Drink."), "Drink.", OK, "hm"),
        (chat("hm\n</think>\n\nDrink."), "Drink.", OK, "hm"),
        (chat(None), "", EMPTY, None),
        (chat(" \n\t "), "", EMPTY, None),
        (chat("<think>hm</think>"), "", EMPTY, "hm"),
        (chat("", finish_reason="length"), "", EMPTY, None),
        (chat("Drink plen", finish_reason="length"), "Drink plen", CUT_OFF, None),
        (chat("<think>hm, this is", finish_reason="length"), "", CUT_OFF, "hm, this is"),
        (chat(None, reasoning_content="hm, this is", finish_reason="length"), "", CUT_OFF, "hm, this is"),
        (chat(None, refusal="I cannot help."), "I cannot help.", REFUSED, None),
        (chat("", finish_reason="content_filter"), "", REFUSED, None),
        (chat("Take 40", finish_reason="content_filter"), "Take 40", REFUSED, None),
        (chat("Drink.", refusal=None, tool_calls=[]), "Drink.", OK, None),
        (
            chat(
                [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "Drink."}]
            ),  # type: ignore[arg-type]
            "Drink.",
            OK,
            "hm",
        ),
    ],
)
async def test_status_text_and_reasoning(
    server: FakeServer, open_model: OpenModel, answer: Reply, text: str, status: ReplyStatus, reasoning: str | None
) -> None:
    server.enqueue(answer)
    completion = await open_model().complete(HELLO, key="k")
    assert (completion.text, completion.status, completion.reasoning) == (text, status, reasoning)


async def test_an_answer_cut_off_while_a_model_thought_unseen_is_cut_off(
    server: FakeServer, open_model: OpenModel
) -> None:
    usage = {"prompt_tokens": 9, "completion_tokens": 64, "completion_tokens_details": {"reasoning_tokens": 64}}
    server.enqueue(chat("", finish_reason="length", usage=usage))
    assert (await open_model().complete(HELLO, key="k")).status is CUT_OFF


@pytest.mark.parametrize(
    "usage",
    [
        None,
        {},
        {"prompt_tokens": 3},
        {"prompt_tokens": "3", "completion_tokens": 1},
        {"prompt_tokens": -1, "completion_tokens": 1},
    ],
)
async def test_usage_that_is_missing_or_nonsense_is_none(
    server: FakeServer, open_model: OpenModel, usage: dict[str, Any] | None
) -> None:
    server.enqueue(chat("Drink.", usage=usage))
    model = open_model()
    assert (await model.complete(HELLO, key="k")).usage is None
    assert model.tally.calls_without_usage == 1


async def test_usage_and_the_reported_model_are_kept(server: FakeServer, open_model: OpenModel) -> None:
    server.enqueue(chat("Drink.", model="fake-model-2026-01", usage={"prompt_tokens": 3, "completion_tokens": 4}))
    completion = await open_model().complete(HELLO, key="k")
    assert completion.model == "fake-model-2026-01"
    assert completion.usage is not None
    assert completion.usage == Usage(3, 4, completion.usage.seconds)


async def test_half_a_surrogate_pair_does_not_reach_the_journal(server: FakeServer, open_model: OpenModel) -> None:
    server.enqueue(chat("ok \ud83d", reasoning_content="\udc00 hm"))
    completion = await open_model().complete(HELLO, key="k")
    assert (completion.text, completion.reasoning) == ("ok \ufffd", "\ufffd hm")


async def test_a_minimal_answer_suffices(server: FakeServer, open_model: OpenModel) -> None:
    server.enqueue(reply({"choices": [{"message": {"content": "Drink."}}]}))
    completion = await open_model().complete(HELLO, key="k")
    assert (completion.text, completion.status, completion.model) == ("Drink.", OK, "fake-model")
