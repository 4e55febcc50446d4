-- By what a person tells its sessions apart: kinds of browsers and machines, and the network, never an address.
ALTER TABLE AccountSession ADD Browser nvarchar(60) NULL, Address nvarchar(60) NULL, LastSeenAt datetime2(3) NULL;

-- The code that was used again and of which its owner was told, so that one letter is sent for each.
ALTER TABLE Account ADD TwoFactorToldStep bigint NULL;
