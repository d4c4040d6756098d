-- How each planned listing turned out, one row an attempt, only ever added to; where listings of several pages go on;
-- who announced which paper; and records that could not be read. They take the place of the ledger, whose row was
-- written once and then stood.

CREATE TABLE attempt (
    number   INTEGER PRIMARY KEY,
    source   TEXT NOT NULL,
    name     TEXT NOT NULL,  -- which of the source's lists: new, catchup, daily, the name of a file
    category TEXT NOT NULL,  -- '' where the source has none
    day      TEXT NOT NULL,  -- ISO; '' for a list that is not of a day
    at       INTEGER NOT NULL,
    outcome  TEXT NOT NULL,
    reason   TEXT,
    sections TEXT NOT NULL   -- JSON: [category, day, kind, stated, found] of each section
);
CREATE INDEX attempt_day ON attempt (day);

CREATE TABLE resume (
    source   TEXT NOT NULL,
    name     TEXT NOT NULL,
    category TEXT NOT NULL,
    day      TEXT NOT NULL,
    token    TEXT NOT NULL,  -- where the next page starts, in the words of whoever reads the list
    sections TEXT NOT NULL,
    partial  INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (source, name, category, day)
) WITHOUT ROWID;

CREATE TABLE announcement (
    category TEXT NOT NULL,
    day      TEXT NOT NULL,
    source   TEXT NOT NULL,
    kind     TEXT NOT NULL,
    paper    INTEGER NOT NULL REFERENCES paper,
    PRIMARY KEY (day, category, source, kind, paper)
) WITHOUT ROWID;

CREATE TABLE rejected (
    source  TEXT NOT NULL,
    address TEXT NOT NULL,
    number  INTEGER NOT NULL,
    reason  TEXT NOT NULL,
    start   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (source, address, number)
) WITHOUT ROWID;

-- A slot is source|listing|day|kind|version, and none of these holds a bar or a quotation mark.
INSERT OR IGNORE INTO announcement
SELECT json_extract(slot, '$[1]'), json_extract(slot, '$[2]'), json_extract(slot, '$[0]'), json_extract(slot, '$[3]'), paper
FROM (SELECT paper, '["' || replace(slot, '|', '","') || '"]' AS slot FROM sighting)
WHERE json_extract(slot, '$[2]') <> '';

INSERT INTO attempt (source, name, category, day, at, outcome, reason, sections)
SELECT source,
    CASE source WHEN 'arxiv-listing' THEN 'new' WHEN 'huggingface-daily' THEN 'daily' ELSE listing END,
    CASE source WHEN 'kaggle' THEN '' ELSE listing END,
    day, at, state, CASE state WHEN 'partial' THEN got || ' of ' || coalesce(total, '?') END,
    json_array(json_array(CASE source WHEN 'kaggle' THEN '' ELSE listing END, nullif(day, ''), '', total, got))
FROM ledger WHERE state <> 'open';

DROP TABLE ledger;
