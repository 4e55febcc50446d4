-- Who came, and who was turned away: what is worth knowing and no part of the portfolio, so no revision holds it. It is forgotten in time.

CREATE TABLE AuditRecord (
    Id text NOT NULL,
    At text NOT NULL,
    LastAt text NOT NULL,
    Times integer NOT NULL,
    Event text NOT NULL,
    Actor text NULL,
    Subject text NULL,
    Detail text NULL,
    Address text NULL,
    CONSTRAINT PK_AuditRecord PRIMARY KEY (Id)
);
CREATE INDEX IX_AuditRecord_AtId ON AuditRecord (At, Id);
CREATE INDEX IX_AuditRecord_ActorAt ON AuditRecord (Actor, At);
CREATE INDEX IX_AuditRecord_SubjectAt ON AuditRecord (Subject, At);
