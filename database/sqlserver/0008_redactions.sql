-- A row's hash covers a random salt, so that nobody can find out a removed text by trying: with the text the salt goes, too. What was
-- written before has none.

ALTER TABLE Revision ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE PartnerVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE FieldOfActionVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE ProjectVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE ParticipationVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE MilestoneVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE GateVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE RiskVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE ReportingCycleVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE StatusUpdateVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE AssessmentVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE DecisionRequestVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;
ALTER TABLE ReportScheduleVersion ADD Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL;

-- What was taken out of rows and reasons that had been written: the hash that the chain holds, and the hash of what stands there now.
-- FromRevision tells the row; of kind 'revision' it is the revision whose reason it was.
CREATE TABLE Redaction (
    Revision bigint NOT NULL,
    Ordinal int NOT NULL,
    Kind nvarchar(40) COLLATE Latin1_General_100_BIN2 NOT NULL,
    EntityId uniqueidentifier NOT NULL,
    FromRevision bigint NOT NULL,
    Fields nvarchar(400) NOT NULL,
    Original nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Redacted nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Redaction PRIMARY KEY (Revision, Ordinal)
);
CREATE INDEX IX_Redaction_FromRevision ON Redaction (FromRevision);
