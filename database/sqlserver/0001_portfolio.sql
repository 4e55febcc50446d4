-- The ledger: one counter row, one row per revision, and what each revision changed.
-- 9223372036854775807 in UntilRevision means: current.
-- Text that is compared (keys, sort texts, hashes) is folded in code and compared byte by byte, so that both engines agree.

CREATE TABLE Ledger (
    Id int NOT NULL,
    Number bigint NOT NULL,
    At datetime2(3) NOT NULL,
    Hash nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Ledger PRIMARY KEY (Id),
    CONSTRAINT CK_Ledger CHECK (Id = 1)
);

CREATE TABLE Revision (
    Number bigint NOT NULL,
    At datetime2(3) NOT NULL,
    Actor nvarchar(100) NOT NULL,
    Command nvarchar(100) NOT NULL,
    Reason nvarchar(500) NULL,
    PreviousHash nvarchar(64) NOT NULL,
    Hash nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Revision PRIMARY KEY (Number)
);
CREATE INDEX IX_Revision_AtNumber ON Revision (At, Number);

CREATE TABLE Change (
    Revision bigint NOT NULL,
    Ordinal int NOT NULL,
    Kind nvarchar(30) NOT NULL,
    EntityId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    ProjectId uniqueidentifier NULL,
    VisibleBefore int NULL,
    VisibleAfter int NULL,
    Fields nvarchar(2000) NULL,
    CONSTRAINT PK_Change PRIMARY KEY (Revision, Ordinal),
    CONSTRAINT FK_Change_Revision FOREIGN KEY (Revision) REFERENCES Revision (Number)
);
CREATE INDEX IX_Change_ProjectIdRevision ON Change (ProjectId, Revision);

INSERT INTO Ledger (Id, Number, At, Hash) VALUES (1, 0, '2000-01-01T00:00:00', '0000000000000000000000000000000000000000000000000000000000000000');

-- Anchors give identity and the permanent key; version tables hold one row per state.

CREATE TABLE Partner (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Partner PRIMARY KEY (Id),
    CONSTRAINT UQ_Partner_Key UNIQUE ([Key])
);

CREATE TABLE PartnerVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Name nvarchar(200) NOT NULL,
    NameSort nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Kind nvarchar(30) NOT NULL,
    Website nvarchar(300) NULL,
    Description nvarchar(2000) NULL,
    JoinedOn date NULL,
    LeftOn date NULL,
    CONSTRAINT PK_PartnerVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_PartnerVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_PartnerVersion_Partner FOREIGN KEY (Id) REFERENCES Partner (Id)
);
CREATE INDEX IX_PartnerVersion_FromRevision ON PartnerVersion (FromRevision);
CREATE INDEX IX_PartnerVersion_UntilRevisionNameSortId ON PartnerVersion (UntilRevision, NameSort, Id);
CREATE INDEX IX_PartnerVersion_KeyUntilRevision ON PartnerVersion ([Key], UntilRevision);

CREATE TABLE FieldOfAction (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_FieldOfAction PRIMARY KEY (Id),
    CONSTRAINT UQ_FieldOfAction_Key UNIQUE ([Key])
);

CREATE TABLE FieldOfActionVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Name nvarchar(200) NOT NULL,
    NameSort nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Taxonomy nvarchar(100) NULL,
    Description nvarchar(2000) NULL,
    ValidFrom date NULL,
    ValidUntil date NULL,
    CONSTRAINT PK_FieldOfActionVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_FieldOfActionVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_FieldOfActionVersion_FieldOfAction FOREIGN KEY (Id) REFERENCES FieldOfAction (Id)
);
CREATE INDEX IX_FieldOfActionVersion_FromRevision ON FieldOfActionVersion (FromRevision);
CREATE INDEX IX_FieldOfActionVersion_UntilRevisionNameSortId ON FieldOfActionVersion (UntilRevision, NameSort, Id);
CREATE INDEX IX_FieldOfActionVersion_KeyUntilRevision ON FieldOfActionVersion ([Key], UntilRevision);

