-- Forms that somebody sent whose session had ended: protected, for an hour, for the same account.
CREATE TABLE KeptForm (
    Id uniqueidentifier NOT NULL,
    AccountId uniqueidentifier NOT NULL,
    Content nvarchar(max) NOT NULL,
    ExpiresAt datetime2(3) NOT NULL,
    CONSTRAINT PK_KeptForm PRIMARY KEY (Id),
    CONSTRAINT FK_KeptForm_Account FOREIGN KEY (AccountId) REFERENCES Account (Id)
);
CREATE INDEX IX_KeptForm_AccountId ON KeptForm (AccountId);
CREATE INDEX IX_KeptForm_ExpiresAt ON KeptForm (ExpiresAt);
