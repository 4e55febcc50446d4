using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds.Verbs;

/// <summary>Makes a thing.</summary>
/// <param name="Caller">Who.</param>
/// <param name="Above">Key of the project or other thing that it stands below; null where the kind stands below none.</param>
/// <param name="Thing">As it is to be.</param>
internal sealed record Create<T>(Caller Caller, string? Above, T Thing) : ICommand<Written>
    where T : Versioned;

internal sealed class CreateHandler<T>(Declaration<T> kind, PortfolioLedger ledger, IServiceProvider services)
    : IRequestHandler<Create<T>, Written>
    where T : Versioned
{
    public async Task<Written> Handle(Create<T> request, CancellationToken cancellationToken)
    {
        var (caller, above, thing) = request;
        thing = kind.Defaults(caller, thing);
        // Whatever can be said without the ledger is said before it is locked.
        thing.Demand(kind.Check(thing, ledger.Today(caller)).Concat(kind.Begins(thing)));
        await using var revision = await ledger.BeginAsync(caller, $"create{kind.Name}", cancellationToken);
        var context = new WriteContext(revision, caller, services);
        var project = await kind.PlaceAsync(revision, caller, above, cancellationToken);
        await revision.DemandAsync(
            caller,
            Right.Create(kind.Resource),
            project,
            MergePatch.Given(thing),
            kind.OwnedBy is { } owner ? [owner(thing)] : [],
            cancellationToken
        );
        caller.DemandSight(thing);
        var placed = kind.In(thing, project, above);
        await revision.DemandReferencesAsync(caller, null, placed, cancellationToken);
        placed = await kind.Complete(context, null, placed, cancellationToken);
        var (wish, title) = (placed.Key, kind.KeyFrom(placed));
        var key =
            project is not null && thing is IVisibleByItself
                ? await revision.NewKeyAmongHiddenAsync<T>(caller, wish, title, kind.KeyElse, project.Id, cancellationToken)
                : await revision.NewKeyAsync<T>(wish, title, kind.KeyElse, cancellationToken, project?.Id);
        var made = (T)(placed with { Key = key }).Derived();
        await kind.Fits(revision, made, cancellationToken);
        await revision.InsertAsync(made, project, cancellationToken);
        await kind.Afterwards(context, null, made, cancellationToken);
        var written = new Written(key, await revision.CommitAsync(cancellationToken));
        await kind.Committed(services, cancellationToken);
        return written;
    }
}

/// <summary>Changes a thing by a merge patch.</summary>
internal sealed record Change<T>(Caller Caller, string? Above, string Key, Precondition Precondition, JsonObject Patch) : ICommand<Written>
    where T : Versioned;

internal sealed class ChangeHandler<T>(Declaration<T> kind, PortfolioLedger ledger, IServiceProvider services)
    : IRequestHandler<Change<T>, Written>
    where T : Versioned
{
    public async Task<Written> Handle(Change<T> request, CancellationToken cancellationToken)
    {
        var (caller, above, key, precondition, patch) = request;
        await using var revision = await ledger.BeginAsync(caller, $"patch{kind.Name}", cancellationToken);
        var context = new WriteContext(revision, caller, services);
        var project = await kind.PlaceAsync(revision, caller, above, cancellationToken);
        var before = await kind.ThingAsync(revision, caller, project, above, key, cancellationToken);
        var after = (T)Kind.Of(typeof(T)).Keeping(before, MergePatch.Apply(before, patch)).Derived();
        await revision.DemandAsync(
            caller,
            Right.Change(kind.Resource),
            project ?? before as Project,
            kind.AlsoChanged(before).Concat(MergePatch.Changed(before, after)),
            kind.OwnedBy is { } owner ? [owner(before), owner(after)] : [],
            cancellationToken
        );
        precondition.Demand(before);
        after.Demand(kind.Check(after, context.Today).Concat(kind.Moves(before, after)));
        caller.DemandSight(after);
        await revision.DemandReferencesAsync(caller, before, after, cancellationToken);
        after = await kind.Complete(context, before, after, cancellationToken);
        await kind.Fits(revision, after, cancellationToken);
        await kind.Follow(revision, before, after, cancellationToken);
        after = await revision.UpdateAsync(before, after, project, cancellationToken);
        await kind.Afterwards(context, before, after, cancellationToken);
        var written = new Written(before.Key, await revision.CommitAsync(cancellationToken));
        await kind.Committed(services, cancellationToken);
        return written;
    }
}

/// <summary>Deletes a thing; its history stays.</summary>
internal sealed record Delete<T>(Caller Caller, string? Above, string Key, Precondition Precondition) : ICommand<Written>
    where T : Versioned;

internal sealed class DeleteHandler<T>(Declaration<T> kind, PortfolioLedger ledger, IServiceProvider services)
    : IRequestHandler<Delete<T>, Written>
    where T : Versioned
{
    public async Task<Written> Handle(Delete<T> request, CancellationToken cancellationToken)
    {
        var (caller, above, key, precondition) = request;
        await using var revision = await ledger.BeginAsync(caller, $"delete{kind.Name}", cancellationToken);
        var project = await kind.PlaceAsync(revision, caller, above, cancellationToken);
        var row = await kind.ThingAsync(revision, caller, project, above, key, cancellationToken);
        await revision.DemandAsync(caller, Right.Delete(kind.Resource), project ?? row as Project, [], [], cancellationToken);
        precondition.Demand(row);
        await kind.DemandUnusedAsync(revision, row, cancellationToken);
        await revision.DeleteAsync(row, project, cancellationToken);
        await kind.Afterwards(new(revision, caller, services), row, null, cancellationToken);
        var written = new Written(row.Key, await revision.CommitAsync(cancellationToken));
        await kind.Committed(services, cancellationToken);
        return written;
    }
}
