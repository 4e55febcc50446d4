using System.ComponentModel.DataAnnotations;
using Allianz.Portfolio.Api.Ledger;
using Allianz.Portfolio.Domain;
using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.UseCases.StatusUpdates;

/// <summary>What a partner reports on a project. It cannot be changed afterwards, only corrected by another one.</summary>
public sealed record NewStatusUpdate
{
    /// <summary>Key of the reporting cycle; the newest that is open on the day when not given, none when none is open.</summary>
    [PortfolioKey]
    public string? Cycle { get; init; }

    /// <summary>Key of the partner that reports; the key's own partner. The coordination names one, or reports for none.</summary>
    [PortfolioKey]
    public string? Partner { get; init; }

    /// <summary>The day it speaks of; today when not given, for a correction the day of what it corrects.</summary>
    public DateOnly? ReportedOn { get; init; }

    /// <summary>Lights by dimension; what is not reported is left out.</summary>
    public LightFields? Lights { get; init; }

    /// <summary>Why; needed when a light is amber or red.</summary>
    [Lines(2000)]
    public string? Reason { get; init; }

    /// <summary>Progress in percent, 0 to 100.</summary>
    public int? Progress { get; init; }

    /// <summary>What was done.</summary>
    [Lines(4000)]
    public string? Done { get; init; }

    /// <summary>What comes next.</summary>
    [Lines(4000)]
    public string? Next { get; init; }

    /// <summary>Spent to date.</summary>
    public long? SpentCents { get; init; }

    /// <summary>
    /// New forecasts for milestones of the project. Those of a partner that leads it, or for a milestone of its own, move the milestone; others
    /// stand beside.
    /// </summary>
    [MaxLength(100, ErrorMessage = "At most 100 forecasts.")]
    public IReadOnlyList<NewForecast> Forecasts { get; init; } = [];

    /// <summary>What the project asks of the board; each becomes a decision request of its own.</summary>
    [MaxLength(20, ErrorMessage = "At most 20 decision requests.")]
    public IReadOnlyList<RequestedDecision> DecisionRequests { get; init; } = [];

    /// <summary>Only confirms that nothing changed: all that the partner's one before said is carried over.</summary>
    public bool Unchanged { get; init; }

    /// <summary>Key of the status update that this one corrects; it must be the partner's newest.</summary>
    [PortfolioKey]
    public string? Corrects { get; init; }

    /// <summary>Invented for demonstration ("Beispieldaten").</summary>
    public bool Sample { get; init; }

    /// <summary>Permanent key within the project; made from cycle and partner, or from the day, when not given.</summary>
    [PortfolioKey]
    public string? Key { get; init; }

    /// <summary>The content, as the rules look at it.</summary>
    internal StatusContent Content(DateOnly today) =>
        new()
        {
            ReportedOn = ReportedOn ?? today,
            Lights = Lights?.ByDimension() ?? new Dictionary<Dimension, Rag>(),
            Reason = Reason,
            Progress = Progress,
            Done = Done,
            Next = Next,
            SpentCents = SpentCents,
            ForecastMilestones = [.. Forecasts.Select(f => f.Milestone)],
            Asked = [.. DecisionRequests.Select(asked => asked.Visibility)],
            Unchanged = Unchanged,
            Corrects = Corrects is not null,
        };

    internal IEnumerable<FieldError> Rules(DateOnly today) => RagRules.Check(Content(today), today);

    internal static NewStatusUpdate Example =>
        new()
        {
            Lights = new LightFields
            {
                Schedule = Rag.Amber,
                Cost = Rag.Green,
                Scope = Rag.Green,
            },
            Reason = "Lieferung der Sensoren verspätet",
            Progress = 45,
            Done = "Standorte abgestimmt",
            Next = "Einbau in der Kampstraße",
            SpentCents = 8_350_000,
            Forecasts =
            [
                new NewForecast
                {
                    Milestone = "pilotbetrieb",
                    ForecastOn = new(2026, 11, 15),
                    Reason = "Lieferzeit der Sensoren",
                },
            ],
            DecisionRequests = [new RequestedDecision { Title = "Freigabe weiterer Standorte", NeededBy = new(2026, 10, 1) }],
        };
}

/// <summary>Lights by dimension.</summary>
public sealed record LightFields
{
    /// <summary>Termine.</summary>
    public Rag? Schedule { get; init; }

    /// <summary>Kosten.</summary>
    public Rag? Cost { get; init; }

    /// <summary>Leistung.</summary>
    public Rag? Scope { get; init; }

    /// <summary>Ressourcen.</summary>
    public Rag? Resources { get; init; }

    /// <summary>Risiken.</summary>
    public Rag? Risk { get; init; }

    internal Dictionary<Dimension, Rag> ByDimension() =>
        new (Dimension, Rag?)[]
        {
            (Dimension.Schedule, Schedule),
            (Dimension.Cost, Cost),
            (Dimension.Scope, Scope),
            (Dimension.Resources, Resources),
            (Dimension.Risk, Risk),
        }
            .Where(light => light.Item2 is not null)
            .ToDictionary(light => light.Item1, light => light.Item2!.Value);
}

/// <summary>A new forecast for a milestone.</summary>
public sealed record NewForecast
{
    /// <summary>Key of the milestone.</summary>
    [PortfolioKey]
    public required string Milestone { get; init; }

    /// <summary>When it is expected now.</summary>
    public required DateOnly ForecastOn { get; init; }

    /// <summary>Why it moved.</summary>
    [Lines(1000)]
    public string? Reason { get; init; }
}

/// <summary>What a status update asks of the board.</summary>
public sealed record RequestedDecision
{
    /// <summary>What is to be decided, in one line.</summary>
    [Required, Text(200)]
    public required string Title { get; init; }

    /// <summary>What is to be decided, in full.</summary>
    [Lines(4000)]
    public string? Text { get; init; }

    /// <summary>By when the decision is needed.</summary>
    public DateOnly? NeededBy { get; init; }

    /// <summary>Who may see it, of those who may see the project; <c>board</c> when not given. The partner that asks sees it in any case.</summary>
    public Visibility Visibility { get; init; } = Visibility.Board;

    internal DecisionRequest ToRow(string key, StatusUpdateRow update) =>
        new()
        {
            Key = key,
            ProjectId = update.ProjectId,
            Title = Title,
            Text = Text,
            NeededBy = NeededBy,
            Partner = update.Partner is { } partner ? new(partner, partner) : null,
            StatusUpdate = update.Key,
            State = DecisionState.Open,
            Visibility = Visibility,
            Sample = update.Sample,
        };
}
