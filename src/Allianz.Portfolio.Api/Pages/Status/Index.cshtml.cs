using Allianz.Portfolio.Api.Features.StatusUpdates;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Domain;
using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Where somebody may report, and what is waited for: a partner's editor sees its partner's projects, the coordination all.</summary>
[Right(Act.Create, Resource.StatusUpdate)]
internal sealed class StatusModel(IMediator mediator, TimeProvider clock) : PageModel
{
    /// <summary>Sees all projects, not those of one partner.</summary>
    public bool Keeps { get; private set; }

    public ListReportable.InCycles Duties { get; private set; } = null!;

    /// <summary>Today in Dortmund.</summary>
    public DateOnly Day { get; private set; }

    /// <summary>What the partner asks of the board for a project, and what was decided of it lately.</summary>
    public IEnumerable<DecisionRequestState> Asked(ProjectState project) =>
        Keeps ? [] : project.DecisionRequests.Where(d => d.Partner?.Key == HttpContext.Caller().Partner && d.IsOfInterestOn(Day));

    public async Task OnGetAsync(CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        Keeps = caller.MayAnywhere(Right.Create(Resource.StatusUpdate));
        Day = Berlin.DayOf(clock.GetUtcNow());
        Duties = await mediator.Send(new ListReportable.Query(caller.ViewAt(Day), Keeps ? null : caller.Partner), ct);
    }
}
