-- A report from its draft through the board: what becomes of it, and what the board orders.

CREATE TABLE ReportDraft (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_ReportDraft PRIMARY KEY (Id),
    CONSTRAINT UQ_ReportDraft_Key UNIQUE ([Key])
);

CREATE TABLE ReportDraftVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Title text NOT NULL,
    Visibility integer NOT NULL,
    Meeting text NULL,
    Foreword text NULL,
    Comments text NULL,
    WithMandates integer NOT NULL,
    Report integer NULL,
    Salt text NULL,
    CONSTRAINT PK_ReportDraftVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ReportDraftVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ReportDraftVersion_ReportDraft FOREIGN KEY (Id) REFERENCES ReportDraft (Id),
    CONSTRAINT FK_ReportDraftVersion_Meeting FOREIGN KEY (Meeting) REFERENCES BoardMeeting ([Key])
);
CREATE INDEX IX_ReportDraftVersion_FromRevision ON ReportDraftVersion (FromRevision);
CREATE INDEX IX_ReportDraftVersion_UntilRevisionId ON ReportDraftVersion (UntilRevision, Id);

ALTER TABLE Report ADD COLUMN Meeting text NULL;

ALTER TABLE Report ADD COLUMN Embargoed integer NOT NULL CONSTRAINT DF_Report_Embargoed DEFAULT 0;

ALTER TABLE Report ADD COLUMN Replaces integer NULL;

CREATE TABLE ReportTransition (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_ReportTransition PRIMARY KEY (Id),
    CONSTRAINT UQ_ReportTransition_Key UNIQUE ([Key])
);

CREATE TABLE ReportTransitionVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Report integer NOT NULL,
    Ordinal integer NOT NULL,
    State text NOT NULL,
    HappenedOn text NOT NULL,
    Meeting text NULL,
    AgendaItem text NULL,
    Reason text NULL,
    Assignments text NULL,
    Steps text NULL,
    Visibility integer NOT NULL,
    Salt text NULL,
    CONSTRAINT PK_ReportTransitionVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ReportTransitionVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ReportTransitionVersion_ReportTransition FOREIGN KEY (Id) REFERENCES ReportTransition (Id),
    CONSTRAINT FK_ReportTransitionVersion_Meeting FOREIGN KEY (Meeting) REFERENCES BoardMeeting ([Key])
);
CREATE INDEX IX_ReportTransitionVersion_FromRevision ON ReportTransitionVersion (FromRevision);
CREATE INDEX IX_ReportTransitionVersion_UntilRevisionReportOrdinal ON ReportTransitionVersion (UntilRevision, Report, Ordinal);

CREATE TABLE Assignment (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Assignment PRIMARY KEY (Id),
    CONSTRAINT UQ_Assignment_Key UNIQUE ([Key])
);

CREATE TABLE AssignmentVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Title text NOT NULL,
    Text text NULL,
    Partner text NULL,
    Project text NULL,
    DueOn text NULL,
    State text NOT NULL,
    DoneOn text NULL,
    Evidence text NULL,
    Report integer NULL,
    Meeting text NULL,
    Visibility integer NOT NULL,
    Salt text NULL,
    CONSTRAINT PK_AssignmentVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_AssignmentVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_AssignmentVersion_Assignment FOREIGN KEY (Id) REFERENCES Assignment (Id),
    CONSTRAINT FK_AssignmentVersion_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key]),
    CONSTRAINT FK_AssignmentVersion_Project FOREIGN KEY (Project) REFERENCES Project ([Key]),
    CONSTRAINT FK_AssignmentVersion_Meeting FOREIGN KEY (Meeting) REFERENCES BoardMeeting ([Key])
);
CREATE INDEX IX_AssignmentVersion_FromRevision ON AssignmentVersion (FromRevision);
CREATE INDEX IX_AssignmentVersion_UntilRevisionDueOnId ON AssignmentVersion (UntilRevision, DueOn, Id);
