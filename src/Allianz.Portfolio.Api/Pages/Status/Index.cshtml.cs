using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Where somebody may report, and what is waited for: a partner's editor sees its partner's projects, the coordination all.</summary>
[Right(Act.Create, Resource.StatusUpdate)]
internal sealed class StatusModel(IMediator mediator, TimeProvider clock) : PageModel
{
    private const int MostAssignments = 50;

    /// <summary>Sees all projects, not those of one partner.</summary>
    public bool Keeps { get; private set; }

    public ListReportable.InCycles Duties { get; private set; } = null!;

    /// <summary>What the board ordered of the partner and is not done, the most urgent first; of all partners for the coordination.</summary>
    public IReadOnlyList<Assignment> Assignments { get; private set; } = [];

    /// <summary>Today in Dortmund.</summary>
    public DateOnly Day { get; private set; }

    /// <summary>What the partner asks of the board for a project, and what was decided of it lately.</summary>
    public IEnumerable<DecisionRequest> Asked(ProjectState project) =>
        Keeps ? [] : project.DecisionRequests.Where(d => d.Partner?.Key == HttpContext.Caller().Partner && d.IsOfInterestOn(Day));

    public async Task OnGetAsync(CancellationToken ct)
    {
        var caller = HttpContext.Caller();
        Keeps = caller.MayAnywhere(Right.Create(Resource.StatusUpdate));
        Day = Berlin.DayOf(clock.GetUtcNow());
        Duties = await mediator.Send(new ListReportable.Query(caller.ViewAt(Day), Keeps ? null : caller.Partner), ct);
        Assignments = await mediator.Send(
            new ListPage<Assignment>(caller.ViewAt(Day), MostAssignments)
            {
                Asked = new Dictionary<string, object?>
                {
                    ["state"] = Codes.Of(AssignmentState.Open),
                    ["partner"] = Keeps ? null : caller.Partner,
                },
            },
            ct
        );
    }
}
