-- People who sign in. Nothing here is kept in versions: the ledger knows an account by its key only, so a person can be erased.
CREATE TABLE Account (
    Id text NOT NULL,
    [Key] text NOT NULL,
    Name text NOT NULL,
    NameSort text NOT NULL,
    Email text NOT NULL,
    EmailNormal text NOT NULL,
    Role text NOT NULL,
    Partner text NULL,
    Active integer NOT NULL,
    Language text NOT NULL,
    Demo integer NOT NULL,
    PasswordHash text NULL,
    SecurityStamp text NOT NULL,
    TwoFactorKey text NULL,
    TwoFactorEnabled integer NOT NULL,
    TwoFactorLastStep integer NULL,
    FailedSignIns integer NOT NULL,
    LockedUntil text NULL,
    CreatedAt text NOT NULL,
    LastSignInAt text NULL,
    Revision integer NOT NULL,
    CONSTRAINT PK_Account PRIMARY KEY (Id),
    CONSTRAINT UQ_Account_Key UNIQUE ([Key]),
    CONSTRAINT UQ_Account_EmailNormal UNIQUE (EmailNormal),
    CONSTRAINT FK_Account_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
CREATE INDEX IX_Account_NameSortId ON Account (NameSort, Id);

-- Who the person is to an organisation's own sign-in.
CREATE TABLE AccountLogin (
    Provider text NOT NULL,
    Subject text NOT NULL,
    AccountId text NOT NULL,
    CONSTRAINT PK_AccountLogin PRIMARY KEY (Provider, Subject),
    CONSTRAINT FK_AccountLogin_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);
CREATE INDEX IX_AccountLogin_AccountId ON AccountLogin (AccountId);

-- Recovery codes that are left; used ones are gone.
CREATE TABLE AccountRecoveryCode (
    AccountId text NOT NULL,
    Hash text NOT NULL,
    CONSTRAINT PK_AccountRecoveryCode PRIMARY KEY (AccountId, Hash),
    CONSTRAINT FK_AccountRecoveryCode_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);

-- Links that open something once: an invitation, a forgotten password, the set-up of the first administrator (without an account).
CREATE TABLE AccountLink (
    Hash text NOT NULL,
    Purpose text NOT NULL,
    AccountId text NULL,
    Stamp text NULL,
    CreatedAt text NOT NULL,
    ExpiresAt text NOT NULL,
    CONSTRAINT PK_AccountLink PRIMARY KEY (Hash),
    CONSTRAINT FK_AccountLink_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);
CREATE INDEX IX_AccountLink_AccountId ON AccountLink (AccountId);

-- Where somebody is signed in.
CREATE TABLE AccountSession (
    Id text NOT NULL,
    AccountId text NOT NULL,
    Stamp text NOT NULL,
    How text NOT NULL,
    Strong integer NOT NULL,
    CreatedAt text NOT NULL,
    ExpiresAt text NOT NULL,
    CONSTRAINT PK_AccountSession PRIMARY KEY (Id),
    CONSTRAINT FK_AccountSession_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);
CREATE INDEX IX_AccountSession_AccountId ON AccountSession (AccountId);
CREATE INDEX IX_AccountSession_ExpiresAt ON AccountSession (ExpiresAt);
