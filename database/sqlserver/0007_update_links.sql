-- Links that let a partner without an account make one status update. Only the hash of the secret is kept.

CREATE TABLE UpdateLink (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Hash nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Project nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Cycle nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Recipient nvarchar(254) NULL,
    CreatedAt datetime2(3) NOT NULL,
    ExpiresAt datetime2(3) NOT NULL,
    RevokedAt datetime2(3) NULL,
    UsedAt datetime2(3) NULL,
    StatusUpdate nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Revision bigint NOT NULL,
    CONSTRAINT PK_UpdateLink PRIMARY KEY (Id),
    CONSTRAINT UQ_UpdateLink_Key UNIQUE ([Key]),
    CONSTRAINT UQ_UpdateLink_Hash UNIQUE (Hash),
    CONSTRAINT FK_UpdateLink_Project FOREIGN KEY (Project) REFERENCES Project ([Key]),
    CONSTRAINT FK_UpdateLink_Cycle FOREIGN KEY (Cycle) REFERENCES ReportingCycle ([Key]),
    CONSTRAINT FK_UpdateLink_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_UpdateLink_CreatedAtId ON UpdateLink (CreatedAt, Id);
