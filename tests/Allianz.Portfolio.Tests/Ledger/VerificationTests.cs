using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Ledger;

/// <summary>What is altered behind the program's back is found, and the first revision that it breaks is named.</summary>
[EngineFixtures]
public class VerificationTests(Engine engine) : PortfolioFixture(engine)
{
    private const string Foreign = "0197a3c0-0000-7000-8000-000000000001";

    // The revisions that made it, by what they did.
    private readonly Dictionary<string, long> _revisions = [];

    protected override async Task PrepareAsync()
    {
        await Do("field", Coordination.CreateAsync("fields-of-action", new { key = "feld", name = "Feld" }));
        await Do("project", Coordination.CreateAsync("projects", new { key = "p", title = "P" }));
        await Do(
            "milestone",
            Coordination.CreateAsync(
                "projects/p/milestones",
                new
                {
                    key = "m",
                    title = "M",
                    forecastOn = "2026-10-01",
                }
            )
        );
        await Do("moved", Coordination.ChangeAsync("projects/p/milestones/m", new { forecastOn = "2026-11-01" }));
        await Do(
            "risk",
            Coordination.CreateAsync(
                "projects/p/risks",
                new
                {
                    key = "r",
                    title = "R",
                    probability = 1,
                    impact = 2,
                }
            )
        );
        using var deleted = await Coordination.DeleteAsync("projects/p/risks/r", "*");
        _revisions["deleted"] = (long)(await Coordination.GetJsonAsync("changes"))["next"]!;
        await Do("status", Coordination.CreateAsync("projects/p/status-updates", new { key = "s1", lights = new { cost = "green" } }));
        await Do("superseded", Coordination.CreateAsync("projects/p/status-updates", new { key = "s2", lights = new { cost = "green" } }));
        await Do("last", Coordination.ChangeAsync("projects/p", new { goal = "Ziel" }));

        async Task Do(string name, Task<System.Text.Json.Nodes.JsonObject> command) =>
            _revisions[name] = (long)(await command)["revision"]!;
    }

    // Each statement, and the revision that it breaks first; {0} stands for that revision's number.
    private static readonly TestCaseData[] _alterations =
    [
        Altered("a value", "moved", "UPDATE MilestoneVersion SET Title = 'N' WHERE FromRevision = {0}"),
        Altered("a value of a closed row", "milestone", "UPDATE MilestoneVersion SET ForecastOn = '2026-10-02' WHERE FromRevision = {0}"),
        Altered("a value that is not shown", "project", "UPDATE ProjectVersion SET Search = 'x' WHERE FromRevision = {0}"),
        Altered("a value becomes absent", "last", "UPDATE ProjectVersion SET Goal = NULL WHERE FromRevision = {0}"),
        Altered("a flag", "field", "UPDATE FieldOfActionVersion SET Sample = 1 WHERE FromRevision = {0}"),
        Altered(
            "a closed row is closed by another revision",
            "deleted",
            "UPDATE RiskVersion SET UntilRevision = {0} + 1 WHERE UntilRevision = {0}"
        ),
        Altered(
            "a closed row is open again",
            "deleted",
            "UPDATE RiskVersion SET UntilRevision = 9223372036854775807 WHERE UntilRevision = {0}"
        ),
        Altered("an open row is closed", "last", "UPDATE FieldOfActionVersion SET UntilRevision = {0}"),
        Altered("an open row is closed by a revision to come", "last", "UPDATE FieldOfActionVersion SET UntilRevision = 9000", 9000),
        Altered(
            "a row says that another revision wrote it",
            "project",
            "UPDATE ProjectVersion SET FromRevision = 9000 WHERE FromRevision = {0}"
        ),
        Altered("a row is deleted", "superseded", "DELETE FROM StatusUpdateVersion WHERE FromRevision = {0}"),
        Altered("a row is added to the past", "status", Copy.Replace("{from}", "{0}", StringComparison.Ordinal)),
        Altered("a row is added to come", "last", Copy.Replace("{from}", "9000", StringComparison.Ordinal), 9000),
        Altered("a thing is added without a version", "last", $"INSERT INTO Partner (Id, [Key]) VALUES ('{Foreign}', 'x')", 0),
        Altered("an anchor's key", "last", "UPDATE Milestone SET [Key] = 'x'", 0),
        Altered("a change's kind", "moved", "UPDATE Change SET Kind = 'gate' WHERE Revision = {0}"),
        Altered("a change's fields", "moved", "UPDATE Change SET Fields = 'title' WHERE Revision = {0}"),
        Altered("who saw a change", "last", "UPDATE Change SET VisibleBefore = 0 WHERE Revision = {0}"),
        Altered("a change is deleted", "moved", "DELETE FROM Change WHERE Revision = {0}"),
        Altered(
            "a change is added",
            "moved",
            $"INSERT INTO Change (Revision, Ordinal, Kind, EntityId, [Key]) VALUES ({{0}}, 9, 'gate', '{Foreign}', 'x')"
        ),
        Altered("a revision's reason", "moved", "UPDATE Revision SET Reason = 'x' WHERE Number = {0}"),
        Altered("a revision's actor", "moved", "UPDATE Revision SET Actor = 'x' WHERE Number = {0}"),
        Altered("a revision's instant", "moved", "UPDATE Revision SET At = '2026-06-15 08:00:00.001' WHERE Number = {0}"),
        Altered("a revision's hash", "moved", "UPDATE Revision SET Hash = PreviousHash WHERE Number = {0}"),
        Altered("the hash before", "moved", "UPDATE Revision SET PreviousHash = Hash WHERE Number = {0}"),
        Altered("a revision is deleted", "moved", "DELETE FROM Change WHERE Revision = {0}; DELETE FROM Revision WHERE Number = {0}"),
        Altered(
            "the newest revision is deleted",
            "last",
            "DELETE FROM Change WHERE Revision = {0}; DELETE FROM Revision WHERE Number = {0}"
        ),
        Altered(
            "the newest revision is undone as a whole",
            "last",
            "DELETE FROM Change WHERE Revision = {0}; DELETE FROM Revision WHERE Number = {0}; DELETE FROM ProjectVersion WHERE FromRevision = {0}; "
                + "UPDATE ProjectVersion SET UntilRevision = 9223372036854775807 WHERE UntilRevision = {0}"
        ),
        Altered("the counter", "last", "UPDATE Ledger SET Number = {0} + 1", 1),
        Altered(
            "the counter is set back",
            "last",
            "UPDATE Ledger SET Number = {0} - 1, Hash = (SELECT r.PreviousHash FROM Revision r WHERE r.Number = {0})"
        ),
        Altered("the counter's hash", "last", "UPDATE Ledger SET Hash = 'x'", 1),
    ];

