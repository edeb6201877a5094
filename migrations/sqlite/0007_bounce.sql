-- What comes back of what left, and to whom nothing automatic goes any more.

-- One row a mail that did not arrive, and a second one when it turned out to be for good. Warnings of delay are only lines of
-- history.
CREATE TABLE bounce (
    id         INTEGER PRIMARY KEY,
    outbox_id  INTEGER NOT NULL REFERENCES outbox (id),
    raw_id     INTEGER REFERENCES raw_message (id),
    -- Of the mail, in lower case.
    address    TEXT    NOT NULL,
    evidence   TEXT    NOT NULL CHECK (evidence IN ('address', 'header', 'message_id', 'server')),
    hard       INTEGER NOT NULL,
    status     TEXT    NOT NULL DEFAULT '',
    diagnostic TEXT    NOT NULL DEFAULT '',
    -- Somebody was written to because of it.
    told       INTEGER NOT NULL DEFAULT 0,
    at         INTEGER NOT NULL
) STRICT;
CREATE INDEX bounce_outbox ON bounce (outbox_id);
CREATE INDEX bounce_address ON bounce (address, at);

-- `suppressed` is the truth; these say since when and why, and when the address was last let through again.
ALTER TABLE person ADD COLUMN suppressed_at INTEGER;
ALTER TABLE person ADD COLUMN suppressed_why TEXT NOT NULL DEFAULT '';
ALTER TABLE person ADD COLUMN released_at INTEGER;
CREATE INDEX person_suppressed ON person (id) WHERE suppressed = 1;

-- Until then mail leaves under the mailbox's plain address: the relay refused another envelope sender.
ALTER TABLE mailbox ADD COLUMN plain_sender_until INTEGER;
