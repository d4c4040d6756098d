CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE paper (
    number   INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    seq      INTEGER NOT NULL,
    title    BLOB,
    abstract BLOB,
    merged   BLOB
);
CREATE UNIQUE INDEX paper_seq ON paper (seq);
CREATE TABLE text (
    paper INTEGER NOT NULL REFERENCES paper,
    hash  BLOB NOT NULL,
    body  NOT NULL,
    PRIMARY KEY (paper, hash)
) WITHOUT ROWID;
CREATE TABLE sighting (
    paper   INTEGER NOT NULL REFERENCES paper,
    slot    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (paper, slot, at)
) WITHOUT ROWID;
CREATE TABLE ledger (
    source  TEXT NOT NULL,
    listing TEXT NOT NULL,
    day     TEXT NOT NULL,
    total   INTEGER,
    got     INTEGER NOT NULL,
    state   TEXT NOT NULL,
    resume  INTEGER,
    at      INTEGER NOT NULL,
    PRIMARY KEY (source, listing, day)
) WITHOUT ROWID;
