using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>Makes the job run now that prints; given by whoever runs the jobs.</summary>
internal delegate void WakePrinter();

/// <summary>Gives the PDF of a report, or has it made: one for all who ask.</summary>
internal static class TakeReportPdf
{
    /// <summary>So long a PDF that could not be made is not tried again.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMinutes(1);

    private static readonly Statement _content = new(_ =>
        "SELECT p.Content FROM ReportPdf p WHERE p.Report = @report AND p.Fingerprint = @fingerprint AND p.State = 'done'"
    );

    private static readonly Statement _insert = new(_ =>
        "INSERT INTO ReportPdf (Report, Fingerprint, State, Progress, ChangedAt) VALUES (@report, @fingerprint, 'queued', 0, @now)"
    );

    // Whoever asks while it waits does not put it back to the end of the queue.
    private static readonly Statement _again = new(_ =>
        """
            UPDATE ReportPdf SET Fingerprint = @fingerprint, State = 'queued', Progress = 0, Content = NULL,
                ChangedAt = CASE WHEN State = 'queued' THEN ChangedAt ELSE @now END
            WHERE Report = @report AND Fingerprint = @before AND State = @state AND ChangedAt = @changedAt
            """
    );

    /// <param name="View">Who asks.</param>
    /// <param name="Number">Of which report.</param>
    public sealed record Command(View View, long Number) : ICommand<Taken?>;

    /// <param name="Pdf">How far it is.</param>
    /// <param name="Fingerprint">Of what it shows.</param>
    /// <param name="Visibility">Who may see the report.</param>
    /// <param name="Content">The PDF, when it is done.</param>
    public sealed record Taken(ReportPdf Pdf, string Fingerprint, Visibility Visibility, byte[]? Content);

    public sealed class Handler(
        PortfolioDatabase database,
        ReportPaper paper,
        Chromium chromium,
        IOptions<PdfOptions> options,
        WakePrinter wake,
        TimeProvider clock
    ) : IRequestHandler<Command, Taken?>
    {
        public async Task<Taken?> Handle(Command request, CancellationToken cancellationToken)
        {
            var (view, number) = request;
            if (await paper.FindAsync(view, number, cancellationToken) is not { Report: var report, Fingerprint: var fingerprint })
            {
                return null;
            }
            return await KeptAsync(report, fingerprint, cancellationToken) ?? await AskAsync(report, fingerprint, cancellationToken);
        }

        private async Task<Taken?> KeptAsync(IssuedReport report, string fingerprint, CancellationToken ct)
        {
            await using var session = await database.OpenAsync(ct);
            if (await session.ReportPdfAsync(report.Number, ct) is not { } row || !Holds(row, fingerprint))
            {
                return null;
            }
            if (row.State != PdfState.Done)
            {
                return new(row.Shown(), fingerprint, report.Visibility, null);
            }
            // Gone since, when others needed its place.
            return await session.FirstAsync<byte[]>(_content, null, new { report = report.Number, fingerprint }, ct) is { } content
                ? new(row.Shown(), fingerprint, report.Visibility, content)
                : null;
        }

        private async Task<Taken> AskAsync(IssuedReport report, string fingerprint, CancellationToken ct)
        {
            if (chromium.Path is null)
            {
                throw chromium.Missing();
            }
            var now = clock.GetUtcNow().WholeMilliseconds();
            var since = now;
            try
            {
                since = await database.WriteAsync(
                    async session =>
                    {
                        var row = await session.ReportPdfAsync(report.Number, ct);
                        if (row is null || !Holds(row, fingerprint))
                        {
                            await session.ExecuteAsync(
                                row is null ? _insert : _again,
                                new
                                {
                                    report = report.Number,
                                    fingerprint,
                                    now,
                                    before = row?.Fingerprint,
                                    state = row is null ? null : Codes.Of(row.State),
                                    changedAt = row?.ChangedAt,
                                },
                                ct
                            );
                        }
                        return row is { State: PdfState.Queued } ? row.ChangedAt : now;
                    },
                    ct
                );
            }
            catch (Exception e) when (database.Dialect.IsUniqueViolation(e))
            {
                // Somebody else asked at the same moment.
            }
            wake();
            return new(
                new()
                {
                    Report = report.Number,
                    State = PdfState.Queued,
                    Progress = 0,
                    Since = since,
                },
                fingerprint,
                report.Visibility,
                null
            );
        }

        // What is under way longer than it may take was left lying when a program ended.
        private bool Holds(GetReportPdf.Row row, string fingerprint) =>
            row.Fingerprint == fingerprint
            && (
                row.State == PdfState.Done
                || clock.GetUtcNow() - row.ChangedAt
                    < (row.State == PdfState.Failed ? _pause : TimeSpan.FromSeconds(options.Value.Seconds) + _pause)
            );
    }
}
