using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain;

/// <summary>What a report is, besides what is in it.</summary>
public sealed record ReportHead
{
    /// <summary>Its number; reports are numbered without gaps.</summary>
    public required int Number { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>Who may see it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>Hash of the report with the number before, <see cref="ReportContent.NoHash"/> for the first.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>The period it was made for, when it was made on schedule.</summary>
    public ReportPeriod? Period { get; init; }

    /// <summary>The coordination's foreword.</summary>
    public string? Foreword { get; init; }

    /// <summary>Number of the report that it replaces.</summary>
    public int? Replaces { get; init; }

    /// <summary>Why it replaces it.</summary>
    public string? ReplacesReason { get; init; }

    /// <summary>Name and version of the program that issues it.</summary>
    public string? Software { get; init; }
}

/// <summary>What comes into a report besides the portfolio itself.</summary>
public sealed record ReportMatters
{
    /// <summary>The meeting of the board that it is made for.</summary>
    public ReportMeeting? Meeting { get; init; }

    /// <summary>The coordination's comments on projects, by their keys.</summary>
    public IReadOnlyDictionary<string, string> Comments { get; init; } = new Dictionary<string, string>();

    /// <summary>Assignments that are open, or were closed since the report before.</summary>
    public IReadOnlyList<ReportAssignment> Assignments { get; init; } = [];

    /// <summary>The follow-up of the council's mandates; absent when the report has none.</summary>
    public IReadOnlyList<ReportMandate>? Mandates { get; init; }

    /// <summary>What the city measures itself by.</summary>
    public IReadOnlyList<ReportIndicator> Indicators { get; init; } = [];

    /// <summary>Something of this is invented for demonstration.</summary>
    public bool ContainsSampleData { get; init; }
}

/// <summary>A meeting of the board.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Body">The body that meets.</param>
/// <param name="MeetingOn">When.</param>
/// <param name="Place">Where.</param>
public sealed record ReportMeeting(string Key, string Body, DateOnly MeetingOn, string? Place);

/// <summary>An assignment of the board in a report.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Title">What is to be done, in one line.</param>
/// <param name="Text">What is to be done, in full.</param>
/// <param name="Partner">Who is to do it.</param>
/// <param name="Project">The project that it is about.</param>
/// <param name="DueOn">By when.</param>
/// <param name="OverdueDays">Days by which it is overdue; 0 when it is not.</param>
/// <param name="State">State.</param>
/// <param name="DoneOn">When it was done.</param>
/// <param name="Evidence">What shows it.</param>
/// <param name="Report">Number of the report upon which it was given.</param>
/// <param name="GivenOn">Day of the meeting that gave it.</param>
public sealed record ReportAssignment(
    string Key,
    string Title,
    string? Text,
    Reference? Partner,
    Reference? Project,
    DateOnly? DueOn,
    int OverdueDays,
    AssignmentState State,
    DateOnly? DoneOn,
    string? Evidence,
    long? Report,
    DateOnly? GivenOn
);

/// <summary>A mandate of the council and what became of it.</summary>
public sealed record ReportMandate
{
    /// <summary>Key.</summary>
    public required string Key { get; init; }

