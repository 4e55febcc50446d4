-- Who follows which project, up to where the last weekly digest told of it, and the links that stop it. Outside of versions, since it is what a
-- person reads: it goes with the account.

CREATE TABLE Follow (
    AccountId text NOT NULL,
    Project text NOT NULL,
    FollowedAt text NOT NULL,
    ToldRevision integer NOT NULL,
    ToldOn text NOT NULL,
    CONSTRAINT PK_Follow PRIMARY KEY (AccountId, Project),
    CONSTRAINT FK_Follow_Account FOREIGN KEY (AccountId) REFERENCES Account (Id),
    CONSTRAINT FK_Follow_Project FOREIGN KEY (Project) REFERENCES Project ([Key])
);

-- One row for each letter: links of older letters go on working.
CREATE TABLE DigestLink (
    Hash text NOT NULL,
    AccountId text NOT NULL,
    CreatedAt text NOT NULL,
    ExpiresAt text NOT NULL,
    CONSTRAINT PK_DigestLink PRIMARY KEY (Hash),
    CONSTRAINT FK_DigestLink_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);
CREATE INDEX IX_DigestLink_AccountId ON DigestLink (AccountId);
