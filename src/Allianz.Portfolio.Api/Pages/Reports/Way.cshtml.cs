using System.Globalization;
using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Kinds.Verbs;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Partners;
using Allianz.Portfolio.Api.UseCases.Portfolio;
using Allianz.Portfolio.Api.UseCases.Projects;
using Allianz.Portfolio.Api.UseCases.Reports;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;

namespace Allianz.Portfolio.Api.Pages;

/// <summary>Records what becomes of a report: each step that it may go now has a form of its own.</summary>
[Right(Act.Create, Resource.ReportTransition)]
internal sealed class WayModel(IMediator mediator, TimeProvider clock) : FormPage
{
    // As many as the form has room for; more assignments and steps come by the same way again.
    private const int Rows = 4;
    private const int MostMeetings = 50;
    private const int MostPartners = 1000;
    private const int MostProjects = 2000;

    /// <summary>The step, as a code; absent while it is chosen.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Step { get; set; }

    [BindProperty]
    public string? On { get; set; }

    [BindProperty]
    public string? Meeting { get; set; }

    [BindProperty]
    public string? AgendaItem { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public List<DecisionEntry> Decisions { get; set; } = [];

    [BindProperty]
    public List<AssignmentEntry> Assignments { get; set; } = [];

    [BindProperty]
    public List<StepEntry> Steps { get; set; } = [];

    public ReportStanding Standing { get; private set; } = null!;

    /// <summary>What waits for the board, in the report or not: a report that all may read says nothing of what only the board is asked.</summary>
    public IReadOnlyList<ListedDecisionRequest> Asked { get; private set; } = [];

    public IReadOnlyList<(string Value, string Text)> Meetings { get; private set; } = [];

    public IReadOnlyList<(string Value, string Text)> Partners { get; private set; } = [];

    /// <summary>All that there are, by title.</summary>
    public IReadOnlyList<(string Value, string Text)> Projects { get; private set; } = [];

    public static IReadOnlyList<(string Value, string Text)> Roles { get; } =
    [.. Enum.GetValues<CouncilRole>().Select(r => (Codes.Of(r), German.Name(r)))];

    /// <summary>Where it may go now; nowhere when it was replaced.</summary>
    public IReadOnlyList<ReportState> Next => Standing.Listed.ReplacedBy is null ? ReportStates.Next(Standing.Listed.State) : [];

    public ReportState? Chosen => Next.Cast<ReportState?>().FirstOrDefault(state => Codes.Of(state!.Value) == Step);

    /// <summary>What an entry of the form is about; null when it is not open any more.</summary>
    public ListedDecisionRequest? About(DecisionEntry entry) =>
        Asked.FirstOrDefault(asked => asked.Project.Key == entry.Project && asked.Key == entry.Request);

    /// <summary>The board decides in it.</summary>
    public bool Decides => Chosen is ReportState.Noted or ReportState.Commissioned;

    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var ct = HttpContext.RequestAborted;
        var view = HttpContext.Caller().ViewAt(Berlin.DayOf(clock.GetUtcNow()));
        if (
            !long.TryParse((string)RouteData.Values["number"]!, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || await mediator.ReportStandingAsync(view, number, ct) is not { } standing
        )
        {
            context.Result = NotFound();
            return;
        }
        Standing = standing;
        await ReadChoicesAsync(view, ct);
        await next();
    }

    public void OnGet()
    {
        (Meeting, AgendaItem) = (Standing.Listed.Meeting, Standing.Listed.AgendaItem);
        Decisions = [.. Asked.Select(a => new DecisionEntry { Project = a.Project.Key, Request = a.Key })];
        Assignments = [.. Enumerable.Range(0, Rows).Select(_ => new AssignmentEntry())];
        Steps = [.. Enumerable.Range(0, Rows).Select(_ => new StepEntry())];
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Chosen is not { } state)
        {
            Wrong("", "Der Bericht ist inzwischen weiter. Laden Sie die Seite neu und sehen Sie nach, wie er steht.");
            return Again();
        }
        var decided = Decisions.Index().Where(d => !string.IsNullOrWhiteSpace(d.Item.Outcome)).ToList();
        var ordered = Assignments.Index().Where(a => a.Item.IsFilled).ToList();
        var committees = Steps.Index().Where(s => s.Item.IsFilled).ToList();
        var transition = new NewReportTransition
        {
            State = state,
            HappenedOn = Day("on", On),
            Meeting = Filled(Meeting),
            AgendaItem = Filled(AgendaItem),
            Reason = Filled(Reason),
            Decisions =
            [
                .. decided.Select(d => new BoardDecision
                {
                    Project = d.Item.Project ?? "",
                    DecisionRequest = d.Item.Request ?? "",
                    Outcome = d.Item.Outcome!.Trim(),
                }),
            ],
            Assignments =
            [
                .. ordered.Select(a => new Assignment
                {
                    Title = a.Item.Title?.Trim() ?? "",
                    Partner = Filled(a.Item.Partner) is { } partner ? new(partner, partner) : null,
                    Project = Filled(a.Item.Project) is { } project ? new(project, project) : null,
                    DueOn = Day($"assignments-{a.Index}-dueOn", a.Item.DueOn),
                }),
            ],
            Steps =
            [
                .. committees.Select(s => new CouncilStep
                {
                    Body = s.Item.Body?.Trim() ?? "",
                    Role = Enum.GetValues<CouncilRole>().FirstOrDefault(r => Codes.Of(r) == s.Item.Role),
                    On = Day($"steps-{s.Index}-on", s.Item.On),
                    Number = Filled(s.Item.Number),
                }),
            ],
        };
        if (Errors.Count > 0)
        {
            return Again();
        }
        var places = new Dictionary<string, List<int>>
        {
            ["decisions"] = [.. decided.Select(d => d.Index)],
            ["assignments"] = [.. ordered.Select(a => a.Index)],
            ["steps"] = [.. committees.Select(s => s.Index)],
        };
        var command = new CreateReportTransition.Command(HttpContext.Caller(), GermanText.Whole(Standing.Listed.Number), transition);
        if (!await TryAsync(() => mediator.Send(command, ct), error => Said(error, places)))
        {
            return Again();
        }
        Done = $"Eingetragen: {German.Name(state)}.";
        return RedirectToPage(new { number = Standing.Listed.Number, step = (string?)null });
    }

