"""The wheel: it ships the content, and works from wherever it is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installed wheel, as far as Python can tell: its files alone, away from the checkout."""
    out = tmp_path_factory.mktemp("wheel")
    wheel = Path(next(iter(WheelBuilder(str(ROOT)).build(directory=str(out), versions=["standard"]))))
    target = out / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def clinsim(site: Path, cwd: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    return subprocess.run(
        [sys.executable, "-m", "simulator", *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_wheel_ships_every_scenario_persona_rubric_and_lexicon(unpacked: Path) -> None:
    for kind in ("scenarios", "personas", "rubrics"):
        shipped = {path.name for path in (unpacked / "simulator" / "_content" / kind).iterdir()}
        assert shipped == {path.name for path in (ROOT / kind).glob("*.yaml")}
    lexicon = {path.name for path in (unpacked / "simulator" / "dialogue" / "lexicon").iterdir()}
    assert lexicon == {path.name for path in (ROOT / "simulator" / "dialogue" / "lexicon").iterdir()}
    assert {"concepts.yaml", "phrases.yaml", "speech.yaml", "topics.yaml", "names.yaml", "guarding.yaml"} <= lexicon
    assert (unpacked / "simulator" / "models" / "reference" / "extraction.yaml").exists()
    assert (unpacked / "simulator" / "py.typed").exists()


def test_an_installed_wheel_finds_its_content_from_any_folder(unpacked: Path, tmp_path: Path) -> None:
    listed = clinsim(unpacked, tmp_path, "list", "--json")
    assert listed.returncode == 0, listed.stderr
    assert len(json.loads(listed.stdout)["scenarios"]) == len(list((ROOT / "scenarios").glob("*.yaml")))


def test_an_installed_wheel_plays_and_scores(unpacked: Path, tmp_path: Path) -> None:
    played = clinsim(
        unpacked, tmp_path, "run", "chest-tightness-triage", "--subject", "ref:exemplar", "--language", "en",
        "--personas-per-scenario", "1", "--runs", "here", "--json",
    )  # fmt: skip
    assert played.returncode == 0, played.stderr
    assert json.loads(played.stdout)["subjects"]["ref:exemplar"]["n_dialogues"] == 1
    assert (tmp_path / "here").is_dir()


def test_the_constraints_name_packages_and_versions_only() -> None:
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#") or line.count("==") == 1, line
        assert "/" not in line or line.startswith("#"), line
