from __future__ import annotations

import pytest

from simulator.judging.family import same_family


@pytest.mark.parametrize(
    ("subject", "judge"),
    [
        ("openai:gpt-4o", "openai:gpt-5-mini"),
        ("openai:o3-mini", "openai:gpt-5"),
        ("openai:openai/gpt-oss-120b", "openai:o4-mini"),
        ("openai:claude-sonnet-4", "openai:anthropic/claude-opus-4"),
        ("openai:gemini-2.5-pro", "openai:google/medgemma-27b"),
        ("openai:deepseek-chat", "openai:deepseek-ai/DeepSeek-V3"),
        ("openai:qwen3:8b", "openai:QwQ-32B"),
        ("openai:DeepSeek-R1-Distill-Qwen-7B", "openai:qwen-max"),
        ("openai:DeepSeek-R1-Distill-Qwen-7B", "openai:deepseek-reasoner"),
        ("openai:moonshot-v1-8k", "openai:kimi-k2"),
        ("openai:chatglm3-6b", "openai:zai-org/GLM-4.5"),
        ("openai:meta-llama/Llama-3.1-8B", "openai:codellama-7b"),
        ("openai:mixtral-8x7b", "openai:Ministral-8B"),
        ("openai:01-ai/Yi-34B", "openai:yi-large"),
        ("openai:doubao-pro-32k", "openai:doubao-seed-1.6"),
        ("local:smollm2", "local:/models/SmolLM2-360M.gguf"),
        ("openai:nobody-knows-7b", "openai:nobody-knows-7b@http://127.0.0.1:1/v1"),
    ],
)
def test_models_of_one_family_are_seen_as_such_both_ways(subject: str, judge: str) -> None:
    assert same_family(subject, judge)
    assert same_family(judge, subject)


@pytest.mark.parametrize(
    ("subject", "judge"),
    [
        ("openai:gpt-4o", "openai:claude-sonnet-4"),
        ("openai:qwen3", "openai:gpt-5"),
        ("openai:qwen3@http://gpt-box:8000/v1", "openai:gpt-5"),
        ("openai:ollama/qwen3", "openai:llama3"),
        ("local:weights/llama/smollm2.gguf", "openai:llama-3"),
        ("openai:phi-4", "openai:delphi-2"),
        ("openai:yi-large", "openai:tianyi-2"),
        ("openai:nobody-knows-7b", "openai:unheard-of-7b"),
        ("ref:careless", "ref:careless"),
        ("ref:exemplar", "openai:gpt-5"),
    ],
)
def test_models_of_different_families_and_reference_subjects_are_not(subject: str, judge: str) -> None:
    assert not same_family(subject, judge)
    assert not same_family(judge, subject)
