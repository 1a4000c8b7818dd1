# 政通 Zhengtong. The verbs are in tooling/, which needs nothing but Python 3.11.
#
#   make run       from a bare clone to the demo city at http://localhost:8000
#   make test      every test, browser tests included       make test ARGS="-k licence"
#   make check     format, lint, types, contracts, templates, migrations, translations
#   make bench     every benchmark beside its reference     make bench ONLY=case_step,clock_due
#   make regions   the real tree of regions, into the instance that runs (660,000 rows)
#   make database  keep the tests' database running         make format | messages | clean
#
# PORT, DATA_DIR, PUBLIC_URL, DATABASE_URL and TODAY move an instance: make run PORT=8100 DATA_DIR=/srv/second

PYTHON := $(or $(shell command -v python3.11),$(shell command -v python3),python3)
TOOLING := @exec $(PYTHON) -m tooling
export PORT DATA_DIR PUBLIC_URL DATABASE_URL TODAY

.PHONY: run test check bench database regions format messages clean
.DEFAULT_GOAL := run

run:
	$(TOOLING) run

test:
	$(TOOLING) test $(ARGS)

check:
	$(TOOLING) check

bench:
	$(TOOLING) bench $(ONLY)

database:
	$(TOOLING) database

regions:
	$(TOOLING) regions

format:
	$(TOOLING) format

messages:
	$(TOOLING) messages

# What can be made again; databases and files of instances stay.
clean:
	rm -rf .venv node_modules optional/*/node_modules var/build var/check src/zhengtong/screens/static/build
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tooling benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
