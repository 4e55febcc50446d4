using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Domain;
using Dapper;

namespace Allianz.Portfolio.Api.Database;

/// <summary>An open connection, with a transaction when a command runs. The only way to the database: it takes statements, not strings.</summary>
internal sealed class Session(PortfolioDatabase database, DbConnection connection, DbTransaction? transaction = null) : IAsyncDisposable
{
    private static readonly object _nothing = new();

    private readonly Dialect _dialect = database.Dialect;

    /// <summary>It is a command's: what it reads may be written by it and seen by nobody else yet.</summary>
    public bool IsOfCommand => transaction is not null;

    private bool _shared;
    private bool _takenBack;

    // It is this session's turn to write, until it commits or ends.
    private bool _writes = transaction is not null;

    /// <summary>The same transaction for one of several commands that are made together: it ends with the last of them, not with each.</summary>
    public Session Share() => new(database, connection, transaction) { _shared = true, _writes = false };

    /// <summary>All rows of a bounded statement.</summary>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(Statement statement, View? view, object? parameters, CancellationToken ct)
    {
        if (typeof(T) == typeof(Reference))
        {
            throw new NotSupportedException("A reference is one column and no row: its name would be lost.");
        }
        var definition = Define(statement, view, parameters, ct);
        return (await ReadAsync(() => connection.QueryAsync<T>(definition), ct)).AsList();
    }

    /// <summary>The first row, or null.</summary>
    public Task<T?> FirstAsync<T>(Statement statement, View? view, object? parameters, CancellationToken ct)
    {
        var definition = Define(statement, view, parameters, ct);
        return ReadAsync(() => connection.QueryFirstOrDefaultAsync<T>(definition), ct);
    }

    /// <summary>One number without parameters: what every read asks for, so without anything between.</summary>
    public Task<long> NumberAsync(Statement statement, CancellationToken ct) =>
        ReadAsync(
            async () =>
            {
                var text = statement.Text(_dialect, past: false);
                database.Tell(text);
                _dialect.Expect(connection, text);
                await using var command = connection.CreateCommand();
                command.Transaction = transaction;
                command.CommandText = text;
                return (long)(await command.ExecuteScalarAsync(ct))!;
            },
            ct
        );

