-- Which meeting of the board decided what a project asked of it.

ALTER TABLE DecisionRequestVersion ADD COLUMN Meeting text NULL;
