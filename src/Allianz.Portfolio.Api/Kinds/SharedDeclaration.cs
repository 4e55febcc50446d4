using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>What is read with a thing <c>x</c> and stands in no column of its own.</summary>
/// <param name="Columns">Expressions with the names of the properties.</param>
/// <param name="Joins">Where they come from; goes on behind FROM.</param>
internal sealed record Beside(Func<Sources, string> Columns, Func<Sources, string> Joins);

/// <summary>A kind that belongs to no project.</summary>
internal class SharedDeclaration<T> : Declaration<T>
    where T : Versioned
{
    /// <summary>The column by which they are listed, and its value: a text or a day. What has no day comes last; equal ones stand by their keys.</summary>
    public required (string Column, Func<T, object?> Value) Order
    {
        get;
        init
        {
            field = value;
            Write();
        }
    }

    /// <summary>What is read with it.</summary>
    public Beside? Beside
    {
        get;
        init
        {
            field = value;
            Write();
        }
    }

    /// <summary>Query parameters that narrow the list.</summary>
    public IReadOnlyList<Filter> Filters
    {
        get;
        init
        {
            field = value;
            Write();
        }
    } = [];

    public override IReadOnlyList<string> Parameters => [.. Filters.Select(filter => filter.Name)];

    /// <summary>The thing as it is shown: with what follows from it and from what was read beside it.</summary>
    public Func<T, T> Show { get; init; } = thing => thing;

    /// <summary>The column in which it says what it stands below; null where it stands below nothing.</summary>
    protected virtual string? AboveColumn => null;

    /// <summary>The one of a <c>@key</c>.</summary>
    public Statement One { get; private set; } = null!;

    /// <summary>Those behind <c>@after</c> and <c>@afterKey</c>, in their order.</summary>
    public Statement Page { get; private set; } = null!;

    /// <summary>It is listed by days.</summary>
    public bool IsByDay => OrderType is { } type && (Nullable.GetUnderlyingType(type) ?? type) == typeof(DateOnly);

    private Type? OrderType => typeof(T).GetProperty(Order.Column)?.PropertyType;

    public override async Task<T> ReadAsync(IMediator mediator, View view, string? above, string key, CancellationToken ct) =>
        await mediator.Send(new Get<T>(view, key) { Above = above }, ct) ?? throw Problem.NotFound(InWords, key);

    public override async Task<Page<T>> ListAsync(IMediator mediator, ReadRequest read, string? above, CancellationToken ct) =>
        read.Page(
            await mediator.Send(
                new ListPage<T>(read.View, read.Limit + 1, read.After())
                {
                    Above = above,
                    Asked = Filters.ToDictionary(filter => filter.Name, filter => filter.Value(read)),
                },
                ct
            ),
            thing => (Sort(Order.Value(thing)), thing.Key)
        );

    public override void Add(IServiceCollection services)
    {
        base.Add(services);
        services.AddSingleton(this);
        services.AddTransient<IRequestHandler<Get<T>, T?>, GetHandler<T>>();
        services.AddTransient<IRequestHandler<ListPage<T>, IReadOnlyList<T>>, ListPageHandler<T>>();
    }

    public override void Describe(RouteHandlerBuilder list)
    {
        foreach (var filter in Filters)
        {
            filter.Describe(list);
        }
    }

    private string Sort(object? value) =>
        IsByDay ? ((DateOnly?)value ?? DateOnly.MaxValue).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : (string?)value ?? "";

    // Whatever of it is said first: tests find statements in fields, so they are not written later.
    private void Write()
    {
        if (Order.Column is not { } column)
        {
            return;
        }
        var by = OrderType == typeof(DateOnly?) ? $"COALESCE(x.{column}, @last)" : $"x.{column}";
        var (behind, order) =
            column == nameof(Versioned.Key)
                ? ("x.[Key] > @after", "x.[Key]")
                : ($"{by} >= @after AND ({by} > @after OR x.[Key] > @afterKey)", $"{by}, x.[Key]");
        var above = AboveColumn is null ? "" : $"x.{AboveColumn} = @above AND ";
        One = Rows(_ => $"{above}x.Id = (SELECT k.Id FROM {Kind.Of(typeof(T)).Table} k WHERE k.[Key] = @key)");
        Page = Rows(from =>
            $"{above}{string.Concat(Filters.Select(f => $"(@{f.Name} IS NULL OR {f.Where(from)}) AND "))}{behind} ORDER BY {order} {from.Take}"
        );
    }

    private Statement Rows(Func<Sources, string> which) =>
        new(from =>
        {
            var kind = Kind.Of(typeof(T));
            var columns = Beside is null ? "" : $", {Beside.Columns(from)}";
            return $"SELECT {kind.Select("x")}{columns} FROM {from.Own(kind.Table, "x")}{kind.Joins(from, "x")}{Beside?.Joins(from)} WHERE {which(from)}";
        });
}

/// <summary>A kind whose things stand below one of another kind, which their addresses name.</summary>
internal sealed class BelowDeclaration<T, TAbove> : SharedDeclaration<T>
    where T : Versioned
    where TAbove : Versioned
{
    /// <summary>The other kind. The column that names it is called as it is.</summary>
    public required SharedDeclaration<TAbove> AboveKind { get; init; }

    /// <summary>The thing as one of the other, by its key.</summary>
    public required Func<T, string, T> Of { get; init; }

    public override (string Plural, string InAddress)? Above => (AboveKind.Plural, AboveKind.InAddress);

    protected override string AboveColumn => typeof(TAbove).Name;

    public override T In(T thing, Project? project, string? above) => Of(thing, above!.ToLowerInvariant());

    public override async Task<Project?> PlaceAsync(LedgerState state, Caller caller, string? above, CancellationToken ct)
    {
        _ = await state.ThingAsync<TAbove>(caller, null, above!, ct);
        return null;
    }

    public override async Task<Page<T>> ListAsync(IMediator mediator, ReadRequest read, string? above, CancellationToken ct)
    {
        _ = await AboveKind.ReadAsync(mediator, read.View, null, above!, ct);
        return await base.ListAsync(mediator, read, above, ct);
    }
}
