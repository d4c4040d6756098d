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
CREATE TABLE mark (
    seq  INTEGER PRIMARY KEY,  -- the last that the write gave
    mark TEXT NOT NULL
);
CREATE TABLE forgotten (
    paper  INTEGER PRIMARY KEY REFERENCES paper,
    at     INTEGER NOT NULL,  -- µs since 1970
    reason TEXT NOT NULL      -- "" where none was given
);
CREATE TABLE run (
    number  INTEGER PRIMARY KEY,
    job     TEXT NOT NULL,     -- '' for a crawl by hand
    due     INTEGER,           -- µs since 1970: the due time that it took; NULL by hand
    made_up INTEGER NOT NULL,  -- so many earlier due times had passed
    attempt INTEGER NOT NULL,  -- 1, and one more with each time that a failed step is tried again
    began   INTEGER NOT NULL,
    ended   INTEGER,           -- NULL while it goes on
    outcome TEXT NOT NULL,
    version TEXT NOT NULL      -- of the program
);
CREATE INDEX run_job ON run (job, number);
CREATE TABLE step (
    run       INTEGER NOT NULL REFERENCES run,
    place     INTEGER NOT NULL,  -- from 1
    name      TEXT NOT NULL,
    began     INTEGER NOT NULL,
    ended     INTEGER,
    outcome   TEXT NOT NULL,
    exit_code INTEGER,
    reason    TEXT,              -- a sentence
    counts    TEXT NOT NULL,     -- JSON: what is counted → how many
    PRIMARY KEY (run, place)
) WITHOUT ROWID;
CREATE TABLE correction (
    language TEXT NOT NULL,
    kind     TEXT NOT NULL,  -- sentence, term
    source   TEXT NOT NULL,
    target   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    PRIMARY KEY (language, kind, source)
) WITHOUT ROWID;
CREATE TABLE alert (
    name   TEXT PRIMARY KEY,
    search TEXT NOT NULL,     -- the parameters of its search: an alert with another one begins anew
    looked INTEGER NOT NULL,  -- when it last looked for papers
    told   TEXT               -- the last day of arXiv's calendar for which there was a message
) WITHOUT ROWID;
CREATE TABLE alert_paper (
    alert   TEXT NOT NULL,
    paper   TEXT NOT NULL,
    version INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (alert, paper, version)
) WITHOUT ROWID;
CREATE TABLE message (
    id      TEXT PRIMARY KEY,  -- the Message-ID of a mail, without the part after @
    alert   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    content BLOB NOT NULL  -- the codec of delivery.channels.content
) WITHOUT ROWID;
CREATE TABLE delivery (
    message   TEXT NOT NULL REFERENCES message (id),
    recipient TEXT NOT NULL,
    pieces    INTEGER NOT NULL DEFAULT 0,  -- how many parts of the message have arrived
    tries     INTEGER NOT NULL DEFAULT 0,
    next_try  INTEGER NOT NULL,
    reason    TEXT,
    PRIMARY KEY (message, recipient)
) WITHOUT ROWID;
CREATE TABLE unsubscribed (
    alert     TEXT NOT NULL,
    recipient TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (alert, recipient)
) WITHOUT ROWID;
CREATE TABLE validator (
    address  TEXT PRIMARY KEY,
    etag     TEXT,
    modified TEXT,
    day      TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE reached (
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    day    TEXT NOT NULL,
    PRIMARY KEY (source, name)
) WITHOUT ROWID;
CREATE TABLE ranking (
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    place  INTEGER NOT NULL,
    paper  INTEGER NOT NULL REFERENCES paper,
    at     INTEGER NOT NULL,
    PRIMARY KEY (source, name, place)
) WITHOUT ROWID;
CREATE TABLE page_end (
    source TEXT NOT NULL,
    name   TEXT NOT NULL,
    day    TEXT NOT NULL,
    ids    BLOB NOT NULL
);
CREATE INDEX page_end_name ON page_end (name);
