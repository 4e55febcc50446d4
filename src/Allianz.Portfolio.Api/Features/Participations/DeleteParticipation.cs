using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Participations;

internal static class DeleteParticipation
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete(
                "/projects/{project}/participations/{participation}",
                (string project, string participation, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new Command(write.Caller, project, participation, write.IfMatch()), ct))
            )
            .Deletes("Delete a participation that never was; one that ended gets a last day")
            .For(Right.Delete(Resource.Participation));

    public sealed record Command(Caller Caller, string Project, string Participation, Precondition Precondition) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, key, precondition) = request;
            await using var revision = await ledger.BeginAsync(caller, "deleteParticipation", cancellationToken);
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var row = await revision.PartAsync<ParticipationRow>(caller, project, key, cancellationToken);
            precondition.Demand(row);
            await revision.DeleteAsync(row, project, cancellationToken);
            return new Written(row.Key, await revision.CommitAsync(cancellationToken));
        }
    }
}
