-- PDFs of reports, made once and kept for a while: what they show can be made again at any time.

CREATE TABLE ReportPdf (
    Report bigint NOT NULL,
    Fingerprint nvarchar(64) COLLATE Latin1_General_100_BIN2 NOT NULL,
    State nvarchar(20) NOT NULL,
    Progress int NOT NULL,
    ChangedAt datetime2(3) NOT NULL,
    Content varbinary(max) NULL,
    CONSTRAINT PK_ReportPdf PRIMARY KEY (Report),
    CONSTRAINT FK_ReportPdf_Report FOREIGN KEY (Report) REFERENCES Report (Number)
);