    /// <summary>The council's number, e.g. <c>17042-20</c>.</summary>
    public string? Number { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>How it was given.</summary>
    public required MandateKind Kind { get; init; }

    /// <summary>The body that gave it.</summary>
    public string? Body { get; init; }

    /// <summary>When it was given.</summary>
    public DateOnly? DecidedOn { get; init; }

    /// <summary>The faction that asked for it.</summary>
    public string? Faction { get; init; }

    /// <summary>By when it is to be fulfilled.</summary>
    public DateOnly? DeadlineOn { get; init; }

    /// <summary>Days by which it is overdue; 0 when it is not.</summary>
    public int OverdueDays { get; init; }

    /// <summary>State.</summary>
    public required MandateState State { get; init; }

    /// <summary>It is not public: shown apart from the others.</summary>
    public bool NonPublic { get; init; }

    /// <summary>Where it is to be read.</summary>
    public string? Url { get; init; }

    /// <summary>Projects that answer to it.</summary>
    public required IReadOnlyList<MandateProject> Projects { get; init; }

    /// <summary>The next step through the council that has no result yet.</summary>
    public CouncilStep? NextStep { get; init; }
}

/// <summary>A project that answers to a mandate.</summary>
/// <param name="Project">The project.</param>
/// <param name="Milestone">The milestone that fulfils it.</param>
/// <param name="Evidence">What shows that it is fulfilled.</param>
public sealed record MandateProject(Reference Project, Reference? Milestone, string? Evidence);

/// <summary>An indicator with what was observed of it.</summary>
public sealed record ReportIndicator
{
    /// <summary>Key.</summary>
    public required string Key { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Unit; absent for plain numbers and ranks.</summary>
    public string? Unit { get; init; }

    /// <summary>Where the numbers come from.</summary>
    public string? Source { get; init; }

    /// <summary>Which way it gets better.</summary>
    public required IndicatorDirection Direction { get; init; }

    /// <summary>It is a rank or a score against others: not comparable between years.</summary>
    public required bool Relative { get; init; }

    /// <summary>The fields of action that it speaks of.</summary>
    public IReadOnlyList<Reference> FieldsOfAction
    {
        get => field ?? [];
        init;
    }

    /// <summary>The projects that have a part in it.</summary>
    public IReadOnlyList<IndicatorProject> Projects
    {
        get => field ?? [];
        init;
    }

    /// <summary>Observations, oldest first; the last <see cref="ReportContent.Observations"/>.</summary>
    public required IReadOnlyList<ReportObservation> Observations { get; init; }
}

/// <summary>A project that has a part in an indicator.</summary>
/// <param name="Project">The project.</param>
/// <param name="Contribution">What it contributes.</param>
public sealed record IndicatorProject(Reference Project, string? Contribution);

/// <summary>An observation of an indicator.</summary>
/// <param name="On">The day it speaks of.</param>
/// <param name="Value">The number.</param>
/// <param name="OutOf">Of how many, for ranks.</param>
/// <param name="Note">What one should know with it.</param>
public sealed record ReportObservation(DateOnly On, double Value, int? OutOf, string? Note);

/// <summary>A risk of a project in a report.</summary>
/// <param name="Key">Key within the project.</param>
/// <param name="Title">Title.</param>
/// <param name="Probability">1 (unlikely) to 5 (almost certain).</param>
/// <param name="Impact">1 (slight) to 5 (grave).</param>
/// <param name="Response">What is done about it.</param>
/// <param name="State">Open, or has happened.</param>
public sealed record ReportRisk(string Key, string Title, int Probability, int Impact, string? Response, RiskState State);

/// <summary>Part of a budget and who gives it.</summary>
/// <param name="Source">Who.</param>
/// <param name="Cents">How much.</param>
public sealed record ReportFunding(string Source, [property: JsonPropertyName("amount"), JsonConverter(typeof(CentsAsEuros))] long Cents);

/// <summary>A period of a report schedule.</summary>
/// <param name="Schedule">Key of the schedule.</param>
/// <param name="From">When the period begins.</param>
/// <param name="Until">When it ends, and the report is due.</param>
public sealed record ReportPeriod(string Schedule, DateTimeOffset From, DateTimeOffset Until);

/// <summary>The previous report of the same series and what its reader saw.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Snapshot">The snapshot at its revision, with the eyes of its day.</param>
public sealed record PreviousReport(int Number, Snapshot Snapshot);

/// <summary>Lights by dimension; one that was not reported is absent.</summary>
/// <param name="Schedule">Termine.</param>
/// <param name="Cost">Kosten.</param>
/// <param name="Scope">Leistung.</param>
/// <param name="Resources">Ressourcen.</param>
/// <param name="Risk">Risiken.</param>
public sealed record ReportLights(Rag? Schedule, Rag? Cost, Rag? Scope, Rag? Resources, Rag? Risk)
{
    /// <summary>The lights of a status update.</summary>
    public static ReportLights Of(IReadOnlyDictionary<Dimension, Rag> lights)
    {
        return new(
            Light(Dimension.Schedule),
            Light(Dimension.Cost),
            Light(Dimension.Scope),
            Light(Dimension.Resources),
            Light(Dimension.Risk)
        );

        Rag? Light(Dimension dimension) => lights.TryGetValue(dimension, out var light) ? light : null;
    }
}

/// <summary>What a partner reported on a project.</summary>
public sealed record ReportedStatus
{
    /// <summary>The day it speaks of.</summary>
    public required DateOnly ReportedOn { get; init; }

