-- A row's hash covers a random salt, so that nobody can find out a removed text by trying: with the text the salt goes, too. What was
-- written before has none.

ALTER TABLE Revision ADD COLUMN Salt text NULL;
ALTER TABLE PartnerVersion ADD COLUMN Salt text NULL;
ALTER TABLE FieldOfActionVersion ADD COLUMN Salt text NULL;
ALTER TABLE ProjectVersion ADD COLUMN Salt text NULL;
ALTER TABLE ParticipationVersion ADD COLUMN Salt text NULL;
ALTER TABLE MilestoneVersion ADD COLUMN Salt text NULL;
ALTER TABLE GateVersion ADD COLUMN Salt text NULL;
ALTER TABLE RiskVersion ADD COLUMN Salt text NULL;
ALTER TABLE ReportingCycleVersion ADD COLUMN Salt text NULL;
ALTER TABLE StatusUpdateVersion ADD COLUMN Salt text NULL;
ALTER TABLE AssessmentVersion ADD COLUMN Salt text NULL;
ALTER TABLE DecisionRequestVersion ADD COLUMN Salt text NULL;
ALTER TABLE ReportScheduleVersion ADD COLUMN Salt text NULL;

-- What was taken out of rows and reasons that had been written: the hash that the chain holds, and the hash of what stands there now.
-- FromRevision tells the row; of kind 'revision' it is the revision whose reason it was.
CREATE TABLE Redaction (
    Revision integer NOT NULL,
    Ordinal integer NOT NULL,
    Kind text NOT NULL,
    EntityId text NOT NULL,
    FromRevision integer NOT NULL,
    Fields text NOT NULL,
    Original text NOT NULL,
    Redacted text NOT NULL,
    CONSTRAINT PK_Redaction PRIMARY KEY (Revision, Ordinal)
);
CREATE INDEX IX_Redaction_FromRevision ON Redaction (FromRevision);
