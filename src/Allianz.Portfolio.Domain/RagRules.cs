namespace Allianz.Portfolio.Domain;

/// <summary>The content of a status update as it is submitted.</summary>
public sealed record StatusContent
{
    /// <summary>The day it speaks of.</summary>
    public required DateOnly ReportedOn { get; init; }

    /// <summary>Lights by dimension.</summary>
    public IReadOnlyDictionary<Dimension, Rag> Lights { get; init; } = new Dictionary<Dimension, Rag>();

    /// <summary>Why, when a light is amber or red.</summary>
    public string? Reason { get; init; }

    /// <summary>Progress in percent.</summary>
    public int? Progress { get; init; }

    /// <summary>What was done.</summary>
    public string? Done { get; init; }

    /// <summary>What comes next.</summary>
    public string? Next { get; init; }

    /// <summary>Spent to date in euro cents.</summary>
    public long? SpentCents { get; init; }

    /// <summary>Keys of the milestones for which a forecast is given, in order.</summary>
    public IReadOnlyList<string> ForecastMilestones { get; init; } = [];

    /// <summary>Who may see what it asks of the board, by request.</summary>
    public IReadOnlyList<Visibility> Asked { get; init; } = [];

    /// <summary>Only confirms that nothing changed.</summary>
    public bool Unchanged { get; init; }

    /// <summary>It corrects another one.</summary>
    public bool Corrects { get; init; }
}

/// <summary>Rules about traffic lights and what is reported with them.</summary>
public static class RagRules
{
    /// <summary>Codes of findings.</summary>
    public const string InFuture = "inFuture",
        UnchangedWithContent = "unchangedWithContent",
        Empty = "empty",
        OutOfRange = "outOfRange",
        Negative = "negative",
        Duplicate = "duplicate",
        ReasonRequired = "reasonRequired";

    /// <summary>Amber and red need a reason.</summary>
    public static bool NeedsReason(Rag? rag) => rag is Rag.Amber or Rag.Red;

    /// <summary>The worst light; absent when there is none.</summary>
    public static Rag? Worst(IEnumerable<Rag> lights) => lights.Select(light => (Rag?)light).Max();

    /// <summary>What is wrong with the content of a status update; empty when nothing is. Lengths of texts are not looked at here.</summary>
    /// <param name="content">The content.</param>
    /// <param name="day">Today in Europe/Berlin.</param>
    public static IReadOnlyList<FieldError> Check(StatusContent content, DateOnly day)
    {
        var findings = new List<FieldError>();
        if (content.ReportedOn > day)
            findings.Add(new("/reportedOn", "reportedOn must not be in the future.") { Code = InFuture });
        if (content.Unchanged)
        {
            if (!IsEmpty(content) || !string.IsNullOrWhiteSpace(content.Reason))
                findings.Add(
                    new("/unchanged", "unchanged confirms what was said before; nothing else can be reported with it.")
                    {
                        Code = UnchangedWithContent,
                    }
                );
            findings.AddRange(
                Rule.When(content.Asked.Count > 0, "/decisionRequests", "decisionRequests cannot be given together with unchanged.")
            );
            findings.AddRange(Rule.When(content.Corrects, "/unchanged", "A correction must say what is right, so it cannot be unchanged."));
        }
        findings.AddRange(content.Asked.SelectMany((visibility, n) => Rule.Audience(visibility, $"/decisionRequests/{n}")));
        if (content.Unchanged)
        {
            return findings;
        }
        if (IsEmpty(content))
            findings.Add(new("", "A status update must report something.") { Code = Empty });
        findings.AddRange(CheckReason(Worst(content.Lights.Values), content.Reason));
        if (content.Progress is < 0 or > 100)
            findings.Add(new("/progress", "progress must be between 0 and 100.") { Code = OutOfRange });
        if (content.SpentCents < 0)
            findings.Add(new("/spent", "spent must not be negative.") { Code = Negative });
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < content.ForecastMilestones.Count; i++)
        {
            if (!seen.Add(content.ForecastMilestones[i]))
                findings.Add(new($"/forecasts/{i}/milestone", "A milestone can have only one forecast.") { Code = Duplicate });
        }
        return findings;
    }

    /// <summary>What is wrong with a light and its reason, in a status update or in an assessment.</summary>
    public static IReadOnlyList<FieldError> CheckReason(Rag? rag, string? reason) =>
        NeedsReason(rag) && string.IsNullOrWhiteSpace(reason)
            ? [new("/reason", "reason must be given when a light is amber or red.") { Code = ReasonRequired }]
            : [];

    private static bool IsEmpty(StatusContent content) =>
        content is { Lights.Count: 0, Progress: null, SpentCents: null, ForecastMilestones.Count: 0 }
        && string.IsNullOrWhiteSpace(content.Done)
        && string.IsNullOrWhiteSpace(content.Next);
}
