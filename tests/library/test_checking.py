"""Each design rule finds what it is there for, at its line, and stays silent otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.library.breach import BreachSeverity, RuleBreach
from simulator.library.checking import CHECKS, check_library, has_errors
from simulator.library.collection import read_library
from tests.library import minimal
from tests.library.minimal import Files, breaches, local, slugs


def only(found: tuple[RuleBreach, ...]) -> RuleBreach:
    assert len(found) == 1, [breach.render() for breach in found]
    return found[0]


def at_place(breach: RuleBreach) -> str:
    """The file from the breach's place on, to the end of that line."""
    return breach.file.read_text(encoding="utf-8").split("\n")[breach.line - 1][breach.column - 1 :]


def test_the_minimal_library_breaks_no_rule(tmp_path: Path) -> None:
    assert breaches(tmp_path, lambda files: None) == ()


def test_every_check_says_what_it_demands() -> None:
    assert all(check.__doc__ for check in CHECKS)


def test_a_breach_is_one_line_that_an_editor_can_jump_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    breach = only(breaches(tmp_path, lambda files: files.scenario["facts"][1]["text"].pop("zh")))
    assert breach.render() == (
        f"scenarios/chest-pain.yaml:{breach.line}:{breach.column} facts[1].text – error text-missing:"
        " no text in `zh` – add `zh:`"
    )
    assert breach.why == "a dialogue in that language would have nothing to say here"


def test_breaches_come_by_file_and_line(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        del files.scenario["exemplar"]["zh"]
        del files.scenario["opening"]["zh"]
        del files.rubric["criteria"][0]["text"]["en"]
        files.plain["agenda"] = {"turn": 2, "say": {"en": "I am in a hurry."}}

    found = breaches(tmp_path, change)
    assert [breach.path for breach in found] == ["agenda.say", "criteria[0].text", "opening", "exemplar"]


def first_criterion(files: Files) -> minimal.Data:
    return files.rubric["criteria"][0]  # type: ignore[no-any-return]


def fact(files: Files, index: int = 1) -> minimal.Data:
    return files.scenario["facts"][index]  # type: ignore[no-any-return]


def beat(files: Files) -> minimal.Data:
    return files.scenario["beats"][0]  # type: ignore[no-any-return]


# Texts


def test_text_in_a_language_that_is_not_declared_is_a_warning(tmp_path: Path) -> None:
    found = breaches(tmp_path, lambda files: files.guarded.update(languages=["en"]))
    warnings = [breach for breach in found if breach.rule == "text-undeclared"]
    assert {breach.path for breach in warnings} == {"title.zh", "description.zh", "phrases.filler.zh"}
    assert not has_errors(tuple(warnings))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda files: fact(files)["ask"].pop("zh"), "facts[1].ask"),
        (lambda files: fact(files, 2).pop("ask"), "facts[2].ask"),
        (lambda files: files.scenario["findings"][0]["names"].pop("en"), "findings[0].names"),
        (lambda files: beat(files)["answered_by"].pop("zh"), "beats[0].answered_by"),
        (lambda files: files.scenario["answer_key"]["diagnosis"].pop("zh"), "answer_key.diagnosis"),
        (lambda files: files.scenario["answer_key"].update(must_not_miss={"en": ["x"]}), "answer_key.must_not_miss"),
    ],
)
def test_a_list_that_is_needed_has_entries_in_every_language(tmp_path: Path, change: minimal.Change, path: str) -> None:
    assert path in {breach.path for breach in breaches(tmp_path, change) if breach.rule == "list-missing"}


def test_phrases_have_patterns_in_every_language(tmp_path: Path) -> None:
    found = breaches(tmp_path, lambda files: files.rubric["phrases"]["ambulance"]["patterns"].pop("zh"))
    assert "list-missing" in [breach.rule for breach in found]


def test_a_pattern_that_cannot_be_read_is_found_at_its_column(tmp_path: Path) -> None:
    found = breaches(tmp_path, lambda files: fact(files)["ask"]["en"].append("pain (arm"))
    breach = only(tuple(breach for breach in found if breach.rule == "pattern-invalid"))
    assert breach.path == "facts[1].ask.en[2]"
    assert "pain (arm".endswith(at_place(breach))


def test_a_finding_with_a_single_name_is_a_warning(tmp_path: Path) -> None:
    breach = only(
        breaches(tmp_path, lambda files: files.scenario["findings"][0]["names"].update(en=["blood pressure"]))
    )
    assert (breach.rule, breach.severity) == ("few-names", BreachSeverity.WARNING)
    assert (
        slugs(tmp_path, lambda files: files.scenario["findings"][0]["names"].update(en=["(BP|blood pressure)"])) == []
    )


