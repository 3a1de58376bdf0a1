.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

# Another interpreter, beside the first:  make test PYTHON=python3.13 VENV=.venv-3.13
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
export PYTHON

.PHONY: help setup check test golden generate demo bench

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.developer ## make .venv with everything a developer needs
	@echo "ready: $(BIN)/aipol"

check: $(VENV)/.developer ## format, lint, types, architecture: the quick gate
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	scripts/pyright $(VENV)
	$(BIN)/pytest -q tests/architecture

test: $(VENV)/.developer ## every test; ARGS="-k jamf" narrows it; as root installs engines first
	@scripts/engines
	$(BIN)/pytest -n auto --dist loadgroup $(ARGS)

golden: $(VENV)/.developer ## rewrite the expected outputs; then read git diff
	$(BIN)/pytest -n auto --dist loadgroup --update-golden $(ARGS)

generate: $(VENV)/.aipol ## compile the example policy into generated/, write its schema
	scripts/generate $(VENV)

demo: $(VENV)/.aipol ## compile the example policy into .demo/ and show what came out
	$(BIN)/aipol compile --out .demo policy/ai-usage.yaml

bench: $(VENV)/.developer ## measure what a person waits for, against the budgets
	$(BIN)/python scripts/bench.py $(ARGS)

# The install also derives the quick form of the catalogue, so an edited entry needs it again.
CATALOGUE := $(wildcard policy/catalogue/*.yaml)

# The stamps: a second run installs nothing. Two steps, so that the demo waits only for what it needs.

$(VENV)/.aipol: requirements/run.txt pyproject.toml hatch_build.py scripts/make-venv $(CATALOGUE)
	@scripts/make-venv $(VENV)
	$(PIP) install --quiet --require-hashes -r requirements/run.txt
	$(PIP) install --quiet --no-build-isolation --no-deps --editable .
	@touch $@

$(VENV)/.developer: $(VENV)/.aipol requirements/dev.txt
	$(PIP) install --quiet --require-hashes -r requirements/dev.txt
	@touch $@
