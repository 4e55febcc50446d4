using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Features;
using Allianz.Portfolio.Api.Features.Projects;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds.Verbs;

/// <summary>The five verbs of every plain part of a project.</summary>
internal static class Parts
{
    public static void Map<T>(IEndpointRouteBuilder api, PartDeclaration<T> kind)
        where T : Part
    {
        var list = $"/projects/{{project}}/{kind.Plural}";
        var one = $"{list}/{{{kind.Singular}}}";

        api.MapGet(
                list,
                async (string project, Reading read, IMediator mediator, CancellationToken ct) =>
                    read.Slice(kind.Of(await mediator.ProjectAsync(read.View, project, ct)), part => part.Key)
            )
            .Lists<T>(kind.Summaries.List)
            .WithMetadata(new OperationName($"List{kind.Names}", kind.Names))
            .For(Right.Read(kind.Resource));

        api.MapGet(
                one,
                (string project, HttpContext http, Reading read, IMediator mediator, CancellationToken ct) =>
                    ReadAsync(read.View, project, Key(http), mediator, ct)
            )
            .Reads<T>(kind.Summaries.Read)
            .WithMetadata(new OperationName($"Get{kind.Name}", kind.Names))
            .For(Right.Read(kind.Resource));

        api.MapPost(
                list,
                (string project, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync<T>(
                        () => mediator.Send(new CreatePart<T>(write.Caller, project, write.Body<T>()), ct),
                        async (view, key) => await ReadAsync(view, project, key, mediator, ct)
                    )
            )
            .Creates<T, T>(kind.Summaries.Create)
            .WithMetadata(new OperationName($"Create{kind.Name}", kind.Names))
            .For(Right.Create(kind.Resource));

        api.MapPatch(
                one,
                (string project, HttpContext http, Writing write, IMediator mediator, CancellationToken ct) =>
                    write.UpdateAsync<T>(
                        () => mediator.Send(new ChangePart<T>(write.Caller, project, Key(http), write.IfMatch(), write.Patch()), ct),
                        async (view, key) => await ReadAsync(view, project, key, mediator, ct)
                    )
            )
            .Patches<T, T>(kind.Summaries.Change)
            .WithMetadata(new OperationName($"Patch{kind.Name}", kind.Names))
            .For(Right.Change(kind.Resource));

        api.MapDelete(
                one,
                (string project, HttpContext http, Writing write, IMediator mediator, CancellationToken ct) =>
                    Writing.DeleteAsync(() => mediator.Send(new DeletePart<T>(write.Caller, project, Key(http), write.IfMatch()), ct))
            )
            .Deletes(kind.Summaries.Delete)
            .WithMetadata(new OperationName($"Delete{kind.Name}", kind.Names))
            .For(Right.Delete(kind.Resource));

        string Key(HttpContext http) => (string)http.Request.RouteValues[kind.Singular]!;

        // A part is read with its project: the same statements, the same rights, the same moment.
        async Task<T> ReadAsync(Database.View view, string project, string key, IMediator mediator, CancellationToken ct) =>
            kind.Of(await mediator.ProjectAsync(view, project, ct)).WithKey(key, part => part.Key, kind.Singular);
    }
}

internal sealed record CreatePart<T>(Caller Caller, string Project, T Part) : ICommand<Written>
    where T : Part;

internal sealed class CreatePartHandler<T>(PartDeclaration<T> kind, PortfolioLedger ledger) : IRequestHandler<CreatePart<T>, Written>
    where T : Part
{
    public async Task<Written> Handle(CreatePart<T> request, CancellationToken cancellationToken)
    {
        var (caller, projectKey, part) = request;
        // Whatever can be said without the ledger is said before it is locked.
        part.Demand(kind.Check(part, ledger.Today(caller)));
        await using var revision = await ledger.BeginAsync(caller, $"create{kind.Name}", cancellationToken);
        var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
        await revision.DemandAsync(caller, Right.Create(kind.Resource), project, MergePatch.Given(part), [], cancellationToken);
        caller.DemandSight(part);
        await revision.DemandReferencesAsync(part with { ProjectId = project.Id }, cancellationToken);
        var key =
            part is IVisibleByItself
                ? await revision.NewKeyAmongHiddenAsync<T>(
                    caller,
                    part.Key,
                    kind.KeyFrom(part),
                    kind.KeyElse,
                    project.Id,
                    cancellationToken
                )
                : await revision.NewKeyAsync<T>(part.Key, kind.KeyFrom(part), kind.KeyElse, cancellationToken, project.Id);
        await revision.InsertAsync((T)(part with { Key = key, ProjectId = project.Id }), project, cancellationToken);
        return new Written(key, await revision.CommitAsync(cancellationToken));
    }
}

internal sealed record ChangePart<T>(Caller Caller, string Project, string Key, Precondition Precondition, JsonObject Patch)
    : ICommand<Written>
    where T : Part;

internal sealed class ChangePartHandler<T>(PartDeclaration<T> kind, PortfolioLedger ledger) : IRequestHandler<ChangePart<T>, Written>
    where T : Part
{
    public async Task<Written> Handle(ChangePart<T> request, CancellationToken cancellationToken)
    {
        var (caller, projectKey, key, precondition, patch) = request;
        await using var revision = await ledger.BeginAsync(caller, $"patch{kind.Name}", cancellationToken);
        var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
        var before = await revision.PartAsync<T>(caller, project, key, cancellationToken);
        var after = (T)(MergePatch.Apply(before, patch) with { ProjectId = project.Id });
        await revision.DemandAsync(
            caller,
            Right.Change(kind.Resource),
            project,
            MergePatch.Changed(before, after),
            kind.OwnedBy is { } owner ? [owner(before), owner(after)] : [],
            cancellationToken
        );
        precondition.Demand(before);
        after.Demand(kind.Check(after, Berlin.DayOf(revision.At)).Concat(kind.Moves(before, after)));
        caller.DemandSight(after);
        await revision.DemandReferencesAsync(after, cancellationToken);
        await revision.UpdateAsync(before, after, project, cancellationToken);
        return new Written(before.Key, await revision.CommitAsync(cancellationToken));
    }
}

internal sealed record DeletePart<T>(Caller Caller, string Project, string Key, Precondition Precondition) : ICommand<Written>
    where T : Part;

internal sealed class DeletePartHandler<T>(PartDeclaration<T> kind, PortfolioLedger ledger) : IRequestHandler<DeletePart<T>, Written>
    where T : Part
{
    public async Task<Written> Handle(DeletePart<T> request, CancellationToken cancellationToken)
    {
        var (caller, projectKey, key, precondition) = request;
        await using var revision = await ledger.BeginAsync(caller, $"delete{kind.Name}", cancellationToken);
        var project = await revision.ProjectAsync(caller, projectKey, cancellationToken);
        var row = await revision.PartAsync<T>(caller, project, key, cancellationToken);
        await revision.DemandAsync(caller, Right.Delete(kind.Resource), project, [], [], cancellationToken);
        precondition.Demand(row);
        if (kind.Uses is { } uses)
        {
            await revision.DemandUnusedAsync(
                uses,
                new { project = project.Id, key = row.Key },
                $"{kind.Name} '{row.Key}'",
                cancellationToken
            );
        }
        await revision.DeleteAsync(row, project, cancellationToken);
        return new Written(row.Key, await revision.CommitAsync(cancellationToken));
    }
}
