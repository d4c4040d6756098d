-- Papers that are to stay away, whoever lists them again. Each has a row in `paper`, without texts.
CREATE TABLE forgotten (
    paper  INTEGER PRIMARY KEY REFERENCES paper,
    at     INTEGER NOT NULL,  -- µs since 1970
    reason TEXT NOT NULL      -- "" where none was given
);