# Facts


def test_an_id_is_used_once_among_facts_and_findings(tmp_path: Path) -> None:
    breach = only(breaches(tmp_path, lambda files: files.scenario["findings"][0].update(id="tightness")))
    assert (breach.rule, breach.path) == ("id-twice", "findings[0].id")
    assert at_place(breach) == "tightness"


def test_an_id_is_used_once_among_beats_and_events(tmp_path: Path) -> None:
    assert slugs(tmp_path, lambda files: files.scenario["events"][0].update(id="drive-myself")) == ["id-twice"]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda files: first_criterion(files).update(fact="arm"), "does not exist"),
        (lambda files: first_criterion(files).update(fact="cause"), "has tier `unknown`"),
        (lambda files: first_criterion(files).update(fact="tightness"), "is told in the opening"),
        (lambda files: first_criterion(files).update(fact="ecg"), "is not available in this scene"),
        (lambda files: fact(files)["question"].pop("zh"), "has no `question` in `zh`"),
        (lambda files: fact(files)["ask"].update(en=[]), "has no `ask` patterns in `en`"),
    ],
)
def test_a_must_ask_criterion_points_at_something_that_asking_brings_out(
    tmp_path: Path, change: minimal.Change, what: str
) -> None:
    found = [breach for breach in breaches(tmp_path, change) if breach.rule == "must-ask-unreachable"]
    breach = only(tuple(found))
    assert what in breach.what
    assert breach.file.parent.name == "rubrics"
    assert breach.path == "criteria[0].fact"


def test_a_must_ask_criterion_may_point_at_an_available_finding(tmp_path: Path) -> None:
    change = {"fact": "blood-pressure", "check": "elicited(blood-pressure)"}
    assert slugs(tmp_path, lambda files: first_criterion(files).update(change)) == []


def test_a_question_meets_a_pattern_of_its_own_fact(tmp_path: Path) -> None:
    breach = only(breaches(tmp_path, lambda files: fact(files)["question"].update(en="Anything else?")))
    assert (breach.rule, breach.path) == ("question-unmatched", "facts[1].question.en")


def test_a_question_reads_as_a_question(tmp_path: Path) -> None:
    assert slugs(tmp_path, lambda files: fact(files)["question"].update(en="It may spread.")) == ["question-not-asking"]


def test_a_fact_that_is_told_on_asking_has_a_question(tmp_path: Path) -> None:
    found = breaches(tmp_path, lambda files: fact(files).pop("question"))
    assert {breach.rule for breach in found} == {"question-missing", "must-ask-unreachable"}


@pytest.mark.parametrize("revealed", ["arm", "cause"])
def test_an_event_reveals_only_facts_that_can_be_told(tmp_path: Path, revealed: str) -> None:
    breach = only(breaches(tmp_path, lambda files: files.scenario["events"][0].update(reveals=[revealed])))
    assert (breach.rule, breach.path) == ("reveals-unknown", "events[0].reveals[0]")


# Leaks


def test_an_opening_that_tells_a_specific_fact_is_an_error(tmp_path: Path) -> None:
    text = local("My chest feels tight and it spreads down my left arm.", "我胸口发闷，还窜到左边胳膊。")
    found = breaches(tmp_path, lambda files: files.scenario.update(opening=text))
    assert [(breach.rule, breach.path) for breach in found] == [
        ("opening-tells", "opening.en"),
        ("opening-tells", "opening.zh"),
    ]


def test_an_opening_that_tells_a_result_is_an_error(tmp_path: Path) -> None:
    text = local("My chest feels tight, and my monitor says 158 over 94.", "我胸口发闷。")
    assert slugs(tmp_path, lambda files: files.scenario.update(opening=text)) == ["opening-tells"]


def test_a_beat_that_tells_a_fact_is_a_warning(tmp_path: Path) -> None:
    text = local("It has spread to my left arm, shall I drive?", "我自己开车去不行吗？")
    breach = only(breaches(tmp_path, lambda files: beat(files).update(say=text)))
    assert (breach.rule, breach.severity, breach.path) == ("line-tells", BreachSeverity.WARNING, "beats[0].say.en")


