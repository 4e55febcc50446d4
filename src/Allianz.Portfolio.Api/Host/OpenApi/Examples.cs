using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Allianz.Portfolio.Api.Documents;
using Allianz.Portfolio.Api.Errors;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.Http.Versions;
using Allianz.Portfolio.Api.Kinds;
using Allianz.Portfolio.Api.Security;
using Allianz.Portfolio.Api.UseCases.Accounts;
using Allianz.Portfolio.Api.UseCases.ApiKeys;
using Allianz.Portfolio.Api.UseCases.Audit;
using Allianz.Portfolio.Api.UseCases.Changes;
using Allianz.Portfolio.Api.UseCases.Imports;
using Allianz.Portfolio.Api.UseCases.Letters;
using Allianz.Portfolio.Api.UseCases.Portfolio;
using Allianz.Portfolio.Api.UseCases.Projects;
using Allianz.Portfolio.Api.UseCases.Redactions;
using Allianz.Portfolio.Api.UseCases.ReportingCycles;
using Allianz.Portfolio.Api.UseCases.UpdateLinks;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Host.OpenApi;

/// <summary>
/// Examples of bodies and answers, all about one invented project. What can be computed is computed by the rules themselves, so an
/// example never shows what the program would not answer.
/// </summary>
internal static class Examples
{
    private const long Revision = 412;
    private const string Hash = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";

    private static readonly DateOnly _day = new(2026, 6, 15);
    private static readonly DateTimeOffset _at = new(2026, 6, 15, 8, 30, 0, TimeSpan.Zero);
    private static readonly Reference _ihk = new("ihk", "Industrie- und Handelskammer zu Dortmund");
    private static readonly Reference _mobility = new("mobilitaet", "Mobilität");

    private static readonly ReportingCycle _cycle = new()
    {
        Key = "2026-q2",
        Name = "2. Quartal 2026",
        OpensOn = new(2026, 5, 18),
        DueOn = new(2026, 6, 8),
        ClosesOn = new(2026, 6, 19),
        MeetingOn = new(2026, 6, 23),
        FromRevision = 301,
    };

    private static readonly Participation _participation = new()
    {
        Key = "ihk-lead",
        Partner = _ihk,
        Role = ParticipationRole.Lead,
        FromOn = new(2026, 1, 1),
        Contribution = "Ansprache der Betriebe",
        FromRevision = 380,
    };

    private static readonly Milestone _milestone = new()
    {
        Key = "pilotbetrieb",
        Title = "Pilotbetrieb",
        BaselineOn = new(2026, 7, 31),
        ApprovedOn = new(2026, 7, 31),
        ForecastOn = new(2026, 8, 28),
        ForecastReason = "Lieferzeit der Sensoren",
        Partner = _ihk,
        FromRevision = 411,
    };

    private static readonly Gate _gate = new()
    {
        Key = "freigabe-bau",
        Title = "Freigabe zum Bau",
        PlannedOn = new(2026, 3, 2),
        DecidedOn = new(2026, 3, 9),
        Outcome = GateOutcome.PassedWithConditions,
        Note = "Mit Auflagen zum Datenschutz",
        FromRevision = 395,
    };

    private static readonly Risk _risk = new()
    {
        Key = "lieferzeiten",
        Title = "Lieferzeiten der Sensoren",
        Description = "Die Sensoren kommen nicht vor der Heizperiode.",
        Probability = 3,
        Impact = 4,
        Response = "Zweiter Lieferant angefragt",
        State = RiskState.Open,
        Partner = _ihk,
        Visibility = Visibility.Alliance,
        FromRevision = 390,
    };

    private static readonly DecisionRequest _request = new()
    {
        Key = "zweiter-standort",
        Title = "Zweiter Standort in Hörde",
        Text = "Der Vorstand möge den zweiten Standort freigeben.",
        NeededBy = new(2026, 6, 23),
        Partner = _ihk,
        StatusUpdate = "2026-q2-ihk",
        State = DecisionState.Open,
        Visibility = Visibility.Alliance,
        FromRevision = 411,
    };

