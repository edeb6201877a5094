-- Possession (what only one agent received): sealed confirmations, the period that they open, revoked secrets, challenges.

-- What the confirmation mail showed, and an HMAC over the row's fields: an altered row confirms nothing.
ALTER TABLE confirmation ADD COLUMN action TEXT NOT NULL DEFAULT '';
ALTER TABLE confirmation ADD COLUMN seal BLOB NOT NULL DEFAULT X'';
-- When somebody was told that their answer did not say yes.
ALTER TABLE confirmation ADD COLUMN hinted_at INTEGER;

-- One row an agent, of their newest confirmation.
CREATE TABLE trust_period (
    agent           TEXT    NOT NULL PRIMARY KEY,
    opened_at       INTEGER NOT NULL,
    until_at        INTEGER NOT NULL,
    confirmation_id INTEGER NOT NULL REFERENCES confirmation (id),
    -- By #lock or a revocation.
    ended_at        INTEGER
) STRICT;

-- Tokens are bound to the number; what an agent received before the instant is no possession any more.
ALTER TABLE person ADD COLUMN token_epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN revoked_at INTEGER;

-- Mails that ask an agent to answer, so that their proof can be looked at.
CREATE TABLE challenge (
    id          INTEGER PRIMARY KEY,
    agent       TEXT    NOT NULL,
    outbox_id   INTEGER REFERENCES outbox (id),
    asked_at    INTEGER NOT NULL,
    answered_at INTEGER,
    -- What the answer proved, as JSON.
    proof    TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX challenge_agent ON challenge (agent, id);
CREATE INDEX challenge_outbox ON challenge (outbox_id);
