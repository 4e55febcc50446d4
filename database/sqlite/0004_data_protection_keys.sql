-- The keys that protect cookies, forms, links and letters: all nodes share them.

CREATE TABLE DataProtectionKey (
    Id text NOT NULL,
    Name text NOT NULL,
    Xml text NOT NULL,
    CreatedAt text NOT NULL,
    CONSTRAINT PK_DataProtectionKey PRIMARY KEY (Id)
);
