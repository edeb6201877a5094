-- What is known of a ticket's matter, and what its requester was asked for: JSON, an object of facts by name and a list of names.
ALTER TABLE ticket ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