    private const string Copy =
        "INSERT INTO MilestoneVersion (Id, ProjectId, [Key], FromRevision, UntilRevision, Sample, Title) "
        + "SELECT m.Id, m.ProjectId, m.[Key], {from}, {from} + 1, 0, 'x' FROM MilestoneVersion m WHERE m.UntilRevision < 9223372036854775807";

    /// <param name="named">The number that is named: behind the revision's when small, as it is when large.</param>
    private static TestCaseData Altered(string what, string revision, string sql, long named = -1) =>
        new TestCaseData(revision, sql, named).SetName($"Altered: {what}");

    [Test]
    public async Task A_ledger_that_nobody_touched_is_whole()
    {
        await using var session = await Database.BeginAsync(CancellationToken.None);

        Assert.That(await FirstBreakAsync(session), Is.Null);
    }

    [TestCaseSource(nameof(_alterations))]
    public async Task The_first_broken_revision_is_named(string revision, string sql, long named)
    {
        var number = _revisions[revision];
        // Never committed, so each alteration stands alone.
        await using var session = await Database.BeginAsync(CancellationToken.None);
        var touched = await session.ExecuteAsync(
            new Statement(_ => string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, number)),
            null,
            CancellationToken.None
        );

        var found = await FirstBreakAsync(session);

        Assert.That(touched, Is.GreaterThan(0));
        Assert.That(found, Is.Not.Null);
        Assert.That(
            found!.Value.Revision,
            Is.EqualTo(
                named < 0 ? number
                : named < 9000 ? number + named
                : named
            ),
            found.Value.Why
        );
    }

    private static async Task<(long Revision, string Why)?> FirstBreakAsync(Session session) =>
        await Verification.FirstBreakAsync(
            session,
            await PortfolioLedger.HeadAsync(session, CancellationToken.None),
            CancellationToken.None
        );

    private PortfolioDatabase Database => Host.Services.GetRequiredService<PortfolioDatabase>();
}

/// <summary>As an operator sees it: of its own, because it stays broken.</summary>
[EngineFixtures]
public class VerifyTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task The_answer_is_a_sentence_that_names_the_revision()
    {
        var project = await Coordination.CreateAsync("projects", new { key = "p", title = "P" });
        var before = await AskAsync();
        await using (var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(CancellationToken.None))
        {
            await session.ExecuteAsync(new Statement(_ => "UPDATE ProjectVersion SET Title = 'Q'"), null, CancellationToken.None);
        }

        var after = await AskAsync();

        Assert.That(before.Whole, Is.True);
        Assert.That(before.Lines[0], Does.StartWith($"{project["revision"]} revisions verified"));
        Assert.That(after.Whole, Is.False);
        Assert.That(after.Lines, Has.Count.EqualTo(1));
        Assert.That(after.Lines[0], Does.StartWith($"The chain of revisions is broken at revision {project["revision"]}:"));
    }

    private async Task<Verified> AskAsync()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new VerifyLedger.Query());
    }
}
