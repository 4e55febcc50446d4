using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.StatusUpdates;

internal static class GetStatusUpdate
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/status-updates/{statusUpdate}",
                async (string project, string statusUpdate, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    await mediator.Send(new Query(read.View, project, statusUpdate), ct)
            )
            .Reads<StatusState>("A status update")
            .For(Right.Read(Resource.StatusUpdate));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT {SnapshotReader.StatusColumns}
            FROM {from.Projects("p")} JOIN {from.Entries("StatusUpdate", "s", of: "p")} LEFT JOIN {from.Shared(
                "Partner",
                "o"
            )} ON o.[Key] = s.Partner
            WHERE p.Id = @id AND s.Id = (SELECT k.Id FROM StatusUpdate k WHERE k.ProjectId = @id AND k.[Key] = @key)
            """
    );

    public sealed record Query(View View, string Project, string Key) : IRequest<StatusState>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, StatusState>
    {
        public async Task<StatusState> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, project, key) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var id = await session.ProjectIdAsync(view, project, cancellationToken);
            var row = await session.FirstAsync<StatusStateRow>(_sql, view, new { id, key = key.ToLowerInvariant() }, cancellationToken);
            return row is null ? throw Problem.NotFound("status update", key) : mapper.Map<StatusState>(row);
        }
    }
}
