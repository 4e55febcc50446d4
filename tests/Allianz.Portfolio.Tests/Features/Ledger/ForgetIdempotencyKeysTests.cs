using Allianz.Portfolio.Api.UseCases.Upkeep;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Features.Ledger;

[EngineFixtures]
public class ForgetIdempotencyKeysTests(Engine engine) : PortfolioFixture(engine)
{
    [Test]
    public async Task A_request_is_known_for_seven_days()
    {
        var first = await PostAsync("alt");
        Clock.Advance(TimeSpan.FromDays(3));
        var second = await PostAsync("neu");
        Clock.Advance(TimeSpan.FromDays(4));
        var early = await ForgetAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));

        var removed = await ForgetAsync();

        Assert.That((early, removed), Is.EqualTo((0, 1)));
        Assert.That(await PostAsync("neu"), Is.EqualTo(second));
        Assert.That(await PostAsync("alt"), Is.Not.EqualTo(first));
    }

    private async Task<Uri?> PostAsync(string key)
    {
        using var response = await Coordination.PostAsync("projects", new { title = "Einmal" }, ("Idempotency-Key", key));
        Assert.That(response.IsSuccessStatusCode, Is.True);
        return response.Headers.Location;
    }

    private async Task<int> ForgetAsync()
    {
        await using var scope = Host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new ForgetIdempotencyKeys.Command());
    }
}
