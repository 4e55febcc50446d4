using Allianz.Portfolio.Api.Database;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.UseCases.Reports;

/// <summary>Reads what comes into a report besides the portfolio: the meeting, assignments, mandates, indicators.</summary>
internal static class ReportMattersReader
{
    private static readonly Statement _meeting = new(from =>
        $"SELECT m.[Key], m.Body, m.MeetingOn, m.Place, m.Sample FROM {from.Shared("BoardMeeting", "m")} WHERE m.[Key] = @key"
    );

    // Open ones, and what was closed or mended since the report before.
    private static readonly Statement _assignments = new(from =>
        $"""
            SELECT a.[Key], a.Title, a.Text, a.DueOn, a.State, a.DoneOn, a.Evidence, a.Report, a.Sample, m.MeetingOn AS GivenOn,
                a.Partner AS PartnerKey, o.Name AS PartnerName, p.[Key] AS ProjectKey, p.Title AS ProjectTitle
            FROM {from.Own("Assignment", "a")}
                LEFT JOIN {from.Shared("Partner", "o")} ON o.[Key] = a.Partner
                LEFT JOIN {from.Projects("p")} ON p.[Key] = a.Project
                LEFT JOIN {from.Shared("BoardMeeting", "m")} ON m.[Key] = a.Meeting
            WHERE a.State = 'open' OR a.FromRevision > @since
            ORDER BY a.[Key]
            """
    );

    private static readonly Statement _closed = new(from => $"SELECT a.[Key] FROM {from.Own("Assignment", "a")} WHERE a.State <> 'open'");

    private static readonly Statement _mandates = new(from =>
        $"""
            SELECT m.[Key], m.Number, m.Title, m.Kind, m.Body, m.DecidedOn, m.Faction, m.DeadlineOn, m.State, m.Visibility, m.Url, m.Steps, m.Sample
            FROM {from.Own("Mandate", "m")} ORDER BY m.TitleSort, m.[Key]
            """
    );

    private static readonly Statement _mandateProjects = new(from =>
        $"""
            SELECT x.Mandate, x.Evidence, x.Sample, p.[Key] AS ProjectKey, p.Title AS ProjectTitle, s.[Key] AS MilestoneKey, s.Title AS MilestoneTitle
            FROM {from.Projects("p")} JOIN {from.Parts("MandateLink", "x", of: "p")}
                LEFT JOIN {from.Parts("Milestone", "s", of: "p")} AND s.[Key] = x.Milestone
            ORDER BY p.TitleSort, p.[Key]
            """
    );

    private static readonly Statement _indicators = new(from =>
        $"""
            SELECT i.[Key], i.Name, i.Unit, i.Source, i.Direction, i.Relative, i.FieldsOfAction, i.Sample FROM {from.Shared(
                "Indicator",
                "i"
            )} ORDER BY i.NameSort, i.[Key]
            """
    );

    private static readonly Statement _observations = new(from =>
        $"""
            SELECT b.Indicator, b.ObservedOn, b.Value, b.OutOf, b.Note, b.Sample FROM {from.Shared(
                "Observation",
                "b"
            )} ORDER BY b.Indicator, b.ObservedOn
            """
    );

    private static readonly Statement _indicatorProjects = new(from =>
        $"""
            SELECT x.Indicator, x.Contribution, x.Sample, p.[Key] AS ProjectKey, p.Title AS ProjectTitle
            FROM {from.Projects("p")} JOIN {from.Parts("IndicatorLink", "x", of: "p")} ORDER BY p.TitleSort, p.[Key], x.[Key]
            """
    );

    private static readonly Statement _fields = new(from =>
        $"SELECT f.[Key], f.Name FROM {from.Shared("FieldOfAction", "f")} ORDER BY f.NameSort, f.[Key]"
    );

