using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Changes;

/// <summary>Part of the change feed.</summary>
/// <param name="Data">Revisions in order; those that hold nothing for the caller are left out.</param>
/// <param name="Next">What to send as <c>after</c> next time; always there, also when nothing came.</param>
public sealed record ChangeFeed(IReadOnlyList<RevisionState> Data, long Next);

internal static class ListChanges
{
    // One answer looks at no more revisions than this, and once it holds so many changes it ends with the revision it is in.
    private const int MostRevisions = 10_000;
    private const int MostChanges = 5_000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/changes",
                async (Reading read, IMediator mediator, CancellationToken ct) =>
                {
                    var newest = read.View.Revision ?? read.Head;
                    var after = read.Number(QueryParameter.After, 0, long.MaxValue) ?? 0;
                    if (after > newest)
                    {
                        throw Problem.Query(QueryParameter.After, $"The newest revision is {newest}.");
                    }
                    var feed = await mediator.Send(new Query(read.View, after, newest, read.Limit), ct);
                    if (feed.Next < newest)
                    {
                        read.LinkNext(QueryParameter.After, feed.Next.ToString(CultureInfo.InvariantCulture));
                    }
                    return feed;
                }
            )
            .Reads<ChangeFeed>("What changed, revision by revision", QueryParameter.After, QueryParameter.Limit)
            .For(Right.Read(Resource.History));

    private static readonly Statement _sql = new(_ =>
        $"""
            SELECT {VisibleChange.Columns}
            FROM Change c JOIN Revision r ON r.Number = c.Revision LEFT JOIN Project k ON k.Id = c.ProjectId
            WHERE c.Revision > @after AND c.Revision <= @last AND {VisibleChange.IsVisible}
            ORDER BY c.Revision, c.Ordinal
            """
    );

    /// <param name="View">With whose eyes.</param>
    /// <param name="After">The last revision that the caller knows.</param>
    /// <param name="Newest">The newest revision at the moment of the read.</param>
    /// <param name="Limit">Most revisions in the answer.</param>
    public sealed record Query(View View, long After, long Newest, int Limit) : IRequest<ChangeFeed>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, ChangeFeed>
    {
        public async Task<ChangeFeed> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, after, newest, limit) = request;
            var last = Math.Min(newest, after + MostRevisions);
            await using var session = await database.OpenAsync(cancellationToken);
            var changes = new List<VisibleChange>();
            var revisions = 0;
            await foreach (var change in session.StreamAsync<VisibleChange>(_sql, view, new { after, last }, cancellationToken))
            {
                if (changes.Count == 0 || change.Revision != changes[^1].Revision)
                {
                    if (revisions == limit || changes.Count >= MostChanges)
                    {
                        last = changes[^1].Revision;
                        break;
                    }
                    revisions++;
                }
                changes.Add(change);
            }
            return new ChangeFeed(RevisionState.Of(changes, view.Sight), last);
        }
    }
}
