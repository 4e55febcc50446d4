using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>
/// Makes the PDFs that were asked for, one after the other, each claimed first. May run as often and on as many nodes as one likes: whoever
/// finds another one of its process at it leaves the rest to that one.
/// </summary>
internal static class MakeReportPdfs
{
    private static readonly Statement _next = new(from =>
        $"SELECT p.Report, p.Fingerprint FROM ReportPdf p WHERE p.State = 'queued' ORDER BY p.ChangedAt, p.Report {from.Take}"
    );

    private static readonly Statement _claim = new(_ =>
        "UPDATE ReportPdf SET State = 'running', Progress = 10, ChangedAt = @now WHERE Report = @report AND Fingerprint = @fingerprint AND State = 'queued'"
    );

    private static readonly Statement _progress = new(_ =>
        "UPDATE ReportPdf SET State = @state, Progress = @progress, ChangedAt = @now WHERE Report = @report AND Fingerprint = @fingerprint AND State = 'running'"
    );

    // Not when the report has gone on its way meanwhile and another one was asked for.
    private static readonly Statement _done = new(_ =>
        """
            UPDATE ReportPdf SET State = 'done', Progress = 100, ChangedAt = @now, Content = @content, Fingerprint = @shown
            WHERE Report = @report AND Fingerprint = @fingerprint AND State = 'running'
            """
    );

    private static readonly Statement _kept = new(_ =>
        "SELECT p.Report, p.ChangedAt FROM ReportPdf p WHERE p.State = 'done' ORDER BY p.ChangedAt DESC, p.Report DESC"
    );

    // Not when it was made anew since.
    private static readonly Statement _forget = new(_ =>
        "DELETE FROM ReportPdf WHERE Report = @report AND State = 'done' AND ChangedAt = @changedAt"
    );

    public sealed record Command : IRequest<int>;

    public sealed class Handler(
        PortfolioDatabase database,
        Chromium chromium,
        ReportPaper paper,
        IOptions<PdfOptions> options,
        TimeProvider clock,
        ILogger<Handler> log
    ) : IRequestHandler<Command, int>
    {
        /// <returns>How many were made.</returns>
        public async Task<int> Handle(Command request, CancellationToken cancellationToken)
        {
            var made = 0;
            // Looked for once more after the turn, so that nothing is left that was put there at its very end.
            while (chromium.Path is not null && await NextAsync(cancellationToken) is not null && chromium.TakesTurn())
            {
                try
                {
                    while (await ClaimAsync(cancellationToken) is { } claimed)
                    {
                        made += await MakeAsync(claimed, cancellationToken) ? 1 : 0;
                    }
                }
                finally
                {
                    chromium.EndTurn();
                }
            }
            return made;
        }

        private async Task<bool> MakeAsync(Queued claimed, CancellationToken ct)
        {
            try
            {
                var day = Berlin.DayOf(clock.GetUtcNow());
                var standing =
                    await paper.FindAsync(View.All(day), claimed.Report, ct)
                    ?? throw new InvalidOperationException($"There is no report {claimed.Report}.");
                var page = await paper.PageAsync(standing, day, ct);
                var content = await chromium.PrintAsync(
                    writer => paper.WriteAsync(page, writer),
                    () => WriteAsync(_progress, claimed, PdfState.Running, 30),
                    ct
                );
                await database.WriteAsync(
                    session =>
                        session.ExecuteAsync(
                            _done,
                            new
                            {
                                report = claimed.Report,
                                fingerprint = claimed.Fingerprint,
                                now = clock.GetUtcNow(),
                                content,
                                shown = standing.Fingerprint,
                            },
                            CancellationToken.None
                        ),
                    CancellationToken.None
                );
                await ForgetAsync();
                return true;
            }
            catch (Exception) when (ct.IsCancellationRequested)
            {
                // The program stops: another one, or this one when it is back, begins anew.
                await WriteAsync(_progress, claimed, PdfState.Queued, 0);
                throw;
            }
            catch (Exception e)
            {
                log.LogError(e, "The PDF of report {Report} could not be made", claimed.Report);
                await WriteAsync(_progress, claimed, PdfState.Failed, 0);
                return false;
            }
        }

        // Apart from what finishes one: nobody holds a row while looking for others. Each by its key, in order.
        private async Task ForgetAsync()
        {
            try
            {
                IEnumerable<Kept> old;
                await using (var session = await database.OpenAsync(CancellationToken.None))
                {
                    old = (await session.QueryAsync<Kept>(_kept, null, null, CancellationToken.None)).Skip(options.Value.Keep);
                }
                foreach (var pdf in old.OrderBy(p => p.Report))
                {
                    await database.WriteAsync(
                        session =>
                            session.ExecuteAsync(_forget, new { report = pdf.Report, changedAt = pdf.ChangedAt }, CancellationToken.None),
                        CancellationToken.None
                    );
                }
            }
            catch (Exception e)
            {
                // The one that was made is made; the next one tries again.
                log.LogWarning(e, "Old PDFs could not be removed");
            }
        }

        private async Task<Queued?> NextAsync(CancellationToken ct)
        {
            await using var session = await database.OpenAsync(ct);
            return await session.FirstAsync<Queued>(_next, null, new { take = 1 }, ct);
        }

        private async Task<Queued?> ClaimAsync(CancellationToken ct)
        {
            while (await NextAsync(ct) is { } next)
            {
                if (await WriteAsync(_claim, next, PdfState.Running, 10) == 1)
                {
                    return next;
                }
            }
            return null;
        }

        private Task<int> WriteAsync(Statement statement, Queued of, PdfState state, int progress) =>
            database.WriteAsync(
                session =>
                    session.ExecuteAsync(
                        statement,
                        new
                        {
                            report = of.Report,
                            fingerprint = of.Fingerprint,
                            state = Codes.Of(state),
                            progress,
                            now = clock.GetUtcNow(),
                        },
                        CancellationToken.None
                    ),
                CancellationToken.None
            );
    }

    private sealed record Kept
    {
        public required long Report { get; init; }
        public required DateTimeOffset ChangedAt { get; init; }
    }

    private sealed record Queued
    {
        public required long Report { get; init; }
        public required string Fingerprint { get; init; }
    }
}
