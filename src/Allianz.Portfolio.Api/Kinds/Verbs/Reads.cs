using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds.Verbs;

/// <summary>One thing of a kind that belongs to no project.</summary>
internal sealed record Get<T>(View View, string Key) : IRequest<T?>
    where T : Versioned;

internal sealed class GetHandler<T>(PortfolioDatabase database) : IRequestHandler<Get<T>, T?>
    where T : Versioned
{
    private static readonly Statement _one = new(from =>
    {
        var kind = Kind.Of(typeof(T));
        return $"SELECT {kind.Select("x")} FROM {from.Shared(kind.Table, "x")}{kind.Joins(from, "x")} "
            + $"WHERE x.Id = (SELECT k.Id FROM {kind.Table} k WHERE k.[Key] = @key)";
    });

    public async Task<T?> Handle(Get<T> request, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        return await session.FirstAsync<T>(_one, request.View, new { key = request.Key.ToLowerInvariant() }, cancellationToken);
    }
}

/// <summary>Things of a kind that belongs to no project.</summary>
/// <param name="View">Whose eyes, when.</param>
/// <param name="Order">The column by which they are sorted.</param>
/// <param name="Take">How many at most.</param>
/// <param name="After">Where the page before ended.</param>
internal sealed record ListPage<T>(View View, string Order, int Take, Position? After) : IRequest<IReadOnlyList<T>>
    where T : Versioned;

internal sealed class ListPageHandler<T>(PortfolioDatabase database) : IRequestHandler<ListPage<T>, IReadOnlyList<T>>
    where T : Versioned
{
    private static Statement? _page;

    public async Task<IReadOnlyList<T>> Handle(ListPage<T> request, CancellationToken cancellationToken)
    {
        var (view, order, take, position) = request;
        _page ??= new(from =>
        {
            var kind = Kind.Of(typeof(T));
            return $"SELECT {kind.Select("x")} FROM {from.Shared(kind.Table, "x")}{kind.Joins(from, "x")} "
                + $"WHERE x.{order} >= @after AND (x.{order} > @after OR x.Id > @afterId) ORDER BY x.{order}, x.Id {from.Take}";
        });
        await using var session = await database.OpenAsync(cancellationToken);
        return await session.QueryAsync<T>(
            _page,
            view,
            new
            {
                take,
                after = position?.Sort ?? "",
                afterId = position?.AtId() ?? Guid.Empty,
            },
            cancellationToken
        );
    }
}
