-- Where partners are reminded, and what was sent. Outside of versions, as addresses of accounts are: no address is ever in the ledger.

CREATE TABLE PartnerContact (
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Mailbox nvarchar(254) NULL,
    HeadMailbox nvarchar(254) NULL,
    Revision bigint NOT NULL,
    CONSTRAINT PK_PartnerContact PRIMARY KEY (Partner),
    CONSTRAINT FK_PartnerContact_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);

-- One row for each reminder: what stands here is not sent again.
CREATE TABLE Reminder (
    Cycle nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Project nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Partner nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    Step varchar(20) COLLATE Latin1_General_100_BIN2 NOT NULL,
    SentAt datetime2(3) NOT NULL,
    CONSTRAINT PK_Reminder PRIMARY KEY (Cycle, Project, Partner, Step),
    CONSTRAINT FK_Reminder_Cycle FOREIGN KEY (Cycle) REFERENCES ReportingCycle ([Key]),
    CONSTRAINT FK_Reminder_Project FOREIGN KEY (Project) REFERENCES Project ([Key]),
    CONSTRAINT FK_Reminder_Partner FOREIGN KEY (Partner) REFERENCES Partner ([Key])
);
