namespace Allianz.Portfolio.Domain;

/// <summary>What a project's status updates say, taken together.</summary>
public static class Reported
{
    /// <summary>
    /// The status updates that stand: without those that were corrected, the newest day first. A correction of an old one thus does not
    /// count as news.
    /// </summary>
    public static IReadOnlyList<StatusState> Standing(ProjectState project)
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

    /// <summary>The newest status update that stands.</summary>
    public static StatusState? Newest(ProjectState project) => Standing(project) is [var newest, ..] ? newest : null;

    /// <summary>The newest status update with content; one that only confirms that nothing changed leaves the one before it in force.</summary>
    public static StatusState? Content(ProjectState project) => Standing(project).FirstOrDefault(update => !IsBareConfirmation(update));

    /// <summary>The reported light: the worst dimension of the newest status update with content. Old ones count too; see <see cref="Signals.ShownRag"/>.</summary>
    public static Rag? Light(ProjectState project) => Content(project)?.Overall;

    /// <summary>The newest known progress in percent.</summary>
    public static int? Progress(ProjectState project) => Standing(project).FirstOrDefault(update => update.Progress is not null)?.Progress;

    /// <summary>The newest status update that says what was spent.</summary>
    public static StatusState? Spent(ProjectState project) => Standing(project).FirstOrDefault(update => update.SpentCents is not null);

    /// <summary>The newest status update made for a cycle: by its key or, when it names none, by its day.</summary>
    public static StatusState? ForCycle(ProjectState project, CycleState cycle) =>
        Standing(project).FirstOrDefault(update => IsFor(update, cycle));

    /// <summary>The light that was reported for a cycle.</summary>
    public static Rag? LightForCycle(ProjectState project, CycleState cycle) =>
        Standing(project).SkipWhile(update => !IsFor(update, cycle)).FirstOrDefault(update => !IsBareConfirmation(update)) is { } content
            ? content.Overall
            : null;

    internal static bool IsBareConfirmation(StatusState update) => update is { Unchanged: true, Lights.Count: 0 };

    private static bool IsFor(StatusState update, CycleState cycle) =>
        update.Cycle is null ? cycle.OpensOn <= update.ReportedOn && update.ReportedOn <= cycle.ClosesOn : update.Cycle == cycle.Key;
}
