using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.Documents;

/// <summary>A report as its page and its files show it: what is frozen and, apart from that, what became of it since.</summary>
internal sealed class ShownReport
{
    /// <summary>How many lines of each kind stand on the first page; the rest follows in full further down.</summary>
    public const int AtFirst = 5;

    // Drawing one takes some milliseconds; a thousand would make everybody wait for what the tables say, too.
    private const int MostDrawn = 60;

    private readonly Dictionary<string, ReportProject> _projects;
    private readonly Dictionary<string, ProjectDifference> _changed;
    private readonly HashSet<string> _added;

    public ShownReport(ReportContent report, string hash)
    {
        (Report, Hash) = (report, hash);
        _projects = report.Projects.ToDictionary(p => p.Key);
        var byField = report.Projects.ToLookup(p => p.FieldOfAction?.Key);
        Fields = [.. report.Counts.FieldsOfAction.Select(f => (f, (IReadOnlyList<ReportProject>)[.. byField[f.FieldOfAction?.Key]]))];
        Red = [.. report.Projects.Where(p => p.Shown == Rag.Red || p.Assessed?.Rag == Rag.Red)];
        Silent = [.. report.Projects.Where(p => p.Silent)];
        Signals = report.Signals.ToLookup(s => s.Project);
        Changed = [.. (report.Changes?.Difference.Changed ?? []).OrderBy(Weight)];
        _changed = Changed.ToDictionary(p => p.Project.Key);
        _added = [.. (report.Changes?.Difference.Added ?? []).Select(p => p.Key)];
    }

    public ReportContent Report { get; }

    public string Hash { get; }

    public ReportStanding? Standing { get; init; }

    /// <summary>As it stands in the list now; absent where only its bytes are known.</summary>
    public IssuedReport? Listed
    {
        get => field ?? Standing?.Listed;
        init;
    }

    /// <summary>Who may see it now.</summary>
    public string Readers => German.Name(IsHeldBack ? Visibility.Board : Report.Visibility);

    /// <summary>
    /// What this version holds, and that it is silent about the rest. Each version for the same readers says it in the same words, whether
    /// or not there is a rest: a sentence that stood only where something is left out would tell.
    /// </summary>
    public string Scope =>
        Report.Visibility switch
        {
            Visibility.Public =>
                "Diese Fassung enthält nur, was öffentlich ist. Das gilt auch für Zahlen und Summen. Ob es darüber hinaus etwas gibt, sagt sie nicht.",
            Visibility.Alliance =>
                "Diese Fassung enthält nur, was die Partner der Allianz sehen dürfen. Das gilt auch für Zahlen und Summen. Ob es darüber hinaus etwas gibt, sagt sie nicht.",
            _ => "Diese Fassung enthält alles, was für den Verwaltungsvorstand bestimmt ist.",
        };

    /// <summary>What stands where there is no entry. Only a version that holds everything may say that there is nothing.</summary>
    /// <param name="nothing">That there is nothing, as a sentence.</param>
    public string Empty(string nothing) => HoldsEverything ? nothing : "In dieser Fassung kein Eintrag.";

    /// <summary>The same in a cell or behind a name.</summary>
    /// <param name="nothing">That there is nothing, in a word.</param>
    public string EmptyCell(string nothing) => HoldsEverything ? nothing : GermanText.Unknown;

    private bool HoldsEverything => Report.Visibility >= Visibility.Board;