    private async Task ReadChoicesAsync(View view, CancellationToken ct)
    {
        if (Chosen is not { } state)
        {
            return;
        }
        if (state is ReportState.Submitted)
        {
            var from = view.Day.AddMonths(-3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            var meetings = await mediator.Send(new ListPage<BoardMeeting>(view, MostMeetings, new Position("", from, "0")), ct);
            Meetings = [("", "bitte wählen"), .. meetings.Select(m => (m.Key, $"{German.Date(m.MeetingOn)}, {m.Body}"))];
        }
        if (Decides)
        {
            Asked = (await mediator.Send(new GetPortfolio.Query(view, 0), ct)).OpenDecisionRequests;
        }
        if (state is ReportState.Commissioned)
        {
            var partners = await mediator.Send(new ListPartners.Query(view, "name", MostPartners), ct);
            Partners = [("", "bitte wählen"), .. partners.Select(p => (p.Key, p.Name))];
            var projects = await mediator.Send(new ListProjects.Query(view, "title", MostProjects), ct);
            Projects = [("", "keines"), .. projects.Select(p => (p.Key, p.Title))];
        }
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private DateOnly? Day(string field, string? text)
    {
        if (Filled(text) is not { } typed)
        {
            return null;
        }
        if (DateOnly.TryParseExact(typed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }
        Wrong(field, "Das ist kein Datum.");
        return null;
    }

    // What the command refused, in words for people, at the field of the form.
    private static InputError Said(FieldError error, Dictionary<string, List<int>> places)
    {
        var path = error.Pointer.Split('/');
        if (
            path is ["", var list, var at, ..]
            && places.TryGetValue(list, out var indexes)
            && int.TryParse(at, out var n)
            && n < indexes.Count
        )
        {
            return (list, path.ElementAtOrDefault(3)) switch
            {
                ("decisions", "outcome") => new($"decisions-{indexes[n]}-outcome", "Die Entscheidung hat höchstens 2000 Zeichen."),
                ("decisions", _) => new($"decisions-{indexes[n]}-outcome", "Das ist nicht mehr offen. Leeren Sie das Feld."),
                ("assignments", "title") => new(
                    $"assignments-{indexes[n]}-title",
                    "Geben Sie an, was zu tun ist, mit höchstens 200 Zeichen."
                ),
                ("assignments", "partner") => new($"assignments-{indexes[n]}-partner", "Wählen Sie, wer den Auftrag erledigt."),
                ("assignments", "dueOn") => new(
                    $"assignments-{indexes[n]}-dueOn",
                    "Geben Sie an, bis wann. Der Tag liegt nicht vor der Sitzung."
                ),
                ("assignments", _) => new($"assignments-{indexes[n]}-title", "Dieser Auftrag wurde nicht angenommen: " + error.Message),
                ("steps", "body") => new($"steps-{indexes[n]}-body", "Geben Sie das Gremium mit höchstens 200 Zeichen an."),
                _ => new($"steps-{indexes[n]}-number", "Eine Drucksachennummer hat höchstens 40 Zeichen."),
            };
        }
        return error.Pointer switch
        {
            "/happenedOn" => new("on", "Das war noch nicht: Die Sitzung steht noch bevor, oder der Tag liegt vor ihr oder in der Zukunft."),
            "/meeting" => new("meeting", "Wählen Sie die Sitzung, der der Bericht vorgelegt wird."),
            "/agendaItem" => new("agendaItem", "Der Tagesordnungspunkt hat höchstens 50 Zeichen."),
            "/reason" => new("reason", "Nennen Sie den Grund mit höchstens 2000 Zeichen."),
            "/assignments" => new("assignments-0-title", "Geben Sie wenigstens einen Auftrag an."),
            "/steps" => new("steps-0-body", "Geben Sie wenigstens ein Gremium an."),
            "/state" => new("", "Der Bericht ist inzwischen weiter. Laden Sie die Seite neu und sehen Sie nach, wie er steht."),
            _ => new("", error.Message),
        };
    }

    /// <summary>What the board decided of what a project asked, as it is typed.</summary>
    public sealed class DecisionEntry
    {
        public string? Project { get; set; }
        public string? Request { get; set; }
        public string? Outcome { get; set; }
    }

    /// <summary>An assignment as it is typed.</summary>
    public sealed class AssignmentEntry
    {
        public string? Title { get; set; }
        public string? Partner { get; set; }
        public string? Project { get; set; }
        public string? DueOn { get; set; }

        public bool IsFilled => new[] { Title, Partner, Project, DueOn }.Any(text => !string.IsNullOrWhiteSpace(text));
    }

    /// <summary>A committee's part as it is typed.</summary>
    public sealed class StepEntry
    {
        public string? Body { get; set; }
        public string? Role { get; set; }
        public string? On { get; set; }
        public string? Number { get; set; }

        public bool IsFilled => new[] { Body, On, Number }.Any(text => !string.IsNullOrWhiteSpace(text));
    }
}
