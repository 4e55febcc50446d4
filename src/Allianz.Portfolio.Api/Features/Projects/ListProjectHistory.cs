using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Changes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Projects;

internal static class ListProjectHistory
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/history",
                async (string project, Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Page(
                        await mediator.Send(
                            new Query(read.View, project, read.View.Revision ?? read.Head, read.After()?.AtRevision(), read.Limit + 1),
                            ct
                        ),
                        r => (r.Revision.ToString(CultureInfo.InvariantCulture), "")
                    )
            )
            .Lists<RevisionState>("Revisions that touched a project, the newest first")
            .For(Right.Read(Resource.History));

    private static readonly Statement _revisions = new(from =>
        $"""
            SELECT c.Revision FROM Change c
            WHERE c.ProjectId = @id AND c.Revision < @before AND c.Revision <= @newest AND {VisibleChange.IsVisible}
            GROUP BY c.Revision ORDER BY c.Revision DESC {from.Take}
            """
    );

    private static readonly Statement _changes = new(_ =>
        $"""
            SELECT {VisibleChange.Columns}
            FROM Change c JOIN Revision r ON r.Number = c.Revision JOIN Project k ON k.Id = c.ProjectId
            WHERE c.ProjectId = @id AND c.Revision >= @first AND c.Revision <= @last AND {VisibleChange.IsVisible}
            ORDER BY c.Revision DESC, c.Ordinal
            """
    );

    /// <param name="View">With whose eyes.</param>
    /// <param name="Project">Key.</param>
    /// <param name="Newest">The newest revision at the moment of the read.</param>
    /// <param name="Before">The revision that the page before ended with.</param>
    /// <param name="Take">Most revisions.</param>
    public sealed record Query(View View, string Project, long Newest, long? Before, int Take) : IRequest<IReadOnlyList<RevisionState>>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<RevisionState>>
    {
        public async Task<IReadOnlyList<RevisionState>> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, project, newest, before, take) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var id = await session.ProjectIdAsync(view, project, cancellationToken);
            var revisions = await session.QueryAsync<long>(
                _revisions,
                view,
                new
                {
                    id,
                    before = before ?? long.MaxValue,
                    newest,
                    take,
                },
                cancellationToken
            );
            if (revisions.Count == 0)
            {
                return [];
            }
            var changes = await session.QueryAsync<VisibleChange>(
                _changes,
                view,
                new
                {
                    id,
                    first = revisions[^1],
                    last = revisions[0],
                },
                cancellationToken
            );
            return RevisionState.Of(changes, view.Sight, ofOneProject: true);
        }
    }
}
