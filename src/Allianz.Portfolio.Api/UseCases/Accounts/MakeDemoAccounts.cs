using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

/// <summary>One account for each role beside the demo's data, once. They have no password, and addresses to which no letter can go.</summary>
internal static class MakeDemoAccounts
{
    private static readonly Statement _demo = new(from =>
        $"""
            SELECT p.Id FROM {from.Projects("p")} WHERE p.Sample = 1 AND NOT EXISTS (SELECT a.Id FROM Account a WHERE a.Demo = 1)
            ORDER BY p.Id {from.Take}
            """
    );

    private static readonly (Role Role, string Name, string? Partner)[] _accounts =
    [
        (Role.Reader, "Lesen: Ratsbüro", null),
        (Role.PartnerEditor, "Redaktion: IHK zu Dortmund", "ihk"),
        (Role.Board, "Verwaltungsvorstand", null),
        (Role.Coordination, "Koordination", null),
        (Role.Administrator, "Administration", null),
    ];

    public sealed record Command : IRequest<int>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, int>
    {
        /// <returns>How many were made.</returns>
        public async Task<int> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var revision = await ledger.BeginAsync(Caller.Program("demo"), "makeDemoAccounts", cancellationToken);
            var view = View.All(Berlin.DayOf(revision.At));
            if (await revision.Session.FirstAsync<Guid?>(_demo, view, new { take = 1 }, cancellationToken) is null)
            {
                return 0;
            }
            foreach (var (role, name, partner) in _accounts)
            {
                var account = new Account
                {
                    Name = name,
                    Email = $"{Roles.Code(role)}@demo.invalid",
                    Role = role,
                    Partner = partner,
                    Active = true,
                    Demo = true,
                };
                await AccountRows.InsertAsync(revision, account, cancellationToken);
            }
            await revision.CommitAsync(cancellationToken);
            return _accounts.Length;
        }
    }
}
