using System.Text.Json;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds;

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

    /// <summary>What somebody would change, as an example.</summary>
    public required object ChangeExample { get; init; }

    /// <summary>A new one, as an example.</summary>
    public abstract object Example { get; }

    /// <summary>Name in code and, in camelCase, in the feed and in addresses, e.g. <c>Gate</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Name in an address's braces and in messages, e.g. <c>gate</c>.</summary>
    public string Singular => JsonNamingPolicy.CamelCase.ConvertName(Name);

    /// <summary>Name of all of them in code, e.g. <c>Gates</c>.</summary>
    public required string Names { get; init; }

    public abstract Type Type { get; }

    public abstract void Map(IEndpointRouteBuilder api);

    public abstract void Add(IServiceCollection services);

    /// <summary>The command that makes one in a project.</summary>
    public abstract IRequest<Written> Create(Caller caller, string project, JsonObject body);

    /// <summary>The command that changes one of a project.</summary>
    public abstract IRequest<Written> Change(Caller caller, string project, string key, Precondition precondition, JsonObject patch);
}

/// <inheritdoc cref="Declaration" />
internal sealed class PartDeclaration<T> : Declaration
    where T : Part
{
    /// <summary>All of a project, in the order in which they are listed.</summary>
    public required Func<ProjectState, IReadOnlyList<T>> Of { get; init; }

    /// <summary>What a key is made from when none is given.</summary>
    public required Func<T, string> KeyFrom { get; init; }

    /// <summary>The key where nothing can be made from that.</summary>
    public required string KeyElse { get; init; }

    /// <summary>What holds for it on the day on which it is written, whatever it was before.</summary>
    public Func<T, DateOnly, IEnumerable<FieldError>> Rules { get; init; } = (_, _) => [];

    /// <summary>Key of the partner whose it is, for rights that hold for what is one's own.</summary>
    public Func<T, string?>? OwnedBy { get; init; }

    /// <summary>What holds beside the rules for a state that follows another.</summary>
    public Func<T, T, IEnumerable<FieldError>> Moves { get; init; } = (_, _) => [];

    /// <summary>Finds what still names it, by its <c>@key</c> in its <c>@project</c>: then it is not deleted.</summary>
    public Statement? Uses { get; init; }

    public required T New { get; init; }

    public override object Example => New;

    /// <summary>All rules: those of the kind, and those of what every kind may be.</summary>
    public IEnumerable<FieldError> Check(T part, DateOnly today) =>
        Rules(part, today)
            .Concat(
                Rule.When(
                    part is IVisibleByItself { Visibility: Visibility.Administration },
                    "/visibility",
                    "visibility must be one of public, alliance, board."
                )
            );

    public override string Name => typeof(T).Name;

    public override Type Type => typeof(T);

    public override void Map(IEndpointRouteBuilder api) => Verbs.Parts.Map(api, this);

    public override void Add(IServiceCollection services)
    {
        services.AddSingleton(this);
        services.AddTransient<IRequestHandler<Verbs.CreatePart<T>, Written>, Verbs.CreatePartHandler<T>>();
        services.AddTransient<IRequestHandler<Verbs.ChangePart<T>, Written>, Verbs.ChangePartHandler<T>>();
        services.AddTransient<IRequestHandler<Verbs.DeletePart<T>, Written>, Verbs.DeletePartHandler<T>>();
    }

    public override IRequest<Written> Create(Caller caller, string project, JsonObject body) =>
        new Verbs.CreatePart<T>(caller, project, Body.Read<T>(JsonSerializer.SerializeToUtf8Bytes(body, JsonRules.Output)));

    public override IRequest<Written> Change(Caller caller, string project, string key, Precondition precondition, JsonObject patch) =>
        new Verbs.ChangePart<T>(caller, project, key, precondition, patch);
}
