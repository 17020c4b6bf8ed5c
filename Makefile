# `make` alone lists what there is. Needs a POSIX sh, GNU make and Python 3.11 or newer.
SHELL = /bin/sh
.DEFAULT_GOAL = help
.NOTPARALLEL:

PY = .venv/bin/python
# More processes than the two processors of CI: tests often wait for something.
# Compiled modules are kept, whatever the environment says: tests start many processes.
PYTEST = PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -p tests.tools.left_out --dist worksteal
HOST ?= 127.0.0.1
PORT ?= 8000
export HOST PORT
MINUTES ?= 60
SHARE ?= 60

# Finds a good enough Python for .venv; $(call install,GROUPS) installs dependency groups into it.
define install
@for python in "$$PYTHON" python3 python3.13 python3.12 python3.11 python3.14 python; do \
	[ -n "$$python" ] || continue; \
	if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then exec "$$python" -m mseller.tools.install $(1); fi; \
	command -v "$$python" >/dev/null 2>&1 && seen="$$seen $$("$$python" -c \
		'import sys; print("%s (%d.%d)" % (sys.executable, sys.version_info[0], sys.version_info[1]))' \
		2>/dev/null)"; \
done; \
echo "Python 3.11 or newer, with its venv module, is needed; found:$${seen:- none}." >&2; exit 1
endef

# Runs $(1) with the front end's tests beside it, which are heard of where they fail.
define beside_the_front_end
@$(PY) -m mseller.tools.frontend test >.build/test-frontend.log 2>&1 & frontend=$$!; \
$(1); \
python=$$?; wait $$frontend || { cat .build/test-frontend.log; exit 1; }; exit $$python
endef

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: run
run: install-site built ## Serve the site at HOST:PORT (127.0.0.1:8000), everything made as needed
	@$(PY) -m mseller.tools.dotenv
	@exec $(PY) -m mseller.tools.serve

.PHONY: test
test: install-test install-modules built ## Run every test, the browser's included (ARGS="-k name" narrows it)
	@$(PY) -m tests.tools.chromium
	@$(PY) -m tests.tools.nginx
	$(call beside_the_front_end,$(PYTEST) -n 3 --durations 20 $(ARGS))

.PHONY: test-fast
test-fast: install-test install-modules built ## Run the quick tests: no browser, no servers, no packages
	$(call beside_the_front_end,$(PYTEST) -n 3 \
		-m "not (browser or database or hosts or packaging or production or slow)" \
		--ignore tests/hosts --ignore tests/production --ignore-glob 'tests/browser/test_*' $(ARGS))

.PHONY: test-frontend
test-frontend: install-site ## Run the tests of the front end that need no browser
	@$(PY) -m mseller.tools.frontend test

.PHONY: check
check: lint types test ## What CI runs: lint, types and every test

.PHONY: lint
lint: install-lint ## Look for mistakes and unformatted code
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports --no-logo --no-cache
	@$(PY) -m mseller.tools.frontend check

.PHONY: format
format: install-lint ## Format the code and mend what can be mended
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .
	@$(PY) -m mseller.tools.frontend format

.PHONY: types
types: install-lint ## Check the Python types
	@$(PY) -m mypy --num-workers 2 chatkit mseller tests

.PHONY: build
build: install-site built ## Build the front end and compile the messages

.PHONY: messages
messages: install-site ## Collect the translatable texts (needs GNU gettext) and compile them
	@command -v xgettext >/dev/null 2>&1 || \
		{ echo "GNU gettext is needed to collect texts: install the package gettext." >&2; exit 1; }
	@DEBUG=on $(PY) -m mseller.tools.messages collect

.PHONY: dist
dist: install-dist built ## Build the sdist and the wheel of the app into dist/ and check them
	@rm -rf dist
	@$(PY) -m build --no-isolation
	@$(PY) -m twine check --strict dist/*

.PHONY: docs
docs: install-docs ## Build the documentation into .build/docs; every warning is an error
	@$(PY) -m sphinx --fail-on-warning --keep-going --quiet -b html docs .build/docs
	@echo "Open .build/docs/index.html"

.PHONY: screenshots
screenshots: install-test built ## Take the documentation's pictures anew, into docs/images/
	@$(PY) -m tests.tools.chromium
	@$(PY) -m tests.browser.pictures

.PHONY: bench
bench: install-bench built ## Measure sessions and answers per second beside a plain FastAPI app
	@$(PY) -m tests.bench $(ARGS)

.PHONY: chaos
chaos: install-test built ## Kill servers, take away what they use, send hostile texts and 20,000 requests
	@$(PY) -m tests.tools.chromium
	@$(PY) -m tests.chaos

.PHONY: cluster
cluster: install-test built ## Try the site on two hosts, in network namespaces (needs root, 10 minutes at most)
	@$(PY) -m tests.tools.nginx
	@$(PY) -m tests.cluster

.PHONY: soak
soak: install-test built ## Serve people for MINUTES=60 at SHARE=60 per cent of this machine, with faults
	@MINUTES=$(MINUTES) SHARE=$(SHARE) $(PY) -m tests.soak

.PHONY: matrix
matrix: install-test built test-frontend ## Test the oldest and the newest Python and Django on each database here
	@$(PY) -m tests.tools.chromium
	@$(PY) -m mseller.tools.matrix $(ARGS)

.PHONY: constraints
constraints: ## Pin the newest versions that work together, with hashes (ARGS=--keep: add what is new)
	@# An older .venv will do: it can't be brought up to date before there are pins.
	@[ -x $(PY) ] || $(MAKE) --no-print-directory install-site
	@$(PY) -m mseller.tools.constraints $(ARGS)

.PHONY: clean
clean: ## Remove what was built; .venv, .env and the database stay
	@rm -rf .build dist build static/build staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@rm -rf chatkit/frontend/node_modules chatkit/static/chatkit/*.js chatkit/static/chatkit/*.d.ts
	@rm -f chatkit/static/chatkit/icons.svg chatkit/contrib/*/static/*/*.js
	@find chatkit mseller -name '*.mo' -exec rm -f {} +

# -- steps that the targets above share ----------------------------------------------------

.PHONY: install-site install-test install-lint install-dist install-bench install-docs install-modules built
install-site:
	$(call install,site build)
install-test:
	$(call install,site build test hosts docs)
install-lint:
	$(call install,site build test hosts docs lint bench)
install-dist:
	$(call install,site build dist)
install-bench:
	$(call install,site build bench)
install-docs:
	$(call install,site build docs)
# What the front end's tests need, before others look whether it is there.
install-modules:
	@$(PY) -m mseller.tools.frontend install
built:
	@$(PY) -m mseller.tools.frontend
	@$(PY) -m mseller.tools.messages
