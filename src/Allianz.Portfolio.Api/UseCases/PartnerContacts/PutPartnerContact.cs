using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.PartnerContacts;

/// <summary>Says where a partner is reminded. The ledger knows that it was said and by whom, never the addresses.</summary>
internal static class PutPartnerContact
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPut(
                "/partners/{partner}/contact",
                (string partner, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync(
                        () => mediator.Send(new Command(write.Caller, partner, write.IfMatch(), write.Body<PartnerContactFields>()), ct),
                        (view, key) => mediator.Send(new GetPartnerContact.Query(view, key), ct)
                    )
            )
            .Puts<PartnerContactFields, PartnerContact>("Say where a partner is reminded of its reports; what is left out is removed")
            .For(Right.Change(Resource.PartnerContact));

    private static readonly Statement _update = new(_ =>
        "UPDATE PartnerContact SET Mailbox = @mailbox, HeadMailbox = @head, Revision = @revision WHERE Partner = @partner"
    );

    private static readonly Statement _insert = new(_ =>
        "INSERT INTO PartnerContact (Partner, Mailbox, HeadMailbox, Revision) VALUES (@partner, @mailbox, @head, @revision)"
    );

    public sealed record Command(Caller Caller, string Partner, Precondition Precondition, PartnerContactFields Contact)
        : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, key, precondition, contact) = request;
            contact.Validate();
            await using var revision = await ledger.BeginAsync(caller, "putPartnerContact", cancellationToken);
            var partner = await revision.ThingAsync<Partner>(caller, null, key, cancellationToken);
            var before = await revision.Session.FirstAsync<PartnerContact>(
                PartnerContact.Find,
                null,
                new { partner = partner.Key },
                cancellationToken
            );
            precondition.RequireMatch(before?.Revision ?? 0);
            var fields = string.Join(
                ',',
                new[] { (before?.Mailbox != contact.Mailbox, "mailbox"), (before?.HeadMailbox != contact.HeadMailbox, "headMailbox") }
                    .Where(f => f.Item1)
                    .Select(f => f.Item2)
            );
            if (fields.Length > 0)
            {
                await revision.Session.ExecuteAsync(
                    before is null ? _insert : _update,
                    new
                    {
                        partner = partner.Key,
                        mailbox = contact.Mailbox,
                        head = contact.HeadMailbox,
                        revision = revision.Number,
                    },
                    cancellationToken
                );
                var there = Visibility.Administration;
                revision.Note(
                    "partnerContact",
                    partner.Id,
                    partner.Key,
                    before is null ? null : there,
                    there,
                    before is null ? null : fields
                );
            }
            return new Written(partner.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
