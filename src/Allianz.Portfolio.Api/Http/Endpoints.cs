using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Security;

namespace Allianz.Portfolio.Api.Http;

/// <summary>A POST that keeps nothing of its request, so that it cannot tell a repetition; doing it twice does no harm.</summary>
internal sealed record WithoutIdempotencyKey;

/// <summary>What an operation is called in the document, where the class that maps it does not say it.</summary>
/// <param name="Id">E.g. <c>CreateGate</c>.</param>
/// <param name="Tag">E.g. <c>Gates</c>.</param>
internal sealed record OperationName(string Id, string Tag);

/// <summary>What endpoints have in common, said in the words of what they do. All of it shows in OpenAPI.</summary>
internal static class Endpoints
{
    /// <summary>A read of one thing.</summary>
    public static RouteHandlerBuilder Reads<T>(this RouteHandlerBuilder endpoint, string summary, params string[] query) =>
        endpoint.Compares<T>(summary, [QueryParameter.AsOf, QueryParameter.Revision, .. query]);

    /// <summary>A read that says its moments itself.</summary>
    public static RouteHandlerBuilder Compares<T>(this RouteHandlerBuilder endpoint, string summary, params string[] query) =>
        endpoint
            .WithSummary(summary)
            .WithMetadata(new QueryNames(query))
            .WithMetadata(new VersionedRead())
            .AddEndpointFilter<ReadFilter>()
            .Produces<T>()
            .Produces(StatusCodes.Status304NotModified)
            .Problems(400, 401, 403, 404);

    /// <summary>A read of a list, page by page.</summary>
    public static RouteHandlerBuilder Lists<T>(this RouteHandlerBuilder endpoint, string summary, params string[] query) =>
        endpoint.Reads<Page<T>>(summary, [QueryParameter.Limit, QueryParameter.Cursor, .. query]);

    /// <summary>A read of a list that is not kept in versions: only the current state.</summary>
    public static RouteHandlerBuilder ListsNow<T>(this RouteHandlerBuilder endpoint, string summary, params string[] query) =>
        endpoint.ReadsNow<Page<T>>(summary, [QueryParameter.Limit, QueryParameter.Cursor, .. query]);

    /// <summary>A read of one thing that is not kept in versions: only the current state.</summary>
    public static RouteHandlerBuilder ReadsNow<T>(this RouteHandlerBuilder endpoint, string summary, params string[] query) =>
        endpoint
            .WithSummary(summary)
            .WithMetadata(new QueryNames(query))
            .AddEndpointFilter<CurrentFilter>()
            .Produces<T>()
            .Problems(400, 401, 403, 404);

    /// <summary>The orders that a list takes as <c>sort</c>.</summary>
    public static RouteHandlerBuilder Sorts(this RouteHandlerBuilder endpoint, IEnumerable<string> orders) =>
        endpoint.WithMetadata(new SortOrders([.. orders]));

    /// <summary>The codes that a parameter takes here.</summary>
    public static RouteHandlerBuilder Codes<T>(this RouteHandlerBuilder endpoint, string parameter, string description)
        where T : struct, Enum => endpoint.WithMetadata(new QueryCodes(parameter, typeof(T), description));

    /// <summary>POST that makes something.</summary>
    public static RouteHandlerBuilder Creates<TBody, T>(this RouteHandlerBuilder endpoint, string summary)
        where TBody : notnull => endpoint.Creates<TBody>(summary, typeof(T));

    /// <inheritdoc cref="Creates{TBody, T}" />
    public static RouteHandlerBuilder Creates<TBody>(this RouteHandlerBuilder endpoint, string summary, Type shown)
        where TBody : notnull =>
        endpoint
            .WithSummary(summary)
            .Accepts<TBody>("application/json")
            .Produces(StatusCodes.Status201Created, shown, "application/json")
            .Problems(400, 401, 403, 404, 409, 413, 415, 422);

    /// <summary>Merge patch.</summary>
    public static RouteHandlerBuilder Patches<TBody, T>(this RouteHandlerBuilder endpoint, string summary)
        where TBody : notnull => endpoint.Patches<TBody>(summary, typeof(T));

    /// <inheritdoc cref="Patches{TBody, T}" />
    public static RouteHandlerBuilder Patches<TBody>(this RouteHandlerBuilder endpoint, string summary, Type shown)
        where TBody : notnull =>
        endpoint
            .WithSummary(summary)
            .WithDescription(
                "RFC 7396 merge patch: members given replace, null removes, what is absent stays. If-Match takes the ETag that was read."
            )
            .Accepts<TBody>("application/merge-patch+json", "application/json")
            .Produces(StatusCodes.Status200OK, shown, "application/json")
            .Problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428);

    /// <summary>PUT that replaces something as a whole.</summary>
    public static RouteHandlerBuilder Puts<TBody, T>(this RouteHandlerBuilder endpoint, string summary)
        where TBody : notnull =>
        endpoint
            .WithSummary(summary)
            .WithDescription("Replaces it as a whole. If-Match takes the ETag that was read.")
            .Accepts<TBody>("application/json")
            .Produces<T>()
            .Problems(400, 401, 403, 404, 409, 412, 413, 415, 422, 428);

    /// <summary>DELETE. History stays readable.</summary>
    public static RouteHandlerBuilder Deletes(this RouteHandlerBuilder endpoint, string summary) =>
        endpoint
            .WithSummary(summary)
            .WithDescription(
                "Leaves a tombstone: the key stays taken and the history stays readable. If-Match takes the ETag that was read."
            )
            .Produces(StatusCodes.Status204NoContent)
            .Problems(400, 401, 403, 404, 409, 412, 428);

    /// <summary>The right that calling it needs; every endpoint names one, and what does not is refused to all.</summary>
    public static TBuilder For<TBuilder>(this TBuilder endpoint, Right right)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(builder => builder.Authorize(right));
        return endpoint;
    }

    /// <summary>The error answers it may give.</summary>
    public static RouteHandlerBuilder Problems(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            endpoint.Produces<ProblemDocument>(status, "application/problem+json");
        }
        return endpoint;
    }
}
