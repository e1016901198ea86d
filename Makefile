# What one types.  The work is in scripts/, so that it can be read, checked and run on its own.
.DEFAULT_GOAL := help
SHELL := bash
.PHONY: help install demo serve test quick lint types format clean

help: ## list what one can type
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

install: ## install into .venv what running takes
	@scripts/install run

demo: install ## An Giang 2026, live, on http://127.0.0.1:8766 (ARGS="--dossiers 50000 --port 8800")
	@exec .venv/bin/chiso demo $(ARGS)

serve: install ## serve the data folder: chiso-data, or ARGS="--data DIR"
	@exec .venv/bin/chiso serve $(ARGS)

test: ## all tests, with a real browser and a real PostgreSQL
	@scripts/install test
	@scripts/test $(ARGS)

quick: ## the tests without the slow ones
	@scripts/install develop
	@scripts/test -m "not slow" $(ARGS)

lint: ## style and mistakes that can be read off the text
	@scripts/install develop
	@scripts/lint

types: ## strict types
	@scripts/install develop
	@.venv/bin/mypy

format: ## put the sources into the house's form
	@scripts/install develop
	@.venv/bin/ruff check --fix-only --quiet && .venv/bin/ruff format

clean: ## take away what was made here; data folders stay
	@scripts/clean
