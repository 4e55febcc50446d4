using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>A status update as it was recorded; where its form leads to.</summary>
[Right(Act.Read, Resource.StatusUpdate)]
internal sealed class RecordedModel(IMediator mediator, TimeProvider clock) : PageModel
{
    public ShownUpdate Shown { get; private set; } = null!;

    /// <summary>The cycle it was made for, when it was made for one.</summary>
    public ReportingCycle? Cycle { get; private set; }

    /// <summary>What was done just now.</summary>
    [TempData]
    public string? Done { get; set; }

    public async Task<IActionResult> OnGetAsync(string project, string update, CancellationToken ct)
    {
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        try
        {
            var state = await mediator.Send(new GetStatusUpdate.Query(view, project, update), ct);
            var about = await mediator.Send(new PrepareStatusUpdate.Query(view, project, state.Partner?.Key, state.Cycle), ct);
            if (about is null)
            {
                return NotFound();
            }
            Shown = new ShownUpdate(state, about.Project);
            Cycle = state.Cycle is null ? null : about.Cycle;
            return Page();
        }
        catch (Problem problem) when (problem.Status == StatusCodes.Status404NotFound)
        {
            return NotFound();
        }
    }
}
