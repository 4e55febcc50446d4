using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

internal static class PatchAccount
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch(
                "/accounts/{account}",
                (string account, WriteRequest write, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, account, write.IfMatch(), write.Patch()), ct),
                        (_, key) => GetAccount.ReadAsync(mediator, mapper, key, ct)
                    )
            )
            .Patches<AccountFields, UserAccount>("Change an account; what it may do changes at once, also where its person is signed in")
            .For(Right.Change(Resource.Account));

    public sealed record Command(Caller Caller, string Account, Precondition Precondition, JsonObject Patch) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, Outbox outbox) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, patch) = request;
            MergePatch.RequireKnownFields<AccountFields>(patch);
            var written = await ledger.WriteAsync(
                caller,
                "patchAccount",
                async state =>
                {
                    var account =
                        await AccountRows.FindAsync(state.Session, key, cancellationToken) ?? throw Problem.NotFound("account", key);
                    precondition.RequireMatch(account.Revision);
                    var before = AccountFields.Of(account);
                    var after = MergePatch.Apply(before, patch);
                    after.Validate(after.Rules(needsEmail: before.Email is not null));
                    if (before.Email is null && (after.Email, after.Role, after.Partner) != (null, before.Role, before.Partner))
                    {
                        throw Problem.Conflict(
                            "The person signs in with their organisation's provider, whose rules set role and partner. Only name, active and language can be changed here."
                        );
                    }
                    var differences = before.Differences(after).ToList();
                    if (differences.Count > 0)
                    {
                        await References.RequireExistsAsync<Partner>(state, after.Partner, "/partner", cancellationToken);
                        await AccountRules.RequireOwnAddressAsync(state, after.Email, account.Id, cancellationToken);
                        if (after is not { Role: Role.Administrator, Active: true })
                        {
                            await AccountRules.RequireAnotherAdministratorAsync(state, account, cancellationToken);
                        }
                    }
                    return (Account: account, Before: before, After: after, Differences: differences);
                },
                async (revision, plan) =>
                {
                    var (account, before, after, differences) = plan;
                    if (differences.Count == 0)
                    {
                        return account.Key;
                    }
                    // Sessions end when the account does, and links that went to the address before lead nowhere any more.
                    var moved = Account.Normal(before.Email ?? "") != Account.Normal(after.Email ?? "");
                    var cut = before.Active != after.Active || moved;
                    if (moved)
                    {
                        // To the address before, whose owner would not learn it otherwise.
                        await AccountLetters.ChangedAsync(
                            revision.Session,
                            outbox,
                            account,
                            "die Administration hat für Ihren Zugang zum Projektportfolio eine andere E-Mail-Adresse eingetragen. Mit dieser hier können Sie sich nicht mehr anmelden.",
                            cancellationToken
                        );
                    }
                    after.To(account);
                    await AccountRows.UpdateAsync(revision, account, cut, differences, cancellationToken);
                    return account.Key;
                },
                cancellationToken
            );
            outbox.SendSoon();
            return written;
        }
    }
}
