-- What asking a source again needs to know.

-- The validators of an address whose page was kept complete, and the day of that page ('' where it has none).
CREATE TABLE validator (
    address  TEXT PRIMARY KEY,
    etag     TEXT,
    modified TEXT,
    day      TEXT NOT NULL
) WITHOUT ROWID;

-- All that a source changed before this day is kept: of a set of OAI-PMH, or of a snapshot.
CREATE TABLE reached (
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    day    TEXT NOT NULL,
    PRIMARY KEY (source, name)
) WITHOUT ROWID;

-- The order of the papers on a page whose order means something: what is trending.
CREATE TABLE ranking (
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    place  INTEGER NOT NULL,
    paper  INTEGER NOT NULL REFERENCES paper,
    at     INTEGER NOT NULL,
    PRIMARY KEY (source, name, place)
) WITHOUT ROWID;

-- The datestamps that the pages of a harvest ended in, while it lasts; and of each the records that were read of it, 8
-- bytes of a hash for each.
CREATE TABLE page_end (
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    day    TEXT NOT NULL,
    ids    BLOB NOT NULL
);
CREATE INDEX page_end_name ON page_end (name);
