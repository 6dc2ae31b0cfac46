# Muster's recipes. Continuous integration runs the same ones: `.ci/run` is `make test`.
# Builds check SQL statements against the committed .sqlx; `make test` checks .sqlx against a database.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export SQLX_OFFLINE := true

# Starts a PostgreSQL for one command and stops it afterwards.
WITH_POSTGRES := target/debug/with-postgres

# The teacher's app, which the executable carries.
APP := frontend/dist/index.html
APP_SOURCES := $(shell find frontend/src frontend/public frontend/index.html frontend/build.mjs -type f)
APP_LIBRARIES := frontend/node_modules/.package-lock.json

.PHONY: help build demo test chaos-pwa bench bench-large bench-pwa fmt check sqlx openapi tools

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

build: tools $(APP) ## Build the release executable, target/release/muster
	cargo build --locked --release --package muster

demo: tools $(APP) ## Run a demo school with a term of history, and print how to sign in
	cargo run --locked --package muster -- demo

test: tools $(APP) ## All that continuous integration checks, on a PostgreSQL of its own
	@.ci/install-tools --for-tests
	npm --prefix frontend run --silent check
	npm --prefix frontend test --silent
	cargo fmt --all --check
	cargo build --locked --workspace --all-targets
	$(WITH_POSTGRES) --migrated .ci/checked-sql compare
	$(WITH_POSTGRES) cargo test --locked --workspace --no-fail-fast
	npm --prefix frontend run --silent test:browser

chaos-pwa: tools $(APP) ## The app under 1,000 random schedules of faults; MUSTER_CHAOS_SEED tries others, or one again
	cargo build --locked --package muster
	MUSTER_CHAOS_SCHEDULES=$${MUSTER_CHAOS_SCHEDULES:-1000} npm --prefix frontend run --silent chaos

bench: tools ## Measure beside the raw database, reports among 5 schools; writes target/bench.json
	cargo run --locked --release --package bench

bench-large: tools ## Measure among 200 schools and 10 million events: half an hour and 40 GB of disk
	cargo run --locked --release --package bench -- --large

bench-pwa: tools $(APP) ## Measure the app in a browser; prints a table, writes target/bench-pwa.json
	cargo build --locked --release --package muster
	MUSTER=$(CURDIR)/target/release/muster npm --prefix frontend run --silent bench

fmt: ## Format the code
	cargo fmt --all

check: tools ## Formatting and lints only: the fast check
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

# The program of the last build will do: it reads migrations from the disk, and new statements do not build without .sqlx.
sqlx: tools ## Regenerate .sqlx from the statements in the code
	test -x $(WITH_POSTGRES) || cargo build --locked --package tests --bins
	$(WITH_POSTGRES) --migrated .ci/checked-sql write

openapi: tools $(APP_LIBRARIES) ## Regenerate openapi/*.json from the code, and the app's types from them
	cargo run --locked --package muster -- openapi --write openapi
	npm --prefix frontend run --silent types

tools:
	@.ci/install-tools

$(APP): $(APP_LIBRARIES) $(APP_SOURCES)
	node frontend/build.mjs

$(APP_LIBRARIES): frontend/package-lock.json
	npm ci --prefix frontend --ignore-scripts --no-audit --no-fund
