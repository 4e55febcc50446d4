using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Support;

/// <summary>People who are invited, choose passwords and sign in.</summary>
public abstract class SignInFixture(Engine engine, params (string Key, string Value)[] settings) : PortfolioFixture(engine, settings)
{
    protected const string Password = "sieben Enten am Phoenixsee";

    private int _count;

    protected override Task PrepareAsync() =>
        Coordination.CreateAsync(
            "partners",
            new
            {
                key = "ihk",
                name = "IHK zu Dortmund",
                kind = "chamber",
            }
        );

    /// <summary>An address that nobody had.</summary>
    protected string NewAddress() => $"person{Interlocked.Increment(ref _count)}@example.org";

    /// <summary>Makes an account, which is invited; gives its key.</summary>
    protected async Task<string> InviteAsync(string email, string role, string? partner = null, string name = "Eine Funktion") =>
        (string)
            (
                await Administrator.CreateAsync(
                    "accounts",
                    new
                    {
                        name,
                        email,
                        role,
                        partner,
                    }
                )
            )["key"]!;

    /// <summary>Somebody new who has chosen a password, and is signed in.</summary>
    protected async Task<(Person Person, string Email, string Key)> SignedInAsync(string role, string? partner = null)
    {
        var email = NewAddress();
        var key = await InviteAsync(email, role, partner);
        var person = new Person(Host);
        await person.GoAsync(await Host.LinkAsync(email));
        await person.SubmitAsync("Passwort festlegen", ("password", Password), ("again", Password));
        return (person, email, key);
    }

    /// <summary>Sets up the second factor on the page that the person comes to; gives the app's key and the recovery codes.</summary>
    protected async Task<(string Key, IReadOnlyList<string> Codes)> SetUpSecondFactorAsync(Person person)
    {
        await person.GoAsync("/account/second-factor");
        var key = System
            .Text.RegularExpressions.Regex.Match(person.Html, "class=\"key\">([A-Z2-7 ]+)<")
            .Groups[1]
            .Value.Replace(" ", "", StringComparison.Ordinal);
        await person.SubmitAsync("Code der neuen App", ("code", Totp.Code(key, Clock.Now)));
        var codes = System
            .Text.RegularExpressions.Regex.Matches(person.Html, "<li><code>([a-z0-9-]+)</code></li>")
            .Select(m => m.Groups[1].Value)
            .ToList();
        return (key, codes);
    }

    /// <summary>The code that the app shows now; later than any before.</summary>
    protected string NextCode(string key)
    {
        Clock.Advance(TimeSpan.FromSeconds(30));
        return Totp.Code(key, Clock.Now);
    }

    /// <summary>Waits until links that were asked for are sent.</summary>
    protected Task ForgottenAreSentAsync() => Host.Services.GetRequiredService<ForgottenPasswords>().FlushAsync(default);
}
