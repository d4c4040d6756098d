# Paperglot as an image: `docker compose up page`, `docker compose run --rm crawl`.
FROM python:3.13-slim

RUN useradd --create-home --uid 10001 paperglot && install -d -o paperglot -g paperglot /data
WORKDIR /app

COPY requirements.lock ./
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.lock

COPY pyproject.toml README.md LICENSE scrapy.cfg ./
COPY papers papers
COPY translation translation
COPY indexer indexer
COPY crawler crawler
COPY delivery delivery
COPY search_ui search_ui
COPY replica replica
COPY cli cli
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

ENV PAPERGLOT_DATA=/data
USER paperglot
VOLUME /data
ENTRYPOINT ["paperglot"]
CMD ["serve", "--host", "0.0.0.0"]
