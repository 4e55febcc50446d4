using Allianz.Portfolio.Domain.Kinds;

namespace Allianz.Portfolio.Domain.Rules;

/// <summary>A status update, as far as the next one depends on it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Partner">Key of the partner that reported; null for nobody's.</param>
/// <param name="ReportedOn">The day it speaks of.</param>
public sealed record StatusEntry(string Key, string? Partner, DateOnly ReportedOn);

/// <summary>What a new status update finds in its project.</summary>
public sealed record StatusHistory
{
    /// <summary>Key of the partner that reports; null for nobody.</summary>
    public string? Partner { get; init; }

    /// <summary>The newest status update of each partner, the newest first.</summary>
    public IReadOnlyList<StatusEntry> Newest { get; init; } = [];

    /// <summary>The newest one of the partner, also of one that was merged into it.</summary>
    public StatusEntry? Before { get; init; }
}

/// <summary>What has to hold for a status update besides its content (<see cref="RagRules"/>): rules about what is there already.</summary>
public static class StatusRules
{
    /// <summary>Nobody reports on an archived project.</summary>
    public static IEnumerable<FieldError> Reportable(Project project) =>
        Rule.When(project.Archived, "", $"Project '{project.Key}' is archived and takes no more status updates.");

    /// <summary>A correction corrects the newest status update of a partner.</summary>
    /// <param name="corrects">Key of the one to be corrected; null when none is.</param>
    /// <param name="newest">The newest status update of each partner, the newest first.</param>
    /// <param name="partner">The partner that reports, as far as the request tells.</param>
    public static IEnumerable<FieldError> Correctable(string? corrects, IReadOnlyList<StatusEntry> newest, string? partner) =>
        Rule.When(
            corrects is not null && newest.All(entry => entry.Key != corrects),
            "/corrects",
            newest.Count == 0
                ? "There is no status update to correct."
                : $"Only a partner's newest status update can be corrected: '{(newest.FirstOrDefault(entry => entry.Partner == partner) ?? newest[0]).Key}'."
        );

    /// <summary>A partner corrects and confirms only what it said itself, and never reports on a day before its newest report.</summary>
    /// <param name="history">What is there.</param>
    /// <param name="unchanged">It only confirms.</param>
    /// <param name="corrected">The one that it corrects.</param>
    /// <param name="isOwn">The partner reported that one itself.</param>
    /// <param name="reportedOn">The day it speaks of.</param>
    public static IEnumerable<FieldError> Follows(
        StatusHistory history,
        bool unchanged,
        StatusEntry? corrected,
        bool isOwn,
        DateOnly reportedOn
    ) =>
        [
            .. Rule.When(
                corrected is not null && !isOwn,
                "/corrects",
                $"'{corrected?.Key}' was not reported by '{history.Partner}'. A partner can correct only its own status updates."
            ),
            .. Rule.When(
                unchanged && history.Before is null,
                "/unchanged",
                history.Newest.Count == 0
                    ? "There is no earlier status update to confirm."
                    : $"'{history.Partner}' has not reported on this project yet. A partner can confirm only its own status updates."
            ),
            // A partner's newest report is the one that counts; one of an older day would put the project back.
            .. Rule.When(
                corrected is null && reportedOn < history.Before?.ReportedOn,
                "/reportedOn",
                $"reportedOn must not be before the newest status update, which is of {history.Before?.ReportedOn:yyyy-MM-dd}."
            ),
        ];

    /// <summary>A cycle takes reports from its opening until it closes; outside of it only whoever keeps the portfolio adds to it.</summary>
    /// <param name="cycle">The cycle.</param>
    /// <param name="today">Today.</param>
    /// <param name="keeps">Whoever reports keeps the portfolio.</param>
    public static IEnumerable<FieldError> Takes(ReportingCycle cycle, DateOnly today, bool keeps) =>
        Rule.When(
            !keeps && !cycle.IsOpenOn(today),
            "/cycle",
            $"Reporting cycle '{cycle.Key}' takes status updates from {cycle.OpensOn:yyyy-MM-dd} to {cycle.ClosesOn:yyyy-MM-dd}. "
                + "Only the coordination can add one outside of that time."
        );

    /// <summary>What was achieved has no forecast.</summary>
    /// <param name="milestone">The milestone.</param>
    /// <param name="pointer">Where the request names it.</param>
    public static IEnumerable<FieldError> Forecastable(Milestone milestone, string pointer) =>
        Rule.When(
            milestone.AchievedOn is not null,
            pointer,
            $"Milestone '{milestone.Key}' was achieved on {milestone.AchievedOn:yyyy-MM-dd} and takes no forecast."
        );
}
