-- The catalogue's first schema. Released: changed only by a further migration.

CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('seq', 0), ('epoch', lower(hex(randomblob(8))));

-- One row a paper. `seq` is renewed by every change: WHERE seq > ? ORDER BY seq is the change feed.
-- `merged` is the merge of its sightings without title and abstract, which lie in `text`; NULL marks a deletion.
CREATE TABLE paper (
    number   INTEGER PRIMARY KEY,
    id       TEXT NOT NULL UNIQUE,
    seq      INTEGER NOT NULL,
    title    BLOB,
    abstract BLOB,
    merged   BLOB
);
CREATE UNIQUE INDEX paper_seq ON paper (seq);

-- Each text of a paper once, whichever sources sent it. `body` is TEXT, or a BLOB of its raw DEFLATE stream.
CREATE TABLE text (
    paper INTEGER NOT NULL REFERENCES paper,
    hash  BLOB NOT NULL,
    body  NOT NULL,
    PRIMARY KEY (paper, hash)
) WITHOUT ROWID;

-- What each source said, in the order in which it was seen. `at` is in microseconds since 1970.
CREATE TABLE sighting (
    paper   INTEGER NOT NULL REFERENCES paper,
    slot    TEXT NOT NULL,
    at      INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (paper, slot, at)
) WITHOUT ROWID;

-- What was got of each listing of each day, and where its next page starts (NULL: nowhere, it is done).
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
