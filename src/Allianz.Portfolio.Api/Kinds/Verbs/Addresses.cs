using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds.Verbs;

/// <summary>The addresses of a declared kind, and what they do.</summary>
internal static class Addresses
{
    public static void Map<T>(IEndpointRouteBuilder api, Declaration<T> kind)
        where T : Versioned
    {
        var list = (kind.Above is { } above ? $"/{above.Plural}/{{{above.InAddress}}}/" : "/") + kind.Plural;
        var one = $"{list}/{{{kind.InAddress}}}";

        if (Follows(Verb.List))
        {
            var listing = api.MapGet(
                    list,
                    (HttpContext http, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                        kind.ListAsync(mediator, read, Above(http), ct)
                )
                .Lists<T>(kind.Summaries.List, [.. kind.Parameters])
                .WithMetadata(new OperationName($"List{kind.Names}", kind.Tag))
                .For(Right.Read(kind.Resource));
            kind.Describe(listing);
        }
        if (Follows(Verb.Read))
        {
            api.MapGet(
                    one,
                    (HttpContext http, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                        kind.ReadAsync(mediator, read.View, Above(http), Key(http), ct)
                )
                .Reads<T>(kind.Summaries.Read)
                .WithMetadata(new OperationName($"Get{kind.Name}", kind.Tag))
                .For(Right.Read(kind.Resource));
        }
        if (Follows(Verb.Create))
        {
            api.MapPost(
                    list,
                    (HttpContext http, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                        write.CreateAsync<T>(
                            () => mediator.Send(new Create<T>(write.Caller, Above(http), write.Body<T>()), ct),
                            async (view, key) => await kind.ReadAsync(mediator, view, Above(http), key, ct)
                        )
                )
                .Creates<T>(kind.Summaries.Create, kind.Shown)
                .WithMetadata(new OperationName($"Create{kind.Name}", kind.Tag))
                .For(Right.Create(kind.Resource));
        }
        if (Follows(Verb.Change))
        {
            api.MapPatch(
                    one,
                    (HttpContext http, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                        write.UpdateAsync<T>(
                            () => mediator.Send(new Change<T>(write.Caller, Above(http), Key(http), write.IfMatch(), write.Patch()), ct),
                            async (view, key) => await kind.ReadAsync(mediator, view, Above(http), key, ct)
                        )
                )
                .Patches<T>(kind.Summaries.Change, kind.Shown)
                .WithMetadata(new OperationName($"Patch{kind.Name}", kind.Tag))
                .For(Right.Change(kind.Resource));
        }
        if (Follows(Verb.Delete))
        {
            api.MapDelete(
                    one,
                    (HttpContext http, WriteRequest write, IMediator mediator, CancellationToken ct) =>
                        WriteRequest.DeleteAsync(() =>
                            mediator.Send(new Delete<T>(write.Caller, Above(http), Key(http), write.IfMatch()), ct)
                        )
                )
                .Deletes(kind.Summaries.Delete)
                .WithMetadata(new OperationName($"Delete{kind.Name}", kind.Tag))
                .For(Right.Delete(kind.Resource));
        }

        bool Follows(Verb verb) => !kind.UseCases.Contains(verb);

        string? Above(HttpContext http) => kind.Above is { } named ? Named(http, named.InAddress) : null;

        string Key(HttpContext http) => Named(http, kind.InAddress)!;
    }

    private static string? Named(HttpContext http, string name) => (string?)http.Request.RouteValues[name];
}
