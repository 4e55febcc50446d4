-- People who sign in. Nothing here is kept in versions: the ledger knows an account by its key only, so a person can be erased.
CREATE TABLE Account (
    Id uniqueidentifier NOT NULL,
    [Key] nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Name nvarchar(200) NOT NULL,
    NameSort nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Email nvarchar(254) NOT NULL,
    EmailNormal nvarchar(254) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Role nvarchar(30) NOT NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    Active bit NOT NULL,
    Language nvarchar(10) NOT NULL,
    Demo bit NOT NULL,
    PasswordHash nvarchar(400) NULL,
    SecurityStamp nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    TwoFactorKey nvarchar(1000) NULL,
    TwoFactorEnabled bit NOT NULL,
    TwoFactorLastStep bigint NULL,
    FailedSignIns int NOT NULL,
    LockedUntil datetime2(3) NULL,
    CreatedAt datetime2(3) NOT NULL,
    LastSignInAt datetime2(3) NULL,
    Revision bigint NOT NULL,
    CONSTRAINT PK_Account PRIMARY KEY (Id),
    CONSTRAINT UQ_Account_Key UNIQUE ([Key]),
    CONSTRAINT UQ_Account_EmailNormal UNIQUE (EmailNormal),
    CONSTRAINT FK_Account_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_Account_NameSortId ON Account (NameSort, Id);

-- Who the person is to an organisation's own sign-in.
CREATE TABLE AccountLogin (
    Provider nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Subject nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
    AccountId uniqueidentifier NOT NULL,
    CONSTRAINT PK_AccountLogin PRIMARY KEY (Provider, Subject),
    CONSTRAINT FK_AccountLogin_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);
CREATE INDEX IX_AccountLogin_AccountId ON AccountLogin (AccountId);

-- Recovery codes that are left; used ones are gone.
CREATE TABLE AccountRecoveryCode (
    AccountId uniqueidentifier NOT NULL,
    Hash nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    CONSTRAINT PK_AccountRecoveryCode PRIMARY KEY (AccountId, Hash),
    CONSTRAINT FK_AccountRecoveryCode_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);

-- Links that open something once: an invitation, a forgotten password, the set-up of the first administrator (without an account).
CREATE TABLE AccountLink (
    Hash nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Purpose nvarchar(30) NOT NULL,
    AccountId uniqueidentifier NULL,
    Stamp nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL,
    CreatedAt datetime2(3) NOT NULL,
    ExpiresAt datetime2(3) NOT NULL,
    CONSTRAINT PK_AccountLink PRIMARY KEY (Hash),
    CONSTRAINT FK_AccountLink_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);
CREATE INDEX IX_AccountLink_AccountId ON AccountLink (AccountId);

-- Where somebody is signed in.
CREATE TABLE AccountSession (
    Id uniqueidentifier NOT NULL,
    AccountId uniqueidentifier NOT NULL,
    Stamp nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    How nvarchar(80) NOT NULL,
    Strong bit NOT NULL,
    CreatedAt datetime2(3) NOT NULL,
    ExpiresAt datetime2(3) NOT NULL,
    CONSTRAINT PK_AccountSession PRIMARY KEY (Id),
    CONSTRAINT FK_AccountSession_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);
CREATE INDEX IX_AccountSession_AccountId ON AccountSession (AccountId);
CREATE INDEX IX_AccountSession_ExpiresAt ON AccountSession (ExpiresAt);
