using System.Text.Json;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Features.Projects;
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

    /// <summary>The command that makes one, in a project where it belongs to one.</summary>
    public abstract IRequest<Written> Create(Caller caller, string? project, JsonObject body);

    /// <summary>The command that changes one.</summary>
    public abstract IRequest<Written> Change(Caller caller, string? project, string key, Precondition precondition, JsonObject patch);
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

    /// <summary>What holds beside the rules for a new one.</summary>
    public Func<T, IEnumerable<FieldError>> Begins { get; init; } = _ => [];

    /// <summary>What holds beside the rules for a state that follows another.</summary>
    public Func<T, T, IEnumerable<FieldError>> Moves { get; init; } = (_, _) => [];

    /// <summary>
    /// Finds what still names it, by its <c>@key</c> (in its <c>@project</c>), or by <c>@packed</c> where keys stand together in a column: then
    /// it is not deleted.
    /// </summary>
    public Statement? Uses { get; init; }

    /// <summary>Throws when it does not fit what is there; asked last, under the lock.</summary>
    public Func<Revision, T, CancellationToken, Task> Fits { get; init; } = (_, _, _) => Task.CompletedTask;

    /// <summary>Changes what has to change with it, in the same revision and before it.</summary>
    public Func<Revision, T, T, CancellationToken, Task> Follow { get; init; } = (_, _, _, _) => Task.CompletedTask;

    public required T New { get; init; }

    public override object Example => New;

    public override Type Type => typeof(T);

    /// <summary>All rules: those of the kind, and those of what every kind may be.</summary>
    public IEnumerable<FieldError> Check(T thing, DateOnly today) =>
        Rules(thing, today)
            .Concat(
                Rule.When(
                    thing is IVisibleByItself { Visibility: Visibility.Administration },
                    "/visibility",
                    "visibility must be one of public, alliance, board."
                )
            );

    /// <summary>One of them, as the reader sees it, or 404.</summary>
    public abstract Task<T> ReadAsync(IMediator mediator, View view, string? project, string key, CancellationToken ct);

    /// <summary>All of them, page by page.</summary>
    public abstract Task<Page<T>> ListAsync(IMediator mediator, Reading read, string? project, CancellationToken ct);

    public override void Map(IEndpointRouteBuilder api) => Addresses.Map(api, this);

    public override void Add(IServiceCollection services)
    {
        services.AddSingleton(this);
        services.AddTransient<IRequestHandler<Create<T>, Written>, CreateHandler<T>>();
        services.AddTransient<IRequestHandler<Change<T>, Written>, ChangeHandler<T>>();
        services.AddTransient<IRequestHandler<Delete<T>, Written>, DeleteHandler<T>>();
    }

    public override IRequest<Written> Create(Caller caller, string? project, JsonObject body) =>
        new Create<T>(caller, project, Body.Read<T>(JsonSerializer.SerializeToUtf8Bytes(body, JsonRules.Output)));

    public override IRequest<Written> Change(Caller caller, string? project, string key, Precondition precondition, JsonObject patch) =>
        new Change<T>(caller, project, key, precondition, patch);
}

/// <summary>Projects. They are shown with all that belongs to them.</summary>
internal sealed class ProjectDeclaration : Declaration<Project>
{
    public override Type Shown => typeof(ProjectState);

    public override async Task<Project> ReadAsync(IMediator mediator, View view, string? project, string key, CancellationToken ct) =>
        await mediator.ProjectAsync(view, key, ct);

    public override Task<Page<Project>> ListAsync(IMediator mediator, Reading read, string? project, CancellationToken ct) =>
        throw new NotSupportedException("Projects are listed by ListProjects.");
}

/// <summary>A kind of part of a project. It is read with its project: the same statements, the same rights, the same moment.</summary>
internal sealed class PartDeclaration<T> : Declaration<T>
    where T : Part
{
    /// <summary>All of a project, in the order in which they are listed.</summary>
    public required Func<ProjectState, IReadOnlyList<T>> Of { get; init; }

    public override async Task<T> ReadAsync(IMediator mediator, View view, string? project, string key, CancellationToken ct) =>
        Of(await mediator.ProjectAsync(view, project!, ct)).WithKey(key, part => part.Key, InWords);

    public override async Task<Page<T>> ListAsync(IMediator mediator, Reading read, string? project, CancellationToken ct) =>
        read.Slice(Of(await mediator.ProjectAsync(read.View, project!, ct)), part => part.Key);
}

/// <summary>A kind that belongs to no project.</summary>
internal sealed class SharedDeclaration<T> : Declaration<T>
    where T : Versioned
{
    /// <summary>The column by which they are listed, and its value.</summary>
    public required (string Column, Func<T, string> Value) Order
    {
        get;
        init
        {
            field = value;
            var order = value.Column;
            Page = Rows(from => $"x.{order} >= @after AND (x.{order} > @after OR x.Id > @afterId) ORDER BY x.{order}, x.Id {from.Take}");
        }
    }

    /// <summary>The one of a <c>@key</c>.</summary>
    public Statement One { get; } = Rows(_ => $"x.Id = (SELECT k.Id FROM {Kind.Of(typeof(T)).Table} k WHERE k.[Key] = @key)");

    /// <summary>Those behind <c>@after</c> and <c>@afterId</c>, in their order.</summary>
    public Statement Page { get; private init; } = null!;

    public override async Task<T> ReadAsync(IMediator mediator, View view, string? project, string key, CancellationToken ct) =>
        await mediator.Send(new Get<T>(view, key), ct) ?? throw Problem.NotFound(InWords, key);

    public override async Task<Page<T>> ListAsync(IMediator mediator, Reading read, string? project, CancellationToken ct) =>
        read.Page(
            await mediator.Send(new ListPage<T>(read.View, read.Limit + 1, read.After()), ct),
            thing => (Order.Value(thing), thing.Id.ToString())
        );

    public override void Add(IServiceCollection services)
    {
        base.Add(services);
        services.AddSingleton(this);
        services.AddTransient<IRequestHandler<Get<T>, T?>, GetHandler<T>>();
        services.AddTransient<IRequestHandler<ListPage<T>, IReadOnlyList<T>>, ListPageHandler<T>>();
    }

    private static Statement Rows(Func<Sources, string> which) =>
        new(from =>
        {
            var kind = Kind.Of(typeof(T));
            return $"SELECT {kind.Select("x")} FROM {from.Shared(kind.Table, "x")}{kind.Joins(from, "x")} WHERE {which(from)}";
        });
}