    /// <summary>The cycle it was made for.</summary>
    public string? Cycle { get; init; }

    /// <summary>Who reported.</summary>
    public Reference? Partner { get; init; }

    /// <summary>The worst light.</summary>
    public Rag? Rag { get; init; }

    /// <summary>The lights by dimension.</summary>
    public required ReportLights Lights { get; init; }

    /// <summary>Why, when a light is amber or red.</summary>
    public string? Reason { get; init; }

    /// <summary>What was done.</summary>
    public string? Done { get; init; }

    /// <summary>What comes next.</summary>
    public string? Next { get; init; }

    /// <summary>The day on which it was last confirmed that nothing changed since.</summary>
    public DateOnly? ConfirmedOn { get; init; }
}

/// <summary>The coordination's own view of a project.</summary>
/// <param name="Rag">Its light.</param>
/// <param name="Reason">Why.</param>
/// <param name="AssessedOn">The day it speaks of.</param>
public sealed record ReportAssessment(Rag Rag, string? Reason, DateOnly AssessedOn);

/// <summary>A milestone of a project in a report.</summary>
/// <param name="Key">Key within the project.</param>
/// <param name="Title">Title.</param>
/// <param name="CurrentOn">The date that holds: achieved, else forecast, else plan.</param>
/// <param name="PlannedOn">The date it is measured against.</param>
/// <param name="BaselineOn">Soll (ursprünglich).</param>
/// <param name="ApprovedOn">Plan (genehmigt).</param>
/// <param name="ForecastOn">Prognose.</param>
/// <param name="AchievedOn">Ist.</param>
/// <param name="SlipDays">Days by which the first lies after the second.</param>
/// <param name="OverdueDays">Days by which it is overdue; 0 when it is not.</param>
public sealed record ReportMilestone(
    string Key,
    string Title,
    DateOnly? CurrentOn,
    DateOnly? PlannedOn,
    DateOnly? BaselineOn,
    DateOnly? ApprovedOn,
    DateOnly? ForecastOn,
    DateOnly? AchievedOn,
    int? SlipDays,
    int OverdueDays
);

/// <summary>The light reported for a cycle.</summary>
/// <param name="Cycle">The cycle.</param>
/// <param name="Rag">The light; absent when none was reported.</param>
public sealed record CycleLight(Reference Cycle, Rag? Rag);

/// <summary>A project in a report.</summary>
public sealed record ReportProject
{
    /// <summary>Key.</summary>
    public required string Key { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>Field of action.</summary>
    public Reference? FieldOfAction { get; init; }

    /// <summary>Phase.</summary>
    public required Phase Phase { get; init; }

    /// <summary>First day.</summary>
    public DateOnly? StartsOn { get; init; }

    /// <summary>Last day.</summary>
    public DateOnly? EndsOn { get; init; }

    /// <summary>The partners who lead it.</summary>
    public required IReadOnlyList<Reference> Leads { get; init; }

    /// <summary>The reported light as it may be shown: never the green of a silent project.</summary>
    public Rag? Shown { get; init; }

    /// <summary>It has missed so many due cycles that its last report no longer speaks for it.</summary>
    public required bool Silent { get; init; }

    /// <summary>What its lead last reported; where nobody leads it, the newest that any partner did. In formats 1 and 2 the newest of anybody.</summary>
    public ReportedStatus? Reported { get; init; }

    /// <summary>What other partners reported beside it. Reports of the formats 1 and 2 have none.</summary>
    public IReadOnlyList<ReportedStatus> Others
    {
        get => field ?? [];
        init;
    }

    /// <summary>The coordination's own view.</summary>
    public ReportAssessment? Assessed { get; init; }

    /// <summary>Progress in percent.</summary>
    public int? Progress { get; init; }

    /// <summary>Whole budget.</summary>
    [JsonPropertyName("budget")]
    [JsonConverter(typeof(CentsAsEuros))]
    public long? BudgetCents { get; init; }

    /// <summary>Spent to date.</summary>
    [JsonPropertyName("spent")]
    [JsonConverter(typeof(CentsAsEuros))]
    public long? SpentCents { get; init; }

    // Reports of the first format have none of these: what is missing in the file comes in as null.
    /// <summary>Where the budget comes from.</summary>
    public IReadOnlyList<ReportFunding> Funding
    {
        get => field ?? [];
        init;
    }

    /// <summary>The coordination's comment in this report.</summary>
    public string? Comment { get; init; }

    /// <summary>Risks that are not closed, the gravest first.</summary>
    public IReadOnlyList<ReportRisk> Risks
    {
        get => field ?? [];
        init;
    }

    /// <summary>Milestones by their current date.</summary>
    public required IReadOnlyList<ReportMilestone> Milestones { get; init; }

    /// <summary>The lights of the last cycles, oldest first: of those for which it reported or was to.</summary>
    public required IReadOnlyList<CycleLight> Trend { get; init; }

    /// <summary>The project, or a part of it, is invented for demonstration.</summary>
    public required bool ContainsSampleData { get; init; }
}

/// <summary>How many projects and how much money.</summary>
public sealed record ReportCounts
{
    /// <summary>How many projects there are.</summary>
    public required int Projects { get; init; }

