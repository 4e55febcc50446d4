-- From which revision on the lead speaks for its project; revisions before it are read by the rule that the newest status update counts,
-- whoever made it. A new database has no such revisions; in one that is upgraded the program makes the first at its next start, since what
-- the ledger holds goes through the ledger.

CREATE TABLE LeadRule (
    Id int NOT NULL,
    FromRevision bigint NOT NULL,
    CONSTRAINT PK_LeadRule PRIMARY KEY (Id)
);

INSERT INTO LeadRule (Id, FromRevision)
SELECT 1, 0 FROM Ledger l WHERE l.Id = 1 AND l.Number = 0;
