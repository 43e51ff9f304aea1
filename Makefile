# The developer interface: each target installs what it needs into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check

.PHONY: help serve install train-extra test lint types pins clean

help:
	@echo "make serve    install the light runtime and serve the bundled model on 127.0.0.1:3000"
	@echo "make test     install everything, then lint, check types and run all tests"
	@echo "make install  install the light runtime (areatag is then .venv/bin/areatag)"
	@echo "make pins     renew serving/requirements.txt, the versions of the light runtime"
	@echo "make clean    remove .venv and caches"

serve: install
	$(BIN)/areatag serve

install: .venv/.light
train-extra: .venv/.all

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.light: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

.venv/.all: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) install --constraint constraints.txt torch==$(shell sed -n 's/^torch==//p' constraints.txt)
	$(PIP) install --constraint constraints.txt --editable '.[train,test]'
	@touch $@ .venv/.light

test: lint types
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/.all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.all
	$(BIN)/mypy

pins:
	$(PYTHON) -m venv --clear build/pins
	build/pins/bin/pip --quiet install .
	build/pins/bin/pip freeze --exclude areatag > serving/requirements.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
