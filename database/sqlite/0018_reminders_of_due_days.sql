-- A cycle that moves is reminded of anew, so a reminder is kept with the due day that it told of. Partner is empty where nobody leads the
-- project: then only the coordination was told.

ALTER TABLE Reminder RENAME TO ReminderBefore;

CREATE TABLE Reminder (
    Cycle text NOT NULL,
    Project text NOT NULL,
    Partner text NOT NULL,
    Step text NOT NULL,
    DueOn text NULL,
    SentAt text NOT NULL,
    CONSTRAINT PK_Reminder PRIMARY KEY (Cycle, Project, Partner, Step),
    CONSTRAINT FK_Reminder_Cycle FOREIGN KEY (Cycle) REFERENCES ReportingCycle ([Key]),
    CONSTRAINT FK_Reminder_Project FOREIGN KEY (Project) REFERENCES Project ([Key])
);

INSERT INTO Reminder (Cycle, Project, Partner, Step, SentAt) SELECT Cycle, Project, Partner, Step, SentAt FROM ReminderBefore;

DROP TABLE ReminderBefore;
