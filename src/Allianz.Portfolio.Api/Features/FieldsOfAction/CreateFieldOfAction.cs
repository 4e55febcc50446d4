using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.FieldsOfAction;

internal static class CreateFieldOfAction
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/fields-of-action",
                (Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewFieldOfAction>()), ct),
                        (view, key) => mediator.Send(new GetFieldOfAction.Query(view, key), ct)
                    )
            )
            .Creates<NewFieldOfAction, FieldOfAction>("Add a field of action")
            .For(Right.Create(Resource.FieldOfAction));

    public sealed record Command(Caller Caller, NewFieldOfAction FieldOfAction) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, field) = request;
            field.Demand(field.Rules());
            await using var revision = await ledger.BeginAsync(caller, "createFieldOfAction", cancellationToken);
            var key = await revision.NewKeyAsync<FieldOfActionRow>(field.Key, field.Name, "handlungsfeld", cancellationToken);
            var row = new FieldOfActionRow
            {
                Key = key,
                Name = "",
                NameSort = "",
            };
            await revision.InsertAsync(field.To(row), null, cancellationToken);
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
