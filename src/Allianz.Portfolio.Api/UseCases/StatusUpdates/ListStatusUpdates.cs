using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Kinds.Snapshots;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using AutoMapper;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.StatusUpdates;

internal static class ListStatusUpdates
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/status-updates",
                async (string project, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    read.Page(
                        await mediator.Send(new Query(read.View, project, read.After()?.AtRevision(), read.Limit + 1), ct),
                        s => (s.Revision.ToString(CultureInfo.InvariantCulture), s.Key)
                    )
            )
            .Lists<StatusState>("Status updates of a project, the newest first, superseded ones too")
            .For(Right.Read(Resource.StatusUpdate));

    private static readonly Statement _sql = new(from =>
        $"""
            SELECT {SnapshotReader.StatusColumns}
            FROM {from.Projects("p")} JOIN {from.Entries("StatusUpdate", "s", of: "p")} LEFT JOIN {from.Shared(
                "Partner",
                "o"
            )} ON o.[Key] = s.Partner
            WHERE p.Id = @id AND s.FromRevision < @before
            ORDER BY s.FromRevision DESC {from.Take}
            """
    );

    public sealed record Query(View View, string Project, long? Before, int Take) : IRequest<IReadOnlyList<StatusState>>;

    public sealed class Handler(PortfolioDatabase database, IMapper mapper) : IRequestHandler<Query, IReadOnlyList<StatusState>>
    {
        public async Task<IReadOnlyList<StatusState>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            var id = await session.ProjectIdAsync(request.View, request.Project, cancellationToken);
            return mapper.Map<List<StatusState>>(
                await session.QueryAsync<StatusStateRow>(
                    _sql,
                    request.View,
                    new
                    {
                        id,
                        before = request.Before ?? long.MaxValue,
                        take = request.Take,
                    },
                    cancellationToken
                )
            );
        }
    }
}
