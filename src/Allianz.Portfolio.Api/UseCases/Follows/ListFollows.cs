using Allianz.Portfolio.Api.Database;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Follows;

/// <summary>A project that somebody follows.</summary>
internal sealed record Followed
{
    /// <summary>Key of the project.</summary>
    public required string Key { get; init; }

    /// <summary>Its title.</summary>
    public required string Title { get; init; }

    /// <summary>Put away.</summary>
    public required bool Archived { get; init; }
}

/// <summary>The projects that somebody follows and may still see, by title.</summary>
internal static class ListFollows
{
    private static readonly Statement _sql = new(from =>
        $"""
            SELECT p.[Key], p.Title, p.Archived FROM {from.Projects("p")} JOIN Follow f ON f.Project = p.[Key]
            WHERE f.AccountId = @account ORDER BY p.TitleSort, p.[Key]
            """
    );

    /// <param name="View">With whose eyes.</param>
    /// <param name="Account">Whose.</param>
    public sealed record Query(View View, Guid Account) : IRequest<IReadOnlyList<Followed>>;

    public sealed class Handler(PortfolioDatabase database) : IRequestHandler<Query, IReadOnlyList<Followed>>
    {
        public async Task<IReadOnlyList<Followed>> Handle(Query request, CancellationToken cancellationToken)
        {
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.QueryAsync<Followed>(_sql, request.View, new { account = request.Account }, cancellationToken);
        }
    }
}
