using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Allianz.Portfolio.Api.UseCases.ApiKeys;
using Allianz.Portfolio.Api.UseCases.Portfolio;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using MediatR;

namespace Allianz.Portfolio.Api.Host;

/// <summary>
/// What a new database gets. In the environment <c>Demo</c>: the demo (<c>Demo:Load</c>), its accounts and a first key
/// (<c>FirstKey:Make</c>), unless they are switched off. Everywhere: a link to make the first administrator, printed at every start until
/// there is one.
/// </summary>
internal static class FirstStart
{
    public static Task FirstStartAsync(this WebApplication app, CancellationToken ct) =>
        // Nodes that start together take turns: the second one finds it done.
        app
            .Services.GetRequiredService<PortfolioDatabase>()
            .AloneAsync(
                async () =>
                {
                    await app.Services.GetRequiredService<Installation>().RecogniseAsync(ct);
                    await using var scope = app.Services.CreateAsyncScope();
                    var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
                    var demo = app.Environment.IsEnvironment(DemoSignIn.Environment);
                    if (app.Configuration.GetValue("Demo:Load", demo))
                    {
                        await mediator.Send(new LoadDemo.Command(), ct);
                    }
                    if (demo)
                    {
                        await mediator.Send(new MakeDemoAccounts.Command(), ct);
                    }
                    var address = Listening.First(app.Configuration);
                    if (
                        app.Configuration.GetValue("FirstKey:Make", demo)
                        && (await mediator.Send(new ListApiKeys.Query(null, 1), ct)).Count == 0
                    )
                    {
                        var made = await mediator.Send(
                            new CreateApiKey.Command(
                                Caller.Program("setup"),
                                new NewApiKey { Name = "Administration", Role = Role.Administrator }
                            ),
                            ct
                        );
                        TellKey(address, made.Secret!);
                    }
                    if (app.Environment.IsDevelopment())
                    {
                        TellDevelopment();
                    }
                    // Good once and for a day, so that it may stand in a server's log; a key would be good for ever.
                    if (await mediator.Send(new MakeSetupLink.Command(OnlyWithoutAdministrator: true), ct) is { } link)
                    {
                        TellLink(link);
                    }
                },
                ct
            );

    /// <summary>Brings the database up to date: by scripts, and what the ledger holds through the ledger. Says what was done.</summary>
    public static async Task<IReadOnlyList<string>> UpgradeAsync(this IServiceProvider services, CancellationToken ct)
    {
        var scripts = await services.GetRequiredService<PortfolioDatabase>().MigrateAsync(ct);
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new LetLeadsSpeak.Command(), ct)
            ? [.. scripts, LetLeadsSpeak.Name]
            : scripts;
    }

    private static void TellKey(string address, string key) =>
        Console.WriteLine(
            $"""

            Allianz.Portfolio    {address}/
            Sign in              {address}/sign-in
            API documentation    {address}/docs
            Administrator key    {key}
                                 It is shown this once; only its hash is stored.
            Try                  curl -H "Authorization: Bearer {key}" {address}/api/v1/projects

            """
        );

    private static void TellDevelopment() =>
        Console.WriteLine(
            $"""

            The environment is Development, which runs like a server: no demo portfolio is loaded and nobody is signed in by a button.
            For the demo: ASPNETCORE_ENVIRONMENT={DemoSignIn.Environment}

            """
        );

    private static void TellLink(string link) =>
        Console.WriteLine(
            $"""

            Nobody can administer this installation yet. Make the first account here, within a day:
            {link}

            """
        );
}
