-- The ledger: one counter row, one row per revision, and what each revision changed.
-- 9223372036854775807 in UntilRevision means: current.

CREATE TABLE Ledger (
    Id integer NOT NULL,
    Number integer NOT NULL,
    At text NOT NULL,
    Hash text NOT NULL,
    CONSTRAINT PK_Ledger PRIMARY KEY (Id),
    CONSTRAINT CK_Ledger CHECK (Id = 1)
);

CREATE TABLE Revision (
    Number integer NOT NULL,
    At text NOT NULL,
    Actor text NOT NULL,
    Command text NOT NULL,
    Reason text NULL,
    PreviousHash text NOT NULL,
    Hash text NOT NULL,
    CONSTRAINT PK_Revision PRIMARY KEY (Number)
);
CREATE INDEX IX_Revision_AtNumber ON Revision (At, Number);

CREATE TABLE Change (
    Revision integer NOT NULL,
    Ordinal integer NOT NULL,
    Kind text NOT NULL,
    EntityId text NOT NULL,
    [Key] text NOT NULL,
    ProjectId text NULL,
    VisibleBefore integer NULL,
    VisibleAfter integer NULL,
    Fields text NULL,
    CONSTRAINT PK_Change PRIMARY KEY (Revision, Ordinal),
    CONSTRAINT FK_Change_Revision FOREIGN KEY (Revision) REFERENCES Revision (Number)
);
CREATE INDEX IX_Change_ProjectIdRevision ON Change (ProjectId, Revision);

INSERT INTO Ledger (Id, Number, At, Hash) VALUES (1, 0, '2000-01-01 00:00:00', '0000000000000000000000000000000000000000000000000000000000000000');

-- Anchors give identity and the permanent key; version tables hold one row per state.

CREATE TABLE Partner (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Partner PRIMARY KEY (Id),
    CONSTRAINT UQ_Partner_Key UNIQUE ([Key])
);

CREATE TABLE PartnerVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Name text NOT NULL,
    NameSort text NOT NULL,
    Kind text NOT NULL,
    Website text NULL,
    Description text NULL,
    JoinedOn text NULL,
    LeftOn text NULL,
    CONSTRAINT PK_PartnerVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_PartnerVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_PartnerVersion_Partner FOREIGN KEY (Id) REFERENCES Partner (Id)
);
CREATE INDEX IX_PartnerVersion_FromRevision ON PartnerVersion (FromRevision);
CREATE INDEX IX_PartnerVersion_UntilRevisionNameSortId ON PartnerVersion (UntilRevision, NameSort, Id);
CREATE INDEX IX_PartnerVersion_KeyUntilRevision ON PartnerVersion ([Key], UntilRevision);

CREATE TABLE FieldOfAction (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_FieldOfAction PRIMARY KEY (Id),
    CONSTRAINT UQ_FieldOfAction_Key UNIQUE ([Key])
);

CREATE TABLE FieldOfActionVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Name text NOT NULL,
    NameSort text NOT NULL,
    Taxonomy text NULL,
    Description text NULL,
    ValidFrom text NULL,
    ValidUntil text NULL,
    CONSTRAINT PK_FieldOfActionVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_FieldOfActionVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_FieldOfActionVersion_FieldOfAction FOREIGN KEY (Id) REFERENCES FieldOfAction (Id)
);
CREATE INDEX IX_FieldOfActionVersion_FromRevision ON FieldOfActionVersion (FromRevision);
CREATE INDEX IX_FieldOfActionVersion_UntilRevisionNameSortId ON FieldOfActionVersion (UntilRevision, NameSort, Id);
CREATE INDEX IX_FieldOfActionVersion_KeyUntilRevision ON FieldOfActionVersion ([Key], UntilRevision);

CREATE TABLE Project (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Project PRIMARY KEY (Id),
    CONSTRAINT UQ_Project_Key UNIQUE ([Key])
);

