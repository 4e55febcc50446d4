-- Who came, and who was turned away: what is worth knowing and no part of the portfolio, so no revision holds it. It is forgotten in time.

CREATE TABLE AuditRecord (
    Id uniqueidentifier NOT NULL,
    At datetime2(3) NOT NULL,
    LastAt datetime2(3) NOT NULL,
    Times bigint NOT NULL,
    Event nvarchar(40) NOT NULL,
    Actor nvarchar(200) COLLATE Latin1_General_100_BIN2 NULL,
    Subject nvarchar(200) COLLATE Latin1_General_100_BIN2 NULL,
    Detail nvarchar(400) NULL,
    Address nvarchar(50) NULL,
    CONSTRAINT PK_AuditRecord PRIMARY KEY (Id)
);
CREATE INDEX IX_AuditRecord_AtId ON AuditRecord (At, Id);
CREATE INDEX IX_AuditRecord_ActorAt ON AuditRecord (Actor, At);
CREATE INDEX IX_AuditRecord_SubjectAt ON AuditRecord (Subject, At);
