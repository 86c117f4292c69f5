from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import EndpointFailed
from simulator.models.endpoint_subject import SILENCE, EndpointSource, EndpointSubject, chat_of
from simulator.models.messages import ChatRole
from simulator.models.subject import Message, ReplyStatus, Speaker, SubjectReply, SubjectRequest
from simulator.text.language import Language
from tests.models.conftest import MemoryJournal, OpenModel
from tests.models.fake_server import FakeServer, chat, error

PATIENT, SUBJECT = Speaker.COUNTERPART, Speaker.SUBJECT


def request(*messages: Message, brief: str = "You are a nurse.") -> SubjectRequest:
    return SubjectRequest(brief, messages, Language.EN, turn=1 + len(messages) // 2, key="d1/subject/1", seed=11)


async def test_the_subject_sees_its_brief_and_the_dialogue(server: FakeServer, open_model: OpenModel) -> None:
    server.enqueue(chat("How long?", reasoning_content="must ask"))
    reply = await EndpointSubject(open_model()).reply(
        request(Message(PATIENT, "My head hurts."), Message(SUBJECT, "Where?"), Message(PATIENT, "All over."))
    )
    assert reply == SubjectReply("How long?", ReplyStatus.OK, "must ask")
    assert server.requests[0].body["messages"] == [
        {"role": "system", "content": "You are a nurse."},
        {"role": "user", "content": "My head hurts."},
        {"role": "assistant", "content": "Where?"},
        {"role": "user", "content": "All over."},
    ]
    assert server.requests[0].body["seed"] == 11


async def test_reasoning_is_never_sent_back(server: FakeServer, open_model: OpenModel) -> None:
    server.enqueue(chat("<think>secret</think>Where?"))
    subject = EndpointSubject(open_model())
    first = await subject.reply(request(Message(PATIENT, "Hello.")))
    await subject.reply(request(Message(PATIENT, "Hello."), Message(SUBJECT, first.text), Message(PATIENT, "Here.")))
    assert b"secret" not in server.requests[1].raw


def test_a_silent_turn_is_sent_as_an_ellipsis() -> None:
    sent = chat_of(request(Message(PATIENT, "Hello."), Message(SUBJECT, " \n"), Message(PATIENT, "Well?")))
    assert [(each.role, each.content) for each in sent[1:]] == [
        (ChatRole.USER, "Hello."),
        (ChatRole.ASSISTANT, SILENCE),
        (ChatRole.USER, "Well?"),
    ]


def test_without_a_brief_there_is_no_system_message() -> None:
    assert chat_of(request(Message(PATIENT, "Hello."), brief=" "))[0].role is ChatRole.USER


@given(st.lists(st.builds(Message, st.sampled_from(Speaker), st.text(max_size=5)), max_size=8))
def test_no_message_is_lost_or_empty(messages: list[Message]) -> None:
    sent = chat_of(request(*messages))[1:]
    assert [each.role is ChatRole.ASSISTANT for each in sent] == [each.speaker is SUBJECT for each in messages]
    assert all(each.content.strip() for each in sent)


async def test_the_request_key_is_the_journals(server: FakeServer, open_model: OpenModel) -> None:
    journal = MemoryJournal()
    await EndpointSubject(open_model(journal=journal)).reply(request(Message(PATIENT, "Hello.")))
    assert journal.recorded == ["d1/subject/1"]


async def test_a_failure_reaches_the_dialogue_as_an_endpoint_error(server: FakeServer, open_model: OpenModel) -> None:
    server.respond = lambda request: error(500)
    with pytest.raises(EndpointFailed):
        await EndpointSubject(open_model(max_retries=0)).reply(request(Message(PATIENT, "Hello.")))


async def test_a_source_has_a_name_a_tally_and_closes_its_model(server: FakeServer, open_model: OpenModel) -> None:
    model = open_model()
    source = EndpointSource(model, name="openai:fake-model")
    assert source.name == "openai:fake-model"
    assert await source.preflight() is None
    assert source.tally is model.tally
    await source.aclose()
    await source.aclose()
