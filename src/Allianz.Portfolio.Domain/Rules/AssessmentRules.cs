namespace Allianz.Portfolio.Domain.Rules;

/// <summary>What has to hold for an assessment of the coordination.</summary>
public static class AssessmentRules
{
    /// <summary>What holds for its content.</summary>
    /// <param name="rag">The light.</param>
    /// <param name="reason">Why.</param>
    /// <param name="assessedOn">The day it speaks of; null for today.</param>
    /// <param name="visibility">Who may see it.</param>
    /// <param name="today">Today.</param>
    public static IEnumerable<FieldError> Check(Rag rag, string? reason, DateOnly? assessedOn, Visibility visibility, DateOnly today) =>
        [
            .. RagRules.CheckReason(rag, reason),
            .. Rule.When(assessedOn > today, "/assessedOn", "assessedOn must not be in the future."),
            .. Rule.Audience(visibility),
        ];

    /// <summary>It never speaks of a day before the newest one.</summary>
    /// <param name="newestOn">The day of the newest one; null when there is none.</param>
    /// <param name="assessedOn">The day of the new one.</param>
    public static IEnumerable<FieldError> Follows(DateOnly? newestOn, DateOnly assessedOn) =>
        Rule.When(
            assessedOn < newestOn,
            "/assessedOn",
            $"assessedOn must not be before the newest assessment, which is of {newestOn:yyyy-MM-dd}."
        );
}
