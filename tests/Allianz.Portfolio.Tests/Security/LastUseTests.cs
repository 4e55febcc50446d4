using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Tests.Support;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Allianz.Portfolio.Tests.Security;

/// <summary>When keys were last used, as several nodes write it down.</summary>
[EngineFixtures]
public class LastUseTests(Engine engine) : PortfolioFixture(engine)
{
    private async Task<DateTimeOffset?> LastUsedAsync(string key) =>
        (DateTimeOffset?)(await Administrator.GetJsonAsync($"api-keys/{key}"))["lastUsedAt"];

    private async Task<Guid> IdAsync(string key)
    {
        await using var connection = await Host
            .Services.GetRequiredService<PortfolioDatabase>()
            .Dialect.OpenAsync(ConnectionString, CancellationToken.None);
        return await connection.QuerySingleAsync<Guid>("SELECT Id FROM ApiKey WHERE [Key] = @key", new { key });
    }

    [Test]
    public async Task A_node_that_writes_later_what_it_saw_earlier_does_not_turn_the_clock_back()
    {
        await Administrator.CreateAsync("api-keys", new { name = "Zwei Knoten", role = "reader" });
        var id = await IdAsync("zwei-knoten");
        await using var other = NewHost();
        using var client = other.CreateClient();
        var (here, there) = (Host.Services.GetRequiredService<LastUse>(), other.Services.GetRequiredService<LastUse>());
        there.SawKey(id);
        Clock.Advance(TimeSpan.FromMinutes(5));
        here.SawKey(id);
        var newest = Clock.Now;

        await here.FlushAsync(default);
        await there.FlushAsync(default);

        Assert.That(await LastUsedAsync("zwei-knoten"), Is.EqualTo(newest));
    }

    [Test]
    public async Task A_node_that_stops_has_written_down_what_it_saw()
    {
        await Administrator.CreateAsync("api-keys", new { name = "Zuletzt", role = "reader" });
        var id = await IdAsync("zuletzt");
        await using (var other = NewHost())
        {
            using var client = other.CreateClient();
            other.Services.GetRequiredService<LastUse>().SawKey(id);
            await other.Services.GetServices<IHostedService>().OfType<LastUse>().Single().StopAsync(default);
        }

        Assert.That(await LastUsedAsync("zuletzt"), Is.EqualTo(Clock.Now));
    }

    [Test]
    public async Task What_could_not_be_written_down_is_written_the_next_time()
    {
        await Administrator.CreateAsync("api-keys", new { name = "Spaeter", role = "reader" });
        var id = await IdAsync("spaeter");
        var use = Host.Services.GetRequiredService<LastUse>();
        use.SawKey(id);

        Assert.That(() => use.FlushAsync(new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        await use.FlushAsync(default);

        Assert.That(await LastUsedAsync("spaeter"), Is.EqualTo(Clock.Now));
    }
}
