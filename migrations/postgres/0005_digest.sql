-- The daily digest of shadow mode: when the next is due, and up to which instant was told. A mailbox that is live has no row.
CREATE TABLE digest (
    mailbox    TEXT   NOT NULL PRIMARY KEY,
    due_at     BIGINT NOT NULL,
    told_until BIGINT NOT NULL
);
