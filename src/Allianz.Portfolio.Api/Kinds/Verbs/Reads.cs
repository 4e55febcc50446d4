using System.Data;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Domain.Kinds;
using Dapper;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds.Verbs;

/// <summary>One thing of a kind that belongs to no project.</summary>
internal sealed record Get<T>(View View, string Key) : IRequest<T?>
    where T : Versioned
{
    /// <summary>Key of the thing that it stands below, if any.</summary>
    public string? Above { get; init; }
}

internal sealed class GetHandler<T>(SharedDeclaration<T> kind, PortfolioDatabase database) : IRequestHandler<Get<T>, T?>
    where T : Versioned
{
    public async Task<T?> Handle(Get<T> request, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        return await kind.OneAsync(session, request, cancellationToken);
    }
}

/// <summary>Things of a kind that belongs to no project, in the order of the kind.</summary>
/// <param name="View">Whose eyes, when.</param>
/// <param name="Take">How many at most.</param>
/// <param name="After">Where the page before ended.</param>
internal sealed record ListPage<T>(View View, int Take, Position? After = null) : IRequest<IReadOnlyList<T>>
    where T : Versioned
{
    /// <summary>Key of the thing that they stand below, if any.</summary>
    public string? Above { get; init; }

    /// <summary>Values of <see cref="SharedDeclaration{T}.Filters"/>; those that are not in it narrow nothing.</summary>
    public IReadOnlyDictionary<string, object?> Asked { get; init; } = new Dictionary<string, object?>();
}

internal sealed class ListPageHandler<T>(SharedDeclaration<T> kind, PortfolioDatabase database)
    : IRequestHandler<ListPage<T>, IReadOnlyList<T>>
    where T : Versioned
{
    public async Task<IReadOnlyList<T>> Handle(ListPage<T> request, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        return await kind.PageAsync(session, request, cancellationToken);
    }
}

/// <summary>The same reads within a session.</summary>
internal static class SharedReads
{
    public static async Task<T?> OneAsync<T>(this SharedDeclaration<T> kind, Session session, Get<T> request, CancellationToken ct)
        where T : Versioned =>
        await session.FirstAsync<T>(
            kind.One,
            request.View,
            new
            {
                key = request.Key.ToLowerInvariant(),
                above = request.Above?.ToLowerInvariant(),
                upTo = request.View.Revision ?? long.MaxValue,
            },
            ct
        )
            is { } thing
            ? kind.Show(thing)
            : null;

    public static async Task<IReadOnlyList<T>> PageAsync<T>(
        this SharedDeclaration<T> kind,
        Session session,
        ListPage<T> request,
        CancellationToken ct
    )
        where T : Versioned
    {
        var (view, take, position) = request;
        var parameters = new DynamicParameters(
            new
            {
                take,
                above = request.Above?.ToLowerInvariant(),
                afterKey = position?.AtKey() ?? "",
                last = DateOnly.MaxValue,
                upTo = view.Revision ?? long.MaxValue,
            }
        );
        if (kind.IsByDay)
        {
            parameters.Add("after", position?.AtDay() ?? DateOnly.MinValue, DbType.Date);
        }
        else
        {
            parameters.Add("after", position?.Sort ?? "", DbType.String);
        }
        foreach (var filter in kind.Filters)
        {
            parameters.Add(filter.Name, request.Asked.GetValueOrDefault(filter.Name), filter.Type);
        }
        return [.. (await session.QueryAsync<T>(kind.Page, view, parameters, ct)).Select(kind.Show)];
    }
}

/// <summary>A project's links to things of another kind.</summary>
internal sealed record LinksOfProject<T>(View View, string Project) : IRequest<IReadOnlyList<T>>
    where T : Part, ILinkOfProject;

/// <summary>Links of projects to another thing.</summary>
/// <param name="View">Whose eyes, when.</param>
/// <param name="Other">Key of the other thing.</param>
/// <param name="After">The project and the link behind which it goes on.</param>
/// <param name="Take">How many at most.</param>
internal sealed record LinksOfOther<T>(View View, string Other, Position? After, int Take) : IRequest<IReadOnlyList<T>>
    where T : Part, ILinkOfProject;

internal sealed class LinksHandler<T>(LinkStatements<T> links, PortfolioDatabase database)
    : IRequestHandler<LinksOfProject<T>, IReadOnlyList<T>>,
        IRequestHandler<LinksOfOther<T>, IReadOnlyList<T>>
    where T : Part, ILinkOfProject
{
    public async Task<IReadOnlyList<T>> Handle(LinksOfProject<T> request, CancellationToken cancellationToken)
    {
        await using var session = await database.OpenAsync(cancellationToken);
        var project = await session.ProjectIdAsync(request.View, request.Project, cancellationToken);
        return await session.QueryAsync<T>(links.OfProject, request.View, new { project }, cancellationToken);
    }

    public async Task<IReadOnlyList<T>> Handle(LinksOfOther<T> request, CancellationToken cancellationToken)
    {
        var (view, other, position, take) = request;
        await using var session = await database.OpenAsync(cancellationToken);
        return await session.QueryAsync<T>(
            links.OfOther,
            view,
            new
            {
                other,
                take,
                after = position?.Sort ?? "",
                afterKey = position?.AtKey() ?? "",
            },
            cancellationToken
        );
    }
}
