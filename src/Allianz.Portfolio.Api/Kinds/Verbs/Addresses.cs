using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds.Verbs;

/// <summary>The addresses of a declared kind, and what they do.</summary>
internal static class Addresses
{
    private const string Project = "project";

    public static void Map<T>(IEndpointRouteBuilder api, Declaration<T> kind)
        where T : Versioned
    {
        var isPart = typeof(T).IsSubclassOf(typeof(Part));
        var list = (isPart ? $"/projects/{{{Project}}}/" : "/") + kind.Plural;
        var one = $"{list}/{{{kind.InAddress}}}";

        if (Is(Verb.List))
        {
            api.MapGet(
                    list,
                    (HttpContext http, Reading read, IMediator mediator, CancellationToken ct) =>
                        kind.ListAsync(mediator, read, Place(http), ct)
                )
                .Lists<T>(kind.Summaries.List)
                .WithMetadata(new OperationName($"List{kind.Names}", kind.Names))
                .For(Right.Read(kind.Resource));
        }

        if (Is(Verb.Read))
        {
            api.MapGet(
                    one,
                    (HttpContext http, Reading read, IMediator mediator, CancellationToken ct) =>
                        kind.ReadAsync(mediator, read.View, Place(http), Key(http), ct)
                )
                .Reads<T>(kind.Summaries.Read)
                .WithMetadata(new OperationName($"Get{kind.Name}", kind.Names))
                .For(Right.Read(kind.Resource));
        }

        if (Is(Verb.Create))
        {
            api.MapPost(
                    list,
                    (HttpContext http, Writing write, IMediator mediator, CancellationToken ct) =>
                        write.CreateAsync<T>(
                            () => mediator.Send(new Create<T>(write.Caller, Place(http), write.Body<T>()), ct),
                            async (view, key) => await kind.ReadAsync(mediator, view, Place(http), key, ct)
                        )
                )
                .Creates<T>(kind.Summaries.Create, kind.Shown)
                .WithMetadata(new OperationName($"Create{kind.Name}", kind.Names))
                .For(Right.Create(kind.Resource));
        }

        if (Is(Verb.Change))
        {
            api.MapPatch(
                    one,
                    (HttpContext http, Writing write, IMediator mediator, CancellationToken ct) =>
                        write.UpdateAsync<T>(
                            () => mediator.Send(new Change<T>(write.Caller, Place(http), Key(http), write.IfMatch(), write.Patch()), ct),
                            async (view, key) => await kind.ReadAsync(mediator, view, Place(http), key, ct)
                        )
                )
                .Patches<T>(kind.Summaries.Change, kind.Shown)
                .WithMetadata(new OperationName($"Patch{kind.Name}", kind.Names))
                .For(Right.Change(kind.Resource));
        }

        if (Is(Verb.Delete))
        {
            api.MapDelete(
                    one,
                    (HttpContext http, Writing write, IMediator mediator, CancellationToken ct) =>
                        Writing.DeleteAsync(() => mediator.Send(new Delete<T>(write.Caller, Place(http), Key(http), write.IfMatch()), ct))
                )
                .Deletes(kind.Summaries.Delete)
                .WithMetadata(new OperationName($"Delete{kind.Name}", kind.Names))
                .For(Right.Delete(kind.Resource));
        }

        bool Is(Verb verb) => !kind.UseCases.Contains(verb);

        string? Place(HttpContext http) => isPart ? Named(http, Project) : null;

        string Key(HttpContext http) => Named(http, kind.InAddress)!;
    }

    private static string? Named(HttpContext http, string name) => (string?)http.Request.RouteValues[name];
}
