using System.Globalization;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.ReportDrafts;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>The report that a draft would become, on the state of the portfolio now or at a revision; and freezes exactly that state.</summary>
[Right(Act.Create, Resource.Report)]
internal sealed class PreviewModel(IMediator mediator, PortfolioLedger ledger, TimeProvider clock) : FormPage, IRefilled
{
    /// <summary>The state of the portfolio that is shown; the newest when none is named.</summary>
    [BindProperty(SupportsGet = true)]
    public long? Revision { get; set; }

    /// <summary>Number of the report that it replaces.</summary>
    [BindProperty]
    public string? Replaces { get; set; }

    [BindProperty]
    public string? ReplacesReason { get; set; }

    public ShownReport Shown { get; private set; } = null!;

    public Task<IActionResult> OnGetAsync(string draft, CancellationToken ct) => ShowAsync(draft, Page, ct);

    public async Task<IActionResult> OnPostAsync(string draft, CancellationToken ct)
    {
        int? replaces = int.TryParse(Replaces, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;
        if (replaces is null && !string.IsNullOrWhiteSpace(Replaces))
        {
            Wrong("replaces", "Geben Sie die Nummer des Berichts an, der ersetzt wird, zum Beispiel 12.");
            return await ShowAsync(draft, Again, ct);
        }
        var issue = new DraftIssue
        {
            Revision = Revision,
            Replaces = replaces,
            ReplacesReason = string.IsNullOrWhiteSpace(ReplacesReason) ? null : ReplacesReason.Trim(),
        };
        Written? written = null;
        var command = new IssueReportDraft.Command(HttpContext.Caller(), draft, issue);
        return await TryAsync(async () => written = await mediator.Send(command, ct), Said)
            ? RedirectToPage("/Reports/Report", new { number = written!.Key })
            : await ShowAsync(draft, Again, ct);
    }

    /// <summary>The state that was looked at before is shown, as it is the one that would be issued.</summary>
    public Task RefilledAsync(CancellationToken ct) => ShowAsync((string)RouteData.Values["draft"]!, Page, ct);

    private async Task<IActionResult> ShowAsync(string draft, Func<IActionResult> answer, CancellationToken ct)
    {
        var newest = await ledger.NewestAsync(ct);
        if (Revision is < 1 || Revision > newest)
        {
            Wrong("revision", $"Der neueste Änderungsstand ist {newest}. Gezeigt wird dieser.");
            Revision = null;
            answer = Again;
        }
        Revision ??= newest;
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()), Revision);
        if (await mediator.Send(new PreviewReportDraft.Query(view, draft, newest), ct) is not { } report)
        {
            return NotFound();
        }
        Shown = new ShownReport(report, ReportContent.Hash(report.ToBytes()))
        {
            Address = path => Url.Content("~/" + path),
            IsPreview = true,
        };
        return answer();
    }

    private static InputError Said(FieldError error) =>
        error.Pointer switch
        {
            "/replaces" => new("replaces", "Diesen Bericht gibt es nicht, oder er ist schon ersetzt."),
            "/replacesReason" => new(
                "replacesReason",
                "Nennen Sie den Grund der Berichtigung und die Nummer des ersetzten Berichts, oder keins von beiden."
            ),
            var at when at.StartsWith("/comments/", StringComparison.Ordinal) => new(
                "",
                "Ein Kommentar gehört zu einem Projekt, das in diesem Bericht nicht vorkommt. Ändern Sie den Entwurf."
            ),
            _ => new("", error.Message),
        };
}
