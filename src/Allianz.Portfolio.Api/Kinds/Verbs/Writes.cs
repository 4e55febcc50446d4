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
        thing.Validate(kind.Check(thing, ledger.Today(caller)).Concat(kind.Begins(thing)));
        var written = await ledger.WriteAsync(
            caller,
            $"create{kind.Name}",
            async state =>
            {
                var project = await kind.PlaceAsync(state, caller, above, cancellationToken);
                await state.AuthorizeAsync(
                    caller,
                    Right.Create(kind.Resource),
                    project,
                    MergePatch.Given(thing),
                    kind.OwnedBy is { } owner ? [owner(thing)] : [],
                    cancellationToken
                );
                caller.AuthorizeSight(thing);
                var placed = kind.In(thing, project, above);
                await state.RequireReferencesAsync(caller, null, placed, cancellationToken);
                placed = await kind.Complete(new(state, caller, services), null, placed, cancellationToken);
                var (wish, title) = (placed.Key, kind.KeyFrom(placed));
                var key =
                    project is not null && thing is IVisibleByItself
                        ? await state.NewKeyAmongHiddenAsync<T>(caller, wish, title, kind.KeyElse, project.Id, cancellationToken)
                        : await state.NewKeyAsync<T>(wish, title, kind.KeyElse, cancellationToken, project?.Id);
                var made = (T)(placed with { Key = key }).Derived();
                await kind.Fits(state, made, cancellationToken);
                return (Made: made, Project: project);
            },
            async (revision, plan) =>
            {
                await revision.InsertAsync(plan.Made, plan.Project, cancellationToken);
                await kind.Afterwards(new(revision, caller, services), null, plan.Made, cancellationToken);
                return plan.Made.Key;
            },
            cancellationToken
        );
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
        MergePatch.RequireKnownFields<T>(patch);
        var written = await ledger.WriteAsync(
            caller,
            $"patch{kind.Name}",
            async state =>
            {
                var project = await kind.PlaceAsync(state, caller, above, cancellationToken);
                var before = await kind.ThingAsync(state, caller, project, above, key, cancellationToken);
                var after = (T)Kind.Of(typeof(T)).Keeping(before, MergePatch.Apply(before, patch)).Derived();
                await state.AuthorizeAsync(
                    caller,
                    Right.Change(kind.Resource),
                    project ?? before as Project,
                    kind.AlsoChanged(before).Concat(MergePatch.Changed(before, after)),
                    kind.OwnedBy is { } owner ? [owner(before), owner(after)] : [],
                    cancellationToken
                );
                precondition.RequireMatch(before);
                after.Validate(kind.Check(after, state.Today).Concat(kind.Moves(before, after)));
                caller.AuthorizeSight(after);
                await state.RequireReferencesAsync(caller, before, after, cancellationToken);
                after = await kind.Complete(new(state, caller, services), before, after, cancellationToken);
                await kind.Fits(state, after, cancellationToken);
                return (Before: before, After: after, Project: project);
            },
            async (revision, plan) =>
            {
                var (before, after, project) = plan;
                await kind.Follow(revision, before, after, cancellationToken);
                after = await revision.UpdateAsync(before, after, project, cancellationToken);
                await kind.Afterwards(new(revision, caller, services), before, after, cancellationToken);
                return before.Key;
            },
            cancellationToken
        );
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
        var written = await ledger.WriteAsync(
            caller,
            $"delete{kind.Name}",
            async state =>
            {
                var project = await kind.PlaceAsync(state, caller, above, cancellationToken);
                var row = await kind.ThingAsync(state, caller, project, above, key, cancellationToken);
                await state.AuthorizeAsync(caller, Right.Delete(kind.Resource), project ?? row as Project, [], [], cancellationToken);
                precondition.RequireMatch(row);
                await kind.RequireUnusedAsync(state, row, cancellationToken);
                return (Row: row, Project: project);
            },
            async (revision, plan) =>
            {
                await revision.DeleteAsync(plan.Row, plan.Project, cancellationToken);
                await kind.Afterwards(new(revision, caller, services), plan.Row, null, cancellationToken);
                return plan.Row.Key;
            },
            cancellationToken
        );
        await kind.Committed(services, cancellationToken);
        return written;
    }
}
