-- Where partners are reminded, and what was sent. Outside of versions, as addresses of accounts are: no address is ever in the ledger.

CREATE TABLE PartnerContact (
    Partner text NOT NULL,
    Mailbox text NULL,
    HeadMailbox text NULL,
    Revision integer NOT NULL,
    CONSTRAINT PK_PartnerContact PRIMARY KEY (Partner),
    CONSTRAINT FK_PartnerContact_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);

-- One row for each reminder: what stands here is not sent again.
CREATE TABLE Reminder (
    Cycle text NOT NULL,
    Project text NOT NULL,
    Partner text NOT NULL,
    Step text NOT NULL,
    SentAt text NOT NULL,
    CONSTRAINT PK_Reminder PRIMARY KEY (Cycle, Project, Partner, Step),
    CONSTRAINT FK_Reminder_Cycle FOREIGN KEY (Cycle) REFERENCES ReportingCycle ([Key]),
    CONSTRAINT FK_Reminder_Project FOREIGN KEY (Project) REFERENCES Project ([Key]),
    CONSTRAINT FK_Reminder_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
