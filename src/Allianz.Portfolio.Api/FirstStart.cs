using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.ApiKeys;
using Allianz.Portfolio.Api.Features.Portfolio;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api;

/// <summary>What a new database gets once: the demo (<c>Demo:Load</c>) and the first key (<c>FirstKey:Make</c>). Both are on when not configured.</summary>
internal static class FirstStart
{
    public static Task FirstStartAsync(this WebApplication app, CancellationToken ct) =>
        // Nodes that start together take turns: the second one finds it done.
        app
            .Services.GetRequiredService<PortfolioDatabase>()
            .AloneAsync(
                async () =>
                {
                    await using var scope = app.Services.CreateAsyncScope();
                    var mediator = scope.ServiceProvider.GetRequiredService<IMediator>();
                    if (app.Configuration.GetValue("Demo:Load", true))
                    {
                        await mediator.Send(new LoadDemo.Command(), ct);
                    }
                    if (
                        app.Configuration.GetValue("FirstKey:Make", true)
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
                        Tell(app.Configuration["urls"]?.Split(';')[0].TrimEnd('/') ?? "", made.Secret!);
                    }
                },
                ct
            );

    private static void Tell(string address, string key) =>
        Console.WriteLine(
            $"""

            Allianz.Portfolio    {address}/
            API documentation    {address}/docs
            Administrator key    {key}
                                 It is shown this once; only its hash is stored.
            Try                  curl -H "Authorization: Bearer {key}" {address}/api/v1/projects

            """
        );
}
