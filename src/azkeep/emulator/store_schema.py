"""The tables of a store."""

SCHEMA_VERSION = 6

SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS resources (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE, id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, parent TEXT NOT NULL,
    body TEXT NOT NULL, etag TEXT NOT NULL, instance TEXT NOT NULL, created_at TEXT NOT NULL, changed_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS resources_by_type ON resources (type, name);
CREATE INDEX IF NOT EXISTS resources_by_type_and_key ON resources (type, key);
CREATE INDEX IF NOT EXISTS resources_by_parent ON resources (parent, type);
CREATE TABLE IF NOT EXISTS resource_references (
    source TEXT NOT NULL, target TEXT NOT NULL, PRIMARY KEY (source, target)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS references_by_target ON resource_references (target);
CREATE TABLE IF NOT EXISTS identities (
    object_id TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (object_id, source)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS identities_by_source ON identities (source);
CREATE TABLE IF NOT EXISTS secrets (
    key TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (key, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS soft_deleted (
    key TEXT NOT NULL PRIMARY KEY, id TEXT NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL, location TEXT NOT NULL,
    body TEXT NOT NULL, deleted_at REAL NOT NULL, purge_at REAL NOT NULL, etag TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS soft_deleted_children (
    root TEXT NOT NULL, position INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, etag TEXT NOT NULL,
    instance TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (root, position)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS soft_deleted_secrets (
    root TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (root, key, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS operations (
    id TEXT NOT NULL PRIMARY KEY, key TEXT NOT NULL, resource_id TEXT NOT NULL, verb TEXT NOT NULL,
    created INTEGER NOT NULL, started REAL NOT NULL, ends REAL NOT NULL, settled INTEGER NOT NULL,
    subscription TEXT NOT NULL, answer BLOB, query TEXT NOT NULL, caller TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS operations_by_end ON operations (settled, ends);
CREATE INDEX IF NOT EXISTS operations_by_last ON operations (ends);
CREATE INDEX IF NOT EXISTS operations_by_key ON operations (key, ends);
CREATE TABLE IF NOT EXISTS activity (
    position INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, subscription TEXT NOT NULL,
    resource_group TEXT NOT NULL, resource TEXT NOT NULL, provider TEXT NOT NULL, correlation TEXT NOT NULL,
    client TEXT NOT NULL, event TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS activity_by_time ON activity (subscription, at);
CREATE TABLE IF NOT EXISTS changes (
    position INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, subscription TEXT NOT NULL, target TEXT NOT NULL,
    kind TEXT NOT NULL, document TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS changes_by_time ON changes (subscription, at);
CREATE INDEX IF NOT EXISTS changes_by_target ON changes (target);
CREATE TABLE IF NOT EXISTS operation_origins (
    id TEXT NOT NULL PRIMARY KEY, correlation TEXT NOT NULL, client TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS operation_failures (
    id TEXT NOT NULL PRIMARY KEY, status INTEGER NOT NULL, code TEXT NOT NULL, message TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS principal_resources (
    object_id TEXT NOT NULL PRIMARY KEY, resource TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subscriptions (
    key TEXT NOT NULL PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS principals (
    object_id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    client_id TEXT NOT NULL UNIQUE, client_secret BLOB NOT NULL, role TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS principal_certificates (
    object_id TEXT NOT NULL, certificate TEXT NOT NULL, PRIMARY KEY (object_id, certificate)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blobs (
    container TEXT NOT NULL, name TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, created REAL NOT NULL,
    modified REAL NOT NULL, headers TEXT NOT NULL, metadata TEXT NOT NULL, blocks TEXT NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (container, name)
);
CREATE TABLE IF NOT EXISTS blob_blocks (
    container TEXT NOT NULL, name TEXT NOT NULL, block TEXT NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (container, name, block)
);
CREATE TABLE IF NOT EXISTS facts (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""
