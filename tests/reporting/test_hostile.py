"""The subject's words are hostile: in a terminal they are letters and nothing else. Asserted on the bytes."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Invoke, Ran, clinsim, small
from tests.models.fake_server import FakeServer, chat, error

__all__ = ["clinsim", "small"]

ATTACKS = {
    "colour": "\x1b[31mred\x1b[0m",
    "clear": "\x1b[2J\x1b[H",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "c1": "\x9b31mred\x9d0;owned\x9c",
    "bidi": "\u202edrowssap\u2066\u2069\u200f",
    "hidden": "a\u200bb\ufeffc\u2060d\U000e0041",
    "markup": "[red]red[/] [link=http://evil.example]x[/link] [bold",
    "nul": "a\0b\x08\x08\x7f",
    "return": "pass\rfail",
    "lines": "a\u2028b\u2029c\x0bd\x0ce\x85f",
}
FORBIDDEN = [
    *(bytes([code]) for code in range(0x20) if code != 0x0A),
    b"\x7f",
    *(chr(code).encode() for code in (*range(0x80, 0xA0), 0x200B, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)),
    *(chr(code).encode() for code in (0x2028, 0x2029, 0xE0041)),
]  # fmt: skip


def assert_inert(*ran: Ran) -> None:
    for each in ran:
        for raw in (each.raw, each.raw_err):
            for sequence in FORBIDDEN:
                assert sequence not in raw, (sequence, raw[max(0, raw.find(sequence) - 60) :][:120])


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_what_a_subject_says_is_shown_and_does_nothing(clinsim: Invoke, server: FakeServer, attack: str) -> None:
    server.respond = lambda request: chat(f"Does it spread to the arm? {attack}", reasoning_content=attack)
    ran = clinsim("run", "--subject", "openai:fake-model", "--base-url", server.base_url, "--max-turns", "2")
    assert ran.code == 0, ran.err
    shown = clinsim("transcript", "--log", "--reasoning")
    assert_inert(ran, shown, clinsim("report"), clinsim("list", "runs"))
    assert "Does it spread to the arm?" in shown.out
    if "[" in attack and "\x1b" not in attack:
        assert attack in shown.out, "markup is shown as it was written"
    as_json = clinsim("transcript", "--json")
    assert_inert(as_json)
    assert as_json.json[0]["record"]["subject_turns"][0]["text"].endswith(attack.strip()), "and a program gets it all"


@pytest.mark.parametrize("attack", [*ATTACKS.values(), "x" * 500], ids=[*ATTACKS.keys(), "long"])
def test_the_name_of_a_model_does_nothing_either(clinsim: Invoke, server: FakeServer, attack: str) -> None:
    if "\0" in attack:
        attack = attack.replace("\0", "")  # no command line holds one
    server.models = None
    server.respond = lambda request: chat("Call 999. [END]")
    subject = f"openai:{attack}"
    ran = clinsim("run", "--subject", subject, "--base-url", server.base_url)
    assert ran.code == 0, ran.err
    assert_inert(ran, clinsim("report"), clinsim("transcript"), clinsim("list", "runs"), clinsim("report", "--json"))
    assert list(clinsim("report", "--json").json["subjects"]) == [subject.strip()]
    assert len(clinsim("transcript", "--subject", subject, "--json").json) == 4


def test_what_a_server_says_in_an_error_or_a_list_of_models_does_nothing(clinsim: Invoke, server: FakeServer) -> None:
    attack = "".join(ATTACKS.values())
    words = ["run", "--subject", "openai:fake-model", "--base-url", server.base_url, "--retries", "0"]
    server.models = [attack]
    server.respond = lambda request: chat("Call 999. [END]")
    warned = clinsim(*words)
    assert "warning: " in warned.err
    server.respond = lambda request: error(500, attack)
    failed = clinsim(*words)
    server.respond = lambda request: error(404, attack)
    refused = clinsim(*words)
    assert (warned.code, failed.code, refused.code) == (0, 7, 4)
    assert_inert(warned, failed, refused)


def test_a_line_of_a_megabyte_is_shown_in_seconds(clinsim: Invoke, server: FakeServer) -> None:
    line = "spread " * 150_000
    server.respond = lambda request: chat(line)
    options = ["--max-turns", "1", "--language", "en", "--persona", "plain"]
    began = time.monotonic()
    ran = clinsim("run", "--subject", "openai:fake-model", "--base-url", server.base_url, *options)
    assert ran.code == 0, ran.err
    shown = clinsim("transcript", "--log")
    assert shown.out.count("spread") >= 150_000
    assert len(clinsim("report").raw) < 10_000
    assert json.loads(clinsim("transcript", "--json").raw)[0]["record"]["subject_turns"][0]["text"] == line.strip()
    assert time.monotonic() - began < 30


def test_a_line_without_a_space_is_shown_too(clinsim: Invoke, server: FakeServer, runs: Path) -> None:
    server.respond = lambda request: chat("x" * 300_000)
    words = ["run", "--subject", "openai:fake-model", "--base-url", server.base_url, "--max-turns", "1", "-l", "en"]
    assert clinsim(*words, "--persona", "plain").code == 0
    assert clinsim("transcript").out.count("x") >= 300_000
