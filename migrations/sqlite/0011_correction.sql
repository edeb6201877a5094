-- What staff said of a ticket's category: what the classifier learns from. The text that was judged stays with the ticket's first
-- message, so that erasing it there erases it here. Rows are only added; the newest of a ticket counts.
CREATE TABLE correction (
    id        INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    -- '': it had none.
    was       TEXT    NOT NULL,
    category  TEXT    NOT NULL,
    person_id INTEGER NOT NULL REFERENCES person (id),
    made_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX correction_ticket ON correction (ticket_id, id);
