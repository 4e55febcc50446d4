-- What a key is narrowed to, and the secrets that it had before and that work until their overlap ends.
ALTER TABLE ApiKey ADD Scopes text NULL;

CREATE TABLE FormerApiKeySecret (
    Hash text NOT NULL,
    ApiKeyId text NOT NULL,
    Until text NOT NULL,
    CONSTRAINT PK_FormerApiKeySecret PRIMARY KEY (Hash),
    CONSTRAINT FK_FormerApiKeySecret_ApiKey FOREIGN KEY (ApiKeyId) REFERENCES ApiKey (Id)
);
CREATE INDEX IX_FormerApiKeySecret_ApiKeyId ON FormerApiKeySecret (ApiKeyId);
