-- Old mail and old lists of tickets, brought in by batches that have names and can be undone. The mails of a batch stand in the
-- ledger as a folder of its own, `import:NAME`, which is on no server.

CREATE TABLE import_batch (
    id       INTEGER PRIMARY KEY,
    batch    TEXT    NOT NULL UNIQUE,
    mailbox  TEXT    NOT NULL,
    kind     TEXT    NOT NULL CHECK (kind IN ('mail', 'tickets')),
    -- What the operator said of it: a repetition must say the same.
    options  TEXT    NOT NULL,
    begun_at INTEGER NOT NULL,
    -- When a run came to its end; NULL: it was interrupted, or is under way.
    ended_at INTEGER
) STRICT;

-- Where each mail or line stood, so that a repetition passes over it; `uid` is its UID in the folder, or the number of the ticket
-- that a line became. Places come in the order of their file, so they are kept as they are and not as hashes.
CREATE TABLE import_item (
    batch_id INTEGER NOT NULL REFERENCES import_batch (id),
    place    TEXT    NOT NULL,
    uid      INTEGER NOT NULL,
    PRIMARY KEY (batch_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_item_uid ON import_item (batch_id, uid);

-- The tickets that a batch made or added to, with the version that it left: another version means that something happened since.
CREATE TABLE import_ticket (
    batch_id  INTEGER NOT NULL REFERENCES import_batch (id),
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    made      INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    PRIMARY KEY (batch_id, ticket_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_ticket_ticket ON import_ticket (ticket_id);

-- The people whom a batch brought along.
CREATE TABLE import_person (
    batch_id  INTEGER NOT NULL REFERENCES import_batch (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    PRIMARY KEY (batch_id, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_person_person ON import_person (person_id);

-- Taking people and tickets away again asks who still refers to them.
CREATE INDEX message_author ON message (author_id);
CREATE INDEX ticket_linked ON ticket (linked_to) WHERE linked_to IS NOT NULL;
