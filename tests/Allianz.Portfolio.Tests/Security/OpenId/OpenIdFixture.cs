using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Allianz.Portfolio.Tests.Security.OpenId;

/// <summary>The program with the providers of two partners and of the city, each of them real.</summary>
public abstract class OpenIdFixture(Engine engine) : PortfolioFixture(engine)
{
    protected const string Editors = "redaktion";

    private static readonly Statement _accounts = new(_ => "SELECT a.* FROM Account a ORDER BY a.Id");

    protected OpenIdProvider Ihk { get; private set; } = null!;
    protected OpenIdProvider Led { get; private set; } = null!;
    protected OpenIdProvider City { get; private set; } = null!;

    /// <summary>The program that knows them.</summary>
    protected PortfolioHost Program { get; private set; } = null!;

    protected override async Task PrepareAsync()
    {
        foreach (var key in new[] { "ihk", "led" })
        {
            await Coordination.CreateAsync(
                "partners",
                new
                {
                    key,
                    name = key.ToUpperInvariant(),
                    kind = "other",
                }
            );
            await Coordination.CreateAsync(
                "projects",
                new
                {
                    key = $"von-{key}",
                    title = $"Vorhaben {key}",
                    visibility = "alliance",
                }
            );
            await Coordination.CreateAsync($"projects/von-{key}/participations", new { partner = key, role = "lead" });
        }
    }

    [OneTimeSetUp]
    public async Task StartProvidersAsync()
    {
        (Ihk, Led, City) = (await NewProviderAsync("ihk"), await NewProviderAsync("led"), await NewProviderAsync("stadt"));
        Program = NewHost(Settings());
    }

    [OneTimeTearDown]
    public async Task StopProvidersAsync()
    {
        if (Program is not null)
        {
            await Program.DisposeAsync();
        }
        foreach (var provider in new[] { Ihk, Led, City })
        {
            if (provider is not null)
            {
                await provider.DisposeAsync();
            }
        }
    }

    [SetUp]
    public void Behave()
    {
        foreach (var provider in new[] { Ihk, Led, City })
        {
            provider.Reset();
        }
        // What was found to be down a moment ago is asked again.
        Clock.Advance(TimeSpan.FromMinutes(2));
    }

    protected async Task<OpenIdProvider> NewProviderAsync(string name, params string[] callbacks)
    {
        var provider = await OpenIdProvider.StartAsync(Clock);
        await provider.RegisterAsync("portfolio", [$"http://localhost/sign-in/{name}/callback", .. callbacks]);
        await provider.RegisterProgramAsync("programm");
        await provider.RegisterProgramAsync("fremdes-programm");
        return provider;
    }

    /// <summary>The settings of all three.</summary>
    protected (string, string)[] Settings() =>
        [
            .. Of("ihk", Ihk, ("Title", "IHK zu Dortmund"), ("Partners:0", "ihk")),
            .. Rule("ihk", 0, ("Claim", "groups"), ("Value", Editors), ("Partner", "ihk"), ("Role", "partner-editor")),
            .. Rule("ihk", 1, ("MailDomain", "ihk.example"), ("Role", "reader")),
            ("SignIn:Providers:ihk:Clients:0:ClientId", "programm"),
            ("SignIn:Providers:ihk:Clients:0:Role", "partner-editor"),
            ("SignIn:Providers:ihk:Clients:0:Partner", "ihk"),
            ("SignIn:Providers:ihk:Audience", OpenIdProvider.Audience),
            .. Of("led", Led, ("Title", "Leitstelle Energiewende"), ("Partners:0", "led")),
            .. Rule("led", 0, ("MailDomain", "led.example"), ("Partner", "led"), ("Role", "partner-editor")),
            .. Of("stadt", City, ("Title", "Stadt Dortmund"), ("City", "true")),
            .. Rule("stadt", 0, ("Claim", "groups"), ("Value", "cio"), ("Role", "coordination")),
            .. Rule("stadt", 1, ("Claim", "groups"), ("Value", "admin"), ("Role", "administrator")),
            ("SignIn:Providers:stadt:Clients:0:ClientId", "programm"),
            ("SignIn:Providers:stadt:Clients:0:Role", "coordination"),
            ("SignIn:Providers:stadt:Audience", OpenIdProvider.Audience),
        ];

    protected static IEnumerable<(string, string)> Of(string name, OpenIdProvider provider, params (string Key, string Value)[] settings) =>
        new[] { ("Authority", provider.Address), ("ClientId", "portfolio"), ("ClientSecret", OpenIdProvider.Secret), ("Scopes:0", "email") }
            .Concat(settings)
            .Select(s => ($"SignIn:Providers:{name}:{s.Item1}", s.Item2));

    protected static IEnumerable<(string, string)> Rule(string name, int at, params (string Key, string Value)[] rule) =>
        rule.Select(r => ($"SignIn:Providers:{name}:Rules:{at}:{r.Key}", r.Value));

    private protected async Task<List<Account>> AccountsAsync()
    {
        await using var session = await Host.Services.GetRequiredService<PortfolioDatabase>().OpenAsync(default);
        return [.. await session.QueryAsync<Account>(_accounts, null, null, default)];
    }

    /// <summary>Keys of the projects that a browser sees; those of the alliance when it is signed in.</summary>
    protected static async Task<string[]> SeenAsync(Visitor visitor)
    {
        using var response = await visitor.GetAsync("/api/v1/projects");
        return (await response.JsonAsync(System.Net.HttpStatusCode.OK)).Keys();
    }

    protected static readonly string[] All = ["von-ihk", "von-led"];
}
