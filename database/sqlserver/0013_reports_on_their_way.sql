-- A report from its draft through the board: what becomes of it, and what the board orders.

CREATE TABLE ReportDraft (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_ReportDraft PRIMARY KEY (Id),
    CONSTRAINT UQ_ReportDraft_Key UNIQUE ([Key])
);

CREATE TABLE ReportDraftVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Title nvarchar(200) NOT NULL,
    Visibility int NOT NULL,
    Meeting nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Foreword nvarchar(max) NULL,
    Comments nvarchar(max) NULL,
    WithMandates bit NOT NULL,
    Report bigint NULL,
    Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT PK_ReportDraftVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ReportDraftVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ReportDraftVersion_ReportDraft FOREIGN KEY (Id) REFERENCES ReportDraft (Id),
    CONSTRAINT FK_ReportDraftVersion_Meeting FOREIGN KEY (Meeting) REFERENCES BoardMeeting ([Key])
);
CREATE INDEX IX_ReportDraftVersion_FromRevision ON ReportDraftVersion (FromRevision);
CREATE INDEX IX_ReportDraftVersion_UntilRevisionId ON ReportDraftVersion (UntilRevision, Id);

ALTER TABLE Report ADD Meeting nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL;

ALTER TABLE Report ADD Embargoed bit NOT NULL CONSTRAINT DF_Report_Embargoed DEFAULT 0;

ALTER TABLE Report ADD Replaces bigint NULL;

CREATE TABLE ReportTransition (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_ReportTransition PRIMARY KEY (Id),
    CONSTRAINT UQ_ReportTransition_Key UNIQUE ([Key])
);

CREATE TABLE ReportTransitionVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Report bigint NOT NULL,
    Ordinal int NOT NULL,
    State nvarchar(20) NOT NULL,
    HappenedOn date NOT NULL,
    Meeting nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    AgendaItem nvarchar(50) NULL,
    Reason nvarchar(2000) NULL,
    Assignments nvarchar(4000) NULL,
    Steps nvarchar(max) NULL,
    Visibility int NOT NULL,
    Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT PK_ReportTransitionVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ReportTransitionVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ReportTransitionVersion_ReportTransition FOREIGN KEY (Id) REFERENCES ReportTransition (Id),
    CONSTRAINT FK_ReportTransitionVersion_Meeting FOREIGN KEY (Meeting) REFERENCES BoardMeeting ([Key])
);
CREATE INDEX IX_ReportTransitionVersion_FromRevision ON ReportTransitionVersion (FromRevision);
CREATE INDEX IX_ReportTransitionVersion_UntilRevisionReportOrdinal ON ReportTransitionVersion (UntilRevision, Report, Ordinal);

CREATE TABLE Assignment (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Assignment PRIMARY KEY (Id),
    CONSTRAINT UQ_Assignment_Key UNIQUE ([Key])
);

CREATE TABLE AssignmentVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Title nvarchar(200) NOT NULL,
    Text nvarchar(4000) NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Project nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    DueOn date NULL,
    State nvarchar(20) NOT NULL,
    DoneOn date NULL,
    Evidence nvarchar(2000) NULL,
    Report bigint NULL,
    Meeting nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Visibility int NOT NULL,
    Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT PK_AssignmentVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_AssignmentVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_AssignmentVersion_Assignment FOREIGN KEY (Id) REFERENCES Assignment (Id),
    CONSTRAINT FK_AssignmentVersion_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key]),
    CONSTRAINT FK_AssignmentVersion_Project FOREIGN KEY (Project) REFERENCES Project ([Key]),
    CONSTRAINT FK_AssignmentVersion_Meeting FOREIGN KEY (Meeting) REFERENCES BoardMeeting ([Key])
);
CREATE INDEX IX_AssignmentVersion_FromRevision ON AssignmentVersion (FromRevision);
CREATE INDEX IX_AssignmentVersion_UntilRevisionDueOnId ON AssignmentVersion (UntilRevision, DueOn, Id);
