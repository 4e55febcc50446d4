using System.Text.Json;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>What can be done with things of a kind.</summary>
internal enum Verb
{
    List,
    Read,
    Create,
    Change,
    Delete,
}

/// <summary>What the API's document says in a line about each verb.</summary>
internal sealed record Summaries(string List, string Read, string Create, string Change, string Delete);

/// <summary>
/// What is said of a kind beside its record (<see cref="Versioned"/>): its address, who may write it, its rules and examples. The verbs that
/// follow from it are written once, in <c>Kinds/Verbs</c>; a kind that decides something has a use case for that verb instead.
/// </summary>
internal abstract class Declaration
{
    /// <summary>Last segment of the address of its list, e.g. <c>gates</c>.</summary>
    public required string Plural { get; init; }

    /// <summary>What its rights are about.</summary>
    public required Resource Resource { get; init; }

    public required Summaries Summaries { get; init; }

    /// <summary>Verbs that decide something and have use cases of their own.</summary>
    public IReadOnlyList<Verb> UseCases { get; init; } = [];

    /// <summary>What somebody would change, as an example.</summary>
    public required object ChangeExample { get; init; }

    /// <summary>A new one, as an example.</summary>
    public abstract object Example { get; }

    public abstract Type Type { get; }

    /// <summary>What is shown of one.</summary>
    public virtual Type Shown => Type;

    /// <summary>Name in code and, in camelCase, in the feed and in the names of commands, e.g. <c>Gate</c>.</summary>
    public string Name => Type.Name;

    /// <summary>Name of all of them in code, e.g. <c>Gates</c>.</summary>
    public required string Names { get; init; }

    /// <summary>The group of the API's document that its addresses stand in.</summary>
    public string Tag
    {
        get => field ?? Names;
        init;
    }

    /// <summary>What its addresses stand below; null for nothing.</summary>
    public virtual (string Plural, string InAddress)? Above => Type.IsSubclassOf(typeof(Part)) ? ("projects", "project") : null;

    /// <summary>Names of the query parameters that narrow its list.</summary>
    public virtual IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>What the API's document says of them beside their names.</summary>
    public virtual void Describe(RouteHandlerBuilder list) { }

    /// <summary>Name in the braces of an address, e.g. <c>gate</c>.</summary>
    public string InAddress
    {
        get => field ?? JsonNamingPolicy.CamelCase.ConvertName(Name);
        init;
    }

    /// <summary>Name in a sentence, e.g. <c>field of action</c>.</summary>
    public string InWords => Kind.Of(Type).InWords;

    public abstract void Map(IEndpointRouteBuilder api);

    public abstract void Add(IServiceCollection services);

    /// <summary>The command that makes one, below the thing that its address names.</summary>
    public abstract IRequest<Written> Create(Caller caller, string? above, JsonObject body);

    /// <summary>The command that changes one.</summary>
    public abstract IRequest<Written> Change(Caller caller, string? above, string key, Precondition precondition, JsonObject patch);
}

/// <summary>What is at hand while it is decided whether a thing is written.</summary>
/// <param name="State">As the command finds it.</param>
/// <param name="Caller">Who writes.</param>
/// <param name="Services">Those of the request.</param>
internal sealed record CheckContext(LedgerState State, Caller Caller, IServiceProvider Services);

/// <summary>What is at hand while a thing is written.</summary>
/// <param name="Revision">The command's.</param>
/// <param name="Caller">Who writes.</param>
/// <param name="Services">Those of the request.</param>
internal sealed record WriteContext(Revision Revision, Caller Caller, IServiceProvider Services)
{
    public DateOnly Today => Revision.Today;
}

