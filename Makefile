# Clawband. `make` prints the menu. Works with GNU make 3.81 and newer.
#
#   make up PYTHON=python3.12        another Python (3.11 or newer)
#   make test PYTEST_ARGS="-k merkle" arguments for pytest
#   make test CHROMIUM=/path/to/it   a browser that is not on PATH

PYTHON ?= python3
PYTEST_ARGS ?=
ARGS ?=
BIN := .venv/bin
UV := .venv-lock/bin/uv
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help up test check lint fmt golden bench setup setup-up python lock clean

help: ## print this menu
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

up: setup-up ## set up and run Clawband, the console and a guarded gateway; Ctrl-C stops all of it
	@$(BIN)/clawband up $(ARGS)

test: setup ## every test: unit, contract, property, end-to-end with a real gateway, plugin
	@failed=0; \
	$(BIN)/python -m pytest -n auto --dist loadfile -m "not e2e" $(PYTEST_ARGS) || [ $$? -eq 5 ] || failed=1; \
	$(BIN)/python -m pytest -n 2 --dist loadfile -m e2e $(PYTEST_ARGS) || [ $$? -eq 5 ] || failed=1; \
	exit $$failed

check: lint ## lint, types, layers and the fast tests, in less than two minutes
	@$(BIN)/python -m pytest -q -n auto --dist loadfile -m "not slow" --ignore=tests/e2e $(PYTEST_ARGS)

lint: setup ## style, types and layer contracts, no tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy src tests $(wildcard benchmarks examples)
	@$(BIN)/lint-imports

fmt: setup ## format the code and apply the safe fixes
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

golden: setup ## write the golden outputs anew; read the diff before you commit it
	@CLAWBAND_WRITE_GOLDEN=1 $(BIN)/python -m pytest -q -m golden $(PYTEST_ARGS)

bench: setup ## run every benchmark and print its table
	@for program in benchmarks/[a-z]*.py; do echo; echo "== $$program"; $(BIN)/python $$program || exit 1; done
	@for folder in benchmarks/*/__main__.py; do name=benchmarks.$$(basename $$(dirname $$folder)); \
		echo; echo "== $$name"; $(BIN)/python -m $$name || exit 1; done

setup: python ## set up everything that tests and development need
	@$(PYTHON) requirements/install.py dev

setup-up: python
	@$(PYTHON) requirements/install.py runtime sample

python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "set-up: error: no \`$(PYTHON)\` on this machine" >&2; \
		echo "set-up: install Python 3.11 or newer, or name yours: make PYTHON=python3.12 ..." >&2; \
		exit 1; }

lock: python ## write the hashed locks anew from pyproject.toml (UPGRADE=--upgrade for newer releases)
	@test -x $(UV) || $(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/lock.txt
	@$(COMPILE) $(UPGRADE) --group dev pyproject.toml -o requirements/dev.txt
	@$(COMPILE) -c requirements/dev.txt --group build pyproject.toml -o requirements/runtime.txt
	@$(COMPILE) -c requirements/dev.txt --group sample -o requirements/sample.txt
	@$(COMPILE) -c requirements/dev.txt --group agentdojo pyproject.toml -o requirements/agentdojo.txt
	@$(COMPILE) $(UPGRADE) --group lock -o requirements/lock.txt
	@echo "locks written; look at the diff: git diff requirements"

clean: ## remove what make and the tools made; your data in var/ stays
	@rm -rf .venv .venv-lock .venv-agentdojo dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
