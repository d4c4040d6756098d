-- What people say better than a model: sentences by their source, and terms.
CREATE TABLE correction (
    language TEXT NOT NULL,
    kind     TEXT NOT NULL,  -- sentence, term
    source   TEXT NOT NULL,
    target   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (language, kind, source)
) WITHOUT ROWID;
