"""The desk's tables. One SQLite file holds everything, so that a desk that was killed goes on where it was."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS handoffs (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    queue TEXT NOT NULL,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL,                 -- queued, accepted, ended
    outcome TEXT NOT NULL DEFAULT '',    -- closed, returned, customer left
    callback TEXT NOT NULL,
    representative TEXT,
    representative_name TEXT,
    told_position INTEGER,
    opened_at REAL NOT NULL,
    queued_at REAL NOT NULL,
    accepted_at REAL,
    ended_at REAL
);
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    handoff TEXT NOT NULL REFERENCES handoffs(id),
    id TEXT NOT NULL,
    role TEXT NOT NULL,
    name TEXT NOT NULL,
    activity TEXT NOT NULL,
    at REAL NOT NULL,
    delivery TEXT NOT NULL DEFAULT '',   -- of a representative's: sending, delivered, failed
    reason TEXT NOT NULL DEFAULT '',
    UNIQUE (handoff, id)
);
CREATE TABLE IF NOT EXISTS callbacks (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,             -- the webhook-id, the same at every try
    handoff TEXT NOT NULL REFERENCES handoffs(id),
    message TEXT,                        -- whose delivery it is
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    first_at REAL NOT NULL,
    next_at REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' -- waiting, done, failed
);
CREATE INDEX IF NOT EXISTS callbacks_waiting ON callbacks (state, handoff, number);
CREATE INDEX IF NOT EXISTS handoffs_by_state ON handoffs (state, queue);
"""
