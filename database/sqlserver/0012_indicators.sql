-- City indicators and what was observed of them.

CREATE TABLE Indicator (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Indicator PRIMARY KEY (Id),
    CONSTRAINT UQ_Indicator_Key UNIQUE ([Key])
);

CREATE TABLE IndicatorVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Name nvarchar(200) NOT NULL,
    NameSort nvarchar(200) NOT NULL,
    Description nvarchar(2000) NULL,
    Unit nvarchar(50) NULL,
    Source nvarchar(500) NULL,
    Direction nvarchar(20) NOT NULL,
    Relative bit NOT NULL,
    FieldsOfAction nvarchar(4000) NULL,
    Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT PK_IndicatorVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_IndicatorVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_IndicatorVersion_Indicator FOREIGN KEY (Id) REFERENCES Indicator (Id)
);
CREATE INDEX IX_IndicatorVersion_FromRevision ON IndicatorVersion (FromRevision);
CREATE INDEX IX_IndicatorVersion_UntilRevisionNameSortId ON IndicatorVersion (UntilRevision, NameSort, Id);

CREATE TABLE Observation (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Observation PRIMARY KEY (Id),
    CONSTRAINT UQ_Observation_Key UNIQUE ([Key])
);

CREATE TABLE ObservationVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Indicator nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    ObservedOn date NOT NULL,
    Value float NOT NULL,
    OutOf int NULL,
    Note nvarchar(1000) NULL,
    Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT PK_ObservationVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ObservationVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ObservationVersion_Observation FOREIGN KEY (Id) REFERENCES Observation (Id),
    CONSTRAINT FK_ObservationVersion_Indicator FOREIGN KEY (Indicator) REFERENCES Indicator ([Key])
);
CREATE INDEX IX_ObservationVersion_FromRevision ON ObservationVersion (FromRevision);
CREATE INDEX IX_ObservationVersion_UntilRevisionIndicatorObservedOn ON ObservationVersion (UntilRevision, Indicator, ObservedOn);

CREATE TABLE IndicatorLink (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_IndicatorLink PRIMARY KEY (Id),
    CONSTRAINT UQ_IndicatorLink_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_IndicatorLink_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE IndicatorLinkVersion (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Indicator nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Contribution nvarchar(1000) NULL,
    Salt nvarchar(32) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT PK_IndicatorLinkVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_IndicatorLinkVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_IndicatorLinkVersion_IndicatorLink FOREIGN KEY (Id) REFERENCES IndicatorLink (Id),
    CONSTRAINT FK_IndicatorLinkVersion_Indicator FOREIGN KEY (Indicator) REFERENCES Indicator ([Key])
);
CREATE INDEX IX_IndicatorLinkVersion_FromRevision ON IndicatorLinkVersion (FromRevision);
CREATE INDEX IX_IndicatorLinkVersion_ProjectIdUntilRevision ON IndicatorLinkVersion (ProjectId, UntilRevision);
CREATE INDEX IX_IndicatorLinkVersion_UntilRevision ON IndicatorLinkVersion (UntilRevision);
