-- The board's meetings and what is sent for them: a reporting cycle prepares a meeting.

CREATE TABLE BoardMeeting (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_BoardMeeting PRIMARY KEY (Id),
    CONSTRAINT UQ_BoardMeeting_Key UNIQUE ([Key])
);

CREATE TABLE BoardMeetingVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Body nvarchar(200) NOT NULL,
    MeetingOn date NOT NULL,
    Place nvarchar(200) NULL,
    Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT PK_BoardMeetingVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_BoardMeetingVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_BoardMeetingVersion_BoardMeeting FOREIGN KEY (Id) REFERENCES BoardMeeting (Id)
);
CREATE INDEX IX_BoardMeetingVersion_FromRevision ON BoardMeetingVersion (FromRevision);
CREATE INDEX IX_BoardMeetingVersion_UntilRevisionMeetingOnId ON BoardMeetingVersion (UntilRevision, MeetingOn, Id);

ALTER TABLE ReportingCycleVersion ADD Meeting nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL;

CREATE TABLE StatusDraft (
    Project nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Cycle nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Content nvarchar(max) NOT NULL,
    SavedAt datetime2(3) NOT NULL,
    SavedBy nvarchar(100) NOT NULL,
    CONSTRAINT PK_StatusDraft PRIMARY KEY (Project, Cycle, Partner),
    CONSTRAINT FK_StatusDraft_Project FOREIGN KEY (Project) REFERENCES Project ([Key]),
    CONSTRAINT FK_StatusDraft_Cycle FOREIGN KEY (Cycle) REFERENCES ReportingCycle ([Key]),
    CONSTRAINT FK_StatusDraft_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
