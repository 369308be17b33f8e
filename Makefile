# Needs Python 3.11 or newer, pip and make; everything else is installed into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8001
BIN = .venv/bin
# Only what is imported is compiled: compiling every package takes as long as downloading them.
# Our own pip installs into the new environment: giving it one of its own takes longer than all else but the packages.
INSTALL = $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check --no-input install --quiet --no-compile --editable
WARM = $(BIN)/python -c "import scraper.spiders.publication, scraper.extraction.article, archive.verbs.serve, datasette.app"

.PHONY: demo test test-fleet lint bench clean

demo: .venv/demo
	$(BIN)/press-archive crawl sample
	$(BIN)/press-archive serve --root archives/sample --port $(PORT)

test: .venv/test
	$(BIN)/python -m pytest -n auto --dist worksteal

test-fleet: .venv/fleet
	$(BIN)/python -m pytest -n 0 tests/verbs/test_fleet.py

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/test
	$(BIN)/python -m tests.benchmarks

.venv/python:
	$(PYTHON) -m venv --without-pip .venv
	touch $@

.venv/demo: .venv/python pyproject.toml
	$(INSTALL) .
	$(WARM)
	touch $@

.venv/test: .venv/python pyproject.toml
	$(INSTALL) '.[test]'
	touch $@ .venv/demo

.venv/fleet: .venv/test
	$(INSTALL) '.[fleet]'
	touch $@

clean:
	rm -rf .venv build *.egg-info
