-- Runs and their steps: when each was, how it ended, what it counted. The last due time of a job lies here, so that what
-- was due while the machine slept is made up for.
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
