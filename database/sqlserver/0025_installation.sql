-- Which installation this database belongs to. Each node keeps the same outside of the database: so a copy is told from the original.
-- Beats go up while a node of the installation runs; Filler is written and removed to see whether there is room.

CREATE TABLE Installation (
    Id bigint NOT NULL,
    Name nvarchar(32) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Since datetime2(3) NOT NULL,
    Beats bigint NOT NULL,
    Filler varbinary(max) NULL,
    CONSTRAINT PK_Installation PRIMARY KEY (Id)
);
