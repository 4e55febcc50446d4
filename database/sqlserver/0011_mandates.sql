-- What the council and its committees ordered, and which projects answer to it.

CREATE TABLE Mandate (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Mandate PRIMARY KEY (Id),
    CONSTRAINT UQ_Mandate_Key UNIQUE ([Key])
);

CREATE TABLE MandateVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Number nvarchar(40) NULL,
    Title nvarchar(300) NOT NULL,
    TitleSort nvarchar(200) NOT NULL,
    Kind nvarchar(20) NOT NULL,
    Body nvarchar(200) NULL,
    DecidedOn date NULL,
    Faction nvarchar(200) NULL,
    DeadlineOn date NULL,
    State nvarchar(20) NOT NULL,
    Visibility int NOT NULL,
    Url nvarchar(500) NULL,
    OparlId nvarchar(500) NULL,
    Note nvarchar(2000) NULL,
    Steps nvarchar(max) NULL,
    FetchedTitle nvarchar(1000) NULL,
    FetchedOn date NULL,
    FetchedDeleted bit NOT NULL,
    Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT PK_MandateVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_MandateVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_MandateVersion_Mandate FOREIGN KEY (Id) REFERENCES Mandate (Id)
);
CREATE INDEX IX_MandateVersion_FromRevision ON MandateVersion (FromRevision);
CREATE INDEX IX_MandateVersion_UntilRevisionTitleSortId ON MandateVersion (UntilRevision, TitleSort, Id);

CREATE TABLE MandateLink (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_MandateLink PRIMARY KEY (Id),
    CONSTRAINT UQ_MandateLink_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_MandateLink_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE MandateLinkVersion (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Mandate nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Milestone nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Evidence nvarchar(2000) NULL,
    Visibility int NOT NULL,
    Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT PK_MandateLinkVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_MandateLinkVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_MandateLinkVersion_MandateLink FOREIGN KEY (Id) REFERENCES MandateLink (Id),
    CONSTRAINT FK_MandateLinkVersion_Mandate FOREIGN KEY (Mandate) REFERENCES Mandate ([Key])
);
CREATE INDEX IX_MandateLinkVersion_FromRevision ON MandateLinkVersion (FromRevision);
CREATE INDEX IX_MandateLinkVersion_ProjectIdUntilRevision ON MandateLinkVersion (ProjectId, UntilRevision);
CREATE INDEX IX_MandateLinkVersion_UntilRevision ON MandateLinkVersion (UntilRevision);
