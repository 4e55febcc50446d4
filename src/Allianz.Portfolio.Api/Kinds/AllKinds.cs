namespace Allianz.Portfolio.Api.Kinds;

/// <summary>The kinds whose verbs follow from their declaration.</summary>
internal static class AllKinds
{
    public static readonly IReadOnlyList<Declaration> Declared =
    [
        Assignments.Kind,
        BoardMeetings.Kind,
        DecisionRequests.Kind,
        FieldsOfAction.Kind,
        Gates.Kind,
        IndicatorLinks.Kind,
        Indicators.Kind,
        MandateLinks.Kind,
        Mandates.Kind,
        Milestones.Kind,
        Observations.Kind,
        Participations.Kind,
        Partners.Kind,
        Projects.Kind,
        ReportDrafts.Kind,
        ReportSchedules.Kind,
        ReportingCycles.Kind,
        Risks.Kind,
    ];

    /// <summary>By the last segment of the address of its list, and the first where that is another; null when there is none of that name.</summary>
    public static Declaration? At(string plural, string? above = null) =>
        Declared.FirstOrDefault(kind => kind.Plural == plural && kind.Above?.Plural == above);

    /// <summary>By its record; null for what is no declared kind.</summary>
    public static Declaration? Of(Type type) => Declared.FirstOrDefault(kind => kind.Type == type);
}
