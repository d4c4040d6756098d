# `make help` lists the targets. Every target sets up what it needs: Python 3.11 or later and make are enough.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The newest Python from 3.11 on; `make PYTHON=/path/to/python …` names another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v "$$p"; break; }; done)
VENV := .venv
# The newest released Python that the lock files have wheels for; pyenv's are not on the PATH.
NEWEST ?= $(shell for p in python3.14 python3.13 python3.12 "$$HOME"/.pyenv/versions/3.14.*/bin/python "$$HOME"/.pyenv/versions/3.13.*/bin/python; do \
	"$$p" -c 'import ensurepip, venv' 2>/dev/null && { command -v "$$p"; break; }; done)
# What needs neither a server, a browser nor minutes.
FAST := tests/papers tests/delivery tests/translation tests/replica tests/crawler/test_parsers_golden.py tests/indexer --ignore=tests/indexer/elasticsearch --ignore=tests/translation/test_cluster.py
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Without compiling: a third faster, 60 MB less; Python compiles what is imported.
LOCKED := install --no-compile --no-deps --require-hashes --requirement
DEMO ?=
BENCH ?=
TESTS ?=
SLOW ?=
# The optional packages of pyproject.toml; each has a lock file of its own.
EXTRAS := cluster mcp zotero
# Without network, disk or clock: their floor is higher.
PURE := papers/*,crawler/parsers/*,indexer/query/*,delivery/*,translation/spans/*,translation/judge/*

.PHONY: help install dev demo test coverage newest faults mutants check lint types imports bench lock clean

help: ## what each target is for
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.installed ## Paperglot and what it runs on, into .venv
dev: $(VENV)/.dev ## the same, and what tests, lint, types and benchmarks need

demo: $(VENV)/.installed ## crawl a stand-in for arXiv and Hugging Face, then search it on http://127.0.0.1:8000 (DEMO="--no-serve" ends before the page)
	@$(BIN)/paperglot demo --data .demo $(DEMO)

test: $(VENV)/.dev check ## lint, types, the import contract and the tests (SLOW=1 runs the slow ones, too; TESTS="-k name" picks some)
	@PAPERGLOT_TEST_SLOW=$(SLOW) $(BIN)/python -m pytest -n auto --dist worksteal $(TESTS)

coverage: $(VENV)/.dev ## how many lines and branches all tests reach, and whether it is below the floor
	@PAPERGLOT_TEST_SLOW=1 $(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report= --cov-fail-under=0 $(TESTS)
	@$(BIN)/coverage report --include="$(PURE)" --fail-under=97 --skip-covered
	@$(BIN)/coverage report --skip-covered

newest: ## the fast part of the tests on the newest Python that there is, in .venv-newest (NEWEST=/path/to/python names another)
	@[ -n "$(NEWEST)" ] || { echo "There is no newer Python on this machine: name one with 'make newest NEWEST=/path/to/python'." >&2; exit 1; }
	@$(MAKE) --silent dev VENV=.venv-newest PYTHON="$(NEWEST)"
	@.venv-newest/bin/python -m pytest -n auto --dist worksteal --cov --cov-report= --cov-fail-under=0 $(FAST)
	@.venv-newest/bin/coverage report --include="$(PURE)" --fail-under=95 --format=total

.PHONY: newest-python
newest-python:
	@echo "$(NEWEST)"

check: lint types imports ## lint, types and the import contract, without the tests
lint: $(VENV)/.dev ## ruff
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet .
types: $(VENV)/.dev ## mypy, strict
	@$(BIN)/mypy --no-error-summary
imports: $(VENV)/.dev ## import-linter: which package may import which
	@$(BIN)/lint-imports >$(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

faults: $(VENV)/.dev ## kills, hostile requests and records, damaged files, full disks (FAULTS=long, KIND="kills")
	@$(BIN)/python -m faults $(KIND)

mutants: $(VENV)/.dev ## small changes to the code that tests must notice
	@$(BIN)/python -m faults.mutants

bench: $(VENV)/.dev ## speed, as ratios against bare libraries in one run (BENCH="search" picks one)
	@$(BIN)/python -m benchmarks $(BENCH)

lock: $(VENV)/.dev ## resolve pyproject.toml anew into the lock files
	@$(PIP) install uv
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --upgrade \
		--group build pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
		--group build --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	@for extra in $(EXTRAS); do \
		$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header \
			--extra $$extra -c requirements-dev.lock $$(sed -n 's/^\([a-z0-9.-]*\)==.*/--no-emit-package \1/p' requirements.lock) \
			pyproject.toml -o requirements-$$extra.lock && \
		sed -i.bak '/^# The following packages/,$$d' requirements-$$extra.lock && rm requirements-$$extra.lock.bak || exit 1; \
	done

clean: ## remove .venv, the demo's data and every cache
	rm -rf $(VENV) .venv-newest .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.created:
	@[ -n "$(PYTHON)" ] || { echo "Paperglot needs Python 3.11 or later: install it, or name it with 'make PYTHON=/path/to/python'." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: install its venv package (on Debian: apt install python3-venv)." >&2; exit 1; }
	@echo "Setting up .venv with $(PYTHON)"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@touch $@

$(VENV)/.installed: requirements.lock pyproject.toml $(VENV)/.created
	@echo "Installing what requirements.lock names (about 400 MB)"
	@$(PIP) $(LOCKED) requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the tools that requirements-dev.lock names"
	@$(PIP) $(LOCKED) requirements-dev.lock
	@touch $@
