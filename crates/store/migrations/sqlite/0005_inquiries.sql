-- A keyed hash of the secret on the entry's receipt: whoever has the receipt is answered by one look into an index.
-- NULL in entries from before; they are filled in while the server runs.
ALTER TABLE submission ADD COLUMN lookup BLOB;
CREATE INDEX submission_by_lookup ON submission (municipality, lookup) WHERE lookup IS NOT NULL;
CREATE INDEX submission_without_lookup ON submission (municipality, id) WHERE lookup IS NULL;

-- What lists and figures need to know of an inquiry that is closed and has nothing to be sent, sealed for the office.
-- Written and taken away in the transaction of the event that closes or reopens it.
CREATE TABLE settled_inquiry (
    municipality TEXT NOT NULL,
    id BLOB NOT NULL,
    last_event INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (municipality, id)
) STRICT, WITHOUT ROWID;
