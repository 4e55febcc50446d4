using System.Globalization;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain;

/// <summary>What a rule can find odd about a project.</summary>
public enum SignalCode
{
    /// <summary>Reported green, but a milestone is overdue.</summary>
    GreenButOverdue,

    /// <summary>Reported green for several cycles while a forecast slipped.</summary>
    GreenWhileSlipping,

    /// <summary>Reported red, which needs a decision above the project, but none was asked for.</summary>
    RedWithoutDecisionRequest,

    /// <summary>Has not reported for one or more cycles.</summary>
    NotReported,

    /// <summary>A forecast moved and nobody said why.</summary>
    ForecastMovedWithoutReason,

    /// <summary>Spent more of its budget than the time elapsed suggests.</summary>
    SpentMoreThanElapsed,

    /// <summary>Past its end but not completed.</summary>
    PastEnd,

    /// <summary>Another partner reported worse than those who lead the project.</summary>
    PartnersDiffer,

    /// <summary>Owes reports, but nobody leads it.</summary>
    NoLead,

    /// <summary>Money was spent, but there is no budget.</summary>
    SpentWithoutBudget,

    /// <summary>Completed, but a milestone is open.</summary>
    CompletedWithOpenMilestone,
}

/// <summary>A finding computed by rule.</summary>
/// <param name="Code">Which rule.</param>
/// <param name="Project">Key of the project.</param>
/// <param name="Evidence">What was found, as a German sentence.</param>
/// <param name="Fields">The same as values: dates ISO 8601, amounts in euros, shares in percent.</param>
public sealed record Signal(SignalCode Code, string Project, string Evidence, IReadOnlyDictionary<string, string> Fields);

/// <summary>From when on something is a signal; bound from configuration.</summary>
public sealed record SignalThresholds
{
    /// <summary>Days from which an overdue milestone contradicts green.</summary>
    public int OverdueDays { get; init; } = 1;

    /// <summary>Cycles in a row reported green, from which a slipping forecast contradicts them.</summary>
    public int GreenCycles { get; init; } = 2;

    /// <summary>Days by which a forecast must slip meanwhile.</summary>
    public int SlipDays { get; init; } = 14;

    /// <summary>Due cycles in a row without a report that make a project silent.</summary>
    public int SilentCycles { get; init; } = 1;

    /// <summary>Percentage points by which the share of budget spent may be ahead of the share of time elapsed.</summary>
    public int SpentAheadPercent { get; init; } = 20;

    /// <summary>Days after its end from which a project should be completed.</summary>
    public int PastEndDays { get; init; } = 1;
}

/// <summary>Findings about a project, computed by rule for a day.</summary>
public static class Signals
{
    /// <summary>
    /// All findings about a project on a day, in the order of their codes: of projects that are over only what contradicts that, none of
    /// archived ones.
    /// </summary>
    public static IReadOnlyList<Signal> For(
        ProjectState project,
        IReadOnlyList<ReportingCycle> cycles,
        DateOnly day,
        SignalThresholds thresholds
    ) =>
        project.Archived ? []
        : Duties.IsOver(project.Phase) ? [.. new[] { CompletedWithOpenMilestone(project) }.OfType<Signal>()]
        :
        [
            .. new[]
            {
                GreenButOverdue(project, day, thresholds),
                GreenWhileSlipping(project, thresholds),
                RedWithoutDecisionRequest(project),
                NotReported(project, cycles, day, thresholds),
                ForecastMovedWithoutReason(project),
                SpentMoreThanElapsed(project, thresholds),
                PastEnd(project, day, thresholds),
                PartnersDiffer(project),
                NoLead(project),
                SpentWithoutBudget(project),
            }.OfType<Signal>(),
        ];

    /// <summary>Whether a project that owes reports has missed so many due cycles that its last report no longer speaks for it.</summary>
    public static bool IsSilent(ProjectState project, IReadOnlyList<ReportingCycle> cycles, DateOnly day, SignalThresholds thresholds) =>
        Duties.MissedCycles(project, cycles, day) >= Math.Max(1, thresholds.SilentCycles);

    /// <summary>
    /// The reported light that may be shown on a day. The green of a silent project becomes absent (not reported); its amber or red
    /// stays, so that nobody gets rid of a warning by keeping silent.
    /// </summary>
    public static Rag? ShownRag(ProjectState project, IReadOnlyList<ReportingCycle> cycles, DateOnly day, SignalThresholds thresholds) =>
        Reported.Light(project) is var light && light == Rag.Green && IsSilent(project, cycles, day, thresholds) ? null : light;

