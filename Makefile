# Periderm's own commands. `make help` lists them. Everything works with Debian's Python 3.11 and without questions.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .cache/make
ARGS ?=
# Tests that load the sensor or start containers share one kernel and one podman: they run after the others, alone.
JOBS ?= 2
# How much `make fuzz` tries: damaged inputs of each format, and examples of each property.
ROUNDS ?= 20000
EXAMPLES ?= 1500

BPF_SOURCES := $(wildcard bpf/*.c bpf/*.h) tools/build_bpf.py
WEB_SOURCES := $(shell find web -name node_modules -prune -o -type f -print 2>/dev/null) $(wildcard tools/build_assets.py)
TESTED_TOOLS := src tests tools bench

.PHONY: help run test check fuzz bench build wheel docs lock clean debian-run debian-test python-run python-dev \
	node check-lint check-format check-types check-web check-imports check-docs

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

run: build ## Install what is missing, then watch this machine with the sample (ARGS=--once: exit after the incident)
	@$(BIN)/periderm up --sample $(ARGS)

test: debian-test python-dev build ## Run all tests; what this machine cannot run is skipped and counted with its reason
	@status=0; \
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m "not root and not container" $(ARGS) || status=$$?; \
	echo "test: now those that share the kernel and podman, one after the other"; \
	$(BIN)/python -m pytest -m "root or container" $(ARGS) || status=$$?; \
	exit $$status

check: python-dev ## Lint, types, import contracts, and the docs' own tests; all of them, whichever fails
	@$(MAKE) -k check-lint check-format check-types check-web check-imports check-docs
	@echo "check: all hold"

check-lint:
	@echo "check: lint"; $(BIN)/ruff check --quiet $(TESTED_TOOLS)

check-format:
	@echo "check: format"; $(BIN)/ruff format --check --quiet $(TESTED_TOOLS)

check-types:
	@echo "check: types"; $(BIN)/mypy

check-web: node
	@echo "check: types of the islands"; $(BIN)/python tools/build_assets.py --types

check-imports:
	@echo "check: imports"; PYTHONPATH=. $(BIN)/lint-imports --no-logo

check-docs:
	@echo "check: docs and rooms"; $(BIN)/python -m pytest tests/docs tests/test_rooms.py tests/test_words.py $(ARGS)

fuzz: python-dev ## Run the property tests of every format with many more examples (ROUNDS=, EXAMPLES=)
	@PERIDERM_FUZZ=$(EXAMPLES) PERIDERM_FUZZ_ROUNDS=$(ROUNDS) $(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not root and not container and not browser" $(wildcard tests/formats tests/algorithms tests/fuzz) $(ARGS)

bench: debian-test python-dev build ## Print the benchmarks: sensor, scan, ingest, agent, latency (ARGS=scan: only that one)
	@$(BIN)/python tools/bench.py $(ARGS)

build: python-run $(STAMPS)/bpf $(STAMPS)/assets ## Build the kernel program and the console's assets

wheel: python-dev build ## Build a wheel with the kernel program and the assets inside, into dist/
	@rm -rf dist build
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist . >$(STAMPS)/wheel.log 2>&1 || { cat $(STAMPS)/wheel.log; exit 1; }
	@$(BIN)/python tools/wheel.py dist

docs: python-dev ## Write the generated reference pages (docs/reference) again
	@$(BIN)/python tools/docs.py

lock: ## Compute the locked requirements again (needs uv on the PATH, or UV=…)
	@tools/lock.sh

clean: ## Remove what was built and installed here; Debian packages and the product's state stay
	@rm -rf $(VENV) .cache build dist src/*.egg-info src/periderm/adapters/bpf/*.o src/periderm/console/static/built
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@echo "clean: done"

debian-run:
	@$(PYTHON) tools/debian.py run

debian-test:
	@$(PYTHON) tools/debian.py test

# Everything stands on the packages of the first section: without python3-venv there is no environment.
python-run: debian-run
	@$(PYTHON) tools/venv.py $(VENV) requirements/run.txt

python-dev: python-run
	@$(PYTHON) tools/venv.py $(VENV) requirements/dev.txt

# Without a compiler there is no sensor, and everything that needs none goes on: say so, and try again next time.
$(STAMPS)/bpf: $(BPF_SOURCES) | python-run
	@mkdir -p $(STAMPS)
	@if command -v clang >/dev/null; then echo "build: the kernel program"; $(BIN)/python tools/build_bpf.py; touch $@; \
	else echo "build: clang is missing, so there is no kernel sensor; scanning works. apt-get install clang libbpf-dev"; fi

# npm fetches the bundler; a machine without it (and its node) gets both from a locked wheel, root or not.
node: | python-run
	@$(BIN)/python tools/build_assets.py --has-node || $(PYTHON) tools/venv.py $(VENV) requirements/node.txt

$(STAMPS)/assets: $(WEB_SOURCES) | python-run node
	@mkdir -p $(STAMPS)
	@echo "build: the console's assets"; $(BIN)/python tools/build_assets.py; touch $@