/// <inheritdoc />
internal abstract class Declaration<T> : Declaration
    where T : Versioned
{
    /// <summary>Key of the partner whose it is, for rights that hold for what is one's own.</summary>
    public Func<T, string?>? OwnedBy { get; init; }

    /// <summary>What a key is made from when none is given.</summary>
    public required Func<T, string> KeyFrom { get; init; }

    /// <summary>The key where nothing can be made from that.</summary>
    public required string KeyElse { get; init; }

    /// <summary>What holds for it on the day on which it is written, whatever it was before.</summary>
    public Func<T, DateOnly, IEnumerable<FieldError>> Rules { get; init; } = (_, _) => [];

    /// <summary>A new one with what it takes from its caller when it is not given; before rights are asked for.</summary>
    public Func<Caller, T, T> Defaults { get; init; } = (_, thing) => thing;

    /// <summary>Fields that count as changed with whatever is changed of it, for rights.</summary>
    public Func<T, IEnumerable<string>> AlsoChanged { get; init; } = _ => [];

    /// <summary>Why it is neither changed nor deleted any more; null while it may be.</summary>
    public Func<T, string?> Final { get; init; } = _ => null;

    /// <summary>With what the program sets, after its references were found. Before is null for a new one. It writes nothing.</summary>
    public Func<CheckContext, T?, T, CancellationToken, Task<T>> Complete { get; init; } = (_, _, thing, _) => Task.FromResult(thing);

    /// <summary>Changes what has to change with it, in the same revision and after it. Before is null for a new one, after for a deleted one.</summary>
    public Func<WriteContext, T?, T?, CancellationToken, Task> Afterwards { get; init; } = (_, _, _, _) => Task.CompletedTask;

    /// <summary>Tells others once it is written for good.</summary>
    public Func<IServiceProvider, CancellationToken, Task> Committed { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>What holds beside the rules for a new one.</summary>
    public Func<T, IEnumerable<FieldError>> Begins { get; init; } = _ => [];

    /// <summary>What holds beside the rules for a state that follows another.</summary>
    public Func<T, T, IEnumerable<FieldError>> Moves { get; init; } = (_, _) => [];

    /// <summary>
    /// Finds what still names it, by its <c>@key</c> (in its <c>@project</c>), or by <c>@packed</c> where keys stand together in a column: then
    /// it is not deleted.
    /// </summary>
    public Statement? Uses { get; init; }

    /// <summary>Throws when it does not fit what is there; asked last, beside the writers and under the lock.</summary>
    public Func<LedgerState, T, CancellationToken, Task> Fits { get; init; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Changes what has to change with it, in the same revision and before it.</summary>
    public Func<Revision, T, T, CancellationToken, Task> Follow { get; init; } = (_, _, _, _) => Task.CompletedTask;

    public required T New { get; init; }

    public override object Example => New;

    public override Type Type => typeof(T);

    /// <summary>All rules: those of the kind, and those of what every kind may be.</summary>
    public IEnumerable<FieldError> Check(T thing, DateOnly today) =>
        Rules(thing, today).Concat(thing is IVisibleByItself itself ? Rule.Audience(itself.Visibility) : []);

    /// <summary>One of them, as the reader sees it, or 404.</summary>
    public abstract Task<T> ReadAsync(IMediator mediator, View view, string? above, string key, CancellationToken ct);

    /// <summary>All of them, page by page.</summary>
    public abstract Task<Page<T>> ListAsync(IMediator mediator, ReadRequest read, string? above, CancellationToken ct);

    /// <summary>The thing as one of what its address names.</summary>
    public virtual T In(T thing, Project? project, string? above) =>
        thing is Part part ? (T)(Versioned)(part with { ProjectId = project!.Id }) : thing;

    /// <summary>404 where what its address names is not there for the caller; the project, where that is one.</summary>
    public virtual async Task<Project?> PlaceAsync(LedgerState state, Caller caller, string? above, CancellationToken ct) =>
        above is null ? null : await state.ProjectAsync(caller, above, ct);

    /// <summary>The one that a command is about; 404 where the caller may not see it, 409 where it does not change any more.</summary>
    public async Task<T> ThingAsync(LedgerState state, Caller caller, Project? project, string? above, string key, CancellationToken ct)
    {
        var thing = await state.ThingAsync<T>(caller, project, key, ct);
        return In(thing, project, above) != thing ? throw Problem.NotFound(InWords, key)
            : Final(thing) is { } why ? throw Problem.Conflict(why)
            : thing;
    }

    /// <summary>409 when something still names it.</summary>
    public async Task RequireUnusedAsync(LedgerState state, T thing, CancellationToken ct)
    {
        if (Uses is not null)
        {
            var parameters = new
            {
                project = (thing as Part)?.ProjectId,
                key = thing.Key,
                now = state.At,
                // As one of the keys that stand together in a column; of what keys are made of, LIKE takes the underline for any letter.
                packed = $"%\"{thing.Key.Replace("_", @"\_", StringComparison.Ordinal)}\"%",
            };
            var what = $"{char.ToUpperInvariant(InWords[0])}{InWords[1..]} '{thing.Key}'";
            await state.RequireUnusedAsync(Uses, parameters, what, ct);
        }
    }

    public override void Map(IEndpointRouteBuilder api) => Addresses.Map(api, this);

    public override void Add(IServiceCollection services)
    {
        services.AddSingleton(this);
        services.AddTransient<IRequestHandler<Create<T>, Written>, CreateHandler<T>>();
        services.AddTransient<IRequestHandler<Change<T>, Written>, ChangeHandler<T>>();
        services.AddTransient<IRequestHandler<Delete<T>, Written>, DeleteHandler<T>>();
    }

    public override IRequest<Written> Create(Caller caller, string? above, JsonObject body) =>
        new Create<T>(caller, above, Body.Read<T>(JsonSerializer.SerializeToUtf8Bytes(body, JsonRules.Output)));

    public override IRequest<Written> Change(Caller caller, string? above, string key, Precondition precondition, JsonObject patch) =>
        new Change<T>(caller, above, key, precondition, patch);
}

/// <summary>Projects. They are shown with all that belongs to them.</summary>
internal sealed class ProjectDeclaration : Declaration<Project>
{
    public override Type Shown => typeof(ProjectState);

    public override async Task<Project> ReadAsync(IMediator mediator, View view, string? project, string key, CancellationToken ct) =>
        await mediator.ProjectAsync(view, key, ct);

    public override Task<Page<Project>> ListAsync(IMediator mediator, ReadRequest read, string? project, CancellationToken ct) =>
        throw new NotSupportedException("Projects are listed by ListProjects.");
}

/// <summary>A kind of part of a project. It is read with its project: the same statements, the same rights, the same moment.</summary>
internal sealed class PartDeclaration<T> : Declaration<T>
    where T : Part
{
    /// <summary>All of a project, in the order in which they are listed.</summary>
    public required Func<ProjectState, IReadOnlyList<T>> Of { get; init; }

    /// <summary>Those of them that the parameters of the list ask for.</summary>
    public Func<ReadRequest, IEnumerable<T>, IEnumerable<T>> Narrow { get; init; } = (_, all) => all;

    public override async Task<T> ReadAsync(IMediator mediator, View view, string? above, string key, CancellationToken ct) =>
        Of(await mediator.ProjectAsync(view, above!, ct)).WithKey(key, part => part.Key, InWords);

    public override async Task<Page<T>> ListAsync(IMediator mediator, ReadRequest read, string? above, CancellationToken ct) =>
        read.Slice([.. Narrow(read, Of(await mediator.ProjectAsync(read.View, above!, ct)))], part => part.Key);
}
