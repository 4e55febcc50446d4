using System.Data;
using System.Globalization;
using Dapper;

namespace Allianz.Portfolio.Api.Database;

/// <summary>
/// A statement that says the same of many rows at once, so that they cost one round trip. What stands for one row is repeated with
/// <c>#</c> replaced by the number of the row: <c>(@Id#, @Key#)</c>.
/// </summary>
/// <param name="before">What comes first.</param>
/// <param name="each">What is said of a row.</param>
/// <param name="between">What parts two rows.</param>
/// <param name="after">What comes last.</param>
/// <param name="parameters">How many parameters a row has.</param>
internal sealed class ManyStatement(Func<Sources, string> before, string each, string between, Func<Sources, string> after, int parameters)
{
    // SQL Server takes 2,100 parameters and 1,000 rows, SQLite 32,766 parameters.
    private const int MostParameters = 2_000;
    private const int MostRows = 250;

    public ManyStatement(string before, string each, string between, string after, int parameters)
        : this(_ => before, each, between, _ => after, parameters) { }

    public ManyStatement(Func<Sources, string> before, string each, string between, string after, int parameters)
        : this(before, each, between, _ => after, parameters) { }

    /// <summary>How it reads for one row and for several: tests compile it for SQL Server.</summary>
    public IReadOnlyList<Statement> Samples { get; } =
    [.. new[] { 1, 3 }.Select(rows => new Statement(from => Write(before(from), each, between, after(from), rows, [])))];

    /// <summary>How many rows it takes at once, whatever they hold.</summary>
    public int Most => MostOf(parameters);

    /// <summary>How many rows it takes at once when only some of their values differ.</summary>
    public static int MostOf(int differing) => Math.Min(MostRows, MostParameters / Math.Max(1, differing));

    /// <param name="dialect">For which engine.</param>
    /// <param name="past">True for the state at <c>@revision</c>, false for the current one.</param>
    /// <param name="rows">Of how many rows.</param>
    /// <param name="shared">Parameters that are the same for all of them.</param>
    public string Text(Dialect dialect, bool past, int rows, IEnumerable<string> shared) =>
        Write(before(new Sources(dialect, past)), each, between, after(new Sources(dialect, past)), rows, shared);

    private static string Write(string before, string each, string between, string after, int rows, IEnumerable<string> shared)
    {
        each = shared.Aggregate(each, (text, name) => text.Replace($"@{name}#", $"@{name}", StringComparison.Ordinal));
        return before
            + string.Join(
                between,
                Enumerable.Range(0, rows).Select(n => each.Replace("#", n.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
            )
            + after;
    }
}

/// <summary>A value of one row of a <see cref="ManyStatement"/>; the type because null has none.</summary>
internal readonly record struct RowValue(string Name, object? Value, DbType? Type);

/// <summary>
/// The parameters of a <see cref="ManyStatement"/>, which may be 2,000. Dapper's own collection compares each name with all before it, compiles
/// a method for every text, and leaves out the @ before the name, without which SQLite searches its list of names twice.
/// </summary>
internal sealed class ManyParameters(IReadOnlyList<RowValue> values) : SqlMapper.IDynamicParameters
{
    public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        foreach (var (name, value, type) in values)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@" + name;
            Values.Set(parameter, value, type);
            command.Parameters.Add(parameter);
        }
    }
}
