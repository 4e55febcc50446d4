-- Links that let a partner without an account make one status update. Only the hash of the secret is kept.

CREATE TABLE UpdateLink (
    Id text NOT NULL,
    [Key] text NOT NULL,
    Hash text NOT NULL,
    Project text NOT NULL,
    Cycle text NOT NULL,
    Partner text NOT NULL,
    Recipient text NULL,
    CreatedAt text NOT NULL,
    ExpiresAt text NOT NULL,
    RevokedAt text NULL,
    UsedAt text NULL,
    StatusUpdate text NULL,
    Revision integer NOT NULL,
    CONSTRAINT PK_UpdateLink PRIMARY KEY (Id),
    CONSTRAINT UQ_UpdateLink_Key UNIQUE ([Key]),
    CONSTRAINT UQ_UpdateLink_Hash UNIQUE (Hash),
    CONSTRAINT FK_UpdateLink_Project FOREIGN KEY (Project) REFERENCES Project ([Key]),
    CONSTRAINT FK_UpdateLink_Cycle FOREIGN KEY (Cycle) REFERENCES ReportingCycle ([Key]),
    CONSTRAINT FK_UpdateLink_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_UpdateLink_CreatedAtId ON UpdateLink (CreatedAt, Id);
