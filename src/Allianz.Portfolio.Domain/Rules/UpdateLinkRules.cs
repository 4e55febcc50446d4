using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain.Rules;

/// <summary>What has to hold for a link by which a partner makes one status update.</summary>
public static class UpdateLinkRules
{
    /// <summary>Partners report on projects that they see and that are not archived.</summary>
    /// <param name="key">The key that was given.</param>
    /// <param name="project">The project of that key; null when there is none.</param>
    public static IEnumerable<FieldError> Reportable(string key, Project? project) =>
        Rule.When(
            project is not { Archived: false, Visibility: <= Visibility.Alliance },
            "/project",
            $"There is no project '{key}' that partners can see and report on."
        );

    /// <summary>It works within its cycle, for a partner that takes part in the project today.</summary>
    /// <param name="cycle">The cycle.</param>
    /// <param name="partner">Key of the partner.</param>
    /// <param name="parts">The partner's parts in the project.</param>
    /// <param name="expiresAt">When it stops working.</param>
    /// <param name="now">Now.</param>
    public static IEnumerable<FieldError> Check(
        ReportingCycle cycle,
        string partner,
        IEnumerable<Participation> parts,
        DateTimeOffset expiresAt,
        DateTimeOffset now
    )
    {
        var (closes, today) = (Berlin.EndOf(cycle.ClosesOn), Berlin.DayOf(now));
        return
        [
            .. Rule.When(closes <= now, "/cycle", $"The reporting cycle closed on {cycle.ClosesOn:yyyy-MM-dd}."),
            .. Rule.When(expiresAt <= now && closes > now, "/expiresAt", "expiresAt must be in the future."),
            .. Rule.When(
                expiresAt > closes,
                "/expiresAt",
                $"expiresAt must not be after the reporting cycle closes, on {cycle.ClosesOn:yyyy-MM-dd}."
            ),
            .. Rule.When(
                !parts.Any(part => part.HoldsOn(today)),
                "/partner",
                $"Partner '{partner}' does not take part in the project today."
            ),
        ];
    }
}
