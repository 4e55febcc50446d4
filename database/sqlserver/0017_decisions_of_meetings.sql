-- Which meeting of the board decided what a project asked of it.

ALTER TABLE DecisionRequestVersion ADD Meeting nvarchar(64) COLLATE Latin1_General_100_BIN2 NULL;