    /// <summary>Their lights as shown.</summary>
    public required RagCounts Lights { get; init; }

    /// <summary>By phase.</summary>
    public required IReadOnlyList<PhaseCount> Phases { get; init; }

    /// <summary>By field of action.</summary>
    public required IReadOnlyList<FieldCount> FieldsOfAction { get; init; }

    /// <summary>The sum of all known budgets.</summary>
    [JsonPropertyName("budget")]
    [JsonConverter(typeof(CentsAsEuros))]
    public required long BudgetCents { get; init; }

    /// <summary>The sum of what was spent so far, as reported.</summary>
    [JsonPropertyName("spent")]
    [JsonConverter(typeof(CentsAsEuros))]
    public required long SpentCents { get; init; }
}

/// <summary>Who has reported in the current cycle, and who has not.</summary>
/// <param name="Cycle">The cycle; absent when none has opened yet.</param>
/// <param name="DueOn">Last day on which a report is in time.</param>
/// <param name="Reported">How many have reported.</param>
/// <param name="Expected">How many were to.</param>
/// <param name="Text">The same in German: <c>23 von 25 gemeldet</c>.</param>
/// <param name="Outstanding">The duties that are due or missing.</param>
public sealed record ReportDuties(
    Reference? Cycle,
    DateOnly? DueOn,
    int Reported,
    int Expected,
    string Text,
    IReadOnlyList<Duty> Outstanding
)
{
    /// <summary>In German, where reports are outstanding that are not named here; otherwise empty.</summary>
    [JsonIgnore]
    public string Hidden => Reported < Expected && Outstanding.Count == 0 ? " Welche Meldungen ausstehen, nennt diese Fassung nicht." : "";
}

/// <summary>What changed since the previous report of the series.</summary>
/// <param name="Number">Number of that report.</param>
/// <param name="Day">Its day.</param>
/// <param name="Difference">What changed.</param>
public sealed record ReportChanges(int Number, DateOnly Day, SnapshotDifference Difference);

/// <summary>The frozen content of a report. Its bytes are what is hashed, kept and handed out; every page and file is made from them.</summary>
public sealed record ReportContent
{
    /// <summary>What the first report names as the hash of the one before.</summary>
    public const string NoHash = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>How many cycles a project's trend shows.</summary>
    public const int TrendCycles = 6;

    /// <summary>How many observations of an indicator it shows.</summary>
    public const int Observations = 10;

    private const string CurrentFormat = "allianz-portfolio-report/3";

    // Have all that the current one has but for what may be absent.
    private const string SecondFormat = "allianz-portfolio-report/2";
    private const string FirstFormat = "allianz-portfolio-report/1";

    /// <summary>Names the layout of this file, so that a later program can still read it.</summary>
    public required string Format { get; init; }

    /// <summary>Its projects are reported on by their leads; in older formats by whoever was the last.</summary>
    [JsonIgnore]
    public bool LeadSpeaks => Format is not (FirstFormat or SecondFormat);

    /// <summary>Number.</summary>
    public required int Number { get; init; }

    /// <summary>Title.</summary>
    public required string Title { get; init; }

    /// <summary>Who may see it.</summary>
    public required Visibility Visibility { get; init; }

