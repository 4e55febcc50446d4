using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>The reports that the caller may see.</summary>
[Right(Act.Read, Resource.Report)]
internal sealed class ReportsModel(IMediator mediator, TimeProvider clock) : PageModel
{
    private const int PerPage = 50;

    public IReadOnlyList<IssuedReport> Reports { get; private set; } = [];

    /// <summary>Where the next page begins.</summary>
    public long? Next { get; private set; }

    public async Task OnGetAsync([FromQuery] long? before, CancellationToken ct)
    {
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        var rows = await mediator.Send(new ListReports.Query(view, PerPage + 1) { Before = before ?? long.MaxValue }, ct);
        Reports = [.. rows.Take(PerPage)];
        Next = rows.Count > PerPage ? Reports[^1].Number : null;
    }
}
