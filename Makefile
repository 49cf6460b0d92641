# The commands people type. Everything else is in scripts/.
.DEFAULT_GOAL := help
.PHONY: help bootstrap build test fuzz chaos lint format demo clean

help: ## show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

bootstrap: ## install the Debian packages that are missing
	@scripts/bootstrap

build: bootstrap ## build everything; a warning is an error
	@scripts/build --build-tests

test: build lint ## all tests, then the unit tests under ThreadSanitizer
	@scripts/test

fuzz: bootstrap ## a million mutated updates through the decoder, optimised
# As a whole module the compiler (Swift 6.3) ends PostgresTests with "circular reference".
	@TGWORKER_FUZZ=1000000 swift test -c release --disable-xctest -Xswiftc -enable-testing \
	    -Xswiftc -no-whole-module-optimization --scratch-path .build-fuzz --filter UpdateFuzz

chaos: bootstrap ## ten minutes of everything that breaks; MINUTES=, SEED=, WORKERS=, HOLD=1, VERBOSE=1
	@scripts/build --build-tests
	@TGWORKER_CHAOS_MINUTES="$${MINUTES:-10}" TGWORKER_CHAOS_SEED="$$SEED" TGWORKER_CHAOS_WORKERS="$$WORKERS" \
	    TGWORKER_CHAOS_HOLD="$$HOLD" TGWORKER_CHAOS_VERBOSE="$$VERBOSE" \
	    swift test --disable-xctest --skip-build --filter 'IntegrationTests.ChaosTests/long'

lint: ## check the formatting
	@swift format lint --strict --recursive Package.swift Sources Tests

format: ## mend the formatting
	@swift format --in-place --recursive Package.swift Sources Tests

demo: bootstrap ## an order is confirmed, the customer reads it in Telegram: all on this machine
	@scripts/build --product tgworker
	@scripts/build --product TelegramSimulator
	@scripts/demo

clean: ## remove what was built
	@rm -rf .build .build-fuzz .build-tsan
