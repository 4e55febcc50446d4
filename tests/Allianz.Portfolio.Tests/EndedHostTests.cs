using System.Net;
using System.Runtime.CompilerServices;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests;

/// <summary>What a host leaves behind when it has ended: no timer and no static field may hold it. Tests start hundreds in one process.</summary>
[EngineFixtures]
public class EndedHostTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task A_host_that_has_ended_is_let_go()
    {
        var ended = await UseAsync();
        // Some things remember the host that came last.
        await UseAsync();

        for (var i = 0; i < 20 && ended.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Yield();
        }

        Assert.That(ended.IsAlive, Is.False);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task<WeakReference> UseAsync()
    {
        await using var host = NewHost();
        using var client = host.CreateClient();
        foreach (var path in new[] { "/", "/reports", "/api/v1/projects", "/nirgends" })
        {
            using var response = await client.GetAsync(path);
            Assert.That(response.StatusCode, Is.Not.EqualTo(HttpStatusCode.InternalServerError));
        }
        return new WeakReference(host.Services.GetRequiredService<PortfolioDatabase>());
    }
}
