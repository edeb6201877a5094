-- Who belongs to a ticket, and which tickets belong together.

-- The agent whose forward named the requester, until somebody acted on it.
ALTER TABLE ticket ADD COLUMN proposed_by TEXT NOT NULL DEFAULT '';
-- The ticket that took this one in.
ALTER TABLE ticket ADD COLUMN merged_into BIGINT REFERENCES ticket (id);
CREATE INDEX ticket_merged ON ticket (merged_into) WHERE merged_into IS NOT NULL;

-- Short hashes of a ticket's subject and of codes in its first mail: what a later mail of the same people may have to do with.
CREATE TABLE ticket_mark (
    scope     TEXT    NOT NULL,
    mark      BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    ticket_id BIGINT NOT NULL REFERENCES ticket (id),
    PRIMARY KEY (scope, mark, at, ticket_id)
);
CREATE INDEX ticket_mark_ticket ON ticket_mark (ticket_id);

-- A hash of what a client newly wrote, where it is long enough not to be written twice by chance.
ALTER TABLE message ADD COLUMN text_hash BIGINT;
CREATE INDEX message_text ON message (text_hash, created_at) WHERE text_hash IS NOT NULL;
