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
CREATE TABLE translation (
    paper     INTEGER NOT NULL REFERENCES paper,
    field     TEXT NOT NULL,
    language  TEXT NOT NULL,
    source    BLOB NOT NULL,  -- the hash of the text that was translated
    state     TEXT NOT NULL,  -- translated, untranslated, original
    reason    TEXT,           -- why it is untranslated
    model     TEXT NOT NULL,
    rules     TEXT NOT NULL,
    sentences BLOB NOT NULL,  -- JSON: [key of the source sentence, target sentence] in order
    at        INTEGER NOT NULL, original TEXT, confidence REAL,
    PRIMARY KEY (paper, field, language)
) WITHOUT ROWID;
