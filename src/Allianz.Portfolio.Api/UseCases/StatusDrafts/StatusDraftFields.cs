using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Allianz.Portfolio.Api.Http;
using Allianz.Portfolio.Api.UseCases.StatusUpdates;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.StatusDrafts;

/// <summary>What is to be reported, as far as it is thought of: nothing in it is demanded yet.</summary>
public sealed record StatusDraftFields
{
    /// <summary>Lights by dimension; what is not reported is left out.</summary>
    public LightFields? Lights { get; init; }

    /// <summary>Why; a status update needs it when a light is amber or red.</summary>
    [Lines(2000)]
    public string? Reason { get; init; }

    /// <summary>Progress in percent, 0 to 100.</summary>
    [Range(0, 100, ErrorMessage = "progress must be from 0 to 100 (per cent).")]
    public int? Progress { get; init; }

    /// <summary>What was done.</summary>
    [Lines(4000)]
    public string? Done { get; init; }

    /// <summary>What comes next.</summary>
    [Lines(4000)]
    public string? Next { get; init; }

    /// <summary>Spent to date.</summary>
    public long? SpentCents { get; init; }

    /// <summary>New forecasts for milestones of the project.</summary>
    [MaxLength(100, ErrorMessage = "At most 100 forecasts.")]
    public IReadOnlyList<NewForecast> Forecasts { get; init; } = [];

    internal static StatusDraftFields Example =>
        new()
        {
            Lights = new LightFields { Schedule = Rag.Amber },
            Progress = 45,
        };

    internal IEnumerable<FieldError> Rules() =>
        Forecasts
            .GroupBy(f => f.Milestone)
            .Where(same => same.Count() > 1)
            .Select(same => new FieldError("/forecasts", $"Milestone '{same.Key}' is named more than once."));
}

/// <summary>A status update that is being written: saved and not reported, or not begun and filled with what the partner said last.</summary>
public sealed record StatusDraft : IRevised
{
    /// <summary>Key of the project.</summary>
    public required string Project { get; init; }

    /// <summary>The cycle that is open today; absent when none is, and then nothing can be saved.</summary>
    public Reference? Cycle { get; init; }

    /// <summary>Who is to report.</summary>
    public required Reference Partner { get; init; }

    /// <summary>When it was last saved; absent when it was not, and what it says is the partner's last status update.</summary>
    public DateTimeOffset? SavedAt { get; init; }

    /// <summary>Lights by dimension.</summary>
    public required IReadOnlyDictionary<Dimension, Rag> Lights { get; init; }

    /// <summary>Why, when a light is amber or red.</summary>
    public string? Reason { get; init; }

    /// <summary>Progress in percent, 0 to 100.</summary>
    public int? Progress { get; init; }

    /// <summary>What was done.</summary>
    public string? Done { get; init; }

    /// <summary>What comes next.</summary>
    public string? Next { get; init; }

    /// <summary>Spent to date in euro cents.</summary>
    public long? SpentCents { get; init; }

    /// <summary>New forecasts for milestones.</summary>
    public required IReadOnlyList<ForecastState> Forecasts { get; init; }

    /// <summary>What If-Match compares: the ledger knows nothing of drafts.</summary>
    [JsonIgnore]
    public long Revision => VersionOf(SavedAt);

    /// <summary>With what was saved.</summary>
    internal StatusDraft With(StatusDraftFields fields) =>
        this with
        {
            Lights = fields.Lights?.ByDimension() ?? Lights,
            Reason = fields.Reason,
            Progress = fields.Progress,
            Done = fields.Done,
            Next = fields.Next,
            SpentCents = fields.SpentCents,
            Forecasts = [.. fields.Forecasts.Select(f => new ForecastState(f.Milestone, null, f.ForecastOn, f.Reason))],
        };

    internal static StatusDraft Example =>
        new()
        {
            Project = "parken-in-hoerde",
            Cycle = new("2026-q3", "3. Quartal 2026"),
            Partner = new("ihk", "IHK zu Dortmund"),
            SavedAt = new(2026, 8, 28, 9, 30, 0, TimeSpan.Zero),
            Lights = new Dictionary<Dimension, Rag> { [Dimension.Schedule] = Rag.Amber },
            Progress = 45,
            Forecasts = [],
        };

    internal static long VersionOf(DateTimeOffset? savedAt) => savedAt?.ToUnixTimeMilliseconds() ?? 0;
}

/// <summary>A draft as it is stored.</summary>
internal record StatusDraftRow
{
    public required string Content { get; init; }
    public required DateTimeOffset SavedAt { get; init; }

    public static string Pack(StatusDraftFields fields) => JsonSerializer.Serialize(fields, JsonRules.Output);

    public StatusDraftFields Fields() => JsonSerializer.Deserialize<StatusDraftFields>(Content, JsonRules.Output)!;
}
