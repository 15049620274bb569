# Everyday commands for those who work on smtui. CONTRIBUTING.md explains them.

PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.PHONY: test check fix long snapshots pictures docs bench

.venv: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e '.[test]'
	touch .venv

test: .venv
	$(BIN)/pytest $(ARGS)

check: .venv
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: .venv
	$(BIN)/ruff check --fix .

long: .venv
	$(BIN)/pytest -m long $(ARGS)

snapshots: .venv
	$(BIN)/pytest --snapshot-update tests/tui $(ARGS)

pictures: .venv
	$(BIN)/pip install -q -e '.[test,pictures]'
	$(BIN)/python screenshots/take.py

docs: .venv
	$(BIN)/python -m tests.doc_tables

bench: .venv
	$(BIN)/pip install -q -e '.[test,bench]'
	$(BIN)/python -m benchmarks.all --short
	$(BIN)/python -m benchmarks.policy
