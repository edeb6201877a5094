-- The desk's first schema. Instants are microseconds since 1970-01-01 UTC; JSON is TEXT; truth values are 0 and 1.
-- Columns are NULL only where "not yet" or "nobody" has a meaning of its own.

-- Numbers that people see, taken in the transaction that uses them, so that none is skipped.
CREATE TABLE counter (
    name  TEXT    NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO counter (name, value) VALUES ('ticket', 0);

CREATE TABLE mailbox (
    mailbox       TEXT NOT NULL PRIMARY KEY,
    mode          TEXT NOT NULL DEFAULT '' CHECK (mode IN ('', 'shadow', 'live')),
    mode_since    INTEGER,
    trouble       TEXT NOT NULL DEFAULT '',
    trouble_since INTEGER,
    -- The same for what leaves.
    outbox_trouble       TEXT NOT NULL DEFAULT '',
    outbox_trouble_since INTEGER
) STRICT;

CREATE TABLE folder (
    mailbox              TEXT    NOT NULL,
    folder               TEXT    NOT NULL,
    uid_validity         INTEGER NOT NULL,
    before_start_through INTEGER NOT NULL DEFAULT 0,
    accounted_through    INTEGER NOT NULL DEFAULT 0,
    unaccounted          INTEGER,
    reconciled_at        INTEGER,
    created_at           INTEGER NOT NULL,
    PRIMARY KEY (mailbox, folder, uid_validity)
) STRICT;

-- The bytes stand last, so that the columns before them are read without walking their pages.
CREATE TABLE raw_message (
    id              INTEGER PRIMARY KEY,
    mailbox         TEXT    NOT NULL,
    received_at     INTEGER NOT NULL,
    size_bytes      INTEGER NOT NULL,
    oversized_bytes INTEGER,
    kept_at         INTEGER NOT NULL,
    bytes           BLOB    NOT NULL
) STRICT;

CREATE TABLE person (
    id         INTEGER PRIMARY KEY,
    address    TEXT    NOT NULL UNIQUE,
    name       TEXT    NOT NULL DEFAULT '',
    suppressed INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE ticket (
    id                    INTEGER NOT NULL PRIMARY KEY,
    version               INTEGER NOT NULL DEFAULT 1,
    mailbox               TEXT    NOT NULL,
    state                 TEXT    NOT NULL DEFAULT 'new',
    subject               TEXT    NOT NULL DEFAULT '',
    language              TEXT    NOT NULL DEFAULT '',
    category              TEXT    NOT NULL DEFAULT '',
    priority              TEXT    NOT NULL DEFAULT 'normal',
    team                  TEXT    NOT NULL DEFAULT '',
    assignee              TEXT    NOT NULL DEFAULT '',
    tags                  TEXT    NOT NULL DEFAULT '[]',
    requester_id          INTEGER NOT NULL REFERENCES person (id),
    requester_proven      INTEGER NOT NULL DEFAULT 0,
    linked_to             INTEGER REFERENCES ticket (id),
    first_response_at     INTEGER,
    first_response_due_at INTEGER,
    closed_at             INTEGER,
    created_at            INTEGER NOT NULL,
    updated_at            INTEGER NOT NULL,
    -- The head of the chain of events: without it, cutting off its end would not be noticed.
    event_seq             INTEGER NOT NULL DEFAULT 0,
    event_hash            BLOB    NOT NULL
) STRICT;
CREATE INDEX ticket_requester ON ticket (requester_id);
CREATE INDEX ticket_state ON ticket (state);

-- What became of each UID; each ends as exactly one outcome (SPEC section 4).
CREATE TABLE ledger (
    id           INTEGER PRIMARY KEY,
    mailbox      TEXT    NOT NULL,
    folder       TEXT    NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid          INTEGER NOT NULL,
    raw_id       INTEGER UNIQUE REFERENCES raw_message (id),
    oversized    INTEGER NOT NULL DEFAULT 0,
    outcome      TEXT    NOT NULL DEFAULT 'kept' CHECK (outcome IN
        ('kept', 'ticket', 'held', 'control', 'ignored', 'before_start', 'gone', 'quarantined')),
    reason       TEXT    NOT NULL DEFAULT '',
    ticket_id    INTEGER REFERENCES ticket (id),
    attempts     INTEGER NOT NULL DEFAULT 0,
    recorded_at  INTEGER NOT NULL,
    decided_at   INTEGER,
    settled_at   INTEGER,
    FOREIGN KEY (mailbox, folder, uid_validity) REFERENCES folder (mailbox, folder, uid_validity),
    UNIQUE (mailbox, folder, uid_validity, uid)
) STRICT;
CREATE INDEX ledger_outcome ON ledger (mailbox, outcome);
CREATE INDEX ledger_ticket ON ledger (ticket_id);
CREATE INDEX ledger_undecided ON ledger (mailbox, raw_id) WHERE outcome = 'kept';
CREATE INDEX ledger_quarantined ON ledger (raw_id) WHERE outcome = 'quarantined';
CREATE INDEX ledger_unsettled ON ledger (mailbox, folder, uid_validity, uid)
    WHERE settled_at IS NULL AND oversized = 0 AND outcome IN ('ticket', 'held', 'control', 'ignored');

CREATE TABLE participant (
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    person_id INTEGER NOT NULL REFERENCES person (id),
    position  INTEGER NOT NULL DEFAULT 0,
    added_at  INTEGER NOT NULL,
    PRIMARY KEY (ticket_id, person_id)
) STRICT;
CREATE INDEX participant_person ON participant (person_id);

CREATE TABLE message (
    id              INTEGER PRIMARY KEY,
    ticket_id       INTEGER NOT NULL REFERENCES ticket (id),
    raw_id          INTEGER NOT NULL REFERENCES raw_message (id),
    kind            TEXT    NOT NULL,
    author_id       INTEGER NOT NULL REFERENCES person (id),
    identity        TEXT    NOT NULL DEFAULT '',
    message_id      TEXT    NOT NULL DEFAULT '',
    -- SHA-256: a Message-ID of 10 kB does not fit into a B-tree row of PostgreSQL.
    message_id_hash BLOB    NOT NULL,
    mail_references TEXT    NOT NULL DEFAULT '[]',
    subject         TEXT,
    text            TEXT    NOT NULL DEFAULT '',
    received_at     INTEGER NOT NULL,
    created_at      INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX message_identity ON message (identity) WHERE identity <> '';
CREATE INDEX message_thread ON message (message_id_hash);
CREATE INDEX message_ticket ON message (ticket_id, kind, id);
CREATE INDEX message_raw ON message (raw_id);

CREATE TABLE attachment (
    message_row   INTEGER NOT NULL REFERENCES message (id),
    position      INTEGER NOT NULL,
    name          TEXT    NOT NULL DEFAULT '',
    original_name TEXT,
    content_type  TEXT    NOT NULL DEFAULT '',
    detected_type TEXT,
    size_bytes    INTEGER NOT NULL DEFAULT 0,
    sha256        TEXT    NOT NULL DEFAULT '',
    inline        INTEGER NOT NULL DEFAULT 0,
    kind          TEXT    NOT NULL DEFAULT 'other',
    PRIMARY KEY (message_row, position)
) STRICT;

-- Only added to. Erasing a person empties actor, content and salt; the hashes stay and still agree.
CREATE TABLE event (
    ticket_id    INTEGER NOT NULL REFERENCES ticket (id),
    seq          INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    content_hash BLOB    NOT NULL,
    prev_hash    BLOB    NOT NULL,
    hash         BLOB    NOT NULL,
    actor        TEXT    NOT NULL DEFAULT '',
    content      TEXT    NOT NULL DEFAULT '',
    salt         BLOB    NOT NULL,
    PRIMARY KEY (ticket_id, seq)
) STRICT;

CREATE TABLE timer (
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    kind      TEXT    NOT NULL,
    due_at    INTEGER NOT NULL,
    state     TEXT    NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'fired', 'stopped')),
    ended_at  INTEGER,
    PRIMARY KEY (ticket_id, kind)
) STRICT;
CREATE INDEX timer_due ON timer (due_at) WHERE state = 'waiting';

CREATE TABLE outbox (
    id               INTEGER PRIMARY KEY,
    mailbox          TEXT    NOT NULL,
    kind             TEXT    NOT NULL,
    priority         INTEGER NOT NULL,
    ticket_id        INTEGER REFERENCES ticket (id),
    to_agent         INTEGER NOT NULL DEFAULT 0,
    automatic        INTEGER NOT NULL DEFAULT 0,
    recipient        TEXT    NOT NULL,
    recipient_domain TEXT    NOT NULL DEFAULT '',
    envelope_from    TEXT,
    mail             TEXT    NOT NULL,
    files            TEXT    NOT NULL DEFAULT '[]',
    message_id_hash  BLOB    NOT NULL,
    state            TEXT    NOT NULL DEFAULT 'queued' CHECK (state IN
        ('queued', 'sending', 'sent', 'failed', 'unknown', 'shadow', 'held', 'cancelled')),
    attempts         INTEGER NOT NULL DEFAULT 0,
    next_at          INTEGER,
    first_attempt_at INTEGER,
    detail           TEXT    NOT NULL DEFAULT '',
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_claim ON outbox (mailbox, priority, id) WHERE state IN ('queued', 'unknown');
CREATE INDEX outbox_due ON outbox (mailbox, next_at) WHERE state IN ('queued', 'unknown');
CREATE INDEX outbox_state ON outbox (mailbox, state);
CREATE INDEX outbox_thread ON outbox (message_id_hash);
CREATE INDEX outbox_ticket ON outbox (ticket_id, to_agent, automatic, created_at);
-- The limits on automatic mail are counted from these alone.
CREATE INDEX outbox_recipient ON outbox (recipient, kind, to_agent, automatic, created_at);
CREATE INDEX outbox_domain ON outbox (recipient_domain, kind, to_agent, automatic, created_at);
CREATE INDEX outbox_kind ON outbox (kind, to_agent, automatic, created_at);

-- Attempts one by one, for a provider's limits a minute and a day.
CREATE TABLE outbox_attempt (
    id        INTEGER PRIMARY KEY,
    outbox_id INTEGER NOT NULL REFERENCES outbox (id),
    mailbox   TEXT    NOT NULL,
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_attempt_at ON outbox_attempt (mailbox, at);
CREATE INDEX outbox_attempt_outbox ON outbox_attempt (outbox_id);

CREATE TABLE confirmation (
    id          INTEGER PRIMARY KEY,
    nonce_hash  BLOB    NOT NULL UNIQUE,
    agent       TEXT    NOT NULL,
    held_raw_id INTEGER NOT NULL REFERENCES raw_message (id),
    outbox_id   INTEGER NOT NULL REFERENCES outbox (id),
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX confirmation_outbox ON confirmation (outbox_id);
CREATE INDEX confirmation_held ON confirmation (held_raw_id);

-- What each decision rested on, and what it was; a mail that was held and then confirmed has two.
CREATE TABLE facts (
    id         INTEGER PRIMARY KEY,
    raw_id     INTEGER REFERENCES raw_message (id),
    ticket_id  INTEGER REFERENCES ticket (id),
    version    INTEGER NOT NULL,
    identity   TEXT    NOT NULL DEFAULT '',
    facts      TEXT    NOT NULL,
    decision   TEXT    NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;
CREATE INDEX facts_raw ON facts (raw_id);
CREATE INDEX facts_ticket ON facts (ticket_id);
CREATE INDEX facts_identity ON facts (identity) WHERE identity <> '';
