# One word for each chore; `make` lists them.

VENV ?= .venv
PYTHON = $(VENV)/bin/python
SHARED ?= ../shared/data
DATA ?= $(SHARED)/binance/1d.parquet

.DEFAULT_GOAL = help
.PHONY: help setup test lint format ci bench rivals controls size leaks kills store streaming walk
.PHONY: samples constraints clean watching fetching m4 weather language memory

help: ## List the chores
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

setup: ## Make a virtual environment with everything in it
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install -c constraints.txt -e '.[test]'

test: ## Run the tests with coverage
	$(PYTHON) -m pytest

lint: ## Check style, types and layers
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

format: ## Format the code
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

ci: ## Run what CI runs
	bash .ci/run

bench: ## Daily benchmark, with GARCH and neuralforecast (DATA=...)
	$(PYTHON) benchmarks/daily_crypto.py --data $(DATA) --peers

controls: ## Track records of simulated series without and with a signal
	$(PYTHON) benchmarks/controls.py

rivals: ## Every rival on the daily benchmark (DATA=...)
	$(PYTHON) benchmarks/rivals.py $(DATA)

size: ## How often the Diebold-Mariano test finds what is not there
	$(PYTHON) benchmarks/dm_size.py

leaks: ## Twelve planted leaks, and the same pipelines done right
	$(PYTHON) benchmarks/leaks.py

kills: ## A backtest killed at random, and begun again
	$(PYTHON) benchmarks/kills.py

store: ## The store: speed (DATA=...), kills, flips, full disks, readers beside a writer
	$(PYTHON) benchmarks/store.py $(DATA)
	$(PYTHON) benchmarks/store_kills.py
	$(PYTHON) benchmarks/store_flips.py
	$(PYTHON) benchmarks/store_full.py
	$(PYTHON) benchmarks/store_race.py

watching: ## A watch over a replayed exchange, killed at random
	$(PYTHON) benchmarks/watch_replay.py

fetching: ## Fetching: faults, kills, full disks, speed
	$(PYTHON) benchmarks/fetch_faults.py
	$(PYTHON) benchmarks/fetch_kills.py
	$(PYTHON) benchmarks/fetch_full.py
	$(PYTHON) benchmarks/fetch_speed.py

m4: ## M4, hourly and weekly (SHARED=...)
	$(PYTHON) benchmarks/m4.py --data $(SHARED)/m4

weather: ## Temperatures against climatology and AutoETS (SHARED=...)
	$(PYTHON) benchmarks/weather.py --data-folder $(SHARED)/weather

language: ## Characters and words (SHARED=...)
	$(PYTHON) benchmarks/char_lm.py --data $(SHARED)/text/tinyshakespeare.txt.gz --seconds 180
	$(PYTHON) benchmarks/words.py --data-folder $(SHARED)/text --minutes 30

memory: ## What cells remember: gradients, the adding problem
	$(PYTHON) benchmarks/memory.py

streaming: ## Cost of a live bar
	$(PYTHON) benchmarks/streaming.py

walk: ## A daily backtest, refitted every 90 bars, beside all rivals
	$(VENV)/bin/foretell backtest BTC-USD --refit 90

samples: ## Build the bundled data from its source packages (needs the package index)
	$(PYTHON) scripts/build_samples.py

constraints: ## Renew constraints.txt from a fresh environment
	bash scripts/pin_constraints.sh

clean: ## Remove what tools leave behind
	rm -rf .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
