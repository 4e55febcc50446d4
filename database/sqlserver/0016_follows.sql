-- Who follows which project, up to where the last weekly digest told of it, and the links that stop it. Outside of versions, since it is what a
-- person reads: it goes with the account.

CREATE TABLE Follow (
    AccountId uniqueidentifier NOT NULL,
    Project nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    FollowedAt datetime2(3) NOT NULL,
    ToldRevision bigint NOT NULL,
    ToldOn date NOT NULL,
    CONSTRAINT PK_Follow PRIMARY KEY (AccountId, Project),
    CONSTRAINT FK_Follow_Account FOREIGN KEY (AccountId) REFERENCES Account (Id),
    CONSTRAINT FK_Follow_Project FOREIGN KEY (Project) REFERENCES Project ([Key])
);

-- One row for each letter: links of older letters go on working.
CREATE TABLE DigestLink (
    Hash nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    AccountId uniqueidentifier NOT NULL,
    CreatedAt datetime2(3) NOT NULL,
    ExpiresAt datetime2(3) NOT NULL,
    CONSTRAINT PK_DigestLink PRIMARY KEY (Hash),
    CONSTRAINT FK_DigestLink_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);
CREATE INDEX IX_DigestLink_AccountId ON DigestLink (AccountId);
