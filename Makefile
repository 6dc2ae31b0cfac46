# Muster's recipes. Continuous integration runs the same ones: `.ci/run` is `make test`.
# Builds check SQL statements against the committed .sqlx; `make test` checks .sqlx against a database.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
export SQLX_OFFLINE := true

# Starts a PostgreSQL for one command and stops it afterwards.
WITH_POSTGRES := target/debug/with-postgres

.PHONY: help build demo test bench fmt check sqlx openapi tools

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

build: tools ## Build the release executable, target/release/muster
	cargo build --locked --release --package muster

demo: tools ## Run a demo school with a term of history, and print how to sign in
	cargo run --locked --package muster -- demo

test: tools ## All that continuous integration checks, on a PostgreSQL of its own
	cargo fmt --all --check
	cargo build --locked --workspace --all-targets
	$(WITH_POSTGRES) --migrated .ci/checked-sql compare
	$(WITH_POSTGRES) cargo test --locked --workspace --no-fail-fast

bench: tools ## Measure beside the raw database; prints a table, writes target/bench.json
	cargo run --locked --release --package bench

fmt: ## Format the code
	cargo fmt --all

check: tools ## Formatting and lints only: the fast check
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings

# The program of the last build will do: it reads migrations from the disk, and new statements do not build without .sqlx.
sqlx: tools ## Regenerate .sqlx from the statements in the code
	test -x $(WITH_POSTGRES) || cargo build --locked --package tests --bins
	$(WITH_POSTGRES) --migrated .ci/checked-sql write

openapi: tools ## Regenerate openapi/*.json from the code
	cargo run --locked --package muster -- openapi --write openapi

tools:
	@.ci/install-tools
