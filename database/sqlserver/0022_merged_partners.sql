-- A partner that turned out to be another one says which.

ALTER TABLE PartnerVersion ADD MergedInto nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL;
