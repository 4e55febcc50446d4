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
        var list = (typeof(T).IsSubclassOf(typeof(Part)) ? $"/projects/{{{Project}}}/" : "/") + kind.Plural;
        var one = $"{list}/{{{kind.InAddress}}}";

        if (Is(Verb.List))
        {
        api.MapGet(
                list,
                (HttpContext http, Reading read, IMediator mediator, CancellationToken ct) =>
                    kind.ListAsync(mediator, read, Named(http, Project), ct)
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
                    kind.ReadAsync(mediator, read.View, Named(http, Project), Key(http), ct)
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
                        () => mediator.Send(new Create<T>(write.Caller, Named(http, Project), write.Body<T>()), ct),
                        async (view, key) => await kind.ReadAsync(mediator, view, Named(http, Project), key, ct)
                    )
            )
            .Creates<T, T>(kind.Summaries.Create)
            .WithMetadata(new OperationName($"Create{kind.Name}", kind.Names))
            .For(Right.Create(kind.Resource));
        }

        if (Is(Verb.Change))
        {
        api.MapPatch(
                one,
                (HttpContext http, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync<T>(
                        () =>
                            mediator.Send(new Change<T>(write.Caller, Named(http, Project), Key(http), write.IfMatch(), write.Patch()), ct),
                        async (view, key) => await kind.ReadAsync(mediator, view, Named(http, Project), key, ct)
                    )
            )
            .Patches<T, T>(kind.Summaries.Change)
            .WithMetadata(new OperationName($"Patch{kind.Name}", kind.Names))
            .For(Right.Change(kind.Resource));
        }

        if (Is(Verb.Delete))
        {
        api.MapDelete(
                one,
                (HttpContext http, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() =>
                        mediator.Send(new Delete<T>(write.Caller, Named(http, Project), Key(http), write.IfMatch()), ct)
                    )
            )
            .Deletes(kind.Summaries.Delete)
            .WithMetadata(new OperationName($"Delete{kind.Name}", kind.Names))
            .For(Right.Delete(kind.Resource));
        }

        bool Is(Verb verb) => !kind.UseCases.Contains(verb);

        string Key(HttpContext http) => Named(http, kind.InAddress)!;
    }

    private static string? Named(HttpContext http, string name) => (string?)http.Request.RouteValues[name];
}
