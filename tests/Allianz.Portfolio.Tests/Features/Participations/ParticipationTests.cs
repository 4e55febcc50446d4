using System.Globalization;
using Allianz.Portfolio.Tests.Support;

namespace Allianz.Portfolio.Tests.Features.Participations;

[EngineFixtures]
public class ParticipationTests(Engine engine) : PartTests(engine)
{
    // Every one in a year of its own, so that none overlaps.
    private int _year = 1950;

    protected override string Kind => "participations";

    protected override HttpClient[] Writers => [];

    protected override object New(string key)
    {
        var year = (++_year).ToString(CultureInfo.InvariantCulture);
        return new
        {
            key,
            partner = "gast",
            role = "funder",
            fromOn = year + "-01-01",
            untilOn = year + "-12-31",
        };
    }

    protected override object Change => new { contribution = "Geld" };

    [Test]
    public async Task Its_key_is_made_from_partner_and_role()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "zweimal",
                name = "Zweimal",
                kind = "other",
            }
        );

        var first = await Coordination.CreateAsync(Address, Part("zweimal", "associate", null, "2020-12-31"));
        var second = await Coordination.CreateAsync(Address, Part("zweimal", "associate", "2021-01-01", null));

        Assert.That((string?)first["key"], Is.EqualTo("zweimal-associate"));
        Assert.That((string?)second["key"], Is.EqualTo("zweimal-associate-2"));
        Assert.That(first["partner"]!.ToJsonString(), Is.EqualTo("""{"key":"zweimal","name":"Zweimal"}"""));
    }

    [TestCase(null, null, false)]
    [TestCase("2020-06-30", "2021-01-01", false)]
    [TestCase(null, "2020-01-01", false)]
    [TestCase("2020-12-31", null, false)]
    [TestCase(null, "2019-12-31", true)]
    [TestCase("2021-01-01", null, true)]
    public async Task A_partner_has_a_role_once_at_a_time(string? from, string? until, bool fits)
    {
        var partner = "doppelt-" + Guid.NewGuid().ToString("N");
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = partner,
                name = "Doppelt",
                kind = "other",
            }
        );
        await Coordination.CreateAsync(Address, Part(partner, "contributor", "2020-01-01", "2020-12-31"));

        using var second = await Coordination.PostAsync(Address, Part(partner, "contributor", from, until));
        using var otherRole = await Coordination.PostAsync(Address, Part(partner, "funder", from, until));

        if (fits)
        {
            Assert.That(second.IsSuccessStatusCode, Is.True);
        }
        else
        {
            var problem = await second.ProblemAsync(409, "conflict");
            Assert.That((string?)problem["detail"], Does.Contain($"'{partner}-contributor'"));
        }
        Assert.That(otherRole.IsSuccessStatusCode, Is.True);
    }

    [Test]
    public async Task A_change_does_not_make_it_overlap_with_another_but_with_itself_it_may()
    {
        await Coordination.CreateAsync(
            "partners",
            new
            {
                key = "laenger",
                name = "Länger",
                kind = "other",
            }
        );
        await Coordination.CreateAsync(Address, Part("laenger", "lead", "2020-01-01", "2020-12-31"));
        await Coordination.CreateAsync(Address, Part("laenger", "lead", "2022-01-01", null));

        await Coordination.ChangeAsync($"{Address}/laenger-lead", new { untilOn = "2021-12-31" });
        using var refused = await Coordination.PatchAsync($"{Address}/laenger-lead", new { untilOn = "2022-01-01" }, "*");

        Assert.That((string?)(await refused.ProblemAsync(409, "conflict"))["detail"], Does.Contain("'laenger-lead-2'"));
    }

    [Test]
    public async Task It_needs_a_partner_that_is_there_and_days_in_order()
    {
        using var unknown = await Coordination.PostAsync(Address, Part("nirgends", "lead", null, null));
        using var backwards = await Coordination.PostAsync(Address, Part("gast", "lead", "2020-01-02", "2020-01-01"));
        using var roleless = await Coordination.PostAsync(Address, new { partner = "gast" });

        Assert.That((string?)(await unknown.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/partner"));
        Assert.That((string?)(await backwards.ProblemAsync(422, "invalid"))["errors"]![0]!["pointer"], Is.EqualTo("/untilOn"));
        await roleless.ProblemAsync(400, "malformed");
    }

    [Test]
    public async Task Its_partner_and_role_stay()
    {
        await Coordination.CreateAsync(Address, New("bleibt"));

        using var partner = await Coordination.PatchAsync($"{Address}/bleibt", new { partner = "ihk" }, "*");
        using var role = await Coordination.PatchAsync($"{Address}/bleibt", new { role = "lead" }, "*");

        await partner.ProblemAsync(400, "malformed");
        await role.ProblemAsync(400, "malformed");
    }

    private static object Part(string partner, string role, string? from, string? until) =>
        new
        {
            partner,
            role,
            fromOn = from,
            untilOn = until,
        };
}
