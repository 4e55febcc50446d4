using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Gates;

internal static class CreateGate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/projects/{project}/gates",
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, project, write.Body<NewGate>()), ct),
                        async (view, key) => await mediator.GateAsync(view, project, key, ct)
                    )
            )
            .Creates<NewGate, GateState>("Add a gate to a project")
            .For(Right.Create(Resource.Gate));

    public sealed record Command(Caller Caller, string Project, NewGate Gate) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, projectKey, gate) = request;
            await using var revision = await ledger.BeginAsync(caller, "createGate", cancellationToken);
            gate.Demand(gate.Rules(Berlin.DayOf(revision.At)));
            var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
            var key = await revision.NewKeyAsync<GateRow>(gate.Key, gate.Title, "gate", cancellationToken, project.Id);
            var row = new GateRow
            {
                Key = key,
                ProjectId = project.Id,
                Title = "",
            };
            await revision.InsertAsync(gate.To(row), project, cancellationToken);
            return new Written(key, await revision.CommitAsync(cancellationToken));
        }
    }
}
