-- Who works which mailbox, and until when by this server's clock (microseconds since 1970-01-01 UTC). The token is part of a key,
-- so that a takeover waits for those who hold the old one (FOR KEY SHARE) and a renewal does not. SQLite has one daemon and needs no
-- such table.
CREATE TABLE mailbox_lease (
    mailbox       TEXT   NOT NULL PRIMARY KEY,
    token         BIGINT NOT NULL,
    holder        TEXT   NOT NULL,
    -- The holder's session (pg_stat_activity): once it is gone, so is the holder.
    backend_pid   BIGINT NOT NULL,
    backend_start BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    UNIQUE (mailbox, token)
);
