using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Assignments;

internal static class CreateAssignment
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/assignments",
                (Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewAssignment>()), ct),
                        (view, key) => mediator.AssignmentAsync(view, key, ct)
                    )
            )
            .Creates<NewAssignment, Assignment>("Add an assignment")
            .For(Right.Create(Resource.Assignment));

    public sealed record Command(Caller Caller, NewAssignment Assignment) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, assignment) = request;
            await using var revision = await ledger.BeginAsync(caller, "createAssignment", cancellationToken);
            caller.DemandSight(assignment.Visibility);
            assignment.Demand(assignment.Rules(Berlin.DayOf(revision.At)));
            await assignment.DemandReferencesAsync(revision, cancellationToken);
            await References.DemandReportAsync(revision, assignment.Report, cancellationToken);
            var key = await revision.NewKeyAsync<AssignmentRow>(assignment.Key, assignment.Title, "auftrag", cancellationToken);
            await revision.InsertAsync(assignment.ToRow(key), null, cancellationToken);
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