    private static Signal? GreenButOverdue(ProjectState project, DateOnly day, SignalThresholds thresholds)
    {
        if (Reported.Content(project) is not { Overall: Rag.Green } update)
            return null;
        var overdue = project
            .Milestones.Where(milestone => milestone.OverdueDays(day) >= Math.Max(1, thresholds.OverdueDays))
            .OrderByDescending(milestone => milestone.OverdueDays(day))
            .ToList();
        if (overdue.Count == 0)
            return null;
        var (worst, days) = (overdue[0], overdue[0].OverdueDays(day));
        var due = worst.CurrentOn()!.Value;
        var found =
            overdue.Count == 1
                ? $"der Meilenstein „{worst.Title}“ war am {German.Date(due)} fällig (vor {German.DaysAgo(days)})"
                : $"{overdue.Count} Meilensteine sind überfällig, am längsten „{worst.Title}“ seit dem {German.Date(due)} ({German.Days(days)})";
        return Make(
            SignalCode.GreenButOverdue,
            project,
            $"Am {German.Date(update.ReportedOn)} grün gemeldet, aber {found}.",
            ("reportedOn", Iso(update.ReportedOn)),
            ("milestone", worst.Key),
            ("dueOn", Iso(due)),
            ("days", Text(days)),
            ("milestones", Text(overdue.Count))
        );
    }

    private static Signal? GreenWhileSlipping(ProjectState project, SignalThresholds thresholds)
    {
        var green = Reported
            .Standing(project)
            .TakeWhile(update => update.Overall == Rag.Green || Reported.IsBareConfirmation(update))
            // A confirmation at the far end confirms a light that is not green, or one that is not known any more.
            .Reverse()
            .SkipWhile(Reported.IsBareConfirmation)
            .ToList();
        var cycles = green.Select(update => update.Cycle ?? update.Key).Distinct().Count();
        if (cycles < Math.Max(1, thresholds.GreenCycles))
            return null;
        var moved = project.Milestones.Where(milestone => milestone.AchievedOn is null).ToDictionary(milestone => milestone.Key);
        // Another partner may have moved a milestone of its own meanwhile.
        var since = Reported.Uncorrected(project).TakeWhile(update => update != green[0]).Append(green[0]).Reverse();
        var worst = since
            .SelectMany(update => update.Forecasts)
            .Where(forecast => forecast.Beside != true && moved.ContainsKey(forecast.Milestone))
            .GroupBy(forecast => forecast.Milestone)
            .Select(forecasts =>
                (
                    Milestone: moved[forecasts.Key],
                    From: forecasts.First().Before ?? moved[forecasts.Key].PlannedOn() ?? forecasts.First().ForecastOn,
                    To: forecasts.Last().ForecastOn
                )
            )
            .Select(move => (move.Milestone, move.From, move.To, Days: move.To.DayNumber - move.From.DayNumber))
            .Where(move => move.Days >= Math.Max(1, thresholds.SlipDays))
            .OrderByDescending(move => move.Days)
            .FirstOrDefault();
        if (worst.Milestone is null)
            return null;
        return Make(
            SignalCode.GreenWhileSlipping,
            project,
            (cycles == 1 ? "Zuletzt grün gemeldet" : $"Zuletzt in {cycles} Berichtsrunden grün gemeldet")
                + $", aber die Prognose für den Meilenstein „{worst.Milestone.Title}“ hat sich dabei vom {German.Date(worst.From)} "
                + $"auf den {German.Date(worst.To)} verschoben (um {German.Days(worst.Days)}).",
            ("cycles", Text(cycles)),
            ("milestone", worst.Milestone.Key),
            ("from", Iso(worst.From)),
            ("to", Iso(worst.To)),
            ("days", Text(worst.Days))
        );
    }

    private static Signal? RedWithoutDecisionRequest(ProjectState project)
    {
        if (!project.SeesAllDecisionRequests || Reported.Content(project) is not { Overall: Rag.Red } update)
            return null;
        // What was decided after the report may have solved it; the next report will tell.
        if (project.DecisionRequests.Any(asked => asked.State == DecisionState.Open || asked.DecidedOn >= update.ReportedOn))
            return null;
        return Make(
            SignalCode.RedWithoutDecisionRequest,
            project,
            $"Am {German.Date(update.ReportedOn)} rot gemeldet, aber kein Entscheidungsbedarf angemeldet.",
            ("reportedOn", Iso(update.ReportedOn))
        );
    }