    /// <summary>The period it was made for, when it was made on schedule.</summary>
    public ReportPeriod? Period { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The revision whose state it shows.</summary>
    public required long Revision { get; init; }

    /// <summary>The day with whose eyes it looks (Europe/Berlin).</summary>
    public required DateOnly Day { get; init; }

    /// <summary>SHA-256 of the report with the number before.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>Number of the report that it replaces.</summary>
    public int? Replaces { get; init; }

    /// <summary>Why it replaces it.</summary>
    public string? ReplacesReason { get; init; }

    /// <summary>Name and version of the program that issued it, e.g. <c>Allianz.Portfolio 0.9.0</c>; absent in older reports.</summary>
    public string? Software { get; init; }

    /// <summary>Something in it is invented for demonstration.</summary>
    public required bool ContainsSampleData { get; init; }

    /// <summary>The meeting of the board that it was made for.</summary>
    public ReportMeeting? Meeting { get; init; }

    /// <summary>The coordination's foreword.</summary>
    public string? Foreword { get; init; }

    /// <summary>Counts.</summary>
    public required ReportCounts Counts { get; init; }

    /// <summary>Duties of the current cycle.</summary>
    public required ReportDuties Duties { get; init; }

    /// <summary>What changed since the previous report of the series; absent in its first.</summary>
    public ReportChanges? Changes { get; init; }

    /// <summary>What the projects ask of the board.</summary>
    public required IReadOnlyList<ListedDecisionRequest> DecisionRequests { get; init; }

    /// <summary>Findings computed by rule.</summary>
    public required IReadOnlyList<Signal> Signals { get; init; }

    /// <summary>Overdue milestones.</summary>
    public required IReadOnlyList<ListedMilestone> OverdueMilestones { get; init; }

    /// <summary>Milestones of the next 90 days.</summary>
    public required IReadOnlyList<ListedMilestone> NextMilestones { get; init; }

    /// <summary>How complete the data is.</summary>
    public required IReadOnlyList<DataShare> Data { get; init; }

    /// <summary>From when on something was a finding; absent in the oldest reports.</summary>
    public SignalThresholds? Thresholds { get; init; }

    /// <summary>Assignments of earlier meetings: open ones, and those that were closed since the report before.</summary>
    public IReadOnlyList<ReportAssignment> Assignments
    {
        get => field ?? [];
        init;
    }

    /// <summary>The follow-up of the council's mandates (Beschlussverfolgung); absent when the report has none.</summary>
    public IReadOnlyList<ReportMandate>? Mandates { get; init; }

    /// <summary>What the city measures itself by.</summary>
    public IReadOnlyList<ReportIndicator> Indicators
    {
        get => field ?? [];
        init;
    }

    /// <summary>The cycles that trends are made of, oldest first. In older reports every project has a light for each of them.</summary>
    public IReadOnlyList<Reference> LastCycles
    {
        get => field ?? [.. Projects.SelectMany(project => project.Trend).Select(light => light.Cycle).DistinctBy(cycle => cycle.Key)];
        init;
    }

    /// <summary>Every project, by title.</summary>
    public required IReadOnlyList<ReportProject> Projects { get; init; }

    /// <summary>The content of a report on a snapshot.</summary>
    /// <param name="head">What the report is.</param>
    /// <param name="snapshot">What its readers may see.</param>
    /// <param name="previous">The previous report of the series, absent for the first.</param>
    /// <param name="thresholds">From when on something is a signal.</param>
    /// <param name="matters">What comes into it besides.</param>
    public static ReportContent Of(
        ReportHead head,
        Snapshot snapshot,
        PreviousReport? previous,
        SignalThresholds thresholds,
        ReportMatters? matters = null
    )
    {
        matters ??= new();
        var summary = PortfolioSummary.Of(snapshot, thresholds);
        // For a meeting its own cycle is asked for, though that of a later meeting may have opened already.
        var cycle =
            snapshot.Cycles.FirstOrDefault(it => it.Meeting is { } key && key == matters.Meeting?.Key && it.OpensOn <= snapshot.Day)
            ?? Domain.Duties.ToldCycle(snapshot.Cycles, snapshot.Day);
        var duties = cycle is null ? [] : Domain.Duties.In(snapshot, cycle, snapshot.Day);
        var completeness = Completeness.Of(duties);
        // One that opened meanwhile is no part of what is reported here.
        var lastCycles = snapshot
            .Cycles.Where(it => it.OpensOn <= (cycle?.OpensOn ?? snapshot.Day))
            .OrderBy(it => it.OpensOn)
            .TakeLast(TrendCycles)
            .ToList();
        var projects = snapshot
            .Projects.Select(project =>
                Project(project, snapshot, lastCycles, thresholds) with
                {
                    Comment = matters.Comments.GetValueOrDefault(project.Key),
                }
            )
            .ToList();
        return new()
        {
            Format = CurrentFormat,
            Number = head.Number,
            Title = head.Title,
            Visibility = head.Visibility,
            Period = head.Period,
            IssuedAt = head.IssuedAt,
            Revision = snapshot.Revision,
            Day = snapshot.Day,
            PreviousHash = head.PreviousHash,
            Replaces = head.Replaces,
            ReplacesReason = head.ReplacesReason,
            Software = head.Software,
            ContainsSampleData =
                projects.Any(project => project.ContainsSampleData) || matters.ContainsSampleData || lastCycles.Any(it => it.Sample),
            Meeting = matters.Meeting,
            Foreword = head.Foreword,
            Counts = new()
            {
                Projects = summary.Projects,
                Lights = summary.Lights,
                Phases = summary.Phases,
                FieldsOfAction = summary.FieldsOfAction,
                BudgetCents = summary.BudgetCents,
                SpentCents = summary.SpentCents,
            },
            Duties = new(
                cycle is null ? null : new(cycle.Key, cycle.Name),
                cycle?.DueOn,
                completeness.Reported,
                completeness.Expected,
                completeness.Text,
                [.. duties.Where(duty => duty.State is DutyState.Due or DutyState.Missing)]
            ),
            Changes = previous is null
                ? null
                : new(previous.Number, previous.Snapshot.Day, SnapshotDifference.Between(previous.Snapshot, snapshot)),
            DecisionRequests = summary.OpenDecisionRequests,
            Signals = summary.Signals,
            OverdueMilestones = summary.OverdueMilestones,
            NextMilestones = summary.NextMilestones,
            Data = summary.Data,
            Thresholds = thresholds,
            Assignments = matters.Assignments,
            Mandates = matters.Mandates,
            Indicators = matters.Indicators,
            LastCycles = [.. lastCycles.Select(it => new Reference(it.Key, it.Name))],
            Projects = projects,
        };
    }

    /// <summary>Without who has not reported: how many have stays.</summary>
    public ReportContent WithoutOutstanding() =>
        this with
        {
            Duties = Duties with { Outstanding = [] },
            Signals = [.. Signals.Where(signal => signal.Code != SignalCode.NotReported)],
        };

    /// <summary>
    /// The one file that stands for this content: UTF-8 JSON in a fixed order, indented for people, ending with a line feed. The same
    /// content always gives the same bytes.
    /// </summary>
    public byte[] ToBytes() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ReportJson.Readable.ReportContent), (byte)'\n'];

