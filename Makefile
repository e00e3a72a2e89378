# Every target does its own set-up: a fresh clone needs nothing but Python 3.11 or newer and make.
SHELL := /bin/bash
PYTHON ?= python3
READY := .venv/.ready
# One more than there are cores: tests of kills, locks and the true pace wait for a good part of their time.
WORKERS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))

.PHONY: demo test soak fuzz lint format bench docs types types-diff limits lock clean

demo:
	@PYTHON=$(PYTHON) tools/demo.sh

test:
	@PYTHON=$(PYTHON) tools/setup.sh --with-engine
	.venv/bin/python -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS)

# The engine tier with azkeep on the oldest supported pulumi and azure-native; `make test` runs its main job on them.
test-oldest:
	@PYTHON=$(PYTHON) tools/setup.sh --with-engine
	AZKEEP_PAIR=oldest .venv/bin/python -m pytest -n $(WORKERS) --dist worksteal tests/engine $(PYTEST_ARGS)

lint: $(READY)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

format: $(READY)
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

bench:
	@PYTHON=$(PYTHON) tools/setup.sh --with-engine
	.venv/bin/python bench/preview.py $(BENCH_ARGS)
	.venv/bin/python bench/check.py
	.venv/bin/python bench/audit.py
	.venv/bin/python bench/emulator.py

# The recovery campaign: as many runs are killed as KILLS says, every other one in a cloud with faults, and as many meet
# faults alone as FIRES says, from the seed in SEED on; each case shows its seed.
KILLS ?= 200
FIRES ?= 200
SEED ?= 0
soak:
	@PYTHON=$(PYTHON) tools/setup.sh --with-engine
	AZKEEP_KILLS=$(KILLS) AZKEEP_FIRES=$(FIRES) AZKEEP_FIRST_SEED=$(SEED) .venv/bin/python -m pytest tests/engine/test_kills.py \
	  -n $(WORKERS) --dist worksteal --verbose $(PYTEST_ARGS)

# Requests that nobody would think of, from those in tests/fuzz/corpus on; what breaks the cloud is kept in .fuzz/.
FUZZ_SECONDS ?= 300
fuzz: $(READY)
	.venv/bin/uv pip install --quiet --python .venv/bin/python --group fuzz
	mkdir -p .fuzz/found
	.venv/bin/python -m tests.fuzz.front -max_total_time=$(FUZZ_SECONDS) -dict=tests/fuzz/words.dict \
	  -artifact_prefix=.fuzz/ .fuzz/found tests/fuzz/corpus

# The references: of commands from their own help, of policies from the rules, of the local cloud from types and tests.
docs: $(READY)
	.venv/bin/python tools/reference.py
	.venv/bin/python tools/policy_reference.py
	.venv/bin/python tools/local_cloud_reference.py

# The property trees that azkeep.types reads, from the installed azure-native.
types: $(READY)
	.venv/bin/python tools/schemas.py

# What an upgrade of azure-native would change in them; writes nothing.
types-diff: $(READY)
	.venv/bin/python tools/schemas.py --diff

# The limits of numbers and texts that `make types` puts into the trees, from the clients that tools/limits.py names.
limits: $(READY)
	.venv/bin/python tools/limits.py

# Exact versions for every supported Python, from the ranges in pyproject.toml; then the same with the oldest supported
# pair of pulumi and azure-native, which tests/engine/test_oldest_pair.py runs; then the newest Azure CLI, which
# tests/contract/az drives.
COMPILE = .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate
lock: $(READY)
	$(COMPILE) --upgrade --group dev pyproject.toml --output-file requirements.lock
	$(COMPILE) --upgrade --resolution lowest-direct --extra crossguard --output-file requirements-oldest.lock pyproject.toml \
	  --constraint <(sed -nE '/^pulumi(-azure-native)?==/d; s/^([a-z][^\]*) \\$$/\1/p' requirements.lock)
	$(COMPILE) --upgrade --python-version 3.11 --output-file tests/contract/az/requirements-az.lock - <<< azure-cli

$(READY): requirements.lock pyproject.toml
	@PYTHON=$(PYTHON) tools/setup.sh

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache dist build
