using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Mail;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.Security.SignIn;
using Allianz.Portfolio.Domain.Kinds;
using AutoMapper;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Accounts;

internal static class CreateAccount
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/accounts",
                (WriteRequest write, IMediator mediator, IMapper mapper, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewAccount>()), ct),
                        (_, key) => GetAccount.ReadAsync(mediator, mapper, key, ct)
                    )
            )
            .Creates<NewAccount, UserAccount>("Create an account and invite its person by mail")
            .For(Right.Create(Resource.Account));

    public sealed record Command(Caller Caller, NewAccount Account) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, Outbox outbox, PublicAddress address, IOptions<AccountOptions> options)
        : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, input) = request;
            input.Validate(input.Rules());
            var written = await ledger.WriteAsync(
                caller,
                "createAccount",
                async state =>
                {
                    await References.RequireExistsAsync<Partner>(state, input.Partner, "/partner", cancellationToken);
                    await AccountRules.RequireOwnAddressAsync(state, input.Email, Guid.Empty, cancellationToken);
                    var account = new Account();
                    input.To(account);
                    return account;
                },
                async (revision, account) =>
                {
                    await AccountRows.InsertAsync(revision, account, cancellationToken);
                    await AccountLetters.InviteAsync(
                        revision.Session,
                        outbox,
                        address,
                        options.Value,
                        account,
                        revision.At,
                        cancellationToken
                    );
                    return account.Key;
                },
                cancellationToken
            );
            outbox.SendSoon();
            return written;
        }
    }
}
