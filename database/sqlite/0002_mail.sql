-- Letters on their way out. What they say is encrypted, and gone once they are sent or given up; the row goes some days later.
-- DueAt: not to be tried before; also until when a node that tries has it for itself. NULL: nothing is left to do.

CREATE TABLE Letter (
    Id text NOT NULL,
    Recipient text NOT NULL,
    MessageId text NOT NULL,
    Content blob NULL,
    CreatedAt text NOT NULL,
    Tries integer NOT NULL,
    DueAt text NULL,
    SentAt text NULL,
    FailedAt text NULL,
    Failure text NULL,
    CONSTRAINT PK_Letter PRIMARY KEY (Id)
);
CREATE INDEX IX_Letter_DueAt ON Letter (DueAt);
CREATE INDEX IX_Letter_CreatedAtId ON Letter (CreatedAt, Id);
