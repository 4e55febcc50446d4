using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Kinds;

internal static class GetProject
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}",
                async (string project, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(read.View, project), ct) ?? throw Problem.NotFound("project", project)
            )
            .Reads<ProjectState>("The whole of a project")
            .WithMetadata(new OperationName(nameof(GetProject), Projects.Kind.Names))
            .For(Right.Read(Resource.Project));

    public sealed record Query(View View, string Key) : IRequest<ProjectState?>;

    public sealed class Handler(
        PortfolioDatabase database,
        IMapper mapper,
        IOptions<SignalThresholds> thresholds,
        IOptions<DutyOptions> duties
    ) : IRequestHandler<Query, ProjectState?>
    {
        public async Task<ProjectState?> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, key) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            if (await SnapshotReader.OneAsync(session, mapper, view, key, cancellationToken) is not { } project)
            {
                return null;
            }
            var cycles = await SnapshotReader.CyclesAsync(session, view, cancellationToken);
            return project with
            {
                ShownRag = Signals.ShownRag(project, cycles, view.Day, thresholds.Value),
                Signals = duties.Value.Seen(Signals.For(project, cycles, view.Day, thresholds.Value), view.Sight),
            };
        }
    }
}
