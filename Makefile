# Every target is a script of the same name in scripts/, so that a container or another build can call it too.
# HOST and PORT are read by `run`; PYTHON (3.11 or newer) makes the virtual environment.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
export PYTHON HOST PORT

TARGETS := run test check bench wheel format lock clean

.DEFAULT_GOAL := help
.PHONY: help $(TARGETS)

help: ## this list
	@echo 'make run      set everything up, then serve the playground on http://$(HOST):$(PORT)'
	@echo 'make test     everything that runs: Python, front end, real browser'
	@echo 'make check    everything static: format, lint, types, import rules, generated files'
	@echo 'make bench    the benchmarks, beside their peers, into bench/results/'
	@echo 'make wheel    the wheel, with the built front end in it, into dist/'
	@echo 'make format   write the code as the formatters want it, and make the generated files anew'
	@echo 'make lock     write the versions in use to constraints.txt'
	@echo 'make clean    remove everything that these commands made'

$(TARGETS):
	@sh scripts/$@.sh
