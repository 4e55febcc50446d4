namespace Allianz.Portfolio.Domain;

/// <summary>What is wrong with a part of an input.</summary>
/// <param name="Pointer">JSON pointer (RFC 6901) to the part; empty for the whole.</param>
/// <param name="Message">What is wrong, for people who read the API.</param>
/// <param name="Code">Stable code, from which pages take their German text.</param>
public sealed record Finding(string Pointer, string Message, string Code);

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

    /// <summary>Only confirms that nothing changed.</summary>
    public bool Unchanged { get; init; }
}

/// <summary>Rules about traffic lights and what is reported with them.</summary>
public static class RagRules
{
    /// <summary>Amber and red need a reason.</summary>
    public static bool NeedsReason(Rag? rag) => rag is Rag.Amber or Rag.Red;

    /// <summary>The worst light; absent when there is none.</summary>
    public static Rag? Worst(IEnumerable<Rag> lights) => lights.Select(light => (Rag?)light).Max();

    /// <summary>What is wrong with the content of a status update; empty when nothing is. Lengths of texts are not looked at here.</summary>
    /// <param name="content">The content.</param>
    /// <param name="day">Today in Europe/Berlin.</param>
    public static IReadOnlyList<Finding> Check(StatusContent content, DateOnly day)
    {
        var findings = new List<Finding>();
        if (content.ReportedOn > day)
            findings.Add(new("/reportedOn", "A status update cannot speak of a day to come.", "inFuture"));
        if (content.Unchanged)
        {
            if (!IsEmpty(content) || !string.IsNullOrWhiteSpace(content.Reason))
                findings.Add(new("/unchanged", "Who confirms that nothing changed reports nothing else.", "unchangedWithContent"));
            return findings;
        }
        if (IsEmpty(content))
            findings.Add(new("", "A status update must report something.", "empty"));
        findings.AddRange(CheckReason(Worst(content.Lights.Values), content.Reason));
        if (content.Progress is < 0 or > 100)
            findings.Add(new("/progress", "Progress is a percentage from 0 to 100.", "outOfRange"));
        if (content.SpentCents < 0)
            findings.Add(new("/spent", "What was spent cannot be negative.", "negative"));
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < content.ForecastMilestones.Count; i++)
        {
            if (!seen.Add(content.ForecastMilestones[i]))
                findings.Add(new($"/forecasts/{i}/milestone", "There is already a forecast for this milestone.", "duplicate"));
        }
        return findings;
    }

    /// <summary>What is wrong with a light and its reason, in a status update or in an assessment.</summary>
    public static IReadOnlyList<Finding> CheckReason(Rag? rag, string? reason) =>
        NeedsReason(rag) && string.IsNullOrWhiteSpace(reason) ? [new("/reason", "Amber and red need a reason.", "reasonRequired")] : [];

    private static bool IsEmpty(StatusContent content) =>
        content is { Lights.Count: 0, Progress: null, SpentCents: null, ForecastMilestones.Count: 0 }
        && string.IsNullOrWhiteSpace(content.Done)
        && string.IsNullOrWhiteSpace(content.Next);
}
