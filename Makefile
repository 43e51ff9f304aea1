# The developer interface: each target installs what it needs into .venv.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check
# One version of each library for all Pythons and machines; --no-deps and hashes come on top for the lock.
COMPILE := build/pins/bin/uv --quiet pip compile --universal --python-version 3.11 --fork-strategy fewest \
	--no-annotate --custom-compile-command 'make pins'

.PHONY: help serve install train-extra test lint types pins clean

help:
	@echo "make serve    install the light runtime and serve the bundled model on 127.0.0.1:3000"
	@echo "make test     install everything, then lint, check types and run all tests"
	@echo "make install  install the light runtime (areatag is then .venv/bin/areatag)"
	@echo "make pins     renew the versions of the light runtime: serving/requirements.txt and, with hashes, requirements.lock"
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

# Two tests run at once: with a thread each, they do not wait for each other's. They start hundreds of processes, for
# which Python keeps what it has compiled, whatever is set outside. Files are taken in their order: by the number of
# their tests, those with few and long ones (the documents) would come last, on one core.
test: lint types
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= \
		$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --cov --cov-report=

lint: .venv/.all
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.all
	$(BIN)/mypy

pins:
	$(PYTHON) -m venv --clear build/pins
	build/pins/bin/pip --quiet install uv
	echo setuptools | $(COMPILE) --upgrade --extra postgres --extra tracing pyproject.toml - \
		--output-file serving/requirements.txt
	$(COMPILE) --no-deps --generate-hashes serving/requirements.txt --output-file serving/requirements.lock

clean:
	rm -rf .venv .coverage .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info