CREATE TABLE ProjectVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Title text NOT NULL,
    TitleSort text NOT NULL,
    Search text NOT NULL,
    Problem text NULL,
    Goal text NULL,
    Solution text NULL,
    Phase text NOT NULL,
    FieldOfAction text NULL,
    StartsOn text NULL,
    EndsOn text NULL,
    BudgetCents integer NULL,
    Funding text NULL,
    Visibility integer NOT NULL,
    BitkomArea text NULL,
    Tags text NULL,
    Latitude real NULL,
    Longitude real NULL,
    Place text NULL,
    Archived integer NOT NULL,
    CONSTRAINT PK_ProjectVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ProjectVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ProjectVersion_Project FOREIGN KEY (Id) REFERENCES Project (Id),
    CONSTRAINT FK_ProjectVersion_FieldOfAction FOREIGN KEY (FieldOfAction) REFERENCES FieldOfAction ([Key])
);
CREATE INDEX IX_ProjectVersion_FromRevision ON ProjectVersion (FromRevision);
CREATE INDEX IX_ProjectVersion_UntilRevisionTitleSortKey ON ProjectVersion (UntilRevision, TitleSort, [Key]);

CREATE TABLE Participation (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Participation PRIMARY KEY (Id),
    CONSTRAINT UQ_Participation_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_Participation_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE ParticipationVersion (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Partner text NOT NULL,
    Role text NOT NULL,
    FromOn text NULL,
    UntilOn text NULL,
    Contribution text NULL,
    CONSTRAINT PK_ParticipationVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ParticipationVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ParticipationVersion_Participation FOREIGN KEY (Id) REFERENCES Participation (Id),
    CONSTRAINT FK_ParticipationVersion_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_ParticipationVersion_FromRevision ON ParticipationVersion (FromRevision);
CREATE INDEX IX_ParticipationVersion_ProjectIdUntilRevision ON ParticipationVersion (ProjectId, UntilRevision);
CREATE INDEX IX_ParticipationVersion_PartnerUntilRevision ON ParticipationVersion (Partner, UntilRevision);
CREATE INDEX IX_ParticipationVersion_UntilRevision ON ParticipationVersion (UntilRevision);

CREATE TABLE Milestone (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Milestone PRIMARY KEY (Id),
    CONSTRAINT UQ_Milestone_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_Milestone_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE MilestoneVersion (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Title text NOT NULL,
    Description text NULL,
    BaselineOn text NULL,
    ApprovedOn text NULL,
    ForecastOn text NULL,
    AchievedOn text NULL,
    ForecastReason text NULL,
    DecisionReference text NULL,
    Partner text NULL,
    CONSTRAINT PK_MilestoneVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_MilestoneVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_MilestoneVersion_Milestone FOREIGN KEY (Id) REFERENCES Milestone (Id),
    CONSTRAINT FK_MilestoneVersion_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_MilestoneVersion_FromRevision ON MilestoneVersion (FromRevision);
CREATE INDEX IX_MilestoneVersion_ProjectIdUntilRevision ON MilestoneVersion (ProjectId, UntilRevision);
CREATE INDEX IX_MilestoneVersion_UntilRevision ON MilestoneVersion (UntilRevision);

CREATE TABLE Gate (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Gate PRIMARY KEY (Id),
    CONSTRAINT UQ_Gate_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_Gate_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE GateVersion (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Title text NOT NULL,
    PlannedOn text NULL,
    DecidedOn text NULL,
    Outcome text NULL,
    Note text NULL,
    CONSTRAINT PK_GateVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_GateVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_GateVersion_Gate FOREIGN KEY (Id) REFERENCES Gate (Id)
);
CREATE INDEX IX_GateVersion_FromRevision ON GateVersion (FromRevision);
CREATE INDEX IX_GateVersion_ProjectIdUntilRevision ON GateVersion (ProjectId, UntilRevision);
CREATE INDEX IX_GateVersion_UntilRevision ON GateVersion (UntilRevision);

CREATE TABLE Risk (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Risk PRIMARY KEY (Id),
    CONSTRAINT UQ_Risk_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_Risk_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE RiskVersion (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Title text NOT NULL,
    Description text NULL,
    Probability integer NOT NULL,
    Impact integer NOT NULL,
    Response text NULL,
    State text NOT NULL,
    Partner text NULL,
    Visibility integer NOT NULL,
    CONSTRAINT PK_RiskVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_RiskVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_RiskVersion_Risk FOREIGN KEY (Id) REFERENCES Risk (Id),
    CONSTRAINT FK_RiskVersion_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_RiskVersion_FromRevision ON RiskVersion (FromRevision);
CREATE INDEX IX_RiskVersion_ProjectIdUntilRevision ON RiskVersion (ProjectId, UntilRevision);
CREATE INDEX IX_RiskVersion_UntilRevision ON RiskVersion (UntilRevision);

CREATE TABLE ReportingCycle (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_ReportingCycle PRIMARY KEY (Id),
    CONSTRAINT UQ_ReportingCycle_Key UNIQUE ([Key])
);

CREATE TABLE ReportingCycleVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Name text NOT NULL,
    OpensOn text NOT NULL,
    DueOn text NOT NULL,
    ClosesOn text NOT NULL,
    MeetingOn text NULL,
    CONSTRAINT PK_ReportingCycleVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ReportingCycleVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ReportingCycleVersion_ReportingCycle FOREIGN KEY (Id) REFERENCES ReportingCycle (Id)
);
CREATE INDEX IX_ReportingCycleVersion_FromRevision ON ReportingCycleVersion (FromRevision);
CREATE INDEX IX_ReportingCycleVersion_UntilRevisionOpensOnId ON ReportingCycleVersion (UntilRevision, OpensOn, Id);

CREATE TABLE StatusUpdate (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_StatusUpdate PRIMARY KEY (Id),
    CONSTRAINT UQ_StatusUpdate_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_StatusUpdate_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE StatusUpdateVersion (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Cycle text NULL,
    Partner text NULL,
    ReportedOn text NOT NULL,
    RagSchedule text NULL,
    RagCost text NULL,
    RagScope text NULL,
    RagResources text NULL,
    RagRisk text NULL,
    Rag text NULL,
    Reason text NULL,
    Progress integer NULL,
    Done text NULL,
    Next text NULL,
    SpentCents integer NULL,
    Forecasts text NULL,
    Unchanged integer NOT NULL,
    Corrects text NULL,
    CONSTRAINT PK_StatusUpdateVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_StatusUpdateVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_StatusUpdateVersion_StatusUpdate FOREIGN KEY (Id) REFERENCES StatusUpdate (Id),
    CONSTRAINT FK_StatusUpdateVersion_Cycle FOREIGN KEY (Cycle) REFERENCES ReportingCycle ([Key]),
    CONSTRAINT FK_StatusUpdateVersion_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_StatusUpdateVersion_FromRevision ON StatusUpdateVersion (FromRevision);
CREATE INDEX IX_StatusUpdateVersion_ProjectIdUntilRevision ON StatusUpdateVersion (ProjectId, UntilRevision);
CREATE INDEX IX_StatusUpdateVersion_ProjectIdFromRevision ON StatusUpdateVersion (ProjectId, FromRevision);
CREATE INDEX IX_StatusUpdateVersion_UntilRevision ON StatusUpdateVersion (UntilRevision);

CREATE TABLE Assessment (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_Assessment PRIMARY KEY (Id),
    CONSTRAINT UQ_Assessment_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_Assessment_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE AssessmentVersion (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Cycle text NULL,
    Rag text NOT NULL,
    Reason text NULL,
    AssessedOn text NOT NULL,
    Visibility integer NOT NULL,
    CONSTRAINT PK_AssessmentVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_AssessmentVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_AssessmentVersion_Assessment FOREIGN KEY (Id) REFERENCES Assessment (Id),
    CONSTRAINT FK_AssessmentVersion_Cycle FOREIGN KEY (Cycle) REFERENCES ReportingCycle ([Key])
);
CREATE INDEX IX_AssessmentVersion_FromRevision ON AssessmentVersion (FromRevision);
CREATE INDEX IX_AssessmentVersion_ProjectIdUntilRevision ON AssessmentVersion (ProjectId, UntilRevision);
CREATE INDEX IX_AssessmentVersion_ProjectIdFromRevision ON AssessmentVersion (ProjectId, FromRevision);
CREATE INDEX IX_AssessmentVersion_UntilRevision ON AssessmentVersion (UntilRevision);

CREATE TABLE DecisionRequest (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_DecisionRequest PRIMARY KEY (Id),
    CONSTRAINT UQ_DecisionRequest_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_DecisionRequest_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE DecisionRequestVersion (
    Id text NOT NULL,
    ProjectId text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Title text NOT NULL,
    Text text NULL,
    NeededBy text NULL,
    Partner text NULL,
    StatusUpdate text NULL,
    State text NOT NULL,
    Outcome text NULL,
    DecidedOn text NULL,
    Visibility integer NOT NULL,
    CONSTRAINT PK_DecisionRequestVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_DecisionRequestVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_DecisionRequestVersion_DecisionRequest FOREIGN KEY (Id) REFERENCES DecisionRequest (Id),
    CONSTRAINT FK_DecisionRequestVersion_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_DecisionRequestVersion_FromRevision ON DecisionRequestVersion (FromRevision);
CREATE INDEX IX_DecisionRequestVersion_ProjectIdUntilRevision ON DecisionRequestVersion (ProjectId, UntilRevision);
CREATE INDEX IX_DecisionRequestVersion_UntilRevision ON DecisionRequestVersion (UntilRevision);

CREATE TABLE ReportSchedule (
    Id text NOT NULL,
    [Key] text NOT NULL,
    CONSTRAINT PK_ReportSchedule PRIMARY KEY (Id),
    CONSTRAINT UQ_ReportSchedule_Key UNIQUE ([Key])
);

CREATE TABLE ReportScheduleVersion (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FromRevision integer NOT NULL,
    UntilRevision integer NOT NULL,
    Sample integer NOT NULL,
    Name text NOT NULL,
    Title text NOT NULL,
    Cron text NOT NULL,
    Visibility integer NOT NULL,
    Paused integer NOT NULL,
    ActiveSince text NOT NULL,
    CONSTRAINT PK_ReportScheduleVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ReportScheduleVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ReportScheduleVersion_ReportSchedule FOREIGN KEY (Id) REFERENCES ReportSchedule (Id)
);
CREATE INDEX IX_ReportScheduleVersion_FromRevision ON ReportScheduleVersion (FromRevision);
CREATE INDEX IX_ReportScheduleVersion_UntilRevisionId ON ReportScheduleVersion (UntilRevision, Id);

CREATE TABLE Report (
    Number integer NOT NULL,
    Id text NOT NULL,
    Title text NOT NULL,
    Visibility integer NOT NULL,
    Schedule text NULL,
    Period text NULL,
    IssuedAt text NOT NULL,
    Revision integer NOT NULL,
    SnapshotRevision integer NOT NULL,
    Day text NOT NULL,
    PreviousHash text NOT NULL,
    Hash text NOT NULL,
    Content blob NOT NULL,
    CONSTRAINT PK_Report PRIMARY KEY (Number)
);
CREATE INDEX IX_Report_ScheduleNumber ON Report (Schedule, Number);

CREATE TABLE ReportPeriod (
    Schedule text NOT NULL,
    Period text NOT NULL,
    Report integer NOT NULL,
    CONSTRAINT PK_ReportPeriod PRIMARY KEY (Schedule, Period),
    CONSTRAINT FK_ReportPeriod_Report FOREIGN KEY (Report) REFERENCES Report (Number)
);

CREATE TABLE ApiKey (
    Id text NOT NULL,
    [Key] text NOT NULL,
    Name text NOT NULL,
    Role text NOT NULL,
    Partner text NULL,
    Hash text NOT NULL,
    CreatedAt text NOT NULL,
    ExpiresAt text NULL,
    RevokedAt text NULL,
    LastUsedAt text NULL,
    Revision integer NOT NULL,
    CONSTRAINT PK_ApiKey PRIMARY KEY (Id),
    CONSTRAINT UQ_ApiKey_Key UNIQUE ([Key]),
    CONSTRAINT UQ_ApiKey_Hash UNIQUE (Hash)
);

CREATE TABLE IdempotencyKey (
    Caller text NOT NULL,
    [Key] text NOT NULL,
    RequestHash text NOT NULL,
    Revision integer NOT NULL,
    Location text NOT NULL,
    CreatedAt text NOT NULL,
    CONSTRAINT PK_IdempotencyKey PRIMARY KEY (Caller, [Key])
);
CREATE INDEX IX_IdempotencyKey_CreatedAt ON IdempotencyKey (CreatedAt);

CREATE TABLE Import (
    Id text NOT NULL,
    [Key] text NOT NULL,
    FileName text NOT NULL,
    FileHash text NOT NULL,
    Mapping text NOT NULL,
    Actor text NOT NULL,
    CreatedAt text NOT NULL,
    Applied integer NOT NULL,
    Rows integer NOT NULL,
    Created integer NOT NULL,
    Changed integer NOT NULL,
    Unchanged integer NOT NULL,
    Refused integer NOT NULL,
    FirstRevision integer NULL,
    LastRevision integer NULL,
    CONSTRAINT PK_Import PRIMARY KEY (Id),
    CONSTRAINT UQ_Import_Key UNIQUE ([Key])
);
CREATE INDEX IX_Import_CreatedAtId ON Import (CreatedAt, Id);
