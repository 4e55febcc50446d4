using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain;

/// <summary>
/// What a project's status updates say, taken together. The project's are those of a partner that leads it on the day of the report;
/// nobody else's replaces them. Several leads: the worst of the newest of each. Nobody leads it: the newest of all.
/// </summary>
public static class Reported
{
    /// <summary>
    /// The status updates that speak for the project on its day, the newest first: of those who lead it now and led it when they reported.
    /// Whoever has left speaks no more. Corrected ones are not among them, and a correction of an old one does not count as news.
    /// </summary>
    public static IReadOnlyList<StatusState> Standing(ProjectState project)
    {
        var all = Uncorrected(project);
        if (!project.LeadSpeaks)
            return all;
        var day = SpeakingDay(project);
        var leads = Leads(project, day);
        return leads.Count > 0
            ? [.. all.Where(update => leads.Contains(Partner(update)) && Leads(project, update.ReportedOn).Contains(Partner(update)))]
            : [.. all.Where(update => !HasLeft(project, update, day))];
    }

    /// <summary>
    /// The status updates that were the project's when they were made, the newest first: whether a duty was fulfilled does not change with
    /// who leads the project later.
    /// </summary>
    public static IReadOnlyList<StatusState> OfProject(ProjectState project) =>
        [.. Uncorrected(project).Where(update => WasOfProject(project, update))];

    /// <summary>The newest status update that stands.</summary>
    public static StatusState? Newest(ProjectState project) => Standing(project) is [var newest, ..] ? newest : null;

    /// <summary>
    /// The status update that tells the light and why: the newest with content, since one that only confirms that nothing changed leaves the
    /// one before it in force; of several leads that of the worst light.
    /// </summary>
    public static StatusState? Content(ProjectState project)
    {
        var standing = Standing(project).Where(update => !IsBareConfirmation(update));
        return project.LeadSpeaks && Leads(project, SpeakingDay(project)).Count > 1
            ? standing.DistinctBy(Partner).OrderByDescending(update => update.Overall is { } rag ? (int)rag : -1).FirstOrDefault()
            : standing.FirstOrDefault();
    }

    /// <summary>The reported light: the worst dimension of <see cref="Content"/>. Old ones count too; see <see cref="Signals.ShownRag"/>.</summary>
    public static Rag? Light(ProjectState project) => Content(project)?.Overall;

    /// <summary>The newest known progress in percent.</summary>
    public static int? Progress(ProjectState project) => Figures(project).FirstOrDefault(update => update.Progress is not null)?.Progress;

    /// <summary>The newest status update that says what was spent.</summary>
    public static StatusState? Spent(ProjectState project) => Figures(project).FirstOrDefault(update => update.SpentCents is not null);

    /// <summary>
    /// What others report beside those who speak for the project: of each partner that takes part the newest, when it is for the newest
    /// cycle that anybody reported for.
    /// </summary>
    public static IReadOnlyList<StatusState> Beside(ProjectState project)
    {
        if (!project.LeadSpeaks)
            return [];
        var day = SpeakingDay(project);
        var newest = Newest(project);
        var speaking = Leads(project, day) is { Count: > 0 } leads ? leads : [newest is null ? null : Partner(newest)];
        var others = Uncorrected(project)
            .Where(update => !speaking.Contains(Partner(update)) && !HasLeft(project, update, day))
            .DistinctBy(Partner)
            .ToList();
        var last = others.Concat(newest is null ? [] : [newest]).MaxBy(update => (update.ReportedOn, update.Revision));
        return [.. others.Where(update => update.Cycle == last!.Cycle)];
    }

    /// <summary>The project's newest status update for a cycle: by its key or, when it names none, by its day.</summary>
    public static StatusState? ForCycle(ProjectState project, ReportingCycle cycle) =>
        OfProject(project).FirstOrDefault(update => IsFor(update, cycle));

    /// <summary>A partner's newest status update, speaking for the project or not.</summary>
    public static StatusState? NewestOf(ProjectState project, string partner) =>
        Uncorrected(project).FirstOrDefault(update => Partner(update) == partner);

