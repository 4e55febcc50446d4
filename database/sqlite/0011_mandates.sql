-- What the council and its committees ordered, and which projects answer to it.

CREATE TABLE Mandate (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Mandate PRIMARY KEY (Id),
    CONSTRAINT UQ_Mandate_Key UNIQUE ([Key])
);

CREATE TABLE MandateVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Number text NULL,
    Title text NOT NULL,
    TitleSort text NOT NULL,
    Kind text NOT NULL,
    Body text NULL,
    DecidedOn text NULL,
    Faction text NULL,
    DeadlineOn text NULL,
    State text NOT NULL,
    Visibility integer NOT NULL,
    Url text NULL,
    OparlId text NULL,
    Note text NULL,
    Steps text NULL,
    FetchedTitle text NULL,
    FetchedOn text NULL,
    FetchedDeleted integer NOT NULL,
    Salt text NULL,
    CONSTRAINT PK_MandateVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_MandateVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_MandateVersion_Mandate FOREIGN KEY (Id) REFERENCES Mandate (Id)
);
CREATE INDEX IX_MandateVersion_FromRevision ON MandateVersion (FromRevision);
CREATE INDEX IX_MandateVersion_UntilRevisionTitleSortId ON MandateVersion (UntilRevision, TitleSort, Id);

CREATE TABLE MandateLink (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_MandateLink PRIMARY KEY (Id),
    CONSTRAINT UQ_MandateLink_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_MandateLink_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE MandateLinkVersion (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Mandate text NOT NULL,
    Milestone text NULL,
    Evidence text NULL,
    Visibility integer NOT NULL,
    Salt text NULL,
    CONSTRAINT PK_MandateLinkVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_MandateLinkVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_MandateLinkVersion_MandateLink FOREIGN KEY (Id) REFERENCES MandateLink (Id),
    CONSTRAINT FK_MandateLinkVersion_Mandate FOREIGN KEY (Mandate) REFERENCES Mandate ([Key])
);
CREATE INDEX IX_MandateLinkVersion_FromRevision ON MandateLinkVersion (FromRevision);
CREATE INDEX IX_MandateLinkVersion_ProjectIdUntilRevision ON MandateLinkVersion (ProjectId, UntilRevision);
CREATE INDEX IX_MandateLinkVersion_UntilRevision ON MandateLinkVersion (UntilRevision);
