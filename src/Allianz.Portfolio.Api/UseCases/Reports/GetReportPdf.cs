using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>How far a report's PDF is.</summary>
public enum PdfState
{
    /// <summary>Nobody has asked for it as the report stands now.</summary>
    None,

    /// <summary>It was asked for and waits for its turn.</summary>
    Queued,

    /// <summary>It is being made.</summary>
    Running,

    /// <summary>It is there.</summary>
    Done,

    /// <summary>It could not be made; asking for it again tries again.</summary>
    Failed,
}

/// <summary>How far the PDF of a report is. <c>GET /reports/{number}.pdf</c> asks for it, and gives it once it is done.</summary>
public sealed record ReportPdf
{
    /// <summary>Number of the report.</summary>
    public required long Report { get; init; }

    /// <summary>How far it is.</summary>
    public required PdfState State { get; init; }

    /// <summary>Roughly how much of the work is done, in percent.</summary>
    public required int Progress { get; init; }

    /// <summary>Since when it has been so far.</summary>
    public DateTimeOffset? Since { get; init; }

    internal static ReportPdf Example =>
        new()
        {
            Report = 12,
            State = PdfState.Running,
            Progress = 30,
            Since = new(2026, 12, 3, 9, 0, 0, TimeSpan.Zero),
        };
}

internal static class GetReportPdf
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet(
                "/reports/{number}/pdf",
                async (string number, ReadRequest read, IMediator mediator, CancellationToken ct) =>
                    long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    && await mediator.Send(new Query(read.View, n), ct) is { } pdf
                        ? pdf
                        : throw Problem.NotFound("report", number)
            )
            .ReadsNow<ReportPdf>("How far the PDF of a report is")
            .WithDescription(
                "`GET /reports/{number}.pdf` asks for it: 202 with the address of this resource while it is being made, 200 with the PDF afterwards. "
                    + "Where the server has no Chromium that answers 503."
            )
            .For(Right.Read(Resource.Report));

    private static readonly Statement _sql = new(_ =>
        "SELECT p.Report, p.Fingerprint, p.State, p.Progress, p.ChangedAt FROM ReportPdf p WHERE p.Report = @report"
    );

    /// <summary>What is kept of a report's PDF, but for the PDF itself.</summary>
    public static Task<Row?> ReportPdfAsync(this Session session, long report, CancellationToken ct) =>
        session.FirstAsync<Row>(_sql, null, new { report }, ct);

    public sealed record Query(View View, long Number) : IRequest<ReportPdf?>;

    public sealed class Handler(PortfolioDatabase database, ReportPaper paper) : IRequestHandler<Query, ReportPdf?>
    {
        public async Task<ReportPdf?> Handle(Query request, CancellationToken cancellationToken)
        {
            var (view, number) = request;
            if (await paper.FindAsync(view, number, cancellationToken) is not { Fingerprint: var fingerprint })
            {
                return null;
            }
            await using var session = await database.OpenAsync(cancellationToken);
            return await session.ReportPdfAsync(number, cancellationToken) is { } row && row.Fingerprint == fingerprint
                ? row.Shown()
                : new()
                {
                    Report = number,
                    State = PdfState.None,
                    Progress = 0,
                };
        }
    }

    public sealed record Row
    {
        public required long Report { get; init; }

        /// <summary>Of what it shows: another one when the report has gone on its way since.</summary>
        public required string Fingerprint { get; init; }
        public required PdfState State { get; init; }
        public required int Progress { get; init; }
        public required DateTimeOffset ChangedAt { get; init; }

        public ReportPdf Shown() =>
            new()
            {
                Report = Report,
                State = State,
                Progress = Progress,
                Since = ChangedAt,
            };
    }
}