def test_an_event_may_tell_what_it_declares(tmp_path: Path) -> None:
    text = local("Now it spreads to my left arm.", "现在窜到左边胳膊了。")

    def undeclared(files: Files) -> None:
        files.scenario["events"][0].update(say=text, reveals=[])

    assert slugs(tmp_path, lambda files: files.scenario["events"][0].update(say=text)) == []
    assert slugs(tmp_path, undeclared) == ["line-tells", "line-tells"]


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda files: fact(files, 0).update(text=local("Is it a heart attack?", "我胸口发闷。")), "facts[0].text.en"),
        (lambda files: fact(files).update(vague=local("No heart attack, I hope.", "说不清。")), "facts[1].vague.en"),
        (lambda files: files.scenario["opening"].update(zh="您好，是不是心梗？"), "opening.zh"),
        (lambda files: beat(files)["say"].update(zh="不会是心梗吧？"), "beats[0].say.zh"),
        (lambda files: files.scenario["events"][0]["say"].update(en="A heart attack!"), "events[0].say.en"),
        (
            lambda files: files.plain["phrases"]["filler"].update(en=["Well, ", "Heart attack, "]),
            "phrases.filler.en[1]",
        ),
    ],
)
def test_a_patient_never_names_the_diagnosis(tmp_path: Path, change: minimal.Change, path: str) -> None:
    breach = only(tuple(breach for breach in breaches(tmp_path, change) if breach.rule == "diagnosis-told"))
    assert (breach.severity, breach.path) == (BreachSeverity.ERROR, path)


def test_a_brief_that_names_the_diagnosis_is_a_warning(tmp_path: Path) -> None:
    breach = only(breaches(tmp_path, lambda files: files.scenario["brief"].update(en="Find the heart attack.")))
    assert (breach.rule, breach.severity) == ("diagnosis-hinted", BreachSeverity.WARNING)


# References


def test_a_persona_exists(tmp_path: Path) -> None:
    breach = only(breaches(tmp_path, lambda files: files.scenario["counterpart"].update(personas=["plain", "gaurded"])))
    assert (breach.rule, breach.fix) == ("persona-unknown", "did you mean `guarded`?")
    assert at_place(breach) == "gaurded"


def test_a_persona_suits_the_role(tmp_path: Path) -> None:
    assert slugs(tmp_path, lambda files: files.guarded.update(roles=["clinician"])) == ["persona-unsuited"]


def test_a_persona_speaks_all_the_languages(tmp_path: Path) -> None:
    found = breaches(tmp_path, lambda files: files.guarded.update(languages=["en"]))
    assert "`guarded` does not speak `zh`" in [breach.what for breach in found]


def test_one_persona_is_too_few(tmp_path: Path) -> None:
    for personas in (["plain"], ["plain", "plain"]):
        change = {"personas": personas}
        assert slugs(tmp_path, lambda files, change=change: files.scenario["counterpart"].update(change)) == [
            "few-personas"
        ]


def test_the_rubric_exists_and_none_is_left_over(tmp_path: Path) -> None:
    found = breaches(tmp_path, lambda files: files.scenario.update(rubric="chest-pian"))
    assert [(breach.rule, breach.severity.value) for breach in found] == [
        ("rubric-unused", "warning"),
        ("rubric-unknown", "error"),
    ]


def test_the_rubric_has_every_language_of_the_scenario(tmp_path: Path) -> None:
    assert "rubric-languages" in slugs(tmp_path, lambda files: files.rubric.update(languages=["en"]))


def test_a_patient_facing_case_has_an_acceptable_disposition(tmp_path: Path) -> None:
    assert slugs(tmp_path, lambda files: files.scenario["answer_key"].update(dispositions=[])) == ["no-disposition"]


@pytest.mark.parametrize(
    ("change", "what", "place"),
    [
        (lambda files: beat(files).update(when="closing or told(arm)"), "no fact or finding `arm`", "arm)"),
        (lambda files: beat(files).update(when="ordered(radiation)"), "no finding `radiation`", "radiation)"),
        (lambda files: beat(files).update(when="said(ambulance)"), "`ambulance` is a phrase of a rubric", "ambulance)"),
        (lambda files: files.scenario["events"][0].update(unless="played(x)"), "no beat or event `x`", "x)"),
        (
            lambda files: first_criterion(files).update(check="elicited(radiations)"),
            "no fact or finding",
            "radiations)",
        ),
        (lambda files: first_criterion(files).update(applies="answered(y)"), "no beat `y`", "y)"),
        (lambda files: files.rubric["criteria"][2].update(check="said(call)"), "no phrase `call`", "call)"),
    ],
)
def test_every_id_in_a_condition_exists(tmp_path: Path, change: minimal.Change, what: str, place: str) -> None:
    breach = only(breaches(tmp_path, change))
    assert breach.rule == "condition-id-unknown"
    assert what in breach.what
    assert at_place(breach) == place


@pytest.mark.parametrize(
    ("check", "what"),
    [
        ("elicited(cause)", "`cause` is never told"),
        ("told(ecg)", "`ecg` is not available here"),
        ("answered(worse)", "`worse` is an event, which nothing answers"),
    ],
)
def test_a_condition_asks_for_nothing_that_no_dialogue_can_bring(tmp_path: Path, check: str, what: str) -> None:
    breach = only(breaches(tmp_path, lambda files: files.rubric["criteria"][2].update(check=check)))
    assert (breach.rule, breach.what) == ("condition-never-holds", what)


