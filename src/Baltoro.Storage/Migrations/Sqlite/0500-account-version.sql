-- Counts the changes of an account, so that a node can tell whether what it remembers is still so.
ALTER TABLE account ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
