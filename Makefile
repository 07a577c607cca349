# make lab   opens the notebooks          make check        linters and types
# make test  everything that CI runs      make bench        requests per second beside Node and aiohttp
# make clean removes what make made       make screenshots  the notebooks' pictures
# make outputs    runs the notebooks and stores what they show
# make reference  writes docs/reference from the docstrings

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
# JupyterLab and apt-get each ask something of whoever is, or is not, root.
ROOT   := $(filter 0,$(shell id -u))

.PHONY: lab test check pytest bench screenshots outputs reference clean chromium curl

lab: $(VENV)/.lab
	$(BIN)/jupyter lab $(if $(ROOT),--allow-root) --ServerApp.root_dir=notebooks --LabApp.default_url=/lab/tree/01-hello-http.ipynb

test: check pytest

check: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# The tests alone; `make pytest ARGS="-k agent"` runs some of them.
pytest: $(VENV)/.test chromium curl
	$(BIN)/pytest $(ARGS)

bench: $(VENV)/.test
	$(BIN)/python tests/bench/bench.py $(ARGS)

screenshots: $(VENV)/.test chromium
	$(BIN)/python -m tests.screenshots

outputs: $(VENV)/.test
	$(BIN)/python -m tests.course.refresh $(ARGS)

reference: $(VENV)/.test
	$(BIN)/python -m tests.reference

clean:
	rm -rf .venv .venv-new build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find httpkit tests -name __pycache__ -type d -exec rm -rf {} +

chromium:
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
	if command -v apt-get >/dev/null; then \
		$(if $(ROOT),,sudo) apt-get update && $(if $(ROOT),,sudo) apt-get install -y --no-install-recommends chromium; \
	else \
		echo "The browser tests need Chromium or Chrome: install one and put it on PATH." >&2; exit 1; \
	fi

curl:
	@command -v curl || if command -v apt-get >/dev/null; then \
		$(if $(ROOT),,sudo) apt-get update && $(if $(ROOT),,sudo) apt-get install -y --no-install-recommends curl; \
	else \
		echo "Tests compare with curl: install it and put it on PATH." >&2; exit 1; \
	fi

# The stamp of an environment is as new as its last install.
$(VENV)/.lab: EXTRAS := lab,speed
$(VENV)/.test: EXTRAS := lab,speed,test
$(VENV)/.lab $(VENV)/.test: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --disable-pip-version-check -e '.[$(EXTRAS)]'
	touch $@
