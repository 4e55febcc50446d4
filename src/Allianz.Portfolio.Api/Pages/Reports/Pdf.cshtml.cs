using System.Globalization;
using System.Text.Json;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Net.Http.Headers;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>The PDF of a report. Until it is made: 202, with the resource that says how far it is.</summary>
[Right(Act.Read, Resource.Report)]
internal sealed class PdfModel(IMediator mediator, AuditLog audit, TimeProvider clock) : PageModel
{
    private const int Soon = 2;

    public long Number { get; private set; }

    public int Progress { get; private set; }

    /// <summary>Why there is none.</summary>
    public Problem? Problem { get; private set; }

    public async Task<IActionResult> OnGetAsync(string number, CancellationToken ct)
    {
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n))
        {
            return NotFound();
        }
        Number = n;
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        try
        {
            return await mediator.Send(new TakeReportPdf.Command(view, n), ct) switch
            {
                null => NotFound(),
                { Content: { } content } taken => await GiveAsync(taken, content),
                { Pdf.State: PdfState.Failed } => throw Problem.NoPdf(),
                var taken => Later(taken.Pdf),
            };
        }
        catch (Problem problem) when (Request.IsForPeople())
        {
            Problem = problem;
            Response.StatusCode = problem.Status;
            return Page();
        }
    }

    private async Task<IActionResult> GiveAsync(TakeReportPdf.Taken taken, byte[] content)
    {
        await audit.TakenAsync(HttpContext, Number, taken.Visibility);
        Response.Headers.ContentDisposition = $"inline; filename=\"sachstandsbericht-{GermanText.Whole(Number)}.pdf\"";
        return new FileContentResult(content, "application/pdf") { EntityTag = new EntityTagHeaderValue($"\"{taken.Fingerprint}\"") };
    }

    private IActionResult Later(ReportPdf pdf)
    {
        Progress = pdf.Progress;
        Response.StatusCode = StatusCodes.Status202Accepted;
        Response.Headers.Location = Url.Content($"~/api/v1/reports/{GermanText.Whole(Number)}/pdf");
        Response.Headers.RetryAfter = GermanText.Whole(Soon);
        return Request.IsForPeople()
            ? Page()
            : new ContentResult
            {
                Content = JsonSerializer.Serialize(pdf, JsonRules.Output),
                ContentType = "application/json; charset=utf-8",
                StatusCode = StatusCodes.Status202Accepted,
            };
    }
}
