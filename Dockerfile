# One image for every role: `docker-compose.yml` says which.

FROM node:22-bookworm-slim AS app
WORKDIR /source/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY frontend ./
RUN node build.mjs

FROM rust:1.95-bookworm AS build
WORKDIR /source
COPY . .
COPY --from=app /source/frontend/dist frontend/dist
# SQL statements are checked against the committed .sqlx, so no database is needed here.
ENV SQLX_OFFLINE=true
RUN cargo build --locked --release --package muster

FROM debian:bookworm-slim
# curl asks the health check's question; the certificates are for a database reached over TLS; pg_dump and pg_restore, for
# `muster backup` and `muster restore`, are of the version that docker-compose.yml runs: an older one refuses a newer server.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates curl postgresql-common \
 && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y \
 && apt-get install --yes --no-install-recommends postgresql-client-17 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin muster \
 && install --directory --owner muster --mode 0700 /keys
COPY --from=build /source/target/release/muster /usr/local/bin/muster
USER muster
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["curl", "--fail", "--silent", "--show-error", "http://127.0.0.1:8080/healthz"]
ENTRYPOINT ["muster"]
CMD ["--help"]