    private static readonly AssessmentState _assessment = new()
    {
        Key = "2026-q2",
        Cycle = _cycle.Key,
        Rag = Rag.Amber,
        Reason = "Der Puffer bis zum Pilotbetrieb ist aufgebraucht.",
        AssessedOn = new(2026, 6, 12),
        Visibility = Visibility.Board,
        Revision = Revision,
    };

    private static readonly StatusState _status = new()
    {
        Key = "2026-q2-ihk",
        Cycle = _cycle.Key,
        Partner = _ihk,
        ReportedOn = new(2026, 6, 5),
        Lights = new Dictionary<Dimension, Rag> { [Dimension.Schedule] = Rag.Amber, [Dimension.Cost] = Rag.Green },
        Reason = "Lieferung der Sensoren verspätet",
        Progress = 45,
        Done = "Standorte abgestimmt",
        Next = "Einbau in der Kampstraße",
        SpentCents = 8_350_000,
        Forecasts = [new ForecastState("pilotbetrieb", new(2026, 7, 31), new(2026, 8, 28), "Lieferzeit der Sensoren")],
        Revision = 411,
    };

    private static readonly ProjectState _before = new()
    {
        Key = "parken-in-hoerde",
        Title = "Parken in Hörde",
        Goal = "Weniger Parksuchverkehr",
        Phase = Phase.Implementing,
        FieldOfAction = _mobility,
        StartsOn = new(2026, 1, 1),
        EndsOn = new(2027, 12, 31),
        BudgetCents = 25_000_000,
        Funding = [new FundingSource { Source = "EFRE", Cents = 12_500_000 }],
        Visibility = Visibility.Public,
        BitkomArea = BitkomArea.Mobility,
        Tags = ["parken"],
        Location = new Location
        {
            Latitude = 51.4886,
            Longitude = 7.5108,
            Name = "Hörde",
        },
        KnownSince = new(2026, 1, 5),
        Participations = [_participation],
        Milestones = [_milestone with { ForecastOn = null, ForecastReason = null, FromRevision = 380 }],
        Gates = [_gate],
        FromRevision = 400,
    };

    private static readonly ProjectState _project = _before with
    {
        BudgetCents = 27_500_000,
        Milestones = [_milestone],
        Risks = [_risk],
        Updates = [_status],
        Assessment = _assessment,
        DecisionRequests = [_request],
        Day = _day,
        FromRevision = 410,
    };

    private static readonly SignalThresholds _thresholds = new();
    private static readonly Snapshot _snapshot = Snap(_project, Revision, _day);
    private static readonly PortfolioSummary _summary = PortfolioSummary.Of(_snapshot, _thresholds);
    private static readonly Snapshot _earlier = Snap(_before, 400, new(2026, 3, 31));

    private static readonly RevisionState _revision = new()
    {
        Revision = 411,
        At = new(2026, 6, 5, 9, 12, 0, TimeSpan.Zero),
        Command = "createStatusUpdate",
        Changes =
        [
            new ChangeState
            {
                Kind = "statusUpdate",
                Key = _status.Key,
                Project = _project.Key,
                Action = ChangeAction.Created,
            },
            new ChangeState
            {
                Kind = "milestone",
                Key = _milestone.Key,
                Project = _project.Key,
                Action = ChangeAction.Updated,
                Fields = ["forecastOn", "forecastReason"],
            },
        ],
    };

    private static readonly Partner _partner = Partners.Kind.New with { FromRevision = 3 };

