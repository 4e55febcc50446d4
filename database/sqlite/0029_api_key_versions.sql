-- The version of the API that a key's requests are answered in when they name none: of the keys there are, the first one.
ALTER TABLE ApiKey ADD COLUMN Version text NOT NULL CONSTRAINT DF_ApiKey_Version DEFAULT '2026-12-01';
