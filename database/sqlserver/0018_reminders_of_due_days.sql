-- A cycle that moves is reminded of anew, so a reminder is kept with the due day that it told of. Partner is empty where nobody leads the
-- project: then only the coordination was told.

ALTER TABLE Reminder ADD DueOn date NULL;

ALTER TABLE Reminder DROP CONSTRAINT FK_Reminder_Partner;
