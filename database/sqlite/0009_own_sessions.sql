-- By what a person tells its sessions apart: kinds of browsers and machines, and the network, never an address.
ALTER TABLE AccountSession ADD COLUMN Browser text NULL;
ALTER TABLE AccountSession ADD COLUMN Address text NULL;
ALTER TABLE AccountSession ADD COLUMN LastSeenAt text NULL;

-- The code that was used again and of which its owner was told, so that one letter is sent for each.
ALTER TABLE Account ADD COLUMN TwoFactorToldStep integer NULL;
