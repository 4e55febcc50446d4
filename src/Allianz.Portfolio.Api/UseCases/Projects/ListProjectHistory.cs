using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Changes;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Projects;

internal static class ListProjectHistory
{
    // One answer holds no more changes.
    private const int MostChanges = 1_000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/projects/{project}/history",
                async (string project, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                {
                    var after = read.After();
                    var query = new Query(
                        read.View,
                        project,
                        read.View.Revision ?? read.Head,
                        after?.AtRevision(),
                        after is null ? 0 : Ordinal(after.Id),
                        read.Limit
                    );
                    var history = await mediator.Send(query, ct);
                    return new Page<RevisionState>(
                        history.Revisions,
                        history.Last is var (revision, ordinal) ? read.Next(Text(revision), Text(ordinal)) : null
                    );
                }
            )
            .Lists<RevisionState>(
                "Revisions that touched a project, the newest first; one with many changes may go on on the next page under its number"
            )
            .For(Right.Read(Resource.History));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Ordinal(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)
            ? ordinal
            : throw Problem.Query(QueryParameter.Cursor, "The cursor is invalid. Begin again without it.");

    // Behind the last change that the caller knows, in the order of the list.
    private const string Behind =
        "c.ProjectId = @id AND c.Revision <= @newest AND (c.Revision < @before OR (c.Revision = @before AND c.Ordinal > @ordinal))";

    private static readonly Statement _revisions = new(from =>
        $"""
            SELECT c.Revision FROM Change c WHERE {Behind} AND {VisibleChange.IsVisible}
            GROUP BY c.Revision ORDER BY c.Revision DESC {from.Take}
            """
    );

    private static readonly Statement _changes = new(from =>
        $"""
            SELECT {VisibleChange.Columns}, c.Ordinal
            FROM Change c JOIN Revision r ON r.Number = c.Revision JOIN Project k ON k.Id = c.ProjectId
            WHERE {Behind} AND c.Revision >= @first AND {VisibleChange.IsVisible}
            ORDER BY c.Revision DESC, c.Ordinal {from.Take}
            """
    );

    /// <param name="View">With whose eyes.</param>
    /// <param name="Project">Key.</param>
    /// <param name="Newest">The newest revision at the moment of the read.</param>
    /// <param name="Before">The revision that the page before ended in.</param>
    /// <param name="Ordinal">The last of its changes that the caller knows.</param>
    /// <param name="Limit">Most revisions.</param>
    public sealed record Query(View View, string Project, long Newest, long? Before, int Ordinal, int Limit) : IRequest<Part>;

    /// <summary>Part of a history.</summary>
    /// <param name="Revisions">The revisions.</param>
    /// <param name="Last">The last change in it, when it goes on behind.</param>
    public sealed record Part(IReadOnlyList<RevisionState> Revisions, (long Revision, int Ordinal)? Last);

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, Part>
    {
        public async Task<Part> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, project, newest, before, ordinal, limit) = request;
            await using var session = await database.OpenAsync(cancellationToken);
            var id = await session.ProjectIdAsync(view, project, cancellationToken);
            var revisions = await session.QueryAsync<long>(
                _revisions,
                view,
                new
                {
                    id,
                    before = before ?? long.MaxValue,
                    ordinal,
                    newest,
                    take = limit + 1,
                },
                cancellationToken
            );
            if (revisions.Count == 0)
            {
                return new Part([], null);
            }
            var changes = await session.QueryAsync<VisibleChange>(
                _changes,
                view,
                new
                {
                    id,
                    before = before ?? long.MaxValue,
                    ordinal,
                    newest,
                    first = revisions[Math.Min(limit, revisions.Count) - 1],
                    take = MostChanges + 1,
                },
                cancellationToken
            );
            var page = changes.Take(MostChanges).ToList();
            var state = RevisionState.Of(page, view.Sight, ofOneProject: true);
            return changes.Count > MostChanges || revisions.Count > limit
                ? new Part(state, (page[^1].Revision, page[^1].Ordinal))
                : new Part(state, null);
        }
    }
}