    /// <summary>Row by row, for what may be long.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        Statement statement,
        View? view,
        object? parameters,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        await using var reader = await connection.ExecuteReaderAsync(Define(statement, view, parameters, ct));
        var parse = reader.GetRowParser<T>();
        while (await reader.ReadAsync(ct))
        {
            yield return parse(reader);
        }
    }

    /// <summary>Number of rows touched.</summary>
    public async Task<int> ExecuteAsync(Statement statement, object? parameters, CancellationToken ct)
    {
        try
        {
            return await connection.ExecuteAsync(Define(statement, null, parameters, ct));
        }
        catch (Exception e) when (database.NotesFull(e))
        {
            throw Problem.Full();
        }
    }

    /// <summary>The same for many rows, in as few statements as the engines allow. Number of rows touched.</summary>
    /// <param name="statement">What is done with a row.</param>
    /// <param name="common">Parameters of the whole.</param>
    /// <param name="rows">Values by row, all with the same names.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<int> ExecuteManyAsync(
        ManyStatement statement,
        IReadOnlyList<RowValue> common,
        IEnumerable<IReadOnlyList<RowValue>> rows,
        CancellationToken ct
    )
    {
        var touched = 0;
        foreach (var definition in Define(statement, null, common, [.. rows], ct))
        {
            try
            {
                touched += await connection.ExecuteAsync(definition);
            }
            catch (Exception e) when (database.NotesFull(e))
            {
                throw Problem.Full();
            }
        }
        return touched;
    }

    /// <summary>What is found for many values, in as few statements as the engines allow.</summary>
    /// <param name="statement">What is asked.</param>
    /// <param name="view">With whose eyes.</param>
    /// <param name="name">Name of the parameter.</param>
    /// <param name="values">Its values.</param>
    /// <param name="ct">Cancels.</param>
    /// <param name="common">Parameters of the whole.</param>
    public async Task<IReadOnlyList<T>> QueryManyAsync<T>(
        ManyStatement statement,
        View? view,
        string name,
        IEnumerable<object> values,
        CancellationToken ct,
        IReadOnlyList<RowValue>? common = null
    )
    {
        var found = new List<T>();
        foreach (
            var definition in Define(
                statement,
                view,
                common ?? [],
                [.. values.Select(v => (IReadOnlyList<RowValue>)[new(name, v, null)])],
                ct
            )
        )
        {
            found.AddRange(await ReadAsync(() => connection.QueryAsync<T>(definition), ct));
        }
        return found;
    }

    public async ValueTask DisposeAsync()
    {
        if (_shared)
        {
            return;
        }
        if (transaction is null)
        {
            await database.ReturnAsync(connection);
            return;
        }
        try
        {
            await transaction.DisposeAsync();
            await database.ReturnAsync(connection);
        }
        finally
        {
            EndTurn();
        }
    }

    /// <summary>Nothing that was written in it is to last.</summary>
    public void TakeBack() => _takenBack = true;

    /// <summary>Makes it last, and lets the next writer in: what its command still does holds up nobody.</summary>
    public async Task CommitAsync(CancellationToken ct)
    {
        if (_shared || _takenBack)
        {
            return;
        }
        try
        {
            await transaction!.CommitAsync(ct);
        }
        catch (Exception e) when (database.NotesFull(e))
        {
            throw Problem.Full();
        }
        database.NotesRoom();
        EndTurn();
    }

    private void EndTurn()
    {
        if (_writes)
        {
            _writes = false;
            database.EndTurn();
        }
    }

    // Inside a transaction a failed read has already cost the whole of it: then the command is run again, not the read.
    private Task<T> ReadAsync<T>(Func<Task<T>> read, CancellationToken ct) =>
        transaction is null ? _dialect.ReadAsync(connection, read, ct) : read();

    // What is the same in all rows is sent once, so that a statement takes more of them.
    private IEnumerable<CommandDefinition> Define(
        ManyStatement statement,
        View? view,
        IReadOnlyList<RowValue> common,
        IReadOnlyList<IReadOnlyList<RowValue>> rows,
        CancellationToken ct
    )
    {
        if (rows.Count == 0)
        {
            yield break;
        }
        var columns = Enumerable.Range(0, rows[0].Count);
        var shared = columns.Where(c => rows.All(row => Equals(row[c].Value, rows[0][c].Value))).ToHashSet();
        var names = shared.Select(c => rows[0][c].Name).ToList();
        foreach (var some in rows.Chunk(ManyStatement.MostOf(rows[0].Count - shared.Count)))
        {
            var values = new List<RowValue>([.. common, .. OfView(view), .. shared.Select(c => rows[0][c])]);
            foreach (var (n, row) in some.Index())
            {
                var number = n.ToString(CultureInfo.InvariantCulture);
                values.AddRange(row.Where((_, c) => !shared.Contains(c)).Select(v => v with { Name = v.Name + number }));
            }
            var text = statement.Text(_dialect, view?.Revision is not null, some.Length, names);
            database.Tell(text);
            yield return new CommandDefinition(text, new ManyParameters(values), transaction, cancellationToken: ct);
        }
    }

    private CommandDefinition Define(Statement statement, View? view, object? parameters, CancellationToken ct)
    {
        var text = statement.Text(_dialect, view?.Revision is not null);
        database.Tell(text);
        _dialect.Expect(connection, text);
        return new CommandDefinition(text, view is null ? parameters : Parameters(parameters, view), transaction, cancellationToken: ct);
    }

    private static DynamicParameters Parameters(object? parameters, View? view)
    {
        var all = new DynamicParameters(parameters ?? _nothing);
        if (view is null)
        {
            return all;
        }
        foreach (var (name, value, type) in OfView(view))
        {
            all.Add(name, value, type);
        }
        return all;
    }

    private static IEnumerable<RowValue> OfView(View? view) =>
        view is null ? []
        : view.Revision is { } revision
            ? [new("sight", (int)view.Sight, DbType.Int32), new("own", view.Own, DbType.String), new("revision", revision, DbType.Int64)]
        : [new("sight", (int)view.Sight, DbType.Int32), new("own", view.Own, DbType.String)];
}
