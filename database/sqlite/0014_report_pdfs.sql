-- PDFs of reports, made once and kept for a while: what they show can be made again at any time.

CREATE TABLE ReportPdf (
    Report integer NOT NULL,
    Fingerprint text NOT NULL,
    State text NOT NULL,
    Progress integer NOT NULL,
    ChangedAt text NOT NULL,
    Content blob NULL,
    CONSTRAINT PK_ReportPdf PRIMARY KEY (Report),
    CONSTRAINT FK_ReportPdf_Report FOREIGN KEY (Report) REFERENCES Report (Number)
);
