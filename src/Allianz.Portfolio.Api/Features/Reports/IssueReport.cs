using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Reports;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;

namespace Allianz.Portfolio.Api.Features.Reports;

/// <summary>A report to be issued now.</summary>
public sealed record NewReport
{
    /// <summary>Title.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>Who may see it; it contains what they may see.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>The coordination's foreword.</summary>
    [Text(8000)]
    public string? Foreword { get; init; }

    /// <summary>Number of the report that it replaces, when it corrects one.</summary>
    public int? Replaces { get; init; }

    /// <summary>Why it replaces it.</summary>
    [Text(1000)]
    public string? ReplacesReason { get; init; }

    internal IEnumerable<FieldError> Rules() =>
        [
            .. Checks.When(Visibility == Visibility.Administration, "/visibility", "A report is public, alliance or board."),
            .. Checks.When(
                Replaces is not null && string.IsNullOrWhiteSpace(ReplacesReason),
                "/replacesReason",
                "Say why it replaces the other report."
            ),
            .. Checks.When(Replaces is null && ReplacesReason is not null, "/replaces", "Say which report it replaces."),
        ];

    internal static NewReport Example =>
        new()
        {
            Title = "Sachstandsbericht zur Sitzung des Verwaltungsvorstands",
            Visibility = Visibility.Board,
            Foreword = "Die Allianz ist auf gutem Weg; zwei Projekte brauchen eine Entscheidung.",
        };
}

internal static class IssueReport
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost(
                "/reports",
                (Writing write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewReport>()), ct),
                        async (view, key) =>
                            (
                                await mediator.Send(
                                    new ListReports.Query(view, 1) { Before = long.Parse(key, CultureInfo.InvariantCulture) + 1 },
                                    ct
                                )
                            ).SingleOrDefault()
                    )
            )
            .Creates<NewReport, IssuedReport>("Issue a report now")
            .TakesLong()
            .For(Right.Create(Resource.Report));

    private static readonly Statement _replaced = new(_ => "SELECT r.Visibility FROM Report r WHERE r.Number = @number");

    public sealed record Command(Caller Caller, NewReport Report) : ICommand<Written>;

    public sealed class Handler(PortfolioLedger ledger, ReportIssue issue) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, report) = request;
            report.Demand(report.Rules());
            await using var revision = await ledger.BeginAsync(caller, "issueReport", cancellationToken);
            if (report.Replaces is { } replaced)
            {
                var visibility = await revision.Session.FirstAsync<int?>(
                    _replaced,
                    null,
                    new { number = (long)replaced },
                    cancellationToken
                );
                if (visibility is null || visibility > (int)caller.Sight)
                {
                    throw Problem.Invalid("/replaces", $"There is no report {replaced}.");
                }
                // Who could read the wrong one must be able to read the right one, and nobody else needs to.
                if (visibility != (int)report.Visibility)
                {
                    throw Problem.Invalid("/visibility", "A correction has the visibility of the report that it replaces.");
                }
            }
            var number = await issue.IssueAsync(
                revision,
                new ReportOrder
                {
                    Title = report.Title,
                    Visibility = report.Visibility,
                    Foreword = report.Foreword,
                    Replaces = report.Replaces,
                    ReplacesReason = report.ReplacesReason,
                },
                cancellationToken
            );
            return new Written(number.ToString(CultureInfo.InvariantCulture), await revision.CommitAsync(cancellationToken));
        }
    }
}
