-- Which installation this database belongs to. Each node keeps the same outside of the database: so a copy is told from the original.
-- Beats go up while a node of the installation runs; Filler is written and removed to see whether there is room.

CREATE TABLE Installation (
    Id integer NOT NULL,
    Name text NOT NULL,
    Since text NOT NULL,
    Beats integer NOT NULL,
    Filler blob NULL,
    CONSTRAINT PK_Installation PRIMARY KEY (Id)
);
