-- The cache behind list and search. Everything here is read from the archive and can be made again.
-- Whoever changes this file raises VERSION in index.py.

CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row for each item folder. "look" stands for how its files looked when they were read.
CREATE TABLE items (
    id INTEGER PRIMARY KEY,
    folder TEXT NOT NULL UNIQUE,
    key TEXT NOT NULL,              -- as a rule the name of the folder
    parts TEXT NOT NULL,            -- which files there are
    look INTEGER NOT NULL,
    problem TEXT,                   -- why the item cannot be read, or NULL
    lacks_text INTEGER NOT NULL,    -- it has a text that was not on this machine
    title TEXT NOT NULL,
    names TEXT NOT NULL,            -- one a line
    author TEXT NOT NULL,           -- the same in short
    issued TEXT NOT NULL,
    year INTEGER,                   -- the first one of issued
    container TEXT NOT NULL,
    publisher TEXT NOT NULL,
    type TEXT NOT NULL,
    access TEXT NOT NULL,
    url TEXT NOT NULL,
    tags TEXT NOT NULL,             -- one a line
    added TEXT NOT NULL,
    variables TEXT NOT NULL,        -- the names of those that it has, one a line
    annotations INTEGER NOT NULL,
    captures INTEGER NOT NULL
);

CREATE INDEX problems ON items (key) WHERE problem IS NOT NULL;
CREATE INDEX lacking ON items (id) WHERE lacks_text;

-- What was indexed, as it stands in the archive: snippets are cut from it.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,              -- and the aliases
    title TEXT NOT NULL,
    names TEXT NOT NULL,
    publisher TEXT NOT NULL,
    tags TEXT NOT NULL,
    note TEXT NOT NULL,
    annotations TEXT NOT NULL,
    text TEXT NOT NULL
);

CREATE TABLE payloads (
    item INTEGER NOT NULL,
    digest TEXT NOT NULL,
    stamp TEXT NOT NULL,
    role TEXT NOT NULL
);
CREATE INDEX payloads_by_digest ON payloads (digest);
CREATE INDEX payloads_by_item ON payloads (item);

-- Where an item is known to be from, as model/address.py compares addresses.
CREATE TABLE addresses (
    item INTEGER NOT NULL,
    address TEXT NOT NULL
);
CREATE INDEX addresses_by_address ON addresses (address);
CREATE INDEX addresses_by_item ON addresses (item);

-- Words as folding.py makes them, so the tokenizer only cuts at spaces and signs. It keeps marks
-- inside words: without Mn and Mc the scripts of India would fall to pieces. The
-- trigram tokenizer would find parts of words, but not the many Chinese words of two signs.
CREATE VIRTUAL TABLE words USING fts5 (
    key, title, names, publisher, tags, note, annotations, text,
    content = '',
    prefix = '3',
    tokenize = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
);
