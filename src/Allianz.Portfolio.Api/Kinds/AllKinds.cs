using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Api.Kinds;

/// <summary>The kinds whose verbs follow from their declaration.</summary>
internal static class AllKinds
{
    public static readonly IReadOnlyList<Declaration> Declared =
    [
        FieldsOfAction.Kind,
        Gates.Kind,
        Indicators.Kind,
        Milestones.Kind,
        Participations.Kind,
        Partners.Kind,
        Projects.Kind,
        Risks.Kind,
    ];

    /// <summary>By the last segment of the address of its list, below a project or not; null when there is none of that name.</summary>
    public static Declaration? At(string plural, bool inProject) =>
        Declared.FirstOrDefault(kind => kind.Plural == plural && kind.Type.IsSubclassOf(typeof(Part)) == inProject);

    /// <summary>By its record; null for what is no declared kind.</summary>
    public static Declaration? Of(Type type) => Declared.FirstOrDefault(kind => kind.Type == type);
}
