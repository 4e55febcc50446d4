-- What a key is narrowed to, and the secrets that it had before and that work until their overlap ends.
ALTER TABLE ApiKey ADD Scopes nvarchar(200) NULL;

CREATE TABLE FormerApiKeySecret (
    Hash nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    ApiKeyId uniqueidentifier NOT NULL,
    Until datetime2(3) NOT NULL,
    CONSTRAINT PK_FormerApiKeySecret PRIMARY KEY (Hash),
    CONSTRAINT FK_FormerApiKeySecret_ApiKey FOREIGN KEY (ApiKeyId) REFERENCES ApiKey (Id)
);
CREATE INDEX IX_FormerApiKeySecret_ApiKeyId ON FormerApiKeySecret (ApiKeyId);