    /// <summary>Whether a partner has reported for a cycle, speaking for the project or not.</summary>
    public static bool HasReported(ProjectState project, string? partner, ReportingCycle cycle) =>
        Uncorrected(project).Any(update => Partner(update) == partner && IsFor(update, cycle));

    /// <summary>The light that was reported for a cycle, by whoever led the project then.</summary>
    public static Rag? LightForCycle(ProjectState project, ReportingCycle cycle)
    {
        var updates = OfProject(project);
        string? Voice(StatusState update) => project.LeadSpeaks ? Partner(update) : null;
        var voices = updates.Where(update => IsFor(update, cycle)).Select(Voice).Distinct().ToList();
        // Where the lead was handed on within the cycle, who leads at its end speaks, when it has reported.
        var leads = Leads(project, project.Day < cycle.ClosesOn ? project.Day : cycle.ClosesOn);
        var speaking = voices.Where(leads.Contains).ToList();
        return (speaking.Count > 0 ? speaking : voices.Take(1))
            .Select(voice =>
                updates
                    .Where(update => Voice(update) == voice)
                    .SkipWhile(update => !IsFor(update, cycle))
                    .FirstOrDefault(update => !IsBareConfirmation(update))
                    ?.Overall
            )
            .Max();
    }

    /// <summary>Whether a partner speaks for the project on its day; everybody does where nobody leads it.</summary>
    public static bool Speaks(ProjectState project, string? partner) =>
        Leads(project, SpeakingDay(project)) is var leads && (leads.Count == 0 || leads.Contains(partner));

    internal static bool IsBareConfirmation(StatusState update) => update is { Unchanged: true, Lights.Count: 0 };

    /// <summary>All that were not corrected, whoever made them, the newest day first.</summary>
    internal static IReadOnlyList<StatusState> Uncorrected(ProjectState project)
    {
        var corrected = project.Updates.Select(update => update.Corrects).OfType<string>().ToHashSet();
        return
        [
            .. project
                .Updates.Where(update => !corrected.Contains(update.Key))
                .OrderByDescending(update => update.ReportedOn)
                .ThenByDescending(update => update.Revision),
        ];
    }

    // Progress and spending may also come from the coordination's own lists (imports), which speak for no partner.
    private static IEnumerable<StatusState> Figures(ProjectState project)
    {
        var standing = Standing(project);
        return Uncorrected(project).Where(update => update.Partner is null || standing.Contains(update));
    }

    private static bool WasOfProject(ProjectState project, StatusState update) =>
        !project.LeadSpeaks || Leads(project, update.ReportedOn) is var leads && (leads.Count == 0 || leads.Contains(Partner(update)));

    // A project that is over is spoken for by whoever led it last.
    private static DateOnly SpeakingDay(ProjectState project) =>
        Duties.IsOver(project.Phase) && Leads(project, project.Day).Count == 0
            ? project
                .Participations.Where(part => part.Role == ParticipationRole.Lead && part.UntilOn < project.Day)
                .Max(part => part.UntilOn)
                ?? project.Day
            : project.Day;

    private static List<string?> Leads(ProjectState project, DateOnly day) =>
        [
            .. project
                .Participations.Where(part => part.Role == ParticipationRole.Lead && part.HoldsOn(day))
                .Select(part => part.Partner.Key),
        ];

    private static bool HasLeft(ProjectState project, StatusState update, DateOnly day)
    {
        var parts = project.Participations.Where(part => part.Partner.Key == Partner(update)).ToList();
        return parts.Count > 0 && parts.All(part => part.UntilOn < day);
    }

    private static string? Partner(StatusState update) => update.Partner?.Key;

    private static bool IsFor(StatusState update, ReportingCycle cycle) =>
        update.Cycle is null ? cycle.OpensOn <= update.ReportedOn && update.ReportedOn <= cycle.ClosesOn : update.Cycle == cycle.Key;
}
