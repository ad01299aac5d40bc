-- Who sent an entry, as far as a flood of one sender is to be known again: a keyed hash that means something on one day only (limits/sender.rs). Nothing
-- for what came by file, and nothing after thirty days.
ALTER TABLE submission ADD COLUMN sender BLOB;

-- Entries that the office has put out of sight: they stand, and are neither in its inbox nor in its figures until they are put back.
CREATE TABLE quarantine (
    municipality TEXT NOT NULL,
    id BLOB NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (municipality, id)
) STRICT, WITHOUT ROWID;
