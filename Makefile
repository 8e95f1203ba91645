# Two commands: `make run` and `make test`. Everything is written below this folder.
SHELL := /bin/bash

# python3 if it is new enough, else the newest of the versions known to work.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2
PYTEST_FLAGS ?= -n $(JOBS) --dist loadfile
SWEEP ?= sweeps/label_noise.toml
OUT ?= results/$(basename $(notdir $(SWEEP)))

export PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
export MPLCONFIGDIR ?= $(CURDIR)/.cache/matplotlib
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run theory test coverage check format bench clean

help: ## list the targets
	@grep -hE '^[a-z]+:.* ## ' $(MAKEFILE_LIST) | sed -E 's/:.* ## /\t/' | expand -t 12

run: export JAX_COMPILATION_CACHE_DIR ?= $(CURDIR)/.cache/jax
run: $(VENV)/.installed ## run the label-noise sweep and build its report
	$(BIN)/jaxuim run $(SWEEP) --out $(OUT)
	@test -f $(OUT)/report.html
	@echo "Open the report in a browser: $(CURDIR)/$(OUT)/report.html"

theory: export JAX_COMPILATION_CACHE_DIR ?= $(CURDIR)/.cache/jax
theory: $(VENV)/.installed ## hold every theory against simulation (ten minutes; THEORY=--quick: one)
	$(BIN)/python -m theory $(THEORY)

test: $(VENV)/.installed-test ## run every test and every docstring example
	$(BIN)/python -P -m pytest $(PYTEST_FLAGS)

coverage: $(VENV)/.installed-test ## run the tests in one process and list the lines they missed
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report --show-missing --skip-covered

check: $(VENV)/.installed-test ## run ruff, mypy and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --config setup.cfg

format: $(VENV)/.installed-test ## let ruff sort imports and format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.installed-bench ## time the engine beside PyTorch and plain JAX (half an hour)
	$(BIN)/python -m benchmarks.throughput

clean: ## remove the environment, caches and build outputs; results stay
	rm -rf $(VENV) .cache build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache \
		.import_linter_cache .hypothesis

# The stamps are older than pyproject.toml exactly when an install is due.
$(VENV)/bin/pip:
	@test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "jaxuim needs Python 3.11 or newer; '$(PYTHON)' is not: set PYTHON=/path/to/python." >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' \
		|| { echo "$(PYTHON) cannot make environments: install its venv package (python3-venv)." >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	@echo "Installing jaxuim and what it needs into $(VENV), once: about 1 GB, a minute or two."

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --editable '.[test]'
	@touch $@ $(VENV)/.installed

$(VENV)/.installed-bench: pyproject.toml benchmarks/requirements.txt | $(VENV)/bin/pip
	$(BIN)/pip install --quiet --editable . --requirement benchmarks/requirements.txt
	@touch $@ $(VENV)/.installed
