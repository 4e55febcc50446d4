-- The keys that protect cookies, forms, links and letters: all nodes share them.

CREATE TABLE DataProtectionKey (
    Id uniqueidentifier NOT NULL,
    Name nvarchar(200) NOT NULL,
    Xml nvarchar(max) NOT NULL,
    CreatedAt datetime2(3) NOT NULL,
    CONSTRAINT PK_DataProtectionKey PRIMARY KEY (Id)
);
