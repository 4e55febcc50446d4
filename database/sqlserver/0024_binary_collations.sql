-- What is sorted or compared by its bytes elsewhere is so here, too: otherwise the order of a report depends on the server's collation.

DROP INDEX IX_MandateVersion_UntilRevisionTitleSortId ON MandateVersion;
ALTER TABLE MandateVersion ALTER COLUMN TitleSort nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL;
CREATE INDEX IX_MandateVersion_UntilRevisionTitleSortId ON MandateVersion (UntilRevision, TitleSort, Id);

DROP INDEX IX_IndicatorVersion_UntilRevisionNameSortId ON IndicatorVersion;
ALTER TABLE IndicatorVersion ALTER COLUMN NameSort nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL;
CREATE INDEX IX_IndicatorVersion_UntilRevisionNameSortId ON IndicatorVersion (UntilRevision, NameSort, Id);

ALTER TABLE IdempotencyKey DROP CONSTRAINT PK_IdempotencyKey;
ALTER TABLE IdempotencyKey ALTER COLUMN Caller nvarchar(100) COLLATE Latin1_General_100_BIN2 NOT NULL;
ALTER TABLE IdempotencyKey ADD CONSTRAINT PK_IdempotencyKey PRIMARY KEY (Caller, [Key]);
