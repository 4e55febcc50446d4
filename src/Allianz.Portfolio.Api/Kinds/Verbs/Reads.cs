using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds.Verbs;

/// <summary>One thing of a kind that belongs to no project.</summary>
internal sealed record Get<T>(View View, string Key) : IRequest<T?>
    where T : Versioned;

internal sealed class GetHandler<T>(SharedDeclaration<T> kind, PortfolioDatabase database) : IRequestHandler<Get<T>, T?>
    where T : Versioned
{
    public async Task<T?> Handle(Get<T> request, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        return await session.FirstAsync<T>(kind.One, request.View, new { key = request.Key.ToLowerInvariant() }, cancellationToken);
    }
}

/// <summary>Things of a kind that belongs to no project, in the order of the kind.</summary>
/// <param name="View">Whose eyes, when.</param>
/// <param name="Take">How many at most.</param>
/// <param name="After">Where the page before ended.</param>
internal sealed record ListPage<T>(View View, int Take, Position? After) : IRequest<IReadOnlyList<T>>
    where T : Versioned;

internal sealed class ListPageHandler<T>(SharedDeclaration<T> kind, PortfolioDatabase database)
    : IRequestHandler<ListPage<T>, IReadOnlyList<T>>
    where T : Versioned
{
    public async Task<IReadOnlyList<T>> Handle(ListPage<T> request, CancellationToken cancellationToken)
    {
        var (view, take, position) = request;
        await using var session = await database.OpenAsync(cancellationToken);
        return await session.QueryAsync<T>(
            kind.Page,
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
