-- Corrections that were issued before the column was there say in their bytes which report they replace.

UPDATE Report SET Replaces = CAST(JSON_VALUE(CAST(Content AS varchar(max)), '$.replaces') AS bigint)
WHERE Replaces IS NULL AND JSON_VALUE(CAST(Content AS varchar(max)), '$.replaces') IS NOT NULL;
