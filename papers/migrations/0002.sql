-- What is translated and by what, what is not and why.

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
    at        INTEGER NOT NULL,
    PRIMARY KEY (paper, field, language)
) WITHOUT ROWID;
