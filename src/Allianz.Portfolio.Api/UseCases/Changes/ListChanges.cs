using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Changes;

/// <summary>Part of the change feed.</summary>
/// <param name="Data">Revisions in order; those that hold nothing for the caller are left out.</param>
/// <param name="Next">What to send as <c>after</c> next time; always there, also when nothing came.</param>
/// <param name="NextOrdinal">
/// What to send as <c>ordinal</c> along with it: there when the last revision of the answer has more changes than an answer holds, and goes on
/// in the next one.
/// </param>
public sealed record ChangeFeed(IReadOnlyList<RevisionState> Data, long Next, int? NextOrdinal);

internal static class ListChanges
{
    // One answer looks at no more revisions than this, and holds no more changes.
    private const int MostRevisions = 10_000;
    private const int MostChanges = 1_000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/changes",
                async (ReadRequest read, IMediator mediator, CancellationToken ct) =>
                {
                    var newest = read.View.Revision ?? read.Head;
                    var after = read.Number(QueryParameter.After, 0, long.MaxValue) ?? 0;
                    if (after > newest)
                    {
                        throw Problem.Query(QueryParameter.After, $"The newest revision is {newest}.");
                    }
                    var ordinal = (int)(read.Number(QueryParameter.Ordinal, 0, int.MaxValue) ?? 0);
                    var feed = await mediator.Send(new Query(read.View, after, ordinal, newest, read.Limit), ct);
                    if (feed.NextOrdinal is { } inside)
                    {
                        read.LinkNext((QueryParameter.After, Text(feed.Next)), (QueryParameter.Ordinal, Text(inside)));
                    }
                    else if (feed.Next < newest)
                    {
                        read.LinkNext((QueryParameter.After, Text(feed.Next)), (QueryParameter.Ordinal, null));
                    }
                    return feed;
                }
            )
            .Reads<ChangeFeed>("What changed, revision by revision", QueryParameter.After, QueryParameter.Ordinal, QueryParameter.Limit)
            .For(Right.Read(Resource.History));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Behind the last change that the caller knows.
    private const string Behind = "c.Revision > @after AND c.Revision <= @last AND NOT (c.Revision = @after + 1 AND c.Ordinal <= @ordinal)";

    private static readonly Statement _revisions = new(from =>
        $"""
            SELECT DISTINCT c.Revision FROM Change c WHERE {Behind} AND {VisibleChange.IsVisible} ORDER BY c.Revision {from.Take}
            """
    );

    private static readonly Statement _changes = new(from =>
        $"""
            SELECT {VisibleChange.Columns}, c.Ordinal
            FROM Change c JOIN Revision r ON r.Number = c.Revision LEFT JOIN Project k ON k.Id = c.ProjectId
            WHERE {Behind} AND {VisibleChange.IsVisible}
            ORDER BY c.Revision, c.Ordinal {from.Take}
            """
    );

    /// <param name="View">With whose eyes.</param>
    /// <param name="After">The last revision of which the caller knows all.</param>
    /// <param name="Ordinal">The last change of the revision behind it that the caller knows; 0 for none.</param>
    /// <param name="Newest">The newest revision at the moment of the read.</param>
    /// <param name="Limit">Most revisions in the answer.</param>
    public sealed record Query(View View, long After, int Ordinal, long Newest, int Limit) : IRequest<ChangeFeed>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, ChangeFeed>
    {
        public async Task<ChangeFeed> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, after, ordinal, newest, limit) = request;
            var last = Math.Min(newest, after + MostRevisions);
            await using var session = await database.OpenAsync(cancellationToken);
            var revisions = await session.QueryAsync<long>(
                _revisions,
                view,
                new
                {
                    after,
                    ordinal,
                    last,
                    take = limit,
                },
                cancellationToken
            );
            if (revisions.Count == 0)
            {
                return new ChangeFeed([], last, null);
            }
            if (revisions.Count == limit)
            {
                last = revisions[^1];
            }
            var changes = await session.QueryAsync<VisibleChange>(
                _changes,
                view,
                new
                {
                    after,
                    ordinal,
                    last,
                    take = MostChanges + 1,
                },
                cancellationToken
            );
            if (changes.Count <= MostChanges)
            {
                return new ChangeFeed(RevisionState.Of(changes, view.Sight), last, null);
            }
            var page = changes.Take(MostChanges).ToList();
            var state = RevisionState.Of(page, view.Sight);
            return changes[MostChanges].Revision == page[^1].Revision
                ? new ChangeFeed(state, page[^1].Revision - 1, page[^1].Ordinal)
                : new ChangeFeed(state, page[^1].Revision, null);
        }
    }
}