    /// <param name="session">Open.</param>
    /// <param name="view">What the report's readers may see, and when.</param>
    /// <param name="order">What is ordered.</param>
    /// <param name="since">The revision that the report before shows; absent for the first.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<ReportMatters> ReadAsync(Session session, View view, ReportOrder order, long? since, CancellationToken ct)
    {
        var day = view.Day;
        var meeting = await MeetingAsync(session, order, ct);
        var assignments = await session.QueryAsync<AssignmentLine>(_assignments, view, new { since = since ?? long.MaxValue }, ct);
        // What the report before knew as closed is not closed since.
        var closedBefore = assignments.All(a => a.State == AssignmentState.Open)
            ? []
            : (await session.QueryAsync<string>(_closed, view with { Revision = since }, null, ct)).ToHashSet();
        assignments = [.. assignments.Where(a => a.State == AssignmentState.Open || !closedBefore.Contains(a.Key))];
        var (mandates, inventedMandates) = order.WithMandates ? await MandatesAsync(session, view, ct) : (null, false);
        var (indicators, inventedIndicators) = await IndicatorsAsync(session, view, ct);
        return new ReportMatters
        {
            ContainsSampleData = meeting is { Sample: true } || assignments.Any(a => a.Sample) || inventedMandates || inventedIndicators,
            Meeting = meeting is null ? null : new(meeting.Key, meeting.Body, meeting.MeetingOn, meeting.Place),
            Comments = order.Comments,
            Assignments =
            [
                .. assignments
                    .OrderBy(a => a.State)
                    .ThenBy(a => a.DueOn ?? DateOnly.MaxValue)
                    .Select(a => new ReportAssignment(
                        a.Key,
                        a.Title,
                        a.Text,
                        Named(a.PartnerKey, a.PartnerName),
                        Named(a.ProjectKey, a.ProjectTitle),
                        a.DueOn,
                        a.State == AssignmentState.Open ? Overdue(a.DueOn, day) : 0,
                        a.State,
                        a.DoneOn,
                        a.Evidence,
                        a.Report,
                        a.GivenOn
                    )),
            ],
            Mandates = mandates,
            Indicators = indicators,
        };
    }

    /// <summary>The meeting that a report is made for, as it is now whatever the report shows; null when it is made for none.</summary>
    public static async Task<MeetingRow?> MeetingAsync(Session session, ReportOrder order, CancellationToken ct) =>
        order.Meeting is null ? null : await session.FirstAsync<MeetingRow>(_meeting, View.All(default), new { key = order.Meeting }, ct);

    private static async Task<(IReadOnlyList<ReportIndicator>, bool ContainsSampleData)> IndicatorsAsync(
        Session session,
        View view,
        CancellationToken ct
    )
    {
        var indicators = await session.QueryAsync<IndicatorLine>(_indicators, view, null, ct);
        var observations = (await session.QueryAsync<ObservationLine>(_observations, view, null, ct))
            .GroupBy(o => o.Indicator)
            .SelectMany(all => all.TakeLast(ReportContent.Observations))
            .ToLookup(o => o.Indicator);
        var projects = (await session.QueryAsync<IndicatorProjectLine>(_indicatorProjects, view, null, ct)).ToLookup(p => p.Indicator);
        var fields = (await session.QueryAsync<FieldOfAction>(_fields, view, null, ct)).Select(f => new Reference(f.Key, f.Name)).ToList();
        return (
            [
                .. indicators.Select(i =>
                {
                    var about = JsonList.Unpack<string>(i.FieldsOfAction);
                    return new ReportIndicator
                    {
                        Key = i.Key,
                        Name = i.Name,
                        Unit = i.Unit,
                        Source = i.Source,
                        Direction = i.Direction,
                        Relative = i.Relative,
                        FieldsOfAction = [.. fields.Where(f => about.Contains(f.Key))],
                        Projects =
                        [
                            .. projects[i.Key].Select(p => new IndicatorProject(new(p.ProjectKey, p.ProjectTitle), p.Contribution)),
                        ],
                        Observations = [.. observations[i.Key].Select(o => new ReportObservation(o.ObservedOn, o.Value, o.OutOf, o.Note))],
                    };
                }),
            ],
            indicators.Any(i => i.Sample || observations[i.Key].Any(o => o.Sample) || projects[i.Key].Any(p => p.Sample))
        );
    }