CREATE TABLE Project (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Project PRIMARY KEY (Id),
    CONSTRAINT UQ_Project_Key UNIQUE ([Key])
);

CREATE TABLE ProjectVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Title nvarchar(200) NOT NULL,
    TitleSort nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Search nvarchar(max) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Problem nvarchar(4000) NULL,
    Goal nvarchar(4000) NULL,
    Solution nvarchar(4000) NULL,
    Phase nvarchar(20) NOT NULL,
    FieldOfAction nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    StartsOn date NULL,
    EndsOn date NULL,
    BudgetCents bigint NULL,
    Funding nvarchar(max) NULL,
    Visibility int NOT NULL,
    BitkomArea nvarchar(30) NULL,
    Tags nvarchar(max) NULL,
    Latitude float NULL,
    Longitude float NULL,
    Place nvarchar(200) NULL,
    Archived bit NOT NULL,
    CONSTRAINT PK_ProjectVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ProjectVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ProjectVersion_Project FOREIGN KEY (Id) REFERENCES Project (Id),
    CONSTRAINT FK_ProjectVersion_FieldOfAction FOREIGN KEY (FieldOfAction) REFERENCES FieldOfAction ([Key])
);
CREATE INDEX IX_ProjectVersion_FromRevision ON ProjectVersion (FromRevision);
CREATE INDEX IX_ProjectVersion_UntilRevisionTitleSortKey ON ProjectVersion (UntilRevision, TitleSort, [Key]);

