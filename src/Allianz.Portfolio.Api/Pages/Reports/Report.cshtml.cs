using System.Globalization;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>A report for reading and printing, made from its frozen bytes, with what became of it since.</summary>
[Right(Act.Read, Resource.Report)]
internal sealed class ReportModel(IMediator mediator, AuditLog audit, TimeProvider clock) : PageModel
{
    public ShownReport Shown { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(string number, CancellationToken ct)
    {
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        if (
            !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            || await mediator.Send(new GetReport.Query(view, n), ct) is not { } frozen
        )
        {
            return NotFound();
        }
        await audit.TakenAsync(HttpContext, n, frozen.Visibility);
        Shown = new ShownReport(ReportContent.FromBytes(frozen.Content), ReportContent.Hash(frozen.Content))
        {
            Standing = await mediator.ReportStandingAsync(view, n, ct),
            Address = path => Url.Content("~/" + path),
        };
        return Page();
    }
}
