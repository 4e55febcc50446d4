-- A partner that turned out to be another one says which.

ALTER TABLE PartnerVersion ADD COLUMN MergedInto text NULL;