CREATE TABLE Participation (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Participation PRIMARY KEY (Id),
    CONSTRAINT UQ_Participation_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_Participation_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE ParticipationVersion (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Role nvarchar(20) NOT NULL,
    FromOn date NULL,
    UntilOn date NULL,
    Contribution nvarchar(2000) NULL,
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
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Milestone PRIMARY KEY (Id),
    CONSTRAINT UQ_Milestone_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_Milestone_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE MilestoneVersion (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Title nvarchar(200) NOT NULL,
    Description nvarchar(2000) NULL,
    BaselineOn date NULL,
    ApprovedOn date NULL,
    ForecastOn date NULL,
    AchievedOn date NULL,
    ForecastReason nvarchar(1000) NULL,
    DecisionReference nvarchar(200) NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    CONSTRAINT PK_MilestoneVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_MilestoneVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_MilestoneVersion_Milestone FOREIGN KEY (Id) REFERENCES Milestone (Id),
    CONSTRAINT FK_MilestoneVersion_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_MilestoneVersion_FromRevision ON MilestoneVersion (FromRevision);
CREATE INDEX IX_MilestoneVersion_ProjectIdUntilRevision ON MilestoneVersion (ProjectId, UntilRevision);
CREATE INDEX IX_MilestoneVersion_UntilRevision ON MilestoneVersion (UntilRevision);

CREATE TABLE Gate (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Gate PRIMARY KEY (Id),
    CONSTRAINT UQ_Gate_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_Gate_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE GateVersion (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Title nvarchar(200) NOT NULL,
    PlannedOn date NULL,
    DecidedOn date NULL,
    Outcome nvarchar(30) NULL,
    Note nvarchar(2000) NULL,
    CONSTRAINT PK_GateVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_GateVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_GateVersion_Gate FOREIGN KEY (Id) REFERENCES Gate (Id)
);
CREATE INDEX IX_GateVersion_FromRevision ON GateVersion (FromRevision);
CREATE INDEX IX_GateVersion_ProjectIdUntilRevision ON GateVersion (ProjectId, UntilRevision);
CREATE INDEX IX_GateVersion_UntilRevision ON GateVersion (UntilRevision);

CREATE TABLE Risk (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Risk PRIMARY KEY (Id),
    CONSTRAINT UQ_Risk_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_Risk_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE RiskVersion (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Title nvarchar(200) NOT NULL,
    Description nvarchar(2000) NULL,
    Probability int NOT NULL,
    Impact int NOT NULL,
    Response nvarchar(2000) NULL,
    State nvarchar(20) NOT NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Visibility int NOT NULL,
    CONSTRAINT PK_RiskVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_RiskVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_RiskVersion_Risk FOREIGN KEY (Id) REFERENCES Risk (Id),
    CONSTRAINT FK_RiskVersion_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_RiskVersion_FromRevision ON RiskVersion (FromRevision);
CREATE INDEX IX_RiskVersion_ProjectIdUntilRevision ON RiskVersion (ProjectId, UntilRevision);
CREATE INDEX IX_RiskVersion_UntilRevision ON RiskVersion (UntilRevision);

CREATE TABLE ReportingCycle (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_ReportingCycle PRIMARY KEY (Id),
    CONSTRAINT UQ_ReportingCycle_Key UNIQUE ([Key])
);

CREATE TABLE ReportingCycleVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Name nvarchar(200) NOT NULL,
    OpensOn date NOT NULL,
    DueOn date NOT NULL,
    ClosesOn date NOT NULL,
    MeetingOn date NULL,
    CONSTRAINT PK_ReportingCycleVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ReportingCycleVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ReportingCycleVersion_ReportingCycle FOREIGN KEY (Id) REFERENCES ReportingCycle (Id)
);
CREATE INDEX IX_ReportingCycleVersion_FromRevision ON ReportingCycleVersion (FromRevision);
CREATE INDEX IX_ReportingCycleVersion_UntilRevisionOpensOnId ON ReportingCycleVersion (UntilRevision, OpensOn, Id);

CREATE TABLE StatusUpdate (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_StatusUpdate PRIMARY KEY (Id),
    CONSTRAINT UQ_StatusUpdate_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_StatusUpdate_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE StatusUpdateVersion (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Cycle nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    ReportedOn date NOT NULL,
    RagSchedule nvarchar(10) NULL,
    RagCost nvarchar(10) NULL,
    RagScope nvarchar(10) NULL,
    RagResources nvarchar(10) NULL,
    RagRisk nvarchar(10) NULL,
    Rag nvarchar(10) NULL,
    Reason nvarchar(2000) NULL,
    Progress int NULL,
    Done nvarchar(4000) NULL,
    Next nvarchar(4000) NULL,
    SpentCents bigint NULL,
    Forecasts nvarchar(max) NULL,
    Unchanged bit NOT NULL,
    Corrects nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
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
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_Assessment PRIMARY KEY (Id),
    CONSTRAINT UQ_Assessment_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_Assessment_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE AssessmentVersion (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Cycle nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Rag nvarchar(10) NOT NULL,
    Reason nvarchar(2000) NULL,
    AssessedOn date NOT NULL,
    Visibility int NOT NULL,
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
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_DecisionRequest PRIMARY KEY (Id),
    CONSTRAINT UQ_DecisionRequest_Key UNIQUE (ProjectId, [Key]),
    CONSTRAINT FK_DecisionRequest_Project FOREIGN KEY (ProjectId) REFERENCES Project (Id)
);

CREATE TABLE DecisionRequestVersion (
    Id uniqueidentifier NOT NULL,
    ProjectId uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Title nvarchar(200) NOT NULL,
    Text nvarchar(4000) NULL,
    NeededBy date NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    StatusUpdate nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    State nvarchar(20) NOT NULL,
    Outcome nvarchar(2000) NULL,
    DecidedOn date NULL,
    Visibility int NOT NULL,
    CONSTRAINT PK_DecisionRequestVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_DecisionRequestVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_DecisionRequestVersion_DecisionRequest FOREIGN KEY (Id) REFERENCES DecisionRequest (Id),
    CONSTRAINT FK_DecisionRequestVersion_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_DecisionRequestVersion_FromRevision ON DecisionRequestVersion (FromRevision);
CREATE INDEX IX_DecisionRequestVersion_ProjectIdUntilRevision ON DecisionRequestVersion (ProjectId, UntilRevision);
CREATE INDEX IX_DecisionRequestVersion_UntilRevision ON DecisionRequestVersion (UntilRevision);

CREATE TABLE ReportSchedule (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_ReportSchedule PRIMARY KEY (Id),
    CONSTRAINT UQ_ReportSchedule_Key UNIQUE ([Key])
);

CREATE TABLE ReportScheduleVersion (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FromRevision bigint NOT NULL,
    UntilRevision bigint NOT NULL,
    Sample bit NOT NULL,
    Name nvarchar(200) NOT NULL,
    Title nvarchar(200) NOT NULL,
    Cron nvarchar(100) NOT NULL,
    Visibility int NOT NULL,
    Paused bit NOT NULL,
    ActiveSince datetime2(3) NOT NULL,
    CONSTRAINT PK_ReportScheduleVersion PRIMARY KEY (Id, FromRevision),
    CONSTRAINT UQ_ReportScheduleVersion_Until UNIQUE (Id, UntilRevision),
    CONSTRAINT FK_ReportScheduleVersion_ReportSchedule FOREIGN KEY (Id) REFERENCES ReportSchedule (Id)
);
CREATE INDEX IX_ReportScheduleVersion_FromRevision ON ReportScheduleVersion (FromRevision);
CREATE INDEX IX_ReportScheduleVersion_UntilRevisionId ON ReportScheduleVersion (UntilRevision, Id);

CREATE TABLE Report (
    Number bigint NOT NULL,
    Id uniqueidentifier NOT NULL,
    Title nvarchar(200) NOT NULL,
    Visibility int NOT NULL,
    Schedule nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Period datetime2(3) NULL,
    IssuedAt datetime2(3) NOT NULL,
    Revision bigint NOT NULL,
    SnapshotRevision bigint NOT NULL,
    Day date NOT NULL,
    PreviousHash nvarchar(64) NOT NULL,
    Hash nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Content varbinary(max) NOT NULL,
    CONSTRAINT PK_Report PRIMARY KEY (Number)
);
CREATE INDEX IX_Report_ScheduleNumber ON Report (Schedule, Number);

CREATE TABLE ReportPeriod (
    Schedule nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Period datetime2(3) NOT NULL,
    Report bigint NOT NULL,
    CONSTRAINT PK_ReportPeriod PRIMARY KEY (Schedule, Period),
    CONSTRAINT FK_ReportPeriod_Report FOREIGN KEY (Report) REFERENCES Report (Number)
);

CREATE TABLE ApiKey (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Name nvarchar(200) NOT NULL,
    Role nvarchar(30) NOT NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Hash nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CreatedAt datetime2(3) NOT NULL,
    ExpiresAt datetime2(3) NULL,
    RevokedAt datetime2(3) NULL,
    LastUsedAt datetime2(3) NULL,
    Revision bigint NOT NULL,
    CONSTRAINT PK_ApiKey PRIMARY KEY (Id),
    CONSTRAINT UQ_ApiKey_Key UNIQUE ([Key]),
    CONSTRAINT UQ_ApiKey_Hash UNIQUE (Hash)
);

CREATE TABLE IdempotencyKey (
    Caller nvarchar(100) NOT NULL,
    [Key] nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    RequestHash nvarchar(64) NOT NULL,
    Revision bigint NOT NULL,
    Location nvarchar(400) NOT NULL,
    CreatedAt datetime2(3) NOT NULL,
    CONSTRAINT PK_IdempotencyKey PRIMARY KEY (Caller, [Key])
);
CREATE INDEX IX_IdempotencyKey_CreatedAt ON IdempotencyKey (CreatedAt);

CREATE TABLE Import (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FileName nvarchar(260) NOT NULL,
    FileHash nvarchar(64) NOT NULL,
    Mapping nvarchar(100) NOT NULL,
    Actor nvarchar(100) NOT NULL,
    CreatedAt datetime2(3) NOT NULL,
    Applied bit NOT NULL,
    Rows int NOT NULL,
    Created int NOT NULL,
    Changed int NOT NULL,
    Unchanged int NOT NULL,
    Refused int NOT NULL,
    FirstRevision bigint NULL,
    LastRevision bigint NULL,
    CONSTRAINT PK_Import PRIMARY KEY (Id),
    CONSTRAINT UQ_Import_Key UNIQUE ([Key])
);
CREATE INDEX IX_Import_CreatedAtId ON Import (CreatedAt, Id);