    /// <summary>
    /// What <see cref="ToBytes()"/> gives of this content, made from the bytes of one that differs in number, instant and previous hash only.
    /// They stand in lines of their own, so the rest need not be written again.
    /// </summary>
    /// <param name="other">The other content.</param>
    /// <param name="bytes">Its bytes.</param>
    public byte[] ToBytes(ReportContent other, byte[] bytes)
    {
        foreach (
            var (name, before, after) in new (string, object, object)[]
            {
                ("number", other.Number, Number),
                ("issuedAt", other.IssuedAt, IssuedAt),
                ("previousHash", other.PreviousHash, PreviousHash),
            }
        )
        {
            // A line feed within a text is escaped, and what belongs to a part of the report is indented further.
            var (old, now) = (Line(name, before), Line(name, after));
            var at = bytes.AsSpan().IndexOf(old);
            if (at < 0)
            {
                throw new ArgumentException($"The bytes do not say '{name}' as the content does.", nameof(bytes));
            }
            bytes = [.. bytes.AsSpan(0, at), .. now, .. bytes.AsSpan(at + old.Length)];
        }
        return bytes;
    }

    private static byte[] Line(string name, object value) =>
        [
            .. "\n  \""u8,
            .. System.Text.Encoding.UTF8.GetBytes(name),
            .. "\": "u8,
            .. JsonSerializer.SerializeToUtf8Bytes(value, value.GetType(), ReportJson.Readable.Options),
            .. ",\n"u8,
        ];

