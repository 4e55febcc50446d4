-- Lists of projects in any order, at any revision, walk along an index and stop after a page, instead of putting all projects in order. What
-- decides whether an entry counts stands in the index itself, so that those which do not count cost no look at their row.

CREATE INDEX IX_ProjectVersion_TitleSortKeyRevisions ON ProjectVersion (TitleSort, [Key], FromRevision, UntilRevision, Visibility, Archived, Id);
CREATE INDEX IX_ProjectVersion_KeyRevisions ON ProjectVersion ([Key], FromRevision, UntilRevision, Visibility, Archived, Id);
CREATE INDEX IX_ProjectVersion_StartsOnKeyRevisions ON ProjectVersion (StartsOn, [Key], FromRevision, UntilRevision, Visibility, Archived, Id);
CREATE INDEX IX_ProjectVersion_EndsOnKeyRevisions ON ProjectVersion (EndsOn, [Key], FromRevision, UntilRevision, Visibility, Archived, Id);
CREATE INDEX IX_ProjectVersion_BudgetCentsKeyRevisions ON ProjectVersion (BudgetCents, [Key], FromRevision, UntilRevision, Visibility, Archived, Id);
CREATE INDEX IX_ProjectVersion_FromRevisionKeyUntilRevision ON ProjectVersion (FromRevision, [Key], UntilRevision, Visibility, Archived, Id);
CREATE INDEX IX_ProjectVersion_UntilRevisionFromRevisionKey ON ProjectVersion (UntilRevision, FromRevision, [Key], Visibility, Archived, Id);

-- The projects of a partner, without a look at the rows of its parts.
CREATE INDEX IX_ParticipationVersion_PartnerProjectIdRevisions ON ParticipationVersion (Partner, ProjectId, FromRevision, UntilRevision);
