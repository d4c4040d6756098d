-- What alerts have sent, and the messages that are still to be sent.
CREATE TABLE alert (
    name   TEXT PRIMARY KEY,
    search TEXT NOT NULL,     -- the parameters of its search: an alert with another one begins anew
    looked INTEGER NOT NULL,  -- when it last looked for papers
    told   TEXT               -- the last day of arXiv's calendar for which there was a message
) WITHOUT ROWID;

-- A paper that an alert has sent, or that was there before the alert was. Without new versions, version is 0.
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

-- A message on its way to one recipient. The recipient is named by a hash: an address can hold a key.
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

-- An alert that a reader of the page has made, and confirmed by a mail; before that, confirmed is null.
CREATE TABLE subscription (
    name      TEXT PRIMARY KEY,
    search    TEXT NOT NULL,  -- the parameters of its address
    address   TEXT NOT NULL,
    language  TEXT NOT NULL,
    every     TEXT NOT NULL,
    at        INTEGER NOT NULL,
    confirmed INTEGER
) WITHOUT ROWID;
