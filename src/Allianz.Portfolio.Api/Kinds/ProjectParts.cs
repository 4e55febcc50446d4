using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>Reads of a project's parts are reads of the project: the same statements, the same rights, the same moment.</summary>
internal static class ProjectParts
{
    private static readonly Statement _id = new(from =>
        $"SELECT p.Id FROM {from.Projects("p")} WHERE p.Id = (SELECT k.Id FROM Project k WHERE k.[Key] = @key)"
    );

    /// <summary>Identity of the project, or 404: for what is read page by page instead of with the whole.</summary>
    public static async Task<Guid> ProjectIdAsync(this Session session, View view, string key, CancellationToken ct) =>
        await session.FirstAsync<Guid?>(_id, view, new { key = key.ToLowerInvariant() }, ct) ?? throw Problem.NotFound("project", key);

    /// <summary>The project, or 404.</summary>
    public static async Task<ProjectState> ProjectAsync(this IMediator mediator, View view, string key, CancellationToken ct) =>
        await mediator.Send(new GetProject.Query(view, key), ct) ?? throw Problem.NotFound("project", key);

    /// <summary>The part with a key, or 404.</summary>
    public static T WithKey<T>(this IEnumerable<T> parts, string key, Func<T, string> keyOf, string what)
        where T : class =>
        parts.FirstOrDefault(p => keyOf(p).Equals(key, StringComparison.OrdinalIgnoreCase)) ?? throw Problem.NotFound(what, key);
}
