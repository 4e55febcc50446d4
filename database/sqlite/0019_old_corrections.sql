-- Corrections that were issued before the column was there say in their bytes which report they replace.

UPDATE Report SET Replaces = json_extract(CAST(Content AS text), '$.replaces')
WHERE Replaces IS NULL AND json_extract(CAST(Content AS text), '$.replaces') IS NOT NULL;
