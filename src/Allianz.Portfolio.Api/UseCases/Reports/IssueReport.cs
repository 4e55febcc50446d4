using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Rules;
using MediatR;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>A report to be issued now.</summary>
public sealed record NewReport
{
    /// <summary>Title.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>Who may see it; it contains what they may see.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>The coordination's foreword.</summary>
    [Lines(8000)]
    public string? Foreword { get; init; }

    /// <summary>
    /// Key of the board's meeting that it is made for. Then it is the board's, whatever its visibility, until the board has dealt with it.
    /// </summary>
    [PortfolioKey]
    public string? Meeting { get; init; }

    /// <summary>Number of the report that it replaces, when it corrects one.</summary>
    public int? Replaces { get; init; }

    /// <summary>Why it replaces it.</summary>
    [Lines(1000)]
    public string? ReplacesReason { get; init; }

    internal IEnumerable<FieldError> Rules() => Rule.Audience(Visibility).Concat(ReportRules.Corrects(Replaces, ReplacesReason));

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
                (WriteRequest write, IMediator mediator, CancellationToken ct) =>
                    write.CreateAsync(
                        () => mediator.Send(new Command(write.Caller, write.Body<NewReport>()), ct),
                        (view, key) => mediator.IssuedReportAsync(view, long.Parse(key, CultureInfo.InvariantCulture), ct)
                    )
            )
            .Creates<NewReport, IssuedReport>("Issue a report now")
            .TakesLong()
            .For(Right.Create(Resource.Report));

    public sealed record Command(Caller Caller, NewReport Report) : ICommand<Written>;

    public sealed class Handler(ReportIssue issue) : IRequestHandler<Command, Written>
    {
        public async Task<Written> Handle(Command request, CancellationToken cancellationToken)
        {
            var (caller, report) = request;
            report.Validate(report.Rules());
            var order = new ReportOrder
            {
                Title = report.Title,
                Visibility = report.Visibility,
                Foreword = report.Foreword,
                Meeting = report.Meeting,
                Replaces = report.Replaces,
                ReplacesReason = report.ReplacesReason,
            };
            var written = await issue.IssueAsync(
                caller,
                "issueReport",
                async state => await order.AuthorizeAsync(state, caller, cancellationToken),
                cancellationToken
            );
            return written!;
        }
    }
}