    private static readonly IssuedReport _report = new()
    {
        Number = 12,
        Title = "Sachstandsbericht der Allianz Smart City Dortmund",
        Visibility = Visibility.Public,
        Schedule = "monatlich",
        Period = _at,
        IssuedAt = _at,
        Day = _day,
        SnapshotRevision = Revision,
        Revision = Revision + 1,
        Hash = Hash,
        PreviousHash = "9a3ffb18a5e9d6bd2f5fc6f2ae0c8f4a39b1c2fb5a4c64c5ad7a2d6f1f2b7c11",
        State = ReportState.Issued,
        Embargoed = false,
    };

    private static readonly RowTotals _totals = new(3, 2, 0, 0, 1);

    private static readonly ImportReport _dryRun = new()
    {
        FileName = "projekte.csv",
        Mapping = "nyc-capital-projects",
        Encoding = FileEncoding.Utf8,
        Separator = Separator.Comma,
        Applied = false,
        Totals = _totals,
        Revisions = [new ImportRevision(413, _at)],
        Similar = [new SimilarName(2, "partner", "Stadtwerke Musterstadt", "Stadtwerke Musterstadt GmbH")],
        Rows =
        [
            new RowReport
            {
                Line = 2,
                Project = "parken-in-hoerde",
                ReportingDate = _day,
                Outcome = RowOutcome.Created,
                Changes = ["title", "budget", "milestones/completion/forecastOn"],
            },
            new RowReport
            {
                Line = 4,
                Outcome = RowOutcome.Refused,
                Refusals =
                [
                    new Refusal(
                        "Budget",
                        "An amount must be a number of euros with at most two decimal places, e.g. 1234.50, and at most 100 billion."
                    ),
                ],
            },
        ],
        RowsNotShown = 1,
    };