    private static Signal? NotReported(
        ProjectState project,
        IReadOnlyList<ReportingCycle> cycles,
        DateOnly day,
        SignalThresholds thresholds
    )
    {
        if (!IsSilent(project, cycles, day, thresholds))
            return null;
        var missed = Duties.MissedCycles(project, cycles, day);
        var due = cycles.Where(cycle => cycle.DueOn < day).Max(cycle => cycle.DueOn);
        var rounds = missed == 1 ? "1 Berichtsrunde" : $"{missed} Berichtsrunden";
        if (Reported.OfProject(project) is not [var last, ..])
        {
            return Make(
                SignalCode.NotReported,
                project,
                $"Noch nie gemeldet: {rounds} ohne Statusmeldung (zuletzt fällig am {German.Date(due)}).",
                ("cycles", Text(missed)),
                ("dueOn", Iso(due))
            );
        }
        return Make(
            SignalCode.NotReported,
            project,
            $"Zuletzt am {German.Date(last.ReportedOn)} gemeldet, seitdem {rounds} ohne Statusmeldung (zuletzt fällig am {German.Date(due)}).",
            ("cycles", Text(missed)),
            ("dueOn", Iso(due)),
            ("lastReportedOn", Iso(last.ReportedOn))
        );
    }

    private static Signal? ForecastMovedWithoutReason(ProjectState project)
    {
        var given = Reported
            .Uncorrected(project)
            .SelectMany(update => update.Forecasts)
            .Where(forecast => forecast.Beside != true)
            .ToLookup(forecast => forecast.Milestone);
        var moved = new List<(Milestone Milestone, DateOnly From, DateOnly To)>();
        foreach (var milestone in project.Milestones)
        {
            if (milestone is not { AchievedOn: null, ForecastOn: { } to })
                continue;
            // The report that brought today's forecast knows what it replaced; one set without a report is compared with the plan.
            var report = given[milestone.Key].FirstOrDefault(forecast => forecast.Before != forecast.ForecastOn);
            var known = report?.ForecastOn == to;
            var from = (known ? report?.Before : null) ?? milestone.PlannedOn();
            var reason = known ? report?.Reason ?? milestone.ForecastReason : milestone.ForecastReason;
            if (from < to && string.IsNullOrWhiteSpace(reason))
                moved.Add((milestone, from.Value, to));
        }
        if (moved.Count == 0)
            return null;
        var worst = moved.MaxBy(move => move.To.DayNumber - move.From.DayNumber);
        var days = worst.To.DayNumber - worst.From.DayNumber;
        var others = moved.Count switch
        {
            1 => "",
            2 => "; ebenso bei einem weiteren Meilenstein",
            _ => $"; ebenso bei {moved.Count - 1} weiteren Meilensteinen",
        };
        return Make(
            SignalCode.ForecastMovedWithoutReason,
            project,
            $"Die Prognose für den Meilenstein „{worst.Milestone.Title}“ wurde ohne Begründung vom {German.Date(worst.From)} "
                + $"auf den {German.Date(worst.To)} verschoben (um {German.Days(days)}){others}.",
            ("milestone", worst.Milestone.Key),
            ("from", Iso(worst.From)),
            ("to", Iso(worst.To)),
            ("days", Text(days)),
            ("milestones", Text(moved.Count))
        );
    }

    private static Signal? SpentMoreThanElapsed(ProjectState project, SignalThresholds thresholds)
    {
        if (project.BudgetCents is not ({ } budget and > 0) || Reported.Spent(project) is not { SpentCents: { } spent } update)
            return null;
        var spentPercent = 100m * spent / budget;
        var elapsedPercent = ElapsedPercent(project, update.ReportedOn);
        if (spent <= budget && !(spentPercent - elapsedPercent > thresholds.SpentAheadPercent))
            return null;
        var amounts =
            $"Bis zum {German.Date(update.ReportedOn)} waren {German.Euros(spent)} von {German.Euros(budget)} ausgegeben "
            + $"({Percent.Text(spent, budget)})";
        List<(string, string)> fields =
        [
            ("reportedOn", Iso(update.ReportedOn)),
            ("spent", Money.ToText(spent)),
            ("budget", Money.ToText(budget)),
            ("spentPercent", Text(Percent.Whole(spent, budget))),
        ];
        if (elapsedPercent is { } elapsed)
            fields.Add(("elapsedPercent", Text(Percent.Whole(elapsed, 100))));
        return Make(
            SignalCode.SpentMoreThanElapsed,
            project,
            spent > budget
                ? $"{amounts}, also mehr als das gesamte Budget."
                : $"{amounts}, aber erst {Percent.Text(elapsedPercent ?? 0, 100)} der Laufzeit vergangen "
                    + $"({German.Date(project.StartsOn!.Value)} bis {German.Date(project.EndsOn!.Value)}).",
            [.. fields]
        );
    }

