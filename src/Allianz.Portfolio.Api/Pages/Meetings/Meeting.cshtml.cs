using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.BoardMeetings;
using Allianz.Portfolio.Api.UseCases.Duties;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>A meeting of the board: how far its reporting cycle is, what stands on its agenda, what it decided.</summary>
[Right(Act.Read, Resource.BoardMeeting)]
internal sealed class MeetingModel(IMediator mediator, IOptions<DutyOptions> duties, TimeProvider clock) : PageModel
{
    private const int MostDrafts = 200;

    public BoardMeeting Meeting { get; private set; } = null!;

    public ReportingCycle? Cycle { get; private set; }

    /// <summary>Who has to report in the cycle; empty before it opens.</summary>
    public IReadOnlyList<Duty> Duties { get; private set; } = [];

    /// <summary>May see who has to report.</summary>
    public bool SeesDuties => duties.Value.MayRead(HttpContext.Caller());

    public IReadOnlyList<AgendaItem> Agenda { get; private set; } = [];

    public IReadOnlyList<MeetingDecision> Decisions { get; private set; } = [];

    /// <summary>The drafts of reports for it; empty for who may not see drafts.</summary>
    public IReadOnlyList<ReportDraft> Drafts { get; private set; } = [];

    /// <summary>Today in Dortmund.</summary>
    public DateOnly Day { get; private set; }

    /// <summary>What was done just now.</summary>
    [TempData]
    public string? Done { get; set; }

    public async Task<IActionResult> OnGetAsync(string meeting, CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        Day = Berlin.DayOf(clock.GetUtcNow());
        var view = caller.ViewAt(Day);
        if (await mediator.Send(new Get<BoardMeeting>(view, meeting), ct) is not { } found)
        {
            return NotFound();
        }
        Meeting = found;
        if (found.Cycle is { } cycle)
        {
            Cycle = await mediator.Send(new Get<ReportingCycle>(view, cycle.Key), ct);
        }
        if (Cycle?.OpensOn <= Day && SeesDuties)
        {
            Duties = (await mediator.Send(new ListDuties.Query(view, 0, Cycle.Key), ct))?.All ?? [];
        }
        Agenda = await mediator.Send(new ListAgenda.Query(view, found.Key), ct) ?? [];
        Decisions = await mediator.DecisionsAsync(view, found.Key, ct);
        if (caller.May(Right.Read(Resource.ReportDraft)))
        {
            var asked = new ListPage<ReportDraft>(view, MostDrafts) { Asked = new Dictionary<string, object?> { ["meeting"] = found.Key } };
            var drafts = await mediator.Send(asked, ct);
            Drafts = [.. drafts.Where(d => d.Report is null)];
        }
        return Page();
    }
}
