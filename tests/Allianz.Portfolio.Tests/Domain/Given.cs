using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;
using CsCheck;

namespace Allianz.Portfolio.Tests.Domain;

/// <summary>Small states to test rules on, and generators of random ones.</summary>
internal static class Given
{
    public static readonly DateOnly Today = new(2026, 10, 1);

    /// <summary>Due on 31 March, 30 June and 30 September; the fourth has opened and is due on 31 December.</summary>
    public static readonly IReadOnlyList<CycleState> Cycles =
    [
        Cycle("2026-q1", "2026-03-01", "2026-03-31"),
        Cycle("2026-q2", "2026-06-01", "2026-06-30"),
        Cycle("2026-q3", "2026-09-01", "2026-09-30"),
        Cycle("2026-q4", "2026-12-01", "2026-12-31"),
    ];

    public static readonly Reference Ihk = new("ihk", "IHK zu Dortmund");

    public static DateOnly Day(string iso) => DateOnly.ParseExact(iso, "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    public static CycleState Cycle(string key, string opens, string due) =>
        new()
        {
            Key = key,
            Name = $"Runde {key}",
            OpensOn = Day(opens),
            DueOn = Day(due),
            ClosesOn = Day(due).AddDays(7),
            Revision = 1,
        };

    public static ProjectState Project(string key = "5gain", Phase phase = Phase.Implementing) =>
        new()
        {
            Id = Guid.Empty,
            FromRevision = 1,
            Key = key,
            Title = $"Projekt {key}",
            Phase = phase,
            Visibility = Visibility.Public,
            Day = Today,
            Participations = [Part(ParticipationRole.Lead, Ihk)],
        };

    public static Milestone Milestone(
        string key = "start",
        string? baseline = null,
        string? approved = null,
        string? forecast = null,
        string? achieved = null,
        string? reason = null
    ) =>
        new()
        {
            Key = key,
            Title = $"Meilenstein {key}",
            BaselineOn = Optional(baseline),
            ApprovedOn = Optional(approved),
            ForecastOn = Optional(forecast),
            AchievedOn = Optional(achieved),
            ForecastReason = reason,
            FromRevision = 1,
        };

    public static StatusState Update(string on, Rag? light = Rag.Green, string? cycle = null) =>
        new()
        {
            Key = $"s-{on}",
            Cycle = cycle,
            Partner = Ihk,
            ReportedOn = Day(on),
            Lights = light is null ? new Dictionary<Dimension, Rag>() : new() { [Dimension.Schedule] = light.Value },
            Reason = RagRules.NeedsReason(light) ? "Lieferverzug" : null,
            Revision = 1,
        };

    public static StatusState Confirmation(string on, string? cycle = null) => Update(on, null, cycle) with { Unchanged = true };

    public static DecisionRequestState Request(DecisionState state = DecisionState.Open, string? decided = null) =>
        new()
        {
            Key = "e1",
            Title = "Weiterfinanzierung",
            State = state,
            DecidedOn = Optional(decided),
            Visibility = Visibility.Board,
            Revision = 1,
        };

    public static Participation Part(ParticipationRole role, Reference partner, string? from = null, string? until = null) =>
        new()
        {
            Key = $"{partner.Key}-{role}",
            Partner = partner,
            Role = role,
            FromOn = Optional(from),
            UntilOn = Optional(until),
            FromRevision = 1,
        };

    public static Snapshot Snapshot(params ProjectState[] projects) =>
        new()
        {
            Revision = 7,
            Day = Today,
            Projects = projects,
            Cycles = Cycles,
        };

    private static DateOnly? Optional(string? iso) => iso is null ? null : Day(iso);

    /// <summary>Days of 2026.</summary>
    public static readonly Gen<DateOnly> AnyDay = Gen.Int[0, 364].Select(days => new DateOnly(2026, 1, 1).AddDays(days));

    public static readonly Gen<DateOnly?> MaybeDay = Maybe(AnyDay);

    public static readonly Gen<Rag> AnyRag = Gen.Enum<Rag>();

    public static readonly Gen<string> AnyText = AnyOf("Straßenlaternen", "„Ü“ & <b>", "a\nb", "");

    public static readonly Gen<Milestone> AnyMilestone = Gen.Select(
        Gen.Int[0, 4],
        AnyText,
        MaybeDay,
        MaybeDay,
        MaybeDay,
        MaybeDay,
        (key, title, baseline, approved, forecast, achieved) =>
            new Milestone
            {
                Key = $"m{key}",
                Title = title,
                BaselineOn = baseline,
                ApprovedOn = approved,
                ForecastOn = forecast,
                AchievedOn = achieved,
                FromRevision = 1,
            }
    );

    public static readonly Gen<StatusState> AnyUpdate = Gen.Select(
        AnyDay,
        Gen.Dictionary(Gen.Enum<Dimension>(), AnyRag)[0, 3],
        AnyOf<string?>(null, "2026-q1", "2026-q2", "2026-q3"),
        Maybe(Gen.Int[0, 100]),
        Maybe(Gen.Long[0, 500_000]),
        Gen.Select(Gen.Int[0, 4], MaybeDay, AnyDay).Select((key, before, on) => new ForecastState($"m{key}", before, on, null)).List[0, 2],
        Gen.Long[1, 20],
        (on, lights, cycle, progress, spent, forecasts, revision) =>
            new StatusState
            {
                Key = $"s{revision}",
                ReportedOn = on,
                Lights = lights,
                Cycle = cycle,
                Progress = progress,
                SpentCents = spent,
                Forecasts = forecasts,
                Unchanged = revision % 5 == 0,
                Revision = revision,
            }
    );

    public static readonly Gen<Risk> AnyRisk = Gen.Select(
        Gen.Int[0, 2],
        Gen.Int[1, 5],
        Gen.Int[1, 5],
        Gen.Enum<RiskState>(),
        (key, probability, impact, state) =>
            new Risk
            {
                Key = $"r{key}",
                Title = "Risiko",
                Probability = probability,
                Impact = impact,
                State = state,
                Visibility = Visibility.Alliance,
                FromRevision = 1,
            }
    );

    public static readonly Gen<DecisionRequestState> AnyRequest = Gen.Select(
        Gen.Int[0, 2],
        Gen.Enum<DecisionState>(),
        MaybeDay,
        (key, state, needed) =>
            new DecisionRequestState
            {
                Key = $"e{key}",
                Title = "Bitte entscheiden",
                State = state,
                NeededBy = needed,
                Visibility = Visibility.Board,
                Revision = 1,
            }
    );

    public static readonly Gen<Participation> AnyPart = Gen.Select(
        Gen.Int[0, 3],
        Gen.Enum<ParticipationRole>(),
        MaybeDay,
        MaybeDay,
        (partner, role, from, until) =>
            new Participation
            {
                Key = $"p{partner}-{role}",
                Partner = new($"p{partner}", $"Partner {partner}"),
                Role = role,
                FromOn = from,
                UntilOn = until,
                FromRevision = 1,
            }
    );

    public static readonly Gen<Gate> AnyGate = Gen.Select(
        Gen.Int[0, 2],
        MaybeDay,
        Maybe(Gen.Enum<GateOutcome>()),
        (key, planned, outcome) =>
            new Gate
            {
                Key = $"g{key}",
                Title = "Freigabe",
                PlannedOn = planned,
                Outcome = outcome,
                FromRevision = 1,
            }
    );

    public static readonly Gen<ProjectState> AnyProject =
        from key in Gen.Int[0, 6]
        from title in AnyText
        from goal in Gen.OneOf(AnyText.Select(text => (string?)text), Gen.Const((string?)null))
        from phase in Gen.Enum<Phase>()
        from field in AnyOf(null, new Reference("mobilitaet", "Intelligente Mobilität"), new Reference("daten", "Daten"))
        from starts in MaybeDay
        from ends in MaybeDay
        from budget in Maybe(Gen.Long[0, 500_000])
        from archived in Gen.Frequency((9, Gen.Const(false)), (1, Gen.Const(true)))
        from milestones in Distinct(AnyMilestone, it => it.Key)
        from updates in Distinct(AnyUpdate, it => it.Key)
        from risks in Distinct(AnyRisk, it => it.Key)
        from requests in Distinct(AnyRequest, it => it.Key)
        from parts in Distinct(AnyPart, it => it.Key)
        from gates in Distinct(AnyGate, it => it.Key)
        from assessed in Maybe(AnyRag)
        select new ProjectState
        {
            Id = Guid.Empty,
            FromRevision = 1,
            Key = $"projekt-{key}",
            Title = title,
            Goal = goal,
            Phase = phase,
            FieldOfAction = field,
            StartsOn = starts,
            EndsOn = ends,
            BudgetCents = budget,
            Archived = archived,
            Visibility = Visibility.Public,
            Milestones = milestones,
            Updates = [.. updates.OrderByDescending(update => update.Revision)],
            Risks = risks,
            DecisionRequests = requests,
            Participations = parts,
            Gates = gates,
            Assessment = assessed is null
                ? null
                : new()
                {
                    Key = "k1",
                    Rag = assessed.Value,
                    AssessedOn = Today,
                    Visibility = Visibility.Board,
                    Revision = 1,
                },
        };

    public static readonly Gen<Snapshot> AnySnapshot =
        from projects in Distinct(AnyProject, it => it.Key)
        from day in AnyDay
        from revision in Gen.Long[1, 20]
        select new Snapshot
        {
            Revision = revision,
            Day = day,
            Projects = projects,
            Cycles = Cycles,
        };

    private static Gen<IReadOnlyList<T>> Distinct<T>(Gen<T> item, Func<T, string> key) =>
        item.List[0, 5].Select(items => (IReadOnlyList<T>)[.. items.DistinctBy(key)]);

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<T?> Maybe<T>(Gen<T> value)
        where T : struct => Gen.OneOf(value.Select(it => (T?)it), Gen.Const((T?)null));
}