def test_an_unavailable_finding_can_still_be_ordered(tmp_path: Path) -> None:
    assert slugs(tmp_path, lambda files: files.rubric["criteria"][2].update(check="ordered(ecg)")) == []


# Rubrics


def test_a_critical_criterion_is_decided_by_a_check_or_by_choice(tmp_path: Path) -> None:
    def undecided(files: Files) -> None:
        files.rubric["criteria"][2].update(critical=True, check=None)

    def chosen(files: Files) -> None:
        files.rubric["criteria"][2].update(critical=True, check=None, judge_only=True)

    assert slugs(tmp_path, undecided) == ["critical-undecided"]
    assert slugs(tmp_path, chosen) == []


def test_one_critical_criterion_demands_something(tmp_path: Path) -> None:
    change = {"critical": False}
    assert slugs(tmp_path, lambda files: files.rubric["criteria"][1].update(change)) == ["no-critical-positive"]


def test_both_domains_are_scored(tmp_path: Path) -> None:
    breach = only(breaches(tmp_path, lambda files: first_criterion(files).update(domain="safety")))
    assert (breach.rule, breach.what) == ("domain-missing", "no criterion of domain `usefulness` has positive points")


def test_a_phrase_that_nothing_looks_for_is_a_warning(tmp_path: Path) -> None:
    phrase = {"patterns": {"en": ["aspirin"], "zh": ["阿司匹林"]}}
    breach = only(breaches(tmp_path, lambda files: files.rubric["phrases"].update(aspirin=phrase)))
    assert (breach.rule, breach.severity, breach.path) == ("phrase-unused", BreachSeverity.WARNING, "phrases.aspirin")


def test_a_scored_beat_has_patterns_of_a_good_answer(tmp_path: Path) -> None:
    breach = only(breaches(tmp_path, lambda files: beat(files).pop("answered_by")))
    assert (breach.rule, breach.what) == ("condition-never-holds", "`drive-myself` has no `answered_by`")


def test_the_exemplar_of_a_beat_answers_it_in_each_language(tmp_path: Path) -> None:
    breach = only(breaches(tmp_path, lambda files: beat(files)["exemplar"].update(zh="好的。")))
    assert (breach.rule, breach.path) == ("beat-unanswerable", "beats[0].exemplar.zh")
    assert slugs(tmp_path, lambda files: beat(files).pop("exemplar")) == ["beat-unanswerable"]


def test_an_exemplar_that_lacks_what_must_be_said_is_a_warning(tmp_path: Path) -> None:
    breach = only(breaches(tmp_path, lambda files: files.scenario["exemplar"].update(en="Do not call 999. [END]")))
    assert (breach.rule, breach.severity) == ("exemplar-misses", BreachSeverity.WARNING)
    assert breach.what == "the `en` exemplar of scenario `chest-pain` does not meet `say-ambulance`"


def test_a_must_say_that_depends_on_the_dialogue_is_left_open(tmp_path: Path) -> None:
    def change(files: Files) -> None:
        files.rubric["criteria"][1]["check"] = "(said(ambulance) or elicited(radiation)) and disposition(emergency)"
        files.scenario["exemplar"]["en"] = "Stay calm. [END]"

    assert slugs(tmp_path, change) == []


def test_an_exemplar_that_does_harm_is_a_warning(tmp_path: Path) -> None:
    def change(files: Files, wording: str) -> None:
        files.rubric["phrases"]["driving"] = {"patterns": {"en": ["drive yourself"], "zh": ["自己开车"]}}
        harm = {"id": "drives", "kind": "must_not", "points": -5, "check": "said(driving)"}
        files.rubric["criteria"].append({**files.rubric["criteria"][2], **harm})
        files.scenario["exemplar"]["en"] = f"Call 999 now. {wording} [END]"

    assert slugs(tmp_path, lambda files: change(files, "Then drive yourself in.")) == ["exemplar-harms"]
    assert slugs(tmp_path, lambda files: change(files, "Do not drive yourself.")) == []


def test_checking_a_file_that_has_gone_since_still_answers(tmp_path: Path) -> None:
    library = read_library(
        minimal.write(tmp_path, lambda files: files.scenario["counterpart"].update(personas=["plain"]))
    )
    library.scenarios["chest-pain"].file.unlink()
    breach = only(check_library(library))
    assert (breach.rule, breach.line, breach.column) == ("few-personas", 1, 1)
