using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Features;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds.Verbs;

/// <summary>Makes a thing.</summary>
/// <param name="Caller">Who.</param>
/// <param name="Project">Key of the project that it belongs to; null where the kind belongs to none.</param>
/// <param name="Thing">As it is to be.</param>
internal sealed record Create<T>(Caller Caller, string? Project, T Thing) : ICommand<Written>
    where T : Versioned;

internal sealed class CreateHandler<T>(Declaration<T> kind, PortfolioLedger ledger) : IRequestHandler<Create<T>, Written>
    where T : Versioned
{
    public async Task<Written> Handle(Create<T> request, CancellationToken cancellationToken)
    {
        var (caller, projectKey, thing) = request;
        // Whatever can be said without the ledger is said before it is locked.
        thing.Demand(kind.Check(thing, ledger.Today(caller)).Concat(kind.Begins(thing)));
        await using var revision = await ledger.BeginAsync(caller, $"create{kind.Name}", cancellationToken);
        var project = await revision.PlaceAsync(caller, projectKey, cancellationToken);
        await revision.DemandAsync(caller, Right.Create(kind.Resource), project, MergePatch.Given(thing), [], cancellationToken);
        caller.DemandSight(thing);
        var placed = Placing.In(project, thing);
        await revision.DemandReferencesAsync(placed, cancellationToken);
        var (wish, title) = (thing.Key, kind.KeyFrom(thing));
        var key =
            project is not null && thing is IVisibleByItself
                ? await revision.NewKeyAmongHiddenAsync<T>(caller, wish, title, kind.KeyElse, project.Id, cancellationToken)
                : await revision.NewKeyAsync<T>(wish, title, kind.KeyElse, cancellationToken, project?.Id);
        var made = (T)(placed with { Key = key }).Derived();
        await kind.Fits(revision, made, cancellationToken);
        await revision.InsertAsync(made, project, cancellationToken);
        return new Written(key, await revision.CommitAsync(cancellationToken));
    }
}

/// <summary>Changes a thing by a merge patch.</summary>
internal sealed record Change<T>(Caller Caller, string? Project, string Key, Precondition Precondition, JsonObject Patch)
    : ICommand<Written>
    where T : Versioned;

internal sealed class ChangeHandler<T>(Declaration<T> kind, PortfolioLedger ledger) : IRequestHandler<Change<T>, Written>
    where T : Versioned
{
    public async Task<Written> Handle(Change<T> request, CancellationToken cancellationToken)
    {
        var (caller, projectKey, key, precondition, patch) = request;
        await using var revision = await ledger.BeginAsync(caller, $"patch{kind.Name}", cancellationToken);
        var project = await revision.PlaceAsync(caller, projectKey, cancellationToken);
        var before = await revision.ThingAsync<T>(caller, project, key, cancellationToken);
        var after = (T)(Placing.In(project, MergePatch.Apply(before, patch)) with { Id = before.Id }).Derived();
        await revision.DemandAsync(
            caller,
            Right.Change(kind.Resource),
            project ?? before as Project,
            MergePatch.Changed(before, after),
            kind.OwnedBy is { } owner ? [owner(before), owner(after)] : [],
            cancellationToken
        );
        precondition.Demand(before);
        after.Demand(kind.Check(after, Berlin.DayOf(revision.At)).Concat(kind.Moves(before, after)));
        caller.DemandSight(after);
        await revision.DemandReferencesAsync(after, cancellationToken);
        await kind.Fits(revision, after, cancellationToken);
        await kind.Follow(revision, before, after, cancellationToken);
        await revision.UpdateAsync(before, after, project, cancellationToken);
        return new Written(before.Key, await revision.CommitAsync(cancellationToken));
    }
}

/// <summary>Deletes a thing; its history stays.</summary>
internal sealed record Delete<T>(Caller Caller, string? Project, string Key, Precondition Precondition) : ICommand<Written>
    where T : Versioned;

internal sealed class DeleteHandler<T>(Declaration<T> kind, PortfolioLedger ledger) : IRequestHandler<Delete<T>, Written>
    where T : Versioned
{
    public async Task<Written> Handle(Delete<T> request, CancellationToken cancellationToken)
    {
        var (caller, projectKey, key, precondition) = request;
        await using var revision = await ledger.BeginAsync(caller, $"delete{kind.Name}", cancellationToken);
        var project = await revision.PlaceAsync(caller, projectKey, cancellationToken);
        var row = await revision.ThingAsync<T>(caller, project, key, cancellationToken);
        await revision.DemandAsync(caller, Right.Delete(kind.Resource), project ?? row as Project, [], [], cancellationToken);
        precondition.Demand(row);
        if (kind.Uses is { } uses)
        {
            var parameters = new
            {
                project = project?.Id,
                key = row.Key,
                now = revision.At,
                // As one of the keys that stand together in a column; of what keys are made of, LIKE takes the underline for any letter.
                packed = $"%\"{row.Key.Replace("_", @"\_", StringComparison.Ordinal)}\"%",
            };
            var what = $"{char.ToUpperInvariant(kind.InWords[0])}{kind.InWords[1..]} '{row.Key}'";
            await revision.DemandUnusedAsync(uses, parameters, what, cancellationToken);
        }
        await revision.DeleteAsync(row, project, cancellationToken);
        return new Written(row.Key, await revision.CommitAsync(cancellationToken));
    }
}

/// <summary>Where a thing belongs.</summary>
internal static class Placing
{
    /// <summary>The project that a command names; null where the kind belongs to none.</summary>
    public static async Task<Project?> PlaceAsync(this Revision revision, Caller caller, string? project, CancellationToken ct) =>
        project is null ? null : await revision.ProjectAsync(caller, project, ct);

    /// <summary>The thing as one of the project.</summary>
    public static Versioned In(Project? project, Versioned thing) => thing is Part part ? part with { ProjectId = project!.Id } : thing;
}