    /// <summary>Reads what <see cref="ToBytes()"/> has written.</summary>
    /// <exception cref="JsonException">The bytes are not a report, or one of a layout that this program does not know.</exception>
    public static ReportContent FromBytes(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, ReportJson.Readable.ReportContent)
            is { Format: CurrentFormat or SecondFormat or FirstFormat } content
            ? content
            : throw new JsonException($"Not a report of the format {CurrentFormat}.");

    /// <summary>SHA-256 as lower-case hex, as <c>sha256sum</c> shows it.</summary>
    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static ReportProject Project(
        ProjectState project,
        Snapshot snapshot,
        IReadOnlyList<ReportingCycle> lastCycles,
        SignalThresholds thresholds
    ) =>
        new()
        {
            Key = project.Key,
            Title = project.Title,
            FieldOfAction = project.FieldOfAction,
            Phase = project.Phase,
            StartsOn = project.StartsOn,
            EndsOn = project.EndsOn,
            Leads = Domain.Duties.Leads(project, snapshot.Day),
            Shown = Domain.Signals.ShownRag(project, snapshot.Cycles, snapshot.Day, thresholds),
            Silent = Domain.Signals.IsSilent(project, snapshot.Cycles, snapshot.Day, thresholds),
            Reported = Domain.Reported.Content(project) is { } update ? Status(update, Domain.Reported.Newest(project)) : null,
            Others = [.. Domain.Reported.Beside(project).Select(other => Status(other, other))],
            Assessed = project.Assessment is { } own ? new(own.Rag, own.Reason, own.AssessedOn) : null,
            Progress = Domain.Reported.Progress(project),
            BudgetCents = project.BudgetCents,
            SpentCents = Domain.Reported.Spent(project)?.SpentCents,
            Funding = [.. project.Funding.Select(source => new ReportFunding(source.Source, source.Cents))],
            Risks =
            [
                .. project
                    .Risks.Where(risk => risk.State != RiskState.Closed)
                    .Select(risk => new ReportRisk(risk.Key, risk.Title, risk.Probability, risk.Impact, risk.Response, risk.State)),
            ],
            Milestones =
            [
                .. project.Milestones.Select(milestone => new ReportMilestone(
                    milestone.Key,
                    milestone.Title,
                    milestone.CurrentOn(),
                    milestone.PlannedOn(),
                    milestone.BaselineOn,
                    milestone.ApprovedOn,
                    milestone.ForecastOn,
                    milestone.AchievedOn,
                    milestone.SlipDays(),
                    milestone.OverdueDays(snapshot.Day)
                )),
            ],
            Trend =
            [
                .. lastCycles
                    .Select(cycle => (Cycle: cycle, Light: Domain.Reported.LightForCycle(project, cycle)))
                    .Where(it => it.Light is not null || Domain.Duties.Owes(project, it.Cycle))
                    .Select(it => new CycleLight(new(it.Cycle.Key, it.Cycle.Name), it.Light)),
            ],
            ContainsSampleData = project.ContainsSampleData,
        };

    private static ReportedStatus Status(StatusState update, StatusState? newest) =>
        new()
        {
            ReportedOn = update.ReportedOn,
            Cycle = update.Cycle,
            Partner = update.Partner,
            Rag = update.Overall,
            Lights = ReportLights.Of(update.Lights),
            Reason = update.Reason,
            Done = update.Done,
            Next = update.Next,
            ConfirmedOn = newest is { Unchanged: true } && newest.Partner == update.Partner ? newest.ReportedOn : null,
        };
}

/// <summary>Writes the JSON of reports. Generated at build, so that the order of the fields is fixed.</summary>
[JsonSerializable(typeof(ReportContent))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(DateTimeOffset))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Umlauts stand as they are; what could end a script or an attribute is escaped.</summary>
    public static ReportJson Readable { get; } =
        new(
            new JsonSerializerOptions
            {
                PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
                Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
                Converters = { new CamelCaseCodes(), new UtcInstants() },
                WriteIndented = true,
                IndentCharacter = ' ',
                IndentSize = 2,
                NewLine = "\n",
            }
        );
}

/// <summary>Codes in camelCase, never as numbers.</summary>
public sealed class CamelCaseCodes() : JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false);

/// <summary>Instants in UTC with a Z, whatever offset they came with.</summary>
public sealed class UtcInstants : JsonConverter<DateTimeOffset>
{
    /// <inheritdoc />
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset();

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
}
