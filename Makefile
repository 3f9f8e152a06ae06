# Everything a newcomer needs. `make demo` shows it working, `make help` lists the rest.

PYTHON ?= python3
BIN := .venv/bin
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --extra build
BENCHMARKS := $(subst /,.,$(basename $(shell grep -l __main__ benchmarks/*.py)))

KILLS := 200
JOBS := 60
SEED := 1
MINUTES := 30

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev torch up demo test chaos fuzz check bench matrix rivals lock

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

setup: .venv/.installed-run ## Install what the service needs into .venv

setup-dev: .venv/.installed-dev ## Install what tests and checks need too
	@$(MAKE) --no-print-directory .venv/.installed-torch

torch: setup ## Install torch, which the engine simswap needs
	@$(MAKE) --no-print-directory .venv/.installed-torch

.venv/.installed-%: requirements/%.txt requirements/uv.txt scripts/install.sh scripts/pip_settings.sh pyproject.toml
	@PYTHON="$(PYTHON)" scripts/install.sh $*
	@touch $@

.venv/.installed-torch: scripts/torch.sh scripts/pip_settings.sh
	@scripts/torch.sh
	@touch $@

up: setup ## Run the whole service; Ctrl-C stops it
	@$(BIN)/visage up

demo: setup ## Put one face into one video, through the whole service
	@$(BIN)/visage demo

# Tests start hundreds of processes: none shall compile what another has compiled, whatever the environment says.
test: setup-dev ## Run every test, those in a real browser too where Chromium can be had
	@scripts/chromium.sh
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n auto

chaos: setup-dev ## Kill parts of a loaded service at random, and audit what is left: KILLS=200 JOBS=60 SEED=1
	@$(BIN)/python -m tests.chaos --kills $(KILLS) --jobs $(JOBS) --seed $(SEED)

fuzz: setup-dev ## Mutate real files, and try each on all that parses uploads: MINUTES=30 SEED=1
	@$(BIN)/python -m tests.fuzz --minutes $(MINUTES) --seed $(SEED) --out tests/corpus

check: setup-dev ## Style, types, and who may import whom
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: setup-dev ## Measure; the figures are printed
	@for bench in $(BENCHMARKS); do echo "== $$bench"; $(BIN)/python -m $$bench || exit 1; done

matrix: setup-dev ## Compare every kind of upload with its result, in minutes; writes docs/exactness.md
	@$(BIN)/python -m benchmarks.exactness --json --markdown docs/exactness.md >/dev/null

rivals: setup-dev ## Install Celery, RabbitMQ and Redis, so that `make bench` can measure against them
	@scripts/rivals.sh

lock: setup ## Pin the newest dependencies that pyproject.toml allows, with their hashes
	@$(LOCK) -o requirements/run.txt
	@$(LOCK) --extra dev --constraint requirements/run.txt -o requirements/dev.txt
	@$(LOCK) --extra rivals --constraint requirements/dev.txt -o requirements/rivals.txt
	@grep '^uv==' requirements/uv.txt | cut -d' ' -f1 | $(BIN)/uv pip compile - --quiet --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate -o requirements/uv.txt
