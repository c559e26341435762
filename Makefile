# Two commands are all a newcomer needs: make demo, make test.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check same-everywhere package docs mutants bench bench-full fuzz attack clean
.DEFAULT_GOAL := test

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	touch $@

demo: $(READY)  ## make sample extracts, check every source, say where the scorecard lies
	$(BIN)/everycase demo

test: $(READY)  ## run the tests
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

check: $(READY)  ## lint, types, layers, generated documentation
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/everycase docs --check

same-everywhere: $(READY)  ## judge all examples and a thousand odd tables on DuckDB, PostgreSQL and Spark, in half an hour
	$(BIN)/python -m pytest tests/engines -m "whole or not whole"

package: $(READY)  ## build the wheel, look into it, install it alone and run it
	$(BIN)/python -m pytest tests/packaging -m packaging

.PHONY: browser
browser: $(READY)  ## look at the pages in a headless Chromium: accessible, narrow, printed, quick
	$(BIN)/python -m pytest tests/browser -m browser

docs: $(READY)  ## write the generated pages of docs/
	$(BIN)/everycase docs

mutants: $(READY)  ## break every check in small ways and say which breakages its examples miss; takes minutes
	$(BIN)/python tests/mutants.py

bench: $(READY)  ## measure 100,000 and 1,000,000 rows against a script by hand; prints only
	$(BIN)/python benchmarks/run.py

bench-full: $(READY)  ## measure everything, other frameworks too, in about an hour; write docs/benchmarks.md
	$(BIN)/python benchmarks/run.py --full

attack: $(READY)  ## attack 5,000 releases and 200 sequences of releases as an outsider would; takes an hour
	EVERYCASE_ATTACK_TABLES=5000 EVERYCASE_ATTACK_SEQUENCES=200 EVERYCASE_LOSS_TABLES=60 \
	$(BIN)/python -m pytest tests/test_suppression.py tests/test_suppression_loss.py
	$(BIN)/python benchmarks/suppression.py

clean:
	rm -rf $(VENV) everycase-demo everycase-out dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

fuzz: $(READY)  ## read 10,000 damaged extracts
	$(BIN)/python tests/readers/fuzzing.py --inputs 10000
