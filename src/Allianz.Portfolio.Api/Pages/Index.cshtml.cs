using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Portfolio;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>The portfolio as the caller may see it, in numbers.</summary>
[Right(Act.Read, Resource.Portfolio)]
internal sealed class IndexModel(IMediator mediator, TimeProvider clock) : PageModel
{
    /// <summary>Nobody is signed in, or nobody who sees more than everybody.</summary>
    public bool Public => HttpContext.Caller().Sight == Visibility.Public;

    /// <summary>A person is signed in.</summary>
    public bool SignedIn => HttpContext.SignedIn() is not null;

    public CountPortfolio.Counts Counts { get; private set; } = null!;

    public IssuedReport? Latest { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        Counts = await mediator.Send(new CountPortfolio.Query(view), ct);
        Latest = (await mediator.Send(new ListReports.Query(view, 1), ct)).SingleOrDefault();
    }
}
