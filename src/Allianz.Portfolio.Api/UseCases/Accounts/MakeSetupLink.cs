using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security.SignIn;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

/// <summary>Makes the link with which an administrator's account is made: for the first one, or when all of them are lost.</summary>
internal static class MakeSetupLink
{
    private static readonly Statement _administrators = new(_ =>
        "SELECT COUNT(*) FROM Account a WHERE a.Role = 'Administrator' AND a.Active = 1 AND (a.Demo = 0 OR @demo = 1)"
    );

    /// <param name="OnlyWithoutAdministrator">Makes none, and answers null, when there is somebody who can administer.</param>
    public sealed record Command(bool OnlyWithoutAdministrator) : IRequest<string?>;

    public sealed class Handler(PortfolioDatabase database, PublicAddress address, IHostEnvironment environment, TimeProvider clock)
        : IRequestHandler<Command, string?>
    {
        public async Task<string?> Handle(Command request, CancellationToken cancellationToken)
        {
            var demo = environment.IsEnvironment(DemoSignIn.Environment) ? 1 : 0;
            var secret = await database.WriteAsync(
                async session =>
                    request.OnlyWithoutAdministrator
                    && await session.FirstAsync<int>(_administrators, null, new { demo }, cancellationToken) > 0
                        ? null
                        : await OneTimeLinks.MakeAsync(
                            session,
                            LinkPurpose.Setup,
                            null,
                            clock.GetUtcNow(),
                            OneTimeLinks.SetupLasts,
                            cancellationToken
                        ),
                cancellationToken
            );
            return secret is null ? null : address.Of("setup?link=" + secret);
        }
    }
}
