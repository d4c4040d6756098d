-- The language that the worker found a paper's texts to be in, and how sure it was (0 to 1).

ALTER TABLE translation ADD COLUMN original TEXT;
ALTER TABLE translation ADD COLUMN confidence REAL;
