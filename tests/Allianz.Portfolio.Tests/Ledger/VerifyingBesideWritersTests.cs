using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Tests.Features.Reports;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Ledger;

/// <summary>Verifying takes a while, in which others go on writing.</summary>
[EngineFixtures]
public class VerifyingBesideWritersTests(Engine engine) : ReportFixture(engine)
{
    [Test]
    public async Task What_is_committed_since_it_began_is_no_break_and_what_nobody_committed_is()
    {
        await Coordination.CreateAsync("projects", new { key = "p", title = "P" });
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "geht",
                name = "Geht",
                kind = "company",
            }
        );
        await IssueAsync();
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(CancellationToken.None);
        var head = await PortfolioLedger.HeadAsync(session, CancellationToken.None);
        await Coordination.ChangeAsync("projects/p", new { goal = "Ziel" });
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "kommt",
                name = "Kommt",
                kind = "company",
            }
        );
        using var deleted = await Coordination.DeleteAsync("partners/geht", "*");
        await IssueAsync();

        var found = await Verification.FirstBreakAsync(session, head, CancellationToken.None);
        var reports = await ReportChain.WalkAsync(session, head.Number, CancellationToken.None);
        await TamperAsync("UPDATE PartnerVersion SET UntilRevision = 9000 WHERE [Key] = 'kommt'");
        await TamperAsync("UPDATE Report SET Revision = 9000 WHERE Number = 2");
        var stray = await Verification.FirstBreakAsync(session, head, CancellationToken.None);
        var strayReport = await ReportChain.WalkAsync(session, head.Number, CancellationToken.None);

        Assert.That(deleted.IsSuccessStatusCode, Is.True);
        Assert.That(found, Is.Null);
        Assert.That(reports, Is.EqualTo((1L, ((long, string)?)null)));
        Assert.That(stray?.Revision, Is.EqualTo(9000));
        Assert.That(strayReport.Break?.Number, Is.EqualTo(2));
    }
}
