# Everything happens in .venv, with the versions pinned in requirements/. Python 3.11 or newer is all it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SERVICES := $(sort $(patsubst %/,%,$(dir $(wildcard example_services/*/pyproject.toml))))

.DEFAULT_GOAL := help
.PHONY: help demo test lint docs bench wheelhouse template lock clean

help:
	@echo "make demo   import a year of a real home's water readings and show advice"
	@echo "make test   run every test"
	@echo "make lint   types, style and layers"
	@echo "make docs   build the documentation into site/"
	@echo "make wheelhouse  collect the wheels for a hackathon without a network"
	@echo "make bench  measure against peers and write docs/benchmarks.md"

demo: $(VENV)/.run
	@$(BIN)/selfdata demo

test: $(VENV)/.dev
	$(BIN)/pytest -n auto $(TESTS)

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	@# Each service has a package of tests of its own, so each is looked at alone.
	for service in $(SERVICES); do $(BIN)/mypy $$service || exit 1; done

docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py
	$(BIN)/zensical build --strict --clean
	$(BIN)/python docs/check_links.py site

bench: .venv-bench/.bench
	.venv-bench/bin/python -m benchmarks

# WANTED narrows it: make wheelhouse WANTED="--system linux --python 3.12"
wheelhouse: $(VENV)/.run
	$(BIN)/python requirements/wheelhouse.py wheelhouse $(WANTED)

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "selfdata needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml $(SERVICES:%=%/pyproject.toml) | $(VENV)/bin/python
	@echo "Setting up $(VENV) ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e . $(SERVICES:%=-e %)
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

.venv-bench/.bench: requirements/bench.txt pyproject.toml $(SERVICES:%=%/pyproject.toml)
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes -r requirements/bench.txt
	@.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation \
		-e . $(SERVICES:%=-e %)
	@touch $@

# Keep today's template, so that projects made from it can be brought up to date later.
template: $(VENV)/.dev
	@$(BIN)/python -c "from selfdata_sdk.scaffold.earlier import keep; print(keep())"

# Pin anew. Needs uv, which writes locks that hold for every system and Python version.
LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet pyproject.toml
lock:
	$(LOCK) --group build -o requirements/run.txt
	$(LOCK) --group build --extra testing -o requirements/author.txt
	$(LOCK) --group build --group dev --group docs --all-extras -o requirements/dev.txt
	$(LOCK) --group build --group bench --all-extras -o requirements/bench.txt

clean:
	rm -rf $(VENV) .venv-bench site wheelhouse dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
