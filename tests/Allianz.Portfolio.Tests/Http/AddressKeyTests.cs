using System.Net;
using System.Text.RegularExpressions;
using Allianz.Portfolio.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Http;

/// <summary>A thing has one address: SQL Server's = takes no notice of blanks at the end, so keys are looked at before they reach it.</summary>
[EngineFixtures]
public partial class AddressKeyTests(Engine engine) : PortfolioFixture(engine)
{
    protected override async Task PrepareAsync()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "IHK",
                kind = "chamber",
            }
        );
        await Coordination.CreateAsync(
            "projects",
            new
            {
                key = "ki",
                title = "KI",
                visibility = "public",
            }
        );
        await Coordination.CreateAsync("projects/ki/milestones", new { key = "m", title = "M" });
    }

    [TestCase("projects/ki%20")]
    [TestCase("projects/ki%20%20/milestones/m")]
    [TestCase("projects/ki/milestones/m%20")]
    [TestCase("projects/%20ki")]
    [TestCase("partners/ihk%20")]
    public async Task Blanks_around_a_key_are_another_key_which_nobody_has(string path)
    {
        using var read = await Anonymous.GetAsync(path);
        using var changed = await Coordination.PatchAsync(path, new { title = "Anders" }, "*");
        using var deleted = await Coordination.DeleteAsync(path, "*");

        await read.ProblemAsync(404, "not-found");
        await changed.ProblemAsync(404, "not-found");
        await deleted.ProblemAsync(404, "not-found");
        Assert.That((string?)(await Anonymous.GetJsonAsync("projects/ki"))["title"], Is.EqualTo("KI"));
    }

    [TestCase("projects?partner=ihk%20")]
    [TestCase("projects?fieldOfAction=%20x")]
    [TestCase("assignments?meeting=2026-12-08%20")]
    public async Task A_filter_by_what_cannot_be_a_key_is_refused(string path)
    {
        using var response = await Coordination.GetAsync(path);

        await response.ProblemAsync(400, "query");
    }

    // Every address there is, so that none is forgotten: for whoever may do most, and with a key that would be right without the blank.
    [Test]
    public async Task No_address_takes_a_key_with_a_blank_behind_it()
    {
        var reads = Host
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(e => e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Where(e => e.RoutePattern.Parameters.Any(p => !p.IsCatchAll && !_noKeys.Contains(p.Name)))
            .Select(e => e.RoutePattern.RawText!)
            .Distinct()
            .ToList();
        Assert.That(reads, Has.Count.GreaterThan(40));

        foreach (var pattern in reads)
        {
            var path = "/" + Parameter().Replace(pattern.TrimStart('/'), m => _noKeys.Contains(m.Groups[1].Value) ? "1" : "ki%20");
            using var response = await Administrator.GetAsync(path);
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound), path);
        }
    }

    // Numbers, secrets and names of the configuration: none is looked up by comparing texts in SQL, but by numbers and hashes.
    private static readonly string[] _noKeys = ["number", "secret", "provider", "path", "file", "documentName"];

    [GeneratedRegex(@"\{(\w+)[^}]*\}")]
    private static partial Regex Parameter();
}
