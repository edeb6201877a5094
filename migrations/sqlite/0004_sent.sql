-- The folder of sent mail: which one it is, which of our replies lie in it, and who puts them there.

ALTER TABLE folder ADD COLUMN role TEXT NOT NULL DEFAULT '' CHECK (role IN ('', 'sent'));

-- What was learned: whether the provider files what leaves over its SMTP server.
ALTER TABLE mailbox ADD COLUMN sent_filing TEXT NOT NULL DEFAULT '' CHECK (sent_filing IN ('', 'provider', 'desk'));

-- 'trying' is written before the copy is, so that after a crash a copy that is found is known as ours. What left before
-- this column was there is not filed afterwards.
ALTER TABLE outbox ADD COLUMN filed TEXT NOT NULL DEFAULT ''
    CHECK (filed IN ('', 'trying', 'desk', 'provider', 'refused', 'before'));
UPDATE outbox SET filed = 'before' WHERE state = 'sent';
CREATE INDEX outbox_unfiled ON outbox (mailbox, id) WHERE kind = 'reply' AND state = 'sent' AND filed IN ('', 'trying');
