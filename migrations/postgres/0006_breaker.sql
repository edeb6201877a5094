-- Acknowledgements that the breaker refused, counted for every mail.
CREATE INDEX event_breaker ON event (at) WHERE kind = 'breaker';
