-- Letters on their way out. What they say is encrypted, and gone once they are sent or given up; the row goes some days later.
-- DueAt: not to be tried before; also until when a node that tries has it for itself. NULL: nothing is left to do.

CREATE TABLE Letter (
    Id uniqueidentifier NOT NULL,
    Recipient nvarchar(254) NOT NULL,
    MessageId nvarchar(300) NOT NULL,
    Content varbinary(max) NULL,
    CreatedAt datetime2(3) NOT NULL,
    Tries int NOT NULL,
    DueAt datetime2(3) NULL,
    SentAt datetime2(3) NULL,
    FailedAt datetime2(3) NULL,
    Failure nvarchar(500) NULL,
    CONSTRAINT PK_Letter PRIMARY KEY (Id)
);
CREATE INDEX IX_Letter_DueAt ON Letter (DueAt);
CREATE INDEX IX_Letter_CreatedAtId ON Letter (CreatedAt, Id);
