using Allianz.Portfolio.Api.Features.Portfolio;
using Allianz.Portfolio.Api.Features.Reports;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>What everybody may see, whoever asks.</summary>
[Right(Act.Read, Resource.Portfolio)]
internal sealed class IndexModel(IMediator mediator, TimeProvider clock) : PageModel
{
    public CountPortfolio.Counts Counts { get; private set; } = null!;

    public IssuedReport? Latest { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var view = Caller.Anonymous.ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        Counts = await mediator.Send(new CountPortfolio.Query(view), ct);
        Latest = (await mediator.Send(new ListReports.Query(view, 1), ct)).SingleOrDefault();
    }
}
