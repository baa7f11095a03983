# Two commands: `make app` serves the app, `make test` sets up what tests need and runs everything.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: app test check bench locale clean

app: $(VENV)/app
	$(BIN)/python -m streamlit run app.py

test: check
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

check: $(VENV)/tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_house_rules.py tests/test_registry.py tests/test_locale.py

bench: $(VENV)/tests
	$(BIN)/python -m pip install --disable-pip-version-check -q -r tests/bench/requirements.txt
	$(BIN)/python tests/bench/speed.py
	$(BIN)/python tests/bench/speed_compare.py
	$(BIN)/python tests/bench/simulate_findings.py
	$(BIN)/python tests/bench/simulate_experiments.py

locale: $(VENV)/tests
	$(BIN)/python tests/locale_catalogues.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/app: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --disable-pip-version-check -q -r requirements.txt
	touch $@

$(VENV)/tests: tests/requirements.txt $(VENV)/app
	$(BIN)/python -m pip install --disable-pip-version-check -q -r tests/requirements.txt
	touch $@

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache
