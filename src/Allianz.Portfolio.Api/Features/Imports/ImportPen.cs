using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Features.Imports;

/// <summary>Writes what an import plans, or only says what would come of it. Reads go through its session either way.</summary>
internal abstract class ImportPen(Session session) : IAsyncDisposable
{
    public Session Session { get; } = session;

    /// <summary>The revision that is made, or would be.</summary>
    public abstract long Number { get; }

    /// <summary>How it is dated.</summary>
    public abstract DateTimeOffset At { get; }

    /// <summary>What it wrote is found by the next read, once it is flushed.</summary>
    public abstract bool ReadsBack { get; }

    /// <summary>When the portfolio was last changed, without the revision that is under way.</summary>
    public abstract Task<DateTimeOffset?> LastChangeAsync(CancellationToken ct);

    /// <summary>Goes on with the next revision.</summary>
    public abstract Task NextAsync(DateTimeOffset at, CancellationToken ct);

    public abstract TRow Insert<TRow>(TRow row, Project? project)
        where TRow : Versioned;

    public abstract TRow Update<TRow>(TRow before, TRow after, Project? project)
        where TRow : Versioned;

    public abstract void Delete<TRow>(TRow row, Project? project)
        where TRow : Versioned;

    public abstract void Supersede<TRow>(TRow row)
        where TRow : Versioned;

    /// <summary>Until then nothing of it need be written.</summary>
    public abstract Task FlushAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Writes into the ledger.</summary>
internal sealed class LedgerPen(Revision first) : ImportPen(first.Session)
{
    public Revision Revision { get; private set; } = first;

    public override long Number => Revision.Number;

    public override DateTimeOffset At => Revision.At;

    public override bool ReadsBack => true;

    public override Task<DateTimeOffset?> LastChangeAsync(CancellationToken ct) => PortfolioLedger.LastChangeAsync(Session, ct);

    public override async Task NextAsync(DateTimeOffset at, CancellationToken ct) => Revision = await Revision.NextAsync(at, ct);

    public override TRow Insert<TRow>(TRow row, Project? project) => Revision.InsertLater(row, project);

    public override TRow Update<TRow>(TRow before, TRow after, Project? project) => Revision.UpdateLater(before, after, project);

    public override void Delete<TRow>(TRow row, Project? project) => Revision.DeleteLater(row, project);

    public override void Supersede<TRow>(TRow row) => Revision.SupersedeLater(row);

    public override Task FlushAsync(CancellationToken ct) => Revision.FlushAsync(ct);

    public override ValueTask DisposeAsync() => Revision.DisposeAsync();
}

/// <summary>
/// Writes nothing, takes no lock and no number: the same plans are made from the same reads, and only counted. Others go on writing
/// meanwhile, so it says what would come of the portfolio as it is now.
/// </summary>
internal sealed class TrialPen(Session session, Head head, DateTimeOffset now) : ImportPen(session)
{
    private long _number = head.Number + 1;
    private DateTimeOffset _at = now < head.At ? head.At : now;
    private DateTimeOffset? _last;
    private bool _wrote;

    public override long Number => _number;

    public override DateTimeOffset At => _at;

    public override bool ReadsBack => false;

    public override async Task<DateTimeOffset?> LastChangeAsync(CancellationToken ct) =>
        _last ?? await PortfolioLedger.LastChangeAsync(Session, ct);

    public override Task NextAsync(DateTimeOffset at, CancellationToken ct)
    {
        if (_wrote)
        {
            (_number, _last, _wrote) = (_number + 1, _at, false);
        }
        _at = at.WholeMilliseconds();
        return Task.CompletedTask;
    }

    public override TRow Insert<TRow>(TRow row, Project? project) => Wrote(row);

    public override TRow Update<TRow>(TRow before, TRow after, Project? project) =>
        Wrote((TRow)(after with { Id = before.Id, Key = before.Key }));

    public override void Delete<TRow>(TRow row, Project? project) => Wrote(row);

    public override void Supersede<TRow>(TRow row) => Wrote(row);

    public override Task FlushAsync(CancellationToken ct) => Task.CompletedTask;

    public override ValueTask DisposeAsync() => Session.DisposeAsync();

    private TRow Wrote<TRow>(TRow row)
    {
        _wrote = true;
        return row;
    }
}
