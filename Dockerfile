# Paperglot as an image: see docker-compose.yml. The lock file says what is in it; the second stage has no pip cache, no
# compiler and nothing else of the first.
FROM python:3.13-slim-bookworm AS build

WORKDIR /app
RUN python -m venv /app/venv
COPY requirements.lock ./
RUN /app/venv/bin/pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.lock

COPY pyproject.toml README.md LICENSE scrapy.cfg ./
COPY papers papers
COPY translation translation
COPY indexer indexer
COPY crawler crawler
COPY delivery delivery
COPY operate operate
COPY search_ui search_ui
COPY replica replica
COPY cli cli
RUN /app/venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation --editable .

FROM python:3.13-slim-bookworm

# Uid 1000 is that of Elasticsearch's and Kibana's images: all read the same files of secrets, which nobody else may.
# The folders belong to the user, so that volumes do that are put there for the first time.
RUN useradd --create-home --uid 1000 paperglot \
    && install -d -o paperglot -g paperglot /data /pace /keys /keys/page /keys/crawler /keys/setup /keys/kibana
COPY --from=build /app /app
WORKDIR /app

ENV PATH=/app/venv/bin:$PATH PAPERGLOT_DATA=/data
USER paperglot
VOLUME /data
ENTRYPOINT ["paperglot"]
CMD ["serve", "--host", "0.0.0.0"]
