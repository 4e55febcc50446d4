-- Texts are compared by their bytes here anyway; the script of this number is for SQL Server.

SELECT 1;
