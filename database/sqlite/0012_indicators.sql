-- City indicators and what was observed of them.

CREATE TABLE Indicator (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Indicator PRIMARY KEY (Id),
    CONSTRAINT UQ_Indicator_Key UNIQUE ([Key])
);

CREATE TABLE IndicatorVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Name text NOT NULL,
    NameSort text NOT NULL,
    Description text NULL,
    Unit text NULL,
    Source text NULL,
    Direction text NOT NULL,
    Relative integer NOT NULL,
    FieldsOfAction text NULL,
    Salt text NULL,
    CONSTRAINT PK_IndicatorVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_IndicatorVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_IndicatorVersion_Indicator FOREIGN KEY (Id) REFERENCES Indicator (Id)
);
CREATE INDEX IX_IndicatorVersion_FromRevision ON IndicatorVersion (FromRevision);
CREATE INDEX IX_IndicatorVersion_UntilRevisionNameSortId ON IndicatorVersion (UntilRevision, NameSort, Id);

CREATE TABLE Observation (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Observation PRIMARY KEY (Id),
    CONSTRAINT UQ_Observation_Key UNIQUE ([Key])
);

CREATE TABLE ObservationVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Indicator text NOT NULL,
    ObservedOn text NOT NULL,
    Value real NOT NULL,
    OutOf integer NULL,
    Note text NULL,
    Salt text NULL,
    CONSTRAINT PK_ObservationVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ObservationVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ObservationVersion_Observation FOREIGN KEY (Id) REFERENCES Observation (Id),
    CONSTRAINT FK_ObservationVersion_Indicator FOREIGN KEY (Indicator) REFERENCES Indicator ([Key])
);
CREATE INDEX IX_ObservationVersion_FromRevision ON ObservationVersion (FromRevision);
CREATE INDEX IX_ObservationVersion_UntilRevisionIndicatorObservedOn ON ObservationVersion (UntilRevision, Indicator, ObservedOn);

CREATE TABLE IndicatorLink (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_IndicatorLink PRIMARY KEY (Id),
    CONSTRAINT UQ_IndicatorLink_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_IndicatorLink_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE IndicatorLinkVersion (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Indicator text NOT NULL,
    Contribution text NULL,
    Salt text NULL,
    CONSTRAINT PK_IndicatorLinkVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_IndicatorLinkVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_IndicatorLinkVersion_IndicatorLink FOREIGN KEY (Id) REFERENCES IndicatorLink (Id),
    CONSTRAINT FK_IndicatorLinkVersion_Indicator FOREIGN KEY (Indicator) REFERENCES Indicator ([Key])
);
CREATE INDEX IX_IndicatorLinkVersion_FromRevision ON IndicatorLinkVersion (FromRevision);
CREATE INDEX IX_IndicatorLinkVersion_ProjectIdUntilRevision ON IndicatorLinkVersion (ProjectId, UntilRevision);
CREATE INDEX IX_IndicatorLinkVersion_UntilRevision ON IndicatorLinkVersion (UntilRevision);
