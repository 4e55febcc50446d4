using System.Globalization;
using Allianz.Portfolio.Domain;

namespace Allianz.Portfolio.Api.UseCases.Reminders;

/// <summary>Section <c>Reminders</c>.</summary>
internal sealed record ReminderOptions
{
    /// <summary>Whether partners are reminded at all.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Days after the due day on which a partner's editors and its mailbox are reminded, by comma; negative before it.</summary>
    public string Days { get; init; } = "-7,-2,0,2";

    /// <summary>Days after the due day on which the partner's head is told.</summary>
    public int HeadAfter { get; init; } = 2;

    /// <summary>Days after the due day on which the coordination is told.</summary>
    public int CoordinationAfter { get; init; } = 4;

    /// <summary>All the steps; null when they cannot be read.</summary>
    public IReadOnlyList<ReminderStep>? Steps()
    {
        var steps = new List<ReminderStep>();
        foreach (var text in Days.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var days) || days is < -60 or > 60)
            {
                return null;
            }
            steps.Add(new(ReminderAudience.Editors, days));
        }
        return HeadAfter is < 1 or > 60 || CoordinationAfter is < 1 or > 60
            ? null
            : [.. steps, new(ReminderAudience.Head, HeadAfter), new(ReminderAudience.Coordination, CoordinationAfter)];
    }
}
