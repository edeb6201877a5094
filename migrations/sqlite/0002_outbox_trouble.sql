-- Trouble with the server that mail leaves by, besides that with the server that it is read from.
ALTER TABLE mailbox ADD COLUMN outbox_trouble TEXT NOT NULL DEFAULT '';
ALTER TABLE mailbox ADD COLUMN outbox_trouble_since INTEGER;
