# The commands people type. Everything else is in scripts/.
# Part of the version, see Package.swift.
export TGWORKER_COMMIT ?= $(shell scripts/commit)
.DEFAULT_GOAL := help
.PHONY: help bootstrap build test check-addon test-odoo fuzz soak chaos bench lint format demo deb clean

help: ## show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

bootstrap: ## install the Debian packages that are missing
	@scripts/bootstrap

build: bootstrap ## build everything; a warning is an error
	@scripts/build --build-tests

test: build lint ## all tests, then the unit tests under the sanitizers
	@scripts/test

check-addon: ## check the Odoo addon without Odoo: pylint-odoo, manifest, XML, translations
	@scripts/check-addon

test-odoo: ## the addon in a real Odoo 17: ODOO=DIRECTORY with its sources; skipped without
	@scripts/test-odoo

# Optimised tests. As a whole module the compiler (Swift 6.3) ends PostgresTests with "circular reference".
OPTIMISED = swift test -c release --disable-xctest -Xswiftc -enable-testing -Xswiftc -no-whole-module-optimization \
	--scratch-path .build-release

fuzz: bootstrap ## a million mutated updates through the decoder, optimised
	@TGWORKER_FUZZ=1000000 $(OPTIMISED) --filter UpdateFuzz

soak: bootstrap ## a million messages, a thousand reconnects, /help beside 100,000 notifications: memory, descriptors, time
	@TGWORKER_SOAK_MESSAGES=1000000 TGWORKER_SOAK_RECONNECTS=1000 TGWORKER_SOAK_BACKLOG=100000 \
	    TGWORKER_SOAK_QUESTIONS=200 TGWORKER_SOAK_CLAIMS=1000000 $(OPTIMISED) --no-parallel \
	    --filter '^IntegrationTests\.Endurance' --filter '^QueueTests\.ClaimFigures'

chaos: bootstrap ## ten minutes of everything that breaks; MINUTES=, SEED=, WORKERS=, HOLD=1, VERBOSE=1
	@scripts/build --build-tests
	@TGWORKER_CHAOS_MINUTES="$${MINUTES:-10}" TGWORKER_CHAOS_SEED="$$SEED" TGWORKER_CHAOS_WORKERS="$$WORKERS" \
	    TGWORKER_CHAOS_HOLD="$$HOLD" TGWORKER_CHAOS_VERBOSE="$$VERBOSE" \
	    swift test --disable-xctest --skip-build --filter 'IntegrationTests.ChaosTests/long'

bench: ## half an hour of figures beside others, and a report; ONLY=, ROUNDS=, QUICK=1, BIN=, OUT=
	@scripts/bench

lint: ## check the formatting
	@swift format lint --strict --recursive Package.swift Sources Tests

format: ## mend the formatting
	@swift format --in-place --recursive Package.swift Sources Tests

demo: bootstrap ## the shop and a customer's phone on one page; without a terminal, or with DEMO=script, a conversation
	@scripts/build --product tgworker
	@scripts/build --product TelegramSimulator
	@scripts/build --product Demo
	@scripts/demo

deb: bootstrap ## the Debian package, in .build-deb/
	@scripts/deb

clean: ## remove what was built
	@rm -rf .build .build-addon .build-asan .build-bench .build-deb .build-release .build-tsan
