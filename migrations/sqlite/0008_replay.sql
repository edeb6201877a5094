-- Signed mails that claimed a sender, by what a replay of one is known: the first mail under each key, for 90 days. The tokens
-- that such a mail needs live 30 days.
CREATE TABLE signed_mail (
    key        TEXT    NOT NULL PRIMARY KEY,
    identity   TEXT    NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;
CREATE INDEX signed_mail_age ON signed_mail (decided_at);

-- What the last probe showed of Exchange's mark of internal mail: whether mail from outside cannot carry it to this mailbox, as
-- it lies on this host.
CREATE TABLE internal_mark (
    mailbox   TEXT    NOT NULL PRIMARY KEY,
    host      TEXT    NOT NULL,
    holds     INTEGER NOT NULL,
    probed_at INTEGER NOT NULL
) STRICT;
