-- The board's meetings and what is sent for them: a reporting cycle prepares a meeting.

CREATE TABLE BoardMeeting (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_BoardMeeting PRIMARY KEY (Id),
    CONSTRAINT UQ_BoardMeeting_Key UNIQUE ([Key])
);

CREATE TABLE BoardMeetingVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Body text NOT NULL,
    MeetingOn text NOT NULL,
    Place text NULL,
    Salt text NULL,
    CONSTRAINT PK_BoardMeetingVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_BoardMeetingVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_BoardMeetingVersion_BoardMeeting FOREIGN KEY (Id) REFERENCES BoardMeeting (Id)
);
CREATE INDEX IX_BoardMeetingVersion_FromRevision ON BoardMeetingVersion (FromRevision);
CREATE INDEX IX_BoardMeetingVersion_UntilRevisionMeetingOnId ON BoardMeetingVersion (UntilRevision, MeetingOn, Id);

ALTER TABLE ReportingCycleVersion ADD COLUMN Meeting text NULL;

CREATE TABLE StatusDraft (
    Project text NOT NULL,
    Cycle text NOT NULL,
    Partner text NOT NULL,
    Content text NOT NULL,
    SavedAt text NOT NULL,
    SavedBy text NOT NULL,
    CONSTRAINT PK_StatusDraft PRIMARY KEY (Project, Cycle, Partner),
    CONSTRAINT FK_StatusDraft_Project FOREIGN KEY (Project) REFERENCES Project ([Key]),
    CONSTRAINT FK_StatusDraft_Cycle FOREIGN KEY (Cycle) REFERENCES ReportingCycle ([Key]),
    CONSTRAINT FK_StatusDraft_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
