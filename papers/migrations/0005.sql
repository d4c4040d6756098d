-- A random mark for each write. By it an index that was made from another history of this catalogue (from before a backup
-- was put back, or from a write that a power cut undid) is told from one that was made from this one.
CREATE TABLE mark (
    seq  INTEGER PRIMARY KEY,  -- the last that the write gave
    mark TEXT NOT NULL
);
INSERT INTO mark SELECT value, lower(hex(randomblob(8))) FROM meta WHERE key = 'seq';
