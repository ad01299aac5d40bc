-- As in SQLite's 0003_senders.sql.
ALTER TABLE submission ADD COLUMN sender BYTEA;

CREATE TABLE quarantine (
    municipality TEXT NOT NULL,
    id BYTEA NOT NULL,
    since_ms BIGINT NOT NULL,
    PRIMARY KEY (municipality, id)
);