    private static Signal? PastEnd(ProjectState project, DateOnly day, SignalThresholds thresholds)
    {
        if (project.EndsOn is not { } end || day.DayNumber - end.DayNumber is var days && days < Math.Max(1, thresholds.PastEndDays))
            return null;
        return Make(
            SignalCode.PastEnd,
            project,
            $"Das Projektende war am {German.Date(end)} (vor {German.DaysAgo(days)}), die Phase ist aber noch „{German.Name(project.Phase)}“.",
            ("endsOn", Iso(end)),
            ("days", Text(days)),
            ("phase", Codes.Of(project.Phase))
        );
    }

    private static Signal? PartnersDiffer(ProjectState project)
    {
        var light = Reported.Light(project);
        var worse = Reported
            .Beside(project)
            .Where(update => update.Overall > Rag.Green && (light is null || update.Overall > light))
            .OrderByDescending(update => update.Overall)
            .ToList();
        if (worse.Count == 0)
            return null;
        var worst = worse[0];
        var others = worse.Count switch
        {
            1 => "",
            2 => "; ein weiterer Partner meldet ebenfalls schlechter",
            _ => $"; {worse.Count - 1} weitere Partner melden ebenfalls schlechter",
        };
        List<(string, string)> fields =
        [
            ("partner", worst.Partner?.Key ?? ""),
            ("rag", Codes.Of(worst.Overall!.Value)),
            ("reportedOn", Iso(worst.ReportedOn)),
            ("partners", Text(worse.Count)),
        ];
        if (light is { } lead)
            fields.Add(("leadRag", Codes.Of(lead)));
        return Make(
            SignalCode.PartnersDiffer,
            project,
            $"{worst.Partner?.Name ?? "Die Koordination"} hat am {German.Date(worst.ReportedOn)} {German.Name(worst.Overall)} gemeldet, "
                + (light is null ? "für das Projekt ist keine Ampel gemeldet" : $"für das Projekt gilt aber {German.Name(light)}")
                + $"{others}.",
            [.. fields]
        );
    }

    private static Signal? NoLead(ProjectState project) =>
        !project.LeadSpeaks || !Duties.IsOwedIn(project.Phase) || Duties.Leads(project, project.Day).Count > 0
            ? null
            : Make(
                SignalCode.NoLead,
                project,
                "Das Projekt hat keine Federführung"
                    + (
                        Reported.Newest(project) is { } newest
                            ? $"; es gilt die neueste Meldung ({newest.Partner?.Name ?? "Koordination"}, {German.Date(newest.ReportedOn)})."
                            : "; zu melden hat niemand."
                    ),
                ("phase", Codes.Of(project.Phase))
            );

    private static Signal? SpentWithoutBudget(ProjectState project) =>
        !project.LeadSpeaks || project.BudgetCents > 0 || Reported.Spent(project) is not { SpentCents: { } spent and > 0 } update
            ? null
            : Make(
                SignalCode.SpentWithoutBudget,
                project,
                $"Bis zum {German.Date(update.ReportedOn)} waren {German.Euros(spent)} ausgegeben, "
                    + (project.BudgetCents is null ? "ein Budget ist aber nicht angegeben." : "das Budget beträgt aber 0,00 €."),
                ("reportedOn", Iso(update.ReportedOn)),
                ("spent", Money.ToText(spent))
            );

    private static Signal? CompletedWithOpenMilestone(ProjectState project)
    {
        var open = project.Milestones.Where(milestone => milestone.AchievedOn is null).ToList();
        if (!project.LeadSpeaks || project.Phase != Phase.Completed || open.Count == 0)
            return null;
        var first = open[0];
        return Make(
            SignalCode.CompletedWithOpenMilestone,
            project,
            "Das Projekt ist erledigt, aber "
                + (
                    open.Count == 1
                        ? $"der Meilenstein „{first.Title}“ ist nicht als erreicht gemeldet."
                        : $"{open.Count} Meilensteine sind nicht als erreicht gemeldet, darunter „{first.Title}“."
                ),
            ("milestone", first.Key),
            ("milestones", Text(open.Count))
        );
    }

    /// <summary>Share of the time between start and end that has passed at the end of a day, both ends included; absent when one is not known.</summary>
    private static decimal? ElapsedPercent(ProjectState project, DateOnly day)
    {
        if (project.StartsOn is not { } start || project.EndsOn is not { } end || end < start)
            return null;
        return Math.Clamp(100m * (day.DayNumber - start.DayNumber + 1) / (end.DayNumber - start.DayNumber + 1), 0, 100);
    }

    private static Signal Make(SignalCode code, ProjectState project, string evidence, params (string Name, string Value)[] fields) =>
        new(
            code,
            project.Key,
            evidence,
            // Sorted, so that a frozen report has them in one order.
            new SortedDictionary<string, string>(fields.ToDictionary(field => field.Name, field => field.Value), StringComparer.Ordinal)
        );

    private static string Iso(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
