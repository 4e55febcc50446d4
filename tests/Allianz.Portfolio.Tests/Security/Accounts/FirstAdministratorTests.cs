using System.Net;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Allianz.Portfolio.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Security.Accounts;

[EngineFixtures]
public class FirstAdministratorTests(Engine engine) : SignInFixture(engine)
{
    [Test]
    public async Task The_newest_set_up_link_makes_an_administrator_once()
    {
        var (other, one) = (await LinkAsync(true), await LinkAsync(true));
        using var person = new Person(Host);
        Assert.That((await person.GoAsync(other!)).Status, Is.EqualTo(HttpStatusCode.NotFound), "another one was made since");
        Assert.That((await person.GoAsync(one!)).Status, Is.EqualTo(HttpStatusCode.OK));

        await person.SubmitAsync("Zugang anlegen", ("name", "Administration"), ("email", "falsch"), ("password", "kurz"), ("again", ""));
        Assert.That(person.Html, Does.Contain("value=\"falsch\"").And.Contain("href=\"#email\"").And.Contain("href=\"#password\""));
        await person.SubmitAsync(
            "Zugang anlegen",
            ("name", "Administration"),
            ("email", "admin@example.org"),
            ("password", Password),
            ("again", Password)
        );

        Assert.That(person.Path, Is.EqualTo("/account/second-factor"));
        await SetUpSecondFactorAsync(person);
        Assert.That((await person.GoAsync("/accounts")).Text, Does.Contain("admin@example.org"));
        using var late = new Person(Host);
        Assert.That((await late.GoAsync(one!)).Status, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await LinkAsync(true), Is.Null, "none is printed when there is an administrator");
    }

    [Test]
    public async Task When_all_administrators_are_lost_the_verb_makes_another_link_that_is_good_for_a_day()
    {
        var link = await LinkAsync(false);
        using var person = new Person(Host);
        Assert.That((await person.GoAsync(link!)).Status, Is.EqualTo(HttpStatusCode.OK));

        Clock.Advance(TimeSpan.FromDays(1));

        Assert.That((await person.GoAsync(link!)).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private async Task<string?> LinkAsync(bool onlyWithoutAdministrator)
    {
        await using var scope = Host.Services.CreateAsyncScope();
        var link = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new MakeSetupLink.Command(onlyWithoutAdministrator));
        return link is null ? null : new Uri(link).PathAndQuery;
    }
}
