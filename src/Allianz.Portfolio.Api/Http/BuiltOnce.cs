using Microsoft.Extensions.Primitives;

namespace Allianz.Portfolio.Api.Http;

/// <summary>
/// A group whose endpoints are built once. The router and the authorization middleware both ask for them when the server starts, and a group
/// compiles all of its handlers again each time it is asked.
/// </summary>
internal static class BuiltOnce
{
    public static RouteGroupBuilder MapGroupBuiltOnce(this IEndpointRouteBuilder app, string prefix)
    {
        var group = app.MapGroup(prefix);
        var source = app.DataSources.Last();
        app.DataSources.Remove(source);
        app.DataSources.Add(new Source(source));
        return group;
    }

    private sealed class Source(EndpointDataSource group) : EndpointDataSource
    {
        private readonly Lazy<IReadOnlyList<Endpoint>> _endpoints = new(() => group.Endpoints);

        public override IReadOnlyList<Endpoint> Endpoints => _endpoints.Value;

        public override IChangeToken GetChangeToken() => group.GetChangeToken();
    }
}
