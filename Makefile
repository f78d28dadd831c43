# The two commands most people need: `make serve` (or `make ask Q="…"`) and `make test`. Each does all its own set-up and may be run again at any time.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt
PAPERS ?= ../shared/docs/pairs
Q      ?= What are the treatment options for interstitial lung disease in mixed connective tissue disease?

.PHONY: serve ask index test lint types unit soak bench eval setup setup-dev clean

serve: index ## build the index if the corpus changed, then serve page and API on 127.0.0.1:8000
	$(BIN)/ragqa serve

ask: index ## print one cited answer: make ask Q="..."
	@$(BIN)/ragqa ask "$(Q)"

index: setup ## build the index if the corpus changed
	@$(BIN)/ragqa index build

test: setup-dev lint types unit ## lint, types and tests

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev
	$(BIN)/mypy

unit: setup-dev
	$(BIN)/pytest -n 3 --dist loadfile

soak: setup-dev ## the long runs, such as crash loops; bounded, with progress
	$(BIN)/pytest -m soak -s

eval: index setup-dev ## hold the dev half against the accepted state, then report both halves in build/eval.html
	$(BIN)/ragqa eval gate
	$(BIN)/ragqa eval run --split all --json build/eval.json --html build/eval.html

bench: index ## print figures: warm and cold answers, reading, embedding, and libraries of 10,000 and 100,000 synthetic chunks (kept in eval/bench)
	$(BIN)/ragqa bench
	$(if $(wildcard $(PAPERS)),$(BIN)/ragqa bench ingest $(PAPERS),@echo "ragqa: no folder $(PAPERS); pages per second are measured with make bench PAPERS=folder-of-pdfs")
	$(BIN)/ragqa bench embedding
	$(BIN)/ragqa bench scale --out eval/bench

setup: $(VENV)/.ragqa-serve
setup-dev: $(VENV)/.ragqa-dev

# Each stamp holds what was installed; it is made anew when the project's dependencies or their pins change.
$(VENV)/.ragqa-serve: pyproject.toml constraints.txt | $(BIN)/python
	@echo "ragqa: installing (once; the encoder export needs torch, so this can take a few minutes) …"
	$(PIP) --editable ".[build]"
	@touch $@

$(VENV)/.ragqa-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "ragqa: installing the development tools (once) …"
	$(PIP) --editable ".[dev]"
	@touch $@ $(VENV)/.ragqa-serve

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

clean: ## remove what was built; the corpus and the index stay
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build dist src/*.egg-info
