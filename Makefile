# Two commands on a fresh machine: `make demo` runs the main job, `make test` passes the tests.
.PHONY: demo test bench build lint format docs setup clean

SHELL := /bin/bash

demo: build
	@node scripts/demo.mjs

test: build
	@node scripts/check.mjs
	@node scripts/test.mjs

bench: build
	@node bench/bench.mjs

build: node_modules/.package-lock.json
	@node scripts/build.mjs

lint: build
	@node scripts/check.mjs

format: node_modules/.package-lock.json
	@npx biome check --write .

docs: build
	@node --import tsx scripts/generate-docs.ts

# npm packages, and the few programs that tests talk to.
setup node_modules/.package-lock.json: package.json package-lock.json
	@bash scripts/setup.sh
	@touch node_modules/.package-lock.json

clean:
	rm -rf dist node_modules