    private static async Task<(IReadOnlyList<ReportMandate>?, bool ContainsSampleData)> MandatesAsync(
        Session session,
        View view,
        CancellationToken ct
    )
    {
        var mandates = await session.QueryAsync<MandateLine>(_mandates, view, null, ct);
        var projects = (await session.QueryAsync<MandateProjectLine>(_mandateProjects, view, null, ct)).ToLookup(p => p.Mandate);
        return (
            [
                .. mandates.Select(m => new ReportMandate
                {
                    Key = m.Key,
                    Number = m.Number,
                    Title = m.Title,
                    Kind = m.Kind,
                    Body = m.Body,
                    DecidedOn = m.DecidedOn,
                    Faction = m.Faction,
                    DeadlineOn = m.DeadlineOn,
                    OverdueDays = m.State is MandateState.Open or MandateState.InProgress ? Overdue(m.DeadlineOn, view.Day) : 0,
                    State = m.State,
                    NonPublic = m.Visibility > Visibility.Public,
                    Url = m.Url,
                    Projects =
                    [
                        .. projects[m.Key]
                            .Select(p => new MandateProject(
                                new Reference(p.ProjectKey, p.ProjectTitle),
                                Named(p.MilestoneKey, p.MilestoneTitle),
                                p.Evidence
                            )),
                    ],
                    NextStep = JsonList.Unpack<CouncilStep>(m.Steps).FirstOrDefault(step => step.Result is null),
                }),
            ],
            mandates.Any(m => m.Sample || projects[m.Key].Any(p => p.Sample))
        );
    }

    private static Reference? Named(string? key, string? name) => key is null ? null : new Reference(key, name ?? key);

    private static int Overdue(DateOnly? dueOn, DateOnly day) => dueOn < day ? day.DayNumber - dueOn.Value.DayNumber : 0;

    private sealed record AssignmentLine
    {
        public required string Key { get; init; }
        public required string Title { get; init; }
        public string? Text { get; init; }
        public DateOnly? DueOn { get; init; }
        public required AssignmentState State { get; init; }
        public DateOnly? DoneOn { get; init; }
        public string? Evidence { get; init; }
        public long? Report { get; init; }
        public bool Sample { get; init; }
        public DateOnly? GivenOn { get; init; }
        public string? PartnerKey { get; init; }
        public string? PartnerName { get; init; }
        public string? ProjectKey { get; init; }
        public string? ProjectTitle { get; init; }
    }

    private sealed record MandateLine
    {
        public required string Key { get; init; }
        public string? Number { get; init; }
        public required string Title { get; init; }
        public required MandateKind Kind { get; init; }
        public string? Body { get; init; }
        public DateOnly? DecidedOn { get; init; }
        public string? Faction { get; init; }
        public DateOnly? DeadlineOn { get; init; }
        public required MandateState State { get; init; }
        public required Visibility Visibility { get; init; }
        public string? Url { get; init; }
        public string? Steps { get; init; }
        public bool Sample { get; init; }
    }

    private sealed record MandateProjectLine
    {
        public required string Mandate { get; init; }
        public string? Evidence { get; init; }
        public bool Sample { get; init; }
        public required string ProjectKey { get; init; }
        public required string ProjectTitle { get; init; }
        public string? MilestoneKey { get; init; }
        public string? MilestoneTitle { get; init; }
    }

    private sealed record IndicatorLine
    {
        public required string Key { get; init; }
        public required string Name { get; init; }
        public string? Unit { get; init; }
        public string? Source { get; init; }
        public required IndicatorDirection Direction { get; init; }
        public required bool Relative { get; init; }
        public string? FieldsOfAction { get; init; }
        public bool Sample { get; init; }
    }

    private sealed record IndicatorProjectLine
    {
        public required string Indicator { get; init; }
        public string? Contribution { get; init; }
        public bool Sample { get; init; }
        public required string ProjectKey { get; init; }
        public required string ProjectTitle { get; init; }
    }

    private sealed record ObservationLine
    {
        public required string Indicator { get; init; }
        public required DateOnly ObservedOn { get; init; }
        public required double Value { get; init; }
        public int? OutOf { get; init; }
        public string? Note { get; init; }
        public bool Sample { get; init; }
    }
}

/// <summary>A meeting of the board, as a report names it.</summary>
internal sealed record MeetingRow
{
    public required string Key { get; init; }
    public required string Body { get; init; }
    public required DateOnly MeetingOn { get; init; }
    public string? Place { get; init; }
    public bool Sample { get; init; }
}