    /// <summary>What a file must not keep from whoever it is passed on to: that it is held back, and that there is a newer one.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            if (Listed?.ReplacedBy is { } newer)
            {
                yield return $"Überholt: Dieser Bericht wurde ersetzt durch Bericht Nr. {newer}, {Address($"reports/{newer}")}";
            }
            if (IsHeldBack)
            {
                yield return $"Nicht öffentlich, bis der Verwaltungsvorstand den Bericht behandelt hat. Danach sichtbar für: {German.Name(Report.Visibility)}.";
            }
        }
    }

    /// <summary>Where one is told whether it is still what was issued, and whether there is a newer one.</summary>
    public string Verification => Address($"verify?hash={Hash}");

    /// <summary>Fewer may see it than will once the board has dealt with it.</summary>
    public bool IsHeldBack => Listed is { Embargoed: true } && Report.Visibility < Visibility.Board;

    /// <summary>Where a path of ours is: below this site on a page, with its whole address on paper.</summary>
    public required Func<string, string> Address { get; init; }

    /// <summary>It is for printing: nothing is there that only a screen can use.</summary>
    public bool OnPaper { get; init; }

    /// <summary>It is not issued: it has no number yet, no files and nothing to check.</summary>
    public bool IsPreview { get; init; }

    /// <summary>Projects by field of action, in the order of the counts.</summary>
    public IReadOnlyList<(FieldCount Field, IReadOnlyList<ReportProject> Projects)> Fields { get; }

    public IReadOnlyList<ReportProject> Red { get; }

    public IReadOnlyList<ReportProject> Silent { get; }

    /// <summary>Findings by the project's key.</summary>
    public ILookup<string, Signal> Signals { get; }

    /// <summary>What changed, beginning with what the board asks for first.</summary>
    public IReadOnlyList<ProjectDifference> Changed { get; }

    /// <summary>The first page does not have room for all that changed.</summary>
    public bool HasMoreChanges =>
        Report.Changes is { Difference: var d } && (d.Changed.Count > AtFirst || d.Added.Count > AtFirst || d.Removed.Count > AtFirst);

    /// <summary>The lights of all projects over the last cycles.</summary>
    public ShownChart? Lights => Charts.LightsOverCycles(Report) is { } chart ? new("ampeln", chart, OnPaper) : null;

    /// <summary>Not so many projects that charts of each would hold up everybody.</summary>
    public bool DrawsProjects => Report.Projects.Count <= MostDrawn;

    /// <summary>When the projects of a field of action run.</summary>
    public IEnumerable<ShownChart> Timelines(FieldCount field, IEnumerable<ReportProject> projects) =>
        DrawsProjects
            ? Charts
                .Timelines(Report, projects, field.FieldOfAction?.Name ?? "ohne Handlungsfeld")
                .Select((chart, part) => new ShownChart($"zeit-{field.FieldOfAction?.Key}-{part}", chart, OnPaper))
            : [];

    /// <summary>How a project's milestones moved.</summary>
    public ShownChart? Milestones(ReportProject project) =>
        DrawsProjects && Charts.Milestones(this, project) is { } chart ? new("termine-" + project.Key, chart, OnPaper) : null;

    /// <summary>The date of a milestone in the report before; absent when it was not in it, or had none.</summary>
    public DateOnly? Before(ReportProject project, ReportMilestone milestone) =>
        Report.Changes is null || _added.Contains(project.Key) ? null
        : _changed.GetValueOrDefault(project.Key)?.Milestones.FirstOrDefault(m => m.Key == milestone.Key) is { } changed
            ? changed.Before?.CurrentOn
        : milestone.CurrentOn;

    /// <summary>Whether the report before knew a date of one of its milestones.</summary>
    public bool HasBefore(ReportProject project) => project.Milestones.Any(milestone => Before(project, milestone) is not null);

    /// <summary>How many projects are new, gone and changed.</summary>
    public static IEnumerable<string> Sums(SnapshotDifference difference) =>
        new[]
        {
            (difference.Added.Count, "neu"),
            (difference.Removed.Count, "nicht mehr dabei"),
            (difference.Changed.Count, "mit Änderungen"),
        }
            .Where(sum => sum.Count > 0)
            .Select(sum => $"{GermanText.Count(sum.Count, "Projekt", "Projekte")} {sum.Item2}");

    /// <summary>Title of a project of the report.</summary>
    public string TitleOf(string key) => _projects.GetValueOrDefault(key)?.Title ?? key;

    /// <summary>Where a project stands in the report.</summary>
    public static string IdOf(string key) => "projekt-" + key;

    /// <summary>Whether a project is in the report, so that one can be led to it.</summary>
    public bool Has(string key) => _projects.ContainsKey(key);

    /// <summary>What a share of complete data is about.</summary>
    public static string NameOf(DataShare share) =>
        share.Field switch
        {
            "lead" => "Federführung",
            "fieldOfAction" => "Handlungsfeld",
            "endsOn" => "Ende",
            "budget" => "Budget",
            "goal" => "Ziel",
            "milestone" => "Meilensteine",
            _ => share.Field,
        };

    /// <summary>From when on something is a finding, in words.</summary>
    public IEnumerable<string> Rules(SignalThresholds t) =>
        [
            $"Grün gemeldet, aber ein Meilenstein ist seit mindestens {German.DaysAgo(t.OverdueDays)} überfällig.",
            $"In {GermanText.Count(t.GreenCycles, "Berichtsrunde", "Berichtsrunden")} nacheinander grün gemeldet, während sich eine Prognose um mindestens {German.Days(t.SlipDays)} nach hinten verschob.",
            "Rot gemeldet, aber dem Verwaltungsvorstand liegt keine offene Frage des Projekts vor.",
            $"In {GermanText.Count(t.SilentCycles, "fälligen Berichtsrunde", "fälligen Berichtsrunden")} nacheinander nicht gemeldet. Ein solches Projekt schweigt und wird nie grün gezeigt.",
            "Eine Prognose wurde ohne Begründung verschoben.",
            $"Der ausgegebene Anteil des Budgets liegt mindestens {t.SpentAheadPercent} Prozentpunkte über dem Anteil der vergangenen Laufzeit.",
            $"Das Ende des Projekts ist seit mindestens {German.DaysAgo(t.PastEndDays)} überschritten, ohne dass es erledigt ist.",
            .. Report.LeadSpeaks
                ?
                [
                    "Ein anderer Partner meldet schlechter als die Federführung, deren Meldung für das Projekt gilt.",
                    "Ein Projekt, das melden müsste, hat keine Federführung.",
                    "Geld ist ausgegeben, ein Budget aber nicht angegeben.",
                    "Ein Projekt ist erledigt, aber ein Meilenstein nicht erreicht.",
                ]
                : Array.Empty<string>(),
        ];

    // Lights first, the red ones before all others; then what is to be decided, then dates, then the rest.
    private static int Weight(ProjectDifference p) =>
        p.Reported?.After == Rag.Red || p.Assessed?.After == Rag.Red ? 0
        : p.Reported is not null || p.Assessed is not null ? 1
        : p.DecisionRequests.Count > 0 ? 2
        : p.Milestones.Count > 0 ? 3
        : 4;
}

/// <summary>A chart where it stands in a report.</summary>
/// <param name="Id">Begins the ids in it.</param>
/// <param name="Chart">The chart.</param>
/// <param name="OnPaper">There is nobody who could open its table.</param>
internal sealed record ShownChart(string Id, Chart Chart, bool OnPaper);