    private static readonly Dictionary<Type, object> _answers = new object[]
    {
        _project with
        {
            ShownRag = Signals.ShownRag(_project, [_cycle], _day, _thresholds),
            Signals = Signals.For(_project, [_cycle], _day, _thresholds),
        },
        new ProjectSummary
        {
            Key = _project.Key,
            Title = _project.Title,
            Phase = _project.Phase,
            FieldOfAction = _mobility,
            Leads = [_ihk.Key],
            StartsOn = _project.StartsOn,
            EndsOn = _project.EndsOn,
            BudgetCents = _project.BudgetCents,
            Visibility = _project.Visibility,
            ShownRag = Rag.Amber,
            AssessedRag = Rag.Amber,
            Progress = _status.Progress,
            ReportedOn = _status.ReportedOn,
            Revision = _project.Revision,
        },
        _participation,
        _milestone,
        _gate,
        _risk,
        _request,
        _assessment,
        _status,
        _cycle,
        _partner,
        new Indicator
        {
            Key = "bitkom-smart-city-index",
            Name = "Bitkom Smart City Index",
            Description = "Rang unter den deutschen Großstädten",
            Source = "Bitkom",
            Direction = IndicatorDirection.Lower,
            Relative = true,
            FieldsOfAction = ["digitale-verwaltung"],
            FromRevision = 401,
        },
        new BoardMeeting
        {
            Key = "2026-12-08",
            MeetingOn = new(2026, 12, 8),
            Place = "Rathaus, Friedensplatz 1",
            Cycle = new("sitzung-2026-12-08", "Sitzung am 08.12.2026"),
            FromRevision = 405,
        },
        new Mandate
        {
            Key = "17042-20",
            Number = "17042-20",
            Title = "Beteiligung am BMI Smart City Förderaufruf",
            Kind = MandateKind.Resolution,
            Body = "Hauptausschuss",
            DecidedOn = new(2020, 3, 26),
            State = MandateState.Fulfilled,
            Visibility = Visibility.Public,
            Steps =
            [
                new CouncilStep
                {
                    Body = "Hauptausschuss",
                    Role = CouncilRole.Decision,
                    On = new(2020, 3, 26),
                    Result = "beschlossen",
                    Number = "17042-20",
                },
            ],
            FromRevision = 398,
        },
        new MandateLink
        {
            Key = "17042-20",
            Project = new("parken-in-hoerde", "Parken in Hörde"),
            Mandate = new("17042-20", "Beteiligung am BMI Smart City Förderaufruf"),
            Milestone = new("abschluss", "Abschluss"),
            Evidence = "Förderbescheid vom 14.09.2020",
            FromRevision = 399,
        },
        new Assignment
        {
            Key = "flaechen-pruefen",
            Title = "Flächen in Hörde prüfen",
            Text = "Welche städtischen Flächen eignen sich für einen zweiten Standort?",
            Partner = new("stadt-dortmund", "Stadt Dortmund"),
            Project = new("parken-in-hoerde", "Parken in Hörde"),
            DueOn = new(2027, 2, 26),
            State = AssignmentState.Open,
            Report = 12,
            Meeting = "2026-12-08",
            FromRevision = 414,
        },
        new ReportDraft
        {
            Key = "sitzung-2026-12-08",
            Title = "Sachstandsbericht zur Sitzung des Verwaltungsvorstands",
            Visibility = Visibility.Public,
            Meeting = "2026-12-08",
            Foreword = "Die Allianz ist auf gutem Weg; zwei Projekte brauchen eine Entscheidung.",
            Comments = [new ProjectComment { Project = "parken-in-hoerde", Text = "Der zweite Standort hängt an der Flächenfrage." }],
            FromRevision = 429,
        },
        new Observation
        {
            Key = "bitkom-smart-city-index.2024-12-31",
            Indicator = "bitkom-smart-city-index",
            ObservedOn = new(2024, 12, 31),
            Value = 22,
            OutOf = 82,
            FromRevision = 402,
        },
        new IndicatorLink
        {
            Key = "bitkom-smart-city-index",
            Project = new("parken-in-hoerde", "Parken in Hörde"),
            Indicator = new("bitkom-smart-city-index", "Bitkom Smart City Index"),
            Contribution = "Parkleitsystem zählt im Bereich Mobilität.",
            FromRevision = 403,
        },
        new FieldOfAction
        {
            Key = _mobility.Key,
            Name = _mobility.Name,
            Taxonomy = "Masterplan 2016",
            ValidFrom = new(2016, 12, 1),
            FromRevision = 2,
        },
        _revision,
        new ChangeFeed([_revision], Revision, null),
        Difference.Of(SnapshotDifference.Between(_earlier, _snapshot)),
        PortfolioOverview.Of(_summary, withDuties: true),
        _summary.FieldsOfAction[0],
        _summary.NextMilestones[0],
        _summary.OpenDecisionRequests[0],
        Signals
            .For(_project with { EndsOn = new(2026, 3, 31) }, [_cycle], _day, _thresholds)
            .Single(signal => signal.Code == SignalCode.PastEnd),
        MilestoneTrend.Of(_milestone, [new(new(2026, 3, 13), new(2026, 7, 31)), new(_status.ReportedOn, new(2026, 8, 28))]),
        _report,
        ReportContent.Of(
            new()
            {
                Number = (int)_report.Number,
                Title = _report.Title,
                Visibility = _report.Visibility,
                IssuedAt = _at,
                PreviousHash = _report.PreviousHash,
                Period = new("monatlich", _at.AddMonths(-1), _at),
            },
            _snapshot,
            new(11, _earlier),
            _thresholds
        ),
        new ReportSchedule
        {
            Key = "monatlich",
            Name = "Monatsbericht",
            Title = _report.Title,
            Cron = "0 6 1 * *",
            Visibility = Visibility.Public,
            ActiveSince = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero),
            NextRunAt = new(2026, 7, 1, 4, 0, 0, TimeSpan.Zero),
            NextRuns = [new(2026, 7, 1, 4, 0, 0, TimeSpan.Zero), new(2026, 8, 1, 4, 0, 0, TimeSpan.Zero)],
            LastReport = _report.Number,
            FromRevision = 9,
        },
        new UserAccount
        {
            Key = "k3mv8q2xwd",
            Name = "Redaktion IHK",
            Email = "redaktion@ihk.example",
            Role = Role.PartnerEditor,
            Partner = _ihk.Key,
            Active = true,
            Language = "de",
            Ready = true,
            SecondFactor = false,
            CreatedAt = _at,
            LastSignInAt = _at.AddHours(2),
            Revision = 6,
        },
        new ApiKey
        {
            Key = "ihk-redaktion",
            Name = "IHK Redaktion",
            Role = Role.PartnerEditor,
            Partner = _ihk.Key,
            Version = new(2026, 12, 1),
            Scopes = [Scope.ReadAlliance, Scope.Report],
            CreatedAt = _at,
            LastUsedAt = _at.AddHours(2),
            Revision = 5,
        },
        new CreatedApiKey
        {
            Key = "ihk-redaktion",
            Secret = "apf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            Role = Role.PartnerEditor,
            Partner = _ihk.Key,
            Version = new(2026, 12, 1),
            Scopes = [Scope.ReadAlliance, Scope.Report],
            Revision = 5,
        },
        new Redaction
        {
            Applied = true,
            Revision = Revision,
            Occurrences = 1,
            Found =
            [
                new RedactedText
                {
                    Kind = "milestone",
                    Key = "pilotbetrieb",
                    Project = "parken-in-hoerde",
                    Revision = 411,
                    Field = "description",
                    Times = 1,
                },
            ],
            Remaining =
            [
                new RemainingText
                {
                    Kind = "report",
                    Key = "12",
                    Why = "A report is a document of record. A corrected one can replace it.",
                },
            ],
        },
        new PersonalData
        {
            Key = "k3x9m2q7wd",
            Name = "Redaktion IHK",
            Email = "redaktion@ihk.example",
            Role = Role.PartnerEditor,
            Partner = _ihk.Key,
            Active = true,
            Language = "de",
            HasPassword = true,
            SecondFactor = false,
            FailedSignIns = 0,
            CreatedAt = _at.AddDays(-90),
            LastSignInAt = _at,
            Logins = [],
            Sessions =
            [
                new PersonalSession
                {
                    How = "password",
                    Browser = "Firefox, Windows",
                    Address = "192.0.2.0/24",
                    CreatedAt = _at,
                    LastSeenAt = _at.AddMinutes(20),
                    ExpiresAt = _at.AddHours(10),
                },
            ],
            Links = [],
            Letters = [],
            UpdateLinks = [],
            Follows =
            [
                new PersonalFollow
                {
                    Project = "parken-in-hoerde",
                    FollowedAt = _at,
                    ToldOn = _day,
                },
            ],
            StatusDrafts = [],
            Audit = [],
            Revisions =
            [
                new PersonalRevision
                {
                    Number = 411,
                    At = _at,
                    Command = "createStatusUpdate",
                },
            ],
        },
        new AuditRecord
        {
            At = _at,
            LastAt = _at.AddHours(2),
            Times = 34,
            Event = AuditEvent.KeyUsed,
            Actor = "key:ihk-redaktion",
            Address = "192.0.2.0/24",
        },
        new UpdateLink
        {
            Key = "k3m9x7p2qa",
            Project = "parken-in-hoerde",
            Cycle = "2026-q3",
            Partner = _ihk.Key,
            To = "redaktion@example.org",
            State = UpdateLinkState.Used,
            CreatedAt = _at,
            ExpiresAt = _at.AddDays(14),
            UsedAt = _at.AddHours(2),
            StatusUpdate = "2026-q3-ihk",
            Revision = 6,
        },
        new OutgoingLetter
        {
            MessageId = "019a3b7c0d3e7a9f8b21c4d5e6f70812@portfolio.example.org",
            To = "redaktion@example.org",
            State = LetterState.Failed,
            CreatedAt = _at,
            Tries = 1,
            FailedAt = _at.AddMinutes(1),
            Failure = "550 5.1.1 No such mailbox",
        },
        new Import
        {
            Key = "projekte-2026",
            FileName = "projekte.csv",
            FileHash = Hash,
            Mapping = "nyc-capital-projects",
            Actor = "key:coordination",
            CreatedAt = _at,
            Totals = _totals,
            FirstRevision = 413,
            LastRevision = 414,
        },
        _dryRun,
    }.ToDictionary(example => example.GetType());

    // What somebody would change, of each kind.
    private static readonly Dictionary<Type, object> _patches = new()
    {
        [typeof(AccountFields)] = new { active = false },
        [typeof(ReportingCycleFields)] = new { meetingOn = "2026-12-15" },
    };

    private static readonly object _import = new
    {
        file = "PROJECT,TITLE,BUDGET\r\nP-1,Parken in Hörde,275000",
        mapping = "nyc-capital-projects",
        apply = false,
    };

    /// <summary>Of an answer: itself, or a page of it.</summary>
    public static JsonNode OfAnswer(Type type, int status, ApiVersion version) =>
        type == typeof(ImportReport) && status == StatusCodes.Status201Created
            ? Json(_dryRun with { Key = "projekte-2026", Applied = true }, version.Output)
        : type.IsGenericType ? Json(new { data = new[] { Of(type.GetGenericArguments()[0]) } }, version.Output)
        : Json(Of(type), version.Output);

    /// <summary>Of a body: what its type gives as <c>Example</c>, or a patch of it.</summary>
    public static JsonNode OfBody(Type type, Direction direction, ApiVersion version) =>
        type == typeof(ImportForm) ? Json(_import) : MemberNames.OfVersion(OfBody(type, direction), type, version);

    private static JsonNode OfBody(Type type, Direction direction) =>
        Json(
            AllKinds.Of(type) is { } kind
                ? direction == Direction.Patch
                    ? kind.ChangeExample
                    : kind.Example
                : Given(type, "Example") ?? Given(type, "PatchExample") ?? _patches.GetValueOrDefault(type) ?? throw Missing(type),
            JsonRules.Input
        );

    private static object Of(Type answer) => Given(answer, "Example") ?? _answers.GetValueOrDefault(answer) ?? throw Missing(answer);

    private static object? Given(Type type, string property) =>
        type.GetProperty(property, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)?.GetValue(null);

    /// <summary>Of an error, by its status.</summary>
    public static Problem OfProblem(int status) =>
        status switch
        {
            400 => Problem.Query("phse", "Unknown query parameter 'phse'. Allowed: asOf, revision, limit, cursor."),
            403 => Problem.Forbidden("You can act only for partner 'tu-dortmund'."),
            404 => Problem.NotFound("project", "parken-in-horde"),
            409 => Problem.Conflict("The key 'parken-in-hoerde' is or was in use.", "/key"),
            412 => Problem.Stale(),
            413 => Problem.TooLarge($"A body may have at most {Body.Limit} bytes."),
            422 => Problem.Invalid([.. Rule.Order(DateOnly.MaxValue, "startsOn", DateOnly.MinValue, "endsOn")]),
            428 => Problem.PreconditionRequired(),
            500 => Problem.Ours(),
            503 => Problem.Busy("Too many writes at once. Nothing was changed; try again."),
            _ => Problem.OfStatus(status),
        };

    public static JsonNode Json(object value) => Json(value, JsonRules.Output);

    private static JsonNode Json(object value, JsonSerializerOptions rules) =>
        JsonSerializer.SerializeToNode(value, value.GetType(), rules)!;

    private static Snapshot Snap(ProjectState project, long revision, DateOnly day) =>
        new()
        {
            Revision = revision,
            Day = day,
            Projects = [project],
            Cycles = [_cycle],
        };

    private static InvalidOperationException Missing(Type type) =>
        new($"OpenAPI has no example of {type}: give it a static Example (PatchExample for a patch), or add one here.");
}
