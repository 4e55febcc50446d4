using System.Data;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>A query parameter that narrows a list: what it names must be so.</summary>
/// <param name="Name">Of the parameter, in the address and in SQL.</param>
/// <param name="Where">What must be so, about the thing <c>x</c>: a condition.</param>
/// <param name="Type">Of the parameter in SQL.</param>
/// <param name="Value">Reads it; null where it is not given.</param>
internal sealed record Filter(string Name, Func<Sources, string> Where, DbType Type, Func<ReadRequest, object?> Value)
{
    /// <summary>What the API's document says of it beside its name.</summary>
    public Action<RouteHandlerBuilder> Describe { get; private init; } = _ => { };

    /// <summary>A column of codes.</summary>
    public static Filter Code<T>(string name, string description)
        where T : struct, Enum =>
        new(name, Column(name), DbType.String, read => read.Code<T>(name) is { } code ? Domain.Codes.Of(code) : null)
        {
            Describe = list => list.Codes<T>(name, description),
        };

    /// <summary>A column of keys, or whatever a key is to be found in.</summary>
    public static Filter Key(string name, Func<Sources, string>? where = null) =>
        new(name, where ?? Column(name), DbType.String, read => read.Text(name)?.ToLowerInvariant());

    /// <summary>A column of whole numbers.</summary>
    public static Filter Number(string name) => new(name, Column(name), DbType.Int64, read => read.Number(name, 1, int.MaxValue));

    private static Func<Sources, string> Column(string name) => _ => $"x.{char.ToUpperInvariant(name[0])}{name[1..]} = @{name}";
}
